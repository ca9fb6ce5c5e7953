import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_batches")]
    operations = [
        migrations.AddField(
            "application", "calendar_digest", models.CharField(blank=True, default="", max_length=80)
        ),
        migrations.AddField("application", "by_person", models.BooleanField(default=False)),
        migrations.AddField("correction", "reminded_at", models.DateTimeField(null=True)),
        migrations.AddField("decision", "by_law", models.CharField(blank=True, default="", max_length=12)),
        migrations.CreateModel(
            name="Heard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("notice", models.CharField(max_length=60)),
                ("told_at", models.DateTimeField()),
                ("statement", models.TextField(blank=True)),
                ("stated_at", models.DateTimeField(null=True)),
                ("stated_by", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("held_at", models.DateTimeField(null=True)),
                ("where", models.CharField(blank=True, max_length=200)),
                ("summons", models.CharField(blank=True, max_length=60)),
                ("record", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("recorded_by", models.UUIDField(null=True)),
                ("answer", models.TextField(blank=True)),
                (
                    "ending",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="heard", to="cases.ending"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("record", ""), ("held_at__isnull", False), _connector="OR"),
                        name="cases_heard_then_recorded",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("which", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("provisional", models.BooleanField()),
                ("known_until", models.DateField()),
                ("told_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("provisional", True)),
                        fields=["case"],
                        name="cases_told_provisional",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("case", "which"), name="cases_told_once")],
            },
        ),
    ]

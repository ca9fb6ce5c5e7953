import django.db.models.deletion
from django.db import migrations, models

import tongban.base.kit.ids


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_visits")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="key",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft"), models.Q(("key", ""), _negated=True)),
                fields=("principal", "event", "key"),
                name="cases_one_draft_of_a_key",
            ),
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongban.base.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event", models.CharField(max_length=80)),
                ("principal", models.UUIDField(db_index=True)),
                ("acting", models.JSONField()),
                ("consent", models.BooleanField()),
                ("name", models.CharField(max_length=120)),
                ("header", models.JSONField()),
                ("columns", models.JSONField()),
                ("rows_total", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("key", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("taken", "taken"), ("rejected", "rejected")],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("problems", models.JSONField(default=list)),
                ("gaps", models.PositiveIntegerField(null=True)),
                ("seen_version", models.PositiveIntegerField(null=True)),
                ("submit_version", models.PositiveIntegerField(null=True)),
                ("note_zh", models.TextField(blank=True)),
                ("note_en", models.TextField(blank=True)),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.application",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="cases.batch"
                    ),
                ),
            ],
            options={
                "ordering": ("line",),
                "constraints": [models.UniqueConstraint(fields=("batch", "line"), name="cases_batch_line")],
            },
        ),
    ]

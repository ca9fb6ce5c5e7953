import django.db.models.deletion
from django.db import migrations, models

import tongban.base.kit.ids


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_rules_seen")]
    operations = [
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongban.base.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("who", models.CharField(db_index=True, max_length=32)),
                ("person", models.UUIDField(null=True)),
                ("roles", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.UUIDField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.UUIDField(null=True)),
                ("signed", models.CharField(blank=True, max_length=64)),
                ("content", models.JSONField(null=True)),
                ("refused_because", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answers-changed", "answers-changed"),
                            ("rules-changed", "rules-changed"),
                            ("asked-again", "asked-again"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="cases.application",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("application", "who"),
                        name="cases_one_current_signature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed", ""), ("refused_because", ""), _connector="OR"),
                        name="cases_signed_or_refused",
                    ),
                ],
            },
        ),
    ]

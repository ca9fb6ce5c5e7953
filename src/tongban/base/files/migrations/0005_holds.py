from django.db import migrations, models

import tongban.base.kit.ids


class Migration(migrations.Migration):
    """Legal holds: nothing of a record is destroyed while one stands."""

    dependencies = [("files", "0004_scan_and_destroy_post")]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongban.base.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("root", models.UUIDField(db_index=True)),
                ("organisation", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=500)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.UUIDField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.UUIDField(null=True)),
                ("lifted_because", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("root", "organisation"),
                        name="files_one_standing_hold",
                    )
                ],
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """What holds now that every row has its address; apart from the rows, which PostgreSQL changes before it lets a table be altered."""

    dependencies = [("files", "0003_scan_and_destroy")]

    operations = [
        migrations.AlterField("upload", "address", models.CharField(db_index=True, max_length=32)),
        migrations.AddIndex(
            "upload",
            models.Index(
                condition=models.Q(("scan", "unscanned")), fields=["scan_next_at"], name="files_to_scan"
            ),
        ),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=models.Q(
                    ("destroyed_at", None), models.Q(("digest", ""), ("name", "")), _connector="OR"
                ),
                name="files_tombstone_tells_nothing",
            ),
        ),
    ]

from django.db import migrations, models

from tongban.base.kit import keys


def give_addresses(apps, schema_editor):
    """Where the bytes have always lain: under the keyed digest of their SHA-256."""
    upload = apps.get_model("files", "Upload")
    batch = []
    for row in upload.objects.filter(address="").only("id", "digest").iterator(chunk_size=1000):
        row.address = keys.keyed_digest(row.digest)
        batch.append(row)
        if len(batch) == 1000:
            upload.objects.bulk_update(batch, ["address"])
            batch = []
    upload.objects.bulk_update(batch, ["address"])


class Migration(migrations.Migration):
    """Files know what a scanner found, where their bytes lie, and that they were destroyed."""

    dependencies = [("files", "0002_made_by_the_platform")]

    operations = [
        migrations.AddField("upload", "root", models.UUIDField(null=True)),
        migrations.AddField(
            "upload", "address", models.CharField(default="", max_length=32), preserve_default=False
        ),
        migrations.AlterField("upload", "name", models.CharField(blank=True, max_length=120)),
        migrations.AlterField("upload", "digest", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "upload",
            "scan",
            models.CharField(
                choices=[(s, s) for s in ("unscanned", "clean", "infected", "failed", "exempt")],
                default="exempt",
                max_length=9,
            ),
        ),
        migrations.AddField("upload", "scan_attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("upload", "scan_next_at", models.DateTimeField(null=True)),
        migrations.AddField("upload", "scan_problem", models.CharField(blank=True, max_length=200)),
        migrations.AddField("upload", "scanned_at", models.DateTimeField(null=True)),
        migrations.AddField("upload", "scanner", models.CharField(blank=True, max_length=80)),
        migrations.AddField("upload", "malware", models.CharField(blank=True, max_length=200)),
        migrations.AddField("upload", "destroyed_at", models.DateTimeField(null=True)),
        migrations.AddField("upload", "destroyed_because", models.JSONField(default=dict)),
        migrations.RunPython(give_addresses, migrations.RunPython.noop),
    ]

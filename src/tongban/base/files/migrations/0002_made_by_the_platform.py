from django.db import migrations, models


class Migration(migrations.Migration):
    """A file may be made by the platform itself: an official document has nobody who uploaded it."""

    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.AlterField(model_name="upload", name="uploaded_by", field=models.UUIDField(null=True)),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="licence", index=models.Index(fields=["number"], name="licences_by_number")
        ),
    ]

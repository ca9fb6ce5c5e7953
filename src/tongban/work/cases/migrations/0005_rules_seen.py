from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_objections")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="seen_digest",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="post", name="leads", field=models.BooleanField(default=False, db_default=False)
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE notices_document_number", "DROP SEQUENCE notices_document_number"),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hotline", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE hotline_ticket_number", "DROP SEQUENCE hotline_ticket_number"),
    ]

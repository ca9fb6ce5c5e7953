from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE cases_application_number", "DROP SEQUENCE cases_application_number"
        ),
        migrations.RunSQL("CREATE SEQUENCE cases_organisation_code", "DROP SEQUENCE cases_organisation_code"),
    ]

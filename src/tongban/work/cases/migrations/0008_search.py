from django.db import migrations


class Migration(migrations.Migration):
    """Names and running numbers, for finding cases; see searching.py."""

    dependencies = [("cases", "0007_desk"), ("identity", "0003_grams")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX cases_application_name_grams ON cases_application USING gin (tongban_grams(name)) "
            "WHERE state = 'submitted'",
            "DROP INDEX cases_application_name_grams",
        ),
        migrations.RunSQL(
            "CREATE INDEX cases_case_running ON cases_case (split_part(number, '-', 3))",
            "DROP INDEX cases_case_running",
        ),
    ]

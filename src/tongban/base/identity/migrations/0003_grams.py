from django.db import migrations

MAKE = """
CREATE FUNCTION tongban_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(low, i, n)), '{}')
    FROM (SELECT lower(words) AS low) AS whole, generate_series(1, length(low)) AS i, (VALUES (1), (2)) AS sizes (n)
    WHERE i + n - 1 <= length(low)
$$
"""


class Migration(migrations.Migration):
    """Characters and pairs of characters of names, for searching inside them; see kit/grams.py."""

    dependencies = [("identity", "0002_post_leads")]
    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION tongban_grams(text)"),
        migrations.RunSQL(
            "CREATE INDEX identity_subject_name_grams ON identity_subject USING gin (tongban_grams(name))",
            "DROP INDEX identity_subject_name_grams",
        ),
        migrations.RunSQL(
            "CREATE INDEX identity_subject_name_en_grams ON identity_subject USING gin (tongban_grams(name_en))",
            "DROP INDEX identity_subject_name_en_grams",
        ),
    ]

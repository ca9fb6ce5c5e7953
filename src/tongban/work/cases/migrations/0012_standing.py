from __future__ import annotations

from typing import Any

from django.db import migrations, models

OPEN = ("submitted", "waiting", "correcting", "accepted")
OWED = ("verify", "remedy", "review", "hearing", "heard")


def work_out_later(apps: Any, _schema: Any) -> None:
    """What is on lists stands there as of a day long ago: it is worked out when it is read, and by the next job."""
    cases = apps.get_model("cases", "Case").objects
    cases.filter(models.Q(state__in=OPEN) | models.Q(afterwards__in=OWED)).update(stands_on="2000-01-01")


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_rights_in_time")]

    operations = [
        migrations.AddField("case", "stands_on", models.DateField(null=True)),
        migrations.AddField("case", "stands_as", models.CharField(blank=True, default="", max_length=16)),
        migrations.AddField("case", "urgency", models.PositiveSmallIntegerField(default=9)),
        migrations.AddField("case", "due", models.DateField(null=True)),
        migrations.AddField("case", "owes", models.BooleanField(default=False)),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["organisation", "place", "urgency", "due", "number"],
                condition=models.Q(("stands_on__isnull", False)),
                name="cases_on_lists",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["stands_on"], condition=models.Q(("stands_on__isnull", False)), name="cases_stands_on"
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["organisation", "place", "-closed_at", "number"],
                condition=models.Q(("state__in", OPEN), _negated=True),
                name="cases_off_lists",
            ),
        ),
        migrations.RunPython(work_out_later, migrations.RunPython.noop),
    ]

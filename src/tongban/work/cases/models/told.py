"""Which days an applicant was told, as long as they may still move: what was said is compared with what holds."""

from __future__ import annotations

from django.db import models

from tongban.work.cases.models.cases import Case


class Told(models.Model):
    """One day that was told while the holidays of its year were not published yet. The clock itself is never read from here."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="told")
    which = models.CharField(max_length=12)
    """Key of `letters.matter.DATES`."""
    day = models.DateField()
    provisional = models.BooleanField()
    known_until = models.DateField()
    """Last day that the calendar knew with which it was counted."""
    told_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "which"], name="cases_told_once"),)
        indexes = (
            models.Index(
                fields=["case"], condition=models.Q(provisional=True), name="cases_told_provisional"
            ),
        )

    def __str__(self) -> str:
        return f"{self.which} {self.day} of {self.case_id}"

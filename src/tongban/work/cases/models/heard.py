"""That a holder is heard before what was granted ends (陈述、申辩, 听证): told, stated, held, answered."""

from __future__ import annotations

from django.db import models

from tongban.work.cases.models.afterwards import Ending


class Heard(models.Model):
    """How the holder is heard about one proposed end. Until when stands in the events and the terms, never here."""

    ending = models.OneToOneField(Ending, models.PROTECT, related_name="heard")
    notice = models.CharField(max_length=60)
    """Document that told the holder."""
    told_at = models.DateTimeField()
    statement = models.TextField(blank=True)
    """What the holder says against it."""
    stated_at = models.DateTimeField(null=True)
    stated_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField(null=True)
    """A hearing was asked for."""
    held_at = models.DateTimeField(null=True)
    """When it is held, or was."""
    where = models.CharField(max_length=200, blank=True)
    summons = models.CharField(max_length=60, blank=True)
    """Document that told day and place."""
    record = models.TextField(blank=True)
    """What was said there (听证笔录)."""
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.UUIDField(null=True)
    """Who presided; neither proposed the end nor made the decision (行政许可法 art. 48)."""
    answer = models.TextField(blank=True)
    """What the office says to all that, as the decision has it."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(record="") | models.Q(held_at__isnull=False),
                name="cases_heard_then_recorded",
            ),
        )

    def __str__(self) -> str:
        return f"hearing about {self.ending_id}"

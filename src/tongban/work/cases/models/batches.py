"""Several applications from one table: one row each, read by a job, and what came of every row."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7
from tongban.work.cases.models.applications import Application


class Batch(models.Model):
    """One table that was handed in for a life event, with a row for each application (several shops at once)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.CharField(max_length=80)
    principal = models.UUIDField(db_index=True)
    acting = models.JSONField()
    """{actor, mandate, role, place, time_zone}: in whose name the job reads the rows."""
    consent = models.BooleanField()
    """Whether its applications may draw on licences and registries."""
    name = models.CharField(max_length=120)
    """Of the file."""
    header = models.JSONField()
    """The columns as they were written: [text]."""
    columns = models.JSONField()
    """For each column what it is: a fact, `key`, or empty for one that is not read."""
    rows_total = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    """When every row was read."""

    def __str__(self) -> str:
        return f"{self.name}: {self.rows_total} rows"


class BatchRow(models.Model):
    """One row: waits, then is taken (there is a draft for it) or rejected with reasons."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    """In the file, from 1; the header is line 1."""
    cells = models.JSONField()
    key = models.CharField(max_length=60, blank=True)
    """The applicant's own name for the shop: the same key is the same draft."""
    state = models.CharField(
        max_length=9, default="waiting", choices=[(s, s) for s in ("waiting", "taken", "rejected")]
    )
    problems = models.JSONField(default=list)
    """[{column, label, zh, en}]: column from 1, 0 for the row as a whole."""
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    gaps = models.PositiveIntegerField(null=True)
    """How much was missing when its draft was last looked at."""
    seen_version = models.PositiveIntegerField(null=True)
    """Version of the draft that `gaps` is about."""
    submit_version = models.PositiveIntegerField(null=True)
    """Version that the applicant has confirmed for submission; None: not confirmed, or done with."""
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    """Why its submission did not go through."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "line"], name="cases_batch_line"),)
        ordering = ("line",)

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"

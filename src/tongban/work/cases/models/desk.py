"""The officers' desk: in whose hands a case is, who is away, texts that are used again, what was filed at a window."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.base.kit.ids import uuid7
from tongban.work.cases.models.applications import Application
from tongban.work.cases.models.cases import Case


class Absence(models.Model):
    """That an officer is away, and who has their cases in hand meanwhile (委托代办)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.UUIDField()
    organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    starts = models.DateField()
    """First day away, a civil date of the place."""
    ends = models.DateField()
    """Last day away."""
    deputy = models.UUIDField()
    """Account of an officer of the same organ and place."""
    note = models.CharField(max_length=300, blank=True)
    """Words for the deputy."""
    set_by = models.UUIDField()
    """The officer, or whoever leads the team."""
    set_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    """The officer is back, or the absence was called off."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account"], condition=Q(over_at=None), name="cases_one_absence_at_a_time"
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="cases_absence_forward"),
            models.CheckConstraint(condition=~Q(deputy=F("account")), name="cases_absence_of_another"),
        )
        indexes = (
            models.Index(fields=["organisation", "place"], condition=Q(over_at=None), name="cases_away_now"),
        )

    def __str__(self) -> str:
        return f"{self.account} away from {self.starts}"


class Claim(models.Model):
    """In whose hands a case is (承办人). It orders the work; it gives no right and takes none."""

    TOLD = ("moved", "handed-over")
    """Ways in which somebody else puts a case into an officer's hands."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="claim")
    holder = models.UUIDField(db_index=True)
    """Account of the officer."""
    since = models.DateTimeField()
    way = models.CharField(
        max_length=12, choices=[(w, w) for w in ("claimed", "next", "worked", "moved", "handed-over")]
    )
    by = models.UUIDField(null=True)
    """Account of whoever put it there; None: the platform, on the first day of an absence."""
    came_from = models.UUIDField(null=True)
    """Whose it was before, where somebody moved it or is away."""
    because = models.CharField(max_length=300, blank=True)
    absence = models.ForeignKey(Absence, models.PROTECT, null=True, related_name="claims")
    """Under which it was handed over; it goes back when that is over, unless it was worked on."""
    case_version = models.PositiveIntegerField()
    """The version of the case when it came into these hands."""
    offered_at = models.DateTimeField(null=True)
    """When it was last offered to the holder as the next best."""
    seen_at = models.DateTimeField(null=True)
    """When the holder saw that somebody else had put it into their hands."""

    def __str__(self) -> str:
        return f"{self.case_id} with {self.holder}"


class Phrase(models.Model):
    """A text that officers use again, with places to be filled from the case: of an organ, or one's own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    owner = models.UUIDField(null=True)
    """Account whose own it is; None: shared by the organ in this place."""
    purpose = models.CharField(max_length=12, choices=[(p, p) for p in ("reasons", "correction")])
    title = models.CharField(max_length=80)
    body = models.TextField()
    written_by = models.UUIDField()
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (
            models.Index(
                fields=["organisation", "place", "purpose"],
                condition=Q(deleted_at=None),
                name="cases_phrases_in_use",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Filing(models.Model):
    """That a window clerk fills in an application for somebody who stands there (综合窗口代为填报)."""

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="filing")
    organisation = models.CharField(max_length=80)
    """Organ of the window."""
    place = models.CharField(max_length=6)
    clerk = models.UUIDField()
    """Account; nobody else fills it in at a window."""
    person = models.UUIDField()
    """Subject who stood at the window and showed a document."""
    mandate = models.UUIDField(null=True)
    """Under which that person acts for somebody else; None: for themselves."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    """Submitted, or the person has left. From then on the clerk does not see the draft."""

    class Meta:
        indexes = (models.Index(fields=["clerk"], condition=Q(closed_at=None), name="cases_filings_open"),)

    def __str__(self) -> str:
        return f"filing of {self.application_id}"

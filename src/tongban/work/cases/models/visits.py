"""What is asked of others before a case is decided: opinions of other authorities, inspections on site."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7
from tongban.work.cases.models.cases import Case

OPINIONS = ("no-objection", "condition", "objection")
"""What an authority can answer: nothing against it, only if something is done, against it."""


class Consultation(models.Model):
    """That one authority is asked one thing about a case (征求意见), and what it has answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="consultations")
    declared = models.CharField(max_length=80)
    """Id of the consultation in the pack of the case."""
    organisation = models.CharField(max_length=80)
    """Organ that is asked."""
    place = models.CharField(max_length=6)
    within = models.JSONField()
    """{amount, unit, rolls}: as the pack had it when it was asked."""
    silence = models.CharField(max_length=12, choices=[(s, s) for s in ("no-objection", "wait")])
    question = models.TextField(blank=True)
    """What the officer adds to the pack's question."""
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    asked_by = models.UUIDField()
    opinion = models.CharField(max_length=12, blank=True, choices=[(o, o) for o in (*OPINIONS, "silent")])
    """`silent`: the last day passed, which counts as no objection."""
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    """Of a silent one the moment at which that was written down."""
    answered_on = models.DateField(null=True)
    """Of a silent one the last day for the opinion, whenever that was written down."""
    answered_by = models.UUIDField(null=True)

    class Meta:
        indexes = (models.Index(fields=["organisation", "place", "answered_at"], name="cases_consulted"),)
        constraints = (
            models.UniqueConstraint(
                fields=["case", "declared"],
                condition=models.Q(answered_at=None),
                name="cases_one_open_consultation",
            ),
            models.CheckConstraint(
                condition=models.Q(opinion="", answered_at=None, answered_on=None)
                | (~models.Q(opinion="") & models.Q(answered_at__isnull=False, answered_on__isnull=False)),
                name="cases_consultation_answered",
            ),
            models.CheckConstraint(
                condition=~models.Q(opinion="silent") | models.Q(silence="no-objection", answered_by=None),
                name="cases_silence_only_where_it_counts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.declared} of {self.case_id}"


class Inspection(models.Model):
    """That officers look at the place of an applicant (现场核查): when, who was drawn and how, what they found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="inspections")
    organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    subject = models.UUIDField(db_index=True)
    """Whose place it is; counted per subject."""
    reasons = models.TextField(blank=True)
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()
    ordered_by = models.UUIDField()
    appointed_at = models.DateTimeField()
    """When they come."""
    visit = models.UUIDField(default=uuid7)
    """Inspections of several authorities that are made at one time have the same."""
    officers = models.PositiveSmallIntegerField()
    drawn = models.BooleanField()
    pool = models.JSONField()
    """[account]: who could be drawn, in the order of their ids."""
    left_out = models.JSONField(default=list)
    """[{account, reason}]: who could not, and why."""
    seed = models.CharField(max_length=64)
    """Hash of the audit entry that fixes pool and appointment."""
    entry = models.PositiveIntegerField()
    """Sequence of that entry in the chain of the application."""
    going = models.JSONField()
    """[account]: who goes now."""
    replaced = models.JSONField(default=list)
    """[{account, by, reason, at}]: who was drawn and does not go."""
    stopped = models.BooleanField(default=False)
    """It stopped the clock, which runs again with its result."""
    notice = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=8, blank=True, choices=[(r, r) for r in ("passed", "failed")])
    looks = models.JSONField(default=list)
    """[{id, passed, words}] of everything that the pack has them look at."""
    words = models.TextField(blank=True)
    visited_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    record = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (models.Index(fields=["subject", "visited_on"], name="cases_visits_of_subject"),)
        constraints = (
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(confirmed_at=None), name="cases_one_open_inspection"
            ),
            models.CheckConstraint(condition=models.Q(officers__gte=2), name="cases_inspection_two_officers"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("recorded_by")),
                name="cases_inspection_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(recorded_at=None, result="")
                | (~models.Q(result="") & models.Q(recorded_at__isnull=False, visited_on__isnull=False)),
                name="cases_inspection_recorded",
            ),
        )

    def __str__(self) -> str:
        return f"inspection of {self.case_id}"

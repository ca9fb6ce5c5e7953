"""What follows a decision: endings, objections, exclusions."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7
from tongban.work.cases.models.cases import Case


class Ending(models.Model):
    """That something granted ends before its time (撤销, 撤回, 注销): proposed, then carried out or dropped."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="endings")
    ground = models.CharField(max_length=24)
    """Key of `grounds.GROUNDS`; it says which of the three it is."""
    reasons = models.TextField()
    two_officers = models.BooleanField()
    """Whoever proposed it does not carry it out; as the pack says."""
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    carried_out_at = models.DateTimeField(null=True)
    carried_out_by = models.UUIDField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.UUIDField(null=True)
    overturned_at = models.DateTimeField(null=True)
    """A review has granted it anew."""
    document = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(dropped_at=None, overturned_at=None),
                name="cases_ending_once",
            ),
            models.CheckConstraint(
                condition=models.Q(carried_out_at=None) | models.Q(dropped_at=None),
                name="cases_ending_one_way",
            ),
            models.CheckConstraint(
                condition=models.Q(two_officers=False)
                | models.Q(carried_out_by=None)
                | ~models.Q(carried_out_by=models.F("proposed_by")),
                name="cases_ending_two_officers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ground} {self.case_id}"


class Objection(models.Model):
    """That an applicant objects to what was decided against them (异议), and what its review has come to (复核)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="objections")
    against = models.CharField(max_length=24)
    """The event: refuse, decline, annul, recall or cancel."""
    decided = models.JSONField()
    """{document, on, by: [account]} of what it is against; none of them reviews it."""
    reasons = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    receipt = models.CharField(max_length=60)
    outcome = models.CharField(
        max_length=10, blank=True, choices=[(o, o) for o in ("upheld", "changed", "sent-back")]
    )
    review_reasons = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    document = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(reviewed_at=None), name="cases_one_open_objection"
            ),
        )

    def __str__(self) -> str:
        return f"objection to {self.against} {self.case_id}"


class Exclusion(models.Model):
    """That nothing is decided on commitment for somebody for a while: an earlier promise of theirs was untrue."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="exclusion")
    """Of the promise."""
    subject = models.UUIDField(db_index=True)
    """Whom it was granted to."""
    principal = models.UUIDField(db_index=True)
    """Who promised; the founder where the firm was being founded."""
    ground = models.CharField(max_length=24)
    since = models.DateField()
    """It ends after the term that the pack of the case sets, or when the record is repaired."""
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_because = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"exclusion by {self.case_id}"

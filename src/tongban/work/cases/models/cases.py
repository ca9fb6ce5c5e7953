"""One service at one authority: its case, what happened to it, what was corrected and decided."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7
from tongban.work.cases.models.applications import Application


class Case(models.Model):
    """One service at one authority, with its own clock and result (办件)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40, unique=True)
    application = models.ForeignKey(Application, models.PROTECT, related_name="cases")
    service = models.CharField(max_length=80)
    organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    state = models.CharField(max_length=16)
    """As the events say; kept for lists and never believed over them."""
    waits_for = models.JSONField(default=list)
    """Services of the same application whose result it consumes as evidence."""
    variant = models.CharField(max_length=80, null=True)
    materials = models.JSONField(default=list)
    """Ids of its materials."""
    deferred = models.JSONField(default=list)
    """Materials accepted to come later and not there yet."""
    terms = models.JSONField()
    """The periods fixed on submission (procedures.Terms)."""
    why = models.JSONField()
    """Trace of why the service applies (rules.Finding)."""
    afterwards = models.CharField(max_length=12, blank=True, default="")
    """What is still owed after the decision (`verify`, `remedy`, `review`), or that the applicant may still object
    (`objectable`); like `state` kept for lists, as the events say."""
    stands_on = models.DateField(null=True)
    """The day for which the next four hold (`standing`); NULL: on no list of its office."""
    stands_as = models.CharField(max_length=16, blank=True, default="")
    """State as the law sees it on that day."""
    urgency = models.PositiveSmallIntegerField(default=9)
    """Twice the rank of its light, and one more when no clock runs."""
    due = models.DateField(null=True)
    """The next day that binds the office."""
    owes = models.BooleanField(default=False)
    """Something is owed after the decision."""
    decision = models.OneToOneField("Decision", models.PROTECT, null=True, related_name="+")
    """The one that counts; earlier ones stay among its `decisions`."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "place", "state"]),
            models.Index(fields=["afterwards"], condition=~models.Q(afterwards=""), name="cases_afterwards"),
            models.Index(
                fields=["organisation", "place", "urgency", "due", "number"],
                condition=models.Q(stands_on__isnull=False),
                name="cases_on_lists",
            ),
            models.Index(
                fields=["stands_on"], condition=models.Q(stands_on__isnull=False), name="cases_stands_on"
            ),
            models.Index(
                fields=["organisation", "place", "-closed_at", "number"],
                condition=~models.Q(state__in=("submitted", "waiting", "correcting", "accepted")),
                name="cases_off_lists",
            ),
        )
        constraints = (models.UniqueConstraint(fields=["application", "service"], name="cases_service_once"),)

    def __str__(self) -> str:
        return self.number


class CaseEvent(models.Model):
    """Something that happened to a case and may move its clock. Only ever added."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    event = models.CharField(max_length=24)
    day = models.DateField()
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    """Words for the applicant."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "sequence"], name="cases_event_sequence"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.event}"


class Correction(models.Model):
    """A correction notice (补正告知): every defect at once, and when it was answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections")
    defects = models.JSONField()
    """[{kind: material|fact, id, text}]."""
    requested_at = models.DateTimeField()
    requested_by = models.UUIDField()
    document = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"], name="cases_corrected_once"
            ),  # 一次性告知: a notice lists all of it, once
        )

    def __str__(self) -> str:
        return f"correction of {self.case_id}"


class Decision(models.Model):
    """A decision with everything needed to replay it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=8, choices=[("granted", "granted"), ("refused", "refused")])
    reasons = models.TextField()
    articles = models.JSONField(default=list)
    facts = models.JSONField()
    """The facts it rests on, with their sources, as they were."""
    findings = models.JSONField()
    """{applies: Finding, conditions: {id: Finding}, commitment?: {variant, finding, signed: [material]}}."""
    pack_digest = models.CharField(max_length=80)
    engine = models.CharField(max_length=20)
    """Version of the rule engine and trace format."""
    automatic = models.BooleanField(default=False)
    by_law = models.CharField(max_length=12, blank=True, default="")
    """`renewal`: nobody decided, and the law takes that for a grant (行政许可法 art. 50). Empty: somebody, or a rule, decided."""
    decided_at = models.DateTimeField()
    decided_on = models.DateField()
    decided_by = models.UUIDField(null=True)
    document = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"

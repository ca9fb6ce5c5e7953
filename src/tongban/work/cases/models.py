"""Applications, their cases, what was handed in, what happened, what was decided. Private to this room."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class Application(models.Model):
    """What a person submits for one life event (办件总件). Holds one case per service."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, null=True, unique=True)
    """Public number, given on submission; authorises nothing."""
    event = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    district = models.CharField(max_length=6, blank=True)
    """District that an address among the answers names; empty: none is named. It decides under which pilot it runs."""
    principal = models.UUIDField(db_index=True)
    """Subject on whose behalf it was filled in."""
    subject = models.UUIDField(db_index=True)
    """Subject that the licences are for; a firm being founded has one from submission on."""
    created_by = models.UUIDField()
    pack_digest = models.CharField(max_length=80)
    """Of the draft's last save; pinned on submission."""
    stated = models.JSONField(default=dict)
    """What the applicant said: fact name to {value, reference, at}."""
    answers = models.JSONField(default=dict)
    """What counts, derived from `stated` and `evidence`: fact name to {value, source, source_id, reference, observed_at,
    from?}; `from` as in `evidence`."""
    evidence = models.JSONField(default=list)
    """[{kind, id, reference, valid_to, on, values, late?, settles?, from?}]: licences and registry rows found for this
    application. `from` {node, place, issuer, on, request}: another place has shown it, on that day."""
    looked_up = models.JSONField(default=dict)
    """Resource id to the key digest it was last looked up with."""
    deferring = models.JSONField(default=list)
    """Materials the applicant asks to hand in later."""
    state = models.CharField(
        max_length=12, default="draft", choices=[(s, s) for s in ("draft", "submitted", "discarded")]
    )
    name = models.CharField(max_length=120, blank=True)
    """What lists show, for example the shop's name."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_on = models.DateField(null=True)
    """Civil date of the place."""

    class Meta:
        indexes = (models.Index(fields=["principal", "-updated_at"]),)

    def __str__(self) -> str:
        return self.number or f"draft {self.id}"


class Material(models.Model):
    """How one material of an application is met. Replaced, never overwritten: the older row keeps its file."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="materials")
    material = models.CharField(max_length=80)
    way = models.CharField(max_length=12, choices=[(w, w) for w in ("upload", "commit", "held", "form")])
    upload = models.UUIDField(null=True)
    """Upload in base/files."""
    reference = models.CharField(max_length=160, blank=True)
    """Licence identifier or registry reference of held evidence."""
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "material"],
                condition=models.Q(replaced_at=None),
                name="cases_one_current_material",
            ),
        )

    def __str__(self) -> str:
        return f"{self.material} of {self.application_id}"


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
    decision = models.OneToOneField("Decision", models.PROTECT, null=True, related_name="+")
    """The one that counts; earlier ones stay among its `decisions`."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "place", "state"]),
            models.Index(fields=["afterwards"], condition=~models.Q(afterwards=""), name="cases_afterwards"),
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
    decided_at = models.DateTimeField()
    decided_on = models.DateField()
    decided_by = models.UUIDField(null=True)
    document = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"


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


class Rating(models.Model):
    """How the applicant rates the handling (好差评, GB/T 39735): 1 very satisfied ... 5 very dissatisfied."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="rating")
    grade = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.grade} for {self.application_id}"

"""What a person submits for one life event, how each material of it is met, and how they rate it."""

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
    seen_digest = models.CharField(max_length=80, blank=True, default="")
    """Of a draft: the pack whose rules the applicant knows. Empty: that of the last save."""
    stated = models.JSONField(default=dict)
    """What the applicant said: fact name to {value, reference, at}. Never dropped because a pack no longer asks for it."""
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
    key = models.CharField(max_length=60, blank=True, default="")
    """The applicant's own key, where it came from a table of several; the same key is the same draft."""
    name = models.CharField(max_length=120, blank=True)
    """What lists show, for example the shop's name."""
    calendar_digest = models.CharField(max_length=80, blank=True, default="")
    """Pack whose calendar counts, once one was published that knows further than its own; empty: its own."""
    by_person = models.BooleanField(default=False)
    """Whoever applies wants a person to decide: nothing of it is decided by rule alone (个人信息保护法 art. 24)."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_on = models.DateField(null=True)
    """Civil date of the place."""

    class Meta:
        indexes = (models.Index(fields=["principal", "-updated_at"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["principal", "event", "key"],
                condition=models.Q(state="draft") & ~models.Q(key=""),
                name="cases_one_draft_of_a_key",
            ),
        )

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


class Rating(models.Model):
    """How the applicant rates the handling (好差评, GB/T 39735): 1 very satisfied ... 5 very dissatisfied."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="rating")
    grade = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.grade} for {self.application_id}"

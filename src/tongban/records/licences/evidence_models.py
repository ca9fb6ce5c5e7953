"""Evidence across nodes: one licence kind, asked for by another place, handed over with the holder's consent.

    asking node                                 holder                          issuing node
    evidence_asking.ask      -- signed request -->                              evidence_giving.receive
                                                agrees to this very request     evidence_giving.agree
    evidence_asking.collect  -- signed request -->                              evidence_giving.give
    evidence_asking.take_in  <-- presentation with the agreed fields only --

The request is one document with a digest (evidence_document); the consent is bound to that digest and is used once.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.base.kit.ids import uuid7

ASKED = ("asked", "told", "collecting", "held", "refused", "failed")
"""Of a request made here: on its way; known to the other node; being fetched; there; refused; never delivered."""
CONSENTS = ("asked", "agreed", "refused", "withdrawn", "used")
"""Of a request made to us. Expiry is no state: it follows from `expires_at`."""


class EvidenceRequest(models.Model):
    """What this node asked of another one for a person or firm, and what came."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    peer = models.CharField(max_length=6)
    """Node that is asked."""
    subject = models.ForeignKey("identity.Subject", models.PROTECT, related_name="+")
    actor = models.UUIDField()
    kind = models.CharField(max_length=80)
    fields = models.JSONField(default=list)
    service = models.CharField(max_length=80)
    document = models.JSONField()
    """See evidence_document.py."""
    digest = models.CharField(max_length=64)
    pack_digest = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ASKED], default="asked")
    reason = models.CharField(max_length=40, blank=True)
    """Code of why it was not given, or not yet."""
    attempt = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True)
    presentation = models.TextField(null=True)
    """SD-JWT VC with the disclosures that came."""
    found = models.JSONField(default=dict)
    """What the check of the presentation said: issuer, kind, holder, dates, identifier, relation, and the values
    by field of the kind."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ASKED), name="licences_asked_known"),
            models.CheckConstraint(
                condition=Q(state="held", presentation__isnull=False)
                | (~Q(state="held") & Q(presentation=None)),
                name="licences_held_has_presentation",
            ),
        )
        indexes = (models.Index(fields=["subject", "-asked_at"]),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.peer}: {self.state}"


class EvidenceConsent(models.Model):
    """What another node asked of this one, and what the holder said to it."""

    id = models.UUIDField(primary_key=True, editable=False)
    """Given by the node that asks."""
    peer = models.CharField(max_length=6)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in CONSENTS], default="asked")
    holder = models.ForeignKey("identity.Subject", models.PROTECT, null=True, related_name="+")
    """Who answered, once somebody did."""
    licence = models.ForeignKey("licences.Licence", models.PROTECT, null=True, related_name="+")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    delivery = models.UUIDField(null=True)
    """Of the one use. The same delivery again is a repetition whose answer was lost, not a second use."""
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=CONSENTS), name="licences_consent_known"),
            models.CheckConstraint(
                condition=~Q(state__in=("agreed", "used"))
                | Q(licence__isnull=False, holder__isnull=False, decided_at__isnull=False),
                name="licences_consent_to_something",
            ),
            models.CheckConstraint(
                condition=Q(state="used", delivery__isnull=False, used_at__isnull=False)
                | (~Q(state="used") & Q(delivery=None, used_at=None)),
                name="licences_consent_used_once",
            ),
        )
        indexes = (models.Index(fields=["holder", "-received_at"]), models.Index(fields=["peer", "state"]))

    def __str__(self) -> str:
        return f"{self.peer} asks {self.id}: {self.state}"

"""Other nodes, the nonces of their requests, and what is on its way to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.base.kit.ids import uuid7
from tongban.core.values.text import Bilingual

STATES = ("pending", "trusted", "suspended")
OUTBOUND = ("waiting", "answered", "failed")


class Peer(models.Model):
    """Another node. Only an administrator makes one, after comparing the fingerprint of its key."""

    node = models.CharField(max_length=6, unique=True)
    """Division code of the place it serves; it may speak for that place and those within it."""
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    base_url = models.CharField(max_length=200, unique=True)
    """Scheme, host and port. Requests go nowhere else, whatever an answer says."""
    kid = models.CharField(max_length=43, unique=True)
    """RFC 7638 thumbprint of the key."""
    key = models.JSONField()
    """Public JWK, OKP Ed25519 (RFC 8037)."""
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="pending")
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    notes = models.CharField(max_length=400, blank=True)
    """Why it was added, suspended or taken back last."""

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(state__in=STATES), name="peers_state_known"),)

    def __str__(self) -> str:
        return f"{self.node} {self.base_url}"

    @property
    def name(self) -> Bilingual:
        return Bilingual(zh=self.name_zh, en=self.name_en)


class NonceSeen(models.Model):
    """A nonce that a peer has used. Kept until a request with it would be too old anyway."""

    kid = models.CharField(max_length=43)
    nonce = models.CharField(max_length=64)
    forget_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kid", "nonce"], name="peers_nonce_once"),)
        indexes = (models.Index(fields=["forget_at"]),)

    def __str__(self) -> str:
        return f"{self.kid} {self.nonce}"


class OutboundRequest(models.Model):
    """A request to a peer that is repeated until a genuine answer comes or its time is over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=40)
    """What the answer is for; the room that asked recognises it."""
    key = models.CharField(max_length=120, unique=True)
    """The same key is the same request: asking twice sends once."""
    root = models.UUIDField()
    """Record whose audit chain it belongs to."""
    method = models.CharField(max_length=4, choices=[("GET", "GET"), ("POST", "POST")])
    path = models.CharField(max_length=200)
    body = models.BinaryField(default=bytes)
    state = models.CharField(max_length=10, choices=[(s, s) for s in OUTBOUND], default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="waiting", done_at=None) | (~Q(state="waiting") & Q(done_at__isnull=False)),
                name="peers_done_has_instant",
            ),
        )
        indexes = (models.Index(fields=["created_at"], condition=Q(state="waiting"), name="peers_waiting"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.method} {self.path}"

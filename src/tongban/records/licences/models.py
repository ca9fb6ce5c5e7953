"""Licences and the counters of their numbers. One decision makes at most one licence: a unique row says so."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q

from tongban.base.kit.ids import uuid7

STATUSES = ("valid", "suspended", "revoked", "superseded")
"""Expiry is no status: it follows from `valid_to` and the day that is asked about."""


def new_code() -> str:
    """128 random bits: the address of the public verification page. A number never opens anything."""
    return secrets.token_urlsafe(16)


class Licence(models.Model):
    """One licence of one holder, and the signed file that proves it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    """Id of the licence kind in the pack `pack_digest`."""
    identifier = models.CharField(max_length=160, unique=True)
    """GB/T 36904-2018, with its check character."""
    number = models.CharField(max_length=80)
    """As people write it; for a licence issued here it is also the serial inside the identifier."""
    code = models.CharField(max_length=22, unique=True, default=new_code, editable=False)
    holder = models.ForeignKey("identity.Subject", models.PROTECT, related_name="licences")
    holder_name = models.CharField(max_length=120)
    """As on the licence, whatever the holder is called later."""
    issuer_organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    """Division code of the issuing organisation."""
    issue_date = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    """Last day; NULL is long-term (长期)."""
    status = models.CharField(max_length=12, choices=[(s, s) for s in STATUSES], default="valid")
    status_reason = models.CharField(max_length=200, blank=True)
    """Why it was suspended, reinstated or revoked last; here and not in the audit, which holds no free text."""
    decision = models.UUIDField(null=True, unique=True)
    """The decision it carries out; NULL when it was taken over from a register."""
    source = models.CharField(max_length=10, choices=[(s, s) for s in ("decision", "register")])
    claims = models.JSONField(default=dict)
    """Field id -> JSON value; fields without a value are left out."""
    pack_digest = models.CharField(max_length=80)
    token = models.TextField(null=True)
    """SD-JWT VC with every disclosure; NULL until signed."""
    signed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    """Of this row, for whoever wants to change it; not the version inside the identifier."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["issuer_organisation", "place", "kind", "number"], name="licences_number_once"
            ),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="licences_status_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="licences_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(source="register", decision=None) | Q(source="decision", decision__isnull=False),
                name="licences_decision_or_register",
            ),
        )
        indexes = (
            models.Index(fields=["holder", "kind"]),
            models.Index(fields=["number"], name="licences_by_number"),
            models.Index(fields=["issuer_organisation", "place", "-issue_date"]),
            models.Index(fields=["status"], condition=~Q(status="valid"), name="licences_withdrawn"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class LicenceCounter(models.Model):
    """The last number given to a kind at a place in a year. Its row is locked while one is given."""

    place = models.CharField(max_length=6)
    kind = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["place", "kind", "year"], name="licences_counter_once"),
        )

    def __str__(self) -> str:
        return f"{self.place} {self.kind} {self.year}: {self.last}"


# at the end: its rows point to licences
from tongban.records.licences.evidence_models import EvidenceConsent, EvidenceRequest  # noqa: E402, F401

"""Registries that departments keep, who may look into them and why, and the log of every look-up.

    SharingRequest --decided--> Grant --covers--> LookUp        Correction (校核) of one row, to its steward

Resources themselves are content of the pack; rows here name them by id.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from tongban.base.kit.ids import uuid7
from tongban.records.catalogue.procedure import Event, State

OUTCOMES = ("delivered", "not-found", "refused")
"""Of a look-up. `refused`: there was no live grant, and nothing was read."""
CORRECTION_STATES = ("submitted", "corrected", "declined")


class Row(models.Model):
    """One row of a registry resource. In production an adapter reads the department's own system instead."""

    resource = models.CharField(max_length=80)
    """Id of the resource in the pack."""
    key = models.CharField(max_length=200)
    values = models.JSONField()
    """Field id to value."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["resource", "key"], name="catalogue_row_once"),)

    def __str__(self) -> str:
        return f"{self.resource}/{self.key}"


class SharingRequest(models.Model):
    """A department asks to use fields of a resource, for a purpose that it may pursue by law."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40, unique=True)
    resource = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=80)
    """Pack in force at submission: its terms govern the clocks."""
    sharing = models.CharField(max_length=20)
    """Sharing attribute of the resource at submission."""
    asking = models.CharField(max_length=80)
    """Id of the organisation that asks."""
    place = models.CharField(max_length=6)
    """Of the asking organisation."""
    steward = models.CharField(max_length=80)
    """Id of the organisation that keeps the resource and decides."""
    steward_place = models.CharField(max_length=6)
    fields = models.JSONField()
    """Ids of the fields asked for."""
    purpose = models.CharField(max_length=500)
    """Published in the catalogue: holds nothing personal."""
    articles = models.JSONField(default=list)
    """Legal basis: article ids of the pack."""
    event = models.CharField(max_length=80, blank=True)
    """Life event that it serves; empty when single services are named."""
    services = models.JSONField(default=list)
    """Services that it serves; of a life event, those it held at submission."""
    findings = models.JSONField(default=list)
    """What the platform check noticed: [{code, about}]. The steward sees it; it decides nothing."""
    officer = models.UUIDField()
    """Account that submitted it."""
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in State])
    submitted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    """Refused or withdrawn; a granted one ends with its grant."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="catalogue_request_state"
            ),
        )
        indexes = (
            models.Index(fields=["steward", "steward_place", "state"]),
            models.Index(fields=["asking", "place", "state"]),
        )

    def __str__(self) -> str:
        return self.number


class RequestEvent(models.Model):
    """What happened to a request. Clocks are recomputed from these, never stored."""

    request = models.ForeignKey(SharingRequest, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    event = models.CharField(max_length=20, choices=[(e.value, e.value) for e in Event])
    at = models.DateTimeField()
    day = models.DateField()
    """Civil date of the place."""
    organisation = models.CharField(max_length=80, null=True)
    """None: the platform itself."""
    actor = models.UUIDField(null=True)
    note = models.CharField(max_length=2000, blank=True)
    """Reason, question or answer in words."""
    articles = models.JSONField(default=list)
    """Basis that a decision names."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["request", "sequence"], name="catalogue_event_once"),)

    def __str__(self) -> str:
        return f"{self.request_id}/{self.sequence} {self.event}"


class Grant(models.Model):
    """That an organisation may look rows of a resource up: these fields, for these services, until then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.OneToOneField(SharingRequest, models.PROTECT, related_name="grant")
    resource = models.CharField(max_length=80)
    organisation = models.CharField(max_length=80)
    """Id of the organisation that may look rows up."""
    place = models.CharField(max_length=6)
    steward = models.CharField(max_length=80)
    steward_place = models.CharField(max_length=6)
    fields = models.JSONField()
    purpose = models.CharField(max_length=500)
    articles = models.JSONField(default=list)
    event = models.CharField(max_length=80, blank=True)
    """Life event whose services it covers, as the pack in force has them."""
    services = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    """First day on which it no longer holds."""
    provided_at = models.DateTimeField(null=True)
    """When the steward's interface was ready; nothing is delivered before."""
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="catalogue_grant_forward"),
        )
        indexes = (
            models.Index(fields=["organisation", "resource"]),
            models.Index(fields=["resource", "valid_to"]),
        )

    def __str__(self) -> str:
        return f"{self.resource} to {self.organisation}"

    @property
    def last_day(self) -> date:
        """Last day on which it holds."""
        return self.valid_to - timedelta(days=1)


class LookUp(models.Model):
    """Who looked what up, for whom, why and under which grant. Committed before anything was delivered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resource = models.CharField(max_length=80)
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="look_ups")
    """None only when it was refused."""
    organisation = models.CharField(max_length=80)
    """Organisation under whose grant it was made, or would have been."""
    services = models.JSONField(default=list)
    key_digest = models.CharField(max_length=32)
    fields = models.JSONField()
    """Ids of the fields delivered; of a refused one those asked for. No other field is read."""
    actor = models.UUIDField(null=True)
    principal = models.UUIDField(null=True)
    about = models.UUIDField()
    """Subject the data is about."""
    root = models.UUIDField()
    """Application it serves."""
    purpose = models.CharField(max_length=120)
    legal_basis = models.JSONField(default=list)
    outcome = models.CharField(max_length=12, choices=[(o, o) for o in OUTCOMES])
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="refused", grant=None)
                | Q(outcome__in=("delivered", "not-found"), grant__isnull=False),
                name="catalogue_delivered_under_grant",
            ),
        )
        indexes = (
            models.Index(fields=["about", "-at"]),
            models.Index(fields=["root"]),
            models.Index(fields=["resource", "at"]),
            models.Index(fields=["grant", "-at"]),
        )

    def __str__(self) -> str:
        return f"{self.resource} for {self.root}"

    @property
    def found(self) -> bool:
        return self.outcome == "delivered"


class Correction(models.Model):
    """Somebody says that a value in a registry is wrong (校核); its steward checks and answers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40, unique=True)
    resource = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    """Which row, as the asker writes it; the steward needs it to find the row."""
    field = models.CharField(max_length=80)
    claim = models.CharField(max_length=500)
    """What is wrong and what would be right."""
    subject = models.UUIDField(null=True)
    """Person or firm that asks; None when a department does."""
    organisation = models.CharField(max_length=80, null=True)
    """Department that asks; None when a subject does."""
    place = models.CharField(max_length=6)
    steward = models.CharField(max_length=80)
    steward_place = models.CharField(max_length=6)
    known = models.BooleanField()
    """Whether a row with this key was looked up for the one who asks."""
    state = models.CharField(max_length=12, choices=[(s, s) for s in CORRECTION_STATES], default="submitted")
    answer = models.CharField(max_length=1000, blank=True)
    actor = models.UUIDField(null=True)
    submitted_at = models.DateTimeField()
    submitted_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answered_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(subject=None, organisation__isnull=False)
                | Q(subject__isnull=False, organisation=None),
                name="catalogue_correction_one_asker",
            ),
        )
        indexes = (
            models.Index(fields=["steward", "steward_place", "state"]),
            models.Index(fields=["subject"]),
        )

    def __str__(self) -> str:
        return self.number


class NumberCounter(models.Model):
    """The last number given at a place on a day. Its row is locked while one is given."""

    kind = models.CharField(max_length=4)
    place = models.CharField(max_length=6)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "place", "day"], name="catalogue_counter_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.place} {self.day}: {self.last}"

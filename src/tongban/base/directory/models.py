"""Packs in force by place and date, kept for ever by digest."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class PackVersion(models.Model):
    """The files of one merged pack, exactly as installed."""

    digest = models.CharField(max_length=80, primary_key=True)
    layer = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    files = models.BinaryField()
    """ZIP of `layer/path` files."""
    installed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.layer} {self.version}"


class InForce(models.Model):
    """From when a pack version governs a place."""

    place = models.CharField(max_length=6)
    pack = models.ForeignKey(PackVersion, models.PROTECT)
    valid_from = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["place", "-valid_from"]),)

    def __str__(self) -> str:
        return f"{self.place}: {self.pack_id} from {self.valid_from:%Y-%m-%d}"


class Pilot(models.Model):
    """A changed version of one service, in force in one district for a while, measured against another district."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    whole = models.CharField(max_length=6)
    """Place whose pack it changes."""
    place = models.CharField(max_length=6)
    """District in which it is in force."""
    comparison = models.CharField(max_length=6)
    """District in which everything stays as it was."""
    service = models.CharField(max_length=80)
    patch = models.TextField()
    """YAML of the service's changed fields, as written."""
    base = models.ForeignKey(PackVersion, models.PROTECT, related_name="+")
    pack = models.ForeignKey(PackVersion, models.PROTECT, related_name="+")
    goal = models.CharField(max_length=80)
    indicator = models.CharField(max_length=80)
    """Of the goal when the pilot began."""
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    """Exclusive. The planned end; the moment of the decision when that came before it."""
    state = models.CharField(max_length=10, choices=[(s, s) for s in ("running", "promoted", "withdrawn")])
    reasons = models.CharField(max_length=1000, blank=True)
    """Of the decision."""
    started_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (models.Index(fields=["place", "-valid_from"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["place"], condition=models.Q(state="running"), name="directory_pilot_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__gte=models.F("valid_from")), name="directory_pilot_period"
            ),
        )

    def __str__(self) -> str:
        return f"{self.service} in {self.place}, {self.state}"

"""Packs in force by place and date, kept for ever by digest."""

from __future__ import annotations

from django.db import models


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

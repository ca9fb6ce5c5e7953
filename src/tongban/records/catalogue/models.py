"""Registries that departments keep, and the log of every look-up in them."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


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


class LookUp(models.Model):
    """Who looked what up, for whom and why. Written and committed before the answer leaves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resource = models.CharField(max_length=80)
    key_digest = models.CharField(max_length=32)
    fields = models.JSONField()
    """Ids of the fields asked for; no other field is read."""
    actor = models.UUIDField(null=True)
    principal = models.UUIDField(null=True)
    about = models.UUIDField()
    """Subject the data is about."""
    root = models.UUIDField()
    """Application it serves."""
    purpose = models.CharField(max_length=120)
    legal_basis = models.JSONField(default=list)
    found = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["about", "-at"]), models.Index(fields=["root"]))

    def __str__(self) -> str:
        return f"{self.resource} for {self.root}"

"""Uploads: checked by content, encrypted, named by a keyed digest of their bytes."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class Upload(models.Model):
    """One file of a matter: handed in by a subject, or made by the platform for it. The bytes lie encrypted outside the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.UUIDField()
    """Subject whose matter it belongs to."""
    uploaded_by = models.UUIDField(null=True)
    """Account; None: made by the platform."""
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    """As found in the content, whatever the name says."""
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the bytes, hex."""
    pages = models.PositiveIntegerField(null=True)
    checked_at = models.DateTimeField()
    """When its content passed the checks; nothing unchecked is ever stored."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["owner", "digest"]),)

    def __str__(self) -> str:
        return f"{self.name} ({self.media_type}, {self.size} bytes)"

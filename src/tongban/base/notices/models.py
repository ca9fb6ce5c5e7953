"""The inbox of a subject, and the official documents that a case produces."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class Notice(models.Model):
    """One message to a subject, in both languages, with a link. Sent once per cause."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField(db_index=True)
    cause = models.CharField(max_length=120)
    """What it is about, unique per subject: `case:<id>:granted`."""
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    body_zh = models.TextField()
    body_en = models.TextField()
    link = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "cause"], name="notices_once_per_cause"),)

    def __str__(self) -> str:
        return self.cause


class Document(models.Model):
    """An official document: numbered, dated, sealed by name of the organ; its content never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    """`receipt`, `correction-notice`, `acceptance-notice`, `decision`, `not-accepted`."""
    root = models.UUIDField()
    """Application."""
    about = models.UUIDField(null=True)
    """Case; None when it is about the whole application."""
    organisation = models.CharField(max_length=80, null=True)
    content = models.JSONField()
    """What the document says, as data; the template gives it words in the reader's language."""
    issued_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["root", "issued_at"]),)

    def __str__(self) -> str:
        return self.number

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
    """`receipt`, `correction-notice`, `acceptance-notice`, `decision`, `not-accepted`, ...; the room that issues them knows."""
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


class Edition(models.Model):
    """A document in one language as it was issued: its text, and its PDF in the case file. Never changed."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="editions")
    language = models.CharField(max_length=10)
    """`zh-hans`, `zh-hant` or `en`."""
    title = models.CharField(max_length=200)
    text = models.TextField()
    """CommonMark; what the page shows."""
    file = models.UUIDField()
    """Upload in base/files."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the PDF, hex."""
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "language"], name="notices_one_edition_per_language"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} in {self.language}"

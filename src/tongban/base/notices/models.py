"""The inbox of a subject, ways to reach it elsewhere, and the official documents that a case produces."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7
from tongban.core.values.text import Bilingual


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
    document = models.CharField(max_length=60, blank=True)
    """Number of the official document that it brings; empty without one."""
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "cause"], name="notices_once_per_cause"),)

    def __str__(self) -> str:
        return self.cause

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)


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


class Address(models.Model):
    """Where a subject wants to be told besides the portal. Nothing but a code is sent there before it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    channel = models.CharField(max_length=8, choices=[(c, c) for c in ("mail", "sms")])
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    with_documents = models.BooleanField(default=False)
    """The PDF itself is wanted in the mail, not only the link to it."""
    set_by = models.UUIDField()
    """Account."""
    set_at = models.DateTimeField()
    code_at = models.DateTimeField()
    """When the code in force was asked for; with the address it makes the code, which is stored nowhere."""
    code_out_at = models.DateTimeField(null=True)
    """When that code left."""
    codes = models.PositiveSmallIntegerField(default=1)
    """Asked for within a day of `codes_from`."""
    codes_from = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    """Wrong codes typed for the code in force."""
    confirmed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    """When the other side said that there is no such address; nothing more is sent until it is confirmed anew."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "channel"], name="notices_one_address_per_channel"),
        )

    def __str__(self) -> str:
        return f"{self.channel} of {self.subject}"


class Sending(models.Model):
    """One notice on its way through one channel beside the portal. One row, so it is sent once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="sendings")
    channel = models.CharField(max_length=8)
    address = models.ForeignKey(Address, models.SET_NULL, null=True)
    """None: it was removed in the meantime."""
    state = models.CharField(
        max_length=10, default="waiting", choices=[(s, s) for s in ("waiting", "sent", "given-up", "dropped")]
    )
    """`dropped`: the person no longer wants it there."""
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    """What the other side answered last, without any address in it."""
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "channel"], name="notices_sent_once"),)
        indexes = (models.Index(fields=["state", "next_at"]),)

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.channel}: {self.state}"

"""What is written once: entries, seals, messages, idempotency keys.

An entry belongs to the chain of its root record (an application, a licence, ...). There is no global chain head: two
applications never wait for each other. A sealer signs the heads of all chains once a day.
"""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class Entry(models.Model):
    """One line of the audit. Holds ids and keyed digests, never a personal value."""

    chain = models.UUIDField()
    """Id of the root record."""
    sequence = models.PositiveIntegerField()
    """From 1 within the chain, without gaps."""
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    actor = models.UUIDField(null=True)
    principal = models.UUIDField(null=True)
    mandate = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    organisation = models.CharField(max_length=80, null=True)
    place = models.CharField(max_length=6)
    purpose = models.CharField(max_length=120)
    request_id = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    """Hash of the entry before; 64 zeros for the first."""
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chain", "sequence"], name="audit_chain_sequence"),)
        indexes = (
            models.Index(fields=["object_kind", "object_id"]),
            models.Index(fields=["principal", "at"]),
            models.Index(fields=["at"]),
        )

    def __str__(self) -> str:
        return f"{self.chain}/{self.sequence} {self.action}"


class Seal(models.Model):
    """A signed statement of how far every chain had come."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    root = models.CharField(max_length=64)
    """SHA-256 over the previous seal's root and the heads of this seal in order."""
    heads = models.PositiveIntegerField()
    signature = models.TextField()
    """Ed25519 over the root, base64url."""
    public_key = models.TextField()
    """PEM of the key, so that a copy of the database can be verified elsewhere."""

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedHead(models.Model):
    """The head of one chain that had grown since the seal before."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="sealed_heads")
    chain = models.UUIDField()
    length = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["seal", "chain"], name="audit_head_once_a_seal"),)

    def __str__(self) -> str:
        return f"{self.chain}@{self.length}"


class Message(models.Model):
    """A fact that has happened, on its way to those who subscribe to it. Holds ids only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    root = models.UUIDField()
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    place = models.CharField(max_length=6)
    request_id = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Delivery(models.Model):
    """That one subscriber has heard one message; unique, so it hears it once."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["message", "subscriber"], name="audit_heard_once"),)

    def __str__(self) -> str:
        return f"{self.subscriber} heard {self.message_id}"


class IdempotencyKey(models.Model):
    """The answer that a write with this key once gave."""

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    body = models.CharField(max_length=64)
    """SHA-256 of the request's body."""
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="audit_key_once"),)

    def __str__(self) -> str:
        return self.key


class Stamp(models.Model):
    """Whether this database is for demonstration or for production. Set once, when it is made."""

    kind = models.CharField(max_length=12, choices=[("demo", "demo"), ("production", "production")])
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind

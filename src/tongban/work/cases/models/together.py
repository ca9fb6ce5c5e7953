"""What people do together on one application: signatures of those who sign besides the applicant."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7
from tongban.work.cases.models.applications import Application


class Signature(models.Model):
    """That somebody besides the applicant was asked to sign an application (共同签署), and what came of it.

    asked -> signed | refused; and each of them -> ended, when what was to be signed has changed or is not needed any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="signatures")
    who = models.CharField(max_length=32, db_index=True)
    """Keyed digest of the identity number of who is asked: only they can open it."""
    person = models.UUIDField(null=True)
    """Subject of who is asked, once known here."""
    roles = models.JSONField()
    """[{service, signer}]: what they sign for, as the pack says."""
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    """Account."""
    signed = models.CharField(max_length=64, blank=True)
    """SHA-256 (hex) of the canonical JSON of `content`; empty: not signed."""
    content = models.JSONField(null=True)
    """What was signed, as it stood: {event, services, answers, materials, deferring}."""
    refused_because = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(
        max_length=16,
        blank=True,
        choices=[(r, r) for r in ("answers-changed", "rules-changed", "asked-again")],
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "who"],
                condition=models.Q(ended_at=None),
                name="cases_one_current_signature",
            ),
            models.CheckConstraint(
                condition=models.Q(signed="") | models.Q(refused_because=""),
                name="cases_signed_or_refused",
            ),
        )

    def __str__(self) -> str:
        return f"signature on {self.application_id}"

    @property
    def state(self) -> str:
        """`asked`, `signed`, `refused` or `ended`."""
        if self.ended_at is not None:
            return "ended"
        if self.answered_at is None:
            return "asked"
        return "signed" if self.signed else "refused"

"""What is known about subjects: observations, only ever added."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class Observation(models.Model):
    """That some source said at some time what a fact of a subject is (or that there is none)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=[("known", "known"), ("absent", "absent")])
    value = models.JSONField(null=True)
    source = models.CharField(max_length=12, choices=[(s, s) for s in ("licence", "registry", "answer")])
    source_id = models.CharField(max_length=80)
    """Licence kind, registry resource, or `answer`."""
    reference = models.CharField(max_length=120)
    """Licence identifier, row reference, or application number."""
    observed_at = models.DateTimeField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["subject", "name", "-observed_at"]),)

    def __str__(self) -> str:
        return f"{self.name} of {self.subject} from {self.source}"


class Consent(models.Model):
    """That a subject let an application draw on licences and registries, or took that back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    root = models.UUIDField()
    """Application."""
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["root"], condition=models.Q(withdrawn_at=None), name="dossier_one_consent"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} for {self.root}"

"""Reading notices and documents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from tongban.base.kit.acting import Acting
from tongban.base.notices import models


def inbox(acting: Acting) -> QuerySet[models.Notice]:
    """The principal's notices, newest first; nobody's without a principal, nor for an agent with a limited mandate."""
    if acting.role == "agent":
        return models.Notice.objects.none()
    return (
        models.Notice.objects.filter(subject=acting.principal).exclude(subject=None).order_by("-created_at")
    )


def unread(acting: Acting) -> int:
    return inbox(acting).filter(read_at=None).count() if acting.principal else 0


def documents_of(root: UUID) -> QuerySet[models.Document]:
    return models.Document.objects.filter(root=root).order_by("issued_at", "number")


def document(number: str) -> models.Document | None:
    return models.Document.objects.filter(number=number).first()


def documents() -> QuerySet[models.Document]:
    """All of them, for a room to narrow to what somebody may read."""
    return models.Document.objects.all()


def editions_of(document: models.Document) -> dict[str, models.Edition]:
    """Language -> edition; empty until the worker has made them."""
    return {edition.language: edition for edition in document.editions.all()}


def addresses(acting: Acting) -> dict[str, models.Address]:
    """Channel -> where the principal wants to be told; nobody's without a principal."""
    if acting.principal is None or acting.role != "applicant":
        return {}
    return {row.channel: row for row in models.Address.objects.filter(subject=acting.principal)}


def failures(acting: Acting) -> QuerySet[models.Sending]:
    """What could not be delivered to the principal elsewhere, newest first."""
    return (
        models.Sending.objects.filter(notice__subject=acting.principal, state="given-up")
        .exclude(notice__subject=None)
        .select_related("notice")
        .order_by("-ended_at")
    )


def overdue_sendings(before: datetime, limit: int) -> list[UUID]:
    """What should have been tried before that instant, oldest first."""
    found = models.Sending.objects.filter(state="waiting", next_at__lt=before)
    return list(found.order_by("next_at").values_list("pk", flat=True)[:limit])


def sending_counts() -> dict[tuple[str, str], int]:
    """(channel, state) -> how many; for the operator."""
    rows = models.Sending.objects.values_list("channel", "state").annotate(n=Count("id"))
    return {(channel, state): n for channel, state, n in rows.order_by("channel", "state")}


def troubled_sendings(limit: int) -> list[models.Sending]:
    """Given up, or waiting after an attempt that failed; the newest first. Holds no address."""
    found = models.Sending.objects.exclude(problem="").exclude(state="sent")
    return list(found.order_by("-next_at")[:limit])

"""Reading notices and documents."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from tongban.base.kit.acting import Acting
from tongban.base.notices import models


def inbox(acting: Acting) -> QuerySet[models.Notice]:
    """The principal's notices, newest first; nobody's without a principal."""
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

"""Reading the audit."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from tongban.base.audit import models


def entries_of(root: UUID) -> QuerySet[models.Entry]:
    """The chain of one root record, oldest first."""
    return models.Entry.objects.filter(chain=root).order_by("sequence")


def newest() -> QuerySet[models.Entry]:
    return models.Entry.objects.order_by("-at", "-id")


def seals() -> QuerySet[models.Seal]:
    return models.Seal.objects.order_by("-number")


def append_only_tables() -> tuple[str, ...]:
    """Tables that web and worker may add to and never change."""
    written_once = (
        models.Entry,
        models.Seal,
        models.SealedHead,
        models.Message,
        models.Delivery,
        models.IdempotencyKey,
        models.Stamp,
    )
    return tuple(model._meta.db_table for model in written_once)


def stamped() -> str | None:
    """`demo`, `production`, or None for a database that was never set up."""
    return models.Stamp.objects.values_list("kind", flat=True).first()


def is_demo() -> bool:
    """Whether this database was stamped for demonstration. A database without a stamp is not."""
    return models.Stamp.objects.filter(kind="demo").exists()


def undelivered(
    kind_subscribers: dict[str, tuple[str, ...]], before: object, limit: int = 500
) -> list[tuple[models.Message, str]]:
    """Messages older than `before` that some subscriber has not heard: what a crash may have left."""
    missing: list[tuple[models.Message, str]] = []
    for kind, subscribers in kind_subscribers.items():
        for subscriber in subscribers:
            heard = models.Delivery.objects.filter(subscriber=subscriber).values("message_id")
            waiting = (
                models.Message.objects.filter(kind=kind, at__lt=before).exclude(pk__in=heard).order_by("at")
            )
            missing += [(message, subscriber) for message in waiting[:limit]]
    return missing

"""Reading the audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongban.base.audit import models


def entries_of(root: UUID) -> QuerySet[models.Entry]:
    """The chain of one root record, oldest first."""
    return models.Entry.objects.filter(chain=root).order_by("sequence")


def newest() -> QuerySet[models.Entry]:
    return models.Entry.objects.order_by("-at", "-id")


def unsealed() -> QuerySet[models.Entry]:
    """Entries newer than the last seal of their chain: whole in themselves, their end not signed yet."""
    sealed = (
        models.SealedHead.objects.filter(chain=OuterRef("chain")).order_by("-length").values("length")[:1]
    )
    return newest().filter(sequence__gt=Coalesce(Subquery(sealed), 0))


def chains(upto: int) -> QuerySet[models.Entry, dict[str, Any]]:
    """(chain, entries, last) of every chain, counting entries up to this id; the one that grew last first."""
    found = models.Entry.objects.filter(pk__lte=upto).values("chain")
    return found.annotate(entries=Count("pk"), last=Max("at")).order_by("-last", "chain")


def last_id() -> int:
    """Id of the newest entry."""
    return models.Entry.objects.aggregate(last=Max("pk"))["last"] or 0


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

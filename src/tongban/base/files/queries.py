"""Reading uploads. Who may is decided by the room whose matter the file belongs to; whether anybody may, here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from tongban.base.files import models, store
from tongban.base.kit.refusals import Gone, NotNow


def upload(upload_id: UUID) -> models.Upload:
    return models.Upload.objects.get(pk=upload_id)


def uploads(ids: Collection[UUID]) -> dict[UUID, models.Upload]:
    return models.Upload.objects.in_bulk(list(ids))


def blocked(ids: Collection[UUID]) -> dict[UUID, str]:
    """Those that count for nothing: id to `unscanned`, `infected`, `failed` or `destroyed`."""
    found = models.Upload.objects.filter(pk__in=ids).only("scan", "destroyed_at")
    return {
        row.pk: "destroyed" if row.destroyed_at is not None else row.scan for row in found if not row.usable
    }


def content(upload: models.Upload) -> bytes:
    """The bytes. Raises `NotNow` while it is not known to be clean, `Gone` once it is destroyed."""
    return b"".join(pieces(upload))


def pieces(upload: models.Upload) -> Iterator[bytes]:
    """The bytes in pieces; refused as `content` says before the first one is asked for.

    A file that is missing or damaged raises at the first piece, before anything has left.
    """
    refuse_unusable(upload)
    read = store.read(upload.digest)
    first = next(read, b"")
    return _again(first, read)


def refuse_unusable(upload: models.Upload) -> None:
    """Raises `NotNow` or `Gone` with words for whoever wants to open the file."""
    if upload.destroyed_at is not None:
        raise Gone(upload.in_words)
    if not upload.usable:
        raise NotNow(upload.in_words)


def waiting_scans(before: datetime, limit: int) -> list[UUID]:
    """What should have been scanned before that instant, oldest first."""
    found = models.Upload.objects.filter(scan="unscanned", scan_next_at__lt=before, destroyed_at=None)
    return list(found.order_by("scan_next_at").values_list("pk", flat=True)[:limit])


def living() -> QuerySet[models.Upload, dict[str, Any]]:
    """Ids of files that are not destroyed, for a condition of another query."""
    return models.Upload.objects.filter(destroyed_at=None).values("pk")


def counts() -> dict[str, int]:
    """How many files of people are in which state of the scan, and how many were destroyed; for the operator."""
    living = models.Upload.objects.filter(destroyed_at=None, uploaded_by__isnull=False)
    found = dict(living.values_list("scan").annotate(n=Count("pk")).order_by("scan"))
    return {**found, "destroyed": models.Upload.objects.exclude(destroyed_at=None).count()}


def troubled(limit: int) -> list[models.Upload]:
    """Not clean, with what the scanner or its absence said; the newest first."""
    found = models.Upload.objects.filter(destroyed_at=None).exclude(scan_problem="", malware="")
    return list(found.order_by("-created_at")[:limit])


def is_stored(digest: str) -> bool:
    """Whether a living row refers to bytes with this SHA-256."""
    return models.Upload.objects.filter(digest=digest, destroyed_at=None).exists()


def stored() -> Iterator[str]:
    """SHA-256 of everything that lies on disk for a living row, each once, in order."""
    living: Any = models.Upload.objects.filter(destroyed_at=None).order_by("digest")
    return living.values_list("digest", flat=True).distinct().iterator(chunk_size=1000)


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest

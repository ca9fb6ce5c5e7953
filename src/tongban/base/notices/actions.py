"""Telling subjects, and issuing documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tongban.base.kit.acting import Acting
from tongban.base.notices import models
from tongban.core.values.text import Bilingual


def tell(
    *, subject: UUID, cause: str, title: Bilingual, body: Bilingual, link: str, now: datetime
) -> models.Notice:
    """Put a notice into a subject's inbox; telling the same cause again changes nothing."""
    with transaction.atomic():
        notice, _ = models.Notice.objects.get_or_create(
            subject=subject, cause=cause,
            defaults={
                "title_zh": title.zh, "title_en": title.en, "body_zh": body.zh, "body_en": body.en,
                "link": link, "created_at": now,
            },
        )  # fmt: skip
    return notice


def mark_read(*, acting: Acting) -> int:
    """Mark all notices of the principal as read; returns how many were not."""
    with transaction.atomic():
        return models.Notice.objects.filter(subject=acting.principal, read_at=None).update(read_at=acting.now)


def issue_document(
    *,
    acting: Acting,
    kind: str,
    prefix: str,
    root: UUID,
    about: UUID | None,
    organisation: str | None,
    content: Mapping[str, Any],
) -> models.Document:
    """Issue a numbered document inside the transaction of an action. The number never comes twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('notices_document_number')")
        sequence = cursor.fetchone()[0]
    return models.Document.objects.create(
        number=f"{prefix}-{acting.today:%Y}-{sequence:06d}", kind=kind, root=root, about=about, organisation=organisation,
        content=dict(content), issued_at=acting.now,
    )  # fmt: skip

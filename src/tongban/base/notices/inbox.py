"""Putting a notice into an inbox, once for each cause. How it leaves the portal is decided above."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.base.notices import models
from tongban.core.values.text import Bilingual


def put(
    *,
    subject: UUID,
    cause: str,
    title: Bilingual,
    body: Bilingual,
    link: str,
    document: str = "",
    now: datetime,
) -> tuple[models.Notice, bool]:
    """(the notice, whether it is new)."""
    return models.Notice.objects.get_or_create(
        subject=subject, cause=cause,
        defaults={
            "title_zh": title.zh, "title_en": title.en, "body_zh": body.zh, "body_en": body.en, "link": link,
            "document": document, "created_at": now,
        },
    )  # fmt: skip

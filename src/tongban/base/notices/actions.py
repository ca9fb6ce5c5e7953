"""Telling subjects, and issuing documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tongban.base.audit import actions as audit
from tongban.base.files import actions as files
from tongban.base.kit.acting import Acting
from tongban.base.notices import inbox, models, sending, typesetting
from tongban.base.notices.letter import Letter
from tongban.core.values.text import Bilingual


def tell(
    *,
    subject: UUID,
    cause: str,
    title: Bilingual,
    body: Bilingual,
    link: str,
    now: datetime,
    document: str = "",
) -> models.Notice:
    """Put a notice into a subject's inbox, and on its way to the addresses it has confirmed; once for each cause.

    `document` is the number of the official document that it brings.
    """
    with transaction.atomic():
        notice, new = inbox.put(
            subject=subject, cause=cause, title=title, body=body, link=link, document=document, now=now
        )
        if new:
            sending.queue(notice, now)
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
    """Issue a numbered document inside the transaction of an action. The number never comes twice.

    Whoever hears `notices.issued` puts it into words and hands those to `keep_editions`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('notices_document_number')")
        sequence = cursor.fetchone()[0]
    document = models.Document.objects.create(
        number=f"{prefix}-{acting.today:%Y}-{sequence:06d}", kind=kind, root=root, about=about, organisation=organisation,
        content=dict(content), issued_at=acting.now,
    )  # fmt: skip
    audit.send(acting=acting, kind="notices.issued", root=root, payload={"document": str(document.id)})
    return document


def keep_editions(*, acting: Acting, document: UUID, owner: UUID, letters: Collection[Letter]) -> bool:
    """Set a document as PDF in every language given and keep text and file in the case file; once.

    True when it did, False when they were there. `owner` is the subject whose matter it is. Raises
    `typesetting.CannotTypeset`; then nothing is kept.
    """
    with transaction.atomic():
        found = models.Document.objects.select_for_update().get(pk=document)
        if found.editions.exists():
            return False
        for letter in letters:
            file = files.keep_made(
                acting=acting, owner=owner, root=found.root, name=f"{letter.title} {letter.number}.pdf", data=typesetting.pdf(letter)
            )  # fmt: skip
            models.Edition.objects.create(
                document=found, language=letter.language, title=letter.title[:200], text=letter.text, file=file.id,
                digest=file.digest, made_at=acting.now,
            )  # fmt: skip
        audit.record(
            acting=acting, action="document.printed", root=found.root, object_kind="document", object_id=found.id,
            detail={"number": found.number, "sha256": {e.language: e.digest for e in found.editions.all()}},
        )  # fmt: skip
    return True

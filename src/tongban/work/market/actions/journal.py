"""Correcting the journal: an entry is answered by its opposite, never changed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.work.market import access, books, models


def reverse_entry(*, acting: Acting, entry: UUID) -> models.JournalEntry:
    """Raises `NotNow` for an entry that was reversed before."""
    if acting.role != "officer":  # auditors read the journal and write nothing
        raise NotFound(_("There is no such thing in the market, or it is not yours to see."))
    with transaction.atomic():
        found = access.entry(acting, entry)
        answer = books.reverse(acting=acting, row=found)
        audit.record(
            acting=acting, action="journal.reversed", root=found.root, object_kind="journal-entry", object_id=answer.id,
            detail={"book": found.book, "number": answer.number, "reverses": found.number},
        )  # fmt: skip
    return answer

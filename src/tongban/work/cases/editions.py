"""An official document set as PDF in every language and kept in the case file, from the words of `letters`."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.notices import actions as notices
from tongban.base.notices import queries as documents
from tongban.base.notices.letter import Letter
from tongban.work.cases import letters, models
from tongban.work.cases.letters.matter import Matter


def keep(*, acting: Acting, found: Any) -> bool:
    """Make the editions of a document, once; True when they were made now.

    Raises `typesetting.CannotTypeset` where no PDF can be made; the document stays readable as a page.
    """
    matter = matter_of(found)
    if matter is None or documents.editions_of(found):
        return False
    return notices.keep_editions(
        acting=acting, document=found.id, owner=matter.application.subject, letters=_letters(matter)
    )


def matter_of(found: Any) -> Matter | None:
    """What a document is about; None when it is not one of this room."""
    application = models.Application.objects.filter(pk=found.root).first()
    if application is None or not application.pack_digest:
        return None
    case = application.cases.get(pk=found.about) if found.about is not None else None
    return Matter(found, application, case, directory.pack(application.pack_digest))


def letter(matter: Matter) -> Letter:
    """The document in the active language: as it was issued, or in the same words before that was kept."""
    fresh = letters.letter(matter)
    kept = documents.editions_of(matter.found).get(fresh.language)
    if kept is None:
        return fresh
    return Letter(fresh.number, kept.language, kept.title, kept.text, fresh.authority, fresh.issued_on)


def _letters(matter: Matter) -> list[Letter]:
    made = []
    for language in letters.LANGUAGES:
        with translation.override(language):
            made.append(letters.letter(matter))
    return made

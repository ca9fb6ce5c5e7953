"""Official documents in words: one text, in the active language, for the page, the PDF and whoever prints it.

A pack declares one text for each kind of document (`titles` says which belongs to which row); the case fills in who,
what, when and why, as they were on the day of the document (`matter`, `filling`). A document of which the pack has no
text, or one that the case cannot fill, is worded plainly (`plain`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.base.kit.text import in_language, language
from tongban.base.notices.letter import Letter
from tongban.core.packs import documents
from tongban.core.packs.model_guide import Document, DocumentKind
from tongban.core.values.text import Bilingual
from tongban.work.cases.letters import filling, plain, titles
from tongban.work.cases.letters.matter import Matter

log = logging.getLogger(__name__)

LANGUAGES = ("zh-hans", "zh-hant", "en")
"""A document is set in all of them when it is issued."""


def letter(matter: Matter) -> Letter:
    """The document in the active language. Reads; writes nothing."""
    kind = titles.kind_of(matter.found, matter.pack, matter.case)
    template = titles.template_of(kind, matter.pack)
    values = filling.values(matter, articles_of(matter))
    text = _filled(template, values) if template is not None else None
    if text is None:
        text = plain.worded(matter, kind, values)
    return Letter(
        number=matter.found.number,
        language=language(),
        title=titles.title_of(matter.found, matter.pack, matter.case),
        text="\n\n".join((text.rstrip("\n"), *_notes(matter, kind))) + "\n",
        authority=values["authority"],
        issued_on=timezone.localtime(matter.found.issued_at).date(),
    )


def articles_of(matter: Matter) -> tuple[str, ...]:
    """What a document rests on: what its case cites, what the pack's text cites, else what the service rests on."""
    template = titles.template_of(titles.kind_of(matter.found, matter.pack, matter.case), matter.pack)
    own = template.articles if template is not None else ()
    cited = dict.fromkeys((*matter.content.get("articles", ()), *own))
    if not cited and matter.case is not None:
        return matter.pack.services[matter.case.service].articles
    return tuple(cited)


def _filled(template: Document, values: Mapping[str, str]) -> str | None:
    """The pack's text; None, with a line in the log, when a value that it needs is not there.

    Articles are always named: below the text where the pack's words do not name them.
    """
    text = template.model_copy(update={name: _as_read(getattr(template, name)) for name in ("title", "body")})
    try:
        filled = documents.fill(text, values, "zh")
    except ValueError:
        log.exception("document %s is worded plainly", values["number"])
        return None
    if values["legal_basis"] and "legal_basis" not in documents.placeholders(text.body.zh):
        named = {"legal_basis": documents.as_text(values["legal_basis"])}
        filled += "\n" + _("Legal basis: %(legal_basis)s") % named
    return filled


def _as_read(text: Bilingual) -> Bilingual:
    """In the reader's language whichever is asked for, traditional characters included."""
    return Bilingual(in_language(text), in_language(text))


def _notes(matter: Matter, kind: DocumentKind) -> list[str]:
    """What is said below a document whatever the pack's text is."""
    if kind is DocumentKind.RECEIPT:
        lines = (
            " · ".join((in_language(service.name), in_language(organ.name) if organ else "", case.number))
            for case, service, organ in matter.cases
        )
        listed = "\n".join(f"- {documents.as_text(line)}" for line in lines)
        return [_("The application holds these cases:"), listed]
    if matter.content.get("automatic"):
        return [_("Decided by rule: every condition was met, so no officer had to weigh anything.")]
    return []

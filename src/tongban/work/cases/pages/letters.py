"""An official document in the words of the pack under which its case runs.

A pack declares one text for each kind of document; the case fills in who, what, when and why, as they were on the day
of the document. A document of which the pack has no text is worded by the page itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.base.identity import queries as identity
from tongban.base.kit import markdown
from tongban.base.kit.templatetags.kit import called, day, period
from tongban.base.kit.text import in_language
from tongban.core.packs import calendars, documents
from tongban.core.packs.model_guide import Document, DocumentKind
from tongban.core.packs.pack import Pack
from tongban.core.procedures import clock as clocks
from tongban.core.procedures.model import CaseEvent, Clock, Event
from tongban.core.values.duration import Duration
from tongban.core.values.text import Bilingual
from tongban.work.cases import form, models
from tongban.work.cases.pages import content

log = logging.getLogger(__name__)

KINDS: Final = {
    "receipt": DocumentKind.RECEIPT,
    "correction-notice": DocumentKind.CORRECTION,
    "acceptance-notice": DocumentKind.ACCEPTANCE,
    "not-accepted": DocumentKind.NON_ACCEPTANCE,
    "suspension-notice": DocumentKind.SPECIAL_PROCEDURE,
    "extension-notice": DocumentKind.EXTENSION,
}
OF_PERMITS: Final = {"granted": DocumentKind.GRANT, "refused": DocumentKind.REFUSAL}
"""Decisions of which law prescribes the form (行政许可法 art. 38); other services are decided in plain words."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a document is about, in the reader's language."""

    found: Any
    """The document (`base.notices`)."""
    application: models.Application
    case: models.Case | None
    """None for a document about the whole application."""
    pack: Pack
    materials: str
    """Those handed in, one a line."""
    missing: str
    """What is to be corrected, one a line."""
    reasons: str
    articles: tuple[str, ...]


def written(matter: Matter) -> SafeString | None:
    """The document as the pack words it; None when the pack has no text for it."""
    template = _template(matter)
    if template is None:
        return None
    text = template.model_copy(update={name: _as_read(getattr(template, name)) for name in ("title", "body")})
    try:
        return markdown.rendered(documents.fill(text, _values(matter, template), "zh"))
    except ValueError:
        log.exception("document %s is shown in the words of the page", matter.found.number)
        return None


def _template(matter: Matter) -> Document | None:
    kind = KINDS.get(matter.found.kind)
    if kind is DocumentKind.ACCEPTANCE and matter.found.content.get("deferred"):
        return None  # its text says that everything is there; the page says what is still to come, and until when
    if matter.found.kind == "decision" and matter.case is not None:
        permit = matter.pack.services[matter.case.service].kind == "permit"
        kind = OF_PERMITS.get(matter.found.content.get("outcome", "")) if permit else None
    return next((one for one in matter.pack.documents.values() if one.kind == kind), None)


def _as_read(text: Bilingual) -> Bilingual:
    """In the reader's language whichever is asked for, traditional characters included."""
    return Bilingual(in_language(text), in_language(text))


def _values(matter: Matter, template: Document) -> Mapping[str, str]:
    pack, application, case = matter.pack, matter.application, matter.case
    organ = pack.organisations.get(matter.found.organisation or "")
    addressee = identity.names_of({application.subject}).get(application.subject)
    articles = tuple(dict.fromkeys((*matter.articles, *template.articles)))
    values = {
        "number": matter.found.number,
        "date": _day(matter.found.issued_at),
        "authority": in_language(organ.name) if organ else "",
        "contact": _contact(organ),
        "applicant": called(addressee),
        "service": _services(matter),
        "case_number": case.number if case else application.number,
        "received_on": _day(application.submitted_at),
        "legal_basis": _("; ").join(one.label for one in content.bases(pack, articles)),
        "materials": matter.materials or _("none"),
        "missing": matter.missing,
        "reasons": matter.reasons,
    }
    if case is None:
        return values
    clock, terms = _clock(case, pack, matter.found), form.terms_from_json(case.terms)
    service = pack.services[case.service]
    licence = pack.licences.get(service.result.licence or "")
    years = licence.validity.years if licence else None
    return values | {
        "accepted_on": _due(clock.accepted_on),
        "due_on": _due(clock.promised),
        "statutory_due_on": _due(clock.statutory) or _("no period set"),
        "extension": period(Duration(terms.extension, terms.promised.unit)) if terms.extension else "",
        "result": in_language(licence.name if licence else service.result.name),
        "valid_until": _("%(years)s years from the day of issue") % {"years": years}
        if years
        else _("long-term"),
        "review_body": in_language(organ.review_body) if organ else "",
        "court": in_language(organ.court) if organ else "",
    }


def _services(matter: Matter) -> str:
    if matter.case is not None:
        return in_language(matter.pack.services[matter.case.service].name)
    return in_language(matter.pack.life_events[matter.application.event].name)


def _contact(organ: Any) -> str:
    parts = (organ.name, organ.address, organ.phone) if organ else ()
    return _(", ").join(in_language(part) for part in parts if part)


def _clock(case: models.Case, pack: Pack, found: Any) -> Clock:
    """As it stood when the document was issued: what happened later does not change what it says."""
    until = found.issued_at
    events = sorted(case.events.all(), key=lambda event: event.sequence)
    seen = [CaseEvent(Event(one.event), one.day, one.at) for one in events if one.at <= until]
    today = max(one.day for one in seen)
    return clocks.clock(seen, form.terms_from_json(case.terms), calendars.work_calendar(pack), today)


def _day(moment: Any) -> str:
    return str(day(timezone.localtime(moment).date())) if moment else ""


def _due(value: Any) -> str:
    """Of a date or of a due date."""
    return str(day(value)) if value else ""

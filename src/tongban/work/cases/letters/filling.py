"""What a case fills in for the names in braces of a pack's document, as it was on the day of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.templatetags.kit import called, moment, period
from tongban.base.kit.text import in_language
from tongban.base.notices import queries as notices
from tongban.core.packs import calendars
from tongban.core.procedures import clock as clocks
from tongban.core.procedures.model import CaseEvent, Clock, Event, Terms
from tongban.core.values.duration import Duration
from tongban.work.cases import form, models
from tongban.work.cases.letters import citing, days, titles, visit
from tongban.work.cases.letters.matter import Matter


def values(matter: Matter, articles: Iterable[str]) -> Mapping[str, str]:
    """Name -> text in the active language; names of `core.packs.documents.PLACEHOLDERS`. Empty: not known here."""
    pack, application, case = matter.pack, matter.application, matter.case
    common = {
        "number": matter.found.number,
        "date": days.of_moment(matter.found.issued_at),
        "authority": in_language(matter.organ.name) if matter.organ else "",
        "contact": _contact(matter.organ),
        "applicant": applicant(matter),
        "service": subject_matter(matter),
        "case_number": (case.number if case else application.number) or "",
        "received_on": days.of_moment(application.submitted_at),
        "legal_basis": _("; ").join(one.label for one in citing.bases(pack, articles))
        or _("the published conditions of this service"),
        "materials": "\n".join(_("%(name)s (%(how)s)") % {"name": n, "how": how} for n, how in matter.papers)
        or _("none"),
        "missing": "\n".join(f"{name}{_(': ')}{' '.join(words.split())}" for name, words in matter.defects)
        or "\n".join(matter.deferred),
        "reasons": matter.reasons,
    }
    return common if case is None else common | _of_case(matter, case)


def applicant(matter: Matter) -> str:
    subject = matter.application.subject
    return called(identity.names_of({subject}).get(subject))


def subject_matter(matter: Matter) -> str:
    """The service; of a whole application the life event."""
    if matter.case is not None:
        return in_language(matter.pack.services[matter.case.service].name)
    return in_language(matter.pack.life_events[matter.application.event].name)


def clock_then(matter: Matter, case: models.Case) -> Clock:
    """As it stood when the document was issued: what happened later does not change what it says."""
    until, count = matter.found.issued_at, matter.content.get("events")
    events = sorted(case.events.all(), key=lambda event: event.sequence)
    seen = [
        CaseEvent(Event(one.event), one.day, one.at)
        for one in events
        if (one.at <= until if count is None else one.sequence <= count)
    ]
    today = max(one.day for one in seen)
    counted = matter.content.get("calendar")
    calendar = calendars.work_calendar(directory.pack(counted) if counted else matter.pack)
    return clocks.clock(seen, form.terms_from_json(case.terms), calendar, today)


def _of_case(matter: Matter, case: models.Case) -> dict[str, str]:
    pack, clock, terms = matter.pack, clock_then(matter, case), form.terms_from_json(case.terms)
    service = pack.services[case.service]
    licence = pack.licences.get(service.result.licence or "")
    years = licence.validity.years if licence else None
    organ = matter.organ
    by = days.of_due(clock.correct_by or clock.materials_by)
    return {
        "accepted_on": days.of_due(clock.accepted_on),
        "due_on": days.of_due(clock.promised),
        "statutory_due_on": days.of_due(clock.statutory) or _("no period set"),
        "extension": period(Duration(terms.extension, terms.promised.unit)) if terms.extension else "",
        "result": in_language(licence.name if licence else service.result.name),
        "valid_until": _("%(years)s years from the day of issue") % {"years": years}
        if years
        else _("long-term"),
        "review_body": in_language(organ.review_body) if organ else "",
        "court": in_language(organ.court) if organ else "",
        "correct_by": by or _("no last day is set"),
        "conditions": "\n".join(in_language(one.label) for one in service.conditions)
        or _("What these articles demand: %(articles)s")
        % {"articles": _("; ").join(one.label for one in citing.bases(pack, service.articles))},
        "commitments": "\n".join(matter.promises) or _promise(matter, by),
        "consequences": _consequences(matter, case),
        "decided_on": days.of_iso(matter.content.get("decided_on", "")),
        "decision_number": matter.content.get("decision", ""),
        "remedy_by": days.of_due(clock.remedy_by),
        "ground": matter.ground,
        "review_by": days.of_due(clock.review_by),
        "outcome": matter.outcome,
        "effect": matter.effect,
        "state_by": days.of_due(clock.state_by),
        "hearing_right": _hearing_right(terms, clock),
        "hearing_on": _moment(matter.content.get("hearing_on", "")),
        "hearing_at": str(matter.content.get("hearing_at", "")),
        "answer": str(matter.content.get("answer", "")) or _("Nothing was stated."),
        "renewed_from": days.of_iso(matter.content.get("decided_on", ""), later=1),
        "old_dates": "\n".join(matter.dates("old")),
        "new_dates": "\n".join(matter.dates("new")),
        **_delivery(matter),
        **visit.values(matter, case),
    }


def _hearing_right(terms: Terms, clock: Clock) -> str:
    """Whether the holder may ask for a hearing before something ends, and until when."""
    if terms.hearing is None:
        return _("There is no hearing for this; what you write counts as much.")
    return _("You may also ask for a hearing by %(day)s. It is free of charge.") % {
        "day": days.of_due(clock.state_by)
    }


def _moment(text: str) -> str:
    """An instant written in ISO, as a civil day with its time."""
    return str(moment(datetime.fromisoformat(text))) if text else ""


def _promise(matter: Matter, by: str) -> str:
    """What whoever chooses to hand papers in later has promised by it on the portal."""
    return _(
        "On the portal I chose to hand in the papers listed above later. I hand them in by %(day)s, and I know what follows if I do not."
    ) % {"day": by}


def _consequences(matter: Matter, case: models.Case) -> str:
    """Of a paper that never comes, as the pack sets it; of a promise that is not kept, as the law has it.

    The latter after 优化营商环境条例 art. 40 and the statutes of cities (北京 2024 art. 33, 安阳 arts. 26-27).
    """
    if matter.found.kind == "remedy-order":
        return _(
            "If it is not put right by then, the decision is annulled, the breach is entered in the public credit record, and for a time you cannot go this way again."
        )
    if not matter.content.get("deferred"):
        return _(
            "You are told to put it right within a time that is set. If it is still not kept, or the promise was false, the decision is taken back and the breach is entered in the public credit record."
        )
    tolerance = matter.pack.services[case.service].tolerance
    if tolerance is not None and tolerance.on_default == "terminated":
        return _("The case ends without a decision. You may apply again.")
    return _("The application counts as taken back. You may apply again.")


def _delivery(matter: Matter) -> dict[str, str]:
    delivered = notices.document(matter.content.get("delivered", ""))
    if delivered is None:
        return {}
    named = titles.title_of(delivered, matter.pack, matter.case)
    return {
        "delivered": _("%(title)s, number %(number)s") % {"title": named, "number": delivered.number},
        "delivery_way": _("electronically, into the inbox on the portal"),
        "delivered_on": days.of_moment(matter.found.issued_at),
        "recipient": applicant(matter),
    }


def _contact(organ: Any) -> str:
    parts = (organ.name, organ.address, organ.phone) if organ else ()
    return _(", ").join(in_language(part) for part in parts if part)

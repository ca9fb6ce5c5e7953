"""What the platform's own records say about cases and applications: facts for indicators, and nobody's name.

    case          {"number", "pack", "service", "actual_days": 6, "promised_days": 10, "on_time": True, ...}
    application   {"number", "pack", "event", "cases": 4, "closed": False, "rating": None, ...}

The facts are those of `core/packs/logs.py`. None is a fact known to be absent: an open case has no `closed_on`, a
case that was never accepted took no days. Besides them a record holds its `number`, by which a number on a page
opens to its cases, and `pack`, the digest of the version under which it was handled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from tongban.base.directory import queries as directory
from tongban.core.packs import calendars
from tongban.core.packs.pack import Pack
from tongban.core.procedures import clock as clocks
from tongban.core.procedures import history as histories
from tongban.core.procedures import spans
from tongban.core.procedures.model import Event, State
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Duration, Unit
from tongban.work.cases import form, models

Row = dict[str, Any]
_CHUNK: Final = 500
_OPEN: Final = frozenset({State.WAITING, State.SUBMITTED, State.CORRECTING, State.ACCEPTED})
_SPARED: Final = frozenset({"held", "form"})
"""Ways in which a material is met without the applicant: evidence of an office, a form drawn up from answers."""


def log_rows(
    log: Literal["cases", "applications"], *, now: datetime, place: str | None = None, service: str | None = None,
    since: date | None = None,
) -> Iterator[Row]:  # fmt: skip
    """One record for every case, or for every submitted application, in the order of their numbers.

    `place` is the place of the node, or a district of it. `service` keeps cases of one service, and applications
    that hold one. `since` leaves out what was both submitted and closed before that day. Read in chunks: the number
    of queries grows with one per 500 records, never with the records.
    """
    applications = models.Application.objects.filter(state="submitted")
    if place is not None and applications.filter(place=place).exists():
        applications, place = applications.filter(place=place), None
    makes = {"cases": _cases, "applications": _applications}[log]
    rows = makes(applications, now, service, since)
    return rows if place is None else (row for row in rows if row["place"] == place)


def working_days(term: Duration, start: date, calendar: WorkCalendar) -> int:
    """The length of a term in working days from `start` on. On the spot is 0; hours within a day are 1."""
    if term.unit is Unit.WORKING_DAYS or term.amount == 0:
        return term.amount
    return max(1, calendar.working_days_between(start, calendar.add(start, term, rolls=False).day))


# -- cases -------------------------------------------------------------------------------------------------


def _cases(
    applications: QuerySet[models.Application], now: datetime, service: str | None, since: date | None
) -> Iterator[Row]:
    cases = models.Case.objects.filter(application__in=applications)
    if service is not None:
        cases = cases.filter(service=service)
    if since is not None:
        cases = cases.filter(
            Q(application__submitted_on__gte=since) | Q(closed_at=None) | Q(closed_at__date__gte=since)
        )
    found = cases.select_related("application", "decision").prefetch_related(
        "events", "corrections", _current("application__materials")
    )
    for case in found.order_by("number").iterator(chunk_size=_CHUNK):
        yield _case(case, now)


def _case(case: models.Case, now: datetime) -> Row:
    application = case.application
    pack = directory.pack(application.pack_digest)
    decision = getattr(case, "decision", None)
    happened = {event.event for event in case.events.all()}
    ways = {m.material: m.way for m in application.materials.all()}
    return {
        "number": case.number,
        "pack": application.pack_digest,
        "service": case.service,
        "event": application.event,
        "authority": pack.services[case.service].authority,
        "organisation": case.organisation,
        "place": application.district or application.place,
        "submitted_on": application.submitted_on,
        "granted": decision.outcome == "granted" if decision else None,
        "automatic": bool(decision and decision.automatic),
        "tolerant": Event.ACCEPT_TOLERANTLY.value in happened or bool(case.deferred),
        "corrections": len(case.corrections.all()),
        "materials_required": len(case.materials),
        "materials_exempt": sum(_spared(case, ways.get(material), material) for material in case.materials),
        **_times(case, pack, now),
    }


def _spared(case: models.Case, way: str | None, material: str) -> bool:
    """A material not there yet that nobody asked to defer is the result of a case that this one waits for."""
    if way is None:
        return bool(case.waits_for) and material not in case.deferred
    return way in _SPARED


def _times(case: models.Case, pack: Pack, now: datetime) -> Row:
    """Days used and days allowed, and how the case ended.

    A case is closed on the day on which its approval clock stopped for good: the decision, or its end without one.
    Terms are those fixed on submission, without an extension; whether it was in time takes the extension in.
    """
    calendar = _calendar(case.application.pack_digest)
    today = now.astimezone(ZoneInfo(pack.manifest.time_zone)).date()
    events, terms = form.history_of(case), form.terms_from_json(case.terms)
    past = histories.read(events, terms, calendar, today)
    ended, accepted = past.ended_on, past.accepted_on
    pauses = [*past.pauses, *([(past.paused_on, ended or today)] if past.paused_on else [])]
    stopped = spans.working_days(calendar, pauses)
    promised = clocks.clock(events, terms, calendar, today).promised if ended and accepted else None
    start = accepted or case.application.submitted_on
    assert start is not None  # it was submitted
    used = ended and accepted and max(0, calendar.working_days_between(accepted, ended) - stopped)
    return {
        "closed": ended is not None,
        "closed_on": ended,
        "actual_days": used,
        "promised_days": working_days(terms.promised, start, calendar),
        "statutory_days": working_days(terms.statutory, start, calendar) if terms.statutory else None,
        "stopped_days": stopped,
        "on_time": ended <= promised.day if ended and promised else None,
    }


@lru_cache(maxsize=16)
def _calendar(digest: str) -> WorkCalendar:
    return calendars.work_calendar(directory.pack(digest))


# -- applications ------------------------------------------------------------------------------------------


def _applications(
    applications: QuerySet[models.Application], now: datetime, service: str | None, since: date | None
) -> Iterator[Row]:
    if service is not None:
        applications = applications.filter(cases__service=service)
    if since is not None:
        still_open = models.Case.objects.filter(closed_at=None).values("application")
        applications = applications.filter(Q(submitted_on__gte=since) | Q(pk__in=still_open))
    found = applications.select_related("rating").prefetch_related("cases", _current("materials"))
    for application in found.order_by("number").iterator(chunk_size=_CHUNK):
        yield _application(application)


def _application(application: models.Application) -> Row:
    """Visits to an office are in no record of the platform, so they are absent: not counted is not none."""
    cases = list(application.cases.all())
    rating = getattr(application, "rating", None)
    return {
        "number": application.number,
        "pack": application.pack_digest,
        "event": application.event,
        "place": application.district or application.place,
        "submitted_on": application.submitted_on,
        "cases": len(cases),
        "closed": _all_closed(cases),
        "visits": None,
        "rating": rating.grade if rating else None,
        "materials_required": len({material for case in cases for material in case.materials}),
        "materials_uploaded": sum(material.way == "upload" for material in application.materials.all()),
    }


def _all_closed(cases: Iterable[models.Case]) -> bool:
    return all(State(case.state) not in _OPEN for case in cases)


def _current(path: str) -> Prefetch[str, Any, str]:
    return Prefetch(path, queryset=models.Material.objects.filter(replaced_at=None))

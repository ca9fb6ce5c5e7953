"""Reading requests, grants and the log of look-ups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate, TruncMonth

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import simplified
from tongban.core.packs import calendars
from tongban.core.packs.pack import Pack
from tongban.core.values.calendar import WorkCalendar
from tongban.records.catalogue import access, clocks, models
from tongban.records.catalogue import terms as sharing_terms
from tongban.records.catalogue.procedure import OPEN, Event, Happened, State

_USED = ~Q(outcome="refused")
"""Look-ups that a grant allowed."""
_DELIVERED = Q(outcome="delivered")
TABS = ("open", "granted", "closed")
_TAB_STATES = {
    "open": [s.value for s in OPEN],
    "granted": [State.GRANTED.value, State.PROVIDED.value],
    "closed": [State.REFUSED.value, State.WITHDRAWN.value],
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A request or a correction as a list shows it."""

    entry: Any
    clock: clocks.Clock


# -- look-ups


def look_ups_about(subjects: Collection[UUID], *, refused: bool = False) -> QuerySet[models.LookUp]:
    """Every look-up about these subjects, newest first; with `refused` also those that delivered nothing."""
    found = models.LookUp.objects.filter(about__in=list(subjects)).order_by("-at", "-id")
    return found if refused else found.exclude(outcome="refused")


def look_ups_of(root: UUID) -> QuerySet[models.LookUp]:
    """Every look-up for one application, the refused ones too, oldest first."""
    return models.LookUp.objects.filter(root=root).order_by("at", "id")


def look_ups_under(grant: models.Grant) -> QuerySet[models.LookUp]:
    return models.LookUp.objects.filter(grant=grant).order_by("-at", "-id")


def look_ups_on(day: date, zone: str, *, delivered: bool) -> Q:
    """Of the look-ups under a grant those that a line of `look_ups_by_day` counts; `delivered`: those with a row."""
    start, end = (
        datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    return Q(at__gte=start, at__lt=end) & (_DELIVERED if delivered else _USED)


def used(resource: str) -> QuerySet[models.LookUp]:
    """Look-ups that a grant allowed."""
    return models.LookUp.objects.filter(_USED, resource=resource)


def look_ups_per_month(resource: str, today: date, zone: str, months: int = 12) -> list[tuple[date, int]]:
    """(first day of the month, look-ups under a grant) for the months up to today's, oldest first."""
    firsts = [_month_before(today, back) for back in reversed(range(months))]
    since = datetime.combine(firsts[0], time(), ZoneInfo(zone)).astimezone(UTC)
    counted = (
        used(resource).filter(at__gte=since)
        .annotate(month=TruncMonth("at", tzinfo=ZoneInfo(zone))).values_list("month").annotate(Count("id"))
    )  # fmt: skip
    numbers = {month.date(): number for month, number in counted.order_by("month")}
    return [(first, numbers.get(first, 0)) for first in firsts]


def look_ups_by_day(resource: str, month: date, zone: str) -> list[dict[str, Any]]:
    """What a month's number counts: day, organisation, grant, how many, how many found a row. No person, no key."""
    first = month.replace(day=1)
    start, end = (
        datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
        for day in (first, _month_before(first, -1))
    )
    return list(
        used(resource).filter(at__gte=start, at__lt=end)
        .annotate(day=TruncDate("at", tzinfo=ZoneInfo(zone))).values("day", "organisation", "grant_id")
        .annotate(number=Count("id"), found=Count("id", filter=_DELIVERED))
        .order_by("day", "organisation", "grant_id")
    )  # fmt: skip


# -- grants


def live_grants(today: date) -> QuerySet[models.Grant]:
    """Grants under which rows can be looked up on the day."""
    return models.Grant.objects.filter(
        valid_from__lte=today, valid_to__gt=today, provided_at__isnull=False, revoked_at=None
    )


def grants_on(resource: str) -> QuerySet[models.Grant]:
    """Every grant on a resource, ended ones too, newest first: what the public catalogue shows."""
    return (
        models.Grant.objects.filter(resource=resource)
        .select_related("request")
        .order_by("-valid_from", "-id")
    )


def grant_state(grant: models.Grant, today: date) -> str:
    """`live`, `not-ready` (consented, not provided yet), `expired` or `revoked`."""
    if grant.revoked_at is not None:
        return "revoked"
    if grant.valid_to <= today:
        return "expired"
    return "not-ready" if grant.provided_at is None else "live"


def covered_services(grant: models.Grant, pack: Pack) -> frozenset[str]:
    """Services that a grant covers: those it names and, for a life event, those the event now has."""
    event = pack.life_events.get(grant.event)
    return frozenset({*grant.services, *(event.services if event else ())})


# -- requests


def of_tab(acting: Acting, tab: str) -> QuerySet[models.SharingRequest]:
    return access.requests(acting).filter(state__in=_TAB_STATES[tab]).order_by("-submitted_at", "-id")


def found(
    requests: QuerySet[models.SharingRequest], words: str, acting: Acting
) -> QuerySet[models.SharingRequest]:
    """Those whose number, purpose, organisation or resource, by id or by name, holds the words."""
    text = words.strip()[:80]
    if not text:
        return requests
    pack = directory.pack_in_force(acting.now)
    organs = _named(pack.organisations, text)
    return requests.filter(
        Q(number__icontains=text) | Q(purpose__icontains=text) | Q(resource__in=_named(pack.resources, text))
        | Q(asking__in=organs) | Q(steward__in=organs)
    )  # fmt: skip


def counts(acting: Acting, words: str = "") -> dict[str, int]:
    """How many requests each tab holds under the present search."""
    return {tab: found(of_tab(acting, tab), words, acting).count() for tab in TABS}


def listed(requests: Iterable[models.SharingRequest], acting: Acting) -> list[Listed]:
    calendar = calendars.work_calendar(directory.pack_in_force(acting.now))
    return [Listed(one, clock_of(one, calendar, acting.today)) for one in requests]


def clock_of(request: models.SharingRequest, calendar: WorkCalendar, today: date) -> clocks.Clock:
    """Recomputed from the events, under the terms of the pack of submission and the calendar as it is known now."""
    history = [
        Happened(Event(e.event), e.day) for e in sorted(request.events.all(), key=lambda e: e.sequence)
    ]
    return clocks.clock(history, terms_of(request, history[0].day), calendar, today)


def terms_of(request: models.SharingRequest, day: date) -> sharing_terms.Terms:
    return sharing_terms.terms(directory.pack(request.pack_digest), request.sharing, day)


# -- corrections


def correction_clock_of(correction: models.Correction, calendar: WorkCalendar, today: date) -> clocks.Clock:
    term = sharing_terms.duration(
        directory.pack(correction.pack_digest), "correction_days", correction.submitted_on
    )
    return clocks.correction_clock(correction.submitted_on, correction.answered_on, term, calendar, today)


def listed_corrections(corrections: Iterable[models.Correction], acting: Acting) -> list[Listed]:
    calendar = calendars.work_calendar(directory.pack_in_force(acting.now))
    return [Listed(one, correction_clock_of(one, calendar, acting.today)) for one in corrections]


def _named(entries: Mapping[str, Any], text: str) -> list[str]:
    """Ids of the entries of a pack whose id or name holds the text."""
    wanted = simplified(text).casefold()
    return [key for key, one in entries.items() if wanted in f"{key} {one.name.zh} {one.name.en}".casefold()]


def _month_before(day: date, months: int) -> date:
    """First day of the month that lies `months` before that of `day`; negative: after."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, 1)

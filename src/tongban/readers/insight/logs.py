"""Where the records of each log come from, which day puts one into a period, and who is answerable for it.

A log is read from the room that writes it, through its queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Indicator
from tongban.core.packs.pack import Pack
from tongban.readers.insight.compute import Row
from tongban.work.cases import access as case_access
from tongban.work.cases import log as case_log
from tongban.work.hotline import access as hotline_access
from tongban.work.hotline import queries as hotline
from tongban.work.policies import access as policy_access
from tongban.work.policies import queries as policies

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "cases": ("organisation", "service", "place"),
    "applications": ("event", "place"),
    "entitlements": ("policy",),
    "tickets": ("organisation", "complaint_class", "place"),
}
"""Facts by which the numbers of a log are broken down."""
_DAYS: Final[Mapping[str, str]] = {
    "cases": "submitted_on",
    "applications": "submitted_on",
    "entitlements": "due_on",
    "tickets": "received_on",
}


def rows(log: str, *, now: datetime, place: str, since: date) -> list[Row]:
    """Records of the whole place, older ones left out where the log can do so."""
    return list(_READERS[log](now, place, since))


def day_fact(pack: Pack, indicator: Indicator) -> str:
    """The fact whose day puts a record into a month: the day it was closed where only closed ones count."""
    closed = (
        "closed_on" if indicator.log == "cases" and "closed" in pack.indicator(indicator.id)[0].facts else ""
    )
    return closed or _DAYS[indicator.log]


def organisation_of(pack: Pack, log: str, row: Row) -> str | None:
    """Id of the organ that answers for a record: the one in charge, the giver of a grant, the leader of a life event."""
    if log == "entitlements":
        policy = pack.policies.get(row["policy"])
        return _filling(pack, policy.authority if policy else None, row["place"])
    if log == "applications":
        event = pack.life_events.get(row["event"])
        return _filling(pack, event.lead if event else None, row["place"])
    return row["organisation"]


def names(pack: Pack, fact: str) -> Mapping[str, Any]:
    """What the values of a fact are called: entries with a `name`, by id."""
    return {
        "organisation": pack.organisations,
        "service": pack.services,
        "place": pack.places,
        "event": pack.life_events,
        "policy": pack.policies,
        "complaint_class": pack.complaints,
    }.get(fact, {})


def links(acting: Acting, log: str, numbers: Iterable[str]) -> dict[str, str]:
    """Number -> page, for those records that the one who acts may see."""
    return dict(_LINKS[log](acting, list(numbers)))


def _filling(pack: Pack, authority: str | None, place: str) -> str | None:
    if authority is None or all(organ.authority != authority for organ in pack.organisations.values()):
        return None
    return directory.organisation_for(pack, authority, place).id


# -- readers -----------------------------------------------------------------------------------------------


def _cases(now: datetime, place: str, since: date) -> Iterator[Row]:
    return case_log.log_rows("cases", now=now, place=place, since=since)


def _applications(now: datetime, place: str, since: date) -> Iterator[Row]:
    return case_log.log_rows("applications", now=now, place=place, since=since)


def _entitlements(now: datetime, place: str, since: date) -> Iterator[Row]:
    return policies.log_rows(now=now, place=place)


def _tickets(now: datetime, place: str, since: date) -> Iterator[Row]:
    return hotline.log_rows(now=now, place=place)


_READERS: Final[Mapping[str, Callable[[datetime, str, date], Iterable[Row]]]] = {
    "cases": _cases,
    "applications": _applications,
    "entitlements": _entitlements,
    "tickets": _tickets,
}


# -- links -------------------------------------------------------------------------------------------------


def _case_links(acting: Acting, numbers: list[str]) -> Iterator[tuple[str, str]]:
    if acting.post is not None:
        for number in case_access.cases(acting).filter(number__in=numbers).values_list("number", flat=True):
            yield number, reverse("cases:office-case", args=[number])


def _no_links(acting: Acting, numbers: list[str]) -> Iterator[tuple[str, str]]:
    return iter(())


def _entitlement_links(acting: Acting, numbers: list[str]) -> Iterator[tuple[str, str]]:
    if acting.role == "officer":
        for key in policy_access.entitlements(acting).filter(pk__in=numbers).values_list("pk", flat=True):
            yield str(key), reverse("policies:office-entitlement", args=[key])


def _ticket_links(acting: Acting, numbers: list[str]) -> Iterator[tuple[str, str]]:
    for number in hotline_access.tickets(acting).filter(number__in=numbers).values_list("number", flat=True):
        yield number, reverse("hotline:ticket", args=[number])


_LINKS: Final[Mapping[str, Callable[[Acting, list[str]], Iterator[tuple[str, str]]]]] = {
    "cases": _case_links,
    "applications": _no_links,
    "entitlements": _entitlement_links,
    "tickets": _ticket_links,
}

"""The lists of the hotline: rows with their clocks, tabs with counts, search. One class for desk, unit and reporter.

    lists = Worklist(acting, tabs=DESK, show="received", search="noise")
    lists.counts["received"]     lists.page(1)     lists.every_row()

Open tickets are all read, because lights follow from events and a calendar; closed ones are paged by the database unless
something is searched for. Search reads what the reader may read: an officer cannot find a ticket by who reported it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_noop as msg

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs.model import Organisation
from tongban.core.packs.model_data import ComplaintClass
from tongban.work.hotline import access, models, queries
from tongban.work.hotline.clocks import Clock, Light
from tongban.work.hotline.states import OPEN, State

PAGE: Final = 25
MOST_SEARCHED: Final = 2000
"""Newest closed tickets that a search reads."""
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    empty: str
    states: tuple[State, ...]


_CLOSED_STATES: Final = (State.CLOSED, State.MERGED)
DESK: Final[Mapping[str, Tab]] = {
    "received": Tab(msg("To be sent"), msg("Nothing waits to be sent to a unit."), (State.RECEIVED,)),
    "disputed": Tab(msg("Objections"), msg("No objection waits for a ruling."), (State.DISPUTED,)),
    "units": Tab(
        msg("With the units"),
        msg("No unit has a ticket in hand."),
        (State.DISPATCHED, State.CONFIRMED, State.HANDLING, State.REOPENED),
    ),
    "replied": Tab(msg("To be called back"), msg("Nobody waits for a call-back."), (State.REPLIED,)),
    CLOSED: Tab(msg("Closed"), msg("Nothing is closed yet."), _CLOSED_STATES),
}
UNIT: Final[Mapping[str, Tab]] = {
    "new": Tab(
        msg("To be taken up"),
        msg("Nothing new has come from the hotline."),
        (State.DISPATCHED, State.CONFIRMED, State.REOPENED),
    ),
    "handling": Tab(msg("Being handled"), msg("Nothing is in hand."), (State.HANDLING,)),
    "disputed": Tab(msg("Objected"), msg("No objection of yours is open."), (State.DISPUTED,)),
    "replied": Tab(msg("Replied"), msg("No reply waits for its call-back."), (State.REPLIED,)),
    CLOSED: Tab(msg("Closed"), msg("Nothing is closed yet."), _CLOSED_STATES),
}
OWN: Final[Mapping[str, Tab]] = {
    "open": Tab(msg("In progress"), msg("Nothing of yours is in progress."), OPEN),
    CLOSED: Tab(msg("Closed"), msg("Nothing of yours is closed yet."), _CLOSED_STATES),
}

LATE: Final = "overdue"
_LATE_TAB: Final = Tab(msg("Overdue"), msg("Nothing is overdue."), OPEN)
"""Not a tab of its own: what the number of overdue tickets opens to, whatever their stage."""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket as a list shows it."""

    ticket: models.Ticket
    words: queries.Words
    kind: ComplaintClass | None
    unit: Organisation | None
    clock: Clock

    @property
    def number(self) -> str:
        return self.ticket.number

    @property
    def late(self) -> bool:
        return self.clock.light is Light.RED


class Worklist:
    """Everything one page of a list shows; nothing is asked of the database before it is wanted."""

    def __init__(self, acting: Acting, *, tabs: Mapping[str, Tab], show: str = "", search: str = "") -> None:
        self.acting = acting
        self.tabs = tabs
        self.search = " ".join(search.replace("\x00", "").split())[:80]
        self._show = show

    @cached_property
    def show(self) -> str:
        """The tab asked for; else the first that holds something."""
        if self._show in self.tabs or self._show == LATE:
            return self._show
        return next((name for name in self.tabs if self.counts[name]), next(iter(self.tabs)))

    @property
    def tab(self) -> Tab:
        return _LATE_TAB if self.show == LATE else self.tabs[self.show]

    @cached_property
    def found_open(self) -> tuple[Row, ...]:
        tickets = queries.with_all(access.tickets(self.acting)).filter(state__in=OPEN)
        return tuple(row for row in rows_of(tickets, self.acting) if self._fits(row))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many tickets each tab holds under the present search: as many as the list behind it."""
        return {
            name: self._closed_count() if name == CLOSED else len(self._of(tab))
            for name, tab in self.tabs.items()
        }

    @cached_property
    def overdue(self) -> int:
        return len(self._late)

    def page(self, number: object) -> Page[Row]:
        paginator: Paginator[Row] = Paginator(self._rows(), PAGE)
        return paginator.get_page(number)

    def every_row(self) -> Iterator[Row]:
        """The same list without pages, for export."""
        rows = self._rows()
        for start in range(0, len(rows), 500):
            yield from rows[start : start + 500]

    def _rows(self) -> Any:
        if self.show == LATE:
            return sorted(self._late, key=_by_urgency)
        if self.show != CLOSED:
            return sorted(self._of(self.tab), key=_by_urgency)
        return self._searched_closed if self.search else _LazyRows(self._closed(), self.acting)

    def _of(self, tab: Tab) -> list[Row]:
        return [row for row in self.found_open if row.clock.state in tab.states]

    @property
    def _late(self) -> list[Row]:
        return [row for row in self.found_open if row.late]

    def _closed(self) -> Any:
        found = queries.with_all(access.tickets(self.acting)).exclude(state__in=OPEN)
        return found.order_by("-received_at", "-number")

    @cached_property
    def _searched_closed(self) -> list[Row]:
        return [row for row in rows_of(self._closed()[:MOST_SEARCHED], self.acting) if self._fits(row)]

    def _closed_count(self) -> int:
        return len(self._searched_closed) if self.search else self._closed().count()

    def _fits(self, row: Row) -> bool:
        wanted = self.search.casefold()
        words = row.words
        return not wanted or any(
            wanted in text.casefold() for text in (row.number, words.title, words.location, words.enterprise)
        )


def rows_of(tickets: Iterable[models.Ticket], acting: Acting) -> list[Row]:
    """Rows of tickets that came from `access.tickets(acting)` with everything at hand."""
    listed = list(tickets)
    readings = queries.readings(acting, listed)
    pack = directory.pack_in_force(acting.now)
    counted = queries.frame(acting.now)
    return [
        Row(
            ticket=ticket,
            words=readings[ticket.pk].words,
            kind=queries.class_of(ticket),
            unit=pack.organisations.get(queries.unit_in_charge(ticket) or ""),
            clock=queries.clock_of(ticket, acting.now, counted),
        )
        for ticket in listed
    ]


def _by_urgency(row: Row) -> tuple[bool, datetime, str]:
    """What ends first comes first; what has no clock comes last, the oldest before the newer."""
    due = row.clock.binding
    return due is None, due.end if due else row.ticket.received_at, row.number


class _LazyRows:
    """A query that turns into rows where it is sliced: what Paginator asks of a list."""

    def __init__(self, tickets: Any, acting: Acting) -> None:
        self.tickets, self.acting = tickets, acting

    def count(self) -> int:
        return self.tickets.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> Sequence[Row]:
        return rows_of(self.tickets[part], self.acting)

"""The worklist of an officer or a window clerk: rows with their clocks, counts by tab, filters.

    lists = Worklist(acting, show="overdue", search="noodle")
    lists.counts["looking"]     lists.page(1)     lists.every_row()

Open cases are all read, because lights and due days follow from events and a calendar and cannot be asked of the
database. Closed ones are many; the database pages them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs import calendars
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import CaseEvent, Clock, Duty, Event, Light, State
from tongban.core.procedures.states import CLOSED as CLOSED_STATES
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.text import Bilingual
from tongban.work.cases import access, form, models

TABS: Final = ("open", "looking", "examining", "correcting", "waiting", "checking", "closed")
CARDS: Final = ("due-today", "overdue", "decided-today")
SHOWN: Final = TABS + CARDS
CLOSED: Final = ("closed", "decided-today")
SORTS: Final = ("due", "new", "number")
PAGE: Final = 25

_OPEN_STATES: Final = tuple(
    s.value for s in (State.SUBMITTED, State.WAITING, State.CORRECTING, State.ACCEPTED)
)
_SEVERITY: Final = {Light.BLACK: 0, Light.RED: 1, Light.YELLOW: 2, Light.GREEN: 3, Light.NONE: 4}
_RECEIVED: Final = frozenset({Event.SUBMIT, Event.RELEASE, Event.ANSWER_CORRECTION})
_OWED: Final = ("verify", "remedy", "review")
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One case as a list shows it."""

    case: models.Case
    service: Bilingual
    applicant: Any
    """Subject on whose behalf it was submitted; None when it no longer exists."""
    clock: Clock
    due: DueDate | None
    """The next day that binds the office: to list defects while looking through, the promised day afterwards."""
    left: int | None
    """Working days to `due`; negative when past. None: no clock runs."""
    used: int
    """Percent of the running term, 0 to 100."""
    tolerant: bool
    """Accepted, or to be accepted, with materials that come later (容缺)."""
    returned: bool
    """Came back with a correction and waits for acceptance."""

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def name(self) -> str:
        """What the applicant calls it, for example the shop's name; may be empty."""
        return self.case.application.name

    @property
    def duty(self) -> Duty | None:
        """What is owed after the decision."""
        return self.clock.duty

    @property
    def ticking(self) -> bool:
        """A clock runs: to the decision, or afterwards to what is still owed."""
        return self.clock.running or self.duty is not None

    @property
    def light(self) -> Light:
        return self.duty.light if self.duty is not None else self.clock.light

    @property
    def state(self) -> str:
        """As the law sees it: a case accepted by silence is accepted, one whose clock stands still is suspended."""
        stopped = self.clock.state is State.ACCEPTED and not self.clock.running
        return "suspended" if stopped else self.clock.state.value

    @property
    def late(self) -> bool:
        return self.light in (Light.RED, Light.BLACK)


class Worklist:
    """Everything one page of the worklist shows; nothing is asked of the database before it is wanted."""

    def __init__(self, acting: Acting, *, show: str = "open", search: str = "", sort: str = "due") -> None:
        self.acting = acting
        self.show = show if show in SHOWN else "open"
        self.search = " ".join(search.split())[:80]
        self.sort = sort if sort in SORTS else "due"

    @cached_property
    def all_open(self) -> tuple[Row, ...]:
        """Every open case, and every decided one for which something is still owed, whatever is searched for."""
        cases = access.cases(self.acting).filter(Q(state__in=_OPEN_STATES) | Q(afterwards__in=_OWED))
        return tuple(rows_of(_with_all(cases), self.acting.today))

    @cached_property
    def found_open(self) -> tuple[Row, ...]:
        return tuple(row for row in self.all_open if self._fits(row))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many cases each tab holds under the present search: as many as the list behind it."""
        counts = {
            name: sum(map(_chosen(name, self.acting.today), self.found_open))
            for name in TABS
            if name not in CLOSED
        }
        return counts | {"closed": self._closed("closed").count()}

    @cached_property
    def cards(self) -> dict[str, int]:
        """The figures at the top, over everything that is open or was decided today."""
        whole = Worklist(self.acting)
        whole.all_open = self.all_open
        figures = ("looking", "due-today", "overdue")
        counts = {name: sum(map(_chosen(name, self.acting.today), self.all_open)) for name in figures}
        return counts | {"decided-today": whole._closed("decided-today").count()}

    def page(self, number: object) -> Page[Row]:
        """One page of rows; a number that is none, or too large, gives the first or last page."""
        paginator: Paginator[Row] = Paginator(self._rows(), PAGE)
        return paginator.get_page(number)

    def every_row(self) -> Iterator[Row]:
        """The same list without pages, for export."""
        rows = self._rows()
        if not isinstance(rows, _LazyRows):
            yield from rows
            return
        for start in range(0, rows.count(), _CHUNK):
            yield from rows[start : start + _CHUNK]

    def _rows(self) -> Any:
        if self.show in CLOSED:
            ordered = self._closed(self.show).order_by(*_CLOSED_ORDER[self.sort])
            return _LazyRows(ordered, lambda cases: rows_of(cases, self.acting.today))
        wanted = _chosen(self.show, self.acting.today)
        return sorted((row for row in self.found_open if wanted(row)), key=_OPEN_ORDER[self.sort])

    def _closed(self, show: str) -> QuerySet[models.Case]:
        cases = _with_all(access.cases(self.acting).exclude(state__in=_OPEN_STATES))
        if self.search:
            cases = cases.filter(
                Q(number__icontains=self.search) | Q(application__name__icontains=self.search)
            )
        return cases.filter(decision__decided_on=self.acting.today) if show == "decided-today" else cases

    def _fits(self, row: Row) -> bool:
        wanted = self.search.casefold()
        return not wanted or wanted in row.number.casefold() or wanted in row.name.casefold()


def rows_of(cases: Iterable[models.Case], today: date) -> list[Row]:
    """Rows of cases whose application and events are at hand. Names come in one query, packs once per digest."""
    listed = list(cases)
    subjects = identity.names_of({case.application.principal for case in listed})
    packs = {digest: directory.pack(digest) for digest in {case.application.pack_digest for case in listed}}
    return [
        _row(case, packs[case.application.pack_digest], subjects.get(case.application.principal), today)
        for case in listed
    ]


def _with_all(cases: QuerySet[models.Case]) -> QuerySet[models.Case]:
    return cases.select_related("application").prefetch_related("events")


def _row(case: models.Case, pack: Pack, applicant: Any, today: date) -> Row:
    clock = form.clock_of(case, pack, today)
    calendar = calendars.work_calendar(pack)
    history = form.history_of(case)
    happened = {e.event for e in history}
    due, left, used = clock.promised, clock.days_left, clock.used
    if clock.notify_by is not None and clock.running:
        due = clock.notify_by
        left = calendar.working_days_between(today, due.day)
        used = _share(calendar, max(e.day for e in history if e.event in _RECEIVED), due.day, today)
    if clock.duty is not None:
        due, left = clock.duty.due, clock.duty.days_left
        used = _share(calendar, _owed_since(history), due.day, today)
    return Row(
        case=case,
        service=pack.services[case.service].name,
        applicant=applicant,
        clock=clock,
        due=due,
        left=left,
        used=min(100, max(0, round(used * 100))),
        tolerant=bool(case.deferred) or Event.ACCEPT_TOLERANTLY in happened,
        returned=Event.ANSWER_CORRECTION in happened and clock.state is State.SUBMITTED,
    )


def _owed_since(history: Iterable[CaseEvent]) -> date:
    return max(
        e.day for e in history if e.event in (Event.GRANT_ON_COMMITMENT, Event.ORDER_REMEDY, Event.OBJECT)
    )


def _share(calendar: WorkCalendar, start: date, end: date, today: date) -> float:
    return calendar.working_days_between(start, today) / max(1, calendar.working_days_between(start, end))


def _chosen(show: str, today: date) -> Callable[[Row], bool]:
    """Whether an open row belongs to a tab or a card."""
    states = {
        "looking": State.SUBMITTED,
        "examining": State.ACCEPTED,
        "correcting": State.CORRECTING,
        "waiting": State.WAITING,
    }
    if show in states:
        return lambda row: row.clock.state is states[show]
    if show == "due-today":
        return lambda row: row.ticking and row.due is not None and row.due.day == today
    if show == "overdue":
        return lambda row: row.late
    if show == "checking":
        return lambda row: row.duty is not None
    return lambda row: row.clock.state not in CLOSED_STATES


def _by_urgency(row: Row) -> tuple[int, bool, date, str]:
    """Black and red first, then by due day; what has no running clock last."""
    running = row.ticking and row.due is not None
    return _SEVERITY[row.light], not running, row.due.day if row.due else date.max, row.number


_OPEN_ORDER: Final[dict[str, Callable[[Row], Any]]] = {
    "due": _by_urgency,
    "new": lambda row: (-row.case.created_at.timestamp(), row.number),
    "number": lambda row: row.number,
}
_CLOSED_ORDER: Final = {
    "due": ("-closed_at", "number"),
    "new": ("-created_at", "number"),
    "number": ("number",),
}


class _LazyRows:
    """A query that turns into rows where it is sliced: what Paginator asks of a list."""

    def __init__(
        self, cases: QuerySet[models.Case], make: Callable[[Sequence[models.Case]], list[Row]]
    ) -> None:
        self.cases, self.make = cases, make

    def count(self) -> int:
        return self.cases.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Row]:
        return self.make(list(self.cases[part]))

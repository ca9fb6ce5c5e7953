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
from uuid import UUID

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
from tongban.work.cases import access, form, models, searching

TABS: Final = ("open", "looking", "examining", "correcting", "waiting", "checking", "closed")
CARDS: Final = ("due-today", "overdue", "decided-today")
SHOWN: Final = TABS + CARDS
CLOSED: Final = ("closed", "decided-today")
SORTS: Final = ("due", "new", "number")
WHOSE: Final = ("all", "mine", "new", "free", "others")
LIGHTS: Final = ("black", "red", "yellow", "green", "none")
PAGE: Final = 25

_OPEN_STATES: Final = tuple(
    s.value for s in (State.SUBMITTED, State.WAITING, State.CORRECTING, State.ACCEPTED)
)
SEVERITY: Final = {Light.BLACK: 0, Light.RED: 1, Light.YELLOW: 2, Light.GREEN: 3, Light.NONE: 4}
_RECEIVED: Final = frozenset({Event.SUBMIT, Event.RELEASE, Event.ANSWER_CORRECTION})
_OWED: Final = ("verify", "remedy", "review", "hearing", "heard")
STILL_ON: Final = Q(state__in=_OPEN_STATES) | Q(afterwards__in=_OWED)
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
    def claim(self) -> models.Claim | None:
        """In whose hands it is; None: in nobody's."""
        return getattr(self.case, "claim", None)

    def is_new_for(self, account: UUID | None) -> bool:
        """Somebody else has put it into these hands, and they have not seen it yet."""
        claim = self.claim
        return (
            claim is not None
            and claim.holder == account
            and claim.way in models.Claim.TOLD
            and claim.seen_at is None
        )

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

    def __init__(
        self,
        acting: Acting,
        *,
        show: str = "open",
        search: str = "",
        sort: str = "due",
        whose: str = "all",
        light: str = "",
    ) -> None:
        self.acting = acting
        self.show = show if show in SHOWN else "open"
        self.whose = whose if whose in WHOSE and acting.role == "officer" else "all"
        self.light = light if light in LIGHTS and self.show not in CLOSED else ""
        self.search = " ".join(search.split())[:80]
        self.sort = sort if sort in SORTS else "due"

    @cached_property
    def all_open(self) -> tuple[Row, ...]:
        """Every open case, and every decided one for which something is still owed, whatever is searched for."""
        cases = access.cases(self.acting).filter(STILL_ON)
        return tuple(rows_of(with_all(cases), self.acting.today))

    @cached_property
    def found_open(self) -> tuple[Row, ...]:
        return tuple(row for row in self._searched if self._in_hands(row, self.whose) and self._shines(row))

    @cached_property
    def _searched(self) -> tuple[Row, ...]:
        if not self.search:
            return self.all_open
        wanted = searching.found(self.acting, self.search).filter(STILL_ON)
        fit = frozenset(wanted.values_list("pk", flat=True))
        return tuple(row for row in self.all_open if row.case.pk in fit)

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
    def by_light(self) -> dict[str, int]:
        """How many cases of the present tab, search and hands each light holds; of closed ones none shines."""
        if self.show in CLOSED:
            return {}
        wanted = _chosen(self.show, self.acting.today)
        rows = [row for row in self._searched if wanted(row) and self._in_hands(row, self.whose)]
        return {light: sum(row.light.value == light for row in rows) for light in LIGHTS} | {"": len(rows)}

    @cached_property
    def by_hands(self) -> dict[str, int]:
        """How many cases of the present tab, search and light are in one's own hands, in nobody's, in a colleague's."""
        if self.show in CLOSED:
            return {whose: self._closed(self.show, whose).count() for whose in WHOSE}
        wanted = _chosen(self.show, self.acting.today)
        rows = [row for row in self._searched if wanted(row) and self._shines(row)]
        return {whose: sum(self._in_hands(row, whose) for row in rows) for whose in WHOSE}

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

    def _closed(self, show: str, whose: str = "") -> QuerySet[models.Case]:
        found = searching.found(self.acting, self.search)
        cases = with_all(found.exclude(state__in=_OPEN_STATES))
        cases = _of_hands(cases, whose or self.whose, self.acting)
        return cases.filter(decision__decided_on=self.acting.today) if show == "decided-today" else cases

    def _in_hands(self, row: Row, whose: str) -> bool:
        holder = row.claim.holder if row.claim is not None else None
        return {
            "mine": holder is not None and holder == self.acting.actor,
            "new": row.is_new_for(self.acting.actor),
            "free": holder is None,
            "others": holder is not None and holder != self.acting.actor,
        }.get(whose, True)

    def _shines(self, row: Row) -> bool:
        return not self.light or row.light.value == self.light


def rows_of(cases: Iterable[models.Case], today: date) -> list[Row]:
    """Rows of cases whose application and events are at hand. Names come in one query, packs once per digest."""
    listed = list(cases)
    subjects = identity.names_of({case.application.principal for case in listed})
    packs = {digest: directory.pack(digest) for digest in {case.application.pack_digest for case in listed}}
    return [
        _row(case, packs[case.application.pack_digest], subjects.get(case.application.principal), today)
        for case in listed
    ]


def with_all(cases: QuerySet[models.Case]) -> QuerySet[models.Case]:
    """Fetches along what a row needs: a list of any length costs the same few queries."""
    return cases.select_related("application", "claim").prefetch_related("events")


def _of_hands(cases: QuerySet[models.Case], whose: str, acting: Acting) -> QuerySet[models.Case]:
    if whose == "mine":
        return cases.filter(claim__holder=acting.actor)
    if whose == "new":
        return cases.filter(claim__holder=acting.actor, claim__way__in=models.Claim.TOLD, claim__seen_at=None)
    if whose == "free":
        return cases.filter(claim=None)
    return cases.exclude(claim=None).exclude(claim__holder=acting.actor) if whose == "others" else cases


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


def by_urgency(row: Row) -> tuple[int, bool, date, str]:
    """Black and red first, then by due day; what has no running clock last."""
    running = row.ticking and row.due is not None
    return SEVERITY[row.light], not running, row.due.day if row.due else date.max, row.number


_OPEN_ORDER: Final[dict[str, Callable[[Row], Any]]] = {
    "due": by_urgency,
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

"""The worklist of an officer or a window clerk: rows with their clocks, counts by tab, filters.

    lists = Worklist(acting, show="overdue", search="noodle")
    lists.counts["looking"]     lists.page(1)     lists.every_row()

Lights and due days follow from events and a calendar. The database counts, orders and pages by what `standing` has kept
of them for today; cases of which it has kept another day's are few, are read and put in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, QuerySet, When

from tongban.base.kit.acting import Acting
from tongban.core.procedures.model import Light, State
from tongban.core.procedures.states import CLOSED as CLOSED_STATES
from tongban.work.cases import access, models, searching, standing
from tongban.work.cases.rows import Row, rows_of, with_all
from tongban.work.cases.standing import LIGHT_OF, OPEN_STATES, OWED, SEVERITY

TABS: Final = ("open", "looking", "examining", "correcting", "waiting", "checking", "closed")
CARDS: Final = ("due-today", "overdue", "decided-today")
SHOWN: Final = TABS + CARDS
CLOSED: Final = ("closed", "decided-today")
SORTS: Final = ("due", "new", "number")
WHOSE: Final = ("all", "mine", "new", "free", "others")
LIGHTS: Final = ("black", "red", "yellow", "green", "none")
PAGE: Final = 25

STILL_ON: Final = Q(state__in=OPEN_STATES) | Q(afterwards__in=OWED)
MOST: Final = 10_000
"""Closed cases that a figure counts and pages turn over; of more it says only that they are more."""
_CHUNK: Final = 500


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
        self._closed_counts: dict[tuple[str, str], int] = {}

    @cached_property
    def all_open(self) -> tuple[Row, ...]:
        """Every open case, and every decided one for which something is still owed, whatever is searched for."""
        cases = access.cases(self.acting).filter(STILL_ON)
        return tuple(rows_of(with_all(cases), self.acting.today))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many cases each tab holds under the present search, hands and light: as many as the list behind it. Of
        closed ones at most `MOST` + 1."""
        counts = {
            name: self._count(name, self.whose, self.light, self._searched)
            for name in TABS
            if name not in CLOSED
        }
        return counts | {"closed": self._closed_count("closed", self.whose)}

    @cached_property
    def by_light(self) -> dict[str, int]:
        """How many cases of the present tab, search and hands each light holds; of closed ones none shines."""
        if self.show in CLOSED:
            return {}
        return {light: self._count(self.show, self.whose, light, self._searched) for light in ("", *LIGHTS)}

    @cached_property
    def by_hands(self) -> dict[str, int]:
        """How many cases of the present tab, search and light are in one's own hands, in nobody's, in a colleague's."""
        if self.show in CLOSED:
            return {whose: self._closed_count(self.show, whose) for whose in WHOSE}
        return {whose: self._count(self.show, whose, self.light, self._searched) for whose in WHOSE}

    @cached_property
    def cards(self) -> dict[str, int]:
        """The figures at the top, over everything that is open or was decided today."""
        counts = {
            name: self._count(name, "all", "", self._all) for name in ("looking", "due-today", "overdue")
        }
        return counts | {"decided-today": Worklist(self.acting)._closed_count("decided-today", "all")}

    @property
    def has_new(self) -> bool:
        """Somebody has put cases into one's hands that one has not seen there yet."""
        return self._count("", "new", "", self._all) > 0

    @property
    def cut(self) -> bool:
        """There are more closed cases than pages turn over."""
        return self.show in CLOSED and self._closed_count(self.show, self.whose) > MOST

    @property
    def most(self) -> int:
        return MOST

    def page(self, number: object, *, whole: bool = False) -> Page[Row]:
        """One page of rows; a number that is none, or too large, gives the first or last page. `whole`: of closed cases
        beyond `MOST` too."""
        rows = self._rows()
        if not whole and isinstance(rows, _ClosedRows):
            rows.most = MOST
        paginator: Paginator[Row] = Paginator(rows, PAGE)
        return paginator.get_page(number)

    def every_row(self) -> Iterator[Row]:
        """The same list without pages, for export."""
        rows = self._rows()
        if isinstance(rows, _OpenRows):
            yield from rows[:]
            return
        for start in range(0, rows.count(), _CHUNK):
            yield from rows[start : start + _CHUNK]

    def _rows(self) -> _OpenRows | _ClosedRows:
        if self.show in CLOSED:
            ordered = with_all(self._closed(self.show, self.whose).order_by(*_CLOSED_ORDER[self.sort]))
            return _ClosedRows(ordered, self.acting.today)
        cases = _of_hands(
            self._kept(self.search).filter(_standing(self.show, self.acting.today)), self.whose, self.acting
        )
        if self.light:
            rank = 2 * SEVERITY[Light(self.light)]
            cases = cases.filter(urgency__in=(rank, rank + 1))
        others = [row for row in self._others if self._is_wanted(row)]
        return _OpenRows(cases, others, self.sort, self.acting.today)

    def _kept(self, search: str = "") -> QuerySet[models.Case]:
        """What is on lists and of which today's standing is kept."""
        return searching.found(self.acting, search).filter(stands_on=self.acting.today)

    @cached_property
    def _others(self) -> tuple[Row, ...]:
        """What is on lists and has to be worked out, whatever is searched for."""
        today = self.acting.today
        cases = access.cases(self.acting).filter(Q(stands_on__lt=today) | Q(stands_on__gt=today))
        return tuple(rows_of(with_all(cases), today))

    @cached_property
    def _all(self) -> Counter[_Kind]:
        return self._kinds("")

    @cached_property
    def _searched(self) -> Counter[_Kind]:
        return self._kinds(self.search) if self.search else self._all

    @cached_property
    def _fit(self) -> frozenset[UUID]:
        """Of what has to be worked out the cases that fit the search."""
        found = searching.found(self.acting, self.search).filter(pk__in=[row.case.pk for row in self._others])
        return frozenset(found.values_list("pk", flat=True))

    def _kinds(self, search: str) -> Counter[_Kind]:
        """How many of each kind; few kinds stand for thousands of cases."""
        me, today = self.acting.actor, self.acting.today
        new = Q(claim__holder=me, claim__way__in=models.Claim.TOLD, claim__seen_at=None)
        rows = (
            self._kept(search)
            .order_by()
            .annotate(new=Case(When(new, then=True), default=False))
            .annotate(today=Case(When(due=today, then=True), default=False))
            .values_list("stands_as", "urgency", "today", "owes", "claim__holder", "new")
            .annotate(Count("pk"))
        )
        kinds: Counter[_Kind] = Counter()
        for state, urgency, is_today, owes, holder, is_new, n in rows:
            light = LIGHT_OF[urgency // 2].value
            kinds[_Kind(state, light, is_today and urgency % 2 == 0, owes, _hand(holder, me), is_new)] += n
        for row in self._others:
            if not search or row.case.pk in self._fit:
                kinds[self._kind(row)] += 1
        return kinds

    def _kind(self, row: Row) -> _Kind:
        found = standing.of(row.clock)
        is_today = found.ticking and found.due is not None and found.due.day == self.acting.today
        holder = row.claim.holder if row.claim is not None else None
        hand, is_new = _hand(holder, self.acting.actor), row.is_new_for(self.acting.actor)
        return _Kind(
            found.state.value, found.light.value, is_today, standing.owes(found, row.case), hand, is_new
        )

    def _is_wanted(self, row: Row) -> bool:
        kind = self._kind(row)
        fits = not self.search or row.case.pk in self._fit
        return (
            fits
            and _chosen(kind, self.show)
            and _in_hands(kind, self.whose)
            and self.light in ("", kind.light)
        )

    def _count(self, show: str, whose: str, light: str, kinds: Counter[_Kind]) -> int:
        return sum(
            n
            for kind, n in kinds.items()
            if (not show or _chosen(kind, show)) and _in_hands(kind, whose) and light in ("", kind.light)
        )

    def _closed(self, show: str, whose: str) -> QuerySet[models.Case]:
        found = searching.found(self.acting, self.search).exclude(state__in=OPEN_STATES)
        cases = _of_hands(found, whose, self.acting)
        if show != "decided-today":
            return cases
        today = self.acting.today
        began = datetime.combine(today, time.min, ZoneInfo(self.acting.time_zone))
        # whatever was decided today was closed today, or waits to be delivered: an index finds that
        return cases.filter(Q(closed_at=None) | Q(closed_at__gte=began), decision__decided_on=today)

    def _closed_count(self, show: str, whose: str) -> int:
        if (show, whose) not in self._closed_counts:
            self._closed_counts[show, whose] = _bounded(self._closed(show, whose), MOST + 1)
        return self._closed_counts[show, whose]


class _Kind(NamedTuple):
    """What tabs, lights and hands ask of an open case."""

    state: str
    light: str
    today: bool
    """A running clock ends today."""
    owes: bool
    hand: str
    """`mine`, `free` or `others`."""
    new: bool


def _hand(holder: UUID | None, me: UUID | None) -> str:
    return "free" if holder is None else "mine" if holder == me else "others"


def _in_hands(kind: _Kind, whose: str) -> bool:
    return whose == "all" or (kind.new if whose == "new" else kind.hand == whose)


def _bounded(cases: QuerySet[models.Case], most: int) -> int:
    return cases.order_by().values("pk")[:most].count()


def _of_hands(cases: QuerySet[models.Case], whose: str, acting: Acting) -> QuerySet[models.Case]:
    if whose == "mine":
        return cases.filter(claim__holder=acting.actor)
    if whose == "new":
        return cases.filter(claim__holder=acting.actor, claim__way__in=models.Claim.TOLD, claim__seen_at=None)
    if whose == "free":
        return cases.filter(claim=None)
    return cases.exclude(claim=None).exclude(claim__holder=acting.actor) if whose == "others" else cases


_STATES: Final = {
    "looking": State.SUBMITTED.value, "examining": State.ACCEPTED.value, "correcting": State.CORRECTING.value,
    "waiting": State.WAITING.value,
}  # fmt: skip
_LATE: Final = (Light.BLACK.value, Light.RED.value)
_OVER: Final = tuple(state.value for state in CLOSED_STATES)


def _chosen(kind: _Kind, show: str) -> bool:
    """Whether an open case belongs to a tab or a card."""
    if show in _STATES:
        return kind.state == _STATES[show]
    if show == "due-today":
        return kind.today
    if show == "overdue":
        return kind.light in _LATE
    return kind.owes if show == "checking" else kind.state not in _OVER


def _standing(show: str, today: date) -> Q:
    """The same of what is kept."""
    if show in _STATES:
        return Q(stands_as=_STATES[show])
    if show == "due-today":
        return Q(due=today, urgency__in=[2 * rank for rank in LIGHT_OF])
    if show == "overdue":
        return Q(urgency__lt=2 * SEVERITY[Light.YELLOW])
    return Q(owes=True) if show == "checking" else ~Q(stands_as__in=_OVER)


_OPEN_ORDER: Final[dict[str, tuple[str, ...]]] = {
    "due": ("urgency", "due", "number"),
    "new": ("-created_at", "number"),
    "number": ("number",),
}
_CLOSED_ORDER: Final = {
    "due": ("-closed_at", "number"),
    "new": ("-created_at", "number"),
    "number": ("number",),
}


class _OpenRows:
    """A query that turns into rows where it is sliced, with the rows that had to be worked out at their places."""

    def __init__(self, cases: QuerySet[models.Case], others: Sequence[Row], sort: str, today: date) -> None:
        self.cases, self.others, self.sort, self.today = cases, others, sort, today

    def count(self) -> int:
        return self.cases.order_by().count() + len(self.others)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Row]:
        ordered = self.cases.order_by(*_OPEN_ORDER[self.sort])
        if not self.others:
            return rows_of(with_all(ordered)[part], self.today)
        keys: list[tuple[Any, Any]] = [
            (self._key(urgency, due, created, number), pk)
            for pk, urgency, due, created, number in ordered.values_list("pk", "urgency", "due", "created_at", "number")[: part.stop]
        ]  # fmt: skip
        worked_out = {row.case.pk: row for row in self.others}
        for row in self.others:
            found = standing.of(row.clock)
            due = found.due.day if found.due is not None else None
            keys.append((self._key(found.urgency, due, row.case.created_at, row.number), row.case.pk))
        wanted = [pk for _key, pk in sorted(keys)[part]]
        missing = with_all(models.Case.objects.filter(pk__in=[pk for pk in wanted if pk not in worked_out]))
        rows = worked_out | {row.case.pk: row for row in rows_of(missing, self.today)}
        return [rows[pk] for pk in wanted]

    def _key(self, urgency: int, due: date | None, created: datetime, number: str) -> tuple[Any, ...]:
        if self.sort == "due":
            return urgency, due or date.max, number
        return (-created.timestamp(), number) if self.sort == "new" else (number,)


class _ClosedRows:
    """A query that turns into rows where it is sliced: what Paginator asks of a list."""

    def __init__(self, cases: QuerySet[models.Case], today: date) -> None:
        self.cases, self.today = cases, today
        self.most: int | None = None
        """No more than so many are counted."""

    def count(self) -> int:
        return self.cases.count() if self.most is None else _bounded(self.cases, self.most)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Row]:
        return rows_of(self.cases[part], self.today)

"""One case as lists show it: with its clock as of today, and what a person reads first.

rows_of(with_all(cases), today)     a list of any length costs the same few queries
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import CaseEvent, Clock, Duty, Event, Light, State
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.text import Bilingual
from tongban.work.cases import form, models, standing

_RECEIVED: Final = frozenset({Event.SUBMIT, Event.RELEASE, Event.ANSWER_CORRECTION})


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


def _row(case: models.Case, pack: Pack, applicant: Any, today: date) -> Row:
    clock = form.clock_of(case, pack, today)
    calendar = form.calendar_of(case.application, pack)
    history = form.history_of(case)
    happened = {e.event for e in history}
    due, left, used = standing.of(clock).due, clock.days_left, clock.used
    if clock.notify_by is not None and clock.running and due is not None:
        left = calendar.working_days_between(today, due.day)
        used = _share(calendar, max(e.day for e in history if e.event in _RECEIVED), due.day, today)
    if clock.duty is not None:
        left = clock.duty.days_left
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
        e.day
        for e in history
        if e.event in (Event.GRANT_ON_COMMITMENT, Event.ORDER_REMEDY, Event.OBJECT, Event.ASK_HEARING)
    )


def _share(calendar: WorkCalendar, start: date, end: date, today: date) -> float:
    return calendar.working_days_between(start, today) / max(1, calendar.working_days_between(start, end))


def by_urgency(row: Row) -> tuple[int, date, str]:
    """The order of lists: black and red first, then by due day; within a light, what has no running clock last."""
    return standing.of(row.clock).urgency, row.due.day if row.due else date.max, row.number

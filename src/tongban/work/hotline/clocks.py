"""The clocks of a ticket, recomputed from its events: never a stored counter.

    clock          runs from                                  ends with       length
    dispatch       report, or an objection that was upheld    dispatch        of the class (pack)
    contact        dispatch, reopening                        contact, reply  `CONTACT`
    feedback       dispatch, reopening                        reply           of the class (pack)
    objection      dispatch                                   object          `OBJECTION`
    ruling         object                                     uphold, reject  `RULING`

A dispute does not stop the feedback clock; an objection that is upheld ends it, because the ticket is dispatched
anew. Hours run through day and night; other units end at 24:00 of their last day in the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from tongban.core.packs.model import Term
from tongban.core.packs.model_data import ComplaintClass
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Duration, Unit
from tongban.work.hotline.states import WITH_UNIT, Event, Happening, State, replay

CONTACT: Final[Mapping[str, timedelta]] = {"A": timedelta(hours=2)}
"""First contact with the reporter by time class; 24 hours for the others (appeals.md section 4, recalled)."""
_CONTACT: Final = timedelta(hours=24)
OBJECTION: Final[Mapping[str, Duration]] = {
    "A": Duration(1, Unit.HOURS),
    "B": Duration(4, Unit.HOURS),
    "C": Duration(1, Unit.WORKING_DAYS),
    "D": Duration(1, Unit.WORKING_DAYS),
}
"""How long a unit may object, by time class (design; 北京市接诉即办工作条例 art. 12 leaves it to the hotline)."""
RULING: Final = Duration(1, Unit.WORKING_DAYS)
"""How long the hotline may take to rule on an objection (design)."""
UNCLASSIFIED: Final = Duration(24, Unit.HOURS)
"""Dispatch of a ticket that has no class yet: as a general one (DB11/T 2021-2022, as reported)."""
_SOON: Final = 75
"""Percent of a term after which its light turns yellow."""


class Light(StrEnum):
    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a clock."""

    start: datetime
    end: datetime
    """First instant that is too late."""
    day: date | None
    """Last day, for clocks that count days; None for hours."""
    provisional: bool = False
    """The day lies past the published calendar and may still move."""

    def used(self, now: datetime) -> int:
        """Percent of the time that has passed, at most 100."""
        whole = self.end - self.start
        return 100 if now >= self.end or not whole else max(0, (now - self.start) * 100 // whole)

    def light(self, now: datetime) -> Light:
        if now >= self.end:
            return Light.RED
        return Light.YELLOW if self.used(now) >= _SOON else Light.GREEN


@dataclass(frozen=True, slots=True)
class Frame:
    """What due times are counted with: the calendar and the time zone of the place."""

    calendar: WorkCalendar
    zone: ZoneInfo

    def due(self, start: datetime, term: Duration, *, rolls: bool = True) -> Due:
        """The end of a term that starts with an event at `start`."""
        if term.unit is Unit.HOURS:
            return Due(start, start + timedelta(hours=term.amount), None)
        last = self.calendar.add(start.astimezone(self.zone).date(), term, rolls=rolls)
        end = datetime.combine(last.day + timedelta(days=1), time(), self.zone).astimezone(UTC)
        return Due(start, end, last.day, last.provisional)

    def term(self, start: datetime, term: Term) -> Due:
        return self.due(start, Duration(term.amount, term.unit), rolls=term.rolls)


@dataclass(frozen=True, slots=True)
class Cycle:
    """One time that a unit was to handle a ticket: from a dispatch or a reopening to the reply."""

    start: datetime
    contacted: datetime | None
    replied: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a ticket stands at an instant. Clocks that do not run are None."""

    state: State
    now: datetime
    dispatch: Due | None = None
    contact: Due | None = None
    feedback: Due | None = None
    objection: Due | None = None
    ruling: Due | None = None

    @property
    def binding(self) -> Due | None:
        """The clock of the one whose turn it is."""
        return self.ruling or self.dispatch or self.feedback

    @property
    def light(self) -> Light:
        due = self.binding
        return due.light(self.now) if due else Light.NONE


def clock(history: Sequence[Happening], kind: ComplaintClass | None, frame: Frame, now: datetime) -> Clock:
    """The running clocks of a ticket with this history, in order. `kind` is its class, None while it has none."""
    state = replay(history)
    if state is State.RECEIVED:
        start = _last(history, Event.REPORT, Event.UPHOLD)
        due = frame.term(start, kind.dispatch_within) if kind else frame.due(start, UNCLASSIFIED)
        return Clock(state, now, dispatch=due)
    if kind is None or state not in (*WITH_UNIT, State.DISPUTED):
        return Clock(state, now)
    cycle = cycles(history)[-1]
    objected = state is State.DISPUTED
    return Clock(
        state,
        now,
        contact=contact_due(cycle, kind) if cycle.contacted is None else None,
        feedback=frame.term(cycle.start, kind.feedback_within),
        objection=objection_due(history, kind, frame) if state is State.DISPATCHED else None,
        ruling=frame.due(_last(history, Event.OBJECT), RULING) if objected else None,
    )


def contact_due(cycle: Cycle, kind: ComplaintClass) -> Due:
    """Until when the unit has to have been in touch with the reporter."""
    return Due(cycle.start, cycle.start + CONTACT.get(kind.time_class, _CONTACT), None)


def objection_due(history: Sequence[Happening], kind: ComplaintClass, frame: Frame) -> Due:
    return frame.due(_last(history, Event.DISPATCH), OBJECTION[kind.time_class])


def cycles(history: Sequence[Happening]) -> tuple[Cycle, ...]:
    """The times that the unit now in charge was to handle the ticket, oldest first; none before it is dispatched.

    A dispatch to another unit, after an objection or a reopening, leaves out what came before it.
    """
    found: list[Cycle] = []
    for happening in history:
        if happening.event is Event.DISPATCH:
            found = [Cycle(happening.at, None, None)]
        elif happening.event is Event.UPHOLD:
            found = []
        elif happening.event is Event.REOPEN and found:
            found.append(Cycle(happening.at, None, None))
        elif found and happening.event in (Event.CONTACT, Event.REPLY):
            last = found[-1]
            replied = happening.at if happening.event is Event.REPLY else None
            found[-1] = Cycle(last.start, last.contacted or happening.at, last.replied or replied)
    return tuple(found)


def _last(history: Sequence[Happening], *events: Event) -> datetime:
    return next(h.at for h in reversed(history) if h.event in events)

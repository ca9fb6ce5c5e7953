"""In what order services run and when each can start and must end. Only evidence makes order.

registration  5 March -> 6 March
food permit            6 March -------> 17 March      waits for the business licence
tobacco permit         6 March ---> 13 March          waits for it too, beside the food permit
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.core.packs import model
from tongban.core.planning.model import PlannedMaterial, Status
from tongban.core.planning.services import Considered
from tongban.core.planning.situation import Situation
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Duration, Unit

HOURS_OF_A_WORKING_DAY = 8
"""A term of at most so many hours ends on the day it starts."""

Waits = Mapping[str, tuple[str, ...]]
"""Service id to the services whose result it consumes."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The days of one service. By law it starts when all it waits for has used its statutory term."""

    starts: date
    promised: DueDate
    statutory: DueDate | None
    by_law: DueDate
    """`statutory`, or the promised term from the lawful start where no law sets a term."""


def waits(
    considered: Iterable[Considered], materials: Iterable[PlannedMaterial]
) -> dict[str, tuple[str, ...]]:
    """Who waits for whom, from the evidence that services of the plan produce."""
    order = [c.id for c in considered]
    found: dict[str, set[str]] = {}
    for material in materials:
        if material.status is Status.PRODUCED and material.produced_by:
            for consumer in material.services:
                found.setdefault(consumer, set()).add(material.produced_by)
    return {c: tuple(p for p in order if p in found.get(c, ())) for c in order}


def arrange(considered: Iterable[Considered], waiting: Waits) -> tuple[Considered, ...]:
    """Producers before consumers; in the pack's order where evidence leaves it open."""
    left = list(considered)
    done: list[Considered] = []
    while left:
        placed = {c.id for c in done}
        ready = next((c for c in left if placed.issuperset(waiting.get(c.id, ()))), left[0])
        left.remove(ready)
        done.append(ready)
    return tuple(done)


def timetable(arranged: Iterable[Considered], waiting: Waits, situation: Situation) -> dict[str, Slot]:
    """The days of each service, for services in the order that `arrange` gives."""
    slots: dict[str, Slot] = {}
    for one in arranged:
        before = [slots[p] for p in waiting.get(one.id, ()) if p in slots]
        starts = max([situation.at, *(s.promised.day for s in before)])
        lawfully = max([situation.at, *(s.by_law.day for s in before)])
        slots[one.id] = slot(one, starts, lawfully, situation.calendar)
    return slots


def slot(one: Considered, starts: date, lawfully: date, calendar: WorkCalendar) -> Slot:
    """The days of a service that starts on `starts`, or on `lawfully` if all before it take their full term."""
    statutory = due(calendar, lawfully, one.statutory) if one.statutory else None
    return Slot(
        starts=starts,
        promised=due(calendar, starts, one.promised),
        statutory=statutory,
        by_law=statutory or due(calendar, lawfully, one.promised),
    )


def critical_path(last: str | None, waiting: Waits, slots: Mapping[str, Slot]) -> tuple[str, ...]:
    """The chain of services that decides the promised end, first to last."""
    path: list[str] = []
    while last is not None and last not in path:
        path.append(last)
        before = waiting.get(last, ())
        last = max(before, key=lambda p: slots[p].promised.day) if before else None
    return tuple(reversed(path))


def duration(term: model.Term) -> Duration:
    """The plain length of a term."""
    return Duration(term.amount, term.unit)


def due(calendar: WorkCalendar, start: date, term: model.Term) -> DueDate:
    """The last day of a term. One of nothing, or of hours within a working day, ends on the day it starts."""
    at_once = term.amount == 0 or (term.unit is Unit.HOURS and term.amount <= HOURS_OF_A_WORKING_DAY)
    if at_once:
        return DueDate(start, start > calendar.known_until)
    return calendar.add(start, duration(term), rolls=term.rolls)

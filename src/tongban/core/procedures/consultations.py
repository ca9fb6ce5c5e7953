"""Where the question to another authority stands, read from its days alone; nothing counts down and nothing is stored.

asked 2 March for 5 working days, answered on 5 March   -> answered
asked 2 March, silent until 9 March                     -> open until the end of 9 March, yellow at last
the same on 10 March                                    -> deemed where silence is no objection, else late and still open

The office is held to its day and not to the day on which a clock happens to run: a server that stood still for a week
finds what it would have found on the first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from tongban.core.procedures.model import Light
from tongban.core.procedures.spans import last_day
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Duration

Silence = Literal["no-objection", "wait"]
Stand = Literal["open", "answered", "deemed", "late"]
CLOSED: Final = frozenset[Stand]({"answered", "deemed"})
"""Where a case no longer waits for the opinion."""
NEAR: Final = 1
"""Working days left, inclusive, from which the light is yellow."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One authority and one question. Days are civil days of the place."""

    on: date
    within: Duration
    silence: Silence
    answered_on: date | None = None
    rolls: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    stand: Stand
    due: DueDate
    """Last day for the opinion, inclusive."""
    days_left: int
    """Working days to `due`; negative when past."""
    light: Light
    """Of whoever was asked; `NONE` once it is settled."""


def standing(asked: Asked, calendar: WorkCalendar, today: date) -> Standing:
    """Where it stands at the end of `today`. An opinion on the last day is in time."""
    due = last_day(calendar, asked.on, asked.within, rolls=asked.rolls)
    left = _left(calendar, today, due.day)
    if asked.answered_on is not None and asked.answered_on <= today:
        return Standing("answered", due, left, Light.NONE)
    if today <= due.day:
        return Standing("open", due, left, Light.YELLOW if left <= NEAR else Light.GREEN)
    if asked.silence == "no-objection":
        return Standing("deemed", due, left, Light.NONE)
    return Standing("late", due, left, Light.RED)


def _left(calendar: WorkCalendar, today: date, due: date) -> int:
    if today <= due:
        return calendar.working_days_between(today, due)
    return -max(1, calendar.working_days_between(due, today))

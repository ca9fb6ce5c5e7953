"""Dates as the prover computes with them: the month since the year 0, and the day in it.

Comparing dates and counting months are linear in these, so z3 decides them exactly; see `core/rules/dates.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from tongban.core.rules.prove.logic import Term, World

FIRST_MONTH: Final = 12
"""January of the year 1."""
LAST_MONTH: Final = 9999 * 12 + 11
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE: Final = (0, *accumulate(_LENGTHS))
"""Days of a common year before each month."""


@dataclass(frozen=True, slots=True)
class Day:
    month: Term
    """Twelve times the year, plus the month from 0."""
    day: Term
    """From 1."""


def day_of(value: date) -> Day:
    return Day(value.year * 12 + value.month - 1, value.day)


def date_of(month: int, day: int) -> date:
    """Raises ValueError for a day that does not exist."""
    return date(month // 12, month % 12 + 1, day)


def exists(world: World, day: Day) -> Term:
    """Whether it is a date of the years 1 to 9999."""
    within = world.all(day.month >= FIRST_MONTH, day.month <= LAST_MONTH)
    return world.all(within, day.day >= 1, day.day <= last_day(world, day.month))


def place(day: Day) -> Term:
    """A number that grows with the date; not the number of days."""
    return day.month * 32 + day.day


def last_day(world: World, month: Term) -> Term:
    """How many days the month has."""
    inside = world.remainder(month, 12)
    short = world.any(*(inside == number for number in (3, 5, 8, 10)))
    february = world.choose(_is_leap(world, month), 29, 28)
    return world.choose(inside == 1, february, world.choose(short, 30, 31))


def months_between(world: World, start: Day, end: Day) -> Term:
    backwards = place(end) < place(start)
    return world.choose(backwards, -_whole_months(world, end, start), _whole_months(world, start, end))


def years_between(world: World, start: Day, end: Day) -> Term:
    months = months_between(world, start, end)
    forward, back = world.floor_divide(months, 12), -world.floor_divide(-months, 12)
    return world.choose(months >= 0, forward, back)


def days_between(world: World, start: Day, end: Day) -> Term:
    return _number(world, end) - _number(world, start)


def add_months(world: World, start: Day, months: Term) -> tuple[Day, Term]:
    """The day, and whether it is outside the years 1 to 9999 (and then no day)."""
    month = start.month + months
    last = last_day(world, month)
    outside = world.any(month < FIRST_MONTH, month > LAST_MONTH)
    return Day(month, world.choose(start.day < last, start.day, last)), outside


def _whole_months(world: World, start: Day, end: Day) -> Term:
    """From an earlier day to a later one."""
    short = world.all(end.day < start.day, end.day < last_day(world, end.month))
    return end.month - start.month - world.choose(short, 1, 0)


def _is_leap(world: World, month: Term) -> Term:
    year = world.floor_divide(month, 12)
    common = world.all(world.remainder(year, 100) == 0, world.no(world.remainder(year, 400) == 0))
    return world.all(world.remainder(year, 4) == 0, world.no(common))


def _number(world: World, day: Day) -> Term:
    """Of the day since some day long ago."""
    before = world.floor_divide(day.month, 12) - 1
    leaps = world.floor_divide(before, 4) - world.floor_divide(before, 100) + world.floor_divide(before, 400)
    inside = world.remainder(day.month, 12)
    past: Term = 0
    for number in range(11, 0, -1):
        past = world.choose(inside == number, _BEFORE[number], past)
    leap = world.choose(world.all(inside >= 2, _is_leap(world, day.month)), 1, 0)
    return before * 365 + leaps + past + leap + day.day

"""Last days of terms that are extended or stand still for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Duration, Unit

Pauses = Iterable[tuple[date, date]]
"""(day stopped, day resumed): the stopping day counts, the resuming day does not."""


def last_day(
    calendar: WorkCalendar,
    start: date,
    term: Duration,
    *,
    extension: int = 0,
    pauses: Pauses = (),
    rolls: bool = True,
) -> DueDate:
    """The day by whose end a term is over.

    The starting day is not counted. `extension` is in the term's own unit. A pause moves the end by the
    working days it holds where the term counts working days, by its calendar days otherwise
    (行政许可法 art. 45, 82). A term of nothing ends on the day it starts, rest day or not.
    """
    pauses = tuple(pauses)
    amount = term.amount + extension
    if term.unit is Unit.WORKING_DAYS:
        return _add(calendar, start, amount + working_days(calendar, pauses), Unit.WORKING_DAYS, rolls)
    still = calendar_days(pauses)
    if term.unit is Unit.CALENDAR_DAYS:
        return _add(calendar, start, amount + still, Unit.CALENDAR_DAYS, rolls)
    if not still:
        return _add(calendar, start, amount, term.unit, rolls)
    plain = _add(calendar, start, amount, term.unit, rolls=False)
    return _add(calendar, plain.day, still, Unit.CALENDAR_DAYS, rolls)


def first_day(calendar: WorkCalendar, term: Duration, until: date) -> date:
    """The last day on which a term can begin and be over by the end of `until`: counting back, the same way as forth."""
    day = until
    while _add(calendar, day, term.amount, term.unit, rolls=False).day > until:
        day -= timedelta(days=1)
    return day


def working_days(calendar: WorkCalendar, pauses: Pauses) -> int:
    """Working days during which the clock stood still; a day that lies in several pauses counts once."""
    return sum(calendar.working_days_between(stopped, resumed) for stopped, resumed in union(pauses))


def calendar_days(pauses: Pauses) -> int:
    """Days during which the clock stood still; a day that lies in several pauses counts once."""
    return sum((resumed - stopped).days for stopped, resumed in union(pauses))


def union(pauses: Pauses) -> tuple[tuple[date, date], ...]:
    """The same days without overlaps, in order."""
    joined: list[tuple[date, date]] = []
    for stopped, resumed in sorted(pauses):
        if joined and stopped <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], resumed)
        else:
            joined.append((stopped, resumed))
    return tuple(joined)


def _add(calendar: WorkCalendar, start: date, amount: int, unit: Unit, rolls: bool) -> DueDate:
    if amount == 0:
        return DueDate(start, start > calendar.known_until)
    return calendar.add(start, Duration(amount, unit), rolls=rolls)

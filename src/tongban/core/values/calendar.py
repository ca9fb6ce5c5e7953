"""The working calendar of a place, and the due dates counted with it.

    WorkCalendar(id="default", known_until=date(2026, 12, 31), rest_days=..., working_days=...)
        .add(date(2026, 2, 13), Duration(5, Unit.WORKING_DAYS))  ->  DueDate(date(2026, 2, 27), provisional=False)

Saturdays and Sundays rest; the yearly notice of the State Council moves days both ways (调休). It appears only
about November of the year before, so a calendar is known until a day and due dates past it are provisional.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from tongban.core.values.duration import Duration, Unit

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a period; it ends at 24:00 local time."""

    day: date
    provisional: bool
    """The day lies past what the calendar knows and may still move."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked. Weekends rest unless listed in `working_days`; weekdays work unless in `rest_days`."""

    id: str
    known_until: date
    """Last day that the published calendar covers."""
    rest_days: frozenset[date]
    working_days: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day. Past `known_until` only weekends are known to rest."""
        if day.weekday() >= _SATURDAY:
            return day in self.working_days
        return day not in self.rest_days

    def add(self, start: date, duration: Duration, *, rolls: bool = True) -> DueDate:
        """The last day of a period that begins with an event on `start`.

        The day of the event is day 0 and counting begins with the next day (民法典 art. 201, recalled). Working
        days count only worked days (行政许可法 art. 82). A month ends on the day of the same number, or on the last
        day of a shorter month (民法典 art. 202, recalled). Hours are rounded up to whole calendar days. With
        `rolls`, a period that ends on a rest day ends on the next working day (民法典 art. 203, recalled); this
        also moves a period of zero that begins on a rest day.

        Raises OverflowError when the day lies past the year 9999.
        """
        day = self._counted(start, duration)
        if rolls:
            while not self.is_working_day(day):
                day += _DAY
        return DueDate(day, provisional=day > self.known_until)

    def working_days_between(self, after: date, until: date) -> int:
        """Number of working days later than `after` and not later than `until`.

        Negative when `until` is earlier: then it is how many working days have passed since.
        """
        if until < after:
            return -self.working_days_between(until, after)
        days = (until - after).days
        return sum(self.is_working_day(after + timedelta(days=n)) for n in range(1, days + 1))

    def _counted(self, start: date, duration: Duration) -> date:
        match duration.unit:
            case Unit.WORKING_DAYS:
                day, left = start, duration.amount
                while left:
                    day += _DAY
                    left -= self.is_working_day(day)
                return day
            case Unit.CALENDAR_DAYS:
                return start + timedelta(days=duration.amount)
            case Unit.MONTHS:
                return _months_later(start, duration.amount)
            case Unit.HOURS:
                return start + timedelta(days=-(-duration.amount // 24))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        raise OverflowError(f"the day lies past the year {date.max.year}")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

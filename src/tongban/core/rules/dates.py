"""Counting between civil dates.

A month runs to the day of the same number, and to the last day of the month where there is none
(民法典 art. 202, recalled). One month after 31 January is 28 or 29 February.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(start: date, months: int) -> date | None:
    """The corresponding day `months` later (earlier, if negative). None outside the years 1 to 9999."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`: the most that can be added to `start` without passing `end`.

    Negative when `end` is earlier, and then the months from `end` to `start`.
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    last_day = monthrange(end.year, end.month)[1]
    return months - (end.day < start.day and end.day < last_day)


def years_between(start: date, end: date) -> int:
    """Whole years from `start` to `end`: an age, when `start` is a birthday. Counted as twelve months each."""
    months = months_between(start, end)
    return months // 12 if months >= 0 else -(-months // 12)


def days_between(start: date, end: date) -> int:
    """Days from `start` to `end`; 0 on the same day, 1 on the next."""
    return (end - start).days

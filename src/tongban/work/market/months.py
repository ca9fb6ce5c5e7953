"""Months of the civil calendar as text, `2026-11`: they sort and compare as they read."""

from __future__ import annotations

from datetime import date, timedelta

from tongban.base.kit.refusals import Invalid


def of(day: date) -> str:
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    """Raises Invalid for what is no month."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Invalid("Give a month as 2026-11.", fields={"month": "Give a month as 2026-11."}) from error


def last_day(month: str) -> date:
    return first_day(after(month)) - timedelta(days=1)


def after(month: str, count: int = 1) -> str:
    """The month so many months later (or, with a negative count, earlier)."""
    start = first_day(month)
    year, index = divmod(start.year * 12 + start.month - 1 + count, 12)
    return f"{year:04d}-{index + 1:02d}"


def between(first: str, last: str) -> list[str]:
    """From one month to another, both included; empty when the second is earlier."""
    found = []
    month = first
    while month <= last:
        found.append(month)
        month = after(month)
    return found


def later(day: date, count: int) -> date:
    """The last day of a term of so many months that begins on `day`: the day before the same day of that month."""
    month = after(of(day), count)
    return min(
        first_day(month) + timedelta(days=day.day - 1), last_day(month) + timedelta(days=1)
    ) - timedelta(days=1)

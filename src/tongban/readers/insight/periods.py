"""Months of the year that a page looks back on.

today 2 March 2026   ->   2025-04 ... 2026-02, 2026-03, and the twelve of them together
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from tongban.core.values.period import Period

YEAR: Final = "12m"
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A period by its name in an address: a month as `2026-03`, or all twelve as `12m`."""

    id: str
    days: Period

    def holds(self, day: Any) -> bool:
        """Records without a day are in no period."""
        return isinstance(day, date) and day in self.days

    @property
    def last(self) -> date:
        assert self.days.end is not None
        return self.days.end - timedelta(days=1)


def months(today: date) -> tuple[Span, ...]:
    """The last twelve months, the oldest first; the newest ends with today."""
    first, found = (
        today.replace(day=1),
        [Span(f"{today:%Y-%m}", Period(today.replace(day=1), today + timedelta(days=1)))],
    )
    for _position in range(_MONTHS - 1):
        end, first = first, (first - timedelta(days=1)).replace(day=1)
        found.append(Span(f"{first:%Y-%m}", Period(first, end)))
    return tuple(reversed(found))


def year(of: Sequence[Span]) -> Span:
    return Span(YEAR, Period(of[0].days.start, of[-1].days.end))


def named(name: str, of: Sequence[Span]) -> Span:
    """The month asked for; the whole year for anything else."""
    return next((span for span in of if span.id == name), year(of))

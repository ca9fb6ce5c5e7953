"""A length of time with its own unit, as the law states it.

The unit belongs to each period, never to the system: licensing periods count working days
(行政许可法 art. 82), a birth is registered within a calendar month (户口登记条例 art. 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` of `unit`; zero means on the spot. Never negative."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"a period cannot be negative: {self.amount} {self.unit}")

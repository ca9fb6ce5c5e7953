"""Counting between civil dates for every row, as `dates` does for one.

A day is a number of days since 1970. Tables say of each day of the years 1 to 9999 which month it lies in and which
day of the month it is: months are counted from 0, which is December before the year 1 (year * 12 + month - 1 begins
at 12 with January of the year 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from tongban.core.rules.to_numpy import quantities
from tongban.core.rules.to_numpy.columns import DAY_ZERO, FIRST_DAY, LAST_DAY, Array
from tongban.core.rules.to_numpy.flags import both
from tongban.core.rules.to_numpy.instructions import Assembly, Flag
from tongban.core.rules.to_numpy.quantities import INT16, INT32, Quantity, constant

FIRST_MONTH: Final = 12
LAST_MONTH: Final = 9999 * 12 + 11
_MONTHS_TO_1970: Final = 1970 * 12


def months_between(code: Assembly, start: Quantity, end: Quantity) -> Quantity:
    """See `dates.months_between`. In the same month it is 0 either way; else the months tell the direction."""
    first, last = _month(code, start), _month(code, end)
    months = quantities.minus(code, last, first)
    first_day, last_day = _day_of_month(code, start), _day_of_month(code, end)
    forward = quantities.compare(code, ">", months, constant(0))
    backward = quantities.compare(code, "<", months, constant(0))
    short = both(code, quantities.compare(code, "<", last_day, first_day), _is_not_last(code, end))
    if forward is not False:
        months = quantities.minus(code, months, quantities.counted(code, both(code, forward, short)))
    if backward is not False:
        long = both(code, quantities.compare(code, "<", first_day, last_day), _is_not_last(code, start))
        months = quantities.plus(code, months, quantities.counted(code, both(code, backward, long)))
    return months


def years_between(code: Assembly, start: Quantity, end: Quantity) -> Quantity:
    """Twelve months each, towards 0."""
    months = months_between(code, start, end)
    is_negative = quantities.counted(code, quantities.compare(code, "<", months, constant(0)))
    eleven = quantities.times(code, is_negative, constant(11))
    return quantities.floor_divided(code, quantities.plus(code, months, eleven), constant(12))


def add_months(code: Assembly, start: Quantity, months: Quantity) -> tuple[Quantity, Flag]:
    """The day, and whether it lies in the years 1 to 9999: elsewhere the day means nothing."""
    month = quantities.plus(code, _month(code, start), months)
    inside = both(
        code,
        quantities.compare(code, ">=", month, constant(FIRST_MONTH)),
        quantities.compare(code, "<=", month, constant(LAST_MONTH)),
    )
    month = quantities.greatest(code, month, constant(FIRST_MONTH))
    month = quantities.least(code, month, constant(LAST_MONTH))
    day = quantities.least(code, _day_of_month(code, start), _length(code, month))
    result = quantities.minus(code, quantities.plus(code, _first_of(code, month), day), constant(1))
    return _within(result, FIRST_DAY, LAST_DAY), inside


def _month(code: Assembly, day: Quantity) -> Quantity:
    low, high = _month_of(day.low), _month_of(day.high)
    if low == high:
        return constant(low)
    values = code.emit(month_of_day, quantities.at(code, day, INT32), dtype=INT32, rowwise=False)
    return Quantity(values, low, high)


def _day_of_month(code: Assembly, day: Quantity) -> Quantity:
    if isinstance(day.values, int):
        return constant(date.fromordinal(day.values + DAY_ZERO.toordinal()).day)
    values = code.emit(day_of_month, quantities.at(code, day, INT32), dtype=INT16, rowwise=False)
    return Quantity(values, 1, 31)


def _is_not_last(code: Assembly, day: Quantity) -> Flag:
    """Whether a later day of the same month follows."""
    return quantities.compare(code, "<", _day_of_month(code, day), _length(code, _month(code, day)))


def _length(code: Assembly, month: Quantity) -> Quantity:
    if isinstance(month.values, int):
        return constant(int(_months().lengths[month.values]))
    values = code.emit(length_of_month, quantities.at(code, month, INT32), dtype=INT16, rowwise=False)
    return Quantity(values, 28, 31)


def _first_of(code: Assembly, month: Quantity) -> Quantity:
    low, high = int(_months().firsts[month.low]), int(_months().firsts[month.high])
    if low == high:
        return constant(low)
    values = code.emit(first_of_month, quantities.at(code, month, INT32), dtype=INT32, rowwise=False)
    return Quantity(values, low, high)


def _within(quantity: Quantity, low: int, high: int) -> Quantity:
    """The quantity, of which we know better than its arithmetic does what it is at least and at most."""
    return Quantity(quantity.values, max(quantity.low, low), min(quantity.high, high))


def _month_of(day: int) -> int:
    found = date.fromordinal(day + DAY_ZERO.toordinal())
    return found.year * 12 + found.month - 1


# -- tables ------------------------------------------------------------------------------------------------


def month_of_day(days: Array, *, out: Array) -> None:
    np.take(_days().months, days - FIRST_DAY, out=out, mode="clip")  # other modes copy


def day_of_month(days: Array, *, out: Array) -> None:
    np.take(_days().numbers, days - FIRST_DAY, out=out, mode="clip")


def length_of_month(months: Array, *, out: Array) -> None:
    np.take(_months().lengths, months, out=out, mode="clip")


def first_of_month(months: Array, *, out: Array) -> None:
    np.take(_months().firsts, months, out=out, mode="clip")


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    months: Array
    numbers: Array
    """The day of the month."""


@dataclass(frozen=True, slots=True, eq=False)
class _Months:
    firsts: Array
    lengths: Array
    """In days."""


@lru_cache(maxsize=1)
def _days() -> _Days:
    """22 MB, made in a tenth of a second."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    numbers = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    since_year_0 = months.astype(np.int64) + _MONTHS_TO_1970
    return _Days(since_year_0.astype(INT32), numbers.astype(INT16))


@lru_cache(maxsize=1)
def _months() -> _Months:
    months = np.arange(LAST_MONTH + 2) - _MONTHS_TO_1970
    firsts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return _Months(firsts[:-1].astype(INT32), np.diff(firsts).astype(INT16))

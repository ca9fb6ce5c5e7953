"""What the strict operations compute on known values. One function, one line of the table."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal

from tongban.core.rules import dates
from tongban.core.rules.exact import Number, plain
from tongban.core.rules.ir import Comparison, Function
from tongban.core.rules.states import Undefined

Inner = bool | int | Fraction | date | str
"""A value while computing: numbers are exact, money is fen."""

PARTIAL: Final = frozenset({Function.ADD_MONTHS})
"""Functions that can be undefined although their arguments are known."""


def call(function: Function, values: Sequence[Inner]) -> Inner | Undefined:
    """The function's value. `check` has made sure of number and types of the arguments."""
    return _TABLE[function](*values)


def compare(left: Inner, right: Inner) -> int:
    """-1, 0 or 1. Both are of the same type; texts are only ever equal or not (then 1)."""
    if left == right:
        return 0
    if isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
        return -1 if left < right else 1
    if isinstance(left, date) and isinstance(right, date):
        return -1 if left < right else 1
    return 1


def holds(operator: Comparison, order: int) -> bool:
    """Whether a comparison holds between values that `compare` puts in this order."""
    match operator:
        case "=":
            return order == 0
        case "<>":
            return order != 0
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
        case ">=":
            return order >= 0


def arithmetic(operator: Literal["+", "-", "*"], left: Number, right: Number) -> Number:
    match operator:
        case "+":
            return plain(left + right)
        case "-":
            return plain(left - right)
        case "*":
            return plain(left * right)


def bracket(value: Inner, lower: Sequence[Inner], values: Sequence[Inner]) -> Inner | None:
    """The value of the bracket that holds `value`; None below the first."""
    index = bisect_right(lower, value) - 1  # type: ignore[type-var]  # all of one ordered type
    return None if index < 0 else values[index]


def slices(value: Inner, lower: Sequence[Inner], values: Sequence[Inner]) -> Number:
    """The sum over the brackets of the part of `value` inside them times their value."""
    assert isinstance(value, int | Fraction)
    total: Number = 0
    for low, high, rate in zip(lower, [*lower[1:], value], values, strict=True):
        assert isinstance(low, int | Fraction)
        assert isinstance(high, int | Fraction)
        assert isinstance(rate, int | Fraction)
        if value <= low:
            break
        total += (min(value, high) - low) * rate
    return plain(total)


def _abs(value: Number) -> Number:
    return abs(value)


def _floor(value: Number) -> Number:
    return math.floor(value)


def _ceil(value: Number) -> Number:
    return math.ceil(value)


def _least(*values: Any) -> Inner:
    return min(values)


def _greatest(*values: Any) -> Inner:
    return max(values)


def _add_months(start: date, months: int) -> date | Undefined:
    return dates.add_months(start, months) or Undefined("a date outside the years 1 to 9999")


_TABLE: Final[Mapping[Function, Callable[..., Inner | Undefined]]] = {
    Function.ABS: _abs,
    Function.FLOOR: _floor,
    Function.CEIL: _ceil,
    Function.LEAST: _least,
    Function.GREATEST: _greatest,
    Function.MONTHS_BETWEEN: dates.months_between,
    Function.YEARS_BETWEEN: dates.years_between,
    Function.DAYS_BETWEEN: dates.days_between,
    Function.ADD_MONTHS: _add_months,
}

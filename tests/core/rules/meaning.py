"""What rules mean, written naively and a second time, to compare with.

It looks at every operand of complete facts, knows nothing of unknowns, and shares no code with
`tongban.core.rules`. Absent is `None`, undefined is a `Nothing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Nothing:
    """Undefined, with the reason."""

    reason: str


@dataclass(frozen=True)
class Sample:
    text: str
    meaning: Callable[[dict[str, Any]], Any]
    scale: int = 0
    """Digits after the point that the value may need."""
    simple: bool = False
    """May stand anywhere without brackets."""

    def __repr__(self) -> str:
        return self.text

    @property
    def bracketed(self) -> str:
        return self.text if self.simple else f"({self.text})"


def strict(function: Callable[..., Any], *parts: Sample) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        values = [part.meaning(env) for part in parts]
        for value in values:
            if isinstance(value, Nothing):
                return value
        return None if None in values else function(*values)

    return meaning


def ratio(above: Sample, below: Sample) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        values = above.meaning(env), below.meaning(env)
        for value in values:
            if isinstance(value, Nothing):
                return value
        if values[1] == 0 and values[1] is not None:
            return Nothing("division by zero")
        return None if None in values else Fraction(values[0]) / values[1]

    return meaning


def junction(parts: tuple[Sample, ...], decisive: bool) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        values = [part.meaning(env) for part in parts]
        if any(value is decisive for value in values):
            return decisive
        undefined = [value for value in values if isinstance(value, Nothing)]
        return undefined[0] if undefined else None if None in values else not decisive

    return meaning


def case(branches: list[tuple[Sample, Sample]], otherwise: Sample) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        for condition, value in branches:
            found = condition.meaning(env)
            if isinstance(found, Nothing):
                return found
            if found is True:
                return value.meaning(env)
        return otherwise.meaning(env)

    return meaning


def coalesce(parts: tuple[Sample, ...]) -> Callable[[dict[str, Any]], Any]:
    return lambda env: next((v for part in parts if (v := part.meaning(env)) is not None), None)


def is_null(part: Sample, negated: bool) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        value = part.meaning(env)
        return value if isinstance(value, Nothing) else (value is None) != negated

    return meaning


def bracket(part: Sample, table: str, sliced: bool) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        value, rows = part.meaning(env), env[table]
        for found in (value, rows):
            if isinstance(found, Nothing):
                return found
        if value is None:
            return None
        if sliced:
            ends = [low for low, _ in rows[1:]] + [None]
            inside = [
                (max(0, (value if end is None else min(value, end)) - low), rate)
                for (low, rate), end in zip(rows, ends, strict=True)
            ]
            return sum(length * rate for length, rate in inside)
        below = [rate for low, rate in rows if low <= value]
        return below[-1] if below else Nothing(f"it lies below the first bracket of '{table}'")

    return meaning


def aggregate(
    function: str, relation: str, operand: Sample | None, where: Sample | None
) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        found: list[Any] = []
        for member in env[relation] or []:
            inside = env | {f"{relation}.{name}": value for name, value in member.items()}
            passes = where.meaning(inside) if where else True
            if isinstance(passes, Nothing):
                found.append(passes)
            elif passes:
                found.append(operand.meaning(inside) if operand else 1)
        found = [value for value in found if value is not None]
        if function.startswith("bool"):
            decisive = function == "bool_or"
            if any(value is decisive for value in found):
                return decisive
        for value in found:
            if isinstance(value, Nothing):
                return value
        match function:
            case "count" | "sum":
                return sum(found)
            case "min" | "max":
                return (min if function == "min" else max)(found, default=None)
            case _:
                return not decisive

    return meaning


def half_away(value: Fraction | int, digits: int) -> Fraction:
    """By way of text, as one learns it at school: look at the next digit."""
    scaled = abs(Fraction(value)) * Fraction(10) ** digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return (1 if value >= 0 else -1) * Fraction(whole) / Fraction(10) ** digits


def add_months(day: date, months: int) -> Any:
    index = day.year * 12 + day.month - 1 + months
    if not 12 <= index < 120000:
        return Nothing("a date outside the years 1 to 9999")
    for number in range(day.day, 0, -1):
        try:
            return date(index // 12, index % 12 + 1, number)
        except ValueError:
            continue
    raise AssertionError


def months(start: date, end: date) -> int:
    """By counting."""
    if end < start:
        return -months(end, start)
    low = (end.year - start.year) * 12 + end.month - start.month
    return next(n for n in (low + 1, low, low - 1) if reaches(start, n, end))


def reaches(start: date, months: int, end: date) -> bool:
    later = add_months(start, months)
    return isinstance(later, date) and later <= end


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}

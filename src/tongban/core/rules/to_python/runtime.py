"""What the text of a program calls where a single expression would be long, or is seldom needed.

Every function here takes what a variable of the text can hold (see `source`) and gives such a thing back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from tongban.core.rules import dates
from tongban.core.rules.states import Undefined

__all__ = [
    "add_months",
    "both",
    "bracket",
    "case",
    "coalesce",
    "either",
    "gather_and",
    "gather_max",
    "gather_min",
    "gather_or",
    "gather_sum",
    "half_away",
    "half_away_ratio",
    "ratio",
    "slices",
    "strict",
    "strict_partial",
]
"""What the text of a program can call."""

Inner: TypeAlias = bool | int | date | str


class Partial(frozenset[str]):
    """Open, and it could turn out undefined."""

    __slots__ = ()


Outcome: TypeAlias = Inner | frozenset[str] | Undefined | None
"""What a variable can hold. A frozenset is open by these facts, None is absent."""

DIVISION: Final = Undefined("division by zero")
CALENDAR: Final = Undefined("a date outside the years 1 to 9999")
_NOTHING: Final[frozenset[str]] = frozenset()


# -- outcomes ----------------------------------------------------------------------------------------------


def opened(parts: Iterable[Outcome], partial: bool = False) -> frozenset[str]:
    """Open, by whatever is open among these; empty when nothing is."""
    names: frozenset[str] = _NOTHING
    for part in parts:
        if type(part) is frozenset:
            names = names | part if names else part
        elif type(part) is Partial:
            names, partial = names | part, True
        elif type(part) is Undefined:
            partial = True
    return Partial(names) if partial else names


def strict(*parts: Outcome) -> Outcome:
    """Of a strict operation of which not every part is known."""
    absent = False
    for part in parts:
        kind = type(part)
        if kind is Partial:
            return opened(parts)
        if kind is Undefined:
            return part
        if part is None:
            absent = True
    return None if absent else opened(parts)


def strict_partial(*parts: Outcome) -> Outcome:
    """The same, when the operation can be undefined on known values."""
    found = strict(*parts)
    return Partial(found) if type(found) is frozenset else found


def both(*parts: Outcome) -> Outcome:
    """AND, of which no part is false."""
    names: frozenset[str] | None = None
    for part in parts:
        if part is True:
            continue
        if type(part) is not frozenset:
            return _undecided(parts, True)
        names = part if names is None else names | part
    return True if names is None else names


def either(*parts: Outcome) -> Outcome:
    """OR, of which no part is true."""
    names: frozenset[str] | None = None
    for part in parts:
        if part is False:
            continue
        if type(part) is not frozenset:
            return _undecided(parts, False)
        names = part if names is None else names | part
    return False if names is None else names


def _undecided(parts: tuple[Any, ...], idle: bool) -> Outcome:
    """AND and OR in full."""
    if names := opened(parts):
        return names
    undefined = next((part for part in parts if type(part) is Undefined), None)
    return undefined or (None if None in parts else idle)


def ratio(above: Outcome, below: Outcome) -> Outcome:
    """Of a quotient; True when it has a value."""
    if type(above) is Undefined:
        return above
    if type(above) is Partial:
        return opened((above, below))
    if type(below) is Undefined:
        return below
    if below == 0 and type(below) is int:
        return DIVISION
    if below is None:
        return None
    if isinstance(below, frozenset):
        return opened((above, below), partial=True)
    return True if type(above) is int else above


def case(otherwise: Outcome, *branches: Outcome) -> Outcome:
    """`branches` are condition, value, condition, value."""
    conditions: list[Outcome] = []
    values: list[Outcome] = []
    doubtful = False
    for index in range(0, len(branches), 2):
        condition = branches[index]
        if condition is False or condition is None:
            continue
        kind = type(condition)
        if kind is Undefined:
            conditions.append(condition)
            doubtful = True
            break
        values.append(branches[index + 1])
        if condition is True:
            break
        conditions.append(condition)
        doubtful = doubtful or kind is Partial
    else:
        values.append(otherwise)
    if not doubtful and not isinstance(values[0], frozenset) and all(value == values[0] for value in values):
        return values[0]
    return _first_or_open([*conditions, *values])


def coalesce(*parts: Outcome) -> Outcome:
    reached: list[Outcome] = []
    for part in parts:
        if part is not None:
            reached.append(part)
            if not isinstance(part, frozenset):
                break
    return _first_or_open(reached)


def _first_or_open(reached: Sequence[Outcome]) -> Outcome:
    if any(isinstance(part, frozenset) for part in reached):
        return opened(reached)
    return reached[0] if reached else None


# -- members of relations ----------------------------------------------------------------------------------

_Pairs: TypeAlias = Sequence[tuple[Outcome, Outcome]]
"""For each member what the filter and what the operand is."""


def gather_sum(pairs: _Pairs, relation: frozenset[str] | None) -> Outcome:
    """`relation` says what the relation itself is open by: then one pair stands for any member."""
    return _fold(_contributions(pairs, relation, 0), sum)


def gather_min(pairs: _Pairs, relation: frozenset[str] | None) -> Outcome:
    return _fold(_contributions(pairs, relation, _NOTHING), _least)


def gather_max(pairs: _Pairs, relation: frozenset[str] | None) -> Outcome:
    return _fold(_contributions(pairs, relation, _NOTHING), _greatest)


def gather_or(pairs: _Pairs, relation: frozenset[str] | None) -> Outcome:
    added = _contributions(pairs, relation, False)
    return True if any(part is True for part in added) else either(*added)


def gather_and(pairs: _Pairs, relation: frozenset[str] | None) -> Outcome:
    added = _contributions(pairs, relation, True)
    return False if any(part is False for part in added) else both(*added)


def _contributions(pairs: _Pairs, relation: frozenset[str] | None, idle: Outcome) -> list[Outcome]:
    """What each member adds. `idle` is the operand that changes nothing."""
    added: list[Outcome] = []
    for where, operand in pairs:
        if relation and where is not False and where is not None:
            where = Partial(relation) if type(where) is Undefined else opened((where, relation))
        if where is True:
            if operand is not None:
                added.append(operand)
        elif type(where) is Undefined:
            added.append(where)
        elif isinstance(where, frozenset):
            if operand is not None and (operand != idle or type(operand) is not type(idle)):
                added.append(opened((where, operand)))
            elif type(where) is Partial:
                added.append(where)
    return added


def _fold(added: list[Outcome], fold: Callable[[list[Any]], Outcome]) -> Outcome:
    if all(isinstance(part, int | date) for part in added):
        return fold(added)
    return strict(*added)


def _least(values: list[Any]) -> Outcome:
    return min(values, default=None)


def _greatest(values: list[Any]) -> Outcome:
    return max(values, default=None)


# -- values ------------------------------------------------------------------------------------------------


def half_away(number: int, step: int) -> int:
    """How many steps, rounded half away from zero. A step is even."""
    half = step // 2
    return (number + half) // step if number >= 0 else -((half - number) // step)


def half_away_ratio(above: int, below: int) -> int:
    """The quotient as a whole number, rounded half away from zero."""
    if below < 0:
        above, below = -above, -below
    return (2 * above + below) // (2 * below) if above >= 0 else -((below - 2 * above) // (2 * below))


def add_months(start: date, months: int) -> date | Undefined:
    return dates.add_months(start, months) or CALENDAR


Table: TypeAlias = tuple[list[Any], list[Any], Undefined]
"""Lower ends, values, and what lies below."""


def bracket(value: Inner, table: Table) -> Outcome:
    lower, values, below = table
    index = bisect_right(lower, value) - 1
    return below if index < 0 else values[index]


def slices(value: int, table: Table) -> int:
    lower, values, _ = table
    total = 0
    for low, high, rate in zip(lower, [*lower[1:], value], values, strict=True):
        if value <= low:
            break
        total += (min(value, high) - low) * rate
    return total

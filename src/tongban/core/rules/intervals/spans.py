"""What a part of a rule can come out as while something is unknown: sets of outcomes, kept small.

    Span(0, 50)              numbers and dates from 0 to 50, both ends included; None has no end on that side
    Among({True, False})     everything else: a list, or None for anything at all
    Possible(Span(0, 50), absent=True)

Numbers are exact, money is fen, dates are day numbers. A set may hold more than can happen, never less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias

from tongban.core.rules import exact
from tongban.core.rules.exact import Number, plain
from tongban.core.rules.states import Value
from tongban.core.rules.types import Kind, Type

ORDERED: Final = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DATE})
FIRST_DAY: Final = date.min.toordinal()
LAST_DAY: Final = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Span:
    low: Number | None = None
    high: Number | None = None

    @property
    def single(self) -> bool:
        return self.low is not None and self.low == self.high

    def holds(self, number: Number) -> bool:
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)


@dataclass(frozen=True, slots=True)
class Among:
    values: frozenset[bool | str] | None = None


Values: TypeAlias = Span | Among


@dataclass(frozen=True, slots=True)
class Possible:
    """At least one of the three is possible."""

    values: Values | None = None
    """None: it cannot have a value."""
    absent: bool = False
    undefined: bool = False

    @property
    def defined(self) -> bool:
        """Whether it can be anything but undefined."""
        return self.values is not None or self.absent

    def may_be(self, value: bool) -> bool:
        """Whether a condition can come out so."""
        return isinstance(self.values, Among) and (self.values.values is None or value in self.values.values)


UNDEFINED: Final = Possible(undefined=True)
ONE: Final = Span(1, 1)


def truths(*values: bool) -> Among | None:
    """The values of a condition; None for none."""
    return Among(frozenset(values)) if values else None


def single(type: Type, value: Value) -> Values:
    """Just this value. Raises TypeError when it is not of the type."""
    if type.kind in ORDERED:
        number = inner(value)
        return Span(number, number)
    if not isinstance(value, bool | str):
        raise TypeError(f"{value!r} is not {type.kind}")
    return Among(frozenset({value}))


def anything(type: Type) -> Values:
    """Every value of the type."""
    if type.kind is Kind.BOOLEAN:
        return Among(frozenset({False, True}))
    if type.kind is Kind.DATE:
        return Span(FIRST_DAY, LAST_DAY)
    return Span() if type.kind in ORDERED else Among()


def inner(value: Value) -> Number:
    """A number, an amount or a date as it stands in a span. Raises TypeError for anything else."""
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, bool | str):
        raise TypeError(f"{value!r} has no order")
    return plain(exact.to_fraction(value))


def outer(type: Type, number: Number) -> Value:
    """The value of an ordered type that stands in a span as this number."""
    if type.kind is Kind.DATE:
        return date.fromordinal(int(number))
    return exact.to_decimal(number, type.scale) if type.kind is Kind.DECIMAL else int(number)


def step(type: Type) -> Number:
    """The distance of neighbouring values: a day, or 1 in the last digit."""
    return plain(Fraction(1, 10**type.scale))


# -- sets --------------------------------------------------------------------------------------------------


def union(parts: Iterable[Values | None]) -> Values | None:
    """A set that holds all of them; None when there is none."""
    found = [part for part in parts if part is not None]
    spans = [part for part in found if isinstance(part, Span)]
    if spans:
        return Span(_all(min, (s.low for s in spans)), _all(max, (s.high for s in spans)))
    lists = [part.values for part in found if isinstance(part, Among)]
    if not lists:
        return None
    return Among(frozenset[bool | str]().union(*(v or () for v in lists)) if None not in lists else None)


def meet(left: Values, right: Values) -> Values | None:
    """What is in both; None for nothing."""
    if isinstance(left, Span) and isinstance(right, Span):
        low = _any(max, (left.low, right.low))
        high = _any(min, (left.high, right.high))
        return None if low is not None and high is not None and low > high else Span(low, high)
    if isinstance(left, Among) and isinstance(right, Among):
        if left.values is None or right.values is None:
            return right if left.values is None else left
        both = left.values & right.values
        return Among(both) if both else None
    raise TypeError("only values of one type can be compared")


def without(values: Values, other: Values, step: Number) -> Values | None:
    """What is left when a single value is taken out, where that can be told; None for nothing."""
    if isinstance(values, Among) and isinstance(other, Among):
        if values.values is None or other.values is None or len(other.values) != 1:
            return values
        left = values.values - other.values
        return Among(left) if left else None
    if isinstance(values, Span) and isinstance(other, Span) and other.single:
        low, high = values.low, values.high
        if low is not None and low == other.low:
            low = plain(low + step)
        if high is not None and high == other.low:
            high = plain(high - step)
        return (
            None
            if low is not None and high is not None and low > high
            else replace(values, low=low, high=high)
        )
    return values


def orders(left: Values, right: Values) -> frozenset[int]:
    """How a value of the one can stand to a value of the other: -1, 0, 1. Texts are equal or not (then 1)."""
    both = meet(left, right)
    if isinstance(left, Span) and isinstance(right, Span):
        less = left.low is None or right.high is None or left.low < right.high
        more = left.high is None or right.low is None or right.low < left.high
        return frozenset(o for o, can in ((-1, less), (0, both is not None), (1, more)) if can)
    alike = left == right and isinstance(left, Among) and left.values is not None and len(left.values) == 1
    return frozenset(o for o, can in ((0, both is not None), (1, not alike)) if can)


# -- arithmetic --------------------------------------------------------------------------------------------


def add(left: Span, right: Span) -> Span:
    return Span(_sum(left.low, right.low), _sum(left.high, right.high))


def negate(span: Span) -> Span:
    return Span(None if span.high is None else -span.high, None if span.low is None else -span.low)


def multiply(left: Span, right: Span) -> Span:
    numbers: list[Number] = []
    endless: set[int] = set()
    for one, sign in ((left.low, -1), (left.high, 1)):
        for other, other_sign in ((right.low, -1), (right.high, 1)):
            if one is not None and other is not None:
                numbers.append(plain(one * other))
            elif one == 0 or other == 0:
                numbers.append(0)
            else:
                endless.add(_sign(one, sign) * _sign(other, other_sign))
    low = None if -1 in endless else min(numbers, default=None)
    return Span(low, None if 1 in endless else max(numbers, default=None))


def divide(above: Span, below: Span, step: Number) -> Span | None:
    """Quotients by everything but 0; None when there is nothing else. `below` is a multiple of `step`."""
    parts: list[Span | None] = []
    for side in (Span(step, None), Span(None, -step)):
        match meet(below, side):
            case Span() as part:
                parts.append(multiply(above, _reciprocal(part)))
            case _:
                pass
    whole = union(parts)
    return whole if isinstance(whole, Span) else None


def mapped(span: Span, function: Callable[[Number], Number]) -> Span:
    """The span under a function that never falls and has no end where the span has none."""
    low = None if span.low is None else function(span.low)
    return Span(low, None if span.high is None else function(span.high))


def absolute(span: Span) -> Span:
    turned = negate(span)
    high = _all(max, (span.high, turned.high))
    if span.holds(0):
        return Span(0, high)
    return Span(_any(max, (span.low, turned.low)), high)


def least(spans: Sequence[Span]) -> Span:
    return Span(_all(min, (s.low for s in spans)), _any(min, (s.high for s in spans)))


def greatest(spans: Sequence[Span]) -> Span:
    return Span(_any(max, (s.low for s in spans)), _all(max, (s.high for s in spans)))


def _reciprocal(span: Span) -> Span:
    """Of a span that does not hold 0; an end that is missing comes to 0."""
    low = 0 if span.high is None else plain(1 / Fraction(span.high))
    return Span(low, 0 if span.low is None else plain(1 / Fraction(span.low)))


def _sign(end: Number | None, endless: int) -> int:
    return endless if end is None else 1 if end > 0 else -1


def _sum(left: Number | None, right: Number | None) -> Number | None:
    return None if left is None or right is None else plain(left + right)


_Choice: TypeAlias = Callable[[Iterable[Number]], Number]


def _all(choose: _Choice, ends: Iterable[Number | None]) -> Number | None:
    """The outermost end; none when one has none."""
    found = list(ends)
    numbers = [end for end in found if end is not None]
    return choose(numbers) if len(numbers) == len(found) else None


def _any(choose: _Choice, ends: Iterable[Number | None]) -> Number | None:
    """The innermost end; none when none has one."""
    numbers = [end for end in ends if end is not None]
    return choose(numbers) if numbers else None

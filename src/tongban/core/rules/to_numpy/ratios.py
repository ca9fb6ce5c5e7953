"""Exact quotients for every row, which are only compared or rounded, and rounding of plain numbers.

A ratio is numerator / denominator, times 10 to the power `digits`. Comparisons multiply across; rounding divides
whole numbers. Halves go away from zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tongban.core.rules.ir import Comparison
from tongban.core.rules.to_numpy import flags, quantities, statuses
from tongban.core.rules.to_numpy.flags import both
from tongban.core.rules.to_numpy.instructions import Assembly, Flag
from tongban.core.rules.to_numpy.quantities import Quantity, constant
from tongban.core.rules.to_numpy.statuses import Status
from tongban.core.rules.to_numpy.vectors import Vector


@dataclass(frozen=True, slots=True)
class Ratio:
    """The denominator means nothing in rows that are not known, where it may be 0."""

    numerator: Quantity
    denominator: Quantity
    digits: int
    status: Status


def plain(vector: Vector, scale: int) -> Ratio:
    """A number that is held with so many digits after the point."""
    return Ratio(vector.quantity, constant(1), -scale, vector.status)


def quotient(code: Assembly, above: tuple[Vector, int], below: tuple[Vector, int]) -> Ratio:
    """One number divided by another, each with the digits it is held with after the point."""
    numerator, denominator = above[0], below[0]
    is_zero = quantities.compare(code, "=", denominator.quantity, constant(0))
    is_zero = both(code, is_zero, statuses.known(code, denominator.status))
    status = statuses.perhaps_undefined(code, denominator.status)
    zero = Status(undefined={statuses.DIVISION_BY_ZERO: is_zero})
    status = statuses.strict(code, (numerator.status, statuses.overlaid(code, status, zero)))
    return Ratio(numerator.quantity, denominator.quantity, below[1] - above[1], status)


def compare(code: Assembly, sign: Comparison, left: Ratio, right: Ratio) -> Vector:
    """Multiplied across: a/b < c/d is a*d < c*b, and turned around where b*d is negative."""
    shift = left.digits - right.digits
    first = _product(code, left.numerator, right.denominator, 10 ** max(shift, 0))
    second = _product(code, right.numerator, left.denominator, 10 ** max(-shift, 0))
    first, second = _shortened(code, first, second)
    holds = quantities.compare(code, sign, first, second)
    if sign not in ("=", "<>"):
        is_turned = flags.differ(code, _negative(code, left.denominator), _negative(code, right.denominator))
        if is_turned is not False:
            holds = flags.choose(code, is_turned, quantities.compare(code, sign, second, first), holds)
    return Vector(holds, statuses.strict(code, (left.status, right.status)))


_Product = tuple[int, Quantity]
"""A fixed factor and what it is multiplied with."""


def _product(code: Assembly, one: Quantity, other: Quantity, factor: int) -> _Product:
    for fixed, free in ((one, other), (other, one)):
        if isinstance(fixed.values, int):
            return fixed.values * factor, free
    return factor, quantities.times(code, one, other)


def _shortened(code: Assembly, first: _Product, second: _Product) -> tuple[Quantity, Quantity]:
    """Both sides divided by what their fixed factors have in common: smaller numbers are faster."""
    common = math.gcd(first[0], second[0]) or 1
    left, right = (
        quantities.times(code, constant(factor // common), free) for factor, free in (first, second)
    )
    return left, right


def _negative(code: Assembly, quantity: Quantity) -> Flag:
    return quantities.compare(code, "<", quantity, constant(0))


def rounded(code: Assembly, ratio: Ratio, digits: int) -> Quantity:
    """To so many digits after the point (before it, if negative), and held with those digits."""
    above, below = _whole(code, ratio, digits)
    if below.values == 1:
        return above
    if isinstance(below.values, int):
        half = below.values // 2
        moved = quantities.plus(code, above, constant(half))
        if below.values % 2 == 0:  # there are halves: those of negative numbers go down
            is_negative = quantities.counted(code, _negative(code, above))
            moved = quantities.minus(code, moved, is_negative)
        return quantities.floor_divided(code, moved, below)
    size, divisor = quantities.magnitude(code, above), quantities.magnitude(code, below)
    moved = quantities.plus(code, size, quantities.floor_divided(code, divisor, constant(2)))
    unsigned = quantities.floor_divided(code, moved, divisor)
    is_negative = flags.differ(code, _negative(code, above), _negative(code, below))
    return quantities.choose(code, is_negative, quantities.negated(code, unsigned), unsigned)


def floor(code: Assembly, ratio: Ratio) -> Quantity:
    return quantities.floor_divided(code, *_whole(code, ratio, 0))


def ceil(code: Assembly, ratio: Ratio) -> Quantity:
    above, below = _whole(code, ratio, 0)
    if below.values == 1:
        return above
    return quantities.negated(code, quantities.floor_divided(code, quantities.negated(code, above), below))


def _whole(code: Assembly, ratio: Ratio, digits: int) -> tuple[Quantity, Quantity]:
    """Whole numbers whose ratio is the ratio times 10 to the power `digits`. The second is 0 in no row.

    Where the second is a constant it is positive, and has no factor in common with one of the first.
    """
    shift = ratio.digits + digits
    above, below = ratio.numerator, ratio.denominator
    is_zero = quantities.compare(code, "=", below, constant(0))
    below = quantities.choose(code, is_zero, constant(1), below)
    above = quantities.scaled(code, above, max(shift, 0))
    below = quantities.scaled(code, below, max(-shift, 0))
    divisor = below.values
    if not isinstance(divisor, int):
        return above, below
    if divisor < 0:
        above, divisor = quantities.negated(code, above), -divisor
    if above.product:
        one, factor = above.product
        common = math.gcd(factor, divisor)
        above, divisor = quantities.times(code, one, constant(factor // common)), divisor // common
    return above, constant(divisor)

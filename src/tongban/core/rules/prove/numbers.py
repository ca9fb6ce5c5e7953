"""Arithmetic of the prover: whole numbers of the last digit, and ratios of them."""

from __future__ import annotations

from fractions import Fraction

from tongban.core.rules.prove.logic import Term, World
from tongban.core.rules.prove.outcome import Ratio


def rescaled(number: Term, digits: int, wanted: int) -> Term:
    """The same number with more digits after the point."""
    return number * 10 ** (wanted - digits) if wanted > digits else number


def ratio(number: Term, digits: int) -> Ratio:
    return Ratio(number, 10**digits)


def divided(world: World, above: Ratio, below: Ratio) -> Ratio:
    """Counts only where `below` is not 0."""
    numerator, denominator = above.above * below.below, above.below * below.above
    turned = world.choose(denominator < 0, -numerator, numerator)
    return Ratio(turned, world.absolute(denominator))


def crossed(left: Ratio, right: Ratio) -> tuple[Term, Term]:
    """Two whole numbers that stand to each other as the ratios do."""
    return left.above * right.below, right.above * left.below


def floored(world: World, value: Ratio) -> Term:
    return world.floor_divide(value.above, value.below)


def rounded(world: World, value: Ratio, digits: int) -> Term:
    """Half away from zero to so many digits (negative: before the point), counted in that last digit."""
    shift = Fraction(10) ** digits
    above, below = value.above * shift.numerator, value.below * shift.denominator
    if isinstance(below, int) and below and shift.numerator % below == 0:
        return value.above * (shift.numerator // below)  # it has no more digits than that
    size = world.floor_divide(2 * world.absolute(above) + below, 2 * below)
    return world.choose(above < 0, -size, size)

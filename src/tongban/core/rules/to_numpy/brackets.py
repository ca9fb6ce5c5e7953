"""Bracket tables for every row: the value of the bracket a number lies in, and graduated sums."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.core.rules.to_numpy import quantities
from tongban.core.rules.to_numpy.instructions import Assembly, Flag
from tongban.core.rules.to_numpy.quantities import Quantity, constant


def value(code: Assembly, operand: Quantity, lower: Sequence[int], values: Sequence[int]) -> Quantity:
    """The value of the bracket that holds the operand; that of the first one below it."""
    found = constant(values[0])
    for end, one in zip(lower[1:], values[1:], strict=True):
        reached = quantities.compare(code, ">=", operand, constant(end))
        found = quantities.choose(code, reached, constant(one), found)
    return found


def is_below(code: Assembly, operand: Quantity, lower: Sequence[int]) -> Flag:
    """Whether the operand lies below the first bracket."""
    return quantities.compare(code, "<", operand, constant(lower[0]))


def slices(code: Assembly, operand: Quantity, lower: Sequence[int], values: Sequence[int]) -> Quantity:
    """The sum over the brackets of the part of the operand inside them times their value."""
    total = constant(0)
    for end, following, one in zip(lower, (*lower[1:], None), values, strict=True):
        reached = quantities.greatest(code, operand, constant(end))
        if following is not None:
            reached = quantities.least(code, reached, constant(following))
        part = quantities.minus(code, reached, constant(end))
        total = quantities.plus(code, total, quantities.times(code, part, constant(one)))
    return total

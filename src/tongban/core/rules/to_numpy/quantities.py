"""Whole numbers for each row, with what they are at least and at most, so that nothing ever wraps.

Every operation works out the bounds of its result in Python ints and picks the narrowest type in which its operands
and its result all fit: 8, 16, 32 or 64 bits, else Python's own ints in an array of objects, which are slow and have no
end. Bounds hold for every row, also for those whose value is not known and that nobody looks at.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tongban.core.rules.ir import Comparison
from tongban.core.rules.to_numpy import flags
from tongban.core.rules.to_numpy.columns import Array
from tongban.core.rules.to_numpy.instructions import (
    BOOL,
    OBJECT,
    Assembly,
    Constant,
    Dtype,
    Flag,
    Input,
    Register,
    cast,
)

INT8, INT16, INT32, INT64 = (np.dtype(type) for type in (np.int8, np.int16, np.int32, np.int64))
_WIDTHS: Final = (INT8, INT16, INT32, INT64)


@dataclass(frozen=True, slots=True)
class Quantity:
    values: Register | int
    """An int: the same for every row."""
    low: int
    high: int
    product: tuple[Quantity, int] | None = None
    """Another quantity and what it was multiplied with to give this one, if so."""
    masked: tuple[Quantity, Flag] | None = None
    """Another quantity, which this one is where the flag is set; elsewhere it is 0."""


def constant(value: int) -> Quantity:
    return Quantity(value, value, value)


def width(low: int, high: int) -> Dtype:
    """The narrowest type that holds everything from low to high."""
    for dtype in _WIDTHS:
        bound = 1 << (8 * dtype.itemsize - 1)
        if -bound <= low and high < bound:
            return dtype
    return OBJECT


def common_width(quantities: Iterable[Quantity]) -> Dtype:
    quantities = tuple(quantities)
    return width(min(q.low for q in quantities), max(q.high for q in quantities))


def at(code: Assembly, quantity: Quantity, dtype: Dtype) -> Input:
    """The values in this type, in which they fit."""
    values = quantity.values
    if isinstance(values, int):
        return Constant(values, dtype)
    return values if values.dtype == dtype else code.emit(cast, values, dtype=dtype)


def plus(code: Assembly, left: Quantity, right: Quantity) -> Quantity:
    if right.values == 0:
        return left
    if left.values == 0:
        return right
    return _apply(code, np.add, operator.add, left, right, left.low + right.low, left.high + right.high)


def minus(code: Assembly, left: Quantity, right: Quantity) -> Quantity:
    if right.values == 0:
        return left
    if left.values == right.values:
        return constant(0)
    return _apply(code, np.subtract, operator.sub, left, right, left.low - right.high, left.high - right.low)


def times(code: Assembly, left: Quantity, right: Quantity) -> Quantity:
    for one, other in ((left, right), (right, left)):
        if one.values == 1:
            return other
        if one.values == 0:
            return constant(0)
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    found = _apply(code, np.multiply, operator.mul, left, right, min(ends), max(ends))
    for one, other in ((left, right), (right, left)):
        if isinstance(one.values, int) and isinstance(found.values, Register):
            return replace(found, product=(other, one.values))
    return found


def scaled(code: Assembly, quantity: Quantity, digits: int) -> Quantity:
    """Times 10 to the power `digits`, which is not negative."""
    return times(code, quantity, constant(10**digits))


def floor_divided(code: Assembly, left: Quantity, right: Quantity) -> Quantity:
    """Rounded down. The divisor is 0 in no row, though its bounds may lie on both sides of 0."""
    if right.values == 1:
        return left
    divisors = {right.low, right.high, *(one for one in (-1, 1) if right.low <= one <= right.high)} - {0}
    ends = [a // b for a in (left.low, left.high) for b in divisors]
    return _apply(code, np.floor_divide, _floor_div, left, right, min(ends), max(ends))


def negated(code: Assembly, quantity: Quantity) -> Quantity:
    return _apply_one(code, np.negative, operator.neg, quantity, -quantity.high, -quantity.low)


def magnitude(code: Assembly, quantity: Quantity) -> Quantity:
    if quantity.low >= 0:
        return quantity
    if quantity.high <= 0:
        return negated(code, quantity)
    return _apply_one(code, np.absolute, abs, quantity, 0, max(-quantity.low, quantity.high))


def least(code: Assembly, left: Quantity, right: Quantity) -> Quantity:
    if left.high <= right.low:
        return left
    if right.high <= left.low:
        return right
    low, high = min(left.low, right.low), min(left.high, right.high)
    return _apply(code, np.minimum, min, left, right, low, high)


def greatest(code: Assembly, left: Quantity, right: Quantity) -> Quantity:
    if left.low >= right.high:
        return left
    if right.low >= left.high:
        return right
    low, high = max(left.low, right.low), max(left.high, right.high)
    return _apply(code, np.maximum, max, left, right, low, high)


def choose(code: Assembly, flag: Flag, yes: Quantity, no: Quantity) -> Quantity:
    """`yes` where the flag is set, else `no`."""
    if isinstance(flag, bool):
        return yes if flag else no
    if no.values == 0 and yes.masked:
        return choose(code, flags.both(code, flag, yes.masked[1]), yes.masked[0], no)
    if yes.values == no.values:
        return yes if yes.high - yes.low <= no.high - no.low else no
    low, high = min(yes.low, no.low), max(yes.high, no.high)
    dtype = width(low, high)
    first, second = at(code, yes, dtype), at(code, no, dtype)
    if dtype == OBJECT:
        return Quantity(code.emit(pick, flags.spread(code, flag), first, second, dtype=dtype), low, high)
    mask = flags.mask(code, flag, dtype)
    if isinstance(first, Constant) and isinstance(second, Constant):
        change: Input = Constant(first.value ^ second.value, dtype)
    elif second == Constant(0, dtype):
        change = first
    else:
        change = code.emit(np.bitwise_xor, first, second, dtype=dtype)
    values = code.emit(np.bitwise_and, mask, change, dtype=dtype)
    if second == Constant(0, dtype):
        return Quantity(values, low, high, masked=(yes, flag))
    return Quantity(code.emit(np.bitwise_xor, values, second, dtype=dtype), low, high)


def counted(code: Assembly, flag: Flag) -> Quantity:
    """1 where the flag is set, else 0."""
    if isinstance(flag, bool):
        return constant(int(flag))
    return Quantity(flags.number(code, flag), 0, 1)


_COMPARISONS: Final[dict[Comparison, tuple[Any, Callable[[int, int], bool]]]] = {
    "=": (np.equal, operator.eq),
    "<>": (np.not_equal, operator.ne),
    "<": (np.less, operator.lt),
    "<=": (np.less_equal, operator.le),
    ">": (np.greater, operator.gt),
    ">=": (np.greater_equal, operator.ge),
}


def compare(code: Assembly, sign: Comparison, left: Quantity, right: Quantity) -> Flag:
    """Whether it holds in each row; decided for all of them where the bounds do not meet."""
    kernel, holds = _COMPARISONS[sign]
    if left.values == right.values:
        return holds(0, 0)
    if left.high < right.low or left.low > right.high:
        return holds(left.low, right.low)
    if sign in ("<=", ">") and left.high <= right.low:
        return sign == "<="
    if sign in ("<", ">=") and left.low >= right.high:
        return sign == ">="
    dtype = common_width((left, right))
    if dtype == INT64 and isinstance(right.values, int) and sign != "=":
        return _compare_wide(code, sign, left, right.values)
    return flags.packed(code, code.emit(kernel, at(code, left, dtype), at(code, right, dtype), dtype=BOOL))


def _compare_wide(code: Assembly, sign: Comparison, left: Quantity, right: int) -> Flag:
    """In two ways only, equal and not less: comparing 64 bits costs much more than turning an answer around."""
    match sign:
        case "<>":
            return flags.opposite(code, compare(code, "=", left, constant(right)))
        case "<":
            return flags.opposite(code, _compare_wide(code, ">=", left, right))
        case ">":
            return _compare_wide(code, ">=", left, right + 1)
        case "<=":
            return flags.opposite(code, _compare_wide(code, ">=", left, right + 1))
        case _:
            end = Constant(right, INT64)
            return flags.packed(code, code.emit(np.greater_equal, at(code, left, INT64), end, dtype=BOOL))


def pick(flag: Array, yes: Array, no: Array, *, out: Array) -> None:
    """`yes` where the flag is set, else `no`, for arrays of objects."""
    np.copyto(out, np.where(flag, yes, no))


def _floor_div(left: int, right: int) -> int:
    return left // right


def _apply(
    code: Assembly,
    kernel: Any,
    function: Callable[[int, int], int],
    left: Quantity,
    right: Quantity,
    low: int,
    high: int,
) -> Quantity:
    if isinstance(left.values, int) and isinstance(right.values, int):
        return constant(function(left.values, right.values))
    if low == high:
        return constant(low)
    dtype = width(min(low, left.low, right.low), max(high, left.high, right.high))
    values = code.emit(kernel, at(code, left, dtype), at(code, right, dtype), dtype=dtype)
    return Quantity(values, low, high)


def _apply_one(
    code: Assembly, kernel: Any, function: Callable[[int], int], quantity: Quantity, low: int, high: int
) -> Quantity:
    if isinstance(quantity.values, int):
        return constant(function(quantity.values))
    dtype = width(min(low, quantity.low), max(high, quantity.high))
    return Quantity(code.emit(kernel, at(code, quantity, dtype), dtype=dtype), low, high)

"""Aggregates over the members of relations, for every subject at once. See `ir.Aggregate` and `gather`.

Members stand in rows of their own, those of one subject behind one another; filter and operand are worked out for
all of them, and then what they come to for each subject.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tongban.core.rules.ir import Aggregation
from tongban.core.rules.to_numpy import flags, quantities, statuses, vectors
from tongban.core.rules.to_numpy.columns import Array
from tongban.core.rules.to_numpy.flags import any_of, both, either, opposite, without
from tongban.core.rules.to_numpy.instructions import (
    BOOL,
    SUBJECTS,
    Assembly,
    Constant,
    Dtype,
    Flag,
    Kernel,
    Register,
)
from tongban.core.rules.to_numpy.quantities import Quantity, constant
from tongban.core.rules.to_numpy.statuses import Status
from tongban.core.rules.to_numpy.vectors import Vector

_IDLE: Final = {Aggregation.SUM: constant(0), Aggregation.BOOL_OR: False, Aggregation.BOOL_AND: True}
"""Operands that change nothing, let through or not."""
_JUNCTIONS: Final = {Aggregation.BOOL_OR: True, Aggregation.BOOL_AND: False}
"""What decides."""


@dataclass(frozen=True, slots=True)
class Relation:
    status: Status
    """Of the relation as a whole, for each subject."""
    most: int
    """How many members a subject has at most."""
    offsets: Register
    owners: Register


def aggregate(
    code: Assembly,
    function: Aggregation,
    relation: Relation,
    members: tuple[Vector, Vector] | None,
    anyone: tuple[Vector, Vector] | None,
) -> Vector:
    """`members` are filter and operand for each member, `anyone` for a member of whom nothing is known.

    The second is for subjects of whom it is not known which members they have. None: there are no such rows.
    """
    if members is None:
        assert anyone
        nothing = _JUNCTIONS[function] is False if function in _JUNCTIONS else constant(0)
        return Vector(nothing, _of_anyone(code, function, *anyone))
    added, counts = _contribution(code, function, *members)
    if function in _JUNCTIONS:
        found = _junction(code, function, relation, added, counts)
    else:
        found = _fold(code, function, relation, added, counts)
    if anyone is None:
        return found
    status = _of_anyone(code, function, *anyone)
    return Vector(found.values, statuses.choose(code, relation.status.open, status, found.status))


def _contribution(
    code: Assembly, function: Aggregation, where: Vector, operand: Vector
) -> tuple[Vector, Flag]:
    """What each member adds, and whether it adds a value. A member that adds nothing is known, and not counted."""
    let_in = vectors.is_true(code, where)
    counts = both(code, let_in, statuses.known(code, operand.status))
    found = Status(operand.status.open, False, operand.status.partial, operand.status.undefined)
    status = statuses.where(code, let_in, found)
    status = statuses.overlaid(code, status, _open_filter(code, function, where.status, operand))
    status = statuses.overlaid(code, status, Status(undefined=where.status.undefined))
    return Vector(operand.values, status), counts


def _open_filter(code: Assembly, function: Aggregation, where: Status, operand: Vector) -> Status:
    """What members add whose filter is open; all others are known."""
    matters = without(code, statuses.open_(code, where), _is_idle(code, function, operand))
    partial = either(code, where.partial, statuses.may_be_undefined(code, operand.status))
    idle = Status(partial=without(code, where.partial, matters))
    return statuses.overlaid(code, statuses.opened(code, matters, partial), idle)


def _is_idle(code: Assembly, function: Aggregation, operand: Vector) -> Flag:
    idle: Flag = False
    if function in _IDLE:
        idle = vectors.same(code, operand.values, _IDLE[function])
        idle = both(code, idle, statuses.known(code, operand.status))
    return either(code, idle, operand.status.absent)


def _of_anyone(code: Assembly, function: Aggregation, where: Vector, operand: Vector) -> Status:
    """The status for a subject whose members are not known: how many there are is open too."""
    is_out = both(code, opposite(code, where.flag), statuses.known(code, where.status))
    is_out = either(code, is_out, where.status.absent)
    may_be_undefined = statuses.may_be_undefined(code, where.status)
    filtered = statuses.opened(code, opposite(code, is_out), may_be_undefined)
    status = _open_filter(code, function, filtered, operand)
    if function in (Aggregation.MIN, Aggregation.MAX):
        return Status(status.open, statuses.known(code, status), status.partial)
    return status


def _junction(
    code: Assembly, function: Aggregation, relation: Relation, added: Vector, counts: Flag
) -> Vector:
    decisive = _JUNCTIONS[function]
    wanted = added.flag if decisive else opposite(code, added.flag)
    decided = _any(code, relation, both(code, counts, wanted))
    is_open = _any(code, relation, statuses.open_(code, added.status))
    broken = _any(code, relation, statuses.may_be_undefined(code, added.status))
    left_open = statuses.opened(code, is_open, broken)
    reasons = dict(
        zip(added.status.undefined, _first(code, relation, added.status.undefined.values()), strict=True)
    )
    undefined = {reason: without(code, flag, is_open) for reason, flag in reasons.items()}
    status = statuses.overlaid(code, left_open, Status(undefined=undefined))
    values = decided if decisive else opposite(code, decided)
    return Vector(values, statuses.where(code, opposite(code, decided), status))


def _strict(code: Assembly, relation: Relation, added: Status) -> Status:
    """The first member that is partial or undefined decides. None is absent."""
    partial, *found = _first(code, relation, (added.partial, *added.undefined.values()))
    decided = any_of(code, partial, *found)
    is_open = without(code, _any(code, relation, added.open), decided)
    return Status(is_open, False, partial, dict(zip(added.undefined, found, strict=True)))


def _fold(code: Assembly, function: Aggregation, relation: Relation, added: Vector, counts: Flag) -> Vector:
    status = _strict(code, relation, added.status)
    if function in (Aggregation.MIN, Aggregation.MAX):
        values, empty = _extreme(code, function, relation, added.quantity, counts)
        none = both(code, empty, statuses.known(code, status))
        return Vector(values, statuses.overlaid(code, status, Status(absent=none)))
    each = quantities.choose(code, counts, added.quantity, constant(0))
    return Vector(_sum(code, relation, each), status)


def _sum(code: Assembly, relation: Relation, each: Quantity) -> Quantity:
    low, high = relation.most * min(each.low, 0), relation.most * max(each.high, 0)
    if low == high:
        return constant(low)
    dtype = quantities.width(min(low, each.low), max(high, each.high))
    return Quantity(_reduced(code, relation, each, add_up, dtype), low, high)


def _extreme(
    code: Assembly, function: Aggregation, relation: Relation, each: Quantity, counts: Flag
) -> tuple[Quantity, Flag]:
    """The least or greatest, and whether there is none."""
    least = function is Aggregation.MIN
    harmless = constant(each.high if least else each.low)
    chosen = quantities.choose(code, counts, each, harmless)
    empty = opposite(code, _any(code, relation, counts))
    if chosen.low == chosen.high:
        return constant(chosen.low), empty
    dtype = quantities.width(min(chosen.low, 0), max(chosen.high, 0))
    found = _reduced(code, relation, chosen, smallest if least else largest, dtype)
    return Quantity(found, min(chosen.low, 0), max(chosen.high, 0)), empty


def _reduced(code: Assembly, relation: Relation, each: Quantity, kernel: Kernel, dtype: Dtype) -> Register:
    values = quantities.at(code, each, dtype)
    if not isinstance(values, Register):
        values = code.emit(fill, relation.owners, values, dtype=dtype)
    return code.emit(kernel, values, relation.offsets, dtype=dtype, domain=SUBJECTS, rowwise=False)


def _any(code: Assembly, relation: Relation, flag: Flag) -> Flag:
    """Whether it is set for any member of a subject."""
    if flag is False:
        return False
    if flag is True:
        answers = code.emit(fill, relation.owners, Constant(1, BOOL), dtype=BOOL)
    else:
        answers = flags.spread(code, flag)
    found = code.emit(largest, answers, relation.offsets, dtype=BOOL, domain=SUBJECTS, rowwise=False)
    return flags.packed(code, found)


def _first(code: Assembly, relation: Relation, some: Iterable[Flag]) -> list[Flag]:
    """Of flags that are never set together, each for the subjects whose first member with any of them has it."""
    some = tuple(some)
    possible = [flag for flag in some if flag is not False]
    if len(possible) < 2:
        return [_any(code, relation, flag) for flag in some]
    numbers = constant(0)
    for number, flag in enumerate(some, start=1):
        each = quantities.times(code, quantities.counted(code, flag), constant(number))
        numbers = quantities.plus(code, numbers, each)
    dtype = quantities.width(0, len(some))
    found = Quantity(_reduced(code, relation, numbers, first, dtype), 0, len(some))
    return [quantities.compare(code, "=", found, constant(number)) for number in range(1, len(some) + 1)]


# -- kernels -----------------------------------------------------------------------------------------------


def fill(rows: Array, value: Array, *, out: Array) -> None:
    """The same value for each of the rows."""
    out[...] = value


def add_up(values: Array, offsets: Array, *, out: Array) -> None:
    _reduce(np.add, values, offsets, out)


def smallest(values: Array, offsets: Array, *, out: Array) -> None:
    """0 over none."""
    _reduce(np.minimum, values, offsets, out)


def largest(values: Array, offsets: Array, *, out: Array) -> None:
    """0 over none."""
    _reduce(np.maximum, values, offsets, out)


def first(values: Array, offsets: Array, *, out: Array) -> None:
    """The first value of each subject's members that is not 0: put last, it is the one that stays."""
    out[...] = 0
    places = np.flatnonzero(values)[::-1]
    out[np.searchsorted(offsets, places, side="right") - 1] = values[places]


def _reduce(kernel: np.ufunc, values: Array, offsets: Array, out: Array) -> None:
    out[...] = 0
    filled = offsets[1:] > offsets[:-1]
    starts = offsets[:-1][filled]
    if len(starts):  # a subject without members would be given the first member of the next
        out[filled] = kernel.reduceat(values, starts, dtype=out.dtype)

"""CASE, COALESCE and IS NULL for every row: only the part that is reached counts."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.core.rules.to_numpy import flags, statuses, vectors
from tongban.core.rules.to_numpy.flags import any_of, both, either, without
from tongban.core.rules.to_numpy.instructions import Assembly, Flag
from tongban.core.rules.to_numpy.statuses import Status
from tongban.core.rules.to_numpy.vectors import Vector


def case(code: Assembly, branches: Sequence[tuple[Vector, Vector]], otherwise: Vector) -> Vector:
    """From the last branch to the first: each either is the result, or leaves it to those behind it.

    A branch whose condition is open changes nothing where its value is what would come anyway. That is never so
    where a later condition is undefined, whatever the value is undefined for.
    """
    rest = otherwise
    broken_later: Flag = False
    for condition, value in reversed(branches):
        holds = vectors.is_true(code, condition)
        is_open = statuses.open_(code, condition.status)
        broken = statuses.undefined(code, condition.status)
        moved = without(code, is_open, _same(code, condition, value, rest, broken_later))
        partial = any_of(
            code,
            condition.status.partial,
            statuses.may_be_undefined(code, value.status),
            statuses.may_be_undefined(code, rest.status),
        )
        left = flags.opposite(code, any_of(code, holds, moved, broken))
        status = statuses.where(code, left, rest.status)
        for other in (
            statuses.where(code, holds, value.status),
            statuses.opened(code, moved, partial),
            Status(undefined=condition.status.undefined),
        ):
            status = statuses.overlaid(code, status, other)
        rest = Vector(vectors.choose(code, holds, value.values, rest.values), status)
        broken_later = either(code, without(code, broken_later, holds), broken)
    return rest


def _same(code: Assembly, condition: Vector, value: Vector, rest: Vector, broken_later: Flag) -> Flag:
    """Where a condition that is open does not matter."""
    if condition.status.open is False:
        return False
    known = both(code, statuses.known(code, value.status), statuses.known(code, rest.status))
    same = False if known is False else both(code, known, vectors.same(code, value.values, rest.values))
    same = either(code, same, statuses.same(code, value.status, rest.status))
    return both(code, without(code, same, broken_later), condition.status.open)


def coalesce(code: Assembly, operands: Sequence[Vector]) -> Vector:
    """The first value that is not absent; open as soon as something open is reached."""
    *others, rest = operands
    for operand in reversed(others):
        status = statuses.unless_absent(code, operand.status, rest.status)
        partial = both(code, operand.status.open, statuses.may_be_undefined(code, rest.status))
        status = Status(
            without(code, status.open, partial),
            status.absent,
            either(code, status.partial, partial),
            status.undefined,
        )
        rest = Vector(vectors.choose(code, operand.status.absent, rest.values, operand.values), status)
    return rest


def is_null(code: Assembly, operand: Vector, *, negated: bool) -> Vector:
    absent = operand.status.absent
    status = statuses.unless_absent(code, operand.status, statuses.KNOWN)
    return Vector(flags.opposite(code, absent) if negated else absent, status)

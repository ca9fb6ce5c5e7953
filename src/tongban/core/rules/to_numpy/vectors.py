"""A part of a rule for every row: its values, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tongban.core.rules.to_numpy import flags, quantities, statuses
from tongban.core.rules.to_numpy.columns import Array
from tongban.core.rules.to_numpy.flags import both, either
from tongban.core.rules.to_numpy.instructions import Assembly, Flag, Register
from tongban.core.rules.to_numpy.quantities import Quantity
from tongban.core.rules.to_numpy.statuses import KNOWN, Status

Values: TypeAlias = Flag | Quantity
"""Flags for conditions; whole numbers for everything else, as columns hold them."""


@dataclass(frozen=True, slots=True)
class Vector:
    values: Values
    """What stands in rows that are not known means nothing."""
    status: Status

    @property
    def flag(self) -> Flag:
        assert not isinstance(self.values, Quantity)
        return self.values

    @property
    def quantity(self) -> Quantity:
        assert isinstance(self.values, Quantity)
        return self.values


def known(values: Values) -> Vector:
    return Vector(values, KNOWN)


def is_true(code: Assembly, vector: Vector) -> Flag:
    """Where a condition is known and true."""
    return both(code, vector.flag, statuses.known(code, vector.status))


def choose(code: Assembly, flag: Flag, yes: Values, no: Values) -> Values:
    if isinstance(yes, Quantity):
        assert isinstance(no, Quantity)
        return quantities.choose(code, flag, yes, no)
    assert not isinstance(no, Quantity)
    return flags.choose(code, flag, yes, no)


def same(code: Assembly, left: Values, right: Values) -> Flag:
    if isinstance(left, Quantity):
        assert isinstance(right, Quantity)
        return quantities.compare(code, "=", left, right)
    assert not isinstance(right, Quantity)
    return flags.opposite(code, flags.differ(code, left, right))


def scaled(code: Assembly, vector: Vector, digits: int) -> Vector:
    """Numbers times 10 to the power `digits`; anything else has no digits to add."""
    if isinstance(vector.values, Quantity) and digits:
        return Vector(quantities.scaled(code, vector.values, digits), vector.status)
    return vector


def conjunction(code: Assembly, vectors: list[Vector]) -> Vector:
    """AND."""
    passed: Flag = True
    for vector in vectors:
        passed = both(code, passed, either(code, vector.flag, statuses.unsettled(code, vector.status)))
    status = statuses.junction(code, [vector.status for vector in vectors])
    return Vector(passed, statuses.where(code, passed, status))


def disjunction(code: Assembly, vectors: list[Vector]) -> Vector:
    """OR."""
    holds: Flag = False
    for vector in vectors:
        holds = either(code, holds, is_true(code, vector))
    status = statuses.junction(code, [vector.status for vector in vectors])
    return Vector(holds, statuses.where(code, flags.opposite(code, holds), status))


def lifted(code: Assembly, vector: Vector, owners: Register) -> Vector:
    """What holds for a subject, for each of its members, whose domain is that of `owners`."""

    def flag(one: Flag) -> Flag:
        return (
            one
            if isinstance(one, bool)
            else flags.packed(code, _taken(code, flags.spread(code, one), owners))
        )

    status = Status(
        flag(vector.status.open),
        flag(vector.status.absent),
        flag(vector.status.partial),
        {reason: flag(one) for reason, one in vector.status.undefined.items()},
    )
    if not isinstance(vector.values, Quantity):
        return Vector(flag(vector.values), status)
    values = vector.values.values
    if isinstance(values, Register):
        values = _taken(code, values, owners)
    return Vector(Quantity(values, vector.values.low, vector.values.high), status)


def _taken(code: Assembly, register: Register, owners: Register) -> Register:
    return code.emit(take, register, owners, dtype=register.dtype, domain=owners.domain, rowwise=False)


def take(values: Array, places: Array, *, out: Array) -> None:
    np.take(values, places, out=out, mode="clip")  # other modes copy

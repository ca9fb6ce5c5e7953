"""Yes or no for each row, in one bit each: the logic that everything else is made of. Nothing is unknown here.

An operation on the bits of a block takes less time than Python takes to ask for it, so that conditions and states
cost next to nothing beside numbers.
"""

from __future__ import annotations

import numpy as np

from tongban.core.rules.to_numpy.columns import Array
from tongban.core.rules.to_numpy.instructions import (
    BITS,
    BOOL,
    Assembly,
    Dtype,
    Flag,
    Register,
    bits_of,
    cast,
    rows_of,
)

_BYTE = np.dtype(np.int8)


def both(code: Assembly, left: Flag, right: Flag) -> Flag:
    if isinstance(left, bool):
        return right if left else False
    if isinstance(right, bool):
        return left if right else False
    return left if left == right else code.emit(np.bitwise_and, left, right, dtype=BITS)


def either(code: Assembly, left: Flag, right: Flag) -> Flag:
    if isinstance(left, bool):
        return True if left else right
    if isinstance(right, bool):
        return True if right else left
    return left if left == right else code.emit(np.bitwise_or, left, right, dtype=BITS)


def any_of(code: Assembly, *flags: Flag) -> Flag:
    found: Flag = False
    for flag in flags:
        found = either(code, found, flag)
    return found


def opposite(code: Assembly, flag: Flag) -> Flag:
    return not flag if isinstance(flag, bool) else code.emit(np.invert, flag, dtype=BITS)


def without(code: Assembly, flag: Flag, other: Flag) -> Flag:
    """Where the flag is set and the other is not."""
    return False if flag is False else both(code, flag, opposite(code, other))


def differ(code: Assembly, left: Flag, right: Flag) -> Flag:
    if isinstance(right, bool):
        return opposite(code, left) if right else left
    if isinstance(left, bool):
        return opposite(code, right) if left else right
    return False if left == right else code.emit(np.bitwise_xor, left, right, dtype=BITS)


def choose(code: Assembly, flag: Flag, yes: Flag, no: Flag) -> Flag:
    """`yes` where the flag is set, else `no`."""
    if isinstance(flag, bool):
        return yes if flag else no
    if yes == no:
        return yes
    if isinstance(yes, bool):
        return either(code, flag, no) if yes else without(code, no, flag)
    if isinstance(no, bool):
        return either(code, opposite(code, flag), yes) if no else both(code, flag, yes)
    change = code.emit(np.bitwise_and, flag, code.emit(np.bitwise_xor, yes, no, dtype=BITS), dtype=BITS)
    return code.emit(np.bitwise_xor, no, change, dtype=BITS)


def packed(code: Assembly, answers: Register) -> Register:
    """The flag of an array of bool."""
    return code.emit(pack, answers, dtype=BITS, domain=bits_of(answers.domain), rowwise=False)


def spread(code: Assembly, flag: Register) -> Register:
    """The flag as an array of bool."""
    return code.emit(unpack, flag, dtype=BOOL, domain=rows_of(flag.domain), rowwise=False)


def mask(code: Assembly, flag: Register, dtype: Dtype) -> Register:
    """All bits set where the flag is, else none: to choose without a branch, which costs thirty times as much."""
    found = code.emit(np.negative, number(code, flag), dtype=_BYTE)
    return found if dtype == _BYTE else code.emit(cast, found, dtype=dtype)


def number(code: Assembly, flag: Register) -> Register:
    """1 where the flag is set, else 0."""
    return spread(code, flag).seen_as(_BYTE)


def pack(answers: Array, *, out: Array) -> None:
    found = np.packbits(answers)
    out[-1:] = 0  # of the last word, not all bits are used
    out.view(np.uint8)[: len(found)] = found


def unpack(bits: Array, *, out: Array) -> None:
    out.view(np.uint8)[...] = np.unpackbits(bits.view(np.uint8), count=len(out))


def words(answers: Array) -> Array:
    """An array of bool as words of bits."""
    found = np.zeros(-(-len(answers) // 64), np.uint64)
    bits = np.packbits(answers)
    found.view(np.uint8)[: len(bits)] = bits
    return found


def places(bits: Array, size: int) -> Array:
    """Where a flag is set, of so many rows."""
    octets = bits.view(np.uint8)
    some = np.flatnonzero(octets != 0)
    if len(some) > len(octets) // 4:
        return np.flatnonzero(np.unpackbits(octets, count=size).view(np.bool_))
    inside = np.flatnonzero(np.unpackbits(octets[some]).view(np.bool_))
    found = (some[inside >> 3] << 3) + (inside & 7)
    return found[: np.searchsorted(found, size)]  # of the last word, not all bits stand for a row

"""How many subjects a rule holds for and what it comes to in all, without keeping the result of each.

    Tally(known=9_000, unknown=800, absent=200, undefined=0, holds=0, total=1_234_500)

The sum is exact. Numbers and amounts are counted as columns hold them: in fen, or times a power of ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from tongban.core.rules.to_numpy.columns import Array
from tongban.core.rules.to_numpy.instructions import BOOL, OBJECT, Store
from tongban.core.rules.to_numpy.machine import Found

_LOW: Final = np.int64(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Tally:
    known: int = 0
    unknown: int = 0
    absent: int = 0
    undefined: int = 0
    holds: int = 0
    """Of a condition: for how many it is known to be true."""
    total: int = 0
    """Of numbers and money: the sum of the known ones."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))


class Tallies:
    """A sink: see `machine.Sink`."""

    def __init__(self, lines: Iterable[Store]) -> None:
        self._counts = {line.name: [0] * len(fields(Tally)) for line in lines}

    @property
    def found(self) -> dict[str, Tally]:
        return {name: Tally(*counts) for name, counts in self._counts.items()}

    def put(self, line: Store, rows: slice, found: Found) -> None:
        size = rows.stop - rows.start
        unknown, absent = count(found.unknown, size), count(found.absent, size)
        undefined = sum(count(flag, size) for flag in found.undefined.values())
        known = size - unknown - absent - undefined
        holds = total = 0
        if line.dtype == BOOL:  # a value that is not known is false, or 0
            holds = count(found.values, size)
        elif line.bounds:
            values = found.values
            total = values * known if isinstance(values, int) else _sum(values, *line.bounds)
        counts = self._counts[line.name]
        for place, more in enumerate((known, unknown, absent, undefined, holds, total)):
            counts[place] += more


def count(flag: Array | int, size: int) -> int:
    """In how many rows a flag is set. Bits of the last word that stand for no row are not looked at."""
    if isinstance(flag, int):
        return size if flag else 0
    whole, rest = divmod(size, 64)
    found = int(np.sum(np.bitwise_count(flag[:whole]), dtype=np.int64))
    return found + (
        int(np.count_nonzero(np.unpackbits(flag[whole:].view(np.uint8), count=rest))) if rest else 0
    )


def _sum(values: Array, low: int, high: int) -> int:
    """Nothing wraps: what could not be added up in 64 bits is added up in two parts."""
    if values.dtype == OBJECT:
        return sum(values.tolist())
    most = len(values) * max(-low, high, 1)
    if most < 2**63:
        return int(np.sum(values, dtype=np.int64))
    return (int(np.sum(values >> 31)) << 31) + int(np.sum(values & _LOW))

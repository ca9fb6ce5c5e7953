"""The results of a chunk as columns, one place per subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tongban.core.rules.to_numpy.columns import ABSENT, UNDEFINED, UNKNOWN, Array, Column, Reasons
from tongban.core.rules.to_numpy.instructions import BOOL, Store
from tongban.core.rules.to_numpy.machine import Found


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """The arrays that the result of a rule goes to."""

    values: Array
    state: Array | None
    codes: Array | None


class Results:
    """A sink: see `machine.Sink`."""

    def __init__(self, lines: Iterable[Store], size: int) -> None:
        self._lines = tuple(lines)
        self._rooms = {line.name: _room(line, size) for line in self._lines}

    def put(self, line: Store, rows: slice, found: Found) -> None:
        room, size = self._rooms[line.name], rows.stop - rows.start
        values = _spread(found.values, size) if line.dtype == BOOL else found.values
        np.copyto(room.values[rows], values, casting="unsafe")  # they fit: see `Store.dtype`
        if room.state is not None:
            undefined = [(flag, UNDEFINED) for flag in found.undefined.values()]
            _put([(found.unknown, UNKNOWN), (found.absent, ABSENT), *undefined], room.state[rows])
        if room.codes is not None:
            _put([(flag, number) for number, flag in enumerate(found.undefined.values())], room.codes[rows])

    def columns(self, texts: Mapping[str, int]) -> dict[str, Column]:
        """By rule. `texts` are the numbers of the chunk's texts."""
        categories = tuple(texts)
        found: dict[str, Column] = {}
        for line in self._lines:
            room = self._rooms[line.name]
            reasons = Reasons(tuple(line.undefined), room.codes) if line.undefined else None
            found[line.name] = Column(room.values, room.state, categories if line.is_text else None, reasons)
        return found


def _room(line: Store, size: int) -> _Room:
    is_known = line.unknown is False and line.absent is False and not line.undefined
    return _Room(
        np.empty(size, line.dtype),
        None if is_known else np.empty(size, np.uint8),
        np.empty(size, np.uint16) if len(line.undefined) > 1 else None,
    )


def _put(flags: Iterable[tuple[Array | int, int]], out: Array) -> None:
    """The code of each flag where it is set, 0 (`KNOWN`) elsewhere. In no row is more than one of the flags set."""
    empty = True
    for flag, code in flags:
        if flag is False or not code:
            continue
        bits = _spread(flag, len(out)).astype(out.dtype, copy=False)
        scaled = np.multiply(bits, out.dtype.type(code), out=out if empty else bits)
        if not empty:
            np.bitwise_or(out, scaled, out=out)
        empty = False
    if empty:
        out[...] = 0


def _spread(flag: Array | int, size: int) -> Array:
    if isinstance(flag, int):
        return np.full(size, flag, np.uint8)
    return np.unpackbits(flag.view(np.uint8), count=size)

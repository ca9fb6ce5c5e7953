"""The results of a chunk as columns, one place per subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tongban.core.rules.to_numpy.columns import ABSENT, KNOWN, UNDEFINED, UNKNOWN, Array, Column, Reasons
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
            state = room.state[rows]
            state[...] = KNOWN
            for flag, code in ((found.unknown, UNKNOWN), (found.absent, ABSENT)):
                _put(flag, code, state)
            for flag in found.undefined.values():
                _put(flag, UNDEFINED, state)
        if room.codes is not None:
            codes = room.codes[rows]
            codes[...] = 0
            for number, flag in enumerate(found.undefined.values()):
                _put(flag, number, codes)

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


def _put(flag: Array | int, code: int, out: Array) -> None:
    """The code where the flag is set. No other flag that is put is set there too."""
    if flag is not False and code:
        out |= _spread(flag, len(out)).astype(out.dtype) * out.dtype.type(code)


def _spread(flag: Array | int, size: int) -> Array:
    if isinstance(flag, int):
        return np.full(size, flag, np.uint8)
    return np.unpackbits(flag.view(np.uint8), count=size)

"""Memory for a plan, and the plan carried out: block after block, in arrays small enough for a processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

import numpy as np

from tongban.core.rules.to_numpy.columns import Array
from tongban.core.rules.to_numpy.given import Given
from tongban.core.rules.to_numpy.instructions import (
    SUBJECTS,
    Dtype,
    Instruction,
    Line,
    Load,
    Register,
    Store,
    bits_of,
    offsets_of,
    owners_of,
)
from tongban.core.rules.to_numpy.plan import Plan

BLOCK: Final = 131_072
"""Most subjects that are worked on at a time: 2,048 words of flags, long enough that a step takes longer than beginning
it. With half as many all takes a sixth longer, and on fewer than 500 words NumPy lets no other thread run meanwhile."""

_ALL_KNOWN: Final = np.zeros((), np.uint8)
"""The states of a column that comes without, in a plan that was made for one that had some."""
Step: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The result of a rule for a block. What is the same for every row is an int; arrays of flags are words of bits."""

    values: Array | int
    unknown: Array | int
    absent: Array | int
    undefined: Mapping[str, Array | int]
    """By reason."""


class Sink(Protocol):
    """What results are given to, block after block."""

    def put(self, line: Store, rows: slice, found: Found) -> None:
        """The result of a rule for these rows of the chunk. The arrays are overwritten afterwards."""
        ...


@dataclass(slots=True)
class _Slots:
    """Which array each register is in. An array is free for another once nothing needs what it holds."""

    of: dict[int, int] = field(default_factory=dict[int, int])
    """By register."""
    kinds: list[tuple[str, Dtype]] = field(default_factory=list[tuple[str, "Dtype"]])
    """Domain and type of each slot."""
    free: dict[tuple[str, Dtype], list[int]] = field(default_factory=dict[tuple[str, "Dtype"], list[int]])

    def take(self, register: Register) -> None:
        kind = (register.domain, register.dtype)
        free = self.free.setdefault(kind, [])
        if not free:
            self.kinds.append(kind)
            free.append(len(self.kinds) - 1)
        self.of[register.index] = free.pop()

    def give_back(self, index: int) -> None:
        slot = self.of[index]
        self.free[self.kinds[slot]].append(slot)


class Machine:
    """Carries out a plan. It is used by one thread at a time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._slots = _laid_out(plan.lines)
        self._arrays: list[Array] = [np.empty(0, dtype) for _, dtype in self._slots.kinds]
        self._sizes: dict[str, int] = {}
        self._steps: list[Step] = []
        self._given = Given(0)
        self._sink: Sink | None = None
        self._block = slice(0, 0)
        self._sources: dict[str, Array] = {}

    @property
    def bytes(self) -> int:
        """Memory held for registers."""
        return sum(array.nbytes for array in self._arrays)

    def run(self, given: Given, sink: Sink) -> None:
        """Gives out the results for every subject of the chunk, which the plan covers."""
        self._given, self._sink = given, sink
        rows = _even(given.size)
        for start in range(0, given.size, rows):
            self._block = slice(start, min(start + rows, given.size))
            self._bind(self._open_block())
            for step in self._steps:
                step()
        self._given, self._sink, self._sources = Given(0), None, {}

    def _open_block(self) -> dict[str, int]:
        """Sets what is loaded, and says how many rows there are in each domain."""
        start, stop = self._block.start, self._block.stop
        sizes, self._sources = {SUBJECTS: stop - start}, {}
        for relation, offsets in self._given.offsets.items():
            inside = offsets[start : stop + 1]
            self._sources[offsets_of(relation)] = inside - inside[0]
            self._sources[owners_of(relation)] = np.repeat(np.arange(stop - start), np.diff(inside))
            sizes[relation], sizes[offsets_of(relation)] = int(inside[-1] - inside[0]), len(inside)
        for name, array in self._given.arrays.items():
            relation, point, _ = name.partition(".")
            if point:
                offsets = self._given.offsets[relation]
                self._sources[name] = array[offsets[start] : offsets[stop]]
            else:
                self._sources[name] = array[self._block]
        return sizes | {bits_of(domain): -(-size // 64) for domain, size in sizes.items()}

    def _bind(self, sizes: dict[str, int]) -> None:
        """Makes the steps for these sizes, unless they are what the last block was made for."""
        changed = {domain for domain, size in sizes.items() if self._sizes.get(domain) != size}
        if not changed:
            return
        self._sizes = sizes
        for slot, (domain, dtype) in enumerate(self._slots.kinds):
            if len(self._arrays[slot]) < sizes[domain]:
                self._arrays[slot] = np.empty(sizes[domain], dtype)
        fresh = not self._steps
        if fresh:
            self._steps = [_nothing] * len(self.plan.lines)
        for place, line in enumerate(self.plan.lines):
            if fresh or changed & _domains(line):
                self._steps[place] = self._step(line)

    def _step(self, line: Line) -> Step:
        match line:
            case Instruction():
                inputs = [
                    one.array if not isinstance(one, Register) else self._view(one) for one in line.inputs
                ]
                return partial(line.kernel, *inputs, out=self._view(line.output))
            case Load():
                return partial(self._load, line.source, self._view(line.output))
            case Store():
                undefined = {reason: self._part(flag) for reason, flag in line.undefined.items()}
                values, unknown, absent = map(self._part, (line.values, line.unknown, line.absent))
                return partial(self._store, line, Found(values, unknown, absent, undefined))

    def _part(self, one: Register | int) -> Array | int:
        return self._view(one) if isinstance(one, Register) else one

    def _view(self, register: Register) -> Array:
        array = self._arrays[self._slots.of[register.index]][: self._sizes[register.domain]]
        return array if array.dtype == register.dtype else array.view(register.dtype)

    def _load(self, source: str, out: Array) -> None:
        given = self._sources.get(source, _ALL_KNOWN)
        np.copyto(out, given, casting="unsafe")

    def _store(self, line: Store, found: Found) -> None:
        assert self._sink
        self._sink.put(line, self._block, found)


def _even(size: int) -> int:
    """Rows of a block, all of them alike where that can be: for a remainder every step is made anew."""
    blocks = -(-size // BLOCK)
    return -(-size // blocks) if blocks else 1


def _nothing() -> None:
    raise AssertionError("a step is made before it is run")


def _domains(line: Line) -> set[str]:
    match line:
        case Instruction():
            return {one.domain for one in (*line.inputs, line.output) if isinstance(one, Register)}
        case Load():
            return {line.output.domain}
        case Store():
            return {one.domain for one in line.reads if isinstance(one, Register)}


def _laid_out(lines: Iterable[Line]) -> _Slots:
    lines = tuple(lines)
    last: dict[int, int] = {}
    for place, line in enumerate(lines):
        for register in _read(line):
            last[register.index] = place
    slots = _Slots()
    for place, line in enumerate(lines):
        ending = {register.index for register in _read(line) if last[register.index] == place}
        if isinstance(line, Instruction) and not line.rowwise:
            slots.take(line.output)
            _give_back(slots, ending)
            continue
        _give_back(slots, ending)
        if not isinstance(line, Store):
            slots.take(line.output)
    return slots


def _give_back(slots: _Slots, registers: Iterable[int]) -> None:
    for index in registers:
        slots.give_back(index)


def _read(line: Line) -> list[Register]:
    match line:
        case Instruction():
            found: tuple[Any, ...] = line.inputs
        case Store():
            found = line.reads
        case Load():
            found = ()
    return [one for one in found if isinstance(one, Register)]

"""Chunk after chunk of subjects, on several cores, with the memory of a few chunks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias, TypeVar

from tongban.core.rules.states import Parameters
from tongban.core.rules.to_numpy.columns import Column, Columns
from tongban.core.rules.to_numpy.program import Program, Task
from tongban.core.rules.to_numpy.tallies import Tally

Chunks: TypeAlias = Iterable[tuple[Columns, int]]
"""The columns of each chunk, and its number of subjects: best some ten thousands, always the same."""
_T = TypeVar("_T")


def run_chunks(
    program: Program, chunks: Chunks, parameters: Parameters, workers: int = 2
) -> Iterator[dict[str, Column]]:
    """The results for each chunk, in their order.

    A chunk is taken from `chunks` only when a worker is about to need it, and no more than `workers` + 1 of them
    are held at a time with their results. Raises like `Program.run`, at the chunk that is at fault.
    """
    return _side_by_side(Task.run, program, chunks, parameters, workers)


def tally_chunks(
    program: Program, chunks: Chunks, parameters: Parameters, workers: int = 2
) -> dict[str, Tally]:
    """How many of all subjects each rule holds for, and what it comes to in all. Raises like `Program.run`."""
    total = {name: Tally() for name in program.rules}
    for found in _side_by_side(Task.tally, program, chunks, parameters, workers):
        total = {name: total[name] + tally for name, tally in found.items()}
    return total


def _side_by_side(
    work: Callable[[Task], _T], program: Program, chunks: Chunks, parameters: Parameters, workers: int
) -> Iterator[_T]:
    waiting: deque[Future[_T]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for columns, n in chunks:
            waiting.append(pool.submit(work, program.prepare(columns, parameters, n)))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

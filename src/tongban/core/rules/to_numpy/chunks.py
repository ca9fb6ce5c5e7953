"""Chunk after chunk of subjects, on several cores, with the memory of a few chunks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
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
    return side_by_side(_tasks(Task.run, program, chunks, parameters), workers)


def tally_chunks(
    program: Program, chunks: Chunks, parameters: Parameters, workers: int = 2
) -> dict[str, Tally]:
    """How many of all subjects each rule holds for, and what it comes to in all. Raises like `Program.run`."""
    total = {name: Tally() for name in program.rules}
    for found in side_by_side(_tasks(Task.tally, program, chunks, parameters), workers):
        total = {name: total[name] + tally for name, tally in found.items()}
    return total


def side_by_side(tasks: Iterable[Callable[[], _T]], workers: int = 2) -> Iterator[_T]:
    """What tasks come to, in their order, with so many at work at a time.

    A task is taken only when a worker is about to need it, and no more than `workers` + 1 are held with their results.
    """
    waiting: deque[Future[_T]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for task in tasks:
            waiting.append(pool.submit(task))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _tasks(
    work: Callable[[Task], _T], program: Program, chunks: Chunks, parameters: Parameters
) -> Iterator[Callable[[], _T]]:
    return (partial(work, program.prepare(columns, parameters, n)) for columns, n in chunks)

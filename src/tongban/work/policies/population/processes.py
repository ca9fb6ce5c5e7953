"""A large Parquet file matched by several processes, each part by one of them.

Parts follow the groups of rows of the file. Each can be made without those before it where every row is known to have a key of its
own. Threads do not get as far: they wait for one another, and for memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from tongban.core.planning.population import Matcher
from tongban.core.planning.versions import Versions
from tongban.work.policies.population import engines, parts, sources
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.parts import Part
from tongban.work.policies.population.sources import Groups, Parquet, Source

MANY: Final = 800_000_000
"""Subjects times policies from which on it is worth starting processes: each takes some seconds to begin."""
MOST: Final = 3
"""Processes: each needs half a gigabyte."""
_GROUPS: Final = 4 * sources.ROWS * parts.BATCHES
"""Rows of a part at the most; a file with larger groups cannot be divided well."""


@dataclass(frozen=True, slots=True)
class Job:
    checker: Checker
    matcher: Matcher
    engine: str
    url: str | None
    out: Path
    remember: bool


def worth_it(source: Source, checker: Checker, engine: str, policies: int) -> bool:
    """Whether processes are sooner done with so many policies."""
    if engine != "numpy" or not checker.differ or not isinstance(source, Parquet):
        return False
    groups = source.groups(sources.ROWS * parts.BATCHES)
    rows = [one.rows for one in groups]
    return sum(rows) * policies >= MANY and max(rows) <= _GROUPS and (os.cpu_count() or 1) > 1


def run(source: Source, job: Job, done: frozenset[int]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Rows and what the manifest says, of each part that is not done, in the order in which they are finished.

    Raises BadSource, ColumnUnfit and CannotRun, once the parts that are at work are finished.
    """
    assert isinstance(source, Parquet)
    groups = dict(enumerate(source.groups(sources.ROWS * parts.BATCHES)))
    yield from ((groups[number].rows, None) for number in sorted(done))
    left = [number for number in groups if number not in done]
    if job.engine != "numpy":
        maker = _Maker(source, job)
        yield from ((groups[number].rows, maker.made(number, groups[number])) for number in left)
        return
    workers = max(1, min(MOST, os.cpu_count() or 1, len(left)))
    context = get_context("spawn")  # a fork would take over locks and sessions of other threads
    with ProcessPoolExecutor(workers, context, _begin, (source, job)) as pool:
        futures = {pool.submit(_made, number, groups[number]): number for number in left}
        yield from ((groups[futures[one]].rows, one.result()) for one in _finished(futures))


def _finished(futures: dict[Future[dict[str, Any]], int]) -> Iterator[Future[dict[str, Any]]]:
    """Those that went well; what went wrong first is raised when nothing is at work any more."""
    wrong: BaseException | None = None
    for future in as_completed(futures):
        if future.cancelled():
            continue
        error = future.exception()
        if error is None:
            yield future
        elif wrong is None:
            wrong = error
            for other in futures:
                other.cancel()
    if isinstance(wrong, BrokenProcessPool):
        raise engines.CannotRun(
            "A process ended before its time, for want of memory perhaps. What was finished stays: give the command again."
        ) from wrong
    if wrong is not None:
        raise wrong


class _Maker:
    """Makes parts in one process."""

    def __init__(self, source: Parquet, job: Job) -> None:
        self._source, self._job = source, job
        self._runs = engines.engine(job.engine, Versions([job.matcher]), job.url)

    def made(self, number: int, groups: Groups) -> dict[str, Any]:
        job = self._job
        part = Part(job.out, number, job.matcher)
        for batch in self._source.batches_of(groups, job.checker.wanted(), threads=False):
            checked = job.checker.check_of(self._source, batch)
            size = batch.table.num_rows
            part.take(parts.computed(size, checked, job.matcher, self._runs, job.remember))
        return part.write()


_maker: _Maker | None = None
"""Of a process of the pool."""


def _begin(source: Parquet, job: Job) -> None:
    global _maker
    import pyarrow

    pyarrow.set_cpu_count(1)
    _maker = _Maker(source, job)


def _made(number: int, groups: Groups) -> dict[str, Any]:
    assert _maker is not None
    return _maker.made(number, groups)

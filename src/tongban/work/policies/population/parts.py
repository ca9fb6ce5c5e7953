"""Some batches of subjects matched and written: a part of a result, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from tongban.base.kit import sheets
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import Verdicts
from tongban.work.policies.population import engines, record, rows
from tongban.work.policies.population.checking import Checked, Rejected
from tongban.work.policies.population.rows import Count

BATCHES: Final = 4
"""Of a part."""
REJECTED: Final = "rejected.csv"
HEADER: Final = sheets.MARK + sheets.text(("row", "key", "column", "reason"), [])


@dataclass(frozen=True, slots=True)
class Batch:
    rows: int
    """Of the source, with those that are rejected."""
    skipped: bool
    subjects: int = 0
    rejected: tuple[Rejected, ...] = ()
    counts: Mapping[str, Count] = field(default_factory=dict[str, Count])
    tables: Sequence[Any] = ()
    known: Any = None
    """See `record`."""


def computed(size: int, checked: Checked, matcher: Matcher, runs: engines.Runs, remember: bool) -> Batch:
    n, found = len(checked.keys), dict[str, Verdicts]()
    columns = engines.columns_of(checked.table, matcher)
    if n:
        (found,) = runs.compute(checked.table, columns, n)
    named = checked.keys if remember or rows.many(found) >= n else checked.named
    tables, counts = rows.tables(named, found, matcher)
    known = record.table(named, record.numbers(columns, matcher.needs, n)) if remember else None
    return Batch(size, False, n, checked.rejected, counts, tables, known)


class Part:
    """Some batches of subjects, written one after the other; what is there counts once the part is finished."""

    def __init__(
        self, folder: Path, number: int, matcher: Matcher, writing: ThreadPoolExecutor | None = None
    ) -> None:
        """`writing`: the one thread that encodes rows, while the next batch is read and computed."""
        self._folder, self._number, self._writing = folder, number, writing
        self._target = folder / f"part-{number:05}.parquet"
        self._writer: Any = None
        self._begun: Future[None] | None = None
        self.counts = {name: Count() for name in matcher.conditions}
        self.subjects, self.batches = 0, 0
        self.rejected: tuple[Rejected, ...] = ()
        self._known: list[Any] = []

    def take(self, batch: Batch) -> None:
        from pyarrow import parquet

        self.batches += 1
        self.subjects += batch.subjects
        self.rejected += batch.rejected
        for policy, count in batch.counts.items():
            self.counts[policy].add(count)
        if self._writer is None:
            unfinished = self._target.with_suffix(".part")
            self._writer = parquet.ParquetWriter(
                unfinished, rows.schema(), use_dictionary=list(rows.CODED), write_statistics=False,
                dictionary_pagesize_limit=rows.MOST_WORDS, write_batch_size=rows.BATCH,
            )  # fmt: skip  # nobody asks for ranges of these columns, and they take half of the time
        self._wait()
        if batch.known is not None:
            self._known.append(batch.known)
        if self._writing is None:
            self._append(batch.tables)
        else:
            self._begun = self._writing.submit(self._append, batch.tables)

    def _append(self, tables: Sequence[Any]) -> None:
        for table in tables:
            self._writer.write_table(table)

    def _wait(self) -> None:
        if self._begun is not None:
            self._begun.result()
            self._begun = None

    def write(self) -> dict[str, Any]:
        """The part on disk; what the manifest says of it."""
        self._wait()
        self._writer.close()
        if self._known:
            record.write(self._folder, self._number, self._known)
        write_lines(self._folder / f"rejected-{self._number:05}.csv", self.rejected)
        self._target.with_suffix(".part").replace(self._target)
        return {
            "number": self._number,
            "file": self._target.name,
            "subjects": self.subjects,
            "rejected": len({one.row for one in self.rejected}),
            "counts": {
                name: {one.name: getattr(count, one.name) for one in fields(Count)}
                for name, count in self.counts.items()
            },
        }


def write_rejected(folder: Path, rejected: Sequence[Rejected]) -> None:
    """All of them in one file; no file where there is none."""
    if rejected:
        replace_file(folder / REJECTED, (HEADER + _lines(rejected)).encode())


def write_lines(path: Path, rejected: Sequence[Rejected]) -> None:
    """Without a row of names. Nothing rejected, no file."""
    if rejected:
        path.write_text(_lines(rejected), encoding="utf-8", newline="")


def _lines(rejected: Sequence[Rejected]) -> str:
    rows = [(one.row or "", one.key, one.column, one.reason) for one in rejected]
    return sheets.text((), rows).partition("\r\n")[2]


def replace_file(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)

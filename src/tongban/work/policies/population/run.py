"""A run of policies over a population, and its result: a folder that an interrupted run goes on in.

    result/
      run.json            what was run over what, and the counts of each finished part
      part-00000.parquet  subject, policy, result, amount_fen, failing, missing: nobody to whom a policy is not due
      known-00000.parquet subject, known: what was known of each, as a number; see `record`
    rejected.csv        rows that could not be read: row, key, column, reason

A part is written whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from tongban.base.kit import sheets
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import Verdicts
from tongban.core.planning.versions import Versions
from tongban.core.rules.to_numpy.chunks import side_by_side
from tongban.work.policies.population import engines, keys, record, rows, sources
from tongban.work.policies.population.checking import Checked, Checker, Rejected
from tongban.work.policies.population.rows import Count
from tongban.work.policies.population.sources import Source, Torn

MANIFEST: Final = "run.json"
REJECTED: Final = "rejected.csv"
BATCHES_A_PART: Final = 2
_FORMAT: Final = 5
_HEADER: Final = sheets.MARK + sheets.text(("row", "key", "column", "reason"), [])


class OtherRun(ValueError):
    """The folder holds the result of another run, or other things."""


@dataclass(slots=True)
class Outcome:
    subjects: int = 0
    rejected: int = 0
    counts: dict[str, Count] = field(default_factory=dict[str, Count])
    resumed: int = 0
    """Subjects of parts that were there already."""


def run(
    source: Source,
    checker: Checker,
    matcher: Matcher,
    engine: str,
    out: Path,
    *,
    url: str | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
    differ: bool = False,
    remember: bool = True,
) -> Outcome:
    """Matches every subject, and writes the result into a folder.

    A folder with an unfinished run of the same policies over the same population is gone on with. Raises OtherRun for any
    other folder that is not empty, BadSource for a population that cannot be read, or not to its end: what was finished
    before stays, and CannotRun for an engine that cannot. `differ`: it is known already that every row has a key of its own.
    `remember`: a record is kept of what was known, by which `again` finds who changed.
    """
    book = _Book.open(out, _key(source, checker, matcher))
    outcome = Outcome(counts={name: Count() for name in matcher.conditions})
    for part in book.parts:
        _join(outcome, part)
    outcome.resumed = outcome.subjects + outcome.rejected
    if book.finished:
        outcome.rejected += book.torn
        return outcome
    runs = engines.engine(engine, Versions([matcher]), url)
    if remember:
        record.begin(out, matcher.needs)
    checker.differ = differ or keys.differ_in(source, checker.key)
    done = len(book.parts) * BATCHES_A_PART
    with ThreadPoolExecutor(1) as writing:
        part = _Part(out, len(book.parts), matcher, writing)
        tasks = _tasks(source, checker, matcher, runs, done, remember)
        for found in side_by_side(tasks, runs.workers):
            progress(found.rows)
            if found.skipped:
                continue
            part.take(found)
            if part.batches == BATCHES_A_PART:
                _join(outcome, book.finish(part))
                part = _Part(out, len(book.parts), matcher, writing)
        if part.batches:
            _join(outcome, book.finish(part))
    book.close(source.torn, checker.differ)
    outcome.rejected += len(source.torn.rows)
    return outcome


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: int
    """Of the source, with those that are rejected."""
    skipped: bool
    subjects: int = 0
    rejected: tuple[Rejected, ...] = ()
    counts: Mapping[str, Count] = field(default_factory=dict[str, Count])
    tables: Sequence[Any] = ()
    known: Any = None
    """See `record`."""


def _tasks(
    source: Source, checker: Checker, matcher: Matcher, runs: engines.Runs, done: int, remember: bool
) -> Iterator[Callable[[], _Batch]]:
    """One for each batch. Of those that are done already only the keys are read again."""
    for number, batch in enumerate(source.batches(checker.wanted())):
        size = batch.table.num_rows
        if number < done and checker.differ:
            yield partial(_Batch, size, skipped=True)
            continue
        checked = checker.check(batch)
        rejected = tuple(replace(one, row=source.numbered(one.row)) for one in checked.rejected)
        checked = replace(checked, rejected=rejected)
        if number < done:
            yield partial(_Batch, size, skipped=True)
        else:
            yield partial(_computed, size, checked, matcher, runs, remember)


def _computed(size: int, checked: Checked, matcher: Matcher, runs: engines.Runs, remember: bool) -> _Batch:
    n, found = len(checked.keys), dict[str, Verdicts]()
    columns = engines.columns_of(checked.table, matcher)
    if n:
        (found,) = runs.compute(checked.table, columns, n)
    tables, counts = rows.tables(checked.keys, found, matcher)
    known = record.table(checked.keys, record.numbers(columns, matcher.needs, n)) if remember else None
    return _Batch(size, False, n, checked.rejected, counts, tables, known)


def _key(source: Source, checker: Checker, matcher: Matcher) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "population": source.name,
        "digest": source.digest(),
        "rows": sources.ROWS * BATCHES_A_PART,
        "key": checker.key,
        "checks": checker.digest(),
        "at": matcher.at.isoformat(),
        "policies": {name: matcher.digest(name) for name in matcher.conditions},
        "not_money": [name for name in matcher.conditions if not matcher.is_money(name)],
    }


def _join(outcome: Outcome, part: Mapping[str, Any]) -> None:
    outcome.subjects += part["subjects"]
    outcome.rejected += part["rejected"]
    for name, found in part["counts"].items():
        found = {**found, "near_by": Counter(found["near_by"]), "missing": Counter(found["missing"])}
        outcome.counts[name].add(Count(**found))


@dataclass(slots=True)
class _Book:
    """The manifest of a result."""

    folder: Path
    key: dict[str, Any]
    parts: list[dict[str, Any]]
    finished: bool = False
    torn: int = 0
    """Of a finished run: how many rows were torn."""
    differ: bool = False
    """Of a finished run: whether every row has a key of its own."""

    @classmethod
    def open(cls, folder: Path, key: dict[str, Any]) -> _Book:
        if not folder.is_dir() or not any(folder.iterdir()):
            folder.mkdir(parents=True, exist_ok=True)
            book = cls(folder, key, [])
            book._keep()  # whoever stops in the first part finds a run to go on with
            return book
        try:
            held = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            same, book = held["key"] == key, cls(folder, key, held["parts"], held["finished"], held["torn"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OtherRun(f"{folder} is not empty and holds no run. Choose another folder.") from error
        if not same or (key["digest"] is None and book.parts):
            what = "the policies, their numbers or the population are others now"
            what = what if not same else "nobody can tell whether the table is still the same"
            raise OtherRun(f"{folder} holds a run, and {what}. Choose another folder, or remove this one.")
        return book

    def finish(self, part: _Part) -> dict[str, Any]:
        said = part.write()
        self.parts.append(said)
        self._keep()
        return said

    def close(self, torn: Torn, differ: bool) -> None:
        """Puts what was rejected part by part into one file."""
        _write_rejected(
            self.folder / "rejected-torn.csv",
            [
                Rejected(row, "", "", f"another number of values than there are columns: {text}")
                for row, text in torn.rows
            ],
        )
        each = sorted(self.folder.glob("rejected-*.csv"))
        lines = [line for one in each for line in one.read_text(encoding="utf-8").splitlines(keepends=True)]
        if lines:
            _replace(self.folder / REJECTED, (_HEADER + "".join(lines)).encode())
        self.finished, self.torn, self.differ = True, len(torn.rows), differ
        self._keep()  # before they are taken away: a finished run is not put together again
        for one in each:
            one.unlink()

    def _keep(self) -> None:
        said = {
            "key": self.key, "finished": self.finished, "torn": self.torn, "differ": self.differ, "parts": self.parts,
        }  # fmt: skip
        _replace(self.folder / MANIFEST, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())


class _Part:
    """Some batches of subjects, written one after the other; what is there counts once the part is finished."""

    def __init__(self, folder: Path, number: int, matcher: Matcher, writing: ThreadPoolExecutor) -> None:
        """`writing` is the one thread that encodes rows, while the next batch is read and computed."""
        self._folder, self._number, self._writing = folder, number, writing
        self._target = folder / f"part-{number:05}.parquet"
        self._writer: Any = None
        self._begun: Future[None] | None = None
        self.counts = {name: Count() for name in matcher.conditions}
        self.subjects, self.batches = 0, 0
        self.rejected: tuple[Rejected, ...] = ()
        self._known: list[Any] = []

    def take(self, batch: _Batch) -> None:
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
        _write_rejected(self._folder / f"rejected-{self._number:05}.csv", self.rejected)
        self._target.with_suffix(".part").replace(self._target)
        return {
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
        _replace(folder / REJECTED, (_HEADER + _lines(rejected)).encode())


def _write_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    """Without a row of names. Nothing rejected, no file."""
    if rejected:
        path.write_text(_lines(rejected), encoding="utf-8", newline="")


def _lines(rejected: Sequence[Rejected]) -> str:
    rows = [(one.row or "", one.key, one.column, one.reason) for one in rejected]
    return sheets.text((), rows).partition("\r\n")[2]


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)

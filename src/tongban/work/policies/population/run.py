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
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from tongban.core.planning.population import Matcher
from tongban.core.planning.versions import Versions
from tongban.core.rules.to_numpy.chunks import side_by_side
from tongban.work.policies.population import engines, keys, parts, processes, record, sources
from tongban.work.policies.population.checking import Checker, Rejected
from tongban.work.policies.population.parts import Batch, Part
from tongban.work.policies.population.rows import Count
from tongban.work.policies.population.sources import Source, Torn

MANIFEST: Final = "run.json"
_FORMAT: Final = 6


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
    if remember:
        record.begin(out, matcher.needs)
    checker.differ = differ or keys.differ_in(source, checker.key)
    if not book.parts:
        book.split = processes.worth_it(source, checker, engine, len(matcher.conditions))
    made = (
        processes.run(source, processes.Job(checker, matcher, engine, url, out, remember), book.done)
        if book.split
        else _one_by_one(source, checker, matcher, engines.engine(engine, Versions([matcher]), url), out, book.done, remember)
    )  # fmt: skip
    for rows, part in made:
        progress(rows)
        if part is not None:
            book.add(part)
            _join(outcome, part)
    book.close(source.torn, checker.differ)
    outcome.rejected += len(source.torn.rows)
    return outcome


def _one_by_one(
    source: Source, checker: Checker, matcher: Matcher, runs: engines.Runs, out: Path, done: frozenset[int], remember: bool,
) -> Iterator[tuple[int, dict[str, Any] | None]]:  # fmt: skip
    """The batches in their order: how many rows, and at its end what the manifest says of a part."""
    number = len(done)
    with ThreadPoolExecutor(1) as writing:
        part = Part(out, number, matcher, writing)
        tasks = _tasks(source, checker, matcher, runs, number * parts.BATCHES, remember)
        for found in side_by_side(tasks, runs.workers):
            if not found.skipped:
                part.take(found)
            if part.batches < parts.BATCHES:
                yield found.rows, None
                continue
            yield found.rows, part.write()
            number += 1
            part = Part(out, number, matcher, writing)
        if part.batches:
            yield 0, part.write()


def _tasks(
    source: Source, checker: Checker, matcher: Matcher, runs: engines.Runs, done: int, remember: bool
) -> Iterator[Callable[[], Batch]]:
    """One for each batch. Of those that are done already only the keys are read again."""
    for number, batch in enumerate(source.batches(checker.wanted())):
        size = batch.table.num_rows
        if number < done and checker.differ:
            yield partial(Batch, size, skipped=True)
            continue
        checked = checker.check_of(source, batch)
        if number < done:
            yield partial(Batch, size, skipped=True)
        else:
            yield partial(parts.computed, size, checked, matcher, runs, remember)


def _key(source: Source, checker: Checker, matcher: Matcher) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "population": source.name,
        "digest": source.digest(),
        "rows": sources.ROWS * parts.BATCHES,
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
    split: bool = False
    """Whether parts follow the groups of rows of a Parquet file, so that each can be made without those before it."""

    @property
    def done(self) -> frozenset[int]:
        """Numbers of the parts that are there."""
        return frozenset(part["number"] for part in self.parts)

    @classmethod
    def open(cls, folder: Path, key: dict[str, Any]) -> _Book:
        if not folder.is_dir() or not any(folder.iterdir()):
            folder.mkdir(parents=True, exist_ok=True)
            book = cls(folder, key, [])
            book._keep()  # whoever stops in the first part finds a run to go on with
            return book
        try:
            held = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            same = held["key"] == key
            book = cls(
                folder, key, held["parts"], held["finished"], held["torn"], held["differ"], held["split"]
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OtherRun(f"{folder} is not empty and holds no run. Choose another folder.") from error
        if not same or (key["digest"] is None and book.parts):
            what = "the policies, their numbers or the population are others now"
            what = what if not same else "nobody can tell whether the table is still the same"
            raise OtherRun(f"{folder} holds a run, and {what}. Choose another folder, or remove this one.")
        return book

    def add(self, part: dict[str, Any]) -> None:
        self.parts.append(part)
        self.parts.sort(key=lambda one: one["number"])
        self._keep()

    def close(self, torn: Torn, differ: bool) -> None:
        """Puts what was rejected part by part into one file."""
        parts.write_lines(
            self.folder / "rejected-torn.csv",
            [
                Rejected(row, "", "", f"another number of values than there are columns: {text}")
                for row, text in torn.rows
            ],
        )
        each = sorted(self.folder.glob("rejected-*.csv"))
        lines = [line for one in each for line in one.read_text(encoding="utf-8").splitlines(keepends=True)]
        if lines:
            parts.replace_file(self.folder / parts.REJECTED, (parts.HEADER + "".join(lines)).encode())
        self.finished, self.torn, self.differ = True, len(torn.rows), differ
        self._keep()  # before they are taken away: a finished run is not put together again
        for one in each:
            one.unlink()

    def _keep(self) -> None:
        said = {
            "key": self.key, "finished": self.finished, "torn": self.torn, "differ": self.differ, "split": self.split,
            "parts": self.parts,
        }  # fmt: skip
        # written anew after each part, and ten times faster without lines
        parts.replace_file(self.folder / MANIFEST, (json.dumps(said, ensure_ascii=False) + "\n").encode())

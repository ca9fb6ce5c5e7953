"""Who changed since a run: its record of what was known laid beside the population as it is now.

Where both name the same subjects in the same order, one pass over the file is enough; otherwise the keys are joined first, and
the file is read a second time for the rows of those who changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow
import pyarrow.compute as compute
from pyarrow import parquet

from tongban.core.rules.to_numpy.chunks import side_by_side
from tongban.core.rules.to_numpy.given import Needs
from tongban.work.policies.population import engines, keys, record
from tongban.work.policies.population.checking import Checker, Rejected
from tongban.work.policies.population.sources import Source

_PART: Final = 262_144
"""Subjects of a file of the new record, about."""


@dataclass(frozen=True, slots=True)
class Changes:
    path: Path | None
    """The rows of the subjects that are new or of whom other things are known; None: there are none."""
    changed: int
    gone: Any
    """pyarrow strings: keys of subjects that are not there any more."""
    rejected: tuple[Rejected, ...]


def since(
    before: Path, source: Source, checker: Checker, out: Path, path: Path,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Changes:  # fmt: skip
    """Lays the record in `before` beside a population, and writes the rows of those who changed to `path`, and into `out` a
    record of everybody as known now.

    The checker is for all that was and is read. Raises BadSource.
    """
    held = record.needs_of(before)
    assert held is not None
    looking = _Looking(source, checker, held, out, progress)
    found = _in_order(before, looking, path)
    if found is None:
        path.unlink(missing_ok=True)
        found = _joined(before, looking, path)
    return found


@dataclass(frozen=True, slots=True)
class _Batch:
    keys: Any
    table: Any
    """What is known, of each subject a row."""
    numbers: record.Numbers
    """Of what the earlier run read."""
    fresh: record.Numbers
    """Of what is read now."""


@dataclass(slots=True)
class _Looking:
    """Reads the population batch by batch, as often as need be."""

    source: Source
    checker: Checker
    needs: Needs
    """What the earlier run read."""
    out: Path
    progress: Callable[[int], None]
    rejected: list[Rejected] = field(default_factory=list[Rejected])

    def batches(self, *, keep: bool) -> Iterator[_Batch]:
        """`keep`: writes the new record."""
        self.rejected.clear()
        checker = replace(
            self.checker, seen=keys.Seen([]), differ=keys.differ_in(self.source, self.checker.key)
        )
        if keep:
            for old in self.out.glob("known-*.parquet"):
                old.unlink()
            record.begin(self.out, checker.needs)
        parts, size, number = list[Any](), 0, 0
        for batch in side_by_side(self._tasks(checker)):
            if keep:
                parts.append(record.table(batch.keys, batch.fresh))
                size += len(batch.keys)
                if size >= _PART:
                    record.write(self.out, number, parts)
                    parts, size, number = [], 0, number + 1
            yield batch
        if parts:
            record.write(self.out, number, parts)

    def _tasks(self, checker: Checker) -> Iterable[Callable[[], _Batch]]:
        for batch in self.source.batches(checker.wanted()):
            checked = checker.check_of(self.source, batch)
            self.progress(batch.table.num_rows)
            self.rejected += checked.rejected
            yield partial(self._batch, checked.keys, checked.table)

    def _batch(self, named: Any, table: Any) -> _Batch:
        columns, n = engines.columns_of(table, self.checker), len(named)
        numbers = record.numbers(columns, self.needs, n)
        same = self.needs == self.checker.needs
        return _Batch(
            named, table, numbers, numbers if same else record.numbers(columns, self.checker.needs, n)
        )


def _in_order(before: Path, looking: _Looking, path: Path) -> Changes | None:
    """None: the subjects are others, or come in another order."""
    held, changed = _Held(before), 0
    with _Rows(path, looking.checker.key) as rows:
        for batch in looking.batches(keep=True):
            other = held.differ(batch)
            if other is None:
                return None
            changed += len(other)
            rows.write(batch, other)
    if held.left():
        return None
    return Changes(path if changed else None, changed, _nobody()["subject"].chunk(0), tuple(looking.rejected))


def _joined(before: Path, looking: _Looking, path: Path) -> Changes:
    old = pyarrow.concat_tables([*record.tables(before), _nobody()]).rename_columns(["subject", "was"])
    now = [record.table(batch.keys, batch.numbers) for batch in looking.batches(keep=True)]
    new = pyarrow.concat_tables([*now, _nobody()])
    gone = old.join(new, keys="subject", join_type="left anti")["subject"].combine_chunks()
    both = new.join(old, keys="subject", join_type="left outer")
    same = compute.equal(both["was"], both["known"]).fill_null(False)
    other = both["subject"].filter(compute.invert(same)).combine_chunks()
    rejected = tuple(looking.rejected)
    if len(other):
        with _Rows(path, looking.checker.key) as rows:
            for batch in looking.batches(keep=False):
                chosen = compute.is_in(batch.keys, value_set=other).to_numpy(zero_copy_only=False)
                rows.write(batch, np.flatnonzero(chosen))
    return Changes(path if len(other) else None, len(other), gone, rejected)


class _Held:
    """What a run knew, taken batch by batch."""

    def __init__(self, before: Path) -> None:
        self._tables = record.tables(before)
        self._rest = _nobody()

    def differ(self, batch: _Batch) -> Any:
        """Places of those of whom other things are known; None when the subjects are others."""
        n = len(batch.keys)
        while self._rest.num_rows < n:
            more = next(self._tables, None)
            if more is None:
                return None
            self._rest = pyarrow.concat_tables([self._rest, more])
        part, self._rest = self._rest.slice(0, n).combine_chunks(), self._rest.slice(n)
        if n and not part["subject"].chunk(0).equals(batch.keys):
            return None
        return np.flatnonzero(part["known"].to_numpy() != batch.numbers)

    def left(self) -> bool:
        return bool(self._rest.num_rows) or any(table.num_rows for table in self._tables)


class _Rows:
    """The file of the rows of those who changed. It is there when all of them are in it."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._draft, self._key = path, path.with_suffix(".part"), key
        self._writer: Any = None

    def __enter__(self) -> _Rows:
        return self

    def write(self, batch: _Batch, places: Any) -> None:
        if not len(places):
            return
        chosen = pyarrow.array(places)
        table = batch.table.take(chosen).add_column(0, self._key, batch.keys.take(chosen))
        if self._writer is None:
            self._writer = parquet.ParquetWriter(
                self._draft, _plain(table.schema), store_decimal_as_integer=True
            )
        self._writer.write_table(table.cast(self._writer.schema))

    def __exit__(self, kind: Any, *_: object) -> None:
        if self._writer is None:
            return
        self._writer.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)


def _plain(schema: Any) -> Any:
    """Texts as they are: their lists are others in every batch."""
    dictionary = pyarrow.types.is_dictionary
    return pyarrow.schema(
        [(one.name, one.type.value_type if dictionary(one.type) else one.type) for one in schema]
    )


def _nobody() -> Any:
    return record.table(pyarrow.array([], pyarrow.string()), np.zeros(0, np.uint64))

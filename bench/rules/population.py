"""A population about which the synthetic policies ask: columns made from a seed, chunk by chunk, the same every time.

What is not known is spread evenly: of each fact a share is unknown, another absent. Values are as likely as those of
`synthetic.value`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from bench.rules import synthetic

from tongban.core.rules.to_numpy.columns import ABSENT, DAY_ZERO, KNOWN, UNKNOWN, Column
from tongban.core.rules.types import Kind, Type, Vocabulary

Columns = dict[str, Column]

_DAY_ONE = date(1995, 1, 1)
_DAYS = 11_000


def chunks(rows: int, size: int, *, unknown: float = 0, absent: float = 0) -> Iterator[tuple[Columns, int]]:
    """So many subjects, `size` at a time. The shares say what is not known."""
    vocabulary = synthetic.vocabulary()
    for number, start in enumerate(range(0, rows, size)):
        random, count = np.random.default_rng([20260101, number]), min(size, rows - start)
        yield (
            {
                name: _with_states(random, _column(random, vocabulary, name, count), unknown, absent)
                for name in vocabulary.facts
            },
            count,
        )


def together(parts: list[Columns]) -> Columns:
    """The columns of all chunks end to end."""
    found: Columns = {}
    for name, first in parts[0].items():
        states = [part[name].states for part in parts]
        values = np.concatenate([part[name].values for part in parts])
        found[name] = Column(
            values, np.concatenate(states) if first.state is not None else None, first.categories
        )
    return found


def sliced(columns: Columns, size: int) -> Iterator[tuple[Columns, int]]:
    """The same subjects, `size` at a time."""
    rows = len(next(iter(columns.values())).values)
    for start in range(0, rows, size):
        part = slice(start, start + size)
        yield (
            {
                name: Column(one.values[part], None if one.state is None else one.state[part], one.categories)
                for name, one in columns.items()
            },
            min(size, rows - start),
        )


def write(path: Path, rows: int, size: int, *, unknown: float, keys: bool = False) -> None:
    """A Parquet file of the population, with a column `id` if asked for. A NULL is unknown; nothing is absent."""
    import pyarrow as pa
    from pyarrow import parquet

    types = synthetic.vocabulary().facts
    writer = None
    for number, (columns, count) in enumerate(chunks(rows, size, unknown=unknown)):
        ids = {"id": pa.array(np.arange(number * size, number * size + count))} if keys else {}
        table = pa.table({**ids, **{name: _arrow(types[name], column) for name, column in columns.items()}})
        writer = writer or parquet.ParquetWriter(
            path, table.schema, compression="snappy", store_decimal_as_integer=True
        )
        writer.write_table(table, row_group_size=size)
    assert writer
    writer.close()


def _column(random: Any, vocabulary: Vocabulary, name: str, count: int) -> Column:
    type, spread = vocabulary.facts[name], vocabulary.ranges.get(name)
    match type.kind:
        case Kind.BOOLEAN:
            return Column(random.random(count) < 0.5)
        case Kind.CODE:
            categories = tuple(sorted(vocabulary.code_lists[str(type.codes)]))
            return Column(random.integers(0, len(categories), count).astype(np.int32), None, categories)
        case Kind.DATE:
            first = (_DAY_ONE - DAY_ZERO).days
            return Column((first + random.integers(0, _DAYS, count)).astype(np.int32))
        case Kind.MONEY:
            assert spread
            return Column(np.minimum((10 ** random.uniform(5, 10.9, count)).astype(np.int64), spread.high))
        case Kind.INTEGER:
            return Column((10 ** random.uniform(0, 3.5, count)).astype(np.int64) - 1)
        case _ if type.scale == 2:
            return Column((10 ** random.uniform(3, 7, count)).astype(np.int64))
        case _:
            return Column(random.integers(0, 10_001, count))


def _with_states(random: Any, column: Column, unknown: float, absent: float) -> Column:
    if not unknown + absent:
        return column
    draw = random.random(len(column.values))
    state = np.select([draw < unknown, draw < unknown + absent], [UNKNOWN, ABSENT], KNOWN).astype(np.uint8)
    values = np.where(state == KNOWN, column.values, column.values.dtype.type(0))
    return Column(values, state, column.categories)


def _arrow(type: Type, column: Column) -> Any:
    import pyarrow as pa

    missing = column.states != KNOWN
    match type.kind:
        case Kind.CODE:
            return pa.DictionaryArray.from_arrays(
                pa.array(column.values, mask=missing), pa.array(column.categories)
            )
        case Kind.DATE:
            return pa.array(column.values, pa.int32(), mask=missing).cast(pa.date32())
        case Kind.INTEGER:
            return pa.array(column.values, mask=missing).cast(pa.int32())
        case Kind.DECIMAL:
            words = np.stack([column.values, column.values >> 63], axis=1)
            there = pa.array(~missing).buffers()[1]
            kind = pa.decimal128(9 if type.scale == 2 else 5, type.scale)
            return pa.Array.from_buffers(kind, len(missing), [there, pa.py_buffer(words)])
        case _:
            return pa.array(column.values, mask=missing)

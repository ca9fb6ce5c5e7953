"""A synthetic population for a pack, written to Parquet: one row for each subject, a column for each fact that policies read.

    write(pack, "enterprise", Path("enterprises.parquet"), rows=1_000_000, seed=1, at=date(2026, 11, 1))

The same seed gives the same rows, however many are written: each block of subjects has a stream of its own. Facts whose
distribution is declared (`firms`, `people`) go together; any other is drawn from its type, range and code list. A share
of each fact is not known. Nobody in it exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from tongban.core.packs.model import Fact
from tongban.core.packs.pack import Pack
from tongban.core.planning.population import Matcher
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.types import Kind, Type
from tongban.doors.demo.synthetic import draws
from tongban.doors.demo.synthetic.draws import Block
from tongban.doors.demo.synthetic.firms import firms
from tongban.doors.demo.synthetic.people import people

BLOCK: Final = 65_536
"""Subjects that are drawn together; a change of it changes the population."""
_DRAWS: Final[dict[str, Callable[[Block], None]]] = {"enterprise": firms, "person": people}
_LETTERS: Final = {"enterprise": "E", "person": "P"}


def write(
    pack: Pack, kind: str, path: Path, *, rows: int, seed: int, at: date, unknown: float = 0.03,
    progress: Callable[[int], None] = lambda _rows: None,
) -> tuple[str, ...]:  # fmt: skip
    """Names of the facts and relations in it. The file is written beside its place and moved there when it is whole.

    Raises ValueError for no rows or a day before 1970, OSError where it cannot be written; nothing is left of it then.
    """
    from pyarrow import parquet

    if rows < 1 or at < draws.EPOCH:
        raise ValueError(f"a population has at least one subject, and is as of {draws.EPOCH} or later")
    matcher = Matcher.of_pack(pack, [one for one in pack.policies.values() if one.subject == kind], at)
    draft, writer = path.with_suffix(".part"), None
    try:
        try:
            for table in _tables(pack, kind, matcher.needs, rows, seed, at, unknown):
                writer = writer or parquet.ParquetWriter(
                    draft, table.schema, compression="snappy", store_decimal_as_integer=True
                )
                writer.write_table(table, row_group_size=BLOCK)
                progress(table.num_rows)
        finally:
            if writer is not None:
                writer.close()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return *sorted(matcher.needs.facts), *sorted(matcher.needs.fields)


def _tables(
    pack: Pack, kind: str, needs: Needs, rows: int, seed: int, at: date, unknown: float
) -> Iterator[Any]:
    import pyarrow

    for number, first in enumerate(range(0, rows, BLOCK)):
        # a whole block is drawn even where less is wanted, so that the rows do not hang on how many there are
        block = Block(np.random.default_rng([seed, number, *kind.encode()]), BLOCK, at)
        _DRAWS[kind](block)
        n = min(BLOCK, rows - first)
        columns: dict[str, Any] = {
            "id": pyarrow.array([f"{_LETTERS[kind]}{first + place + 1:09}" for place in range(n)])
        }
        columns["district"] = _districts(pack, block)
        columns |= {name: _array(texts, Type(Kind.TEXT)) for name, texts in block.beside.items()}
        for name, type in sorted(needs.facts.items()):
            fact = pack.facts[name]
            values = draws.fitting(block, fact, _codes(pack, fact), block.columns.get(name))
            none = block.none.get(name)
            hidden = block.random.random(BLOCK) < unknown
            columns[name] = _array(_within(fact, values), type, hidden if none is None else hidden | none)
            if none is not None:
                columns[f"{name}__known"] = pyarrow.array(~hidden)
        for name, fields in sorted(needs.fields.items()):
            columns[name] = _members(pack, block, name, fields, unknown)
        yield pyarrow.table({name: column.slice(0, n) for name, column in columns.items()})


def _within(fact: Fact, values: Any) -> Any:
    """Inside the range that the pack declares."""
    if fact.type in ("boolean", "code", "date", "text"):
        return values
    fen = 100 if fact.type == "money" else 1
    low = None if fact.minimum is None else fact.minimum * fen
    high = None if fact.maximum is None else fact.maximum * fen
    return np.clip(values, low, high) if (low, high) != (None, None) else values


def _array(values: Any, type: Type, hidden: Any = None) -> Any:
    import pyarrow

    match type.kind:
        case Kind.CODE | Kind.TEXT:
            words, places = np.unique(values.astype(str), return_inverse=True)
            indices = pyarrow.array(places.astype(np.int32), mask=hidden)
            return pyarrow.DictionaryArray.from_arrays(
                indices, pyarrow.array(words.tolist(), pyarrow.string())
            )
        case Kind.DATE:
            return pyarrow.array(values.astype("datetime64[D]"), pyarrow.date32(), mask=hidden)
        case Kind.BOOLEAN:
            return pyarrow.array(values.astype(np.bool_), mask=hidden)
        case Kind.DECIMAL:
            whole = pyarrow.array(np.rint(values * 10**type.scale).astype(np.int64), mask=hidden)
            exact = pyarrow.decimal128(18, type.scale)
            return _scaled(whole, type.scale, exact)
        case _:
            return pyarrow.array(values.astype(np.int64), mask=hidden)


def _scaled(whole: Any, scale: int, exact: Any) -> Any:
    """Decimals whose unscaled values these are: the words of a decimal are the number and its sign."""
    import pyarrow

    numbers = whole.fill_null(0).to_numpy()
    words = np.stack([numbers, numbers >> 63], axis=1)
    valid = None if not whole.null_count else whole.is_valid()
    buffers = [None, pyarrow.py_buffer(np.ascontiguousarray(words).tobytes())]
    made = pyarrow.Array.from_buffers(exact, len(numbers), buffers)
    return made if valid is None else made.filter(valid.fill_null(False)).take(_places(valid))


def _places(valid: Any) -> Any:
    """For each row the place of its value among those that are there; none where it is not."""
    import pyarrow

    there = valid.to_numpy(zero_copy_only=False)
    places = np.cumsum(there) - 1
    return pyarrow.array(places, mask=~there)


def _members(pack: Pack, block: Block, name: str, fields: Any, unknown: float) -> Any:
    """Lists of structs; of a share of the subjects nobody knows the list. No more members than the pack lets one have."""
    import pyarrow

    drawn, columns = block.members.get(name, (np.zeros(block.n, np.int64), {}))
    relation = pack.relations[name]
    hidden = block.random.random(block.n) < unknown
    counts = np.where(hidden, 0, np.minimum(drawn, relation.most))
    place = np.arange(int(drawn.sum())) - np.repeat(np.cumsum(drawn) - drawn, drawn)
    columns = {field: values[place < np.repeat(counts, drawn)] for field, values in columns.items()}
    total = int(counts.sum())
    inside = Block(block.random, total, block.at)
    made = {}
    for field in relation.fields:
        if field.id in fields:
            fact = Fact.model_construct(type=field.type, minimum=field.minimum, maximum=field.maximum)
            values = draws.fitting(inside, fact, _codes(pack, field), columns.get(field.id))
            made[field.id] = _array(_within(field, values), fields[field.id])  # type: ignore[arg-type]
    offsets = pyarrow.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    plain = [
        one.dictionary_decode() if pyarrow.types.is_dictionary(one.type) else one for one in made.values()
    ]
    members = pyarrow.StructArray.from_arrays(plain, list(made))
    return pyarrow.ListArray.from_arrays(offsets, members, mask=pyarrow.array(hidden))


def _codes(pack: Pack, fact: Any) -> list[str]:
    found = pack.code_lists.get(fact.codes or "") if getattr(fact, "codes", None) else None
    return [item.code for item in found.items] if found else ["—"]


def _districts(pack: Pack, block: Block) -> Any:
    """Places below that of the pack, the first the most populous; the place itself where there are none."""
    whole = pack.manifest.jurisdiction
    below = [code for code, place in pack.places.items() if place.parent == whole] or [whole]
    weights = 1 / np.arange(1, len(below) + 1)
    drawn = block.random.choice(len(below), block.n, p=weights / weights.sum())
    return _array(np.array(below, dtype=object)[drawn], Type(Kind.TEXT))

"""What a run knew of each subject, as one number, so that a later one can tell who changed.

    known-00000.parquet  subject, known: those of one part, in the order of the source
    needs.json           the facts that the number was made of, with their types

Two subjects of whom the same is known have the same number; that two of whom different things are known have it too is as
likely as one in ten million million million. A fact that is not known adds nothing, whether there is a column of it or not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tongban.core.rules.to_numpy.columns import ABSENT, UNKNOWN, Column, Columns, MemberColumns
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.types import Kind, Type

NEEDS: Final = "needs.json"
Numbers = NDArray[np.uint64]
_MIX: Final = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


def numbers(columns: Columns, needs: Needs, n: int) -> Numbers:
    """Of each of `n` subjects the number of what is known of it."""
    found = np.zeros(n, np.uint64)
    for name in sorted(needs.facts):
        column = columns.get(name)
        if isinstance(column, Column):
            found += _of_column(name, needs.facts[name], column)
    for name in sorted(needs.fields):
        relation = columns.get(name)
        if isinstance(relation, MemberColumns):
            found += _of_relation(name, needs.fields[name], relation)
    return found


def begin(folder: Path, needs: Needs) -> None:
    """Writes down what the numbers of a folder are made of."""
    said = {
        "facts": {name: asdict(type) for name, type in needs.facts.items()},
        "fields": {name: {one: asdict(t) for one, t in of.items()} for name, of in needs.fields.items()},
    }
    (folder / NEEDS).write_text(json.dumps(said, sort_keys=True, indent=1) + "\n", encoding="utf-8")


def needs_of(folder: Path) -> Needs | None:
    """None for a folder without such a record."""
    path = folder / NEEDS
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    return Needs(
        {name: _read(type) for name, type in said["facts"].items()},
        {name: {one: _read(t) for one, t in of.items()} for name, of in said["fields"].items()},
    )


def table(keys: Any, found: Numbers) -> Any:
    """`keys` are pyarrow strings."""
    import pyarrow

    return pyarrow.table({"subject": keys, "known": pyarrow.array(found)})


def write(folder: Path, number: int, known: Sequence[Any]) -> None:
    import pyarrow
    from pyarrow import parquet

    path = folder / f"known-{number:05}.parquet"
    draft = path.with_suffix(".part")
    parquet.write_table(pyarrow.concat_tables(known), draft, use_dictionary=False, write_statistics=False)
    draft.replace(path)


def tables(folder: Path) -> Iterator[Any]:
    """All that was written, in order."""
    from pyarrow import parquet

    for path in sorted(folder.glob("known-*.parquet")):
        yield parquet.read_table(path)


def _of_column(name: str, type: Type, column: Column) -> Numbers:
    """A number for each value, as good as drawn, and another one for each state."""
    salt = _salt(f"{name} {type}")
    if column.values.dtype == object:
        values = np.array([_salt(str(value)) for value in column.values], np.uint64)
    elif column.categories is not None:
        texts = np.array([_salt(text) for text in (*column.categories, "")], np.uint64)
        values = texts[column.values]
    else:
        values = column.values.astype(np.int64, copy=False).view(np.uint64)
    found = _mixed(values ^ salt)
    if column.state is not None:
        found[column.state == ABSENT] = _salt(f"{name} absent")
        found[column.state == UNKNOWN] = 0
    return found


def _of_relation(name: str, fields: Mapping[str, Type], relation: MemberColumns) -> Numbers:
    """Of the members in their order."""
    offsets = relation.offsets.astype(np.int64)
    lengths = np.diff(offsets)
    members = np.zeros(int(offsets[-1]), np.uint64)
    for field in sorted(fields):
        column = relation.fields.get(field)
        if column is not None:
            members += _of_column(f"{name}.{field}", fields[field], column)
    place = np.arange(len(members)) - np.repeat(offsets[:-1], lengths)
    members = _mixed(members ^ place.astype(np.uint64))
    ends = np.concatenate([np.zeros(1, np.uint64), np.cumsum(members, dtype=np.uint64)])
    whole = ends[offsets[1:]] - ends[offsets[:-1]]
    found = _mixed(whole ^ _salt(name) ^ lengths.astype(np.uint64))
    if relation.state is not None:
        found[relation.state == ABSENT] = _salt(f"{name} absent")
        found[relation.state == UNKNOWN] = 0
    return found


def _mixed(numbers: Numbers) -> Numbers:
    """Overwrites what it is given."""
    numbers *= _MIX[0]
    numbers ^= numbers >> np.uint64(32)
    numbers *= _MIX[1]
    numbers ^= numbers >> np.uint64(29)
    return numbers


@lru_cache(maxsize=100_000)
def _salt(text: str) -> np.uint64:
    """The same in every process."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))


def _read(said: Mapping[str, Any]) -> Type:
    return Type(Kind(said["kind"]), said["scale"], said["codes"], said["unit"])

"""Rows of a population as the facts that rules read: values of their types, inside their ranges, one row for each key.

A row with a value that cannot be is set apart with its number, its key, the column and the reason; the others go on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np

from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.types import BadValue, Kind, Range, Type
from tongban.work.policies.population import keys
from tongban.work.policies.population.sources import BadSource, Batch, Source

KNOWN_SUFFIX: Final = "__known"


@dataclass(frozen=True, slots=True)
class Rejected:
    row: int
    """Its place among the rows that could be read, from 1, and at last the number that people know it by."""
    key: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    named: Any
    """The keys as the source holds them: a pyarrow array of texts or whole numbers."""
    table: Any
    """pyarrow.Table of the facts, each of its type."""
    rejected: tuple[Rejected, ...]
    beside: Any = None
    """pyarrow strings: of each subject the value of the column that groups them, where one was asked for."""

    @property
    def keys(self) -> Any:
        """pyarrow strings, made anew each time: of whole numbers that takes as long as reading them."""
        return keys.texts(self.named)


@dataclass(slots=True)
class Checker:
    """Reads the batches of one population, one after the other."""

    key: str
    needs: Needs
    ranges: Mapping[str, Range]
    codes: Mapping[str, frozenset[str]]
    """Of each code list."""
    seen: keys.Seen = field(default_factory=lambda: keys.Seen([]))
    """Keys of the batches before."""
    differ: bool = False
    """Whether it is known already that every row has a key of its own."""
    beside: str | None = None
    """A column that groups the subjects, whether or not it is a fact."""

    @classmethod
    def of(cls, pack: Pack, needs: Needs, ranges: Mapping[str, Range], key: str) -> Checker:
        lists = {
            name: frozenset(item.code for item in found.items) for name, found in pack.code_lists.items()
        }
        return cls(key, needs, ranges, lists)

    def wanted(self) -> frozenset[str]:
        """The columns that are read where they are there."""
        facts = {*self.needs.facts, *self.needs.fields}
        beside = () if self.beside is None else (self.beside,)
        return frozenset({self.key, *beside, *facts, *(name + KNOWN_SUFFIX for name in facts)})

    def digest(self) -> str:
        """Of what decides whether a row is sound: types, ranges and codes of what is read."""
        read = {*self.needs.facts, *self.needs.fields}
        ranges = {name: str(one) for name, one in self.ranges.items() if name.partition(".")[0] in read}
        lists = {type.codes for type in self.needs.facts.values() if type.codes}
        said = {
            "facts": {name: str(type) for name, type in self.needs.facts.items()},
            "fields": {
                name: {one: str(t) for one, t in of.items()} for name, of in self.needs.fields.items()
            },
            "ranges": ranges,
            "codes": {name: sorted(self.codes.get(name, ())) for name in lists},
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def look_over(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Facts that no column tells, which are unknown for everybody. Raises BadSource without a column of keys."""
        there = set(columns)
        if self.key not in there:
            raise BadSource(
                f"There is no column '{self.key}' that tells the subjects apart. Name it: --key COLUMN. "
                f"The columns are {', '.join(sorted(there)[:20])}."
            )
        if self.beside is not None and self.beside not in there:
            raise BadSource(
                f"There is no column '{self.beside}' to group by. The columns are {', '.join(sorted(there)[:20])}."
            )
        return tuple(sorted({*self.needs.facts, *self.needs.fields} - there))

    def check(self, batch: Batch) -> Checked:
        """The sound rows of a batch. Raises BadSource for a column that can hold no fact of its type."""
        import pyarrow

        table, size = batch.table, batch.table.num_rows
        named = keys.plain(table[self.key])
        bad = _Bad(batch.first, named, np.zeros(size, np.bool_), [])
        if not self.differ:
            self._check_keys(table[self.key], bad)
        made: dict[str, Any] = {}
        for name in table.column_names:
            if name == self.key or (name == self.beside and name not in self.needs.facts):
                continue
            array = _one(table[name])
            fact = name.removesuffix(KNOWN_SUFFIX)
            if name != fact and fact in {*self.needs.facts, *self.needs.fields}:
                made[name] = _flags(name, array, bad)
            elif fact in self.needs.facts:
                made[name] = self._column(name, array, self.needs.facts[name], bad)
            else:
                self._check_members(name, array, bad)
                made[name] = array
        beside = None if self.beside is None else _texts(table[self.beside])
        good = pyarrow.table(made) if made else pyarrow.table({"": pyarrow.nulls(size)}).select([])
        if bad.rows.any():
            kept = pyarrow.array(~bad.rows)
            named, good = named.filter(kept), good.filter(kept)
            beside = None if beside is None else beside.filter(kept)
        return Checked(named, good.combine_chunks(), tuple(bad.found), beside)

    def check_of(self, source: Source, batch: Batch) -> Checked:
        """The same, with what is rejected under the numbers by which people find its rows in the source."""
        checked = self.check(batch)
        rejected = tuple(replace(one, row=source.numbered(one.row)) for one in checked.rejected)
        return replace(checked, rejected=rejected)

    def _check_keys(self, column: Any, bad: _Bad) -> None:
        empty = keys.empty(column)
        for place in np.flatnonzero(empty):
            bad.add(int(place), self.key, "the key is empty")
        for place in np.flatnonzero(self.seen.again(column) & ~empty):
            bad.add(int(place), self.key, "another row before it has the same key")

    def _check_members(self, name: str, array: Any, bad: _Bad) -> None:
        """Ranges of the fields of a relation; what else is wrong with it, the engine refuses as a whole."""
        import pyarrow
        import pyarrow.compute as compute

        kinds = pyarrow.types
        if not (kinds.is_list(array.type) and kinds.is_struct(array.type.value_type)):
            raise BadSource(
                f"The column '{name}' holds {array.type}, and what is wanted is a list of structs."
            )
        members, parents = compute.list_flatten(array), compute.list_parent_indices(array)
        for field_ in array.type.value_type:
            type = self.needs.fields[name].get(field_.name)
            if type is None or not (kinds.is_integer(field_.type) or kinds.is_decimal(field_.type)):
                continue
            inside = _Bad(
                0, pyarrow.nulls(len(members), pyarrow.string()), np.zeros(len(members), np.bool_), []
            )
            self._check_range(
                f"{name}.{field_.name}", compute.struct_field(members, field_.name), type, inside
            )
            for one in inside.found:
                bad.add(parents[one.row].as_py(), f"{name}.{field_.name}", one.reason)

    def _column(self, name: str, array: Any, type: Type, bad: _Bad) -> Any:
        """The column as the engines take it. What is known to fit is passed on as it is."""
        import pyarrow

        kinds = pyarrow.types
        plain = array.type.value_type if kinds.is_dictionary(array.type) else array.type
        textual = kinds.is_string(plain) or kinds.is_large_string(plain) or kinds.is_string_view(plain)
        numeric = type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
        if (numeric or type.kind in (Kind.CODE, Kind.TEXT)) and (textual or kinds.is_floating(plain)):
            return self._read(name, array, type, bad)
        if type.kind in (Kind.BOOLEAN, Kind.DATE) and textual:
            return self._read(name, array, type, bad)
        fits = {
            Kind.BOOLEAN: kinds.is_boolean(plain),
            Kind.DATE: kinds.is_date(plain),
            Kind.INTEGER: kinds.is_integer(plain),
            Kind.DECIMAL: kinds.is_integer(plain) or kinds.is_decimal(plain),
            Kind.MONEY: kinds.is_integer(plain) or kinds.is_decimal(plain),
        }.get(type.kind, False)
        if not fits:
            message = f"The column '{name}' holds {array.type}, and what is wanted is {types.describe(type)}."
            raise BadSource(f"{message} Convert the column, or leave it out.")
        self._check_range(name, array, type, bad)
        return array

    def _read(self, name: str, array: Any, type: Type, bad: _Bad) -> Any:
        """A column of texts or floats, each different value read once as people and files write it."""
        import pyarrow
        import pyarrow.compute as compute

        if not pyarrow.types.is_dictionary(array.type):
            array = compute.dictionary_encode(array)
        values: list[Any] = []
        wrong: dict[int, str] = {}
        codes = self.codes.get(type.codes or "")
        for place, raw in enumerate(array.dictionary.to_pylist()):
            value, reason = self._value(name, raw, type, codes)
            values.append(value)
            if reason:
                wrong[place] = reason
        if wrong:
            indices = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            for place in np.flatnonzero(np.isin(indices, list(wrong))):
                bad.add(int(place), name, wrong[int(indices[place])])
        plain = pyarrow.array(values, arrow_type(type))
        if type.kind in (
            Kind.TEXT,
            Kind.CODE,
        ):  # engines take them by their places, which saves writing them all out
            return pyarrow.DictionaryArray.from_arrays(array.indices, plain)
        return plain.take(array.indices)

    def _value(self, name: str, raw: Any, type: Type, codes: frozenset[str] | None) -> tuple[Any, str | None]:
        shown = repr(raw) if isinstance(raw, float) else str(raw)
        if isinstance(raw, float) and (raw != raw or raw in (float("inf"), float("-inf"))):
            return None, f"{shown} is not a number"
        try:
            value = types.read(type, shown, codes)
        except BadValue as error:
            return None, f"'{shown[:40]}': {error}"
        limit = self.ranges.get(name)
        if limit is not None and type.kind not in (Kind.TEXT, Kind.CODE, Kind.BOOLEAN):
            low, high = limit.low, limit.high
            if low is not None and value < low:  # type: ignore[operator]
                return None, f"{shown} is below the least value"
            if high is not None and value > high:  # type: ignore[operator]
                return None, f"{shown} is above the greatest value"
        return value, None

    def _check_range(self, name: str, array: Any, type: Type, bad: _Bad) -> None:
        import pyarrow
        import pyarrow.compute as compute

        limit = self.ranges.get(name)
        if limit is None or type.kind is Kind.BOOLEAN or not len(array):
            return
        yuan = type.kind is Kind.MONEY and pyarrow.types.is_decimal(array.type)
        ends = compute.min_max(array).as_py()
        for end, outermost, compare, words in (
            (limit.low, ends["min"], compute.less, "below the least value"),
            (limit.high, ends["max"], compute.greater, "above the greatest value"),
        ):
            if end is None or outermost is None:
                continue
            bound = Decimal(int(end)) / 100 if yuan else end  # type: ignore[arg-type]
            if (outermost >= bound) if compare is compute.less else (outermost <= bound):
                continue  # the commonest case, and the cheapest to tell
            wrong = compare(array, pyarrow.scalar(bound)).fill_null(False)
            for place in np.flatnonzero(wrong.to_numpy(zero_copy_only=False)):
                bad.add(int(place), name, f"{array[int(place)].as_py()} is {words}")


@dataclass(slots=True)
class _Bad:
    first: int
    keys: Any
    rows: Any
    found: list[Rejected]

    def add(self, place: int, column: str, reason: str) -> None:
        self.rows[place] = True
        self.found.append(Rejected(self.first + place, self._key(place), column, reason))

    def _key(self, place: int) -> str:
        key = self.keys[place].as_py()
        return "" if key is None else str(key)


def _texts(column: Any) -> Any:
    import pyarrow

    array = _one(column)
    if pyarrow.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pyarrow.types.is_nested(array.type):
        raise BadSource(f"A column of {array.type} cannot group subjects.")
    return array.cast(pyarrow.string())


def _flags(name: str, array: Any, bad: _Bad) -> Any:
    import pyarrow

    if pyarrow.types.is_boolean(array.type):
        return array
    if not pyarrow.types.is_string(array.type):
        raise BadSource(f"The column '{name}' holds {array.type}, and what is wanted is true or false.")
    told = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
    values = [None if text is None else told.get(text.strip().lower()) for text in array.to_pylist()]
    for place, (text, value) in enumerate(zip(array.to_pylist(), values, strict=True)):
        if text is not None and value is None:
            bad.add(place, name, f"'{text[:40]}' is neither true nor false")
    return pyarrow.array(values, pyarrow.bool_())


def _one(column: Any) -> Any:
    if not hasattr(column, "chunks"):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def arrow_type(type: Type) -> Any:
    """The Arrow type in which values of a fact are held."""
    import pyarrow

    match type.kind:
        case Kind.BOOLEAN:
            return pyarrow.bool_()
        case Kind.INTEGER | Kind.MONEY:
            return pyarrow.int64()
        case Kind.DECIMAL:
            return pyarrow.decimal128(18, type.scale)
        case Kind.DATE:
            return pyarrow.date32()
        case Kind.TEXT | Kind.CODE:
            return pyarrow.string()

"""Arrow record batches and Parquet files as the columns that rules over many subjects read.

    for found in run_chunks(program, chunks(Path("shops.parquet"), program.needs), parameters):
        ...

A fact stands in the column of its name, or where `refs` says. What is known of it is told as in SQL (see
`to_sql.source.ColumnRef`): a boolean column beside it, `<name>__known` unless `refs` names another, is true where it
is known; a NULL is then absent, and without such a column what `null_means` says. A fact without a column is unknown.

    boolean        bool
    integer        whole numbers, DECIMAL(p, 0)
    decimal(n)     DECIMAL, whole numbers
    money          whole numbers of fen; DECIMAL of yuan
    date           date32, date64
    text, code     strings, also dictionaries
    a relation     lists of structs, with the fields as columns above: `children.born` in `refs`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tongban.core.rules.to_numpy.columns import ABSENT, KNOWN, UNKNOWN, Column, Columns, MemberColumns
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans
from tongban.core.rules.types import MAX_DIGITS, Kind, Type

__all__ = ["ColumnUnfit", "chunks", "columns", "groups"]

ROWS: Final = 131_072
"""Subjects of a chunk: what two cores work on side by side stays below a gigabyte."""
KNOWN_SUFFIX: Final = "__known"


class ColumnUnfit(ValueError):
    """A column does not hold what a fact of its type can be; the message names column, rows, found and wanted type."""


def chunks(
    path: Path, needs: Needs, refs: Mapping[str, ColumnRef] | None = None, *, rows: int = ROWS
) -> Iterator[tuple[Columns, int]]:
    """A Parquet file, so many subjects at a time: their columns and their number. Only what rules need is read.

    Raises ColumnUnfit, and what pyarrow raises for a file it cannot read.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        there = file.schema_arrow.names
        wanted = {column for name in (*needs.facts, *needs.fields) for column in _told_by(name, refs or {})}
        read = [name for name in there if name in wanted]
        for together in groups(file.metadata, rows):
            for batch in file.iter_batches(batch_size=rows, row_groups=together, columns=read):
                yield columns(batch, needs, refs), batch.num_rows


def groups(metadata: Any, rows: int) -> Iterator[list[int]]:
    """Row groups in their order, so many at a time that they hold a chunk. pyarrow keeps what it has read of a group
    until the last of those it was asked for: a file is never asked for whole."""
    together: list[int] = []
    held = 0
    for group in range(metadata.num_row_groups):
        together.append(group)
        held += metadata.row_group(group).num_rows
        if held >= rows:
            yield together
            together, held = [], 0
    if together:
        yield together


def columns(batch: Any, needs: Needs, refs: Mapping[str, ColumnRef] | None = None) -> Columns:
    """The columns of a RecordBatch (or of a Table whose columns are of one chunk each).

    Raises ColumnUnfit.
    """
    import pyarrow

    reader = _Reader(pyarrow, refs or {})
    there = {name: batch.column(place) for place, name in enumerate(batch.schema.names)}
    found: dict[str, Column | MemberColumns] = {}
    for name, type in needs.facts.items():
        if told := reader.find(name, name, there):
            found[name] = reader.column(type, told)
    for name, fields in needs.fields.items():
        if told := reader.find(name, name, there):
            found[name] = reader.members(name, fields, told)
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """An array, and the one beside it that says what is known."""

    name: str
    array: Any
    known: Any | None
    null_means: NullMeans


@dataclass(frozen=True, slots=True)
class _Reader:
    arrow: Any
    refs: Mapping[str, ColumnRef]

    def find(self, key: str, name: str, there: Mapping[str, Any]) -> _Told | None:
        """What tells the fact, or the field `relation.field`, whose own name is `name`. None: it is not there.

        Raises ColumnUnfit when `refs` names a column that is not there.
        """
        ref = self.refs.get(key)
        column, beside = (ref.name, ref.known) if ref else (name, None)
        if column not in there and not ref:
            return None
        for one in (column, beside):
            if one is not None and one not in there:
                raise ColumnUnfit(f"There is no column '{one}', which should tell '{key}'.")
        known = there.get(beside or column + KNOWN_SUFFIX)
        if known is not None and not self.arrow.types.is_boolean(known.type):
            raise _unfit(f"{key}{KNOWN_SUFFIX}", known, "a boolean column")
        null_means = ref.null_means if ref else NullMeans.ABSENT
        return _Told(key, _whole(there[column]), None if known is None else _whole(known), null_means)

    def column(self, type: Type, told: _Told) -> Column:
        state = self._state(told)
        categories = None
        match type.kind:
            case Kind.BOOLEAN:
                values = self._booleans(told)
            case Kind.DATE:
                values = self._days(told)
            case Kind.TEXT | Kind.CODE:
                values, categories = self._texts(told, type)
            case _:
                values = self._numbers(told, type)
        return Column(values, state, categories)

    def members(self, name: str, fields: Mapping[str, Type], told: _Told) -> MemberColumns:
        array, types = told.array, self.arrow.types
        is_list = types.is_list(array.type) or types.is_large_list(array.type)
        if not is_list or not types.is_struct(array.type.value_type):
            raise _unfit(name, array, "a list of structs")
        state = self._state(told)
        lengths = array.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        if state is not None and np.any(lengths[state != KNOWN]):
            raise ColumnUnfit(f"'{name}' has members in rows where it is not known.")
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        inside = array.flatten()
        there = dict(zip((field.name for field in inside.type), inside.flatten(), strict=True))
        found: dict[str, Column] = {}
        for key, type in fields.items():
            if field := self.find(f"{name}.{key}", key, there):
                found[key] = self.column(type, field)
        return MemberColumns(offsets, found, state)

    def _state(self, told: _Told) -> Any | None:
        """None when everything is known."""
        nulls = told.array.null_count
        if told.known is None:
            if not nulls:
                return None
            missing = ABSENT if told.null_means is NullMeans.ABSENT else UNKNOWN
            nothing = _mask(told.array.is_null()).view(np.uint8)
            return np.multiply(nothing, np.uint8(missing), out=nothing)
        known = _mask(told.known.fill_null(False))
        if known.all() and not nulls:
            return None
        there = _mask(told.array.is_valid())
        return np.where(known, np.where(there, np.uint8(KNOWN), np.uint8(ABSENT)), np.uint8(UNKNOWN))

    def _booleans(self, told: _Told) -> Any:
        if not self.arrow.types.is_boolean(told.array.type):
            raise _unfit(told.name, told.array, "boolean")
        return _mask(told.array.fill_null(False))

    def _days(self, told: _Told) -> Any:
        if not self.arrow.types.is_date(told.array.type):
            raise _unfit(told.name, told.array, "a date")
        return _numpy(told.array.cast(self.arrow.date32()).view(self.arrow.int32()))

    def _texts(self, told: _Told, type: Type) -> tuple[Any, tuple[str, ...]]:
        array, types = told.array, self.arrow.types
        plain = array.type.value_type if types.is_dictionary(array.type) else array.type
        if not (types.is_string(plain) or types.is_large_string(plain) or types.is_string_view(plain)):
            raise _unfit(told.name, told.array, f"{type.kind}, a string")
        if not types.is_dictionary(array.type):
            array = array.dictionary_encode()
        return _numpy(array.indices), tuple(array.dictionary.to_pylist())

    def _numbers(self, told: _Told, type: Type) -> Any:
        """Whole numbers with the digits of the type; money in fen."""
        array, types = told.array, self.arrow.types
        if types.is_integer(array.type):
            return self._shifted(told, type, _numpy(array), type.scale)
        if not types.is_decimal(array.type):
            wanted = "money (whole fen, or DECIMAL yuan)" if type.kind is Kind.MONEY else _describe(type)
            raise _unfit(told.name, array, wanted)
        values = self._unscaled(told)
        digits = 2 if type.kind is Kind.MONEY else type.scale
        return self._shifted(told, type, values, digits - array.type.scale)

    def _unscaled(self, told: _Told) -> Any:
        """A DECIMAL without its point, 0 for NULL: two words of 64 bits, of which the second only repeats the sign."""
        array = wide = told.array
        if not self.arrow.types.is_decimal128(array.type):
            try:
                wide = array.cast(self.arrow.decimal128(38, array.type.scale))
            except self.arrow.ArrowInvalid as error:
                raise _unfit(told.name, array, f"at most {MAX_DIGITS} digits") from error
        words = np.frombuffer(wide.buffers()[1], np.int64).reshape(-1, 2)[
            wide.offset : wide.offset + len(wide)
        ]
        low, high = words[:, 0], words[:, 1]
        there = _mask(array.is_valid()) if array.null_count else None
        if there is not None:
            low = np.where(there, low, 0)
        if wide.type.precision <= MAX_DIGITS:
            return low if there is not None else low.copy()
        high = high if there is None else np.where(there, high, 0)
        if np.any(low >> 63 != high):
            raise _unfit(told.name, array, f"at most {MAX_DIGITS} digits")
        return low if array.null_count else low.copy()

    def _shifted(self, told: _Told, type: Type, values: Any, digits: int) -> Any:
        """Times 10 to the power `digits`; 0 stands for NULL. Raises ColumnUnfit for too many digits before or after the
        point."""
        if digits < 0:
            factor = 10**-digits if -digits <= MAX_DIGITS else 10**MAX_DIGITS
            if bad := int(np.count_nonzero(values % factor != 0)):
                raise ColumnUnfit(
                    f"The column '{told.name}' has more digits after the point than {_describe(type)} "
                    f"in {bad:,} of {len(values):,} rows."
                )
            values = values // factor
        limit = 10 ** (MAX_DIGITS - max(digits, 0))
        if len(values) and (values.max() >= limit or values.min() <= -limit):
            bad = int(np.count_nonzero((values >= limit) | (values <= -limit)))
            raise ColumnUnfit(
                f"The column '{told.name}' has more than {MAX_DIGITS} digits in {bad:,} of {len(values):,} rows."
            )
        return values.astype(np.int64) * 10**digits if digits > 0 else values


def _told_by(name: str, refs: Mapping[str, ColumnRef]) -> set[str]:
    """The columns of a table that can tell a fact or relation."""
    ref = refs.get(name)
    if ref is None:
        return {name, name + KNOWN_SUFFIX}
    return {ref.name, ref.known or ref.name + KNOWN_SUFFIX}


def _whole(array: Any) -> Any:
    """One array of a column that may come in pieces, with its NULLs where `is_valid` and `null_count` see them."""
    if hasattr(array, "chunks"):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return (
        array.dictionary_decode() if hasattr(array, "dictionary") and array.dictionary.null_count else array
    )


def _numpy(array: Any) -> Any:
    """The numbers of an array, 0 for NULL, and of the same type: with NULLs pyarrow would make floats of them."""
    return array.fill_null(0).to_numpy(zero_copy_only=False)


def _mask(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False).astype(np.bool_, copy=False)


def _describe(type: Type) -> str:
    return f"decimal({type.scale})" if type.kind is Kind.DECIMAL else str(type.kind)


def _unfit(name: str, array: Any, wanted: str) -> ColumnUnfit:
    return ColumnUnfit(
        f"The column '{name}' holds {array.type} in {len(array):,} rows, and what is wanted is {wanted}."
    )

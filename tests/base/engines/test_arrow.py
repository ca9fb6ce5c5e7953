"""Arrow batches and Parquet files as columns of rules: what is told, what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.core.rules.city import VOCABULARY

from tongban.base.engines import arrow
from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Known, State, Undefined, Unknown
from tongban.core.rules.to_numpy import columns
from tongban.core.rules.to_numpy.chunks import run_chunks
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans
from tongban.core.rules.types import Type, parse_type

UNKNOWN = Unknown(frozenset())
MONEY, DECIMAL, CODE = parse_type("money"), parse_type("decimal(2)"), parse_type("code", codes="kinds")


def told(type: Type, array: Any, *, known: list[bool | None] | None = None, **refs: ColumnRef) -> list[State]:
    """The states of the fact `x` that an array tells."""
    data = {"x": array} | ({"x__known": pa.array(known, pa.bool_())} if known is not None else {})
    batch = pa.record_batch(data)
    (column,) = arrow.columns(batch, Needs({"x": type}, {}), refs).values()
    assert isinstance(column, columns.Column)
    return [columns.state_at(type, column, place) for place in range(batch.num_rows)]


def rule(text: str) -> Rule:
    checked = compile_rule(text, VOCABULARY)
    assert checked.rule, checked.problems
    return checked.rule


@pytest.mark.parametrize(
    ("type", "array", "values"),
    [
        ("boolean", pa.array([True, None, False]), [True, None, False]),
        ("integer", pa.array([1, None, -3], pa.int8()), [1, None, -3]),
        ("integer", pa.array([1, None, 2**40], pa.uint64()), [1, None, 2**40]),
        ("integer", pa.array([Decimal(7), None], pa.decimal128(5, 0)), [7, None]),
        ("decimal(2)", pa.array([Decimal("1.25"), None], pa.decimal128(9, 2)), [Decimal("1.25"), None]),
        ("decimal(2)", pa.array([Decimal("-1.5"), None], pa.decimal128(38, 1)), [Decimal("-1.50"), None]),
        ("decimal(2)", pa.array([Decimal("1.2500")], pa.decimal256(40, 4)), [Decimal("1.25")]),
        ("decimal(2)", pa.array([Decimal("9.10")], pa.decimal64(9, 2)), [Decimal("9.10")]),
        ("decimal(2)", pa.array([3, None], pa.int32()), [Decimal("3.00"), None]),
        ("money", pa.array([12_345, None], pa.int64()), [12_345, None]),
        ("money", pa.array([Decimal("123.45"), Decimal("-0.01")], pa.decimal128(18, 2)), [12_345, -1]),
        ("money", pa.array([Decimal(12)], pa.decimal128(18, 0)), [1_200]),
        ("date", pa.array([date(1, 1, 1), None, date(9999, 12, 31)], pa.date32()), [date.min, None, date.max]),
        ("date", pa.array([date(2024, 2, 29)], pa.date64()), [date(2024, 2, 29)]),
        ("text", pa.array(["a", None, "", "a"]), ["a", None, "", "a"]),
        ("text", pa.array(["a", None], pa.large_string()), ["a", None]),
        ("text", pa.array(["a", None], pa.string_view()), ["a", None]),
        ("text", pa.array(["b", None, "a", "b"]).dictionary_encode(), ["b", None, "a", "b"]),
    ],
)  # fmt: skip
def test_a_column_tells_the_values_of_its_type_and_a_null_is_absent(
    type: str, array: Any, values: list[Any]
) -> None:
    expected = [ABSENT if value is None else Known(value) for value in values]
    assert repr(told(parse_type(type), array)) == repr(expected)


def test_a_slice_of_an_array_tells_its_own_rows_only() -> None:
    numbers = pa.array([Decimal("1.00"), Decimal("2.00"), None, Decimal("4.00")], pa.decimal128(9, 2))
    assert told(DECIMAL, numbers.slice(1, 2)) == [Known(Decimal("2.00")), ABSENT]
    texts = pa.array(["a", "b", None, "c"])
    assert told(CODE, texts.slice(1, 2)) == [Known("b"), ABSENT]


def test_a_null_inside_a_dictionary_is_a_null() -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int8()), pa.array(["a", None]))
    assert told(CODE, array) == [Known("a"), ABSENT, Known("a")]


def test_a_null_is_unknown_where_the_column_says_so() -> None:
    ref = ColumnRef("x", null_means=NullMeans.UNKNOWN)
    assert told(MONEY, pa.array([5, None]), x=ref) == [Known(5), UNKNOWN]


def test_a_column_beside_it_says_what_is_known() -> None:
    known = [True, True, False, None]
    array = pa.array([5, None, 7, 8])
    assert told(MONEY, array, known=known) == [Known(5), ABSENT, UNKNOWN, UNKNOWN]
    ref = ColumnRef("x", known="x__known", null_means=NullMeans.UNKNOWN)
    assert told(MONEY, array, known=known, x=ref) == [Known(5), ABSENT, UNKNOWN, UNKNOWN]


def test_what_is_all_known_needs_no_states() -> None:
    batch = pa.record_batch({"x": pa.array([1, 2]), "x__known": pa.array([True, True])})
    (column,) = arrow.columns(batch, Needs({"x": MONEY}, {})).values()
    assert column.state is None


def test_a_fact_without_a_column_is_left_out() -> None:
    assert not arrow.columns(pa.record_batch({"y": pa.array([1])}), Needs({"x": MONEY}, {"rooms": {}}))


@pytest.mark.parametrize(
    ("type", "array", "words"),
    [
        ("money", pa.array([1.5, float("nan"), None]), "The column 'x' holds double in 3 rows, and what is wanted is money (whole fen, or DECIMAL yuan)."),
        ("decimal(2)", pa.array([1.5] * 1_000), "The column 'x' holds double in 1,000 rows, and what is wanted is decimal(2)."),
        ("integer", pa.array(["1"]), "The column 'x' holds string in 1 rows, and what is wanted is integer."),
        ("integer", pa.array([True]), "The column 'x' holds bool in 1 rows, and what is wanted is integer."),
        ("boolean", pa.array([1]), "The column 'x' holds int64 in 1 rows, and what is wanted is boolean."),
        ("date", pa.array(["2024-01-01"]), "The column 'x' holds string in 1 rows, and what is wanted is a date."),
        ("date", pa.array([0], pa.timestamp("s")), "The column 'x' holds timestamp[s] in 1 rows, and what is wanted is a date."),
        ("text", pa.array([b"a"]), "The column 'x' holds binary in 1 rows, and what is wanted is text, a string."),
        ("text", pa.array([1, 2]).dictionary_encode(), "The column 'x' holds dictionary<values=int64, indices=int32, ordered=0> in 2 rows, and what is wanted is text, a string."),
        ("integer", pa.array([Decimal("1.5"), Decimal("2.0")], pa.decimal128(9, 1)), "The column 'x' has more digits after the point than integer in 1 of 2 rows."),
        ("money", pa.array([Decimal("1.005"), Decimal("2.120")], pa.decimal128(9, 3)), "The column 'x' has more digits after the point than money in 1 of 2 rows."),
        ("decimal(2)", pa.array([10**16, 3]), "The column 'x' has more than 18 digits in 1 of 2 rows."),
        ("money", pa.array([10**18, 3]), "The column 'x' has more than 18 digits in 1 of 2 rows."),
        ("money", pa.array([Decimal(10**20)], pa.decimal128(38, 0)), "The column 'x' holds decimal128(38, 0) in 1 rows, and what is wanted is at most 18 digits."),
        ("money", pa.array([Decimal(10**50)], pa.decimal256(60, 0)), "The column 'x' holds decimal256(60, 0) in 1 rows, and what is wanted is at most 18 digits."),
    ],
)  # fmt: skip
def test_what_a_fact_cannot_be_is_refused_with_name_rows_and_types(type: str, array: Any, words: str) -> None:
    with pytest.raises(arrow.ColumnUnfit) as refusal:
        told(parse_type(type), array)
    assert str(refusal.value) == words


def test_a_null_hides_whatever_stands_under_it() -> None:
    values = np.array([10**20, 5], dtype=object)
    array = pa.array([Decimal(int(v)) for v in values], pa.decimal128(38, 0), mask=np.array([True, False]))
    assert told(MONEY, array) == [ABSENT, Known(500)]


def test_a_column_that_is_named_and_is_not_there_is_refused() -> None:
    with pytest.raises(arrow.ColumnUnfit, match="There is no column 'rent_fen', which should tell 'x'"):
        told(MONEY, pa.array([1]), x=ColumnRef("rent_fen"))
    with pytest.raises(arrow.ColumnUnfit, match="There is no column 'told', which should tell 'x'"):
        told(MONEY, pa.array([1]), x=ColumnRef("x", known="told"))
    batch = pa.record_batch({"x": pa.array([1]), "x__known": pa.array([1])})
    with pytest.raises(
        arrow.ColumnUnfit, match="holds int64 in 1 rows, and what is wanted is a boolean column"
    ):
        arrow.columns(batch, Needs({"x": MONEY}, {}))


FIELDS = {"area": parse_type("decimal(1)"), "owned": parse_type("boolean")}
ROOM = pa.struct([("area", pa.decimal128(9, 1)), ("owned", pa.bool_()), ("owned__known", pa.bool_())])


def test_a_list_of_structs_tells_the_members_of_a_relation() -> None:
    rooms = [
        [{"area": Decimal("20.5"), "owned": True, "owned__known": True}, None],
        None,
        [],
        [{"area": None, "owned": True, "owned__known": False}],
    ]
    batch = pa.record_batch({"rooms": pa.array(rooms, pa.list_(ROOM))})
    (found,) = arrow.columns(batch, Needs({}, {"rooms": FIELDS})).values()
    assert isinstance(found, columns.MemberColumns)
    assert found.offsets.tolist() == [0, 2, 2, 2, 3]
    assert found.state is not None
    assert found.state.tolist() == [columns.KNOWN, columns.ABSENT, columns.KNOWN, columns.KNOWN]
    states = {
        name: [columns.state_at(type, found.fields[name], place) for place in range(3)]
        for name, type in FIELDS.items()
    }
    assert states == {
        "area": [Known(Decimal("20.5")), ABSENT, ABSENT],
        "owned": [Known(True), UNKNOWN, UNKNOWN],
    }


def test_members_of_a_relation_that_is_not_known_are_refused() -> None:
    rooms = pa.array([[{"area": Decimal("1.0")}]], pa.list_(ROOM))
    batch = pa.record_batch({"rooms": rooms, "rooms__known": pa.array([False])})
    with pytest.raises(arrow.ColumnUnfit, match="'rooms' has members in rows where it is not known"):
        arrow.columns(batch, Needs({}, {"rooms": FIELDS}))
    with pytest.raises(
        arrow.ColumnUnfit, match=r"holds list<.*> in 1 rows, and what is wanted is a list of structs"
    ):
        arrow.columns(pa.record_batch({"rooms": pa.array([[1]])}), Needs({}, {"rooms": FIELDS}))


def test_a_parquet_file_is_read_chunk_by_chunk(tmp_path: Path) -> None:
    rows: Mapping[str, Any] = {
        "area": pa.array(
            [Decimal("25.0"), None, Decimal("70.5"), Decimal("8.0"), Decimal("60.0")], pa.decimal128(9, 1)
        ),
        "kind": pa.array(["bakery", "hotpot", None, "bakery", "noodles"]).dictionary_encode(),
        "seats": pa.array([1, 0, 2, 4, 0]),
        "seats__known": pa.array([True, True, True, False, True]),
        "unread": pa.array([1.5] * 5),
    }
    parquet.write_table(pa.table(rows), tmp_path / "shops.parquet", row_group_size=3)
    rules = {"large": rule("area >= 60 AND kind <> 'hotpot'"), "share": rule("area / seats >= 20")}
    made = program(rules)
    chunks = list(arrow.chunks(tmp_path / "shops.parquet", made.needs, rows=2))
    assert sum(n for _, n in chunks) == 5
    assert all("unread" not in given for given, _ in chunks)
    found: dict[str, list[State]] = {"large": [], "share": []}
    for results in run_chunks(made, chunks, {}):
        for name, column in results.items():
            found[name] += [columns.state_at(rules[name].type, column, i) for i in range(len(column.values))]
    nothing, broken = ABSENT, Undefined("division by zero")
    assert found["large"] == [Known(False), Known(False), nothing, Known(False), Known(True)]
    assert found["share"] == [Known(True), broken, Known(True), UNKNOWN, broken]


@pytest.mark.parametrize("group", [1, 7, 10, 30, 100])
def test_every_row_of_every_row_group_comes_once_and_in_order(tmp_path: Path, group: int) -> None:
    path = tmp_path / "shops.parquet"
    parquet.write_table(pa.table({"seats": pa.array(range(95), pa.int64())}), path, row_group_size=group)
    found = list(arrow.chunks(path, program({"some": rule("seats > 0")}).needs, rows=10))
    assert [value for part, _ in found for value in part["seats"].values] == list(range(95))  # type: ignore[union-attr]
    assert max(rows for _, rows in found) <= 10

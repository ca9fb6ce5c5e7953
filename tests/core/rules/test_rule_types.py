"""Values come in by `read`, go out by `write`, and are exact on the way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.core.rules.types import BadValue, Kind, Type, parse_type, read, write


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        ("boolean", True, True),
        ("boolean", "false", False),
        ("boolean", " TRUE ", True),
        ("integer", 12, 12),
        ("integer", " 12 ", 12),
        ("integer", "１２０", 120),
        ("integer", "-3", -3),
        ("integer", Decimal("5.0"), 5),
        ("decimal(2)", "0.5", Decimal("0.50")),
        ("decimal(2)", "１.５", Decimal("1.50")),
        ("decimal(2)", 3, Decimal("3.00")),
        ("decimal(2)", "1.500", Decimal("1.50")),
        ("money", 5, 5),
        ("money", "5", 500),
        ("money", "1000.50", 100050),
        ("money", Decimal("0.01"), 1),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("date", "２０２６-02-28", date(2026, 2, 28)),
        ("date", date(2026, 2, 28), date(2026, 2, 28)),
        ("text", "  老王面馆 ", "老王面馆"),
    ],
)
def test_what_people_and_files_write_is_read(type: str, raw: Any, value: Any) -> None:
    found = read(parse_type(type), raw)
    assert found == value
    assert str(found) == str(value)


@pytest.mark.parametrize(
    ("type", "raw", "code"),
    [
        ("boolean", "yes", "not-a-boolean"),
        ("boolean", 1, "not-a-boolean"),
        ("integer", "1.5", "too-many-decimals"),
        ("integer", "1e3", "not-a-number"),
        ("integer", "1,000", "not-a-number"),
        ("integer", "", "not-a-number"),
        ("integer", True, "not-a-number"),
        ("integer", 1.0, "not-a-number"),
        ("integer", 10**18, "too-long"),
        ("integer", "9" * 5000, "too-long"),
        ("decimal(2)", "1.005", "too-many-decimals"),
        ("decimal(2)", Decimal("NaN"), "not-a-number"),
        ("decimal(2)", Decimal("1E+1000000000"), "too-long"),
        ("decimal(2)", Decimal("1E-1000000000"), "too-long"),
        ("money", "10.005", "too-many-decimals"),
        ("money", "¥10", "not-a-number"),
        ("money", True, "not-a-number"),
        ("date", "2026-02-30", "not-a-date"),
        ("date", "2026/02/03", "not-a-date"),
        ("date", datetime(2026, 2, 3, 4, 5), "not-a-date"),
        ("text", 5, "not-text"),
        ("text", "a\x00b", "not-text"),
        ("text", "a" * 2001, "too-long"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_read_is_refused_by_code_and_with_what_to_type(type: str, raw: Any, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        read(parse_type(type), raw)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_a_code_is_checked_against_its_list_when_the_list_is_given() -> None:
    kinds = parse_type("code", codes="kinds")
    assert read(kinds, "bar", frozenset({"bar"})) == "bar"
    assert read(kinds, "pub") == "pub"
    with pytest.raises(BadValue, match="listed values") as refused:
        read(kinds, "pub", frozenset({"bar"}))
    assert refused.value.code == "not-in-list"


def test_a_type_is_read_from_what_a_pack_says() -> None:
    assert parse_type("decimal(2)", unit="m2") == Type(Kind.DECIMAL, scale=2, unit="m2")
    assert parse_type("code", codes="kinds") == Type(Kind.CODE, codes="kinds")
    for text in ("decimal", "decimal(12)", "float", "", "INTEGER", "code"):
        with pytest.raises(ValueError):
            parse_type(text)
    for extra in ({"codes": "kinds"}, {"unit": "m2"}):
        with pytest.raises(ValueError):
            parse_type("date", **extra)


VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.BOOLEAN: st.booleans(),
    Kind.INTEGER: st.integers(-(10**17), 10**17),
    Kind.DECIMAL: st.integers(-(10**17), 10**17).map(lambda n: Decimal(n).scaleb(-2)),
    Kind.MONEY: st.integers(-(10**17), 10**17),
    Kind.DATE: st.dates(),
    Kind.TEXT: st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=30).map(str.strip),
    Kind.CODE: st.sampled_from(["noodles", "bar"]),
}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_what_is_written_is_read_back(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(Kind)))
    type = Type(kind, scale=2 if kind is Kind.DECIMAL else 0, codes="kinds" if kind is Kind.CODE else None)
    value = data.draw(VALUES[kind])
    written = write(type, value)
    assert isinstance(written, bool | int | str)
    assert read(type, written) == value

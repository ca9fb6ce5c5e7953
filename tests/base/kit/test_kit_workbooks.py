"""Workbooks are read as text, and nothing in them is computed, followed, run or guessed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tongban.base.kit import workbooks
from tongban.base.kit.workbooks import BadWorkbook


def saved(*rows: list[Any], change: Callable[[Workbook, Worksheet], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The file with these parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes, sheet: str | None = None) -> BadWorkbook:
    with pytest.raises(BadWorkbook) as found:
        workbooks.rows(data, sheet)
    return found.value


def test_cells_are_read_as_an_author_would_type_them() -> None:
    day = datetime(2026, 1, 31)
    data = saved(
        ["kind", "area", "-> fee"], [" 公司 ", 0.1, 100], [True, False, 60.0], [day, date(2026, 2, 1), None]
    )
    assert workbooks.rows(data) == [
        ["kind", "area", "-> fee"],
        ["公司", "0.1", "100"],
        ["TRUE", "FALSE", "60"],
        ["2026-01-31", "2026-02-01", ""],
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, "0.05"),
        (1e-05, "0.00001"),
        (123456789012345, "123456789012345"),
        (1.50, "1.5"),
        (-0.25, "-0.25"),
    ],
)
def test_numbers_are_written_out_in_full(value: float, text: str) -> None:
    assert workbooks.rows(saved([value])) == [[text]]


def test_empty_rows_and_columns_at_the_end_are_left_out() -> None:
    assert workbooks.rows(saved(["a", None], [None], ["b", "", " "], [None], [" "])) == [["a"], [""], ["b"]]


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    def as_text(book: Workbook, sheet: Worksheet) -> None:
        sheet["A1"].value = "= 5"
        sheet["A1"].data_type = "s"

    assert workbooks.rows(saved(["x"], change=as_text)) == [["= 5"]]


def test_a_sheet_is_taken_by_its_name_or_the_first_that_is_seen() -> None:
    def more(book: Workbook, sheet: Worksheet) -> None:
        book.create_sheet("second").append(["b"])
        sheet.sheet_state = "hidden"

    data = saved(["a"], change=more)
    assert workbooks.rows(data) == [["b"]]
    assert workbooks.rows(data, "Sheet") == [["a"]]
    assert refused(data, "third").code == "no-sheet"


@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK("http://example.invalid")', "=cmd|'/c calc'!A1", "=[1]x!A1"]
)
def test_a_formula_is_refused_with_its_cell(formula: str) -> None:
    problem = refused(saved(["a", "b"], ["c", formula]))
    assert (problem.code, problem.cell) == ("formula", "B2")
    assert str(problem) == "Cell B2 holds a formula. Copy its value."


def test_an_array_formula_is_refused() -> None:
    def array(book: Workbook, sheet: Worksheet) -> None:
        sheet["B1"] = openpyxl.worksheet.formula.ArrayFormula("B1:B2", "=SUM(A1:A2*2)")

    assert refused(saved(["a"], change=array)).code == "formula"


def test_merged_cells_are_refused_because_it_is_not_clear_what_the_others_hold() -> None:
    problem = refused(
        saved(["a", "b"], ["c", 1], [None, 2], change=lambda _, sheet: sheet.merge_cells("A2:A3"))
    )
    assert (problem.code, problem.cell) == ("merged", "A2")


def test_errors_times_and_numbers_that_were_computed_are_refused() -> None:
    assert refused(saved(["#DIV/0!"])).code == "error-value"
    assert refused(saved([datetime(2026, 1, 31, 12)])).code == "not-a-date"
    assert refused(saved([time(12)])).code == "not-a-date"
    data = saved([0.3])
    computed = part(data, SHEET).replace(b"<v>0.3</v>", b"<v>0.30000000000000004</v>")
    assert refused(changed(data, {SHEET: computed})).code == "not-exact"
    assert refused(saved([1e300])).code == "not-exact"
    assert refused(saved(["x" * 2001])).code == "too-large"


def test_a_sheet_is_bounded_in_rows_and_columns_however_far_off_its_cells_lie() -> None:
    assert refused(saved(*[["a"]] * 1001)).code == "too-large"
    assert refused(saved(["a"] * 101)).code == "too-large"
    assert (
        refused(saved(["a"], change=lambda _, sheet: sheet.cell(1048576, 16384, "far"))).code == "too-large"
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/activeX/activeX1.bin", "macros"),
        ("xl/embeddings/oleObject1.bin", "embedded"),
        ("xl/media/image1.png", "embedded"),
        ("xl/externalLinks/externalLink1.xml", "links"),
        ("xl/connections.xml", "links"),
        ("xl/queryTables/queryTable1.xml", "links"),
    ],
)
def test_what_would_run_or_reach_out_is_refused(name: str, code: str) -> None:
    assert refused(changed(saved(["a"]), {name: b"<x/>"})).code == code


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        OUTSIDE,
        BOMB.decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><x/>',
        b"<x>",
        b"",
    ],
    ids=["entities", "outside", "utf-16", "utf-7", "unclosed", "empty"],
)
def test_a_part_that_is_not_plain_xml_is_refused(content: bytes) -> None:
    assert refused(changed(saved(["a"]), {SHEET: content})).code == "no-workbook"


def test_a_file_that_is_too_large_or_unpacks_to_too_much_is_refused() -> None:
    assert refused(b"x" * 2_000_001).code == "too-large"
    assert refused(changed(saved(["a"]), {"xl/big.bin": b"0" * 12_000_001})).code == "too-large"
    assert refused(changed(saved(["a"]), {f"xl/{n}.bin": b"" for n in range(201)})).code == "too-large"


def test_a_part_that_says_it_is_smaller_than_it_is_is_refused() -> None:
    data = bytearray(saved(["a"], *[["b"]] * 500))
    size = len(part(bytes(data), SHEET)).to_bytes(4, "little")
    assert data.count(size) == 2
    for _ in range(2):
        place = data.index(size)
        data[place : place + 4] = (10).to_bytes(4, "little")
    assert refused(bytes(data)).code == "no-workbook"


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, b"PK\x03\x04"]
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert refused(data).code == "no-workbook"


def test_a_zip_of_other_things_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refused(out.getvalue()).code == "no-workbook"


def test_a_workbook_becomes_a_decision_table() -> None:
    from tongban.core.rules.tables.table import read_table
    from tongban.core.rules.tables.texts import to_rule_text
    from tongban.core.rules.types import Vocabulary, parse_type

    data = saved(["score", "music", "-> points"], ["< 5", True, 1], ["[5..7]", "-", 2], ["else", None, 0])
    found, problems = read_table(workbooks.rows(data))
    assert found, problems
    vocabulary = Vocabulary({"score": parse_type("integer"), "music": parse_type("boolean")}, {}, {})
    assert to_rule_text(found, vocabulary).texts == {
        "points": "CASE\n  WHEN score < 5 AND music THEN 1\n  WHEN score BETWEEN 5 AND 7 THEN 2\n  ELSE 0\nEND"
    }

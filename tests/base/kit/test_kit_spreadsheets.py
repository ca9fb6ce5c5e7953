"""Tables are read in whatever way spreadsheets save them; what is no table is told with its place and what to do."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from tests.core.packs.test_in_chinese import texts

from tongban.base.kit import spreadsheets, workbooks
from tongban.base.kit.spreadsheets import BadTable
from tongban.core.rules.tables import sources

ROWS = [["业态", "面积"], ["面馆", "< 60, 或更小"]]


def book(*sheets: tuple[str, list[list[object]]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def refused(name: str, content: bytes, **how: object) -> BadTable:
    with pytest.raises(BadTable) as found:
        spreadsheets.read(name, content, **how)  # type: ignore[arg-type]
    return found.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("sign", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_a_csv_file_is_read_however_it_was_saved(encoding: str, end: str, sign: str) -> None:
    text = end.join(sign.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in ROWS)
    assert spreadsheets.read("a.CSV", text.encode(encoding)).rows == ROWS


def test_what_stands_in_quotes_or_less_often_parts_no_cells() -> None:
    assert sources.from_csv('"a, b";LEAST(c, 3);d\n1;2;3') == [["a, b", "LEAST(c, 3)", "d"], ["1", "2", "3"]]
    assert sources.from_csv("ROUND(a, 1)\tb\t-> x\n1\t2\t3")[0] == ["ROUND(a, 1)", "b", "-> x"]
    assert sources.from_csv('"two\nlines, one cell";x\n1;2') == [["two\nlines, one cell", "x"], ["1", "2"]]


def test_a_strange_sign_in_a_cell_moves_no_row() -> None:
    assert sources.from_csv("a,b\nx\u2028y,1\nz\x0c,2") == [["a", "b"], ["x\u2028y", "1"], ["z\x0c", "2"]]


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLSX", "folder.csv/a.Xlsx"])
def test_a_workbook_is_known_by_its_ending_in_any_letters(name: str) -> None:
    found = spreadsheets.read(name, book(("费用", [["a"], [1]])))
    assert (found.rows, found.sheet) == ([["a"], ["1"]], "费用")


def test_of_several_sheets_the_one_that_is_meant_is_read() -> None:
    several = book(("One", [["a"]]), ("Two", [["b"]]), ("Empty", []))
    assert spreadsheets.read("a.xlsx", several, "two", only=True).rows == [["b"]]
    assert spreadsheets.read("a.xlsx", several).rows == [["a"]]
    problem = refused("a.xlsx", several, only=True)
    assert problem.code == "several-sheets"
    assert str(problem).endswith("which is meant: 'One', 'Two'.")
    unknown = refused("a.xlsx", several, sheet="Three")
    assert str(unknown) == "The workbook has no sheet 'Three'. Its sheets: 'One', 'Two', 'Empty'."
    alone = book(("Notes", []), ("Fees", [["c"]]), ("More", [[None]]))
    assert spreadsheets.read("a.xlsx", alone, only=True).sheet == "Fees"


@pytest.mark.parametrize(
    ("name", "content", "en", "zh"),
    [
        ("a.csv", "a,b".encode("utf-16"), "The file is UTF-16 text. Save it as “CSV UTF-8”, or as .xlsx.", "文件是 UTF-16 文本。另存为“CSV UTF-8”，或另存为 .xlsx。"),
        ("a.csv", "a,b\n".encode("utf-16-le"), "The file is UTF-16 text. Save it as “CSV UTF-8”, or as .xlsx.", "文件是 UTF-16 文本。另存为“CSV UTF-8”，或另存为 .xlsx。"),
        ("a.csv", b"a,b\n1,\xff\xff", "The file is text neither in UTF-8 nor in GB 18030. Line 2 is in neither. Save it as “CSV UTF-8”, or as .xlsx.", "文件既不是 UTF-8 文本，也不是 GB 18030 文本。第 2 行两种都不是。另存为“CSV UTF-8”，或另存为 .xlsx。"),
        ("a.csv", b'a,b\n1,"open', "The file cannot be read as CSV, line 2: unexpected end of data.", "文件读不成 CSV，第 2 行：引号没有闭合。"),
        ("a.csv", b'a,b\n1,"x"y', "The file cannot be read as CSV, line 2: ',' expected after '\"'.", "文件读不成 CSV，第 2 行：右引号后面应当是“,”。"),
        ("a.csv", b"PK\x03\x04rest", "The file is a workbook or an archive, and its name does not end with .xlsx. Save it as .xlsx without macros, with that ending of its name.", "文件是工作簿或压缩包，而文件名不以 .xlsx 结尾。另存为不含宏的 .xlsx，文件名也以它结尾。"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "The file is a workbook of the old kind (.xls, .et). Save it as .xlsx.", "文件是旧格式的工作簿（.xls、.et）。另存为 .xlsx。"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "The file is a workbook of the old kind (.xls, .et). Save it as .xlsx.", "文件是旧格式的工作簿（.xls、.et）。另存为 .xlsx。"),
        ("a.xlsx", b"a,b", "The file is not an Excel workbook (.xlsx).", "文件不是 Excel 工作簿（.xlsx）。"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_in_both_languages_with_what_to_do(
    name: str, content: bytes, en: str, zh: str
) -> None:
    problem = refused(name, content)
    assert spreadsheets.told(name, problem, "en") == f"{name}: {en}"
    assert spreadsheets.told(name, problem, "zh") == f"{name}: {zh}"


def test_a_cell_is_named_as_the_spreadsheet_names_it() -> None:
    problem = refused("a.xlsx", book(("My fees", [["a", "b"], ["c", "=1+1"]])))
    told = "a.xlsx:'My fees'!B2: Cell B2 holds a formula. Copy its value."
    assert spreadsheets.told("a.xlsx", problem, "en") == told
    assert spreadsheets.place("a.xlsx", "费用", 12, 28) == "a.xlsx:费用!AB12"
    assert spreadsheets.place("a.xlsx", "费用", 12) == "a.xlsx:费用!12"
    assert spreadsheets.place("a.xlsx", "费用", column=28) == "a.xlsx:费用!AB"
    assert spreadsheets.place("a.csv", None, 12, 28) == "a.csv:12:28"
    assert spreadsheets.place("a.csv", None, 12) == "a.csv:12"
    assert spreadsheets.place("a.csv", None, column=28) == "a.csv"


def test_everything_that_can_be_said_of_a_file_is_said_in_chinese() -> None:
    no_sentences = {"fees.xlsx:Fees!B3", "'…'", "… …", "…: …", "…:…!…"}
    said: set[str] = set()
    for module in (spreadsheets, workbooks, sources):
        said |= set(texts(Path(str(module.__file__))))
    said -= {spreadsheets.TABLE}
    assert {text for text in said if spreadsheets.in_chinese(text) == text} <= no_sentences

"""Tables as people save them: CSV in any of the usual encodings, or an Excel workbook.

    fees.csv    UTF-8 with or without its mark, or GB 18030, which spreadsheets in China write unasked; , ; or tabs
    fees.XLSX   one sheet

What can be neither read nor guessed safely is refused with what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from tongban.base.kit import workbooks
from tongban.core.rules.tables import sources
from tongban.core.values.wording import Wording

WORKBOOK: Final = ".xlsx"
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls, .et and other files of that age begin."""
_ZIP: Final = b"PK\x03\x04"


class BadTable(ValueError):
    """A file cannot be read as a table. The message says what to do; `in_chinese` has it in Chinese."""

    def __init__(
        self,
        code: str,
        message: str,
        sheet: str | None = None,
        cell: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.sheet = sheet
        self.cell = cell
        """Address in the sheet, for example B3."""
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Table:
    rows: list[list[str]]
    sheet: str | None = None
    """Of a workbook."""


def is_workbook(name: str) -> bool:
    return PurePath(name).suffix.lower() == WORKBOOK


def read(
    name: str,
    content: bytes,
    sheet: str | None = None,
    *,
    only: bool = False,
    rows: int = workbooks.MAX_ROWS,
    characters: int = sources.MAX_CHARACTERS,
) -> Table:
    """The table in a file of this name. See `workbooks.read` for `sheet` and `only`; of a CSV file they say nothing.

    Raises BadTable, also for more than so many rows of a sheet, or characters of a CSV file.
    """
    try:
        if is_workbook(name):
            if content.startswith(_OLD):
                raise BadTable("old", _OLD_FORMAT, hint=_SAVE_AS_WORKBOOK)
            found = workbooks.read(content, sheet, most=rows, only=only)
            return Table(found.rows, found.name)
        return Table(sources.from_csv(text(content), most=characters))
    except workbooks.BadWorkbook as bad:
        raise BadTable(bad.code, str(bad), bad.sheet, bad.cell) from bad
    except sources.BadSource as bad:
        raise BadTable("csv", str(bad)) from bad


def place(file: str, sheet: str | None, row: int | None = None, column: int | None = None) -> str:
    """A place as its reader finds it: `fees.xlsx:Fees!B3` in a workbook, `fees.csv:3:2` in a file of text."""
    if sheet is None:
        numbers = (
            (row, column) if row and column else (row,) if row else ()
        )  # a column alone looks like a row
        return ":".join(map(str, (file, *numbers)))
    from openpyxl.utils import get_column_letter, quote_sheetname

    name = sheet if re.fullmatch(r"\w+", sheet) else quote_sheetname(sheet)
    cell = f"{get_column_letter(column) if column else ''}{row or ''}"
    return f"{file}:{name}!{cell}" if cell else f"{file}:{name}"


def told(file: str, bad: BadTable, language: str) -> str:
    """What is wrong with a file, with its place and what to do."""
    where = place(file, bad.sheet) + (f"!{bad.cell}" if bad.sheet and bad.cell else "")
    said = [str(bad), *([bad.hint] if bad.hint else [])]
    return f"{where}: {''.join(map(in_chinese, said)) if language == 'zh' else ' '.join(said)}"


def text(content: bytes) -> str:
    """The text of a CSV file. Raises BadTable for what is no text, or is in an encoding that is not told for sure."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        b"\x00" in content[:1000] and len(content) % 2 == 0
    ):
        raise BadTable("utf-16", "The file is UTF-16 text.", hint=_SAVE_AS_CSV)
    if content.startswith(_OLD):
        raise BadTable("old", _OLD_FORMAT, hint=_SAVE_AS_WORKBOOK)
    if content.startswith(_ZIP):
        hint = "Save it as .xlsx without macros, with that ending of its name."
        raise BadTable(
            "workbook",
            "The file is a workbook or an archive, and its name does not end with .xlsx.",
            hint=hint,
        )
    if b"\x00" in content:
        raise BadTable("no-text", "The file is no text.", hint=_SAVE_AS_CSV)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = "The file is text neither in UTF-8 nor in GB 18030."
        hint = f"Line {line} is in neither. Save it as “CSV UTF-8”, or as .xlsx."
        raise BadTable("encoding", message, hint=hint) from error


_OLD_FORMAT: Final = "The file is a workbook of the old kind (.xls, .et)."
_SAVE_AS_WORKBOOK: Final = "Save it as .xlsx."
_SAVE_AS_CSV: Final = "Save it as “CSV UTF-8”, or as .xlsx."

TABLE: Final = """
    The file is UTF-16 text. | 文件是 UTF-16 文本。
    The file is no text. | 文件不是文本。
    The file is text neither in UTF-8 nor in GB 18030. | 文件既不是 UTF-8 文本，也不是 GB 18030 文本。
    Line $line is in neither. Save it as “CSV UTF-8”, or as .xlsx. | 第 $line 行两种都不是。另存为“CSV UTF-8”，或另存为 .xlsx。
    The file is a workbook of the old kind (.xls, .et). | 文件是旧格式的工作簿（.xls、.et）。
    The file is a workbook or an archive, and its name does not end with .xlsx. | 文件是工作簿或压缩包，而文件名不以 .xlsx 结尾。
    Save it as .xlsx without macros, with that ending of its name. | 另存为不含宏的 .xlsx，文件名也以它结尾。
    Save it as .xlsx. | 另存为 .xlsx。
    Save it as “CSV UTF-8”, or as .xlsx. | 另存为“CSV UTF-8”，或另存为 .xlsx。

    The file has $count characters; $most are the most. | 文件有 $count 个字符，最多 $most 个。
    The file cannot be read as CSV, line $line: $what. | 文件读不成 CSV，第 $line 行：$$what。
    unexpected end of data | 引号没有闭合
    '$sign' expected after '$quote' | 右引号后面应当是“$sign”
    new-line character seen in unquoted field - do you need to open the file with newline=''? | 一格里有换行，却没有加引号
    field larger than field limit ($most) | 一格超过 $most 个字符
    '$name' holds $value, which is no text, number, date, true or false. | “$name”里是 $value，不是文本、数字、日期，也不是真假。
    '$name' holds $value, which is not exact. Write it in quotes. | “$name”里是 $value，不精确。请加上引号。

    The file has $count bytes; $most are the most. | 文件有 $count 字节，最多 $most 字节。
    The file is not an Excel workbook (.xlsx). | 文件不是 Excel 工作簿（.xlsx）。
    The file cannot be read as an Excel workbook. | 文件读不成 Excel 工作簿。
    A part of the workbook is not what Excel writes. | 工作簿里有 Excel 不会写的内容。
    The workbook is too large when unpacked. | 工作簿解开后太大。
    The workbook holds macros. Save it as a plain workbook (.xlsx). | 工作簿里有宏。请另存为普通工作簿（.xlsx）。
    The workbook holds pictures or other files. Take them out. | 工作簿里有图片或别的文件。请去掉。
    The workbook is linked to other files or data. Copy the values. | 工作簿链接到别的文件或数据。请粘贴为数值。
    The workbook shows no sheet. | 工作簿里没有显示任何工作表。
    The workbook has no sheet '$name'. Its sheets: $names. | 工作簿里没有工作表“$name”。有这些：$names。
    The workbook has several sheets, and it is not clear which is meant: $names. | 工作簿里有几个工作表，不清楚是哪一个：$names。
    The sheet has $rows rows and $columns columns; $most and $widest are the most. Delete what lies outside the table. | 工作表有 $rows 行 $columns 列，最多 $most 行 $widest 列。请删掉表格以外的行和列。
    The cells $area are merged, and it is not clear which rows their value is for. Fill in each. | 单元格 $area 是合并的，不清楚值属于哪几行。请取消合并，每格都填。
    Cell $cell holds a formula. Copy its value. | 单元格 $cell 里是公式。请粘贴为数值。
    Cell $cell holds the error $error. | 单元格 $cell 里是错误值 $error。
    Cell $cell has $count characters; $most are the most. | 单元格 $cell 有 $count 个字符，最多 $most 个。
    Cell $cell holds a time. Write the day alone. | 单元格 $cell 里有时刻。只写日期。
    Cell $cell holds $value, which is not exact. | 单元格 $cell 里是 $value，不精确。
"""
_WORDING: Final = Wording(TABLE)


def in_chinese(text: str) -> str:
    """A message or a hint in Chinese; what the table lacks stays in English."""
    return _WORDING.chinese(text) or text

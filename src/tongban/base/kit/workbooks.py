"""Excel workbooks as rows of text.

Nothing in a workbook is computed, followed or run: one that holds macros, links to other files or formulas is
refused, with the cell where there is one. Numbers come as they are shown in full (0.05 for 5 %), dates as
2026-01-31, conditions as TRUE and FALSE.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES: Final = 2_000_000
"""Of the file."""
MAX_UNPACKED: Final = 12_000_000
"""Of all its parts together."""
MAX_PARTS: Final = 200
MAX_ROWS: Final = 1000
MAX_COLUMNS: Final = 100
MAX_CHARACTERS: Final = 2000
"""Of a cell."""


class BadWorkbook(ValueError):
    """A file is no workbook that can be read safely and without guessing. Callers translate by `code`.

    Codes: no-workbook, too-large, macros, embedded, links, formula, merged, error-value, not-a-date, not-exact,
    no-sheet, several-sheets.
    """

    def __init__(self, code: str, message: str, cell: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.cell = cell
        """Address of the cell, for example B3."""
        self.sheet: str | None = None
        """The sheet that was read when it was found."""


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: list[list[str]]
    """Without empty rows and columns at the end."""


def rows(data: bytes, sheet: str | None = None, *, most: int = MAX_ROWS) -> list[list[str]]:
    """The rows of a sheet, of the first visible one if none is named. Raises BadWorkbook."""
    return read(data, sheet, most=most).rows


def read(data: bytes, sheet: str | None = None, *, most: int = MAX_ROWS, only: bool = False) -> Sheet:
    """A sheet by its name, or the first visible one. With `only`, without a name, no other visible one may hold anything.

    Raises BadWorkbook, also for a sheet with more than `most` rows.
    """
    import openpyxl  # takes half a second, which only who reads a workbook waits for

    _inspect(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=False, keep_links=False, keep_vba=False)
    except Exception as error:  # openpyxl raises many kinds for files that are damaged; each is a refusal
        raise BadWorkbook("no-workbook", "The file cannot be read as an Excel workbook.") from error
    found = _chosen(book.worksheets, sheet, only=only)
    try:
        return Sheet(found.title, _rows(found, most))
    except BadWorkbook as bad:
        bad.sheet = found.title
        raise


def _chosen(sheets: Sequence[Any], name: str | None, *, only: bool) -> Any:
    """As Excel does, a name is known in capitals too; of an empty sheet beside the one that is filled nothing is asked."""
    if name is not None:
        wanted = name.strip().casefold()
        for sheet in sheets:
            if sheet.title.strip().casefold() == wanted:
                return sheet
        message = f"The workbook has no sheet '{name}'. Its sheets: {_listed(sheets)}."
        raise BadWorkbook("no-sheet", message)
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not visible:
        raise BadWorkbook("no-sheet", "The workbook shows no sheet.")
    filled = [sheet for sheet in visible if _holds_something(sheet)] if only else []
    if len(filled) > 1:
        message = f"The workbook has several sheets, and it is not clear which is meant: {_listed(filled)}."
        raise BadWorkbook("several-sheets", message)
    return (filled or visible)[0]


def _listed(sheets: Sequence[Any]) -> str:
    return ", ".join(f"'{sheet.title}'" for sheet in sheets)


def _holds_something(sheet: Any) -> bool:
    return any(value not in (None, "") for row in sheet.iter_rows(values_only=True) for value in row)


def _inspect(data: bytes) -> None:
    """Looks at the parts of the file before anything is unpacked into memory."""
    if len(data) > MAX_BYTES:
        raise BadWorkbook("too-large", f"The file has {len(data)} bytes; {MAX_BYTES} are the most.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BadWorkbook("no-workbook", "The file is not an Excel workbook (.xlsx).") from error
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise BadWorkbook("too-large", "The workbook is too large when unpacked.")
    for part in parts:
        name = part.filename.lower()
        if "vbaproject" in name or "macrosheets/" in name or "activex" in name:
            raise BadWorkbook("macros", "The workbook holds macros. Save it as a plain workbook (.xlsx).")
        if "embeddings/" in name or "media/" in name:
            raise BadWorkbook("embedded", "The workbook holds pictures or other files. Take them out.")
        if "externallinks/" in name or name.endswith("connections.xml") or "querytables/" in name:
            raise BadWorkbook("links", "The workbook is linked to other files or data. Copy the values.")
        if name.endswith((".xml", ".rels")):
            _inspect_xml(archive, part)


def _inspect_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part defines entities, in an encoding that can be looked at, and none is larger than it says."""
    try:
        with archive.open(part) as stream:
            content = stream.read(part.file_size + 1)
    except Exception as error:  # damaged, encrypted, or of an unknown compression
        raise BadWorkbook("no-workbook", "The file cannot be read as an Excel workbook.") from error
    declared = re.match(rb"""\s*<\?xml[^>]*encoding=["']([^"']*)""", content.removeprefix(b"\xef\xbb\xbf"))
    other = declared and declared[1].lower() not in (b"utf-8", b"us-ascii")
    if len(content) > part.file_size or other or b"\x00" in content or b"<!" in _without_remarks(content):
        raise BadWorkbook("no-workbook", "A part of the workbook is not what Excel writes.")


def _without_remarks(content: bytes) -> bytes:
    """Remarks and CDATA begin with <! too, and are harmless."""
    return content.replace(b"<!--", b"").replace(b"<![CDATA[", b"")


def _rows(sheet: Worksheet, most: int) -> list[list[str]]:
    if sheet.max_row > most or sheet.max_column > MAX_COLUMNS:
        message = f"The sheet has {sheet.max_row} rows and {sheet.max_column} columns; {most} and {MAX_COLUMNS} are the most. Delete what lies outside the table."
        raise BadWorkbook("too-large", message)
    if merged := sorted(str(area) for area in sheet.merged_cells.ranges):
        first = merged[0].partition(":")[0]
        message = f"The cells {merged[0]} are merged, and it is not clear which rows their value is for. Fill in each."
        raise BadWorkbook("merged", message, first)
    found = [[_text(cell) for cell in row] for row in sheet.iter_rows()]
    while found and not any(found[-1]):
        found.pop()
    width = max((index + 1 for row in found for index, text in enumerate(row) if text), default=0)
    return [row[:width] for row in found]


def _text(cell: Any) -> str:
    value, address = cell.value, cell.coordinate
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=") and cell.data_type != "s"):
        message = f"Cell {address} holds a formula. Copy its value."
        raise BadWorkbook("formula", message, address)
    if cell.data_type == "e":
        raise BadWorkbook("error-value", f"Cell {address} holds the error {value}.", address)
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            if len(value) > MAX_CHARACTERS:
                message = f"Cell {address} has {len(value)} characters; {MAX_CHARACTERS} are the most."
                raise BadWorkbook("too-large", message, address)
            return value.strip()
        case int():
            return str(value)
        case float():
            return _number(value, address)
        case datetime() if value.time() != datetime.min.time():
            raise BadWorkbook("not-a-date", f"Cell {address} holds a time. Write the day alone.", address)
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            raise BadWorkbook("not-a-date", f"Cell {address} holds a time. Write the day alone.", address)


def _number(value: float, address: str) -> str:
    """As Excel shows it: it keeps 15 digits. More of them, or none, were computed and are not exact."""
    digits = Decimal(repr(value)) if value == value and abs(value) < 1e15 else None
    if digits is None or len(digits.as_tuple().digits) > 15 or digits.as_tuple().exponent < -18:  # type: ignore[operator]
        raise BadWorkbook("not-exact", f"Cell {address} holds {value!r}, which is not exact.", address)
    text = format(digits, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

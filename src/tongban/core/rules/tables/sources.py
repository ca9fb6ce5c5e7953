"""Rows of a decision table out of CSV and YAML. Spreadsheets are read outside the core."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

MAX_CHARACTERS: Final = 200_000
_GUARDED: Final = re.compile(r"'[=+\-@][^']*\Z")
"""A cell that some program put a quote before, so that no spreadsheet computes it."""

_LINE_END: Final = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
"""Nothing else ends a line: not what `str.splitlines` takes for an end too, which may stand in a cell."""


class BadSource(ValueError):
    """What is given is no table. The message says what to do."""


def from_csv(text: str, *, most: int = MAX_CHARACTERS) -> list[list[str]]:
    """The rows of a CSV file. Cells are parted by commas, semicolons or tabs: by what stands most often in row 1.

    Raises BadSource, also for a text of more than `most` characters.
    """
    if len(text) > most:
        raise BadSource(f"The file has {len(text)} characters; {most} are the most.")
    text = text.removeprefix("\ufeff")
    lines = filter(None, _LINE_END.split(text))
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise BadSource(f"The file cannot be read as CSV, line {reader.line_num}: {error}.") from error
    return [[cell[1:] if _GUARDED.match(cell) else cell for cell in row] for row in rows]


def _delimiter(text: str) -> str:
    """Of signs that stand in row 1 equally often a comma comes first. What stands in quotes parts nothing."""
    counts = dict.fromkeys(",;\t", 0)
    quoted = False
    for sign in text:
        if sign in "\r\n" and not quoted:
            break
        quoted = quoted != (sign == '"')
        if sign in counts and not quoted:
            counts[sign] += 1
    return max(counts, key=lambda sign: counts[sign])


def from_mappings(items: Sequence[Mapping[str, object]]) -> list[list[str]]:
    """The rows of a YAML list of mappings: their keys are the first row, in the order in which they first come.

    A key that is missing, or has no value, is an empty cell; an absent value is asked for by the word "null" in
    quotes. Raises BadSource for a list, a mapping or a number that is not exact.
    """
    names = list(dict.fromkeys(name for item in items for name in item))
    return [names, *([_cell(name, item.get(name)) for name in names] for item in items)]


def _cell(name: str, raw: object) -> str:
    match raw:
        case None:
            return ""
        case bool():
            return "TRUE" if raw else "FALSE"
        case str():
            return raw
        case int():
            return str(raw)
        case Decimal() if raw.is_finite():
            return format(raw, "f")
        case float():
            return _as_written(name, raw)
        case date() if not isinstance(raw, datetime):
            return raw.isoformat()
        case _:
            raise BadSource(f"'{name}' holds {raw!r}, which is no text, number, date, true or false.")


def _as_written(name: str, raw: float) -> str:
    """A float of up to 15 digits is read back as it was written; with more, what was written is lost."""
    digits = Decimal(repr(raw)) if raw == raw and abs(raw) < 1e15 else None
    if digits is None or len(digits.as_tuple().digits) > 15:
        raise BadSource(f"'{name}' holds {raw!r}, which is not exact. Write it in quotes.")
    return format(digits, "f")

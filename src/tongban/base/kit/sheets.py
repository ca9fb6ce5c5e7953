"""Tables as CSV files that spreadsheets open well and safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpResponse

TYPE: Final = "text/csv; charset=utf-8"
MARK: Final = "\ufeff"
"""Lets spreadsheets see that the file is UTF-8."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell."""


def download(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, private: bool = True
) -> HttpResponse:
    """The file `name`.csv. `private` keeps it out of every cache."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    if private:
        headers["Cache-Control"] = "private, no-store"
    return HttpResponse(MARK + text(columns, rows), content_type=TYPE, headers=headers)


def text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as CSV; None becomes an empty cell, and no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

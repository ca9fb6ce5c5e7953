"""A table of a page as a CSV file, all of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from tongban.work.market.content import CSV_TYPE, harmless

MOST = 20_000
"""Rows of one file."""


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """UTF-8 with a mark, so that spreadsheets see it; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse("\ufeff" + out.getvalue(), content_type=CSV_TYPE, headers=headers)


def plain(fen: int) -> str:
    """An amount for a spreadsheet: `1234.50`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"

"""What the tables of this room have in common."""

from __future__ import annotations

MOST = 20_000
"""Rows of one file."""


def plain(fen: int) -> str:
    """An amount for a spreadsheet: `1234.50`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"

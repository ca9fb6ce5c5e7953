"""Fixed words of the market's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop as msg

from tongban.work.market import books

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "state": {
        "ordered": msg("Waits for approval"),
        "approved": msg("In force"),
        "refused": msg("Not approved"),
        "ended": msg("Ended"),
    },
    "purpose": {
        "industry": msg("For a business"),
        "public-governance": msg("For public governance"),
        "public-welfare": msg("For public welfare"),
    },
    "kind": {
        "model": msg("Data model"),
        "report": msg("Analysis report"),
        "visualisation": msg("Visualisation"),
        "index": msg("Index"),
        "engine": msg("Engine"),
        "service": msg("Data service"),
    },
    "dimension": {"month": msg("Month of issue"), "district": msg("District"), "trade": msg("Trade")},
    "entry": books.KINDS,
    "role": {"operator": msg("Operator"), "contributor": msg("Contributing department")},
    "form": {"json": "JSON", "csv": "CSV"},
}

TONES: Final = {"ordered": "warn", "approved": "ok", "refused": "bad", "ended": ""}


def yuan(fen: int) -> str:
    """`1,234.50`, negative with a real minus."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}{whole:,}.{rest:02d}"

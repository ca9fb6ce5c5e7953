"""The language of the terminal."""

from __future__ import annotations

import unicodedata

from tongban.base.kit import environment


def terminal_language() -> str:
    """`zh` where LC_ALL, LC_MESSAGES or LANG says Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.text(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

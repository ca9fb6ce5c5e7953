"""The language of the terminal."""

from __future__ import annotations

from tongban.base.kit import environment


def terminal_language() -> str:
    """`zh` where LC_ALL, LC_MESSAGES or LANG says Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.text(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"

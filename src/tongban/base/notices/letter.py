"""An official document in one language, as it is read: the one text behind its page and its PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Letter:
    """What a document says. Nothing of it depends on who reads it or on when."""

    number: str
    language: str
    """`zh-hans`, `zh-hant` or `en`."""
    title: str
    text: str
    """CommonMark, the title as its heading; what came from people is escaped in it."""
    authority: str
    """The organ that issues it; empty when the pack names none."""
    issued_on: date
    """Civil date of the place."""

"""What people call the names and codes that a table uses: the labels of a pack stand for them in its cells.

    | 业态             | 经营面积  | → 补贴   |          | kind             | area      | → 补贴   |
    | 面馆、火锅店     | < 60      | 低档补贴 |    is    | noodles, hotpot  | < 60      | grant_low |

A name or a code itself always comes first. A label that several bear is refused, and never guessed at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from tongban.core.rules.tables.cells import (
    AnyOf,
    BadCell,
    Compared,
    Inside,
    NoneOf,
    Operand,
    Test,
    write_text,
)

Labels = Mapping[str, tuple[str, ...]]
"""Label, folded -> what bears it."""


class SeveralBearIt(ValueError):
    """A label says neither of several names or codes. The message lists them."""


@dataclass(frozen=True, slots=True)
class Spoken:
    facts: Labels = field(default_factory=dict[str, tuple[str, ...]])
    values: Labels = field(default_factory=dict[str, tuple[str, ...]])
    """Of what can stand under an output: parameters and facts."""
    codes: Mapping[str, Labels] = field(default_factory=dict[str, Labels])
    """Code list -> labels of its codes."""


NOTHING: Final = Spoken()


def labels(named: Iterable[tuple[str, str]]) -> Labels:
    """(label, name), ... as they are looked up."""
    found: dict[str, tuple[str, ...]] = {}
    for label, name in named:
        key = _folded(label)
        if name not in found.get(key, ()):
            found[key] = (*found.get(key, ()), name)
    return found


def name_of(text: str, labels: Labels, known: Iterable[str]) -> str:
    """What bears this label; the text itself if it is known, or if nothing does. Raises SeveralBearIt."""
    bearing = () if text in known else labels.get(_folded(text), ())
    if len(bearing) > 1:
        raise SeveralBearIt(f"'{text}' is what several are called: {', '.join(bearing)}.")
    return bearing[0] if bearing else text


def nearest(text: str, labels: Labels) -> str | None:
    """A hint at the label that looks most like the text."""
    close = get_close_matches(_folded(text), labels, n=1, cutoff=0.5)  # a word has two characters often
    return f"Did you mean '{close[0]}'?" if close else None


def whole_code(cell: str, labels: Labels, codes: frozenset[str]) -> Test | None:
    """The test of a cell that is one label, whatever signs stand in it. Raises SeveralBearIt."""
    if _folded(cell) not in labels:
        return None
    code = name_of(cell, labels, codes)
    return Compared("=", Operand(write_text(code), code))


def with_codes(test: Test, labels: Labels, codes: frozenset[str]) -> Test:
    """The test with codes in the place of their labels. Raises BadCell for a label that several bear."""

    def coded(operand: Operand) -> Operand:
        if not isinstance(operand.value, str):
            return operand
        try:
            code = name_of(operand.value, labels, codes)
        except SeveralBearIt as several:
            raise BadCell(str(several), 0, WRITE_ONE) from several
        return operand if code == operand.value else Operand(write_text(code), code)

    return _changed(test, coded)


def _changed(test: Test, change: Callable[[Operand], Operand]) -> Test:
    match test:
        case Compared():
            return Compared(test.operator, change(test.operand))
        case Inside():
            ends = change(test.low), change(test.high)
            return Inside(*ends, test.low_included, test.high_included)
        case AnyOf():
            return AnyOf(tuple(_changed(part, change) for part in test.tests))
        case NoneOf():
            return NoneOf(_changed(test.test, change))
        case _:
            return test


WRITE_ONE: Final = "Write one of these names."


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

"""The words and signs of a rule's text with their places, comments included: for a formatter and for an editor.

    area >= 60 -- article 3      name `area`, sign `>=`, number `60`, comment `-- article 3`

Any text is cut up, also one that is no rule: what is not known is a sign of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tongban.core.rules.ir import Aggregation
from tongban.core.rules.parse import FUNCTIONS
from tongban.core.values.text import Bilingual


class Kind(StrEnum):
    NAME = "name"
    """Of a fact, a parameter, a table, a relation, or `relation.field`."""
    FUNCTION = "function"
    KEYWORD = "keyword"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Word:
    kind: Kind
    text: str
    """As written."""
    start: int
    """Offset in the rule's text, from 0; the end is `start + len(text)`."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def printed(self) -> str:
        """As it is written canonically."""
        if self.kind is Kind.KEYWORD:
            return self.text.upper()
        if self.kind is Kind.FUNCTION:
            lower = self.text.lower()
            return lower if lower in _LOWER else lower.upper()
        return "<>" if self.text == "!=" else self.text


@dataclass(frozen=True, slots=True)
class Labelled:
    """A word with what its name means, for showing beside it."""

    word: Word
    label: Bilingual | None


def words(text: str) -> tuple[Word, ...]:
    """Every word of the text in order. Only white space is left out."""
    return tuple(_named(text, list(_cut(text))))


def labelled(text: str, labels: Mapping[str, Bilingual]) -> tuple[Labelled, ...]:
    """Every word, names with their label. `labels` are by name as in the text: `area`, `children.born`."""
    return tuple(
        Labelled(word, labels.get(word.text) if word.kind is Kind.NAME else None) for word in words(text)
    )


def annotate(text: str, labels: Mapping[str, Bilingual], language: str) -> str:
    """The text for reading, with labels behind the names: `area〔经营面积〕 >= 60`. It is no rule any more."""
    pieces: list[str] = []
    end = 0
    for part in labelled(text, labels):
        pieces += [text[end : part.word.start], part.word.text]
        pieces += [f"〔{part.label.get(language)}〕"] if part.label else []
        end = part.word.end
    return "".join([*pieces, text[end:]])


_LOWER: Final = frozenset(name for name in FUNCTIONS if "_" in name or name in ("bracket", "slices"))
_FUNCTIONS: Final = frozenset(FUNCTIONS) | frozenset(Aggregation)
_KEYWORDS: Final = frozenset(
    [
        "AND",
        "OR",
        "NOT",
        "IN",
        "IS",
        "NULL",
        "BETWEEN",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "TRUE",
        "FALSE",
    ]
)
_NAME: Final = r"[^\W\d]\w*"
_WORD: Final = re.compile(
    rf"(?P<comment>--[^\n]*)|(?P<text>'(?:[^']|'')*'?)|(?P<number>\d+(?:\.\d+)?)"
    rf"|(?P<name>{_NAME}(?:\.{_NAME})?)|(?P<sign><>|!=|<=|>=|\S)"
)


def _cut(text: str) -> Iterator[Word]:
    offset = 0
    while offset < len(text):
        if text.startswith("/*", offset):
            word = Word(Kind.COMMENT, text[offset : _end_of_comment(text, offset)], offset)
        elif found := _WORD.match(text, offset):
            written = found[0].rstrip() if found.lastgroup == "comment" else found[0]
            word = Word(Kind(found.lastgroup or "sign"), written, offset)
        else:
            offset += 1
            continue
        yield word
        offset = word.end


def _end_of_comment(text: str, start: int) -> int:
    """Comments nest; one that is not closed goes to the end."""
    depth = 0
    for found in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)


def _named(text: str, cut: list[Word]) -> Iterator[Word]:
    """With keywords and functions told from names."""
    code = [word for word in cut if word.kind is not Kind.COMMENT]
    index = 0
    for word in cut:
        if word.kind is Kind.COMMENT:
            yield word
            continue
        kind = _kind_of_name(code, index) if word.kind is Kind.NAME else word.kind
        yield Word(kind, word.text, word.start)
        index += 1


def _kind_of_name(code: list[Word], index: int) -> Kind:
    upper = code[index].text.upper()
    before = [word.text.upper() for word in code[max(index - 2, 0) : index]]
    after = code[index + 1].text if index + 1 < len(code) else ""
    if upper in _KEYWORDS or (upper == "DATE" and after.startswith("'")):
        return Kind.KEYWORD
    if upper == "FILTER" and after == "(" and before[-1:] == [")"]:
        return Kind.KEYWORD
    if upper == "WHERE" and before == ["FILTER", "("]:
        return Kind.KEYWORD
    return Kind.FUNCTION if upper.lower() in _FUNCTIONS and after == "(" else Kind.NAME

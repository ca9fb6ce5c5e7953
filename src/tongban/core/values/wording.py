"""Sentences that are made in English, told in Chinese: by a table of both with places for what differs.

    WORDING = Wording('''
        there is no $$noun "$name" | 没有$$noun“$name”
        life event | 一件事
    ''')
    WORDING.chinese('there is no life event "open-shop"')  ->  没有一件事“open-shop”

`$name` is taken over as it is; `$$name` is told in Chinese where the table has it. What is longest in letters is tried
first, so that a general sentence never hides a special one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_PLACE: Final = re.compile(r"(\$\$?)([a-z]+)")
_CHOICE: Final = re.compile(r"('[^']*'|\d+)(, ('[^']*'|\d+))*( or ('[^']*'|\d+))?")


class _Sentence(NamedTuple):
    english: re.Pattern[str]
    chinese: str
    letters: int
    """Of the English without its places."""


class Wording:
    """A table of sentences, each line `English | Chinese`."""

    def __init__(self, table: str) -> None:
        self._plain: dict[str, str] = {}
        self._patterns: list[_Sentence] = []
        for english, chinese in _rows(table):
            if _PLACE.search(english):
                self._patterns.append(_sentence(english, chinese))
            else:
                self._plain[english] = chinese
        self._patterns.sort(key=lambda sentence: -sentence.letters)

    def chinese(self, text: str) -> str | None:
        """The sentence in Chinese; None when the table does not have it."""
        if text in self._plain:
            return self._plain[text]
        for sentence in self._patterns:
            found = sentence.english.fullmatch(text)
            if found:
                return self._filled(sentence.chinese, found.groupdict())
        return None

    def _filled(self, chinese: str, values: Mapping[str, str]) -> str:
        def part(place: re.Match[str]) -> str:
            value = values[place[2]]
            return value if place[1] == "$" else self._told(value)

        return _PLACE.sub(part, chinese)

    def _told(self, value: str) -> str:
        if _CHOICE.fullmatch(value):
            return value.replace(", ", "、").replace(" or ", " 或 ")
        return self.chinese(value) or value


def _rows(table: str) -> Iterator[tuple[str, str]]:
    for line in filter(None, map(str.strip, table.splitlines())):
        english, bar, chinese = line.partition(" | ")
        if not bar:
            raise ValueError(f"no Chinese in the line: {line}")
        yield english, chinese


def _sentence(english: str, chinese: str) -> _Sentence:
    pattern, end, letters = "", 0, 0
    for place in _PLACE.finditer(english):
        before = english[end : place.start()]
        pattern += f"{re.escape(before)}(?P<{place[2]}>.+?)"
        letters += len(before)
        end = place.end()
    rest = english[end:]
    return _Sentence(re.compile(pattern + re.escape(rest), re.DOTALL), chinese, letters + len(rest))

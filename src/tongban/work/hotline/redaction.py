"""Taking out of a text what tells who wrote it. Pure.

    withheld("我是王小明，电话 138 0000 1234", name="王小明", phone="13800001234")  ->  "我是■■■，电话 ■■■"

A handler reads every text of a ticket through this: people sign their complaints. Found in any width, in simplified or
traditional characters, in capital or small letters, with blanks or signs between, a phone also in Chinese digits. Any
number that looks like a mobile phone, a telephone or a resident id goes as well: it may be the reporter's other one.

It cannot find who somebody is from what they tell (北京市接诉即办工作条例 art. 9 protects that too); the form says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from tongban.base.kit.text import simplified

MASK: Final = "■■■"
_GAP: Final = r"[\W_]{0,3}"
_DIGITS: Final = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_NUMBERS: Final = (
    re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)"),
    re.compile(r"(?<!\d)0\d{2,3}[\W_]{0,2}\d{7,8}(?!\d)"),
    re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dxX](?!\d)"),
)


def withheld(text: str, *, name: str = "", phone: str = "") -> str:
    """The text without the reporter's name and phone, and without any number of a person."""
    if not text:
        return text
    folded, origin = _folded(text)
    spans = [match.span() for match in _name_matches(folded, name)]
    spans += [match.span() for match in _phone_matches(folded, phone)]
    spans += [match.span() for pattern in _NUMBERS for match in pattern.finditer(folded.translate(_DIGITS))]
    written: list[str] = []
    at = 0
    for start, end in sorted((origin[a], origin[b - 1] + 1) for a, b in spans):
        if start >= at:
            written += [text[at:start], MASK]
        at = max(at, end)
    return "".join((*written, text[at:]))


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded, and for each of its characters where it stood."""
    characters: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        for one in _fold(character):
            characters.append(one)
            origin.append(position)
    return "".join(characters), origin


def _fold(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text)).casefold()


def _name_matches(folded: str, name: str) -> Iterator[re.Match[str]]:
    """The name in full; of a name in several parts also each part of three letters or more."""
    whole = [c for part in name for c in _fold(part) if c.isalnum()]
    if len(whole) < 2:
        return
    yield from re.finditer(_GAP.join(map(re.escape, whole)), folded)
    parts = [p for p in re.split(r"[\W_]+", _fold(name)) if len(p) >= 3 and p.isascii()]
    for part in parts:
        yield from re.finditer(rf"(?<![a-z]){re.escape(part)}(?![a-z])", folded)


def _phone_matches(folded: str, phone: str) -> Iterator[re.Match[str]]:
    digits = [c for part in phone for c in _fold(part) if c.isdigit()]
    if len(digits) >= 5:
        yield from re.finditer(_GAP.join(digits), folded.translate(_DIGITS))

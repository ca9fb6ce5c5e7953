"""Which class a complaint belongs to, by the words of the pack. Pure, and never a model.

    candidates("面馆噪音", "楼下的排风扇太吵", pack.complaints.values())
        ->  (Candidate(id="...", weight=..., words=("面馆噪音", "排风扇", "太吵")), ...)   best first

Text and words are folded alike: NFKC, small letters, simplified characters. A word inside a longer word that was found
at the same place says nothing of its own. Weight of a word: its length squared (characters of Chinese, twice the words
of English), times how often it stands there (at most `MOST`), times `TITLE` in the title.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tongban.base.kit.text import simplified
from tongban.core.packs.model_data import ComplaintClass

TITLE: Final = 3
MOST: Final = 3
ENOUGH: Final = 4
"""Least weight that may decide: one word of two characters."""
MARGIN: Final = (3, 2)
"""The best must weigh at least 3/2 of the second; below that a clerk decides."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that the text speaks for."""

    id: str
    weight: int
    words: tuple[str, ...]
    """The words of the pack that were found, heaviest first."""


def candidates(title: str, content: str, classes: Iterable[ComplaintClass]) -> tuple[Candidate, ...]:
    """Every class with a word in the text, heaviest first; of equal weight by code."""
    listed = list(classes)
    weights: dict[str, dict[str, int]] = defaultdict(dict)
    for text, factor in ((title, TITLE), (content, 1)):
        counted: dict[tuple[str, str], int] = defaultdict(int)
        for kind, word in _found(fold(text), listed):
            counted[kind, word] += 1
        for (kind, word), times in counted.items():
            more = size(word) ** 2 * min(times, MOST) * factor
            weights[kind][word] = weights[kind].get(word, 0) + more
    code = {kind.id: kind.code for kind in listed}
    found = [
        Candidate(kind, sum(words.values()), tuple(sorted(words, key=lambda w: (-words[w], w))))
        for kind, words in weights.items()
    ]
    return tuple(sorted(found, key=lambda c: (-c.weight, code[c.id])))


def decided(ranked: tuple[Candidate, ...]) -> Candidate | None:
    """The class that is clear by itself; None: a clerk decides."""
    if not ranked or ranked[0].weight < ENOUGH:
        return None
    more, less = MARGIN
    if len(ranked) > 1 and ranked[0].weight * less < ranked[1].weight * more:
        return None
    return ranked[0]


def fold(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text)).casefold()


def size(word: str) -> int:
    """Length of a word: characters of Chinese, and two for each word in letters."""
    return sum(1 for character in word if ord(character) > 0x2E80) + 2 * len(
        re.findall(r"[a-z0-9']+", fold(word))
    )


def _found(text: str, classes: list[ComplaintClass]) -> list[tuple[str, str]]:
    """(class, word) for every occurrence that does not lie inside a longer one, whichever class that belongs to."""
    spans = [
        (match.start(), match.end(), kind.id, word)
        for kind in classes
        for word in _words(kind)
        for match in _pattern(word).finditer(text)
    ]
    places = {(start, end) for start, end, _, _ in spans}
    return [
        (kind, word)
        for start, end, kind, word in spans
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in places)
    ]


def _words(kind: ComplaintClass) -> tuple[str, ...]:
    """The words of a class, and its name."""
    return tuple(dict.fromkeys((*kind.words, kind.name.zh, kind.name.en)))


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    """Words in letters stand by themselves, in singular or plural; Chinese may stand anywhere."""
    folded = fold(word)
    inside = re.escape(folded)
    left = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", folded) else ""
    right = r"(?:e?s)?(?![a-z0-9])" if re.search(r"[a-z0-9]$", folded) else ""
    return re.compile(f"{left}{inside}{right}")

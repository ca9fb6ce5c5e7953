"""A small BM25 index over the content of one pack: a few thousand short texts, built in milliseconds, kept by digest.

Each field of a text counts by its weight. Rare tokens count more than common ones, repetition less and less, and a
match in a short text more than in a long one (Robertson and Zaragoza 2009).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tongban.readers.assistant.folding import question_tokens, tokens

_K1: Final = 1.2
_B: Final = 0.5
_WEAK: Final = 0.25
"""What a single Chinese character counts against a pair."""
_SHORT: Final = 3
"""Questions of at most so many characters may match by single characters."""
_WHOLE: Final = 1.5
"""Factor when every strong token of the question is there."""


@dataclass(frozen=True, slots=True)
class Document:
    kind: str
    id: str
    fields: tuple[tuple[float, str], ...]
    """(weight, text)."""
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Match:
    kind: str
    id: str
    score: float


@dataclass(slots=True)
class Index:
    documents: list[Document]
    _postings: dict[str, dict[int, float]] = field(init=False, repr=False)
    """Token to {document: weighted frequency}."""
    _lengths: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        self._lengths = []
        for number, document in enumerate(self.documents):
            frequencies: Counter[str] = Counter()
            for weight, raw in document.fields:
                strong, weak = tokens(raw)
                for token in strong + weak:
                    frequencies[token] += weight  # type: ignore[assignment]  # weights need not be whole
            for token, frequency in frequencies.items():
                postings[token][number] = frequency
            self._lengths.append(sum(frequencies.values()))
        self._postings = dict(postings)

    def search(self, question: str, limit: int = 50) -> list[Match]:
        """Best first. Only what shares a pair of characters or a word with the question; nothing for nonsense.

        A short question that no text has as it stands finds the texts that have all of its characters.
        """
        asked = question_tokens(question)
        strong, weak = list(dict.fromkeys(asked.strong)), list(dict.fromkeys(asked.weak))
        found, shared = self._sum(strong)
        if (
            not found and 0 < len(weak) <= _SHORT
        ):  # "开店" finds what has both characters, though never side by side
            found, shared = self._sum(weak)
            found = {number: score for number, score in found.items() if shared[number] == len(weak)}
            weak = []
        for token in weak:
            for number, gain in self._gains(token):
                if number in found:
                    found[number] += gain * _WEAK
        matches = [
            Match(
                self.documents[number].kind,
                self.documents[number].id,
                round(
                    score * self.documents[number].boost * (_WHOLE if shared[number] == len(strong) else 1), 4
                ),
            )
            for number, score in found.items()
        ]
        return sorted(matches, key=lambda match: (-match.score, match.kind, match.id))[:limit]

    def _sum(self, wanted: Iterable[str]) -> tuple[dict[int, float], Counter[int]]:
        """Scores by document, and how many of the tokens each has."""
        found: dict[int, float] = defaultdict(float)
        shared: Counter[int] = Counter()
        for token in wanted:
            for number, gain in self._gains(token):
                found[number] += gain
                shared[number] += 1
        return found, shared

    def _gains(self, token: str) -> Iterable[tuple[int, float]]:
        posting = self._postings.get(token)
        if not posting:
            return
        mean = sum(self._lengths) / len(self._lengths) or 1.0
        rarity = math.log(1 + (len(self.documents) - len(posting) + 0.5) / (len(posting) + 0.5))
        for number, frequency in posting.items():
            length = 1 - _B + _B * self._lengths[number] / mean
            yield number, rarity * frequency * (_K1 + 1) / (frequency + _K1 * length)

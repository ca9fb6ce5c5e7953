"""Text made comparable: width, case, traditional and simplified characters; then cut into what is searched for.

Chinese is cut into single characters and pairs, never into words alone: two characters then always find something.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from tongban.base.kit import text

_simplified: Final = text.simplified.__wrapped__
"""Without its memory: what somebody asks is not kept, not even for a while."""
_HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS: Final = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:'[a-z]+)?")
_FILLERS: Final = re.compile(
    "我想要|我想|我要|想要|打算|准备|如何|怎么样|怎么|怎样|办理|申请|需要|请问|什么|可以|一个|一家|一间|在哪里|在哪|哪里|吗|呢|的|了"
)
"""Words of a question that say nothing about its subject. Taken out of questions, never out of what is indexed."""
_STOP: Final = re.compile(
    "a|an|and|are|at|be|can|do|does|for|get|how|i|in|is|it|my|need|of|on|or|should|the|to|want|we|what|where|with|would"
)


class Tokens(NamedTuple):
    strong: list[str]
    """Pairs of Chinese characters and Latin words: what a hit must share."""
    weak: list[str]
    """Single Chinese characters: they only order hits."""


def folded(raw: str) -> str:
    """NFKC, lower case, without accents, simplified characters."""
    whole = raw.encode("utf-8", "ignore").decode()  # half a surrogate pair is no character
    plain = unicodedata.normalize("NFKC", _simplified(unicodedata.normalize("NFKC", whole))).lower()
    decomposed = unicodedata.normalize("NFD", plain)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def tokens(raw: str) -> Tokens:
    """Of a text that is indexed."""
    return _cut(folded(raw))


def question_tokens(raw: str) -> Tokens:
    """Of what somebody typed. A single character left alone is what they ask for."""
    plain = folded(raw)
    found = _cut(_FILLERS.sub(" ", plain))
    if not (found.strong or found.weak):  # nothing but fillers: they are what is asked for
        found = _cut(plain)
    strong = [token for token in found.strong if not _STOP.fullmatch(token)]
    return Tokens(strong, found.weak) if strong else Tokens(found.weak, [])


def _cut(plain: str) -> Tokens:
    strong: list[str] = []
    weak: list[str] = []
    for run in _RUNS.findall(plain):
        if run[0].isascii():
            strong.append(_stem(run.removesuffix("'s")))
        else:
            weak += run
            strong += [run[i : i + 2] for i in range(len(run) - 1)]
    return Tokens(strong, weak)


def _stem(word: str) -> str:
    """Plural, -ing and -ed off: enough for "opening restaurants", too little to confuse words."""
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + rest
    return word

"""What a question is about: a life event, a service, a kind of licence, an act or one of its articles.

The index finds candidates; each is then measured phrase by phrase: how much of the question it explains, and how much
of its own name the question says. What explains too little is no topic at all, so that nothing is answered beside
the point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tongban.core.packs.model import LifeEvent, Service
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.readers.assistant import folding
from tongban.readers.assistant.answers.aspects import Aspect
from tongban.readers.assistant.index import Document, Index

_ENOUGH: Final = 0.34
"""Share of the question's tokens that a name must explain."""
_ENOUGH_OF_LAW: Final = 0.6
"""The same for an act and for the text of an article: long, and they meet many words by chance."""
_CANDIDATES: Final = 30
_ARTICLE: Final = re.compile(r"第\s*([0-9一二三四五六七八九十百零]+)\s*条|\b(?:article|art\.?)\s*([0-9]+)\b")
_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Topic:
    kind: str
    """`event`, `service`, `licence`, `law` or `article`."""
    id: str
    """Id in the pack; of an article `act#number`."""


@dataclass(frozen=True, slots=True)
class Fit:
    topic: Topic
    score: float
    covered: frozenset[str]
    """Tokens of the question that any of its phrases has."""


@dataclass(frozen=True)
class _Keyed:
    digest: str
    pack: Pack = field(compare=False, repr=False)


@dataclass(frozen=True)
class _Shelf:
    index: Index
    phrases: dict[Topic, tuple[frozenset[str], ...]]


def subject(rest: str) -> frozenset[str]:
    """The tokens that name a subject; empty when the question names none."""
    return frozenset(token for token in folding.question_tokens(rest).strong if len(token) > 1)


def find(pack: Pack, rest: str, aspects: tuple[Aspect, ...]) -> Topic | None:
    """The one topic of what is left of a question (`aspects.read`); None if nothing fits well enough."""
    explicit = _ARTICLE.search(rest)
    asked = subject(_ARTICLE.sub(" ", rest))
    if not asked:
        return None
    shelf = _shelf(_Keyed(pack.digest, pack))
    fits = _fits(shelf, asked, rest)
    if explicit:
        return _explicit(pack, fits, explicit)
    fits = [fit for fit in fits if _tells(pack, fit.topic, aspects)]
    if not fits:
        return None
    best = _narrowed(pack, shelf, fits[0], asked)
    return _suited(pack, best, aspects)


def _fits(shelf: _Shelf, asked: frozenset[str], rest: str) -> list[Fit]:
    found = []
    for match in shelf.index.search(rest, _CANDIDATES):
        topic = Topic(match.kind, match.id)
        fit = _fit(topic, shelf.phrases[topic], asked)
        needed = _ENOUGH_OF_LAW if topic.kind in ("law", "article") else _ENOUGH
        if len(fit.covered) >= needed * len(asked) and (topic.kind != "article" or len(fit.covered) > 1):
            found.append(fit)
    # what bears the name comes before an article that only mentions it
    return sorted(
        found,
        key=lambda fit: (fit.topic.kind == "article", -fit.score, _ORDER.index(fit.topic.kind), fit.topic.id),
    )


_ORDER: Final = ("event", "service", "licence", "law", "article")


def _fit(topic: Topic, phrases: Iterable[frozenset[str]], asked: frozenset[str]) -> Fit:
    score, covered = 0.0, frozenset[str]()
    for phrase in phrases:
        shared = asked & phrase
        covered |= shared
        if shared:
            score = max(score, 0.7 * len(shared) / len(asked) + 0.3 * len(shared) / len(phrase))
    return Fit(topic, round(score, 6), covered)


def _narrowed(pack: Pack, shelf: _Shelf, best: Fit, asked: frozenset[str]) -> Topic:
    """What a question says beyond its life event may name one service of it: then that is meant."""
    beyond = asked - best.covered
    if best.topic.kind != "event" or not beyond:
        return best.topic
    inner = [Topic("service", service) for service in pack.life_events[best.topic.id].services]
    fits = sorted((_fit(one, shelf.phrases[one], beyond) for one in inner), key=lambda fit: -fit.score)
    clear = fits and len(fits[0].covered) >= _ENOUGH * len(beyond)
    if clear and (len(fits) == 1 or fits[0].score > fits[1].score):
        return fits[0].topic
    return best.topic


def _tells(pack: Pack, topic: Topic, aspects: tuple[Aspect, ...]) -> bool:
    """Whether the pack says anything of this kind: of a licence that no service gives, only how long it is valid."""
    validity = aspects == (Aspect.VALIDITY,)
    return topic.kind != "licence" or validity or bool(_giving(pack, topic))


def _suited(pack: Pack, topic: Topic, aspects: tuple[Aspect, ...]) -> Topic:
    """Validity is asked of a licence; everything else of the service that gives it."""
    if topic.kind == "service" and aspects == (Aspect.VALIDITY,):
        licence = pack.services[topic.id].result.licence
        return Topic("licence", licence) if licence else topic
    if topic.kind == "licence" and aspects != (Aspect.VALIDITY,):
        giving = _giving(pack, topic)
        return Topic("service", giving[0]) if giving else topic
    return topic


def _giving(pack: Pack, topic: Topic) -> list[str]:
    """The services that give a licence."""
    return [service.id for service in pack.services.values() if service.result.licence == topic.id]


def _explicit(pack: Pack, fits: list[Fit], found: re.Match[str]) -> Topic | None:
    """`act#number` when the act is named and has the article; an article that is not published is not answered."""
    laws = [fit.topic.id.partition("#")[0] for fit in fits if fit.topic.kind in ("law", "article")]
    number = found[2] or str(_number(found[1]))
    if laws and any(article.number == number for article in pack.laws[laws[0]].articles_):
        return Topic("article", f"{laws[0]}#{number}")
    return None


def _number(written: str) -> int:
    """Up to 999, in Arabic or Chinese digits."""
    if written.isdigit() and written.isascii():
        return int(written[:4])
    total = digit = 0
    for character in written:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
    return total + digit


@lru_cache(maxsize=8)
def _shelf(keyed: _Keyed) -> _Shelf:
    pack = keyed.pack
    texts: dict[Topic, list[str]] = {}
    for event in pack.life_events.values():
        texts[Topic("event", event.id)] = _event(pack, event)
    for service in pack.services.values():
        texts[Topic("service", service.id)] = _service(service)
    for licence in pack.licences.values():
        texts[Topic("licence", licence.id)] = _both(licence.name)
    for law in pack.laws.values():
        texts[Topic("law", law.id)] = _both(law.name)
        for article in law.articles_:
            texts[Topic("article", f"{law.id}#{article.number}")] = _both(article.text)
    documents = [Document(t.kind, t.id, tuple((1.0, phrase) for phrase in said)) for t, said in texts.items()]
    return _Shelf(Index(documents), {topic: _cut(said) for topic, said in texts.items()})


def _cut(said: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(tokens for phrase in said if (tokens := frozenset(folding.tokens(phrase).strong)))


def _event(pack: Pack, event: LifeEvent) -> list[str]:
    """Its name and search words, without those that name a service of it: they mean the part, not the whole."""
    parts = _cut(phrase for service in event.services for phrase in _service(pack.services[service]))
    words = []
    for word in event.search:
        cut = frozenset(folding.tokens(word).strong)
        if not any(len(cut & part) >= 0.6 * len(cut) for part in parts):
            words.append(word)
    return [*_both(event.name), *words]


def _service(service: Service) -> list[str]:
    return [*_both(service.name), *_both(service.result.name)]


def _both(value: Bilingual) -> list[str]:
    return [value.zh, value.en]

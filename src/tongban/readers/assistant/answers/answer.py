"""The answer to one question: sentences with numbered citations, or nothing but a person and the closest topics.

answer(pack, "...要多久？", today)  ->  Answer(outcome="answered", topic=..., aspects=(TIME,), parts=(...), ...)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from tongban.core.packs.model import LifeEvent, Organisation
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.readers.assistant import queries
from tongban.readers.assistant.answers import aspects, sentences, topics
from tongban.readers.assistant.answers.aspects import Aspect
from tongban.readers.assistant.answers.grounds import Citation, Grounds
from tongban.readers.assistant.answers.topics import Topic
from tongban.readers.assistant.answers.wording import said

LONGEST: Final = 200
"""Characters of a question; what is longer is cut."""
_CLOSEST: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    text: Bilingual
    citation: int
    """Number of its citation, from 1."""


@dataclass(frozen=True, slots=True)
class Part:
    aspect: Aspect
    lines: tuple[Line, ...]

    @property
    def name(self) -> Bilingual:
        return aspects.NAMES[self.aspect]


@dataclass(frozen=True, slots=True)
class Link:
    kind: str
    id: str
    name: Bilingual
    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Literal["answered", "not-published", "unclear"]
    """`unclear`: the question names no subject."""
    topic: Link | None
    assumed: bool
    """The question named no subject, and there is only one life event it can mean."""
    aspects: tuple[Aspect, ...]
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    person: Organisation | None
    closest: tuple[Link, ...]


def answer(pack: Pack, question: str, at: date) -> Answer:
    """What the pack says on the day. Pure: the question is neither kept nor logged."""
    asked = aspects.read(question[:LONGEST])
    grounds = Grounds(pack, at)
    topic, assumed = topics.find(pack, asked.rest, asked.aspects), False
    if topic is None and asked.aspects and not topics.subject(asked.rest) and len(pack.life_events) == 1:
        topic, assumed = Topic("event", next(iter(pack.life_events))), True
    wanted = asked.aspects or (Aspect.ABOUT,)
    if topic is not None and topic.kind in ("law", "article"):
        wanted = (Aspect.BASIS,)
    parts, citations = _told(grounds, topic, wanted) if topic else ((), ())
    if parts:
        outcome: Literal["answered", "not-published", "unclear"] = "answered"
    else:
        outcome = "not-published" if topics.subject(asked.rest) or topic else "unclear"
    link = linked(pack, topic) if topic else None
    return Answer(
        outcome,
        link,
        assumed,
        wanted,
        parts,
        citations,
        _person(grounds, topic),
        _closest(pack, question, topic),
    )


def examples(pack: Pack, limit: int = 5) -> list[Bilingual]:
    """Questions that this pack can answer, one for each kind of thing in turn."""
    event = _first_event(pack)
    service = next((s for s in pack.services.values() if s.applies_because and s.kind == "permit"), None)
    licence = next((one for one in pack.licences.values() if one.validity.years), None)
    asked = [
        (Aspect.TIME, event),
        (Aspect.MATERIALS, event),
        (Aspect.APPLIES, service),
        (Aspect.VALIDITY, licence),
        (Aspect.COST, service),
    ]
    return [said(aspects.EXAMPLES[aspect], name=entry.name) for aspect, entry in asked if entry is not None][
        :limit
    ]


def linked(pack: Pack, topic: Topic) -> Link:
    """A topic with its name and the page that tells more; a licence is told of where it is given."""
    if topic.kind == "event":
        return Link("event", topic.id, pack.life_events[topic.id].name, f"/events/{topic.id}")
    if topic.kind == "service":
        return Link("service", topic.id, pack.services[topic.id].name, f"/services/{topic.id}")
    if topic.kind == "licence":
        giving = next((s.id for s in pack.services.values() if s.result.licence == topic.id), None)
        return Link(
            "licence",
            topic.id,
            pack.licences[topic.id].name,
            f"/services/{giving}" if giving else "/services",
        )
    return Link(topic.kind, topic.id, pack.laws[topic.id.partition("#")[0]].name, f"/laws/{topic.id}")


def _told(
    grounds: Grounds, topic: Topic, wanted: tuple[Aspect, ...]
) -> tuple[tuple[Part, ...], tuple[Citation, ...]]:
    """The parts that have a sentence, and the citations in the order of their first use."""
    numbers: dict[Citation, int] = {}
    parts = []
    for aspect in wanted:
        lines = tuple(
            Line(one.text, numbers.setdefault(one.citation, len(numbers) + 1))
            for one in sentences.of(grounds, topic, aspect)
        )
        if lines:
            parts.append(Part(aspect, lines))
    return tuple(parts), tuple(numbers)


def _person(grounds: Grounds, topic: Topic | None) -> Organisation | None:
    """Whoever leads the matter; else the lead of the first life event; else the first organisation there is."""
    pack = grounds.pack
    roles = []
    if topic is not None and topic.kind == "event":
        roles.append(pack.life_events[topic.id].lead)
    elif topic is not None and topic.kind == "service":
        roles.append(pack.services[topic.id].authority)
    elif topic is not None and topic.kind == "licence":
        roles.append(pack.licences[topic.id].issuer)
    first = _first_event(pack)
    roles += [first.lead] if first else []
    found = (sentences.organ(grounds, role) for role in roles)
    return next((organ for organ in found if organ), next(iter(pack.organisations.values()), None))


def _first_event(pack: Pack) -> LifeEvent | None:
    """The first life event, among those declared in full if there are any."""
    return min(pack.life_events.values(), key=lambda event: not event.complete, default=None)


def _closest(pack: Pack, question: str, topic: Topic | None) -> tuple[Link, ...]:
    """What else the words may mean; all life events when they mean nothing here."""
    hits = queries.search(pack, question[:LONGEST], "en", limit=_CLOSEST + 1)
    found = [Topic(hit.kind, hit.id) for hit in hits]
    found = found or [Topic("event", event) for event in pack.life_events]
    return tuple(linked(pack, one) for one in found if one != topic)[:_CLOSEST]

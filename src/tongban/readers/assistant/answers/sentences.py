"""The sentences that answer one aspect of one topic, each a statement of the pack with its ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tongban.base.directory import queries as directory
from tongban.core.packs.model import Cited, LicenceKind, LifeEvent, Organisation, Service
from tongban.core.values.text import Bilingual
from tongban.readers.assistant.answers import wording as w
from tongban.readers.assistant.answers.aspects import Aspect
from tongban.readers.assistant.answers.grounds import Grounds, Sentence
from tongban.readers.assistant.answers.topics import Topic


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic with what belongs to it: the services to speak of, and the licences they give."""

    topic: Topic
    event: LifeEvent | None
    services: tuple[Service, ...]
    licences: tuple[LicenceKind, ...]


def of(grounds: Grounds, topic: Topic, aspect: Aspect) -> list[Sentence]:
    """Empty when the pack says nothing about it."""
    if topic.kind in ("law", "article"):
        return list(_law(grounds, topic))
    return list(_SPEAKERS[aspect](grounds, subject(grounds, topic)))


def subject(grounds: Grounds, topic: Topic) -> Subject:
    pack = grounds.pack
    event = pack.life_events[topic.id] if topic.kind == "event" else None
    ids = event.services if event else (topic.id,) if topic.kind == "service" else ()
    services = tuple(pack.services[one] for one in ids)
    given = [s.result.licence for s in services if s.result.licence]
    if topic.kind == "licence":
        given = [topic.id]
    return Subject(topic, event, services, tuple(pack.licences[one] for one in dict.fromkeys(given)))


def organ(grounds: Grounds, authority: str) -> Organisation | None:
    try:
        return directory.organisation_for(grounds.pack, authority, grounds.pack.manifest.jurisdiction)
    except LookupError:
        return None


def _service(
    grounds: Grounds, text: Bilingual, service: Service, field: str, cited: Cited | None = None
) -> list[Sentence]:
    return grounds.sentence(text, cited or service, ("services", service.id, field), service.name)


# -- one speaker for each aspect ---------------------------------------------------------------------------


def _time(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    if about.event:
        text = w.said(w.PARALLEL, name=about.event.name, n=len(about.services))
        yield from grounds.sentence(
            text, about.event, ("life-events", about.event.id, "services"), about.event.name
        )
    for service in about.services:
        promised = w.PROMISED if service.promised.amount else w.AT_ONCE
        yield from _service(
            grounds, w.period(promised, service.name, service.promised), service, "promised", service.promised
        )
        if service.statutory:
            yield from _service(
                grounds,
                w.period(w.STATUTORY, service.name, service.statutory),
                service,
                "statutory",
                service.statutory,
            )
        for variant in service.variants if about.event is None else ():
            if variant.promised:
                template = w.PROMISED if variant.promised.amount else w.AT_ONCE
                text = w.period(template, variant.name, variant.promised)
                yield from _service(grounds, text, service, "variants", variant.promised)
    yield from _waits(grounds, about)


def _waits(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    """Which service awaits a licence that another one of the event gives, with no other way to meet it."""
    makers = {s.result.licence: s for s in about.services if s.result.licence}
    for service in about.services:
        for requirement in service.requires:
            ways = grounds.pack.materials[requirement.material].alternatives
            maker = makers.get(ways[0].licence) if len(ways) == 1 else None
            if maker is not None and maker is not service:
                text = w.said(w.WAITS, name=service.name, made=maker.result.name, maker=maker.name)
                yield from _service(grounds, text, service, "requires", requirement)


def _materials(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    """Each material once, however many services need it."""
    told: set[str] = set()
    for service in about.services:
        if not service.requires and about.event is None:
            yield from _service(grounds, w.said(w.NO_MATERIAL, name=service.name), service, "requires")
        for requirement in service.requires:
            if requirement.material in told:
                continue
            told.add(requirement.material)
            material = grounds.pack.materials[requirement.material]
            always = requirement.when.strip().upper() == "TRUE" and (about.event is None or _always(service))
            text = w.said(
                w.MATERIAL,
                name=material.name,
                mark=w.NOTHING if always else w.SITUATIONAL,
                ways=w.ways(grounds.pack, material.alternatives),
            )
            yield from _service(grounds, text, service, "requires", requirement)


def _cost(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    for service in about.services:
        whole, rest = divmod(service.fee_fen, 100)
        yuan = f"{whole:,}" + (f".{rest:02d}" if rest else "")
        stated = ("services", service.id, "fee_fen") in grounds.pack.provenance
        template = w.FEE if service.fee_fen else w.FREE if stated else w.NO_FEE
        text = w.said(template, name=service.name, yuan=yuan)
        yield from _service(grounds, text, service, "fee_fen")


def _who(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    if about.event:
        yield from _organ(grounds, w.LEADS, about.event.name, about.event.lead)
    for service in about.services:
        yield from _organ(grounds, w.DECIDES, service.name, service.authority)
    for licence in about.licences if not about.services else ():
        yield from _organ(grounds, w.DECIDES, licence.name, licence.issuer)


def _organ(grounds: Grounds, template: Bilingual, name: Bilingual, authority: str) -> list[Sentence]:
    found = organ(grounds, authority)
    if found is None:
        return []
    phone = w.said(w.PHONE, phone=found.phone) if found.phone else w.NOTHING
    text = w.said(template, name=name, organ=found.name, phone=phone)
    return grounds.sentence(text, found, ("organisations", found.id, ""), found.name)


def _applies(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    for service in about.services:
        if service.applies_because:
            text = w.said(w.NEEDED_WHEN, name=service.name, why=service.applies_because)
            yield from _service(grounds, text, service, "applies_because")
        elif _always(service):
            yield from _service(grounds, w.said(w.ALWAYS, name=service.name), service, "applies_when")
        for condition in service.conditions if about.event is None else ():
            text = w.said(w.CHECKED, name=service.name, why=condition.label)
            yield from _service(grounds, text, service, "conditions", condition)
        for block in service.blocked_when:
            text = w.said(w.BLOCKED, name=service.name, why=block.reason)
            yield from _service(grounds, text, service, "blocked_when", block)


def _validity(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    for licence in about.licences:
        years = licence.validity.years
        if years is None and licence.validity.source:
            continue  # its term depends on something that the pack does not compute
        text = (
            w.said(w.LONG_TERM, name=licence.name)
            if years is None
            else w.said(w.VALID_YEARS, name=licence.name, n=years, years="year" if years == 1 else "years")
        )
        yield from grounds.sentence(
            text, licence.validity, ("licences", licence.id, "validity"), licence.name
        )


def _basis(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    entries = [one for one in (about.event, *about.services, *about.licences) if one is not None]
    for article_id in dict.fromkeys(one for entry in entries for one in entry.articles):
        yield from _article(grounds, article_id)


def _about(grounds: Grounds, about: Subject) -> Iterator[Sentence]:
    if about.event:
        text = w.said(w.SUMMARY, name=about.event.name, summary=about.event.summary)
        yield from grounds.sentence(
            text, about.event, ("life-events", about.event.id, "summary"), about.event.name
        )
        text = w.said(w.PART_OF, name=about.event.name, parts=w.joined(s.name for s in about.services))
        yield from grounds.sentence(
            text, about.event, ("life-events", about.event.id, "services"), about.event.name
        )
        return
    for service in about.services:
        if service.summary:
            yield from _service(
                grounds, w.said(w.SUMMARY, name=service.name, summary=service.summary), service, "summary"
            )
    yield from _applies(grounds, about)
    yield from _who(grounds, about)


def _law(grounds: Grounds, topic: Topic) -> Iterator[Sentence]:
    if topic.kind == "article":
        yield from _article(grounds, topic.id)
        return
    for article in grounds.pack.laws[topic.id].articles_:
        yield from _article(grounds, f"{topic.id}#{article.number}")


def _article(grounds: Grounds, article_id: str) -> list[Sentence]:
    law, article = grounds.read(article_id)
    if law is None or article is None:
        return []
    return grounds.article(
        law, article, w.said(w.ARTICLE, law=law.name, number=article.number, text=article.text)
    )


def _always(service: Service) -> bool:
    return service.applies_when.strip().upper() == "TRUE"


_SPEAKERS: Final[dict[Aspect, Callable[[Grounds, Subject], Iterator[Sentence]]]] = {
    Aspect.TIME: _time,
    Aspect.MATERIALS: _materials,
    Aspect.COST: _cost,
    Aspect.WHO: _who,
    Aspect.APPLIES: _applies,
    Aspect.VALIDITY: _validity,
    Aspect.BASIS: _basis,
    Aspect.ABOUT: _about,
}

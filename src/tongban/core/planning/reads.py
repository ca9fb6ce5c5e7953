"""What services read at all, whatever the situation: no office may be asked for anything else on their account.

fields_read(pack, pack.life_events["open-restaurant"])   ->   {"property-registry": ("owner", "usage", "area")}
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tongban.core.packs import model
from tongban.core.packs.pack import Pack


def facts_read(pack: Pack, services: Collection[str]) -> frozenset[str]:
    """Facts that these services read: in their forms, conditions, materials and the licences they issue."""
    names: set[str] = set()
    for service in services:
        if service in pack.services:
            names.update(_facts(pack, pack.services[service]))
    return frozenset(names)


def fields_read(pack: Pack, event: model.LifeEvent) -> dict[str, tuple[str, ...]]:
    """Id of each registry that a life event can use to the fields it can use, in the registry's order.

    The least that is needed is all that may be looked up (个人信息保护法 art. 6). A registry whose row is itself a
    material is asked for its key when nothing else of it is read: the answer says that the row exists.
    """
    wanted = _wanted(pack, event)
    while more := {r.key_fact for r in pack.resources.values() if _fields(pack, r, wanted)} - wanted:
        wanted |= more  # one registry supplies the key of another
    shown = {alternative.registry for alternative in _alternatives(pack, event)}
    found = {
        r.id: _fields(pack, r, wanted) or ((r.key,) if r.id in shown else ()) for r in pack.resources.values()
    }
    return {resource: fields for resource, fields in found.items() if fields}


def kinds_read(pack: Pack, event: model.LifeEvent) -> frozenset[str]:
    """Kinds of licence that a life event can use: one of its materials, or the source of a fact that it reads."""
    facts = (pack.facts[name] for name in _wanted(pack, event) if name in pack.facts)
    named = {source.licence for fact in facts for source in fact.sources}
    named.update(alternative.licence for alternative in _alternatives(pack, event))
    return frozenset(kind for kind in pack.licences if kind in named)


def rules(pack: Pack, service: model.Service) -> Iterator[str]:
    """The text of every rule of the service and of the materials that it needs."""
    yield service.applies_when
    yield from (variant.when for variant in service.variants)
    yield from (block.when for block in service.blocked_when)
    yield from (condition.rule for condition in service.conditions)
    yield from (signer.when for signer in service.signers)
    for requirement in service.requires:
        yield requirement.when
        yield from (a.when for a in pack.materials[requirement.material].alternatives if a.when)


def supplies(resource: model.Resource, fact: model.Fact) -> bool:
    """Whether the fact's value can come from the registry."""
    return any(source.registry == resource.id for source in fact.sources)


def _wanted(pack: Pack, event: model.LifeEvent) -> set[str]:
    return {*facts_read(pack, event.services), *([event.name_fact] if event.name_fact else [])}


def _facts(pack: Pack, service: model.Service) -> Iterator[str]:
    yield from service.form
    yield from (fact for signer in service.signers for fact in signer.by)
    for text in rules(pack, service):
        yield from pack.rule(text).facts
    if service.result.registration:
        yield service.result.registration.by
    if service.result.licence:
        yield from (f.fact for f in pack.licences[service.result.licence].fields if f.fact)


def _fields(pack: Pack, resource: model.Resource, wanted: Collection[str]) -> tuple[str, ...]:
    return tuple(
        field.id
        for field in resource.fields
        if field.fact and field.fact in wanted and supplies(resource, pack.facts[field.fact])
    )


def _alternatives(pack: Pack, event: model.LifeEvent) -> Iterator[model.Alternative]:
    """Every way to meet a requirement of some service of the event."""
    for service in event.services:
        for requirement in pack.services[service].requires:
            for alternative in pack.materials[requirement.material].alternatives:
                yield alternative
                for companion in alternative.along_with:
                    yield from pack.materials[companion].alternatives

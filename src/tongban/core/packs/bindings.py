"""What a pack needs of the place it is for and does not find there: roles that no organ fills.

    unbound(pack)  ->  authority press (新闻出版 Press office)      needed by service bookshop-permit
                       registry shop-licences (…), kept by market   needed by fact shop_name, material lease

A national layer names roles (`authority: market`) and who keeps a registry or issues a licence; only the place's own
layer says which organ that is. Without it nobody receives the case and nothing can be looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual

Kind = Literal["authority", "registry", "licence"]
_ORDER: Final[tuple[Kind, ...]] = ("authority", "registry", "licence")


@dataclass(frozen=True, slots=True)
class Unbound:
    """A role, registry or kind of licence of the pack that no organ of the place stands for."""

    kind: Kind
    id: str
    name: Bilingual
    authority: str
    """The role to be filled: `id` itself for an authority, else who keeps the registry or issues the licence."""
    needed_by: tuple[str, ...]
    """`service food-permit`, ...: in order, each once."""


def unbound(pack: Pack) -> tuple[Unbound, ...]:
    """Everything that is missing, authorities first, each kind in order of id."""
    filled = {organisation.authority for organisation in pack.organisations.values()}
    users: dict[tuple[Kind, str], set[str]] = {}
    for kind, entry_id, user in _needs(pack):
        users.setdefault((kind, entry_id), set()).add(user)
    found: list[Unbound] = []
    for kind, entry_id in sorted(users, key=lambda need: (_ORDER.index(need[0]), need[1])):
        authority = _authority(pack, kind, entry_id)
        if authority not in filled:
            name = _name(pack, kind, entry_id)
            found.append(Unbound(kind, entry_id, name, authority, tuple(sorted(users[kind, entry_id]))))
    return tuple(found)


def _needs(pack: Pack) -> Iterator[tuple[Kind, str, str]]:
    """(kind, id, who needs it) for all that people and offices meet in a service, life event or policy."""
    for service in pack.services.values():
        yield "authority", service.authority, f"service {service.id}"
    for event in pack.life_events.values():
        yield "authority", event.lead, f"event {event.id}"
    for policy in pack.policies.values():
        yield "authority", policy.authority, f"policy {policy.id}"
    for material in pack.materials.values():
        for way in material.alternatives:
            yield from _evidence(way.licence, way.registry, f"material {material.id}")
    for fact in pack.facts.values():
        for source in fact.sources:
            yield from _evidence(source.licence, source.registry, f"fact {fact.id}")


def _evidence(licence: str | None, registry: str | None, user: str) -> Iterator[tuple[Kind, str, str]]:
    if licence is not None:
        yield "licence", licence, user
    if registry is not None:
        yield "registry", registry, user


def _authority(pack: Pack, kind: Kind, entry_id: str) -> str:
    if kind == "registry":
        return pack.resources[entry_id].steward
    return pack.licences[entry_id].issuer if kind == "licence" else entry_id


def _name(pack: Pack, kind: Kind, entry_id: str) -> Bilingual:
    of_kind = {"authority": pack.authorities, "registry": pack.resources, "licence": pack.licences}[kind]
    return of_kind[entry_id].name

"""How ready a place is to run what it has installed, as three percentages (业务通、数据通、场景通).

business   the authorities, licences and registries that its services name are bound to organs of the place
data       the facts its services need can be had without asking: from a licence or a registry that is bound
scenes     life events that carry tests, all of which pass
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongban.core.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Share:
    """How many of what is needed are there."""

    done: int
    total: int
    missing: tuple[str, ...]
    """What is not there, as `kind id`."""

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all. Nothing needed counts as 100."""
        return self.done * 100 // self.total if self.total else 100


def business(pack: Pack) -> Share:
    """Authorities that services, licences and registries name, and whether an organ of the place fills each role."""
    bound = {organisation.authority for organisation in pack.organisations.values()}
    return _share("authority", _authorities(pack), bound)


def data(pack: Pack) -> Share:
    """Facts that services read or ask for, and whether a licence or registry that is bound holds each."""
    bound = {organisation.authority for organisation in pack.organisations.values()}
    live: set[str] = set()
    for fact in pack.facts.values():
        for source in fact.sources:
            if _keeper(pack, source.licence, source.registry) in bound:
                live.add(fact.id)
    return _share("fact", _facts(pack), live)


def scenes(pack: Pack, passed: Iterable[tuple[str, bool]]) -> Share:
    """Life events whose tests pass. `passed` is (event id, outcome) of every test that was run."""
    outcomes: dict[str, list[bool]] = {}
    for event, ok in passed:
        outcomes.setdefault(event, []).append(ok)
    return _share("event", set(pack.life_events), {event for event, seen in outcomes.items() if all(seen)})


def _share(noun: str, needed: set[str], there: set[str]) -> Share:
    missing = tuple(f"{noun} {name}" for name in sorted(needed - there))
    return Share(len(needed & there), len(needed), missing)


def _authorities(pack: Pack) -> set[str]:
    named = {service.authority for service in pack.services.values()}
    named |= {event.lead for event in pack.life_events.values()}
    named |= {policy.authority for policy in pack.policies.values()}
    for material in pack.materials.values():
        for way in material.alternatives:
            if keeper := _keeper(pack, way.licence, way.registry):
                named.add(keeper)
    return named


def _keeper(pack: Pack, licence: str | None, registry: str | None) -> str | None:
    """The authority that issues the licence or keeps the registry."""
    if licence is not None and licence in pack.licences:
        return pack.licences[licence].issuer
    if registry is not None and registry in pack.resources:
        return pack.resources[registry].steward
    return None


def _facts(pack: Pack) -> set[str]:
    asked = {name for service in pack.services.values() for name in service.form}
    texts = {service.applies_when for service in pack.services.values()}
    texts |= {condition.rule for service in pack.services.values() for condition in service.conditions}
    read = {name for text in texts for name in pack.rules[text].facts}
    return (asked | read) & set(pack.facts)

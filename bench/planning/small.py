"""Small packs with declared shares of answers: made from a seed, and the small life events of the national pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from random import Random
from types import MappingProxyType
from typing import Any

from bench.planning.interviews import Answers, Interviews
from bench.rules.synthetic import seeded
from tests.core.planning.small_packs import unchecked_pack

from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.planning import reads
from tongban.core.rules import ir
from tongban.core.rules.states import Value

AT = date(2026, 11, 2)
MOST_FACTS = 12
SHARES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
"""How many of all people say yes to a question."""


def made(number: int, facts: int) -> Interviews:
    """A pack of yes-no facts, services that some of them decide, papers that others do, and alternatives."""
    random = seeded(number)
    names = [f"f{n}" for n in range(facts)]
    materials: list[dict[str, Any]] = []
    services: list[dict[str, Any]] = []
    for n in range(random.randint(3, 6)):
        needs = []
        for m in range(random.randint(0, 2)):
            material = f"m{n}{m}"
            alternatives: list[dict[str, Any]] = [{"upload": {}}]
            if random.random() < 0.4:
                alternatives.insert(0, {"form": True, "when": _rule(random, names, 2)})
            materials.append({"id": material, "alternatives": alternatives})
            needs.append({"material": material, "when": _rule(random, names, 2)})
        service: dict[str, Any] = {
            "id": f"s{n}",
            "applies_when": _rule(random, names, 3) if random.random() < 0.8 else "TRUE",
            "requires": needs,
        }
        if random.random() < 0.3:
            service["blocked_when"] = [_rule(random, names, 2)]
        if random.random() < 0.3:
            service["variants"] = [{"id": "v", "when": _rule(random, names, 2), "promised": {"amount": 1}}]
        services.append(service)
    pack = unchecked_pack(
        {
            "facts": [{"id": name, "priors": {"yes": random.choice(SHARES)}} for name in names],
            "materials": materials,
            "services": services,
        }
    )
    return Interviews(pack, "event", {name: declared_answers(pack, name) for name in names}, AT)


def declared(pack: Pack) -> Iterator[tuple[str, list[Interviews]]]:
    """The life events that at most twelve facts decide. Numbers are as often on each side of what rules ask for.

    Services that share neither a deciding fact nor evidence tell nothing about each other: the interview about each such
    part is one of its own, and the questions add up.
    """
    for event in pack.life_events.values():
        roots = [pack.rule(text).root for service in event.services for text in _rules(pack, service)]
        if 1 < len(_names(roots)) <= MOST_FACTS:
            parts = []
            for services in _apart(pack, event.services):
                mine = [pack.rule(text).root for service in services for text in _rules(pack, service)]
                answers: Answers = {
                    name: declared_answers(pack, name) or tuple(_evenly(_values(name, mine)))
                    for name in sorted(_names(mine))
                }
                part = event.model_copy(update={"services": tuple(services)})
                alone = replace(pack, life_events=MappingProxyType({event.id: part}))
                parts.append(Interviews(alone, event.id, answers, AT))
            yield event.id, parts


def _apart(pack: Pack, services: Iterable[str]) -> list[list[str]]:
    """The services in groups that have nothing to do with each other."""
    groups: list[tuple[set[str], list[str]]] = []
    for service in services:
        touched = _touched(pack, service)
        mine = [group for group in groups if group[0] & touched]
        groups = [group for group in groups if group not in mine]
        merged = [name for _touched_by, names in mine for name in names]
        groups.append((touched.union(*(found for found, _names in mine)), [*merged, service]))
    return [names for _touched_by, names in groups]


def _touched(pack: Pack, name: str) -> set[str]:
    """Deciding facts, licences that it makes or could take, and papers on which an answer bears."""
    service = pack.services[name]
    found = {f"fact {fact}" for text in _rules(pack, name) for fact in pack.rule(text).facts}
    found |= {f"licence {service.result.licence}"} if service.result.licence else set()
    for need in service.requires:
        alternatives = pack.materials[need.material].alternatives
        found |= {f"licence {way.licence}" for way in alternatives if way.licence}
        if need.when != "TRUE" or any(way.when for way in alternatives):
            found.add(f"material {need.material}")
    return found


def _rules(pack: Pack, service: str) -> list[str]:
    return list(reads.rules(pack, pack.services[service]))


def _names(roots: Iterable[ir.Node]) -> set[str]:
    return {part.name for root in roots for part in ir.walk(root) if isinstance(part, ir.Fact)}


def _rule(random: Random, names: list[str], most: int) -> str:
    """One to `most` facts, some of them denied, joined by AND or OR."""
    chosen = random.sample(names, random.randint(1, min(most, len(names))))
    parts = [name if random.random() < 0.7 else f"NOT {name}" for name in chosen]
    if len(parts) == 3 and random.random() < 0.5:
        return f"{parts[0]} {random.choice(['AND', 'OR'])} ({parts[1]} {random.choice(['AND', 'OR'])} {parts[2]})"
    return f" {random.choice(['AND', 'OR'])} ".join(parts)


def declared_answers(pack: Pack, name: str) -> tuple[tuple[Value, float], ...]:
    """The answers that can be counted, with the shares that the pack declares."""
    fact = pack.facts[name]
    if fact.type == "boolean":
        shares = packfacts.priors(fact, ["yes", "no"])
        return (True, float(shares["yes"])), (False, float(shares["no"]))
    if fact.type == "code":
        codes = [item.code for item in pack.code_lists[fact.codes or ""].items]
        shares = packfacts.priors(fact, codes)
        return tuple((code, float(shares[code])) for code in codes)
    return ()


def _values(name: str, roots: Iterable[ir.Node]) -> list[Value]:
    """Answers that tell apart all that the rules tell apart."""
    edges = {
        other.value
        for root in roots
        for part in ir.walk(root)
        if isinstance(part, ir.Compare | ir.Between | ir.In)
        and any(isinstance(inner, ir.Fact) and inner.name == name for inner in ir.walk(part))
        for other in ir.walk(part)
        if isinstance(other, ir.Literal) and type(other.value) is int
    }
    return sorted({max(0, edge + step) for edge in edges for step in (-1, 0, 1)}) or [0, 1]


def _evenly(values: list[Value]) -> Iterator[tuple[Value, float]]:
    return ((value, 1 / len(values)) for value in values)

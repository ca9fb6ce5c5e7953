"""What is still worth asking, and in which order.

A fact is asked when it can still change what applies, how, with which materials, or whether something stands
against it; or when an applying service's form needs it. A fact that can no longer change anything is not asked,
nor one that only an office can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tongban.core.planning.materials import Met
from tongban.core.planning.model import Applies, Question
from tongban.core.planning.reads import supplies
from tongban.core.planning.services import Considered, reachable_variants
from tongban.core.planning.situation import Situation

APPLIES_WEIGHT: Final = 4
"""A rule that decides whether a service applies counts as much as so many others: it takes all of them along."""

_EFFORT: Final = {"tap": 0, "type": 1, "look-up": 2}


@dataclass(frozen=True, slots=True)
class _OpenRule:
    """A rule in the place where it decides something. A material is asked for once, so its rules count once."""

    place: str
    """Id of a service or of a material."""
    text: str
    weight: int = 1


@dataclass(slots=True)
class _Interest:
    """What hangs on one unknown fact."""

    rules: int = 0
    weight: int = 0
    services: tuple[str, ...] = ()
    form: bool = False
    now: bool = False
    """Whether it decides if some service applies, or bears on one that surely does."""

    def add(self, service: str, weight: int, *, now: bool) -> None:
        """`weight` is 0 for a rule that another service has brought in already."""
        self.now |= now
        self.rules += weight > 0
        self.weight += weight
        self._touch(service)

    def fill(self, service: str) -> None:
        self.form = self.now = True
        self._touch(service)

    def _touch(self, service: str) -> None:
        if service not in self.services:
            self.services = (*self.services, service)


def form(considered: Iterable[Considered]) -> tuple[str, ...]:
    """Facts that the forms of the applying services hold, each once."""
    applying = (c for c in considered if c.applies is Applies.YES)
    return tuple(dict.fromkeys(fact for c in applying for fact in c.service.form))


def questions(
    considered: Iterable[Considered], met: Iterable[Met], situation: Situation
) -> tuple[Question, ...]:
    """Facts still worth asking, best first.

    Those on which most undecided rules hang come first, `applies_when` counting most; the key of a registry
    takes over the weight of all facts that one row would supply; then the easier to answer; then the order
    of the pack. Facts that only fill a form come last, in the order of the forms.
    """
    interests = _interests(tuple(considered), met, situation)
    supplied = _supplied(interests, situation)
    for key, facts in supplied.items():
        if key not in interests and any(not _askable(f, situation) for f in facts):
            now = any(interests[f].now for f in facts)
            interests[key] = _Interest(services=_services_of(facts, interests), now=now)

    place = {fact: n for n, fact in enumerate(interests)}

    def rank(fact: str) -> tuple[int, int, int]:
        taken_over = sum(max(interests[f].weight, 1) for f in supplied.get(fact, ()))
        weight = interests[fact].weight + taken_over
        effort = _EFFORT[situation.pack.facts[fact].effort] if weight else 0
        return -weight, effort, place[fact]

    asked = sorted((f for f in interests if _askable(f, situation)), key=rank)
    return tuple(_question(f, interests[f]) for f in asked)


def _question(fact: str, interest: _Interest) -> Question:
    return Question(
        fact=fact,
        settles=interest.rules,
        services=interest.services,
        required=interest.form and not interest.rules,
        later=not interest.now,
    )


def _interests(
    considered: tuple[Considered, ...], met: Iterable[Met], situation: Situation
) -> dict[str, _Interest]:
    """Unknown facts in the order of the pack, with what hangs on them."""
    found: dict[str, _Interest] = {}
    counted: set[_OpenRule] = set()
    needed = tuple(met)
    for one in considered:
        for rule in _open_rules(one, needed, situation):
            weight = 0 if rule in counted else rule.weight
            counted.add(rule)
            now = one.applies is Applies.YES or rule.weight == APPLIES_WEIGHT
            for fact in _in_pack_order(situation.open_facts(rule.text), situation):
                found.setdefault(fact, _Interest()).add(one.id, weight, now=now)
    for one in considered:
        if one.applies is Applies.YES and not one.blocks:
            for fact in one.service.form:
                if fact not in situation.facts:
                    found.setdefault(fact, _Interest()).fill(one.id)
    return found


def _open_rules(one: Considered, met: tuple[Met, ...], situation: Situation) -> Iterable[_OpenRule]:
    """Rules whose result still matters to this service.

    Once something stands against a service for certain, all that matters is whether it applies.
    """
    if one.applies is Applies.NO:
        return
    service = one.service
    yield _OpenRule(one.id, service.applies_when, APPLIES_WEIGHT)
    if one.blocks:
        return
    yield from (_OpenRule(one.id, v.when) for v in reachable_variants(service, situation))
    yield from (_OpenRule(one.id, b.when) for b in service.blocked_when)
    yield from (_OpenRule(one.id, c.rule) for c in service.conditions)
    for material in met:
        mine = [n.requirement.when for n in material.needs if n.by.id == one.id]
        decisive = [*mine, *_open_alternatives(material)] if mine else ()
        yield from (_OpenRule(material.material.id, when) for when in decisive)


def _open_alternatives(met: Met) -> Iterable[str]:
    """Undecided alternatives that would be less trouble than the best certain one, or that are preferred."""
    enough = min((w.cost for w in met.ways if w.usable and w.certain), default=None)
    for way in met.ways:
        better = enough is None or way.cost < enough or way is met.wanted
        if way.open and way.usable and better and way.alternative.when:
            yield way.alternative.when


def _supplied(interests: Mapping[str, _Interest], situation: Situation) -> dict[str, frozenset[str]]:
    """Unknown key of a registry to the facts of interest that one row of it would supply."""
    looked_up = {h.id for h in situation.held if h.kind == "registry"}
    supplied: dict[str, frozenset[str]] = {}
    for resource in situation.pack.resources.values():
        key = resource.key_fact
        if key in situation.facts or resource.id in looked_up or not _askable(key, situation):
            continue
        facts = frozenset(f for f in interests if f != key and supplies(resource, situation.pack.facts[f]))
        if facts:
            supplied[key] = supplied.get(key, frozenset()) | facts
    return supplied


def _services_of(facts: Iterable[str], interests: Mapping[str, _Interest]) -> tuple[str, ...]:
    wanted = set(facts)
    services = (s for fact, interest in interests.items() if fact in wanted for s in interest.services)
    return tuple(dict.fromkeys(services))


def _askable(fact: str, situation: Situation) -> bool:
    """Whether the subject can be asked at all."""
    return situation.pack.facts[fact].question is not None


def _in_pack_order(facts: frozenset[str], situation: Situation) -> Iterable[str]:
    """A stable order that does not depend on hashing."""
    return (f for f in situation.pack.facts if f in facts) if len(facts) > 1 else facts

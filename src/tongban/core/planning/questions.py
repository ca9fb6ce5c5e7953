"""What is still worth asking, why, and in which order.

A fact is asked when it can still change what applies, how, with which materials, or whether something stands
against it; or when an applying service's form needs it. A fact that can no longer change anything is not asked,
nor one that only an office can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tongban.core.planning import ranking
from tongban.core.planning.materials import Met
from tongban.core.planning.model import Applies, Because, Part, Question
from tongban.core.planning.ranking import COSTS, Paper, Stake
from tongban.core.planning.reads import supplies
from tongban.core.planning.services import Considered, reachable_variants
from tongban.core.planning.situation import Situation


@dataclass(slots=True)
class _Interest:
    """What hangs on one unknown fact."""

    rules: int = 0
    services: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()
    form: bool = False
    now: bool = False
    """Whether it decides if some service applies, or bears on one that surely does."""

    def add(self, reason: Because, *, first: bool, now: bool) -> None:
        """`first` is False for a rule that another service has brought in already."""
        self.now |= now
        self.rules += first
        self._touch(reason)

    def fill(self, reason: Because) -> None:
        self.form = self.now = True
        self._touch(reason)

    def _touch(self, reason: Because) -> None:
        self.because = (*self.because, reason)
        if reason.service not in self.services:
            self.services = (*self.services, reason.service)


def form(considered: Iterable[Considered]) -> tuple[str, ...]:
    """Facts that the forms of the applying services hold, each once."""
    applying = (c for c in considered if c.applies is Applies.YES)
    return tuple(dict.fromkeys(fact for c in applying for fact in c.service.form))


def questions(
    considered: Iterable[Considered], met: Iterable[Met], situation: Situation
) -> tuple[Question, ...]:
    """Facts still worth asking, best first.

    First those that gain most for what they cost (see `ranking`); the key of a registry takes over the gain of all
    facts that one row would supply. What can wait comes after that, and facts that only fill a form come last, in the
    order of the forms.
    """
    reasons = tuple(_reasons(tuple(considered), tuple(met), situation))
    interests = _interests(considered, reasons, situation)
    supplied = _supplied(interests, situation)
    for key, facts in supplied.items():
        through = _through(key, facts, interests, situation)
        if key in interests:
            interests[key].because += through.because
        elif any(not _askable(f, situation) for f in facts):
            interests[key] = through

    deciding = sorted((f for f, i in interests.items() if i.rules), key=lambda f: -interests[f].rules)
    gains = ranking.rank(deciding, _stakes(considered, reasons), situation)
    place = {fact: n for n, fact in enumerate(interests)}

    def order(fact: str) -> tuple[bool, bool, Fraction, int, int]:
        gain = gains.get(fact, Fraction())
        gain += sum((max(gains.get(f, Fraction()), Fraction(1)) for f in supplied.get(fact, ())), Fraction())
        interest, cost = interests[fact], COSTS[situation.pack.facts[fact].effort]
        return not gain, not interest.now, -gain / cost, -interest.rules, place[fact]

    asked = sorted((f for f in interests if _askable(f, situation)), key=order)
    return tuple(_question(f, interests[f], situation) for f in asked)


def _question(fact: str, interest: _Interest, situation: Situation) -> Question:
    return Question(
        fact=fact,
        settles=interest.rules,
        services=interest.services,
        required=interest.form and not interest.rules,
        later=not interest.now,
        because=interest.because,
        records=tuple(_records(fact, situation)),
    )


def _records(fact: str, situation: Situation) -> Iterator[tuple[str, str]]:
    """Kinds of licence and registries that could supply the fact and have not been looked at yet."""
    seen = {(held.kind, held.id) for held in situation.held}
    for source in situation.pack.facts[fact].sources:
        if source.licence and source.licence in situation.pack.licences:
            record = ("licence", source.licence)
        elif source.registry and source.registry in situation.pack.resources:
            record = ("registry", source.registry)
        else:
            continue
        if record not in seen:
            yield record


def _interests(
    considered: Iterable[Considered], reasons: Iterable[Because], situation: Situation
) -> dict[str, _Interest]:
    """Unknown facts in the order of the pack, with what hangs on them."""
    applies = {one.id: one.applies for one in considered}
    found: dict[str, _Interest] = {}
    counted: set[tuple[str, str]] = set()
    for reason in reasons:
        asked_once = reason.entry if reason.part in (Part.NEEDED, Part.ALTERNATIVE) else reason.service
        first = (asked_once, reason.rule) not in counted
        counted.add((asked_once, reason.rule))
        now = applies[reason.service] is Applies.YES or reason.part is Part.APPLIES
        for fact in _in_pack_order(situation.open_facts(reason.rule), situation):
            found.setdefault(fact, _Interest()).add(reason, first=first, now=now)
    for one in considered:
        if one.applies is Applies.YES and not one.blocks:
            for fact in one.service.form:
                if fact not in situation.facts:
                    reason = Because(Part.FORM, one.id, articles=one.service.articles)
                    found.setdefault(fact, _Interest()).fill(reason)
            for signer in one.service.signers:
                if situation.holds(signer.when) is True:
                    reason = Because(Part.SIGN, one.id, signer.id, articles=signer.articles)
                    for fact in signer.by:
                        if fact not in situation.facts:
                            found.setdefault(fact, _Interest()).fill(reason)
    return found


def _reasons(
    considered: tuple[Considered, ...], met: tuple[Met, ...], situation: Situation
) -> Iterator[Because]:
    """Rules whose result still matters, service by service.

    Once something stands against a service for certain, all that matters is whether it applies.
    """
    for one in considered:
        service = one.service
        if one.applies is Applies.NO:
            continue
        yield Because(Part.APPLIES, one.id, "", service.applies_when, service.articles)
        if one.blocks:
            continue
        for variant in reachable_variants(service, situation):
            yield Because(Part.VARIANT, one.id, variant.id, variant.when, variant.articles)
        for index, block in enumerate(service.blocked_when):
            yield Because(Part.BLOCK, one.id, str(index), block.when, block.articles)
        for condition in service.conditions:
            yield Because(Part.CONDITION, one.id, condition.id, condition.rule, condition.articles)
        for signer in service.signers:
            yield Because(Part.SIGN, one.id, signer.id, signer.when, signer.articles)
        for material in met:
            mine = [need.requirement for need in material.needs if need.by.id == one.id]
            for requirement in mine:
                yield Because(
                    Part.NEEDED, one.id, material.material.id, requirement.when, requirement.articles
                )
            if mine:
                for when in _open_alternatives(material):
                    yield Because(Part.ALTERNATIVE, one.id, material.material.id, when, mine[0].articles)


def _open_alternatives(met: Met) -> Iterable[str]:
    """Undecided alternatives that would be less trouble than the best certain one, or that are preferred; the least
    trouble first."""
    enough = min((w.cost for w in met.ways if w.usable and w.certain), default=None)
    for way in sorted(met.ways, key=lambda w: (w.cost, w.index)):
        better = enough is None or way.cost < enough or way is met.wanted
        if way.open and way.usable and better and way.alternative.when:
            yield way.alternative.when


def _stakes(considered: Iterable[Considered], reasons: Iterable[Because]) -> Iterator[Stake]:
    """The same by service, as `ranking` weighs it."""
    by_service: dict[str, list[Because]] = {}
    for reason in reasons:
        by_service.setdefault(reason.service, []).append(reason)
    for one in considered:
        mine = by_service.get(one.id, [])
        if not mine:
            continue

        def of(part: Part, entry: str | None = None, mine: list[Because] = mine) -> tuple[str, ...]:
            return tuple(r.rule for r in mine if r.part is part and entry in (None, r.entry))

        papers = dict.fromkeys(r.entry for r in mine if r.part is Part.NEEDED)
        yield Stake(
            service=one.id,
            applies=one.service.applies_when,
            blocks=of(Part.BLOCK),
            variants=of(Part.VARIANT),
            conditions=of(Part.CONDITION),
            papers=tuple(Paper(p, of(Part.NEEDED, p), of(Part.ALTERNATIVE, p)) for p in papers),
        )


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


def _through(
    key: str, facts: frozenset[str], interests: Mapping[str, _Interest], situation: Situation
) -> _Interest:
    """The interest in a key on which nothing hangs but what the registry then says."""
    wanted = [interests[f] for f in _in_pack_order(facts, situation)]
    services = tuple(dict.fromkeys(s for interest in wanted for s in interest.services))
    registries = [
        resource.id
        for resource in situation.pack.resources.values()
        if resource.key_fact == key and any(supplies(resource, situation.pack.facts[f]) for f in facts)
    ]
    because = tuple(Because(Part.LOOK_UP, s, registry) for registry in registries for s in services)
    return _Interest(services=services, because=because, now=any(interest.now for interest in wanted))


def _askable(fact: str, situation: Situation) -> bool:
    """Whether the subject can be asked at all."""
    return situation.pack.facts[fact].question is not None


def _in_pack_order(facts: frozenset[str], situation: Situation) -> Iterable[str]:
    """A stable order that does not depend on hashing."""
    return (f for f in situation.pack.facts if f in facts) if len(facts) > 1 else facts

"""What another version of the rules makes of a form that is being filled in: the same answers under two packs.

    moved(before, after, "open-restaurant", said, known, held, at, deferring)
        asked       questions that are open now and were not
        unasked     answers that nothing reads any more; they are kept
        changes     services and materials that came or went, days
        terms       periods and fees of what applies under both

Only the pack differs between the two plans: facts, evidence and day are the same. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.core.packs import facts as packfacts
from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.planning import diff, plan, reads
from tongban.core.planning.diff import Changes
from tongban.core.planning.model import Applies, Held, Plan, PlannedService, Status


@dataclass(frozen=True, slots=True)
class Term:
    """One service that applies under both, before against after."""

    before: PlannedService
    after: PlannedService
    fee_before: int
    """In fen."""
    fee_after: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Names in the order of the pack they stand in. `before` and `after` are the two plans."""

    before: Plan
    after: Plan
    asked: tuple[str, ...]
    unasked: tuple[str, ...]
    back: tuple[str, ...]
    """Answers that nothing read before and that count again."""
    unfit: tuple[str, ...]
    """Answers whose value the fact can no longer have."""
    reworded: tuple[str, ...]
    """Answers to a question that now reads otherwise, or is counted in another unit."""
    changes: Changes
    ways: tuple[str, ...]
    """Materials needed under both that now have to be met in another way."""
    promises: tuple[str, ...]
    """Materials met by a signature whose text has changed."""
    terms: tuple[Term, ...]
    blocked: tuple[str, ...]
    """Services that something stands against now and did not before."""

    @property
    def any(self) -> bool:
        return self.changes.any or any(
            (
                self.asked,
                self.unasked,
                self.back,
                self.unfit,
                self.reworded,
                self.ways,
                self.promises,
                self.terms,
                self.blocked,
            )
        )


def moved(
    before: Pack,
    after: Pack,
    event: str,
    said: Mapping[str, Any],
    known: Mapping[str, Any],
    held: Collection[Held],
    at: date,
    deferring: Collection[str] = (),
) -> Moved:
    """Compare. `said` and `known` hold raw values: what the applicant answered, and what counts (answers and evidence).

    Raises `plan.UnknownEvent` when one of the packs has no such life event.
    """
    now = {**said, **known}
    old = plan.plan(before, event, packfacts.read_facts(before, now)[0], held, at, deferring=deferring)
    facts = packfacts.read_facts(after, now)[0]
    new = plan.plan(after, event, facts, held, at, deferring=deferring)
    read_before = reads.facts_read(before, before.life_events[event].services)
    read_after = reads.facts_read(after, after.life_events[event].services) & frozenset(after.facts)
    unfit = tuple(
        n
        for n in after.facts
        if n in said and n in read_after and not fits(after, n, said[n]) and fits(before, n, said[n])
    )
    open_before = {q.fact for q in old.questions}
    return Moved(
        before=old,
        after=new,
        asked=tuple(q.fact for q in new.questions if q.fact not in open_before and q.fact not in unfit),
        unasked=tuple(n for n in before.facts if n in said and n in read_before and n not in read_after),
        back=tuple(n for n in after.facts if n in said and n in read_after and n not in read_before),
        unfit=unfit,
        reworded=tuple(
            n
            for n in after.facts
            if n in said and n in read_after and n not in unfit and n in before.facts
            and _asks(before, before.facts[n], said[n]) != _asks(after, after.facts[n], said[n])
        ),
        changes=diff.changes(old, new),
        ways=tuple(_ways(old, new)),
        promises=tuple(_promises(before, after, old, new)),
        terms=tuple(_terms(before, after, old, new)),
        blocked=tuple(s.id for s in new.blocked if s.id not in {b.id for b in old.blocked}),
    )  # fmt: skip


def fits(pack: Pack, name: str, value: Any) -> bool:
    """Whether a fact of the pack can have this raw value; None says that there is none."""
    fact = pack.facts.get(name)
    if fact is None:
        return False
    if value is None:
        return fact.none is not None
    try:
        packfacts.read_value(fact, pack.code_lists, value)
    except ValueError:
        return False
    return True


def _asks(pack: Pack, fact: model.Fact, value: Any) -> tuple[object, ...]:
    """What the answer was an answer to: the question, its unit, and the words of the code that was chosen."""
    codes = pack.code_lists.get(fact.codes or "")
    chosen = next((item.label for item in codes.items if item.code == value), None) if codes else None
    return fact.question, fact.unit, chosen


def _ways(old: Plan, new: Plan) -> Iterator[str]:
    for material in new.materials:
        earlier = old.material(material.id)
        if earlier and earlier.certain and material.certain and earlier.status is not material.status:
            yield material.id


def _promises(before: Pack, after: Pack, old: Plan, new: Plan) -> Iterator[str]:
    for material in new.materials:
        earlier = old.material(material.id)
        if earlier is None or earlier.status is not Status.COMMIT or material.status is not Status.COMMIT:
            continue
        text = after.materials[material.id].alternatives[material.alternative].commitment
        if text != before.materials[material.id].alternatives[earlier.alternative].commitment:
            yield material.id


def _terms(before: Pack, after: Pack, old: Plan, new: Plan) -> Iterator[Term]:
    for service in new.services:
        earlier = old.service(service.id)
        if earlier is None or service.applies is not Applies.YES or earlier.applies is not Applies.YES:
            continue
        found = Term(
            earlier, service, before.services[service.id].fee_fen, after.services[service.id].fee_fen
        )
        same = (earlier.promised, earlier.statutory) == (service.promised, service.statutory)
        if not same or found.fee_before != found.fee_after:
            yield found

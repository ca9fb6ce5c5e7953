"""The four reductions (四减): the bundle against doing each service alone.

Alone, services are done one after another, in their standard way, and nothing is shared between them: steps and visits
are those that each service declares, days and materials are counted. Together everything is counted, from the plan
itself: one filing for all, the visits that the services at hand cannot do without, and what is handed in later.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tongban.core.packs import model
from tongban.core.planning.model import Applies, Burden, PlannedMaterial
from tongban.core.planning.services import Considered
from tongban.core.planning.situation import Situation
from tongban.core.values.duration import Unit

WORKING_DAYS_OF_A_MONTH: Final = 22
"""For comparison only; due dates are counted with the calendar."""


def each_alone(considered: Iterable[Considered], situation: Situation) -> tuple[tuple[str, Burden], ...]:
    """Every service that surely applies, with all the papers it surely needs."""
    applying = [c.service for c in considered if c.applies is Applies.YES]
    return tuple(
        (
            s.id,
            Burden(
                steps=s.alone.steps,
                days=rough_working_days(s.promised),
                materials=len(_materials(s, situation)),
                visits=s.alone.visits,
            ),
        )
        for s in applying
    )


def together(
    considered: Iterable[Considered], materials: Iterable[PlannedMaterial], promised_days: int
) -> Burden:
    """The bundle: one application, and only the papers that nobody but the applicant can supply.

    A step is whatever the applicant does: filing, once; every visit; handing in what was left for later, once. Services
    of one authority share their visits. While no service surely applies there is nothing to do.
    """
    applying = [c.service for c in considered if c.applies is Applies.YES]
    if not applying:
        return Burden(0, 0, 0, 0)
    papers = tuple(materials)
    visits = _visits(applying)
    return Burden(
        steps=1 + visits + any(m.deferred for m in papers),
        days=promised_days,
        materials=sum(m.brought for m in papers),
        visits=visits,
    )


def _visits(services: Iterable[model.Service]) -> int:
    """Visits to counters that stay needed, those to one authority made at once."""
    needed: dict[str, int] = {}
    for service in services:
        visits = service.channels.visits if service.channels else 0
        needed[service.authority] = max(needed.get(service.authority, 0), visits)
    return sum(needed.values())


def rough_working_days(term: model.Term) -> int:
    """Working days that a term amounts to, without a calendar.

    A month counts as 22; five of seven calendar days count, rounded up; hours count as days of 24, rounded up.
    """
    match term.unit:
        case Unit.WORKING_DAYS:
            return term.amount
        case Unit.CALENDAR_DAYS:
            return -(-term.amount * 5 // 7)
        case Unit.MONTHS:
            return term.amount * WORKING_DAYS_OF_A_MONTH
        case Unit.HOURS:
            return -(-term.amount // 24)


def _materials(service: model.Service, situation: Situation) -> set[str]:
    return {r.material for r in service.requires if situation.holds(r.when)}

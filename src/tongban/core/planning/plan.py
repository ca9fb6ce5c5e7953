"""The plan of a life event, computed from the pack and what is known; nobody draws it.

plan(pack, "open-restaurant", facts, held, date(2026, 3, 5)) -> Plan

considered = which services apply        services.py
needed     = which materials they need   needs.py
met        = how each can be met         materials.py
slots      = when each service runs      order.py
questions  = what is worth asking        questions.py
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from types import MappingProxyType
from typing import Final

from tongban.core.packs.calendars import work_calendar
from tongban.core.packs.pack import Pack
from tongban.core.packs.parameters import resolve
from tongban.core.planning import order, reductions
from tongban.core.planning.materials import Choices, meet, planned
from tongban.core.planning.model import Applies, Held, Plan, PlannedMaterial, PlannedService
from tongban.core.planning.needs import needs
from tongban.core.planning.order import Slot, Waits
from tongban.core.planning.questions import form, questions
from tongban.core.planning.services import Considered, consider_all
from tongban.core.planning.situation import Situation
from tongban.core.rules.states import Facts
from tongban.core.values.calendar import DueDate

_NO_CHOICES: Final[Choices] = MappingProxyType({})


class UnknownEvent(KeyError):
    """The pack declares no life event of this id."""

    def __init__(self, event: str) -> None:
        super().__init__(event)
        self.event = event

    def __str__(self) -> str:
        return f"no life event '{self.event}' in this pack"


def plan(
    pack: Pack,
    event: str,
    facts: Facts,
    held: Collection[Held],
    at: date,
    *,
    deferring: Collection[str] = (),
    choosing: Choices = _NO_CHOICES,
) -> Plan:
    """Everything that follows for one subject from what is known on the civil day `at`.

    `held` evidence that is no longer valid on that day is passed over. `deferring` names the materials that the
    applicant would rather hand in later, `choosing` the alternative they prefer for a material; either counts
    only where it is open. Due dates assume submission on `at`. The finish is that of the services that surely
    apply; those that may apply are listed with their own dates. Raises UnknownEvent.
    """
    situation = _situation(pack, event, facts, held, at)
    considered = consider_all(situation)
    relevant = tuple(c for c in considered if c.applies is not Applies.NO)

    met = meet(relevant, needs(relevant, situation), choosing, situation)
    materials = tuple(planned(one, deferring) for one in met)

    waiting = order.waits(relevant, materials)
    arranged = order.arrange(relevant, waiting)
    slots = order.timetable(arranged, waiting, situation)
    applying = [c.id for c in arranged if c.applies is Applies.YES]
    last = max(applying, key=lambda s: slots[s].promised.day, default=None)
    finish = slots[last].promised if last else None
    by_law = _latest([slots[s].by_law for s in applying])
    promised_days = _working_days(situation, finish)

    return Plan(
        event=event,
        at=at,
        pack_digest=pack.digest,
        services=tuple(_service(c, slots[c.id], waiting, materials) for c in arranged),
        not_needed=tuple(_not_needed(c, situation) for c in considered if c.applies is Applies.NO),
        materials=materials,
        questions=questions(relevant, met, situation),
        form=form(considered),
        finish_promised=finish,
        finish_statutory=by_law,
        promised_days=promised_days,
        statutory_days=_working_days(situation, by_law),
        critical_path=order.critical_path(last, waiting, slots),
        each_alone=reductions.each_alone(considered, situation),
        together=reductions.together(considered, materials, promised_days),
    )


def _situation(pack: Pack, event: str, facts: Facts, held: Collection[Held], at: date) -> Situation:
    if event not in pack.life_events:
        raise UnknownEvent(event)
    return Situation(
        pack=pack,
        event=pack.life_events[event],
        facts=facts,
        parameters=resolve(pack, at),
        held=tuple(h for h in held if h.valid_to is None or h.valid_to >= at),
        calendar=work_calendar(pack),
        at=at,
    )


def _service(
    one: Considered, slot: Slot, waiting: Waits, materials: tuple[PlannedMaterial, ...]
) -> PlannedService:
    return PlannedService(
        id=one.id,
        applies=one.applies,
        finding=one.finding,
        variant=one.variant.id if one.variant else None,
        case_type=one.case_type,
        promised=order.duration(one.promised),
        statutory=order.duration(one.statutory) if one.statutory else None,
        waits_for=waiting.get(one.id, ()),
        starts=slot.starts,
        due_promised=slot.promised,
        due_statutory=slot.statutory,
        materials=tuple(m.id for m in materials if one.id in m.services),
        blocks=one.blocks,
        conditions=one.conditions,
    )


def _not_needed(one: Considered, situation: Situation) -> PlannedService:
    return _service(one, order.slot(one, situation.at, situation.at, situation.calendar), {}, ())


def _latest(dates: Collection[DueDate]) -> DueDate | None:
    return max(dates, key=lambda d: d.day, default=None)


def _working_days(situation: Situation, finish: DueDate | None) -> int:
    return situation.calendar.working_days_between(situation.at, finish.day) if finish else 0

"""Every row of the table of transitions, walked by what people and the clock really do; the coverage is printed.

pytest -s tests/work/cases/test_every_edge.py      prints the table, rows that nothing reaches first
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.factories import shops
from tests.factories.fixtures import PACKS
from tests.factories.papers import pdf
from tests.work.cases.officer_desk import FIRE, FOOD, SIGN, Desk

from tongban.base.directory import actions as directory
from tongban.base.directory import sources
from tongban.base.kit.acting import system
from tongban.core.procedures.model import Event, State
from tongban.core.procedures.states import EDGES, Edge, next_state
from tongban.work.cases import form, models, tasks
from tongban.work.cases.actions import (
    commitments,
    consultations,
    corrections,
    decisions,
    handling,
    hearings,
    inspections,
    objections,
    revocations,
)

Hear = Callable[..., int]


class Walk:
    """The people of the desk with a clock that moves on by a minute before each step."""

    def __init__(self, desk: Desk, hear: Hear) -> None:
        self.desk, self._hear = desk, hear

    def lin(self) -> Any:
        self.desk.later(minutes=1)
        return self.desk.acting("demo-lin", for_firm=True)

    def officer(self, who: str = "demo-market") -> Any:
        self.desk.later(minutes=1)
        return self.desk.acting(who)

    def second(self) -> Any:
        return self.officer("demo-market-second")

    def rules_change(self, before: bytes, after: bytes) -> None:
        """The city's pack is replaced by one that says something else."""
        top = sources.top_layer(PACKS)
        files = {name: data.replace(before, after) for name, data in sources.read_layers(PACKS, top).items()}
        directory.install_pack(
            acting=system(self.desk.later(minutes=1), "990100", "test"), files=files, top=top
        )

    def hear(self) -> None:
        self._hear(self.desk.later(minutes=1))

    def days(self, n: int) -> None:
        self.desk.later(days=n)
        tasks.let_time_act(0)

    def accepted(self, service: str = FOOD, who: str = "demo-market", **options: Any) -> str:
        case = self.desk.case(service, **options)
        handling.accept(acting=self.officer(who), number=case.number)
        return case.number

    def decided(self, outcome: str, number: str, who: str = "demo-market") -> None:
        decisions.decide(acting=self.officer(who), number=number, outcome=outcome, reasons="So it is.")
        self.hear()

    def ended(self, number: str, ground: str) -> None:
        ending = revocations.propose(acting=self.officer(), number=number, ground=ground, reasons="So it is.")
        if ending.carried_out_at is None:  # the holder is heard first, and says nothing
            self.days(20)
            revocations.carry_out(acting=self.officer(), number=number)
        self.hear()

    def reviewed(self, number: str, outcome: str) -> None:
        objections.object_to(acting=self.lin(), number=number, reasons="No.")
        objections.review(acting=self.second(), number=number, outcome=outcome, reasons="So it is.")
        self.hear()

    def late(self, number: str) -> None:
        objections.object_to(acting=self.lin(), number=number, reasons="No.")
        self.days(20)
        objections.review(acting=self.second(), number=number, outcome="upheld", reasons="So it is.")


def before_the_decision(walk: Walk) -> None:
    walk.desk.case(SIGN)
    founding = shops.submitted(walk.desk.acting("demo-shen"), answers=shops.FOUNDING)
    walk.desk.later(minutes=1)
    waiting = founding.cases.get(service=SIGN)
    corrections.withdraw(acting=walk.desk.acting("demo-shen"), number=waiting.number)
    first = founding.cases.get(service="business-registration")
    handling.accept(acting=walk.officer(), number=first.number)
    walk.decided("granted", first.number)  # releases what waited
    other = shops.submitted(walk.desk.acting("demo-shen"), answers=shops.FOUNDING)
    walk.desk.later(minutes=1)
    second = other.cases.get(service="business-registration")
    corrections.withdraw(acting=walk.desk.acting("demo-shen"), number=second.number)
    walk.hear()  # ends what waited
    refused = shops.submitted(walk.desk.acting("demo-shen"), answers=shops.FOUNDING)
    third = refused.cases.get(service="business-registration")
    handling.accept(acting=walk.officer(), number=third.number)
    walk.decided("refused", third.number)  # ends what waited
    walk.desk.later(minutes=1)
    objections.object_to(acting=walk.desk.acting("demo-shen"), number=third.number, reasons="No.")
    objections.review(acting=walk.second(), number=third.number, outcome="changed", reasons="So it is.")
    walk.hear()  # and what waited waits again, and goes on
    assert models.CaseEvent.objects.filter(event="revive", case__application=refused).count() > 1
    gone = shops.submitted(walk.desk.acting("demo-shen"), answers=shops.FOUNDING)
    for case in gone.cases.filter(state="waiting", organisation__contains="market"):
        handling.terminate(
            acting=walk.officer(), number=case.number, ground="applicant-gone", reasons="So it is."
        )
    number = walk.accepted()
    handling.terminate(acting=walk.officer(), number=number, ground="matter-gone", reasons="So it is.")
    walk.desk.case(FOOD)
    walk.desk.case(SIGN, deferring="sign-design")
    walk.days(12)  # nobody looked through these: accepted by silence

    defects = [{"kind": "material", "id": "layout-plan", "text": "The sink is missing."}]
    for then in ("answer", "withdraw", "decline", "nothing"):
        case = walk.desk.case(FOOD)
        handling.request_correction(acting=walk.officer(), number=case.number, defects=defects)
        if then == "withdraw":
            corrections.withdraw(acting=walk.lin(), number=case.number)
        elif then == "nothing":
            walk.days(40)
        elif then == "decline":
            handling.decline(acting=walk.officer(), number=case.number, reasons="Not for us.")
        else:
            corrections.hand_in(
                acting=walk.lin(),
                number=case.number,
                material="layout-plan",
                name="plan.pdf",
                data=pdf("new"),
            )
            corrections.answer(acting=walk.lin(), number=case.number)

    number = walk.accepted()
    handling.suspend(acting=walk.officer(), number=number, reasons="A test.")
    handling.resume(acting=walk.officer(), number=number)
    handling.extend(acting=walk.officer(), number=number, reasons="Two kitchens.")
    corrections.withdraw(acting=walk.lin(), number=number)

    tolerant = walk.accepted(SIGN, "demo-urban", deferring="sign-design")
    corrections.hand_in(
        acting=walk.lin(), number=tolerant, material="sign-design", name="design.pdf", data=pdf("design")
    )
    walk.accepted(SIGN, "demo-urban", deferring="sign-design")
    walk.days(30)  # never came: withdrawn
    walk.rules_change(b"on_default: withdrawn", b"on_default: terminated")
    walk.accepted(SIGN, "demo-urban", deferring="sign-design")
    walk.days(30)  # never came: ended


def heard(walk: Walk) -> None:
    number = walk.accepted()
    walk.decided("granted", number)
    revocations.propose(acting=walk.officer(), number=number, ground="deceit", reasons="So it is.")
    revocations.drop(acting=walk.officer(), number=number)
    revocations.propose(acting=walk.officer(), number=number, ground="deceit", reasons="So it is.")
    hearings.state(acting=walk.lin(), number=number, statement="No.")
    hearings.ask_hearing(acting=walk.lin(), number=number)
    at = walk.desk.now + timedelta(days=20)
    hearings.summon(acting=walk.officer(), number=number, at=at, where="Room 1")
    walk.days(21)
    hearings.record(acting=walk.second(), number=number, record="Both said what they had to say.")
    revocations.carry_out(acting=walk.officer(), number=number, answer="It changes nothing.")
    walk.hear()


def on_commitment(walk: Walk) -> None:
    for kept in (True, False):
        case = walk.desk.case(FIRE)
        walk.decided("granted", case.number, "demo-fire")
        if kept:
            walk.days(40)
            commitments.verify(acting=walk.officer("demo-fire"), number=case.number, reasons="All there.")
        else:
            commitments.order_remedy(acting=walk.officer("demo-fire"), number=case.number, reasons="Blocked.")


def objected(walk: Walk) -> None:
    for outcome in ("upheld", "changed", "sent-back"):
        number = walk.accepted()
        walk.decided("refused", number)
        walk.reviewed(number, outcome)
    number = walk.accepted()
    walk.decided("refused", number)
    walk.late(number)

    for outcome in ("upheld", "sent-back", "late"):
        case = walk.desk.case(FOOD)
        handling.decline(acting=walk.officer(), number=case.number, reasons="Not for us.")
        if outcome == "late":
            walk.late(case.number)
        else:
            walk.reviewed(case.number, outcome)

    for ground in ("deceit", "law-changed", "term-ended"):
        number = walk.accepted()
        walk.decided("granted", number)
        walk.ended(number, ground)
        walk.reviewed(number, "changed")
        walk.ended(number, ground)
        walk.late(number)

    for ground in ("deceit", "law-changed", "term-ended"):
        number = walk.accepted()
        walk.decided("granted", number)
        walk.ended(number, ground)
    walk.decided("refused", walk.accepted())
    handling.decline(acting=walk.officer(), number=walk.desk.case(FOOD).number, reasons="Not for us.")
    walk.days(70)  # nobody objected to any of these


def asked_and_inspected(walk: Walk) -> None:
    """Another authority answers, another keeps silent; two officers look at a place."""
    sign = walk.accepted(SIGN, "demo-urban")
    consultations.consult(acting=walk.officer("demo-urban"), number=sign, wanted=["sight-of-traffic"])
    asked = models.Consultation.objects.get(case__number=sign)
    consultations.answer(acting=walk.officer("demo-police"), consultation=asked.id, opinion="no-objection")
    consultations.consult(acting=walk.officer("demo-urban"), number=sign, wanted=["sight-of-traffic"])
    walk.desk.later(days=9)
    tasks.let_silence_answer(0)
    number = walk.accepted()
    first, second = walk.officer(), walk.second()
    found = inspections.order(
        acting=first, number=number, appointed_at=first.now + timedelta(days=1), reasons="To look."
    )
    declared = walk.desk.city.pack.services[FOOD].inspection
    walk.desk.later(days=2)
    first, second = walk.officer(), walk.second()
    looks = [{"id": look.id, "passed": True} for look in declared.looks]
    inspections.record(acting=first, inspection=found.id, visited_on=first.today, looks=looks)
    inspections.confirm(acting=second, inspection=found.id)


def walked() -> Iterator[tuple[State | None, Event, str]]:
    """From which state, by which event, caused by whom: of every case there is."""
    for case in models.Case.objects.prefetch_related("events"):
        state: State | None = None
        roles = [event.role for event in sorted(case.events.all(), key=lambda one: one.sequence)]
        for happened, role in zip(form.history_of(case), roles, strict=True):
            yield state, happened.event, role
            state = next_state(state, happened.event)
        assert case.state == state, case.number


def row(edge: Edge) -> tuple[State | None, Event, str]:
    return edge.from_state, edge.event, edge.by


def test_every_row_of_the_table_is_reached_by_what_people_and_the_clock_do(desk: Desk, hear: Hear) -> None:
    walk = Walk(desk, hear)
    before_the_decision(walk)
    on_commitment(walk)
    heard(walk)
    objected(walk)
    asked_and_inspected(walk)
    reached = set(walked())
    count = sum(row(edge) in reached for edge in EDGES)
    print(f"\n{count} of {len(EDGES)} rows reached: {100 * count // len(EDGES)} %")
    for edge in sorted(EDGES, key=lambda one: row(one) in reached):
        mark = "x" if row(edge) in reached else " "
        print(f"[{mark}] {edge.from_state or '-':13} {edge.event:20} {edge.to_state:13} {edge.by}")
    missing = {row(edge) for edge in EDGES} - reached
    assert missing == set(), "rows that nothing reaches: reach them, or take them out"
    assert reached - {row(edge) for edge in EDGES} == set(), "what happens and the table does not say"
    assert {edge.to_state for edge in EDGES if row(edge) in reached} == set(State)

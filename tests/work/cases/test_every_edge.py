"""Every row of the table of transitions, walked by what people and the clock really do; the coverage is printed.

pytest -s tests/work/cases/test_every_edge.py      prints the table, rows that nothing reaches first
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.factories import shops
from tests.factories.papers import pdf
from tests.work.cases.officer_desk import FIRE, FOOD, SIGN, Desk

from tongban.core.procedures.model import Event, State
from tongban.core.procedures.states import EDGES, Edge, next_state
from tongban.work.cases import form, models, tasks
from tongban.work.cases.actions import (
    commitments,
    corrections,
    decisions,
    handling,
    objections,
    revocations,
)

Hear = Callable[..., int]

NOT_YET = {
    # nothing in the rooms causes these; a row leaves this list when an action does
    (None, Event.HOLD, "system"): "a case is always submitted first and then held",
    (State.WAITING, Event.TERMINATE, "officer"): "no officer's action ends a waiting case",
    (
        State.CORRECTING,
        Event.WITHDRAW,
        "system",
    ): "no term after which an unanswered correction counts as withdrawn",
    (State.ACCEPTED, Event.TERMINATE, "officer"): "no officer's action terminates",
    (State.ACCEPTED, Event.TERMINATE, "system"): "no service of the shipped pack ends tolerance this way",
    (State.GRANTED, Event.DELIVER, "officer"): "results are delivered by the platform",
}
BY_RULE = {(State.ACCEPTED, Event.GRANT, "system")}
"""What the pack leaves to the rules is granted by the platform in the name of the organ; the table names the officer."""


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
        revocations.propose(acting=self.officer(), number=number, ground=ground, reasons="So it is.")
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

    defects = [{"kind": "material", "id": "layout-plan", "text": "The sink is missing."}]
    for then in ("answer", "withdraw", "decline"):
        case = walk.desk.case(FOOD)
        handling.request_correction(acting=walk.officer(), number=case.number, defects=defects)
        if then == "withdraw":
            corrections.withdraw(acting=walk.lin(), number=case.number)
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
    objected(walk)
    reached = set(walked())
    print(f"\n{sum(row(edge) in reached for edge in EDGES)} of {len(EDGES)} rows reached")
    for edge in sorted(EDGES, key=lambda one: row(one) in reached):
        mark = "x" if row(edge) in reached else " "
        why = NOT_YET.get(row(edge), "")
        print(
            f"[{mark}] {edge.from_state or '-':13} {edge.event:20} {edge.to_state:13} {edge.by:10} {why}".rstrip()
        )
    missing = {row(edge) for edge in EDGES} - reached
    assert missing == set(NOT_YET), "rows that nothing reaches, or that something reaches by now"
    assert reached - {row(edge) for edge in EDGES} == BY_RULE
    assert {edge.to_state for edge in EDGES if row(edge) in reached} == set(State)

"""The pure parts: states, clocks, classification, redaction, rates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.packs.model import Term
from tongban.core.packs.model_data import ComplaintClass
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Unit
from tongban.core.values.text import Bilingual
from tongban.work.hotline import classify, clocks, rates, redaction, states
from tongban.work.hotline.clocks import Light
from tongban.work.hotline.states import EDGES, Event, Happening, State

MONDAY = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
FRAME = clocks.Frame(
    WorkCalendar("test", date(2026, 12, 31), frozenset(), frozenset()), ZoneInfo("Asia/Shanghai")
)


def kind(
    ident: str = "noise",
    words: tuple[str, ...] = (),
    *,
    time_class: str = "C",
    feedback: Term | None = None,
    code: str = "010101",
) -> Any:
    return ComplaintClass(
        id=ident, code=code, path=(), name=Bilingual(f"类{ident}", f"class {ident}"), time_class=time_class,
        dispatch_within=Term(amount=24, unit=Unit.HOURS), feedback_within=feedback or Term(amount=7, unit=Unit.CALENDAR_DAYS),
        authority="police", words=words,
    )  # fmt: skip


def after(hours: float, event: Event, **detail: str) -> Happening:
    return Happening(event, MONDAY + timedelta(hours=hours), detail)


def test_every_state_but_the_first_is_reached_and_every_edge_is_named_once() -> None:
    assert {e.to_state for e in EDGES} == set(State)
    assert len({(e.from_state, e.event, e.by) for e in EDGES}) == len(EDGES)


def test_a_confirmed_ticket_cannot_be_disputed() -> None:
    assert Event.OBJECT not in states.allowed(State.CONFIRMED, "unit")
    with pytest.raises(states.NotAllowed):
        states.next_state(State.CONFIRMED, Event.OBJECT, "unit")


def test_hours_run_through_the_night_and_days_end_at_midnight() -> None:
    hours = FRAME.term(MONDAY, Term(amount=24, unit=Unit.HOURS))
    days = FRAME.term(MONDAY, Term(amount=7, unit=Unit.CALENDAR_DAYS))
    assert (hours.end, hours.day) == (MONDAY + timedelta(hours=24), None)
    assert (days.day, days.end) == (date(2026, 3, 9), datetime(2026, 3, 9, 16, tzinfo=UTC))


def test_the_light_turns_yellow_before_the_end_and_red_at_it() -> None:
    history = [after(0, Event.REPORT)]
    lights = [clocks.clock(history, kind(), FRAME, MONDAY + timedelta(hours=h)).light for h in (1, 18, 24)]
    assert lights == [Light.GREEN, Light.YELLOW, Light.RED]


def test_a_late_contact_and_a_reply_in_time_are_told_apart() -> None:
    history = [
        after(0, Event.REPORT), after(1, Event.DISPATCH, organisation="a"), after(30, Event.CONTACT), after(40, Event.REPLY),
    ]  # fmt: skip
    one = _outcome(history, MONDAY + timedelta(hours=50))
    assert (one.responded_in_time, one.on_time, one.organisation) == (False, True, "a")


def test_what_is_neither_done_nor_due_is_in_no_denominator() -> None:
    one = _outcome(
        [after(0, Event.REPORT), after(1, Event.DISPATCH, organisation="a")], MONDAY + timedelta(hours=2)
    )
    assert (one.responded_in_time, one.on_time) == (None, None)
    assert rates.rates([one]).response.counted == ()


def test_an_upheld_objection_leaves_the_first_unit_out_of_the_rates() -> None:
    history = [
        after(0, Event.REPORT), after(1, Event.DISPATCH, organisation="a"), after(2, Event.OBJECT, organisation="a"),
        after(3, Event.UPHOLD, organisation="a"), after(60, Event.DISPATCH, organisation="b"), after(61, Event.REPLY),
    ]  # fmt: skip
    one = _outcome(history, MONDAY + timedelta(hours=70))
    assert (one.organisation, one.responded_in_time, one.disputed) == ("b", True, True)


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(("yes", "partly", "no")),
            st.sampled_from(("satisfied", "basically", "dissatisfied")),
        )
    )
)
def test_a_rate_is_the_share_of_the_tickets_it_names(answers: list[tuple[bool, str, str]]) -> None:
    outcomes = [
        _outcome(
            [after(0, Event.REPORT), after(1, Event.DISPATCH, organisation="a"), after(2, Event.REPLY),
             after(3, Event.CALL_BACK if reached else Event.LAPSE, **({"solved": solved, "satisfied": satisfied} if reached else {}))],
            MONDAY + timedelta(hours=9), number=f"T{n}",
        )
        for n, (reached, solved, satisfied) in enumerate(answers)
    ]  # fmt: skip
    found = rates.rates(outcomes)
    reached = [(s, f) for r, s, f in answers if r]
    assert len(found.solution.counted) == len(found.satisfaction.counted) == len(reached)
    assert len(found.solution.met) == sum(s == "yes" for s, _ in reached)
    assert len(found.satisfaction.met) == sum(f != "dissatisfied" for _, f in reached)
    assert set(found.solution.met) | set(found.solution.missed) == set(found.solution.counted)


def test_the_longer_word_takes_the_place_of_the_shorter_one() -> None:
    ranked = classify.candidates(
        "", "夜间扰民", [kind("a", ("扰民",)), kind("b", ("夜间扰民",), code="010102")]
    )
    assert [(c.id, c.words) for c in ranked] == [("b", ("夜间扰民",))]


def test_the_title_weighs_more_and_traditional_characters_are_read() -> None:
    ranked = classify.candidates(
        "路燈不亮", "垃圾", [kind("a", ("垃圾",)), kind("b", ("路灯",), code="010102")]
    )
    assert [c.id for c in ranked] == ["b", "a"]
    assert classify.decided(ranked).id == "b"


def test_two_classes_that_weigh_alike_are_left_to_the_clerk() -> None:
    ranked = classify.candidates(
        "", "垃圾和路灯", [kind("a", ("垃圾",)), kind("b", ("路灯",), code="010102")]
    )
    assert len(ranked) == 2
    assert classify.decided(ranked) is None
    assert classify.decided(()) is None


def test_english_words_stand_by_themselves() -> None:
    found = classify.candidates("Gym noises", "a gymnast", [kind("a", ("gym", "noise"))])
    assert found[0].words == ("gym", "noise")
    assert found[0].weight == 2 * 4 * classify.TITLE


@pytest.mark.parametrize(
    "text",
    ["我叫欧阳慕白", "歐陽慕白", "欧 阳·慕-白", "电话139 1234 5678", "１３９１２３４５６７８", "一三九一二三四五六七八", "+86-139-1234-5678",
     "身份证 11010119900307123X", "另一个号码 13800138000", "0999-5550111"],
)  # fmt: skip
def test_names_and_numbers_are_taken_out_however_they_are_written(text: str) -> None:
    shown = redaction.withheld(text, name="欧阳慕白", phone="13912345678")
    assert redaction.MASK in shown
    assert not any(mark in shown for mark in ("慕白", "1234", "１２３４", "二三四", "1380013", "5550111"))


def test_an_english_name_goes_in_its_parts() -> None:
    assert (
        redaction.withheld("Yours, Mubai OUYANG", name="Ouyang Mubai")
        == f"Yours, {redaction.MASK} {redaction.MASK}"
    )


def test_what_tells_nothing_stays() -> None:
    text = "2026-03-02 夜里 11 点，18号楼 302 室，第 990100-20260302-T000001-K 号工单"
    assert redaction.withheld(text, name="欧阳慕白", phone="13912345678") == text


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_around_it_saves_a_name(before: str, behind: str) -> None:
    shown = redaction.withheld(f"{before}欧阳慕白{behind}", name="欧阳慕白", phone="13912345678")
    assert "欧阳慕白" not in shown


def _outcome(history: list[Happening], now: datetime, number: str = "T1") -> rates.Outcome:
    return rates.outcome(number=number, place="990101", history=history, kind=kind(), frame=FRAME, now=now)


def test_a_due_of_no_length_is_over_at_once() -> None:
    assert clocks.Due(MONDAY, MONDAY, None).used(MONDAY) == 100
    assert SimpleNamespace(state=State.CLOSED).state not in states.OPEN

"""States and clocks of a sharing request, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.core.procedures.model import Light
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Duration, Unit
from tongban.records.catalogue.clocks import clock, correction_clock
from tongban.records.catalogue.procedure import (
    EDGES,
    ONCE,
    Event,
    Happened,
    NotAllowed,
    State,
    allowed,
    follow,
    replay,
)
from tongban.records.catalogue.terms import Terms

CALENDAR = WorkCalendar("plain", date(2026, 12, 31), frozenset(), frozenset())
TEN = Terms(
    Duration(10, Unit.WORKING_DAYS),
    10,
    Duration(20, Unit.WORKING_DAYS),
    Duration(10, Unit.WORKING_DAYS),
    Duration(12, Unit.MONTHS),
)
MONDAY = date(2026, 3, 2)
BEGUN = [Happened(Event.SUBMIT, MONDAY), Happened(Event.CHECK, MONDAY)]


def test_ten_working_days_end_two_weeks_later() -> None:
    seen = clock(BEGUN, TEN, CALENDAR, MONDAY)
    assert seen.due is not None
    assert (seen.due.day, seen.days_left, seen.light) == (date(2026, 3, 16), 10, Light.GREEN)


def test_an_unconditional_answer_is_due_the_next_working_day() -> None:
    friday = [Happened(Event.SUBMIT, date(2026, 3, 6)), Happened(Event.CHECK, date(2026, 3, 6))]
    one = Terms(Duration(1, Unit.WORKING_DAYS), 0, TEN.provide, TEN.correction, TEN.grant)
    assert clock(friday, one, CALENDAR, date(2026, 3, 6)).due.day == date(2026, 3, 9)  # type: ignore[union-attr]


def test_the_clock_stands_still_while_the_asker_is_to_say_more() -> None:
    asked = [*BEGUN, Happened(Event.ASK_MORE, date(2026, 3, 4))]
    waiting = clock(asked, TEN, CALENDAR, date(2026, 3, 11))
    assert not waiting.running
    assert waiting.days_left is None
    answered = [*asked, Happened(Event.ANSWER, date(2026, 3, 11))]
    assert clock(answered, TEN, CALENDAR, date(2026, 3, 11)).due.day == date(2026, 3, 23)  # type: ignore[union-attr]


def test_an_extension_adds_its_days_once() -> None:
    extended = [*BEGUN, Happened(Event.EXTEND, date(2026, 3, 13))]
    assert clock(extended, TEN, CALENDAR, date(2026, 3, 13)).due.day == date(2026, 3, 30)  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        replay([e.event for e in extended] + [Event.EXTEND])


def test_silence_past_the_last_day_turns_the_light_black() -> None:
    late = clock(BEGUN, TEN, CALENDAR, date(2026, 3, 17))
    assert (late.light, late.days_left) == (Light.BLACK, -1)


def test_an_answer_after_the_last_day_stays_marked_as_late() -> None:
    late = clock([*BEGUN, Happened(Event.REFUSE, date(2026, 3, 17))], TEN, CALENDAR, date(2026, 4, 1))
    assert late.answered_late
    assert late.light is Light.NONE


def test_consent_starts_twenty_working_days_to_provide() -> None:
    granted = clock([*BEGUN, Happened(Event.GRANT, date(2026, 3, 3))], TEN, CALENDAR, date(2026, 3, 3))
    assert granted.state is State.GRANTED
    assert granted.due.day == date(2026, 3, 31)  # type: ignore[union-attr]


def test_a_correction_is_due_in_ten_working_days_until_it_is_answered() -> None:
    assert correction_clock(MONDAY, None, TEN.correction, CALENDAR, MONDAY).due.day == date(2026, 3, 16)  # type: ignore[union-attr]
    done = correction_clock(MONDAY, date(2026, 3, 17), TEN.correction, CALENDAR, date(2026, 3, 20))
    assert (done.running, done.answered_late) == (False, True)


@settings(deadline=None)
@given(st.lists(st.sampled_from([(e.event, e.by) for e in EDGES]), max_size=12))
def test_whatever_the_table_lets_through_can_be_replayed(tries: list[tuple[Event, str]]) -> None:
    state, happened = follow(None, Event.SUBMIT, (), "asker"), [Event.SUBMIT]
    for event, by in tries:
        if event in allowed(state, happened, by):  # type: ignore[arg-type]
            state = follow(state, event, happened, by)  # type: ignore[arg-type]
            happened.append(event)
    assert replay(happened) is state
    assert all(happened.count(event) <= 1 for event in ONCE)
    days = [Happened(event, MONDAY + timedelta(days=number)) for number, event in enumerate(happened)]
    seen = clock(days, TEN, CALENDAR, days[-1].day)
    assert seen.state is state
    assert seen.running == (state in (State.SUBMITTED, State.IN_REVIEW, State.GRANTED))

"""Questions to other authorities: several side by side, silence exactly at its last day, a stopped server catching up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.procedures.story import CALENDAR, days, histories, story

from tongban.core.procedures.consultations import Asked, Silence, standing
from tongban.core.procedures.model import Event, Light
from tongban.core.procedures.spans import last_day
from tongban.core.procedures.states import DECISIONS, NotAllowed, marks_of, possible, replay
from tongban.core.values.duration import Unit

MONDAY = date(2026, 3, 2)
SILENCES: tuple[Silence, ...] = ("no-objection", "wait")
DAYS = st.integers(0, 80).map(lambda n: MONDAY + timedelta(days=n))
TERMS = st.builds(days, st.integers(1, 20), st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]))


def test_an_opinion_on_the_last_day_is_in_time_and_silence_counts_from_the_next() -> None:
    asked = Asked(MONDAY, days(5), "no-objection")
    assert [standing(asked, CALENDAR, date(2026, 3, day)).stand for day in (2, 9, 10)] == [
        "open",
        "open",
        "deemed",
    ]
    last = standing(asked, CALENDAR, date(2026, 3, 9))
    assert (last.due.day, last.days_left, last.light) == (date(2026, 3, 9), 0, Light.YELLOW)
    answered = Asked(MONDAY, days(5), "no-objection", answered_on=date(2026, 3, 9))
    assert standing(answered, CALENDAR, date(2026, 3, 20)).stand == "answered"


def test_where_silence_is_no_answer_the_light_turns_red_and_the_case_waits() -> None:
    late = standing(Asked(MONDAY, days(5), "wait"), CALENDAR, date(2026, 3, 12))
    assert (late.stand, late.light, late.days_left) == ("late", Light.RED, -3)


@given(on=DAYS, within=TERMS, later=st.integers(0, 60), silence=st.sampled_from(SILENCES))
def test_silence_answers_after_the_last_day_and_never_before(
    on: date, within, later: int, silence: Silence
) -> None:
    asked, today = Asked(on, within, silence), on + timedelta(days=later)
    now = standing(asked, CALENDAR, today)
    due = last_day(CALENDAR, on, within).day
    assert now.due.day == due
    assert (now.stand == "open") == (today <= due)
    assert (now.stand == "deemed") == (today > due and silence == "no-objection")
    assert (now.light is Light.RED) == (now.stand == "late")


@given(on=DAYS, within=TERMS, first=st.integers(0, 60), more=st.integers(0, 60))
def test_a_server_that_stood_still_finds_the_day_that_it_would_have_found(
    on: date, within, first: int, more: int
) -> None:
    asked = Asked(on, within, "no-objection")
    early = standing(asked, CALENDAR, on + timedelta(days=first))
    later = standing(asked, CALENDAR, on + timedelta(days=first + more))
    assert early.due == later.due
    assert early.stand != "deemed" or later.stand == "deemed"


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_side_by_side_each_is_settled_for_itself_and_nothing_is_decided_before_the_last(
    ways: list[tuple[bool, bool]],
) -> None:
    """Of each question: whether it is answered or lapses, and whether that is among the first to happen."""
    lines = ["submit 2026-03-02", "accept 2026-03-03", *["consult 2026-03-04"] * len(ways)]
    ends = [("answer_consultation" if answered else "lapse_consultation", first) for answered, first in ways]
    for event, _first in sorted(ends, key=lambda one: not one[1]):
        assert not set(possible(story(*lines), "officer")) & DECISIONS
        lines.append(f"{event} 2026-03-12")
    assert {Event.GRANT, Event.REFUSE} <= set(possible(story(*lines), "officer"))
    assert marks_of(story(*lines)).consulting == 0
    with pytest.raises(NotAllowed):
        replay(story(*lines, "answer_consultation 2026-03-13"))


@given(histories(longest=14))
def test_what_is_awaited_is_never_less_than_nothing_and_binds_whoever_decides(history) -> None:
    marks = marks_of(history)
    assert marks.consulting >= 0
    if not marks.decidable:
        assert not set(possible(history, "officer")) & DECISIONS


def test_what_the_law_brings_about_waits_for_nobody() -> None:
    asked = story("submit 2026-03-02", "accept 2026-03-03", "consult 2026-03-04")
    assert not marks_of(asked).decidable
    assert replay((*asked, *story("grant 2026-06-01"))) == "granted"


def test_an_inspection_is_ordered_once_at_a_time_and_recorded_before_the_decision() -> None:
    ordered = ("submit 2026-03-02", "accept 2026-03-03", "order_inspection 2026-03-04")
    with pytest.raises(NotAllowed):
        replay(story(*ordered, "order_inspection 2026-03-05"))
    assert Event.GRANT not in possible(story(*ordered), "officer")
    with pytest.raises(NotAllowed):
        replay(story("submit 2026-03-02", "accept 2026-03-03", "record_inspection 2026-03-04"))
    again = story(*ordered, "record_inspection 2026-03-06", "order_inspection 2026-03-09")
    assert Event.RECORD_INSPECTION in possible(again, "officer")

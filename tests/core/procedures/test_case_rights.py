"""What time and silence bring about: corrections that are not answered, renewals, holders who are heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.procedures.story import CALENDAR, days, histories, story, terms

from tongban.core.procedures import spans
from tongban.core.procedures.clock import clock
from tongban.core.procedures.model import Clock, Event, State, Terms
from tongban.core.procedures.states import NotAllowed, marks_of, possible, replay
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Unit


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def read(today: str, *lines: str, of: Terms) -> Clock:
    told = (f"{line.split()[0]} 2026-{line.split()[1]}" for line in lines)
    return clock(story(*told), of, CALENDAR, d(today))


# -- corrections -------------------------------------------------------------------------------------------

WAITS = terms(correction=days(15), remind=days(5))
ASKED = ("submit 03-02", "request_correction 03-04")


def test_a_correction_notice_has_a_last_day_and_a_day_of_its_reminder():
    found = read("03-05", *ASKED, of=WAITS)
    assert (found.correct_by, found.remind_on) == (DueDate(d("03-25"), False), d("03-18"))
    assert read("03-05", *ASKED, of=terms()).correct_by is None


@pytest.mark.parametrize("then", ["answer_correction 03-09", "decline 03-09", "withdraw 03-09"])
def test_what_was_answered_or_is_over_has_no_last_day(then: str):
    found = read("03-10", *ASKED, then, of=WAITS)
    assert (found.correct_by, found.remind_on) == (None, None)


def test_a_correction_that_is_not_answered_ends_by_the_clock_alone():
    assert Event.WITHDRAW in possible(story("submit 2026-03-02", "request_correction 2026-03-04"), "system")


@given(
    st.integers(0, 30),
    st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]),
    st.dates(d("03-02"), d("12-30")),
)
def test_the_first_day_is_the_last_one_that_is_early_enough(amount: int, unit: Unit, until: date):
    first = spans.first_day(CALENDAR, days(amount, unit), until)
    assert CALENDAR.add(first, days(amount, unit), rolls=False).day <= until
    assert amount == 0 or CALENDAR.add(first + timedelta(days=1), days(amount, unit), rolls=False).day > until


# -- renewal by silence (行政许可法 art. 50) -----------------------------------------------------------------

RENEWS = replace(terms(), renews_until=d("03-31"))
APPLIED = ("submit 03-02", "accept 03-03")


def test_a_renewal_is_decided_while_the_licence_is_valid():
    early = read("03-04", "submit 03-02", "accept 03-03", of=replace(RENEWS, renews_until=d("03-10")))
    assert (early.promised.day, early.statutory.day) == (d("03-10"), d("03-10"))
    assert read("03-04", *APPLIED, of=RENEWS).statutory.day == d("03-31")


def test_silence_renews_the_day_after_the_last_one_and_not_before():
    assert read("03-31", *APPLIED, of=RENEWS).renewed_by_silence is False
    assert read("04-01", *APPLIED, of=RENEWS).renewed_by_silence is True
    assert read("04-20", *APPLIED, "suspend 03-20", of=RENEWS).renewed_by_silence is True


@pytest.mark.parametrize(
    "story_of",
    [
        (*APPLIED, "grant 03-20"),
        (*APPLIED, "refuse 03-20"),
        (*APPLIED, "withdraw 03-20"),
        (*APPLIED, "refuse 03-20", "object 03-23", "reopen 03-25"),
        ("submit 03-02", "request_correction 03-04"),
        ("submit 03-02", "request_correction 03-04", "answer_correction 04-02"),
    ],
)
def test_what_was_decided_or_was_not_complete_in_time_is_not_renewed_by_silence(story_of: tuple[str, ...]):
    assert read("04-20", *story_of, of=RENEWS).renewed_by_silence is False


def test_a_renewal_that_nobody_accepted_was_accepted_by_silence_before():
    found = read("04-01", "submit 03-02", of=RENEWS)
    assert (found.deemed_accepted, found.deemed_on, found.accepted_on) == (True, d("03-10"), d("03-02"))
    assert found.renewed_by_silence


# -- being heard before something ends (arts. 7, 47, 48) ---------------------------------------------------

HEARS = terms(heard=days(5), hearing=days(20))
TOLD = ("submit 03-02", "accept 03-03", "grant 03-04", "deliver 03-04", "announce_end 03-09")


def heard(*more: str) -> tuple:
    return story(*(f"{x.split()[0]} 2026-{x.split()[1]}" for x in (*TOLD, *more)))


def test_nothing_ends_before_its_holder_could_speak():
    assert read("03-10", *TOLD, of=HEARS).state_by == DueDate(d("03-16"), False)
    with pytest.raises(NotAllowed):
        replay(heard("annul 03-12"))
    with pytest.raises(NotAllowed):
        replay(heard("state_defence 03-10", "annul 03-12"))
    assert replay(heard("state_defence 03-10", "close_statement 03-17", "annul 03-18")) is State.ANNULLED


def test_a_hearing_that_was_asked_for_comes_first():
    asked = ("ask_hearing 03-10", "close_statement 03-17")
    assert read("03-18", *TOLD, *asked, of=HEARS).hearing_by == DueDate(d("04-07"), False)
    assert read("03-18", *TOLD, *asked, of=HEARS).duty.kind == "hearing"
    with pytest.raises(NotAllowed):
        replay(heard(*asked, "annul 03-18"))
    assert replay(heard(*asked, "hold_hearing 03-30", "annul 03-31")) is State.ANNULLED
    assert read("03-31", *TOLD, *asked, "hold_hearing 03-30", of=HEARS).duty is None


@pytest.mark.parametrize(
    "twice",
    [
        ("announce_end 03-10",),
        ("state_defence 03-10", "state_defence 03-11"),
        ("ask_hearing 03-10", "ask_hearing 03-11"),
        ("close_statement 03-17", "close_statement 03-18"),
        ("close_statement 03-17", "state_defence 03-18"),
        ("hold_hearing 03-10",),
        ("call_off_end 03-10", "state_defence 03-11"),
        ("call_off_end 03-10", "call_off_end 03-11"),
    ],
)
def test_each_is_done_once_and_in_its_time(twice: tuple[str, ...]):
    with pytest.raises(NotAllowed):
        replay(heard(*twice))


def test_what_was_called_off_can_be_announced_anew():
    events = heard("state_defence 03-10", "call_off_end 03-11", "announce_end 03-12")
    assert replay(events) is State.COMPLETED
    marks = marks_of(events)
    assert (marks.announced, marks.stated, marks.closed) == (True, False, False)


def test_what_harms_nobody_needs_no_hearing():
    assert replay(story("submit 2026-03-02", "accept 2026-03-03", "grant 2026-03-04", "deliver 2026-03-04", "cancel 2026-03-05")) is State.CANCELLED  # fmt: skip


# -- for every history and every calendar ------------------------------------------------------------------

DAY = st.dates(d("03-02"), d("11-30"))
UNITS = st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS])
PAUSE = st.tuples(DAY, st.integers(0, 40)).map(lambda p: (p[0], p[0] + timedelta(days=p[1])))


@given(DAY, st.integers(1, 60), UNITS, st.booleans())
def test_the_starting_day_is_never_counted(start: date, amount: int, unit: Unit, rolls: bool):
    assert spans.last_day(CALENDAR, start, days(amount, unit), rolls=rolls).day > start
    one = spans.last_day(CALENDAR, start, days(1)).day
    assert CALENDAR.working_days_between(start, one) == 1


@given(DAY, st.integers(0, 60), st.integers(0, 30), UNITS, st.lists(PAUSE, max_size=3))
def test_more_length_never_ends_earlier(start: date, amount: int, more: int, unit: Unit, pauses: list):
    short = spans.last_day(CALENDAR, start, days(amount, unit), pauses=pauses).day
    assert spans.last_day(CALENDAR, start, days(amount + more, unit), pauses=pauses).day >= short
    assert spans.last_day(CALENDAR, start, days(amount, unit), extension=more, pauses=pauses).day >= short


@given(DAY, st.integers(0, 40), UNITS, st.lists(PAUSE, max_size=3), PAUSE)
def test_a_pause_never_brings_the_end_nearer(start: date, amount: int, unit: Unit, pauses: list, one: tuple):
    before = spans.last_day(CALENDAR, start, days(amount, unit), pauses=pauses).day
    assert spans.last_day(CALENDAR, start, days(amount, unit), pauses=[*pauses, one]).day >= before


@given(DAY, st.integers(1, 40), UNITS, st.lists(PAUSE, max_size=5))
def test_overlapping_pauses_count_as_their_union(start: date, amount: int, unit: Unit, pauses: list):
    joined = spans.union(pauses)
    assert all(one[1] < other[0] for one, other in pairwise(joined))
    still = {a + timedelta(days=n) for a, b in pauses for n in range(1, (b - a).days + 1)}
    assert spans.calendar_days(pauses) == len(still)
    assert spans.working_days(CALENDAR, pauses) == sum(map(CALENDAR.is_working_day, still))
    together = spans.last_day(CALENDAR, start, days(amount, unit), pauses=pauses)
    assert together == spans.last_day(CALENDAR, start, days(amount, unit), pauses=joined)


@given(DAY, st.integers(0, 60), UNITS, st.lists(PAUSE, max_size=3), st.sets(DAY, max_size=12))
def test_a_holiday_more_never_brings_the_end_nearer(
    start: date, amount: int, unit: Unit, pauses: list, new: set
):
    weekdays = {day for day in new if day.weekday() < 5}
    richer = WorkCalendar(
        CALENDAR.id, CALENDAR.known_until, CALENDAR.rest_days | weekdays, CALENDAR.working_days - new
    )
    plain = spans.last_day(CALENDAR, start, days(amount, unit)).day
    assert spans.last_day(richer, start, days(amount, unit)).day >= plain
    # a pause holds fewer working days then, so it is compared with what it holds
    held = spans.last_day(richer, start, days(amount, unit), pauses=pauses).day
    assert held >= spans.last_day(richer, start, days(amount, unit)).day


@given(histories(12), st.dates(d("03-02"), d("05-30")))
def test_replay_gives_the_state_and_the_clock_that_were_stored(events: tuple, today: date):
    seen = tuple(e for e in events if e.day <= today)
    if not seen:
        return
    stored = [(e.event, e.day, e.at) for e in seen]
    again = tuple(type(e)(*row) for e, row in zip(seen, stored, strict=True))
    of = terms(correction=days(15), remind=days(5), heard=days(5), hearing=days(20))
    assert replay(again) is replay(seen)
    assert clock(again, of, CALENDAR, today) == clock(events, of, CALENDAR, today)


def test_a_term_is_extended_once_and_by_no_more_than_the_law_gives():
    once = ("submit 2026-03-02", "accept 2026-03-03", "extend 2026-03-10")
    with pytest.raises(NotAllowed):
        replay(story(*once, "extend 2026-03-11"))
    long = clock(story(*once), terms(), CALENDAR, d("03-20"))
    plain = clock(story(*once[:2]), terms(), CALENDAR, d("03-20"))
    assert CALENDAR.working_days_between(plain.statutory.day, long.statutory.day) == terms().extension

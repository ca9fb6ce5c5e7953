"""Due dates follow from events, terms and the calendar, and from nothing else."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.procedures.story import CALENDAR, days, histories, story, terms

from tongban.core.procedures.clock import clock
from tongban.core.procedures.lights import Lights
from tongban.core.procedures.model import Clock, Duty, Event, Light, State, Terms
from tongban.core.procedures.states import CLOSED, OBJECTIONABLE, NotAllowed
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Unit


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def read(today: str, *lines: str, of: Terms | None = None) -> Clock:
    """Days in March to May 2026; 2 March is a Monday."""
    return clock(story(*(_with_year(line) for line in lines)), of or terms(), CALENDAR, d(today))


def _with_year(line: str) -> str:
    event, day = line.split()
    return f"{event} 2026-{day}"


# -- receipt, correction, silence (行政许可法 art. 32) ------------------------------------------------------


def test_defects_are_listed_within_five_working_days_of_receipt():
    found = read("03-03", "submit 03-02")
    assert found.notify_by == DueDate(d("03-09"), False)
    assert (found.state, found.running, found.accepted_on, found.promised) == (
        State.SUBMITTED,
        True,
        None,
        None,
    )
    assert found.light is Light.GREEN
    assert read("03-06", "submit 03-02").light is Light.YELLOW


def test_silence_is_acceptance_from_the_day_of_receipt():
    last_day = read("03-09", "submit 03-02")
    day_after = read("03-10", "submit 03-02")
    assert (last_day.state, last_day.deemed_accepted) == (State.SUBMITTED, False)
    assert (day_after.state, day_after.deemed_accepted) == (State.ACCEPTED, True)
    assert day_after.accepted_on == d("03-02")
    assert day_after.promised == DueDate(d("03-11"), False)
    assert day_after.notify_by is None


@pytest.mark.parametrize("late", ["accept 03-11", "request_correction 03-11", "hold 03-11"])
def test_what_the_office_does_after_its_silence_no_longer_moves_the_clock(late: str):
    found = read("03-12", "submit 03-02", late)
    assert (found.state, found.accepted_on, found.deemed_accepted) == (State.ACCEPTED, d("03-02"), True)
    assert found.promised == DueDate(d("03-11"), False)
    assert found.light is Light.RED


def test_a_refusal_to_accept_ends_the_clock_however_late_it_comes():
    found = read("03-12", "submit 03-02", "decline 03-11")
    assert (found.state, found.running, found.light) == (State.NOT_ACCEPTED, False, Light.NONE)


def test_a_correction_stops_the_notice_term_and_its_answer_starts_a_new_one():
    asked = read("03-30", "submit 03-02", "request_correction 03-04")
    answered = read("03-20", "submit 03-02", "request_correction 03-04", "answer_correction 03-18")
    assert (asked.state, asked.running, asked.notify_by) == (State.CORRECTING, False, None)
    assert answered.notify_by == DueDate(d("03-25"), False)
    silent = read("03-26", "submit 03-02", "request_correction 03-04", "answer_correction 03-18")
    assert silent.accepted_on == d("03-18")


def test_the_notice_term_of_a_held_case_counts_from_its_release():
    waiting = read("03-20", "submit 03-02", "hold 03-02")
    released = read("03-20", "submit 03-02", "hold 03-02", "release 03-18")
    assert (waiting.state, waiting.running, waiting.notify_by) == (State.WAITING, False, None)
    assert released.notify_by == DueDate(d("03-25"), False)


def test_without_a_notice_term_silence_says_nothing():
    found = read("05-20", "submit 03-02", of=terms(notify_missing=None))
    assert (found.state, found.running, found.light) == (State.SUBMITTED, False, Light.NONE)


# -- approval (arts. 42, 45, 82) ---------------------------------------------------------------------------


def test_both_clocks_start_on_the_day_of_acceptance_and_count_working_days():
    found = read("04-24", "submit 04-23", "accept 04-24")
    assert found.accepted_on == d("04-24")
    assert found.promised == DueDate(d("05-08"), False)  # 1, 4 and 5 May rest
    assert found.statutory == DueDate(d("05-26"), False)  # 9 May, a Saturday, is worked
    assert found.days_left == 7
    assert found.used == 0


def test_an_instant_case_is_due_on_the_day_of_acceptance_even_a_sunday():
    found = read(
        "03-08", "submit 03-08", "accept 03-08", of=terms(promised=days(0), statutory=None, extension=0)
    )
    assert found.promised == DueDate(d("03-08"), False)
    assert found.days_left == 0
    late = read(
        "03-09", "submit 03-08", "accept 03-08", of=terms(promised=days(0), statutory=None, extension=0)
    )
    assert (late.light, late.days_left) == (Light.RED, -1)


def test_the_stopping_day_counts_and_the_resuming_day_does_not():
    plain = read("03-03", "submit 03-02", "accept 03-03")
    paused = read("03-12", "submit 03-02", "accept 03-03", "suspend 03-05", "resume 03-10")
    assert plain.promised == DueDate(d("03-12"), False)
    assert paused.promised == DueDate(d("03-17"), False)  # Friday 6, Monday 9, Tuesday 10 stood still


def test_while_suspended_no_clock_runs_and_the_end_moves_along():
    one = read("03-06", "submit 03-02", "accept 03-03", "suspend 03-05")
    two = read("03-09", "submit 03-02", "accept 03-03", "suspend 03-05")
    assert (one.running, one.light, one.days_left) == (False, Light.NONE, None)
    assert one.promised == DueDate(d("03-13"), False)
    assert two.promised == DueDate(d("03-16"), False)
    assert one.used == two.used


def test_the_end_of_a_case_ends_its_suspension():
    events = ("submit 03-02", "accept 03-03", "suspend 03-05", "terminate 03-10")
    at_once, later = read("03-10", *events), read("04-30", *events)
    assert at_once.promised == later.promised == DueDate(d("03-17"), False)
    assert (later.running, later.used) == (False, at_once.used)


def test_a_term_in_calendar_days_stands_still_by_calendar_days():
    of = terms(promised=days(10, Unit.CALENDAR_DAYS), statutory=None)
    found = read("03-20", "submit 03-02", "accept 03-03", "suspend 03-05", "resume 03-10", of=of)
    assert found.promised == DueDate(d("03-18"), False)


def test_a_term_in_months_ends_on_the_same_day_of_the_month():
    of = terms(promised=days(1, Unit.MONTHS), statutory=None)
    assert read("03-20", "submit 03-02", "accept 03-03", of=of).promised == DueDate(d("04-03"), False)


def test_an_extension_lengthens_both_terms_once():
    found = read("03-20", "submit 03-02", "accept 03-03", "extend 03-10")
    assert found.promised == DueDate(d("03-26"), False)
    assert found.statutory == DueDate(d("04-14"), False)


def test_a_date_past_the_known_calendar_is_provisional():
    found = clock(story("submit 2026-12-24", "accept 2026-12-25"), terms(), CALENDAR, date(2026, 12, 25))
    assert found.promised == DueDate(date(2027, 1, 5), True)


# -- tolerance, decision, delivery -------------------------------------------------------------------------


def test_deferred_materials_are_due_within_the_tolerance_term():
    found = read("03-04", "submit 03-02", "accept_tolerantly 03-03")
    assert found.materials_by == DueDate(d("03-10"), False)
    complete = read("03-06", "submit 03-02", "accept_tolerantly 03-03", "complete_materials 03-05")
    assert complete.materials_by is None
    assert complete.promised == found.promised


def test_a_decision_stops_the_clocks_and_starts_the_delivery_term():
    found = read("04-30", "submit 03-02", "accept 03-03", "grant 03-06")
    assert (found.state, found.running, found.light, found.days_left) == (
        State.GRANTED,
        False,
        Light.NONE,
        None,
    )
    assert found.deliver_by == DueDate(d("03-20"), False)
    assert found.promised == DueDate(d("03-12"), False)
    assert found.used == pytest.approx(3 / 7)


def test_delivery_completes_the_case():
    found = read("04-30", "submit 03-02", "accept 03-03", "grant 03-06", "deliver 03-09")
    assert (found.state, found.running) == (State.COMPLETED, False)


def test_events_of_later_days_are_left_out():
    events = ("submit 03-02", "accept 03-03", "grant 03-06")
    assert read("03-05", *events) == read("03-05", *events[:2])


def test_a_history_that_the_table_refuses_has_no_clock():
    with pytest.raises(NotAllowed):
        read("03-10", "submit 03-02", "grant 03-03")


# -- a decision on a promise (优化营商环境条例 art. 40) ------------------------------------------------------

PROMISE = ("submit 03-02", "accept 03-03", "grant_on_commitment 03-03", "deliver 03-03")


def test_a_promise_is_checked_within_its_term_and_its_light_follows_that_day():
    found = read("03-04", *PROMISE)
    assert found.verify_by == DueDate(d("03-31"), False)
    assert found.duty == Duty("verify", DueDate(d("03-31"), False), 19, Light.GREEN)
    assert (found.running, found.light, found.days_left) == (False, Light.NONE, None)
    assert read("03-30", *PROMISE).duty.light is Light.YELLOW
    late = read("04-01", *PROMISE)
    assert (late.duty.light, late.duty.days_left) == (Light.RED, -1)


def test_what_is_to_be_put_right_has_a_day_of_its_own_that_counts_instead():
    found = read("03-11", *PROMISE, "order_remedy 03-10")
    assert (found.remedy_by, found.verify_by) == (DueDate(d("03-24"), False), DueDate(d("03-31"), False))
    assert (found.duty.kind, found.duty.due.day) == ("remedy", d("03-24"))


@pytest.mark.parametrize("end", ["verify 03-12", "annul 03-12", "recall 03-12", "cancel 03-12"])
def test_a_check_that_is_over_leaves_nothing_due(end: str):
    found = read("04-30", *PROMISE, "order_remedy 03-10", end)
    assert (found.verify_by, found.remedy_by, found.duty) == (None, None, None)


def test_that_the_check_was_missed_changes_no_day():
    missed = read("04-02", *PROMISE, "miss_verification 04-01")
    assert missed.duty == read("04-02", *PROMISE).duty
    assert missed.duty.light is Light.RED


def test_a_decision_without_a_promise_owes_no_check():
    found = read("03-10", "submit 03-02", "accept 03-03", "grant 03-06", "deliver 03-06")
    assert (found.verify_by, found.duty) == (None, None)


# -- objection and review ----------------------------------------------------------------------------------

REFUSED = ("submit 03-02", "accept 03-03", "refuse 03-06")


def test_one_may_object_within_the_term_and_it_is_reviewed_within_another():
    refused = read("03-06", *REFUSED)
    assert (refused.object_by, refused.review_by) == (DueDate(d("05-06"), False), None)  # 5 May rests
    objected = read("03-10", *REFUSED, "object 03-09")
    assert (objected.object_by, objected.review_by) == (None, DueDate(d("03-23"), False))
    assert (objected.duty.kind, objected.duty.light) == ("review", Light.GREEN)
    assert read("03-24", *REFUSED, "object 03-09").duty.light is Light.RED
    assert objected.running is False


@pytest.mark.parametrize("over", [("end_objection 05-07",), ("object 03-09", "uphold 03-12")])
def test_what_is_settled_leaves_nothing_to_object_to_and_nothing_due(over: tuple[str, ...]):
    found = read("05-20", *REFUSED, *over)
    assert (found.object_by, found.review_by, found.duty) == (None, None, None)


def test_what_is_sent_back_is_decided_in_full_time_from_that_day():
    found = read("03-13", *REFUSED, "object 03-09", "reopen 03-12")
    assert (found.state, found.running, found.accepted_on) == (State.ACCEPTED, True, d("03-12"))
    assert found.promised == DueDate(d("03-23"), False)
    declined = read("03-13", "submit 03-02", "decline 03-03", "object 03-04", "reopen 03-12")
    assert (declined.state, declined.notify_by) == (State.SUBMITTED, DueDate(d("03-19"), False))


def test_what_a_review_grants_is_delivered_in_its_term():
    found = read("03-13", *REFUSED, "object 03-09", "overturn 03-12")
    assert (found.state, found.deliver_by) == (State.GRANTED, DueDate(d("03-26"), False))


# -- lights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "light", "left"),
    [
        ("03-03", Light.GREEN, 7),
        ("03-10", Light.GREEN, 2),  # 5 of 7 used
        ("03-11", Light.YELLOW, 1),
        ("03-12", Light.YELLOW, 0),
        ("03-13", Light.RED, -1),
        ("03-14", Light.RED, -1),
        ("03-31", Light.RED, -13),
        ("04-01", Light.BLACK, -14),
    ],
)
def test_the_light_follows_the_promised_day_and_then_the_statutory_one(today: str, light: Light, left: int):
    found = read(today, "submit 03-02", "accept 03-03")
    assert (found.light, found.days_left) == (light, left)


def test_a_case_that_was_due_on_friday_is_late_on_saturday():
    found = read("03-14", "submit 03-02", "accept 03-04")
    assert (found.promised.day, found.light, found.days_left) == (d("03-13"), Light.RED, -1)


def test_thresholds_are_local():
    events = story("submit 2026-03-02", "accept 2026-03-03")
    strict = Lights(yellow_days_left=0, yellow_percent_used=50)
    assert clock(events, terms(), CALENDAR, d("03-06"), lights=strict).light is Light.GREEN
    assert clock(events, terms(), CALENDAR, d("03-09"), lights=strict).light is Light.YELLOW


# -- for every history -------------------------------------------------------------------------------------

SPRING = st.dates(date(2026, 3, 2), date(2026, 5, 30))
UNITS = st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS, Unit.HOURS])


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    maybe = st.none() | st.builds(days, st.integers(0, 12), UNITS)
    return Terms(
        promised=draw(st.builds(days, st.integers(0, 25), UNITS)),
        statutory=draw(maybe),
        extension=draw(st.integers(0, 10)),
        notify_missing=draw(maybe),
        deliver=draw(maybe),
        tolerance=draw(maybe),
        verify=draw(maybe),
        remedy=draw(maybe),
        objection=draw(maybe),
        review=draw(maybe),
        correction=draw(maybe),
        remind=draw(st.none() | st.builds(days, st.integers(1, 5))),
        heard=draw(maybe),
        hearing=draw(maybe),
        rolls=draw(st.booleans()),
    )


@given(histories(), any_terms(), SPRING, st.randoms(use_true_random=False))
def test_the_clock_is_the_same_in_whatever_order_events_are_read(events, of, today, random):
    assume(any(e.day <= today for e in events))
    shuffled = list(events)
    random.shuffle(shuffled)
    assert clock(shuffled, of, CALENDAR, today) == clock(events, of, CALENDAR, today)


@given(histories(), any_terms(), SPRING)
def test_every_clock_is_consistent(events, of, today):
    assume(any(e.day <= today for e in events))
    found = clock(events, of, CALENDAR, today)
    assert (found.promised is None) == (found.accepted_on is None)
    assert found.running or (found.light, found.days_left) == (Light.NONE, None)
    if found.state in CLOSED | {State.GRANTED, State.WAITING, State.CORRECTING}:
        assert not found.running
    if found.deemed_accepted:
        assert found.accepted_on is not None
        assert found.accepted_on <= today
    assert found.used >= 0
    owed = [found.verify_by, found.remedy_by, found.review_by, found.hearing_by]
    assert (found.duty is None) == (owed == [None] * 4)
    if found.object_by or found.review_by:
        assert found.state in OBJECTIONABLE
    if found.duty:
        assert found.state in {State.GRANTED, State.COMPLETED} | OBJECTIONABLE
        assert found.duty.due in owed
        assert (found.duty.light is Light.RED) == (today > found.duty.due.day) == (found.duty.days_left < 0)


@given(
    st.integers(0, 20),
    st.integers(0, 15),
    st.integers(0, 40),
    st.integers(1, 30),
)
def test_a_suspension_moves_the_end_by_exactly_the_working_days_it_holds(before, pause, after, amount):
    accepted = date(2026, 3, 3)
    stopped = accepted + timedelta(days=before)
    resumed = stopped + timedelta(days=pause)
    today = resumed + timedelta(days=after)
    of = terms(promised=days(amount), statutory=days(amount + 5))
    plain = story("submit 2026-03-02", f"accept {accepted}")
    paused = story("submit 2026-03-02", f"accept {accepted}", f"suspend {stopped}", f"resume {resumed}")
    one, two = (clock(events, of, CALENDAR, today) for events in (plain, paused))
    still = CALENDAR.working_days_between(stopped, resumed)
    for short, long in ((one.promised, two.promised), (one.statutory, two.statutory)):
        assert CALENDAR.working_days_between(short.day, long.day) == still


@given(histories(), any_terms(), SPRING)
def test_an_extension_only_ever_moves_the_end_later(events, of, today):
    without = tuple(e for e in events if e.event is not Event.EXTEND)
    assume(any(e.day <= today for e in without))
    extended, plain = clock(events, of, CALENDAR, today), clock(without, of, CALENDAR, today)
    for long, short in ((extended.promised, plain.promised), (extended.statutory, plain.statutory)):
        assert (long is None) == (short is None)
        if long and short:
            assert long.day >= short.day


@given(histories(), any_terms(), SPRING)
def test_a_suspension_never_brings_the_end_nearer(events, of, today):
    without = tuple(e for e in events if e.event not in (Event.SUSPEND, Event.RESUME))
    assume(any(e.day <= today for e in without))
    paused, plain = clock(events, of, CALENDAR, today), clock(without, of, CALENDAR, today)
    if paused.promised and plain.promised:
        assert paused.promised.day >= plain.promised.day

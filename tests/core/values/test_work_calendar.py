"""Due dates by the working calendar of 2026 (Spring Festival and its adjusted weekends)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Duration, Unit

CALENDAR = WorkCalendar(
    id="default",
    known_until=date(2026, 12, 31),
    rest_days=frozenset(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)),
    working_days=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)
DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))
DURATIONS = st.builds(Duration, st.integers(0, 60), st.sampled_from(Unit))


def due(start: date, amount: int, unit: Unit, *, rolls: bool = True) -> date:
    return CALENDAR.add(start, Duration(amount, unit), rolls=rolls).day


def test_counting_begins_on_the_day_after_the_event():
    assert due(date(2026, 3, 2), 1, Unit.WORKING_DAYS) == date(2026, 3, 3)


def test_working_days_skip_weekends():
    assert due(date(2026, 3, 5), 2, Unit.WORKING_DAYS) == date(2026, 3, 9)


def test_working_days_skip_holidays_and_count_adjusted_weekends():
    # Saturday the 14th is worked, then the festival rests until the 23rd.
    assert due(date(2026, 2, 13), 1, Unit.WORKING_DAYS) == date(2026, 2, 14)
    assert due(date(2026, 2, 13), 2, Unit.WORKING_DAYS) == date(2026, 2, 24)
    assert due(date(2026, 2, 27), 1, Unit.WORKING_DAYS) == date(2026, 2, 28)


def test_an_event_on_a_rest_day_counts_from_the_next_day():
    assert due(date(2026, 3, 7), 1, Unit.WORKING_DAYS) == date(2026, 3, 9)


def test_zero_is_the_same_day_when_offices_work():
    assert due(date(2026, 3, 2), 0, Unit.WORKING_DAYS) == date(2026, 3, 2)


def test_zero_on_a_rest_day_rolls_to_the_next_working_day():
    assert due(date(2026, 3, 7), 0, Unit.WORKING_DAYS) == date(2026, 3, 9)
    assert due(date(2026, 3, 7), 0, Unit.WORKING_DAYS, rolls=False) == date(2026, 3, 7)


def test_calendar_days_that_end_on_a_rest_day_roll_to_a_working_day():
    assert due(date(2026, 2, 10), 7, Unit.CALENDAR_DAYS) == date(2026, 2, 24)
    assert due(date(2026, 2, 10), 7, Unit.CALENDAR_DAYS, rolls=False) == date(2026, 2, 17)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 5, 15), 12, date(2027, 5, 15)),
    ],
)
def test_a_month_ends_on_the_same_number_or_on_the_last_day(start: date, months: int, end: date):
    assert due(start, months, Unit.MONTHS, rolls=False) == end


@pytest.mark.parametrize(("hours", "end"), [(0, 2), (1, 3), (24, 3), (25, 4), (48, 4)])
def test_hours_are_rounded_up_to_whole_days(hours: int, end: int):
    assert due(date(2026, 3, 2), hours, Unit.HOURS) == date(2026, 3, end)


def test_a_due_date_is_provisional_once_it_lies_past_what_the_calendar_knows():
    assert not CALENDAR.add(date(2026, 12, 30), Duration(1, Unit.WORKING_DAYS)).provisional
    assert CALENDAR.add(date(2026, 12, 31), Duration(1, Unit.WORKING_DAYS)) == DueDate(date(2027, 1, 1), True)


def test_rolling_past_the_known_end_makes_a_due_date_provisional():
    calendar = WorkCalendar("default", date(2026, 3, 7), frozenset(), frozenset())
    assert calendar.add(date(2026, 3, 6), Duration(1, Unit.CALENDAR_DAYS)).provisional


def test_a_day_past_the_year_9999_is_refused():
    with pytest.raises(OverflowError):
        CALENDAR.add(date(9999, 12, 1), Duration(2, Unit.MONTHS))


def test_working_days_between_leaves_out_the_first_day_and_counts_the_last():
    assert CALENDAR.working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert CALENDAR.working_days_between(date(2026, 2, 24), date(2026, 2, 13)) == -2
    assert CALENDAR.working_days_between(date(2026, 2, 13), date(2026, 2, 13)) == 0


@settings(deadline=None)
@given(start=DAYS, amount=st.integers(1, 60))
def test_the_due_date_of_working_days_lies_that_many_working_days_ahead(start: date, amount: int):
    end = due(start, amount, Unit.WORKING_DAYS)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == amount


@settings(deadline=None)
@given(start=DAYS, duration=DURATIONS)
def test_a_rolling_period_always_ends_on_a_working_day_and_never_early(start: date, duration: Duration):
    rolled = CALENDAR.add(start, duration).day
    assert CALENDAR.is_working_day(rolled)
    assert start <= CALENDAR.add(start, duration, rolls=False).day <= rolled


@settings(deadline=None)
@given(start=DAYS, duration=DURATIONS)
def test_a_later_event_never_has_an_earlier_due_date(start: date, duration: Duration):
    assert CALENDAR.add(start, duration).day <= CALENDAR.add(start + timedelta(days=1), duration).day

"""The log of cases: every fact of the vocabulary, days as the law counts them, and no query per record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.core.packs.logs import LOGS, vocabulary
from tongban.core.rules.types import read
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Duration, Unit
from tongban.work.cases import log
from tongban.work.cases.actions import decisions, handling

FOOD, CHECK = "food-permit", "business-licence-check"
PLAIN = WorkCalendar("plain", date(2026, 12, 31), frozenset(), frozenset())


def rows(desk: Any, which: Any = "cases", **options: Any) -> dict[str, dict[str, Any]]:
    found = log.log_rows(which, now=desk.now, **options)
    return {row["service"] if which == "cases" else row["event"]: row for row in found}


def test_every_fact_of_the_log_has_a_value_of_its_type_or_is_absent(desk: Any) -> None:
    desk.application()
    for which in ("cases", "applications"):
        for row in rows(desk, which).values():
            assert row.keys() == {*LOGS[which], "number", "pack"}
            for name, kind in vocabulary(which).facts.items():
                if row[name] is not None:
                    read(kind, row[name])


def test_days_used_leave_out_those_on_which_the_clock_stood_still(desk: Any) -> None:
    case = desk.case(FOOD)
    officer = lambda: desk.acting("demo-market")  # noqa: E731
    handling.accept(acting=officer(), number=case.number)
    open_row = rows(desk)[FOOD]
    assert (open_row["closed"], open_row["actual_days"], open_row["on_time"], open_row["granted"]) == (
        False,
        None,
        None,
        None,
    )
    desk.later(days=2)
    handling.suspend(acting=officer(), number=case.number, reasons="An expert looks at it.")
    desk.later(days=5)  # Wednesday to Monday: three working days
    handling.resume(acting=officer(), number=case.number)
    desk.later(days=1)
    decisions.decide(acting=officer(), number=case.number, outcome="granted", reasons="In order.")
    row = rows(desk)[FOOD]
    assert (row["actual_days"], row["stopped_days"], row["on_time"], row["granted"]) == (3, 3, True, True)
    assert (row["promised_days"], row["statutory_days"], row["closed_on"]) == (7, 20, date(2026, 3, 10))
    assert (row["materials_required"], row["place"], row["tolerant"]) == (
        len(case.materials),
        "990101",
        False,
    )
    assert 0 < row["materials_exempt"] < row["materials_required"]


def test_a_case_granted_on_the_spot_took_no_day_and_was_automatic(desk: Any) -> None:
    desk.application()
    row = rows(desk)[CHECK]
    assert (row["automatic"], row["actual_days"], row["closed"]) == (True, 0, True)


def test_the_log_can_be_asked_for_a_district_a_service_or_a_time(desk: Any, hear: Any) -> None:
    desk.application()
    hear(desk.now)  # what was granted on the spot is delivered
    assert rows(desk, place="990101", service=FOOD).keys() == {FOOD}
    assert not rows(desk, place="990102")
    assert FOOD in rows(desk, place="990100", since=date(2027, 1, 1))  # still open
    assert CHECK not in rows(desk, since=date(2027, 1, 1))


def test_more_records_cost_no_more_queries(desk: Any) -> None:
    desk.application()

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(log.log_rows("cases", now=desk.now))
            list(log.log_rows("applications", now=desk.now))
        return len(queries)

    first = cost()
    desk.application()
    assert cost() == first


def test_a_term_in_other_units_is_said_in_working_days() -> None:
    monday = date(2026, 3, 2)
    lengths = [
        (0, Unit.HOURS),
        (2, Unit.HOURS),
        (48, Unit.HOURS),
        (7, Unit.CALENDAR_DAYS),
        (1, Unit.MONTHS),
        (20, Unit.WORKING_DAYS),
    ]
    assert [log.working_days(Duration(*length), monday, PLAIN) for length in lengths] == [0, 1, 2, 5, 23, 20]

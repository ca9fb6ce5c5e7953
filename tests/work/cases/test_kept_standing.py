"""What is kept of open cases for lists says the same as their events, on the day it was kept for and on every other."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.work.cases.officer_desk import FIRE, SIGN, Desk
from tests.work.cases.test_officer_worklist import some_cases

from tongban.core.procedures.states import CLOSED
from tongban.work.cases import models, standing
from tongban.work.cases.actions import handling, standings
from tongban.work.cases.rows import Row, by_urgency
from tongban.work.cases.worklist import CLOSED as OFF_LISTS
from tongban.work.cases.worklist import LIGHTS, SHOWN, SORTS, WHOSE, Worklist

OFFICES = ("demo-market", "demo-window")


def wanted(row: Row, show: str, light: str, today: Any) -> bool:
    """The tabs once more, from the row as it is worked out from the events."""
    fits = {
        "looking": row.clock.state.value == "submitted",
        "examining": row.clock.state.value == "accepted",
        "correcting": row.clock.state.value == "correcting",
        "waiting": row.clock.state.value == "waiting",
        "checking": row.duty is not None or row.case.afterwards == "heard",
        "overdue": row.late,
        "due-today": row.ticking and row.due is not None and row.due.day == today,
        "open": row.clock.state not in CLOSED,
    }[show]
    return fits and light in ("", row.light.value)


def lists_of(desk: Desk, who: str) -> dict[Any, Any]:
    """Every list and every figure of somebody's desk; each list is compared with the events on the way."""
    acting = desk.acting(who)
    every = Worklist(acting).all_open
    found: dict[Any, Any] = {}
    shows = [(s, "") for s in SHOWN if s not in OFF_LISTS]
    for show, light in (*shows, *product(("open",), LIGHTS)):
        fit = sorted((row for row in every if wanted(row, show, light, acting.today)), key=by_urgency)
        lists = Worklist(acting, show=show, light=light)
        assert [row.number for row in lists.every_row()] == [row.number for row in fit], (who, show, light)
        assert lists.by_light[light] == len(fit)
        found[show, light] = [row.number for row in fit], dict(lists.counts), dict(lists.cards)
    for sort, whose in (*product(SORTS, ("all",)), *product(("due",), WHOSE)):
        lists = Worklist(acting, sort=sort, whose=whose)
        found[sort, whose] = [row.number for row in lists.page(1)], lists.by_hands[lists.whose]
        assert len(found[sort, whose][0]) == found[sort, whose][1]
    return found


def test_lists_are_the_same_whether_kept_or_worked_out(desk: Desk, monkeypatch: Any) -> None:
    some_cases(desk)
    desk.case(SIGN, deferring="sign-design")
    suspended = desk.case(FIRE)
    handling.accept(acting=desk.acting("demo-fire"), number=suspended.number)
    desk.later(minutes=1)
    handling.suspend(acting=desk.acting("demo-fire"), number=suspended.number, reasons="A test is made.")
    for days in (0, 4, 9):
        desk.later(days=days)
        cases = models.Case.objects.exclude(stands_on=None)
        assert days == 0 or not cases.filter(stands_on=desk.acting("demo-market").today).exists()
        worked_out = {who: lists_of(desk, who) for who in OFFICES}
        some = list(cases.order_by("number").values_list("pk", flat=True))[::2]
        standings.bring_up_to_date(now=desk.now)
        models.Case.objects.filter(pk__in=some).update(stands_on="2000-01-01")
        mixed = {who: lists_of(desk, who) for who in OFFICES}
        assert standings.bring_up_to_date(now=desk.now) == len(some)
        kept = {who: lists_of(desk, who) for who in OFFICES}
        assert worked_out == mixed == kept
        assert standings.bring_up_to_date(now=desk.now) == 0


def test_what_is_closed_and_owes_nothing_is_on_no_list(desk: Desk) -> None:
    some_cases(desk)
    for case in models.Case.objects.all():
        on = case.state in standing.OPEN_STATES or case.afterwards in standing.OWED
        assert (case.stands_on is not None) == on, case.number


def test_of_very_many_closed_cases_a_figure_says_that_there_are_more(desk: Desk, monkeypatch: Any) -> None:
    some_cases(desk)
    monkeypatch.setattr("tongban.work.cases.worklist.MOST", 3)
    page = desk.browser("demo-market").get("/office", {"show": "closed"}).content.decode()
    assert "3+</span>" in page
    assert "data-total" not in page
    assert "The newest 3 are listed." in page
    lists = Worklist(desk.acting("demo-market"), show="closed")
    assert len(list(lists.page(1))) == 3
    assert len(list(lists.every_row())) == 6
    assert desk.browser("demo-market").get("/api/v1/cases", {"show": "closed"}).json()["count"] == 6

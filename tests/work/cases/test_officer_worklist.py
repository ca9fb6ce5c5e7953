"""The worklist: each figure is as large as the list behind it, the most urgent comes first, nothing is asked twice."""

from __future__ import annotations

import csv
import io
import re

import pytest
from tests.work.cases.officer_desk import FOOD, SIGN, Desk, text, url

from tongban.core.procedures.model import Light
from tongban.work.cases import models
from tongban.work.cases.actions import decisions, handling
from tongban.work.cases.worklist import SHOWN, Worklist


def numbers_in(page: str) -> list[str]:
    return re.findall(r'href="/office/cases/([^"/]+)"', page)


def csv_of(response: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def some_cases(desk: Desk) -> list[models.Case]:
    """Five food permits: one granted, one in examination, one out for correction, two to look through."""
    cases = [desk.case(FOOD) for _ in range(5)]
    acting = desk.acting("demo-market")
    for case in cases[:2]:
        handling.accept(acting=acting, number=case.number)
    decisions.decide(acting=acting, number=cases[0].number, outcome="granted", reasons="All is well.")
    handling.request_correction(
        acting=acting,
        number=cases[2].number,
        defects=[{"kind": "fact", "id": "area", "text": "Give the area in use."}],
    )
    return cases


def test_every_figure_is_as_large_as_the_list_behind_it(desk: Desk) -> None:
    some_cases(desk)
    officer = desk.browser("demo-market")
    acting = desk.acting("demo-market")
    lists = Worklist(acting)
    for shown in SHOWN:
        rows = list(Worklist(acting, show=shown).every_row())
        figure = lists.counts.get(shown, lists.cards.get(shown))
        assert figure == len(rows), shown
        page = text(officer.get("/office", {"show": shown}))
        assert sorted(numbers_in(page)) == sorted(row.number for row in rows)
        assert len(csv_of(officer.get("/office/worklist.csv", {"show": shown}))) == len(rows) + 1
    assert lists.counts == {
        "open": 4,
        "looking": 2,
        "examining": 1,
        "correcting": 1,
        "waiting": 0,
        "checking": 0,
        "closed": 6,
    }
    assert (
        lists.cards["decided-today"] == 6
    )  # one by the officer, five checks of the business licence by rule


def test_search_narrows_lists_and_figures_alike(desk: Desk) -> None:
    cases = some_cases(desk)
    acting = desk.acting("demo-market")
    found = Worklist(acting, search=f"  {cases[3].number.lower()} ")
    assert [row.number for row in found.every_row()] == [cases[3].number]
    assert found.counts["open"] == found.counts["looking"] == 1
    assert Worklist(acting, search=cases[0].application.name).counts["open"] == 4
    empty = text(desk.browser("demo-market").get("/office", {"q": "no such shop"}))
    assert "Nothing here fits" in empty


def test_red_comes_first_then_what_is_due_first(desk: Desk) -> None:
    first = desk.case(FOOD)
    handling.accept(acting=desk.acting("demo-market"), number=first.number)
    desk.later(days=10)
    second = desk.case(FOOD)
    handling.accept(acting=desk.acting("demo-market"), number=second.number)
    third = desk.case(FOOD)
    desk.later(days=2)
    rows = list(Worklist(desk.acting("demo-market")).every_row())
    assert [row.number for row in rows] == [first.number, third.number, second.number]
    assert rows[0].light is Light.RED
    assert rows[0].left is not None
    assert rows[0].left < 0
    page = text(desk.browser("demo-market").get("/office", {"show": "overdue"}))
    assert numbers_in(page) == [first.number]
    assert "Past the promised day" in page  # in words, not by colour alone
    assert "working days late" in page


def test_a_case_due_today_is_on_the_card_and_behind_it(desk: Desk) -> None:
    case = desk.case(FOOD)
    desk.later(days=7)  # five working days to list defects end on Monday
    lists = Worklist(desk.acting("demo-market"), show="due-today")
    assert lists.cards["due-today"] == 1
    assert [row.number for row in lists.every_row()] == [case.number]


def test_a_case_accepted_by_silence_is_in_examination_before_anybody_writes_it_down(desk: Desk) -> None:
    case = desk.case(FOOD)
    desk.later(days=9)
    lists = Worklist(desk.acting("demo-market"), show="examining")
    assert [row.number for row in lists.every_row()] == [case.number]
    page = text(desk.browser("demo-market").get(url(case)))
    assert "By silence, as the law has it." in page
    assert f'href="{url(case, "decide")}"' in page
    assert f'action="{url(case, "accept")}"' not in page
    assert f'href="{url(case, "correction")}"' not in page


def test_tags_say_what_comes_later_and_what_came_back(desk: Desk) -> None:
    desk.case(SIGN, deferring="sign-design")
    assert "Materials to come" in text(desk.browser("demo-urban").get("/office"))


def test_a_list_of_many_costs_the_same_few_queries(desk: Desk, django_assert_max_num_queries: object) -> None:
    acting = desk.acting("demo-market")
    desk.case(FOOD)
    list(Worklist(acting).every_row())  # the pack is read once and kept
    for _ in range(3):
        desk.case(FOOD)
    with django_assert_max_num_queries(4):
        assert len(list(Worklist(acting).every_row())) == 4


def test_pages_hold_every_case_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.work.cases.worklist.PAGE", 2)
    cases = {desk.case(FOOD).number for _ in range(3)}
    officer = desk.browser("demo-market")
    first, second = (numbers_in(text(officer.get("/office", {"page": n}))) for n in (1, 2))
    assert set(first) | set(second) == cases
    assert len(first) == 2
    assert numbers_in(text(officer.get("/office", {"page": "nonsense"}))) == first
    closed = [numbers_in(text(officer.get("/office", {"show": "closed", "page": n}))) for n in (1, 2)]
    assert [len(page) for page in closed] == [2, 1]


def test_a_name_that_looks_like_a_formula_stays_text_in_the_csv(desk: Desk) -> None:
    case = desk.case(FOOD)
    models.Application.objects.filter(pk=case.application_id).update(name="=HYPERLINK(1)")
    rows = csv_of(desk.browser("demo-market").get("/office/worklist.csv"))
    assert rows[1][3] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("shown", SHOWN)
def test_an_empty_list_says_so(desk: Desk, shown: str) -> None:
    page = desk.browser("demo-fire").get("/office", {"show": shown})
    assert page.status_code == 200
    assert 'class="empty"' in text(page)

"""Who may see a case: everybody at every door, over worlds that are drawn; the yardstick is written down here once more.

Doors: lists, searches, details, exports and counts of the API, of the officers' pages and of the applicants'.
"""

from __future__ import annotations

import csv
import io
import json
import re
from random import Random
from typing import Any

import pytest
from django.test import Client
from tests.factories import shops
from tests.work.cases import applicants
from tests.work.cases.officer_desk import Desk, text

from tongban.work.cases import access, models
from tongban.work.cases.actions import decisions, handling
from tongban.work.cases.worklist import SHOWN, TABS, Worklist

OFFICES = (
    "qingqu-market-regulation",
    "qingqu-urban-management",
    "qingqu-fire-rescue",
    "qingqu-natural-resources",
)
PLACES = ("990100", "990200")
OFFICERS = {
    "demo-market": OFFICES[0], "demo-market-second": OFFICES[0], "demo-urban": OFFICES[1], "demo-fire": OFFICES[2],
    "demo-registry": OFFICES[3],
}  # fmt: skip
APPLICANTS = ("demo-lin", "demo-shen", "demo-neighbour", "demo-bank")
OTHERS = ("demo-auditor", "demo-hotline", "demo-police", "demo-data", "demo-operator")
"""Officers of organs without cases, and whoever only looks over the audit."""
EVERYBODY = (*OFFICERS, "demo-window", *APPLICANTS, *OTHERS)


@pytest.fixture(params=range(2))
def world(desk: Desk, request: Any) -> list[models.Case]:
    """Applications of two people and a firm whose cases lie at organs and places that are drawn; some are decided."""
    random = Random(request.param)
    for who, options in (
        ("demo-lin", {"for_firm": True}),
        ("demo-shen", {}),
        ("demo-lin", {"for_firm": True}),
        ("demo-shen", {}),
    ):
        acting = desk.acting(who, **options)
        answers = shops.FOUNDING if who == "demo-shen" else {}
        application = shops.submitted(acting, answers={**answers, "area": str(random.randint(90, 400))})
        application.place = random.choice((PLACES[0], *PLACES))
        application.name = f"面馆{random.randint(1000, 9999)}"
        application.save()
    applicants.draft(desk.city, "demo-shen")
    for case in models.Case.objects.filter(state="submitted", service="food-permit"):
        desk.later(minutes=1)
        handling.accept(acting=desk.acting("demo-market"), number=case.number)
        if random.random() < 0.5:
            decisions.decide(
                acting=desk.acting("demo-market"), number=case.number, outcome="refused", reasons="No."
            )
    for case in models.Case.objects.all():
        where = {"organisation": random.choice(OFFICES), "place": random.choice((PLACES[0], *PLACES))}
        models.Case.objects.filter(pk=case.pk).update(**where)
    return list(models.Case.objects.select_related("application").order_by("number"))


def may_see(desk: Desk, who: str, case: models.Case) -> bool:
    """The rule, from the account alone."""
    if who in OFFICERS:
        return (case.organisation, case.place) == (OFFICERS[who], PLACES[0])
    if who == "demo-window":
        return case.application.place == PLACES[0]
    if who in APPLICANTS:
        person = desk.city.account(who).person_id  # type: ignore[attr-defined]
        firm = {"demo-lin": desk.acting("demo-lin", for_firm=True).principal}.get(who)
        return case.application.principal in (person, firm)
    return False


def api_numbers(client: Client, **asked: Any) -> tuple[set[str], int]:
    """Numbers of every page of the API's list, and its count."""
    seen: set[str] = set()
    count, page = 0, 1
    while True:
        answer = client.get("/api/v1/cases", {**asked, "page": page})
        if answer.status_code == 404:
            return set(), 0
        found = answer.json()
        seen |= {row["number"] for row in found["items"]}
        count, page = found["count"], page + 1
        if not found["items"]:
            return seen, count


@pytest.mark.parametrize("who", EVERYBODY)
def test_list_search_detail_export_and_count_hold_what_one_may_see_and_nothing_else(
    desk: Desk, world: list[models.Case], who: str
) -> None:
    mine = {case.number for case in world if may_see(desk, who, case)}
    client = desk.browser(who)
    assert {case.number for case in access.cases(desk.acting(who))} == mine
    for case in world:
        detail = client.get(f"/api/v1/cases/{case.number}")
        assert detail.status_code == (200 if case.number in mine else 404), (who, case.number)
        if case.number not in mine:
            assert case.application.name not in detail.content.decode()
    if who in OFFICERS or who == "demo-window":
        _office(desk, client, world, mine)
    else:
        for address in ("/office", "/office/worklist.csv"):
            page = client.get(address)
            assert not any(case.number in text(page) for case in world if case.number not in mine)
        _own(desk, client, world, mine, who)


def _office(desk: Desk, client: Client, world: list[models.Case], mine: set[str]) -> None:
    listed: set[str] = set()
    for shown in SHOWN:
        numbers, count = api_numbers(client, show=shown)
        page = text(client.get("/office", {"show": shown}))
        exported = {row[0] for row in _csv(client.get("/office/worklist.csv", {"show": shown}))}
        assert set(re.findall(r'href="/office/cases/([0-9A-Z-]+)"', page)) == numbers == exported
        assert f'data-total="{len(numbers)}"' in page
        assert count == len(numbers)
        assert numbers <= mine
        listed |= numbers
    assert listed == mine
    for case in world:
        there = case.number in mine
        assert client.get(f"/office/cases/{case.number}").status_code == (200 if there else 404)
    for case in Random(len(mine)).sample(world, 4):
        for shown in ("open", "closed"):
            for wanted in (case.number, case.application.name):
                found, count = api_numbers(client, show=shown, search=wanted)
                page = text(client.get("/office", {"show": shown, "q": wanted}))
                fits = {
                    one.number
                    for one in world
                    if one.number in mine and (wanted in one.number or wanted == one.application.name)
                }
                assert found <= fits
                assert count == len(found)
                assert set(re.findall(r'href="/office/cases/([0-9A-Z-]+)"', page)) == found
                figures = dict(
                    zip(TABS, re.findall(r'class="n" data-counts="(\d+)"', page)[-len(TABS) :], strict=False)
                )
                assert sum(int(figures[tab]) for tab in ("open", "closed") if tab in figures) <= 2 * len(fits)
                if not fits:
                    assert set(figures.values()) <= {"0"}, "a figure says that there is something"


def _own(desk: Desk, client: Client, world: list[models.Case], mine: set[str], who: str) -> None:
    """Applicants: their applications hold exactly their cases; everybody else has no such list."""
    own = {case.application.number for case in world if case.number in mine}
    pages = {
        tab: client.get("/api/v1/applications", {"tab": tab, "limit": 100}) for tab in ("running", "closed")
    }
    listed = {
        row["number"] for page in pages.values() if page.status_code == 200 for row in page.json()["items"]
    }
    assert listed == own
    assert sum(page.json()["count"] for page in pages.values() if page.status_code == 200) == len(own)
    for case in world:
        detail = client.get(f"/api/v1/applications/{case.application.number}")
        assert detail.status_code == (200 if case.number in mine else 404)
        page = client.get(f"/applications/{case.application.number}")
        assert page.status_code == (200 if case.number in mine else 404)
    exported = client.get("/applications.csv")
    if who in APPLICANTS:
        assert {row[0] for row in _csv(exported)} & {c.application.number for c in world} == own
    else:
        assert exported.status_code == 404
    assert not Worklist(desk.acting(who)).counts["open"] or own


def test_a_visitor_sees_nothing_at_any_door(world: list[models.Case]) -> None:
    case = world[0]
    for address in (
        "cases",
        "applications",
        f"cases/{case.number}",
        f"applications/{case.application.number}",
    ):
        answer = Client().get(f"/api/v1/{address}")
        assert answer.status_code == 401
        assert case.number not in json.dumps(answer.json())
    for address in (
        "/office",
        "/office/worklist.csv",
        f"/office/cases/{case.number}",
        f"/cases/{case.number}/withdraw",
    ):
        assert Client().get(address).status_code == 302


def _csv(response: Any) -> list[list[str]]:
    if response.status_code != 200:
        return []
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]

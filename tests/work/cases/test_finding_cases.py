"""Finding cases by number, name and licence: what is found is a part of what is theirs, in lists, counts and files alike."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.work.cases.officer_desk import FOOD, Desk, text

from tongban.base.kit import grams
from tongban.records.licences import models as licences
from tongban.work.cases import access, models, searching
from tongban.work.cases.actions import decisions, handling
from tongban.work.cases.worklist import SHOWN, Worklist

EVERYBODY = (
    "demo-lin", "demo-shen", "demo-market", "demo-urban", "demo-fire", "demo-window", "demo-auditor", "demo-registry",
)  # fmt: skip


def numbers(found: Any) -> set[str]:
    return {case.number for case in found}


def test_by_number_of_the_case_of_the_application_and_by_the_running_number(desk: Desk) -> None:
    case = desk.case(FOOD)
    desk.case(FOOD)
    acting = desk.acting("demo-market")
    whole = case.application.number
    running = str(int(whole.split("-")[2]))
    for asked in (case.number, case.number.lower(), whole, f"  {running} "):
        found = numbers(searching.found(acting, asked))
        assert case.number in found
        assert all(number.startswith(whole) for number in found), asked


def test_by_any_part_of_the_name_of_the_shop_and_of_the_applicant(desk: Desk) -> None:
    case, other = desk.case(FOOD), desk.case(FOOD)
    models.Application.objects.filter(pk=case.application_id).update(name="青石街一碗馄饨 Wonton")
    acting = desk.acting("demo-market")
    for asked in ("馄饨", "石街一", "碗", "wonton", "WONT"):
        assert numbers(searching.found(acting, asked)) & {case.number, other.number} == {case.number}, asked
    applicant = searching.identity.subject(case.application.principal)
    assert {case.number, other.number} <= numbers(searching.found(acting, applicant.name[-3:]))
    assert not numbers(searching.found(acting, "%")) | numbers(searching.found(acting, "\x00馆_"))


def test_by_the_whole_number_of_the_licence_it_led_to(desk: Desk) -> None:
    case = desk.case(FOOD)
    acting = desk.acting("demo-market")
    handling.accept(acting=acting, number=case.number)
    decisions.decide(acting=acting, number=case.number, outcome="granted", reasons="All is well.")
    case.refresh_from_db()
    licence = licences.Licence.objects.filter(source="register").first()
    licence.pk, licence.id, licence.code = None, None, "code-of-the-test"
    licence.id = case.decision_id
    licence.decision, licence.source, licence.number = case.decision_id, "decision", "JY29901000000077"
    licence.identifier = "1.2.156.3005.2.test.X"
    licence.save(force_insert=True)
    for asked in ("JY29901000000077", "jy29901000000077", "1.2.156.3005.2.test.X"):
        assert numbers(searching.found(acting, asked)) == {case.number}, asked
    assert not numbers(searching.found(acting, "JY2990100000007"))  # nobody gropes for it digit by digit
    assert not numbers(searching.found(desk.acting("demo-fire"), "JY29901000000077"))


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_search_tells_nobody_of_what_is_not_theirs(desk: Desk, who: str) -> None:
    """Over all roles: lists, counts and files under a search hold what the list without one holds, and nothing else."""
    application = desk.application()
    every = list(application.cases.all())
    acting, browser = desk.acting(who, **({"for_firm": True} if who == "demo-lin" else {})), desk.browser(who)
    mine = numbers(access.cases(acting))
    asked = [application.number, application.name, *(case.number for case in every)]
    for words in asked:
        found = numbers(searching.found(acting, words))
        assert found <= mine
        fitting = {case.number for case in every if case.number == words} or {case.number for case in every}
        assert found == fitting & mine
        if acting.role not in ("officer", "clerk"):
            continue
        for shown in SHOWN:
            lists = Worklist(acting, show=shown, search=words)
            rows = {row.number for row in lists.every_row()}
            assert rows <= mine
            assert lists.counts.get(shown, len(rows)) == len(rows)
        page = text(browser.get("/office", {"q": words}))
        sheet = browser.get("/office/worklist.csv", {"q": words, "show": "open"})
        listed = {row[0] for row in csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")))}
        for case in every:
            assert case.number in mine or f"/office/cases/{case.number}" not in page
            assert case.number in mine or case.number not in listed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=12), at=st.integers(0, 11), size=st.integers(1, 5))
@pytest.mark.django_db
def test_whatever_stands_in_a_name_the_index_knows_its_parts(name: str, at: int, size: int) -> None:
    """What Python asks the index for is what the database put into it."""
    name = name.replace("\x00", "x")
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    asked = name[at : at + size]
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s), tongban_grams(%s)", [name, name])
        low, kept = cursor.fetchone()
    if low == name.lower():  # a few letters of the world are made small differently
        assert set(grams.parts(asked)) <= set(kept)


@pytest.mark.django_db
def test_a_search_by_name_is_answered_by_an_index() -> None:
    found = grams.containing(models.Application.objects.filter(state="submitted"), "name", "馄饨")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "cases_application_name_grams" in found.explain()

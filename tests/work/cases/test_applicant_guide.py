"""The guide of a draft says why it asks, what could answer instead, how papers are met, and who works when."""

from __future__ import annotations

import re
from html import unescape

from tests.factories import shops
from tests.factories.fixtures import City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, portal, text

assert portal  # pulled in by name


def test_every_question_says_why_it_is_asked_open_or_answered(city: City) -> None:
    draft = applicants.draft(city)
    client, here = browser(city, "demo-shen"), f"/applications/{draft.id}/questions"
    page = unescape(text(client.get(here)))
    assert page.count("Why is this asked?") == page.count('name="open"') > 5
    assert "Decides whether you need “Food business permit, new”" in page
    assert 'href="/laws/food-safety-law#35"' in page
    client.post(
        here, {"version": "2", "shown": "only_prepackaged", "fact-only_prepackaged": "no", "go": "save"}
    )
    after = unescape(text(client.get(here)))
    answers = after.split("Your answers")[1]
    assert "Decides whether you need “Food business permit, new”" in answers


def test_details_say_which_form_needs_them(city: City) -> None:
    draft = shops.filled_draft(city.acting("demo-shen"), answers=shops.FOUNDING)
    page = unescape(text(browser(city, "demo-shen").get(f"/applications/{draft.id}/details")))
    assert "has to hold it" in page


def test_without_consent_it_is_said_which_record_could_answer_instead(city: City) -> None:
    without, client = applicants.draft(city), browser(city, "demo-shen")
    page = unescape(text(client.get(f"/applications/{without.id}/questions")))
    assert "With your consent it can come from “Property registry” instead." in page
    assert f"/applications/{without.id}/consent" in page
    client.post(f"/applications/{without.id}/consent", {"consent": "yes", "version": "2"})
    assert "With your consent" not in unescape(text(client.get(f"/applications/{without.id}/questions")))


def test_the_chart_has_the_same_in_a_table_beside_it(city: City) -> None:
    draft = shops.filled_draft(city.acting("demo-shen"), answers=shops.FOUNDING)
    page = unescape(text(browser(city, "demo-shen").get(f"/applications/{draft.id}/questions")))
    chart = page.split('id="lanes"')[1]
    described = re.search(r"<desc[^>]*>([^<]*)</desc>", chart)
    rows = re.findall(r'<tr><td data-w="full"><b>([^<]+)</b>', chart)
    assert described is not None
    assert len(rows) >= 3
    for name in rows:
        assert name in described[1]


def test_a_paper_that_can_be_met_in_more_than_one_way_says_why_this_one(city: City) -> None:
    draft = shops.filled_draft(city.acting("demo-shen"), answers=shops.FOUNDING)
    page = unescape(text(browser(city, "demo-shen").get(f"/applications/{draft.id}/materials")))
    assert re.search(r"the least trouble of \d ways. Other ways: “", page)

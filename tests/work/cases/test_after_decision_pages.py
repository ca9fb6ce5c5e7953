"""The pages after the decision: the check of a promise, the end of what was granted, and what the applicant sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.work.cases.officer_desk import FIRE, FOOD, Desk, text, url
from tests.work.cases.test_after_decision import Hear, annulled, granted, granted_on_commitment
from tests.work.cases.test_officer_handling import typed

from tongban.base.identity import queries as identity
from tongban.work.cases import models


def lin(desk: Desk) -> Client:
    client = desk.browser("demo-lin")
    account: Any = desk.city.account("demo-lin")
    session = client.session
    session["acting_for"] = str(identity.mandates_of(account.person, desk.now).get().principal_id)
    session.save()
    return client


def test_what_runs_on_commitment_can_be_decided_on_the_spot(desk: Desk) -> None:
    case = desk.case(FIRE)
    officer = desk.browser("demo-fire")
    assert "Decide on the spot" in text(officer.get(url(case)))
    assert officer.get(url(case, "decide")).status_code == 200
    officer.post(
        url(case, "decide"), {"version": case.version, "outcome": "granted", "reasons": "All is signed."}
    )
    case.refresh_from_db()
    assert case.state == "granted"
    assert "Decide on the spot" not in text(desk.browser("demo-market").get(url(desk.case(FOOD))))


def test_a_promise_to_check_is_on_the_worklist_and_its_page_says_until_when(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    officer = desk.browser("demo-fire")
    lists = text(officer.get("/office?show=checking"))
    assert case.number in lists
    assert "check the promise by" in lists
    assert case.number not in text(officer.get("/office"))
    assert case.number in text(officer.get("/office?show=closed"))
    page = text(officer.get(url(case)))
    assert "Check the promise by" in page
    assert "Say what the check has found" in page
    desk.later(days=40)
    officer = desk.browser("demo-fire")
    assert case.number in text(officer.get("/office?show=overdue"))


def test_a_check_without_words_or_choice_comes_back_with_what_was_typed(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    officer = desk.browser("demo-fire")
    form = text(officer.get(url(case, "check")))
    assert "I promise that these premises meet the technical standards" in form
    assert "Ordered today, it is due by 16 March 2026" in form
    answer = officer.post(
        url(case, "check"), {"version": case.version, "kept": "", "reasons": "Exits are free."}
    )
    assert answer.status_code == 422
    assert typed(text(answer)) == "Exits are free."
    assert officer.post(url(case, "check"), {"version": 1, "kept": "yes", "reasons": "x"}).status_code == 412
    desk.later(minutes=1)
    officer.post(
        url(case, "check"), {"version": case.version, "kept": "no", "reasons": "An exit is blocked."}
    )
    case.refresh_from_db()
    assert case.afterwards == "remedy"
    assert "Not yet: order it to be put right" not in text(officer.get(url(case, "check")))
    own = text(lin(desk).get(f"/applications/{case.application.number}"))
    assert "It is your turn: put right what the order lists." in own
    assert "Put right by then what the check has found" in own


def test_an_end_with_one_officer_asks_once_more(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    officer = desk.browser("demo-market")
    form = text(officer.get(url(case, "end")))
    assert "It was obtained by deceit" in form
    assert "What was promised" not in form  # nothing was promised here
    body = {"version": case.version, "ground": "deceit", "reasons": "The plan was forged."}
    asked = text(officer.post(url(case, "end"), body))
    assert "This cannot be undone." in asked
    case.refresh_from_db()
    assert case.state == "completed"
    back = text(officer.post(url(case, "end"), {**body, "back": "1"}))
    assert typed(back) == "The plan was forged."
    desk.later(minutes=1)
    officer.post(url(case, "end"), {**body, "confirmed": "1"})
    case.refresh_from_db()
    assert case.state == "annulled"
    assert officer.get(url(case, "end")).status_code == 302
    own = text(lin(desk).get(f"/applications/{case.application.number}"))
    assert "Annulled" in own
    assert "Decision to annul" in own


def test_an_end_with_two_officers_is_carried_out_by_the_second(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    first, second = desk.browser("demo-fire"), desk.browser("demo-fire-second")
    assert "The pack asks for two officers" in text(first.get(url(case, "end")))
    body = {"version": case.version, "ground": "commitment-untrue", "reasons": "No second exit."}
    first.post(url(case, "end"), body)
    case.refresh_from_db()
    page = text(first.get(url(case)))
    assert "Proposed by you" in page
    assert "Carry it out" not in page
    assert "Say what the check has found" not in page
    assert "No second exit." not in text(lin(desk).get(f"/applications/{case.application.number}"))
    assert "Carry it out" in text(second.get(url(case)))
    assert "This cannot be undone." in text(second.get(url(case, "end/confirm")))
    desk.later(minutes=1)
    second.post(url(case, "end/confirm"), {"version": case.version, "confirmed": "1"})
    case.refresh_from_db()
    assert case.state == "annulled"


def test_a_proposal_is_dropped_on_the_page(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    officer = desk.browser("demo-fire")
    officer.post(url(case, "end"), {"version": case.version, "ground": "deceit", "reasons": "A forged plan."})
    case.refresh_from_db()
    officer.post(url(case, "end/drop"), {"version": case.version})
    assert models.Ending.objects.get(case=case).dropped_at is not None
    assert "Proposed by" not in text(officer.get(url(case)))


def test_an_exclusion_is_shown_and_lifted_with_reasons(desk: Desk, hear: Hear) -> None:
    case = annulled(desk, hear)
    officer = desk.browser("demo-fire")
    assert "From 2 March 2026 to 2 March 2027 nothing is decided on commitment" in text(
        officer.get(url(case))
    )
    assert officer.post(url(case, "readmit"), {"version": case.version, "reasons": ""}).status_code == 422
    officer.post(url(case, "readmit"), {"version": case.version, "reasons": "The record is repaired."})
    assert "The record is repaired." in text(officer.get(url(case)))
    assert officer.get(url(case, "readmit")).status_code == 302


@pytest.mark.parametrize("who", ["demo-lin", "demo-market", "demo-window", "demo-auditor"])
@pytest.mark.parametrize("step", ["check", "end", "end/confirm", "readmit"])
def test_nobody_else_comes_to_these_pages(desk: Desk, hear: Hear, who: str, step: str) -> None:
    case = desk.case(FIRE)
    assert desk.browser(who).get(url(case, step)).status_code in (403, 404)

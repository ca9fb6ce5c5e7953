"""The pages after the decision: the check of a promise, the end of what was granted, and what the applicant sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.work.cases.officer_desk import FIRE, FOOD, Desk, text, url
from tests.work.cases.test_after_decision import Hear, annulled, granted, granted_on_commitment
from tests.work.cases.test_officer_handling import typed

from tongban.base.identity import queries as identity
from tongban.base.notices import queries as notices
from tongban.work.cases import models, tasks
from tongban.work.cases.actions import revocations


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
    body = {"version": case.version, "ground": "own-wish", "reasons": "The plan was forged."}
    asked = text(officer.post(url(case, "end"), body))
    assert "This cannot be undone." in asked
    case.refresh_from_db()
    assert case.state == "completed"
    back = text(officer.post(url(case, "end"), {**body, "back": "1"}))
    assert typed(back) == "The plan was forged."
    desk.later(minutes=1)
    officer.post(url(case, "end"), {**body, "confirmed": "1"})
    case.refresh_from_db()
    assert case.state == "cancelled"
    assert officer.get(url(case, "end")).status_code == 302
    own = text(lin(desk).get(f"/applications/{case.application.number}"))
    assert "Cancelled" in own
    assert "Decision to cancel" in own


def test_a_holder_states_on_the_page_and_the_officer_answers_it(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    officer = desk.browser("demo-market")
    desk.later(minutes=1)
    body = {"version": case.version, "ground": "deceit", "reasons": "The plan was forged."}
    told = officer.post(url(case, "end"), body, follow=True)
    assert "The holder has been told, and may state and defend." in text(told)
    case.refresh_from_db()
    assert (case.state, case.afterwards) == ("completed", "announced")
    hear(desk.now)
    page = text(officer.get(url(case)))
    assert "the holder may speak until 9 March 2026" in page
    assert "Carry it out" not in page
    own = text(lin(desk).get(f"/applications/{case.application.number}"))
    assert "You may state and defend until 9 March 2026." in own
    holder, at = lin(desk), f"/cases/{case.number}/heard"
    assert "The plan was forged." in text(holder.get(at))
    empty = holder.post(at, {"version": case.version, "statement": " "})
    assert empty.status_code == 422
    old = holder.post(at, {"version": 1, "statement": "It is the plan of the architect."})
    assert old.status_code == 412
    assert "It is the plan of the architect." in text(old)
    desk.later(minutes=1)
    assert (
        holder.post(
            at, {"version": case.version, "statement": "It is the plan of the architect."}
        ).status_code
        == 302
    )
    shown = text(holder.get(at))
    assert "It is the plan of the architect." in shown
    assert "Send the statement" not in shown
    desk.later(days=8)
    officer = desk.browser("demo-market")
    assert "Carry it out" in text(officer.get(url(case)))
    form = text(officer.get(url(case, "end/confirm")))
    assert "It is the plan of the architect." in form
    case.refresh_from_db()
    unanswered = officer.post(
        url(case, "end/confirm"), {"version": case.version, "confirmed": "1", "answer": ""}
    )
    assert unanswered.status_code == 422
    case.refresh_from_db()
    assert case.state == "completed"
    officer.post(
        url(case, "end/confirm"), {"version": case.version, "confirmed": "1", "answer": "He denies it."}
    )
    case.refresh_from_db()
    assert case.state == "annulled"
    hear(desk.now)
    assert "He denies it." in text(lin(desk).get(at))
    (paper,) = (d for d in notices.documents_of(case.application_id) if d.kind == "annulment")
    assert "He denies it." in text(lin(desk).get(f"/documents/{paper.number}"))


def test_a_hearing_is_called_in_time_held_by_another_and_put_on_record(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    desk.later(minutes=1)
    revocations.propose(
        acting=desk.acting("demo-market"), number=case.number, ground="deceit", reasons="Forged."
    )
    case.refresh_from_db()
    holder, at = lin(desk), f"/cases/{case.number}/heard"
    desk.later(minutes=1)
    assert holder.post(at, {"version": case.version, "what": "hearing"}).status_code == 302
    case.refresh_from_db()
    assert case.afterwards == "hearing"
    officer = desk.browser("demo-market")
    assert "Hearing to be held" in text(officer.get("/office?show=checking"))
    soon = officer.post(
        url(case, "hearing"), {"version": case.version, "at": "2026-03-06T09:00", "where": "Room 1"}
    )
    assert soon.status_code == 422
    assert "not earlier than 11 March 2026" in text(soon)
    desk.later(minutes=1)
    officer.post(url(case, "hearing"), {"version": case.version, "at": "2026-03-12T09:00", "where": "Room 1"})
    hear(desk.now)
    assert "12 March 2026, 09:00" in text(holder.get(at))
    desk.later(days=11)
    tasks.let_time_act(0)
    case.refresh_from_db()
    assert case.events.filter(event="close_statement").get().day.isoformat() == "2026-03-10"
    officer = desk.browser("demo-market")
    assert "Carry it out" not in text(officer.get(url(case)))
    own = officer.post(url(case, "hearing"), {"version": case.version, "record": "They said so."})
    assert own.status_code == 409
    desk.later(minutes=1)
    second = desk.browser("demo-market-second")
    second.post(url(case, "hearing"), {"version": case.version, "record": "They said so."})
    case.refresh_from_db()
    assert case.afterwards == "heard"
    assert "Holder heard" in text(officer.get("/office?show=checking"))
    assert "They said so." in text(lin(desk).get(at))


def test_what_is_called_off_is_told_and_nothing_changes(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    desk.later(minutes=1)
    revocations.propose(
        acting=desk.acting("demo-market"), number=case.number, ground="deceit", reasons="Forged."
    )
    desk.later(minutes=1)
    revocations.drop(acting=desk.acting("demo-market"), number=case.number)
    hear(desk.now)
    case.refresh_from_db()
    assert (case.state, case.afterwards) == ("completed", "")
    assert "It stays in force" in text(lin(desk).get("/inbox"))
    assert "This is closed" in text(lin(desk).get(f"/cases/{case.number}/heard"))
    assert lin(desk).get(f"/cases/{desk.case(FOOD).number}/heard").status_code == 404


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
    assert "Carry it out" not in text(second.get(url(case)))  # the holder may still speak
    desk.later(days=8)
    second = desk.browser("demo-fire-second")
    assert "Carry it out" not in text(desk.browser("demo-fire").get(url(case)))
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
    assert "From 10 March 2026 to 10 March 2027 nothing is decided on commitment" in text(
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

"""Objecting: within the term, reviewed by another officer, upheld, changed or sent back, with one history."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from tests.work.cases.officer_desk import FIRE, FOOD, SIGN, Desk, text, url
from tests.work.cases.test_after_decision import (
    Hear,
    annulled,
    events_of,
    granted,
    licence_of,
    papers,
    post,
    titles,
)
from tests.work.cases.test_after_decision_pages import lin
from tests.work.cases.test_officer_handling import typed

from tongban.base.audit.verify import verify as verify_audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.records.licences import queries as licences
from tongban.work.cases import form, models, replay, tasks
from tongban.work.cases.actions import decisions, handling, objections
from tongban.work.cases.actions.objections import AnotherOfficerNeeded

WHY = "The inspection report says the opposite."


def refused(desk: Desk, hear: Hear) -> models.Case:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    post(officer, desk, case, "accept")
    assert (
        post(officer, desk, case, "decisions", {"outcome": "refused", "reasons": "No sink."}).status_code
        == 200
    )
    hear(desk.later(minutes=1))
    case.refresh_from_db()
    return case


def objected(desk: Desk, hear: Hear) -> models.Case:
    case = refused(desk, hear)
    desk.later(minutes=1)
    objections.object_to(acting=desk.acting("demo-lin", for_firm=True), number=case.number, reasons=WHY)
    desk.later(minutes=1)
    case.refresh_from_db()
    return case


def object_over_http(client: Client, desk: Desk, case: models.Case, reasons: str) -> Any:
    return post(client, desk, case, "objections", {"reasons": reasons})


# -- through the API -----------------------------------------------------------------------------------------


def test_a_refusal_is_objected_to_reviewed_and_granted_after_all(desk: Desk, hear: Hear) -> None:
    case = refused(desk, hear)
    applicant = lin(desk)
    shown = applicant.get(f"/api/v1/cases/{case.number}").json()
    assert shown["clock"]["object_by"] == {"day": "2026-05-06", "provisional": False}
    assert case.afterwards == "objectable"
    made = object_over_http(applicant, desk, case, WHY)
    assert made.status_code == 200, made.content
    assert made.json()["clock"]["duty"]["kind"] == "review"
    assert made.json()["clock"]["duty"]["due"]["day"] == "2026-03-16"
    assert made.json()["state"] == "refused"  # it stands meanwhile
    same = post(
        desk.browser("demo-market"), desk, case, "reviews", {"outcome": "upheld", "reasons": "I was right."}
    )
    assert same.status_code == 409
    assert "another officer" in same.json()["detail"]
    done = post(
        desk.browser("demo-market-second"), desk, case, "reviews", {"outcome": "changed", "reasons": "There is a sink."}
    )  # fmt: skip
    assert done.status_code == 200, done.content
    assert done.json()["state"] == "granted"
    hear(desk.later(minutes=1))
    case.refresh_from_db()
    assert case.state == "completed"
    assert events_of(case) == ["submit", "accept", "refuse", "object", "overturn", "deliver"]
    assert case.decision.outcome == "granted"
    assert [d.outcome for d in case.decisions.order_by("decided_at")] == ["refused", "granted"]
    licence = licences.by_decision(case.decision.id)
    assert licence is not None
    assert licence.status == "valid"
    assert {"objection-notice", "review-decision"} <= set(papers(case))
    assert papers(case).count("decision") == 2
    told = titles(desk)
    assert any(title.startswith("Your objection has arrived: ") for title in told)
    assert any(title.startswith("Reviewed, and granted after all: ") for title in told)
    assert any(title.startswith("Granted: ") for title in told)
    assert all(replay.replay(one).same for one in case.decisions.all())
    assert verify_audit().sound


def test_what_is_sent_back_is_the_same_case_with_its_history_and_full_time(desk: Desk, hear: Hear) -> None:
    case = objected(desk, hear)
    before = events_of(case)
    desk.later(days=2)
    second = desk.browser("demo-market-second")
    post(second, desk, case, "reviews", {"outcome": "sent-back", "reasons": "Nobody looked at the plan."})
    assert (case.state, case.closed_at, case.afterwards) == ("accepted", None, "")
    assert events_of(case) == [*before, "reopen"]
    clock = second.get(f"/api/v1/cases/{case.number}").json()["clock"]
    assert clock["running"] is True
    assert clock["promised"]["day"] == "2026-03-13"  # seven working days from 4 March
    assert case.number in text(second.get("/office"))
    again = post(
        desk.browser("demo-market"),
        desk,
        case,
        "decisions",
        {"outcome": "refused", "reasons": "Still no sink."},
    )
    assert again.status_code == 200
    assert case.decisions.count() == 2
    assert case.afterwards == "objectable"  # a new decision can be objected to


def test_what_was_annulled_is_granted_anew_and_the_promise_counts_again(desk: Desk, hear: Hear) -> None:
    case = annulled(desk, hear)
    old = licence_of(case)
    assert object_over_http(lin(desk), desk, case, "The exit is behind the curtain.").status_code == 200
    for who in ("demo-fire", "demo-fire-second"):  # both had a part
        answer = post(desk.browser(who), desk, case, "reviews", {"outcome": "changed", "reasons": "Seen."})
        assert answer.status_code == 409
    other = third_officer(desk)
    objections.review(acting=other, number=case.number, outcome="changed", reasons="There is a second exit.")
    hear(desk.later(minutes=1))
    case.refresh_from_db()
    assert case.state == "completed"
    new = licences.by_decision(case.decision_id)
    assert new is not None
    old.refresh_from_db()
    assert (new.status, old.status) == ("valid", "revoked")
    assert models.Exclusion.objects.get(case=case).lifted_at is not None
    assert case.endings.get().overturned_at is not None
    assert verify_audit().sound


def third_officer(desk: Desk) -> Any:
    """Somebody of the same organ who had no part: a colleague who was not there."""
    from dataclasses import replace
    from uuid import uuid4

    return replace(desk.acting("demo-fire"), actor=uuid4())


# -- what may and what may not ----------------------------------------------------------------------------------


def test_what_was_not_accepted_can_be_sent_back_but_not_granted(desk: Desk, hear: Hear) -> None:
    case = desk.case(FOOD)
    handling.decline(acting=desk.acting("demo-market"), number=case.number, reasons="Not for us.")
    desk.later(minutes=1)
    objections.object_to(acting=desk.acting("demo-lin", for_firm=True), number=case.number, reasons="It is.")
    desk.later(minutes=1)
    second = desk.acting("demo-market-second")
    case.refresh_from_db()
    assert objections.possible_outcomes(case) == ["upheld", "sent-back"]
    with pytest.raises(NotNow, match="Send it back"):
        objections.review(acting=second, number=case.number, outcome="changed", reasons="Yes.")
    objections.review(acting=second, number=case.number, outcome="sent-back", reasons="It is for us.")
    case.refresh_from_db()
    assert case.state == "submitted"


def test_there_is_one_objection_and_one_review(desk: Desk, hear: Hear) -> None:
    case = objected(desk, hear)
    applicant = desk.acting("demo-lin", for_firm=True)
    again = objections.object_to(acting=applicant, number=case.number, reasons=WHY)
    assert case.objections.get() == again
    with pytest.raises(NotNow):
        objections.object_to(acting=applicant, number=case.number, reasons="And another thing.")
    second = desk.acting("demo-market-second")
    one = objections.review(acting=second, number=case.number, outcome="upheld", reasons="It is right.")
    two = objections.review(acting=second, number=case.number, outcome="upheld", reasons="It is right.")
    assert one == two
    assert events_of(case).count("uphold") == 1
    desk.later(minutes=1)
    with pytest.raises(NotNow):
        objections.object_to(
            acting=desk.acting("demo-lin", for_firm=True), number=case.number, reasons="Again."
        )


def test_where_the_pack_sets_no_term_only_the_remedies_of_law_are_there(desk: Desk, hear: Hear) -> None:
    case = desk.case(SIGN)
    handling.accept(acting=desk.acting("demo-urban"), number=case.number)
    desk.later(minutes=1)
    decisions.decide(
        acting=desk.acting("demo-urban"), number=case.number, outcome="refused", reasons="Too large."
    )
    desk.later(minutes=1)
    with pytest.raises(NotNow, match="reviews no objections"):
        objections.object_to(acting=desk.acting("demo-lin", for_firm=True), number=case.number, reasons="No.")
    case.refresh_from_db()
    assert case.afterwards == ""


def test_nothing_granted_and_nothing_without_reasons_is_objected_to(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    applicant = desk.acting("demo-lin", for_firm=True)
    with pytest.raises(NotNow, match="nothing here that you could object to"):
        objections.object_to(acting=applicant, number=case.number, reasons="Why not more?")
    with pytest.raises(Invalid):
        objections.object_to(acting=applicant, number=case.number, reasons=" ")


@pytest.mark.parametrize("who", ["demo-shen", "demo-market", "demo-fire", "demo-window", "demo-auditor"])
def test_nobody_else_objects(desk: Desk, hear: Hear, who: str) -> None:
    case = refused(desk, hear)
    with pytest.raises(NotFound):
        objections.object_to(acting=desk.acting(who), number=case.number, reasons="No.")


@pytest.mark.parametrize("who", ["demo-lin", "demo-fire", "demo-window", "demo-auditor"])
def test_nobody_but_an_officer_of_the_organ_reviews(desk: Desk, hear: Hear, who: str) -> None:
    case = objected(desk, hear)
    acting = desk.acting(who, for_firm=who == "demo-lin")
    with pytest.raises(NotFound):
        objections.review(acting=acting, number=case.number, outcome="upheld", reasons="x")


def test_whoever_decided_does_not_review(desk: Desk, hear: Hear) -> None:
    case = objected(desk, hear)
    with pytest.raises(AnotherOfficerNeeded):
        objections.review(
            acting=desk.acting("demo-market"), number=case.number, outcome="upheld", reasons="x"
        )


# -- time ----------------------------------------------------------------------------------------------------


def test_the_end_of_the_term_is_written_down_once(desk: Desk, hear: Hear) -> None:
    case = refused(desk, hear)
    tasks.let_time_act(0)
    assert "end_objection" not in events_of(case)
    desk.later(days=70)
    with pytest.raises(NotNow, match="is over"):
        objections.object_to(
            acting=desk.acting("demo-lin", for_firm=True), number=case.number, reasons="Late."
        )
    for _ in range(2):
        tasks.let_time_act(0)
    case.refresh_from_db()
    assert events_of(case).count("end_objection") == 1
    assert case.afterwards == ""


def test_a_late_review_is_written_down_once_turns_red_and_is_told(desk: Desk, hear: Hear) -> None:
    case = objected(desk, hear)
    desk.later(days=20)
    for _ in range(2):
        tasks.let_time_act(0)
    hear(desk.now)
    case.refresh_from_db()
    assert events_of(case).count("miss_review") == 1
    acting = desk.acting("demo-market-second")
    clock = form.clock_of(case, form.pack_of(case.application, acting), acting.today)
    assert clock.duty is not None
    assert (clock.duty.kind, clock.duty.light) == ("review", "red")
    assert any(title.startswith("The review of your objection is late: ") for title in titles(desk))
    assert case.number in text(desk.browser("demo-market-second").get("/office?show=overdue"))
    desk.later(minutes=1)
    objections.review(
        acting=desk.acting("demo-market-second"), number=case.number, outcome="upheld", reasons="Right."
    )


# -- pages ---------------------------------------------------------------------------------------------------


def test_the_applicant_objects_on_the_portal_and_follows_it(desk: Desk, hear: Hear) -> None:
    case = refused(desk, hear)
    client = lin(desk)
    own = text(client.get(f"/applications/{case.application.number}"))
    assert f'href="/cases/{case.number}/object"' in own
    page = text(client.get(f"/cases/{case.number}/object"))
    assert "You can object here until 6 May 2026" in page
    empty = client.post(f"/cases/{case.number}/object", {"version": case.version, "reasons": ""})
    assert empty.status_code == 422
    stale = client.post(f"/cases/{case.number}/object", {"version": 1, "reasons": WHY})
    assert stale.status_code == 412
    assert typed(text(stale)) == WHY
    desk.later(minutes=1)
    client.post(f"/cases/{case.number}/object", {"version": case.version, "reasons": WHY})
    own = text(client.get(f"/applications/{case.application.number}"))
    assert "Another officer answers your objection by then" in own
    assert "Receipt of your objection" in own
    assert f'href="/cases/{case.number}/object"' not in own
    assert desk.browser("demo-shen").get(f"/cases/{case.number}/object").status_code == 404


def test_the_second_officer_reviews_on_a_page_and_the_first_cannot(desk: Desk, hear: Hear) -> None:
    case = objected(desk, hear)
    first, second = desk.browser("demo-market"), desk.browser("demo-market-second")
    page = text(first.get(url(case)))
    assert WHY in page
    assert "another officer has to review it" in page
    assert first.get(url(case, "review")).status_code == 302
    assert case.number in text(second.get("/office?show=checking"))
    shown = text(second.get(url(case, "review")))
    assert set(re.findall(r'name="outcome" value="([a-z-]+)"', shown)) == {"upheld", "changed", "sent-back"}
    assert (
        second.post(url(case, "review"), {"version": case.version, "outcome": "", "reasons": "x"}).status_code
        == 422
    )
    second.post(
        url(case, "review"), {"version": case.version, "outcome": "upheld", "reasons": "It is right."}
    )
    case.refresh_from_db()
    assert events_of(case)[-1] == "uphold"
    assert "What was decided stands." in text(second.get(url(case)))


def test_an_idempotency_key_objects_once(desk: Desk, hear: Hear) -> None:
    case = refused(desk, hear)
    client = lin(desk)
    headers = {"if-match": f'"{case.version}"', "idempotency-key": "object-1"}
    body = json.dumps({"reasons": WHY})
    answers = [
        client.post(f"/api/v1/cases/{case.number}/objections", body, content_type="application/json", headers=headers)
        for _ in range(2)
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert case.objections.count() == 1
    assert desk.case(FIRE).objections.count() == 0

"""Nobody reads or writes outside organ and place: what is not theirs does not exist (404, never 403)."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from tests.work.cases.officer_desk import FIRE, FOOD, SIGN, Desk, text, url

STEPS = ("accept", "resume", "correction", "decide", "decline", "suspend", "extend")


@pytest.mark.parametrize("who", ["demo-urban", "demo-fire"])
def test_an_officer_of_another_organ_finds_nothing(desk: Desk, who: str) -> None:
    case = desk.case(FOOD)
    upload = case.application.materials.filter(material__in=case.materials).exclude(upload=None).first()
    stranger = desk.browser(who)
    assert stranger.get(url(case)).status_code == 404
    assert stranger.get(url(case, f"files/{upload.upload}")).status_code == 404
    for step in STEPS:
        assert stranger.post(url(case, step), {"version": case.version, "reasons": "x"}).status_code == 404
    for shown in ("open", "looking", "examining", "closed"):
        assert url(case) not in text(stranger.get("/office", {"show": shown, "q": case.number}))
        assert case.number not in text(stranger.get("/office/worklist.csv", {"show": shown}))
    case.refresh_from_db()
    assert case.state == "submitted"


def test_a_post_in_another_place_finds_nothing(desk: Desk) -> None:
    case = desk.case(FOOD)
    desk.city.account("demo-market").posts.update(place="990200")
    elsewhere = desk.browser("demo-market")
    assert elsewhere.get(url(case)).status_code == 404
    assert elsewhere.post(url(case, "accept"), {"version": case.version}).status_code == 404
    assert case.number not in text(elsewhere.get("/office"))
    assert _rows(elsewhere.get("/office/worklist.csv")) == []


def test_a_file_of_another_service_of_the_same_application_is_not_there(desk: Desk) -> None:
    application = desk.application()
    food, fire = application.cases.get(service=FOOD), application.cases.get(service=FIRE)
    foreign = set(fire.materials) - set(food.materials)
    row = application.materials.filter(material__in=foreign).exclude(upload=None).first()
    assert desk.browser("demo-market").get(url(food, f"files/{row.upload}")).status_code == 404
    assert desk.browser("demo-fire").get(url(fire, f"files/{row.upload}")).status_code == 200


@pytest.mark.parametrize("path", ["/office", "/office/worklist.csv"])
@pytest.mark.parametrize("who", ["demo-lin", "demo-auditor"])
def test_applicants_and_auditors_have_no_worklist(desk: Desk, path: str, who: str) -> None:
    assert desk.browser(who).get(path).status_code == 404


def test_an_applicant_does_not_see_the_officers_page_of_their_own_case(desk: Desk) -> None:
    case = desk.case(SIGN)
    applicant = desk.browser("demo-lin")
    assert applicant.get(url(case)).status_code == 404
    assert applicant.post(url(case, "decide"), {"outcome": "granted", "reasons": "mine"}).status_code == 404


def test_a_visitor_is_sent_to_sign_in_and_comes_back(desk: Desk) -> None:
    answer = Client().get("/office")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=%2Foffice"


def test_a_window_clerk_sees_every_state_of_the_place_and_changes_nothing(desk: Desk) -> None:
    application = desk.application()
    clerk = desk.browser("demo-window")
    listed = text(clerk.get("/office"))
    for case in application.cases.filter(state="submitted"):
        assert case.number in listed
        page = text(clerk.get(url(case)))
        assert "Clocks" in page
        assert "What you can do now" not in page
        for step in STEPS:
            assert clerk.post(url(case, step), {"version": case.version, "reasons": "x"}).status_code == 404
    food = application.cases.get(service=FOOD)
    page = text(clerk.get(url(food)))
    assert "only for the officer in charge" in page
    assert "/files/" not in page
    upload = application.materials.filter(material__in=food.materials).exclude(upload=None).first()
    assert clerk.get(url(food, f"files/{upload.upload}")).status_code == 404


def test_the_officer_sees_of_other_organs_only_service_organ_and_state(desk: Desk) -> None:
    application = desk.application()
    fire = application.cases.get(service=FIRE)
    page = text(desk.browser("demo-market").get(url(application.cases.get(service=FOOD))))
    assert "Qingqu Fire and Rescue Bureau" in page
    assert fire.number not in page


def _rows(response: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]

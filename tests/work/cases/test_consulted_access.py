"""Whoever is asked for an opinion sees exactly what they are asked, and of each case only what the opinion needs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from tests.factories.officers import officer_of
from tests.work.cases.officer_desk import SIGN, Desk, text, url

from tongban.base.identity import queries as identity
from tongban.work.cases import access, consulted, form, models, visits_access
from tongban.work.cases.actions import consultations, handling

BOTH = ("sight-of-traffic", "structure")


@pytest.fixture
def asked(desk: Desk) -> dict[str, set[str]]:
    """Organ -> ids of what it is asked: one case asks two authorities, a second asks one, a third nobody."""
    organ = next(o.id for o in desk.city.pack.organisations.values() if o.authority == "housing-construction")
    officer_of(desk.city, organ)
    for wanted in (BOTH, BOTH[:1], ()):
        case = desk.case(SIGN)
        desk.later(minutes=1)
        handling.accept(acting=desk.acting("demo-urban"), number=case.number)
        if wanted:
            consultations.consult(acting=desk.acting("demo-urban"), number=case.number, wanted=wanted)
    found: dict[str, set[str]] = {}
    for one in models.Consultation.objects.all():
        found.setdefault(one.organisation, set()).add(str(one.id))
    assert sorted(map(len, found.values())) == [1, 2]
    return found


def usernames(desk: Desk) -> list[str]:
    """Everybody who can sign in, whatever their role."""
    return [account.username for account in identity.accounts()]


def test_list_count_export_and_detail_show_everybody_exactly_what_their_organ_is_asked(
    desk: Desk, asked: dict[str, set[str]]
) -> None:
    everything = set().union(*asked.values())
    for username in usernames(desk):
        acting = desk.acting(username)
        own = asked.get(acting.organisation or "", set()) if acting.role == "officer" else set()
        assert {str(one.id) for one in visits_access.consultations(acting)} == own, username
        lists = consulted.Consulted(acting)
        assert lists.counts == {"open": len(own), "answered": 0, "gone": 0}, username
        assert {str(row.found.id) for row in lists.every_row()} == own, username
        browser = desk.browser(username)
        page, export = browser.get("/office/consultations"), browser.get("/office/consultations.csv")
        api = browser.get("/api/v1/consultations")
        if acting.role != "officer":
            assert {answer.status_code for answer in (page, export, api)} == {404}, username
        else:
            assert {key for key in everything if key in text(page)} == own, username
            assert len(_rows(export)) == len(own), username
            assert ({one["id"] for one in api.json()["items"]}, api.json()["count"]) == (own, len(own))
        for key in everything:
            expected = 200 if key in own else 404
            assert browser.get(f"/office/consultations/{key}").status_code == expected, username
            assert browser.get(f"/api/v1/consultations/{key}").status_code == expected, username
            if key not in own:
                refused = browser.post(f"/office/consultations/{key}", {"opinion": "no-objection"})
                assert refused.status_code == 404, username
    assert not models.Consultation.objects.exclude(answered_at=None).exists()


def test_a_post_of_the_same_organ_in_another_place_is_asked_nothing(
    desk: Desk, asked: dict[str, set[str]]
) -> None:
    elsewhere = replace(desk.acting("demo-police"), place="990200")
    assert not visits_access.consultations(elsewhere).exists()


def test_to_be_asked_opens_nothing_of_the_case_itself(desk: Desk, asked: dict[str, set[str]]) -> None:
    police = desk.acting("demo-police")
    browser = desk.browser("demo-police")
    for one in models.Consultation.objects.filter(organisation=police.organisation):
        assert browser.get(url(one.case)).status_code == 404
        assert browser.get(f"/api/v1/cases/{one.case.number}").status_code == 404
        assert browser.get(f"/api/v1/cases/{one.case.number}/consultations").status_code == 404
        assert not access.cases(police).filter(pk=one.case_id).exists()
        assert not access.applications(police).filter(pk=one.case.application_id).exists()
        assert not access.documents(police).filter(about=one.case_id).exists()
        assert one.case.number not in text(browser.get("/office"))


def test_only_the_facts_and_papers_that_the_pack_names_are_shown_and_only_until_the_answer(
    desk: Desk, asked: dict[str, set[str]]
) -> None:
    organ = desk.acting("demo-police").organisation
    found = models.Consultation.objects.filter(organisation=organ).first()
    browser = desk.browser("demo-police")
    page = text(browser.get(f"/office/consultations/{found.id}"))
    application, pack = found.case.application, desk.city.pack
    declared = consulted.declared_of(found, pack)
    assert declared is not None
    typed = form.facts_of(application, pack)
    shown = browser.get(f"/api/v1/consultations/{found.id}").json()
    assert set(shown["facts"]) == set(declared.facts) & set(typed)
    assert set(shown["materials"]) == set(declared.materials) & set(found.case.materials)
    hidden = {"operator_name", "phone", "food_manager_name"} & set(typed)
    assert hidden
    for name in hidden:
        assert str(application.answers[name]["value"]) not in page, name
    uploads = {m.material: m.upload for m in application.materials.exclude(upload=None)}
    for material, upload in uploads.items():
        for rest in ("", "/look", "/pages/1"):
            answer = browser.get(f"/office/consultations/{found.id}/files/{upload}{rest}")
            assert answer.status_code == (200 if material in declared.materials else 404), material
    consultations.answer(
        acting=desk.acting("demo-police"), consultation=found.id, opinion="no-objection", words="Fine."
    )
    after = text(browser.get(f"/office/consultations/{found.id}"))
    assert "Fine." in after
    assert str(application.answers["shop_name"]["value"]) not in after
    assert browser.get(f"/api/v1/consultations/{found.id}").json()["facts"] == {}
    for upload in uploads.values():
        for rest in ("", "/look", "/pages/1"):
            assert browser.get(f"/office/consultations/{found.id}/files/{upload}{rest}").status_code == 404


def test_over_the_api_an_office_asks_and_another_answers_once(desk: Desk) -> None:
    case = desk.case(SIGN)
    desk.later(minutes=1)
    case = handling.accept(acting=desk.acting("demo-urban"), number=case.number)
    urban, police = desk.browser("demo-urban"), desk.browser("demo-police")
    path = f"/api/v1/cases/{case.number}/consultations"
    body = {"consultations": [BOTH[0]], "question": "Is it bright?"}
    assert _post(urban, path, body).status_code == 428
    stale = {"If-Match": f'"{case.version - 1}"'}
    assert _post(urban, path, body, stale).status_code == 412
    headers = {"If-Match": f'"{case.version}"', "Idempotency-Key": "ask-1"}
    first = _post(urban, path, body, headers)
    assert (first.status_code, first.json()["count"]) == (200, 1)
    again = _post(urban, path, body, headers)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert models.Consultation.objects.count() == 1
    key = first.json()["items"][0]["id"]
    assert _post(police, f"/api/v1/consultations/{key}/opinion", {"opinion": "objection"}).status_code == 422
    said = {"opinion": "objection", "words": "Too bright."}
    answered = _post(police, f"/api/v1/consultations/{key}/opinion", said)
    assert (answered.status_code, answered.json()["opinion"]) == (200, "objection")
    other = {"opinion": "no-objection"}
    assert _post(police, f"/api/v1/consultations/{key}/opinion", other).status_code == 409
    assert urban.get(path).json()["items"][0]["words"] == "Too bright."


def _post(browser: Client, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    return browser.post(path, body, content_type="application/json", headers=headers or {})


def _rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]

"""The catalogue in the browser: for everybody, and for the offices that ask and share."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from tests.records.catalogue.offices import ASKED, ASKER, BASIS, EVENT, KEEPER, REGISTRY, Offices

from tongban.records.catalogue import actions, models

FORM = {
    "resource": REGISTRY,
    "fields": list(ASKED),
    "purpose": "Check the premises",
    "articles": [BASIS],
    "event": EVENT,
}


def text(response: Any) -> str:
    return response.content.decode()


def test_everybody_finds_a_registry_by_a_word_of_its_fields_and_by_filters(offices: Offices) -> None:
    visitor = offices.browser()
    assert "Property registry" in text(visitor.get("/catalogue", {"q": "floor AREA"}))
    assert "Property registry" in text(
        visitor.get("/catalogue", {"q": "建築面積", "sharing": "conditional", "openness": "none"})
    )
    assert "Property registry" not in text(visitor.get("/catalogue", {"sharing": "none"}))
    assert "Property registry" not in text(visitor.get("/catalogue", {"steward": "fire-rescue"}))
    rows = list(
        csv.reader(io.StringIO(visitor.get("/catalogue.csv", {"q": "property"}).content.decode("utf-8-sig")))
    )
    assert len(rows) == 1 + len(offices.resource.fields)


def test_the_page_of_a_registry_shows_who_uses_it_and_no_person(offices: Offices) -> None:
    grant = offices.grant(fields=["usage"])
    offices.look_up(fields=["usage"])
    offices.look_up(key="nowhere", fields=["usage"])
    page = text(offices.browser().get(f"/catalogue/{REGISTRY}"))
    assert grant.purpose in page
    assert "Qingqu Market Regulation" in page
    assert f'href="/catalogue/{REGISTRY}/log/2026-3" data-counts="2">2</a>' in page
    log = text(offices.browser().get(f"/catalogue/{REGISTRY}/log/2026-3"))
    assert "2 look-ups in all" in log
    entry = models.LookUp.objects.first()
    assert entry is not None
    for secret in (entry.key_digest, str(entry.root), str(entry.about)):
        assert secret not in page + log


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.1", "application/rdf+xml"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/turtle;q=0, text/html", "text/html"),
        ("*/*", "text/html"),
        ("nonsense;q=x", "text/html"),
    ],
)
def test_the_same_address_speaks_html_and_rdf(offices: Offices, accept: str, media: str) -> None:
    for path in ("/catalogue", f"/catalogue/{REGISTRY}"):
        answer = offices.browser().get(path, headers={"accept": accept})
        assert answer.headers["Content-Type"].startswith(media)
        assert "Accept" in answer.headers["Vary"]


def test_the_rdf_addresses_answer_and_unknown_resources_do_not(offices: Offices) -> None:
    visitor = offices.browser()
    for form in ("ttl", "jsonld", "rdf"):
        assert visitor.get(f"/catalogue.{form}").status_code == 200
        assert visitor.get(f"/catalogue/{REGISTRY}.{form}").status_code == 200
        assert visitor.get(f"/catalogue/nothing.{form}").status_code == 404
    assert json.loads(visitor.get("/catalogue.jsonld").content)["@graph"]
    for path in ("/catalogue/nothing", f"/catalogue/{REGISTRY}/log/2026-13", f"/catalogue/{REGISTRY}.xml"):
        assert visitor.get(path).status_code == 404


def test_an_office_asks_and_the_steward_grants_fewer_fields_in_the_browser(offices: Offices) -> None:
    asker, keeper = offices.browser(ASKER), offices.browser(KEEPER)
    assert "Floor area" in text(asker.get("/catalogue/requests/new", {"resource": REGISTRY}))
    sent = asker.post("/catalogue/requests/new", FORM, follow=True)
    assert "With the steward" in text(sent)
    request = models.SharingRequest.objects.get()
    listed = text(keeper.get("/catalogue/requests"))
    assert request.number in listed
    assert "10 working days left" in listed
    form = text(keeper.get(f"/catalogue/requests/{request.number}/decide"))
    assert "is sensitive. Is it needed?" in form
    decision = {
        "outcome": "granted",
        "fields": ["usage", "area"],
        "ready": "1",
        "version": request.version,
        "last": "2026-11-30",
    }
    done = keeper.post(f"/catalogue/requests/{request.number}/decide", decision, follow=True)
    assert "Granted and ready" in text(done)
    assert "not granted" in text(done)
    grant = models.Grant.objects.get()
    assert grant.fields == ["area", "usage"]
    assert grant.last_day == date(2026, 11, 30)


def test_a_form_with_mistakes_comes_back_with_everything_typed(offices: Offices) -> None:
    answer = offices.browser(ASKER).post(
        "/catalogue/requests/new", {**FORM, "articles": [], "purpose": "To <b>check</b>"}
    )
    assert answer.status_code == 422
    page = text(answer)
    assert "Name the article that lets you use this data." in page
    assert "To &lt;b&gt;check&lt;/b&gt;" in page
    assert 'value="owner" checked' in page


def test_a_refusal_is_confirmed_and_needs_reason_and_basis(offices: Offices) -> None:
    request = offices.request()
    keeper, url = offices.browser(KEEPER), f"/catalogue/requests/{request.number}/decide"
    bare = keeper.post(url, {"outcome": "refused", "version": request.version})
    assert bare.status_code == 422
    assert "A refusal states its reason." in text(bare)
    full = {"outcome": "refused", "reason": "Not needed.", "articles": [BASIS], "version": request.version}
    assert "Please confirm." in text(keeper.post(url, full))
    request.refresh_from_db()
    assert request.state == "in-review"
    assert "Sharing refused" in text(keeper.post(url, {**full, "confirmed": "1"}, follow=True))
    shown = text(offices.browser(ASKER).get(f"/catalogue/requests/{request.number}"))
    assert "Not needed." in shown


def test_a_question_goes_to_the_asker_and_back(offices: Offices) -> None:
    request = offices.request()
    base = f"/catalogue/requests/{request.number}"
    offices.browser(KEEPER).post(f"{base}/ask", {"question": "Why the owner?", "version": request.version})
    asker = offices.browser(ASKER)
    assert "Why the owner?" in text(asker.get(base))
    request.refresh_from_db()
    assert "The clock runs on." in text(
        asker.post(f"{base}/answer", {"text": "Lease.", "version": request.version}, follow=True)
    )


def test_a_step_from_an_old_page_keeps_its_text(offices: Offices) -> None:
    request = offices.request()
    answer = offices.browser(KEEPER).post(
        f"/catalogue/requests/{request.number}/extend", {"reason": "Moving house", "version": 0}
    )
    assert answer.status_code == 412
    assert "Moving house" in text(answer)


def test_a_grant_is_revoked_after_a_question(offices: Offices) -> None:
    grant = offices.grant()
    keeper, url = offices.browser(KEEPER), f"/catalogue/grants/{grant.id}/revoke"
    asked = keeper.post(url, {"reason": "Used elsewhere", "version": grant.version})
    assert "Please confirm." in text(asked)
    grant.refresh_from_db()
    sent = {"reason": "Used elsewhere", "version": grant.version, "confirmed": "1"}
    assert "Taken back" in text(keeper.post(url, sent, follow=True))
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up()


def test_pages_of_others_are_not_there(offices: Offices) -> None:
    grant = offices.grant()
    paths = [
        f"/catalogue/requests/{grant.request.number}", f"/catalogue/requests/{grant.request.number}/decide",
        f"/catalogue/grants/{grant.id}", f"/catalogue/grants/{grant.id}/revoke",
    ]  # fmt: skip
    for who in ("demo-urban", "demo-lin", "demo-auditor"):
        stranger = offices.browser(who)
        assert [stranger.get(path).status_code for path in paths] == [404] * len(paths)
    urban = offices.browser("demo-urban")
    for path in ("/catalogue/requests", "/catalogue/requests.csv", "/catalogue/grants"):
        assert grant.request.number not in text(urban.get(path, {"tab": "granted"}))
    assert offices.browser().get(paths[0]).status_code == 302
    assert grant.request.number in text(
        offices.browser("demo-window").get("/catalogue/requests", {"tab": "granted"})
    )
    assert offices.browser("demo-window").get(paths[1]).status_code == 404


def test_a_person_asks_for_a_correction_and_the_steward_answers(offices: Offices) -> None:
    person = offices.browser("demo-lin")
    form = {"resource": REGISTRY, "key": "南桥路18号", "field": "area", "claim": "It is 300."}
    assert person.post("/catalogue/corrections/new", {**form, "claim": ""}).status_code == 422
    shown = text(person.post("/catalogue/corrections/new", form, follow=True))
    correction = models.Correction.objects.get()
    assert correction.number in shown
    assert "10 working days left" in shown
    keeper, url = offices.browser(KEEPER), f"/catalogue/corrections/{correction.number}"
    assert correction.number in text(keeper.get("/catalogue/corrections"))
    keeper.post(url, {"outcome": "corrected", "answer": "It is 300 now.", "version": correction.version})
    assert "It is 300 now." in text(person.get(url))
    assert offices.browser("demo-shen").get(url).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_is_drawn_in_every_language(offices: Offices, language: str) -> None:
    grant = offices.grant()
    open_one = offices.request()
    correction = actions.request_correction(
        acting=offices.acting("demo-lin"), resource=REGISTRY, key="x", field="area", claim="It is 300."
    )
    officer = offices.browser(KEEPER)
    for path in (
        "/catalogue", f"/catalogue/{REGISTRY}", "/catalogue/requests", "/catalogue/requests/new",
        f"/catalogue/requests/new?resource={REGISTRY}", f"/catalogue/requests/{open_one.number}",
        f"/catalogue/requests/{open_one.number}/decide", f"/catalogue/requests/{open_one.number}/ask", "/catalogue/grants",
        f"/catalogue/grants/{grant.id}", f"/catalogue/grants/{grant.id}/revoke", "/catalogue/corrections",
        "/catalogue/corrections/new", f"/catalogue/corrections/{correction.number}", "/catalogue/requests.csv",
    ):  # fmt: skip
        assert officer.get(path, headers={"accept-language": language}).status_code == 200, path

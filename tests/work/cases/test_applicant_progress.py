"""After submission: progress, correction, deferred papers, withdrawal, rating, documents, inbox, my data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, file, portal, text  # noqa: F401  (a fixture)

from tongban.base.notices import queries as notices
from tongban.work.cases import models
from tongban.work.cases.actions import decisions, drafts, handling, submission

OFFICERS = {
    "qingqu-market-regulation": "demo-market",
    "qingqu-urban-management": "demo-urban",
    "qingqu-fire-rescue": "demo-fire",
}


def lin(city: City) -> Any:
    return browser(city, "demo-lin", for_firm=True)


def submitted(city: City, **options: Any) -> models.Application:
    return shops.submitted(city.acting("demo-lin", for_firm=True), **options)


def refuse(city: City, case: models.Case, reasons: str) -> None:
    officer = city.acting(OFFICERS[case.organisation])
    handling.accept(acting=officer, number=case.number)
    decisions.decide(acting=officer, number=case.number, outcome="refused", reasons=reasons)


def corrected(city: City) -> tuple[models.Application, models.Case]:
    """A submitted application with one correction notice of a paper and an answer."""
    application = submitted(city)
    case = application.cases.get(service="food-permit")
    defects = [
        {"kind": "material", "id": "layout-plan", "text": "The closed room is missing."},
        {"kind": "fact", "id": "food_manager_name", "text": "Give the full name <b>."},
    ]
    handling.request_correction(acting=city.acting("demo-market"), number=case.number, defects=defects)
    return application, case


def test_each_case_shows_its_office_its_clock_and_what_happened(city: City) -> None:
    application = submitted(city)
    page = text(lin(city).get(f"/applications/{application.number}"))
    for words in (
        "Qingqu Market Regulation Bureau",
        "Qingqu Urban Management Bureau",
        "Outdoor sign filing",
        "decided by rule",
    ):
        assert words in page
    assert "Last day to tell you what is missing" in page
    assert 'class="chart lanes"' in page
    assert "You can rate the handling once every case is closed." in page


def test_a_founder_reads_what_each_case_waits_for(city: City) -> None:
    application = shops.submitted(city.acting("demo-shen"), answers=shops.FOUNDING)
    page = text(browser(city, "demo-shen").get(f"/applications/{application.number}"))
    registration = application.cases.get(service="business-registration")
    assert f"Waits for “Business registration” ({registration.number})" in page
    assert "It starts by itself as soon as what it waits for is granted." in page


def test_a_correction_notice_lists_everything_and_explains_why_it_cannot_be_sent_yet(city: City) -> None:
    application, case = corrected(city)
    client = lin(city)
    here = f"/cases/{case.number}/correct"
    page = text(client.get(here))
    assert "The office found 2 points." in page
    assert "Give the full name &lt;b&gt;." in page
    assert "You can send the case back once these are handed in again:" in page
    assert "disabled" in page
    refused = client.post(here)
    assert refused.status_code == 422
    bad = client.post(f"{here}/layout-plan", {"file": file(data=b"#!/bin/sh")})
    assert bad.status_code == 422
    assert 'href="#field-layout-plan"' in text(bad)
    assert client.post(f"{here}/sign-design", {"file": file()}).status_code == 404
    empty = client.post(
        f"{here}/answers",
        {"shown": ["food_manager_name", "shop_name"], "fact-food_manager_name": "", "fact-shop_name": "x"},
    )
    assert empty.status_code == 422
    client.post(
        f"{here}/answers", {"shown": ["food_manager_name"], "fact-food_manager_name": "林晓晨（店长）"}
    )
    client.post(f"{here}/layout-plan", {"file": file()})
    case.refresh_from_db()
    sent = client.post(here, {"version": case.version})
    assert sent["Location"] == f"/applications/{application.number}"
    case.refresh_from_db()
    assert case.state == "submitted"
    application.refresh_from_db()
    assert application.answers["food_manager_name"]["value"] == "林晓晨（店长）"
    assert application.answers["shop_name"]["value"] != "x"
    assert client.get(here).status_code == 302


def test_a_deferred_paper_can_be_brought_later(city: City) -> None:
    acting = city.acting("demo-lin", for_firm=True)
    draft = shops.filled_draft(acting)
    drafts.take_back(acting=acting, application=draft.id, material="sign-design")
    drafts.defer(acting=acting, application=draft.id, material="sign-design", later=True)
    application = submission.submit(acting=acting, application=draft.id)
    case = application.cases.get(service="signboard")
    handling.accept(acting=city.acting("demo-urban"), number=case.number)
    client = lin(city)
    here = f"/cases/{case.number}/materials/sign-design"
    assert here in text(client.get(f"/applications/{application.number}"))
    assert "To be handed in by" in text(client.get(here))
    assert client.post(here, {"file": file(data=b"")}).status_code == 422
    assert client.post(here, {"file": file()}).status_code == 302
    assert client.get(here).status_code == 404
    assert client.get(f"/cases/{case.number}/materials/layout-plan").status_code == 404


def test_a_case_is_taken_back_only_after_being_asked(city: City) -> None:
    application = shops.submitted(city.acting("demo-shen"), answers=shops.FOUNDING)
    case = application.cases.get(service="business-registration")
    client = browser(city, "demo-shen")
    page = text(client.get(f"/cases/{case.number}/withdraw"))
    assert "These cases wait for its result and end with it:" in page
    assert client.post(f"/cases/{case.number}/withdraw", {"version": case.version + 1}).status_code == 412
    assert client.post(f"/cases/{case.number}/withdraw", {"version": case.version}).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert client.post(f"/cases/{case.number}/withdraw", {"version": case.version}).status_code == 409


def test_a_refusal_says_why_by_which_article_and_where_to_object(city: City) -> None:
    application = submitted(city)
    case = application.cases.get(service="food-permit")
    refuse(city, case, "The kitchen has no hand basin <script>.")
    client = lin(city)
    decision = models.Decision.objects.get(case=case)
    page = text(client.get(f"/documents/{decision.document}"))
    for words in (
        "<h1>Decision to refuse the permit</h1>",
        "no hand basin &lt;script&gt;.",
        "People's Court of Yunxi District",
        "/laws/food-safety-law#33",
        f"Number: {decision.document}",
    ):
        assert words in page
    assert decision.document in text(client.get(f"/applications/{application.number}"))


def test_every_document_reads_in_both_languages(city: City) -> None:
    application, _case = corrected(city)
    sign = application.cases.get(service="signboard")
    urban, fire = city.acting("demo-urban"), city.acting("demo-fire")
    handling.decline(acting=urban, number=sign.number, reasons="Not ours.")
    check = application.cases.get(service="fire-check")
    handling.accept(acting=fire, number=check.number)
    handling.suspend(acting=fire, number=check.number, reasons="A test is needed.")
    documents = list(notices.documents_of(application.id))
    assert {d.kind for d in documents} == {
        "receipt",
        "correction-notice",
        "not-accepted",
        "acceptance-notice",
        "suspension-notice",
        "commitment",
        "decision",
    }
    for language, tag in (("en", "en"), ("zh-hans", "zh-Hans")):
        client = browser(city, "demo-lin", for_firm=True, language=language)
        for document in documents:
            response = client.get(f"/documents/{document.number}")
            assert response.status_code == 200, document.kind
            assert f'lang="{tag}"' in text(response)
            assert document.number in text(response)


def test_a_rating_is_given_once_and_only_when_everything_is_closed(
    city: City, hear: Callable[..., int]
) -> None:
    application = submitted(city)
    client = lin(city)
    here = f"/applications/{application.number}"
    assert client.post(f"{here}/rate", {"grade": "1"}).status_code == 409
    for case in application.cases.filter(closed_at=None).exclude(state="granted"):
        refuse(city, case, "No.")
    hear(NOON + timedelta(hours=1))
    page = text(client.get(here))
    assert "How satisfied are you with the handling?" in page
    missing = client.post(f"{here}/rate", {"grade": "9", "comment": "quick"})
    assert missing.status_code == 422
    assert "quick" in text(missing)
    client.post(f"{here}/rate", {"grade": "2", "comment": "quick\x00"})
    client.post(f"{here}/rate", {"grade": "5", "comment": "slow"})
    rating = models.Rating.objects.get()
    assert (rating.grade, rating.comment) == (2, "quick")
    assert "<b>Satisfied</b>" in text(client.get(here))


def test_the_inbox_is_read_with_a_request_of_its_own(city: City, hear: Callable[..., int]) -> None:
    _application, _case = corrected(city)
    hear(NOON + timedelta(hours=1))
    client = lin(city)
    page = text(client.get("/inbox"))
    assert "Please correct: Food business permit, new" in page
    assert 'hx-post="/inbox/read"' in page
    assert notices.unread(city.acting("demo-lin", for_firm=True)) > 0
    client.post("/inbox/read")
    assert notices.unread(city.acting("demo-lin", for_firm=True)) == 0
    assert "Everything is read." in text(client.get("/inbox"))
    assert "No notices yet" in text(browser(city, "demo-shen").get("/inbox"))


def test_my_data_names_each_source_and_each_look_up(city: City) -> None:
    submitted(city)
    page = text(lin(city).get("/my-data"))
    for words in (
        "Property registry",
        "Application: Opening a restaurant",
        "Asked by the platform, on your application",
        "You said so in an application",
    ):
        assert words in page
    other = text(browser(city, "demo-shen").get("/my-data"))
    assert "Nobody has looked anything up" in other
    assert "Nothing is kept yet." in other


def test_the_receipt_prints_and_leads_to_the_progress(city: City) -> None:
    application = submitted(city)
    page = text(lin(city).get(f"/applications/{application.number}/receipt"))
    assert f"http://testserver/applications/{application.number}" in page
    assert "<svg" in page
    assert application.cases.first().number in page


def test_a_draft_has_no_progress_and_no_receipt(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    assert client.get(f"/applications/{draft.id}/receipt").status_code == 404
    assert client.get("/applications/990100-20260302-000001-A").status_code == 404

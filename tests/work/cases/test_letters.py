"""Official documents in the words of the pack: what a case fills in, as it was on the day of the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.fixtures import City
from tests.work.cases.applicants import browser, portal, text  # noqa: F401  (a fixture)
from tests.work.cases.test_applicant_progress import corrected, lin, refuse, submitted

from tongban.base.directory import queries as directory
from tongban.base.notices import queries as notices
from tongban.core.packs.model_guide import DocumentKind
from tongban.work.cases import models
from tongban.work.cases.actions import handling
from tongban.work.cases.letters import filling, titles


def page_of(city: City, application: models.Application, kind: str, language: str = "en") -> str:
    (found,) = (one for one in notices.documents_of(application.id) if one.kind == kind)
    page = text(browser(city, "demo-lin", for_firm=True, language=language).get(f"/documents/{found.number}"))
    return page.split("<article")[1].split("</article>")[0]


def test_the_receipt_names_what_was_handed_in(city: City) -> None:
    application = submitted(city)
    page = page_of(city, application, "receipt")
    assert "<h1>Receipt</h1>" in page
    assert f"Your case number is {application.number}." in page
    assert "<strong>Opening a restaurant</strong>" in page
    for case in application.cases.all():
        assert case.number in page
    assert "(handed in)" in page


def test_a_correction_notice_lists_everything_as_text(city: City) -> None:
    application, case = corrected(city)
    page = page_of(city, application, "correction-notice")
    assert "<h1>Notice of what to complete</h1>" in page
    assert "The closed room is missing." in page
    assert "Give the full name &lt;b&gt;." in page
    assert f'href="/cases/{case.number}/correct"' in page
    assert "/laws/administrative-licensing-law#32" in page


def test_the_days_of_an_acceptance_stay_when_the_term_is_extended_later(city: City) -> None:
    application = submitted(city)
    case = application.cases.get(service="food-permit")
    officer = city.acting("demo-market")
    handling.accept(acting=officer, number=case.number)
    before = page_of(city, application, "acceptance-notice")
    assert "<h1>Notice of acceptance</h1>" in before
    later: Any = replace(officer, now=officer.now + timedelta(hours=2))
    handling.extend(acting=later, number=case.number, reasons="A second visit is needed.")
    assert page_of(city, application, "acceptance-notice") == before
    extended = page_of(city, application, "extension-notice")
    assert "A second visit is needed." in extended
    assert "extended by" in extended
    promised = before.split("We promise a decision by ")[1].split(".")[0]
    assert f"we decide by {promised}." not in extended


def test_what_an_officer_writes_is_text_and_never_markdown(city: City) -> None:
    application = submitted(city)
    case = application.cases.get(service="food-permit")
    refuse(city, case, "*No* [link](https://x.example)\n\n# No heading {number} <b>")
    decision = models.Decision.objects.get(case=case)
    page = text(lin(city).get(f"/documents/{decision.document}"))
    assert "*No* [link](https://x.example)" in page
    assert "# No heading {number} &lt;b&gt;" in page
    assert 'https://x.example"' not in page
    assert page.count("<h1>") == 1


def test_a_service_that_is_no_permit_is_decided_in_words_of_its_own(city: City) -> None:
    application = submitted(city)
    case = application.cases.get(service="signboard")
    assert directory.pack(application.pack_digest).services["signboard"].kind != "permit"
    refuse(city, case, "Too large.")
    decision = models.Decision.objects.get(case=case)
    page = text(lin(city).get(f"/documents/{decision.document}"))
    assert "<h1>Decision against</h1>" in page
    assert "permit is refused" not in page
    assert "within six months of receiving it you may sue at" in page


def test_the_words_are_those_of_the_reader(city: City) -> None:
    application, _case = corrected(city)
    assert "<h1>补正告知书</h1>" in page_of(city, application, "correction-notice", "zh-hans")
    assert "<h1>補正告知書</h1>" in page_of(city, application, "correction-notice", "zh-hant")


def test_a_pack_without_texts_is_worded_plainly(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    application, _case = corrected(city)
    monkeypatch.setattr(titles, "template_of", lambda kind, pack: None)
    page = page_of(city, application, "correction-notice")
    assert "<h1>Correction notice</h1>" in page
    assert "The closed room is missing." in page
    assert "This list is complete: nothing will be added to it later." in page


def test_a_text_that_cannot_be_filled_is_worded_plainly_and_logged(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    application, _case = corrected(city)
    filled = filling.values
    monkeypatch.setattr(filling, "values", lambda *given: {**filled(*given), "missing": ""})
    assert "This list is complete" in page_of(city, application, "correction-notice")
    assert "is worded plainly" in caplog.text


def test_every_document_of_a_case_has_a_text_in_the_shipped_pack(city: City) -> None:
    application = submitted(city)
    held = {one.kind for one in directory.pack(application.pack_digest).documents.values()}
    kinds = {*titles.KINDS.values(), *titles.OF_PERMITS.values(), *titles.OF_OTHERS.values()}
    silent = {DocumentKind.DEEMED_ACCEPTANCE, DocumentKind.DEEMED_RENEWAL}
    assert kinds | silent | {DocumentKind.TOLERANCE} == held == set(titles.TITLES) == set(DocumentKind)

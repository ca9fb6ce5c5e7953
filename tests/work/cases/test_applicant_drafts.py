"""Filling in a draft in the browser: consent, questions, details, papers, review, submission."""

from __future__ import annotations

import re

from tests.factories.fixtures import City
from tests.factories.papers import png
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, current, file, portal, text  # noqa: F401  (a fixture)

from tongban.records.licences import queries as licences
from tongban.work.cases import models
from tongban.work.cases.actions import drafts


def test_a_second_click_on_start_resumes_the_same_draft(city: City) -> None:
    client = browser(city, "demo-shen")
    first = client.post("/applications/start", {"event": applicants.EVENT})
    second = client.post("/applications/start", {"event": applicants.EVENT})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert models.Application.objects.count() == 1


def test_an_event_that_does_not_exist_cannot_be_started(city: City) -> None:
    assert browser(city, "demo-shen").post("/applications/start", {"event": "open-\x00"}).status_code == 404


def test_the_first_page_names_what_will_be_read_and_lets_one_go_on_without(city: City) -> None:
    client = browser(city, "demo-shen")
    entry = client.post("/applications/start", {"event": applicants.EVENT})["Location"]
    first = client.get(entry)
    assert first["Location"].endswith("/consent")
    page = text(client.get(first["Location"]))
    assert "Property registry" in page
    assert "Resident identity card" in page
    assert "Business licence" in page
    draft = models.Application.objects.get()
    gone_on = client.post(first["Location"], {"consent": "no", "version": draft.version})
    assert gone_on["Location"].endswith("/questions")
    assert client.get(entry)["Location"].endswith("/questions")


def test_the_first_page_names_exactly_the_fields_that_are_looked_up(city: City) -> None:
    client = browser(city, "demo-shen")
    page = text(
        client.get(client.post("/applications/start", {"event": applicants.EVENT})["Location"], follow=True)
    )
    assert "Owner" in page
    assert "Registered use" in page
    assert "Floor area" in page
    assert "Property unit number" not in page
    assert "Tax clearances" not in page


def test_a_matter_of_a_firm_is_started_for_a_firm_and_nothing_new_is_offered(city: City) -> None:
    refused = browser(city, "demo-shen").post("/applications/start", {"event": "deregistration"})
    assert refused.status_code == 422
    assert "Only a firm can apply for this." in text(refused)
    lin = browser(city, "demo-lin")
    asked = text(lin.post("/applications/start", {"event": "deregistration"}))
    assert "春风面馆" in asked
    assert "A new business" not in asked
    assert "A new business" in text(lin.post("/applications/start", {"event": applicants.EVENT}))
    assert models.Application.objects.count() == 0
    lin.post("/applications/start", {"event": "deregistration", "for": "new"})
    assert models.Application.objects.count() == 0


def test_a_licence_that_the_event_does_not_read_stays_in_the_wallet(city: City) -> None:
    draft = applicants.draft(city, "demo-lin", consent=True)
    drawn = {entry["id"] for entry in draft.evidence if entry["kind"] == "licence"}
    held = {licence.kind for licence in licences.valid_of_subjects({draft.subject}, draft.created_at.date())}
    assert "resident_id_card" in drawn
    other = drafts.start(acting=city.acting("demo-lin", for_firm=True), event="credit-repair")
    other = drafts.consent(acting=city.acting("demo-lin", for_firm=True), application=other.id, given=True)
    assert held & drawn == held & {"resident_id_card", "business_licence"}
    assert {e["id"] for e in other.evidence if e["kind"] == "licence"} == {"business_licence"}


def test_a_question_may_stay_open_and_the_answer_says_what_it_changed(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    here = f"/applications/{draft.id}/questions"
    page = text(client.get(here))
    assert "questions left" in page
    data = {
        "version": draft.version,
        "shown": ["has_licence", "sign", "business_scope"],
        "fact-has_licence": "no",
        "fact-sign": "normal",
    }
    response = client.post(here, {**data, "go": "next"}, follow=True)
    page = text(response)
    assert "Added: " in page
    assert "Business registration" in page
    saved = current(draft)
    assert saved.answers["sign"]["value"] == "normal"
    assert "business_scope" not in saved.answers
    assert "Take this answer back" in page
    client.post(here, {"version": saved.version, "clear": "sign"})
    assert "sign" not in current(draft).answers


def test_an_answer_that_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    response = client.post(
        f"/applications/{draft.id}/questions",
        {
            "version": draft.version,
            "shown": ["area", "address"],
            "fact-area": "big",
            "fact-address": "青石街道 6 号",
        },
    )
    page = text(response)
    assert response.status_code == 422
    assert 'href="#field-fact-area"' in page
    assert 'value="big"' in page
    assert "青石街道 6 号" in page
    assert "area" not in current(draft).answers


def test_a_stale_form_is_shown_again_with_what_was_typed(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    drafts.answer(acting=city.acting("demo-shen"), application=draft.id, answers={"tobacco": True})
    response = client.post(
        f"/applications/{draft.id}/questions",
        {"version": draft.version, "shown": ["address"], "fact-address": "柳岸街 6 号"},
    )
    page = text(response)
    assert response.status_code == 412
    assert "柳岸街 6 号" in page
    assert f'name="version" value="{current(draft).version}"' in page
    assert "address" not in current(draft).answers


def test_what_a_registry_says_is_filled_in_with_its_source_and_cannot_be_typed_over(city: City) -> None:
    draft = applicants.draft(city, consent=True)
    acting = city.acting("demo-shen")
    drafts.answer(
        acting=acting,
        application=draft.id,
        answers={"address": "青衢市南桥区桥头路9号1单元101室", "has_licence": False},
    )
    client = browser(city, "demo-shen")
    page = text(client.get(f"/applications/{draft.id}/questions"))
    assert "Property registry, reference property-registry:" in page
    assert "keeps this record and can correct it" in page
    assert 'name="fact-property_usage"' not in page


def test_a_sensitive_answer_comes_back_masked_and_stays_when_left_alone(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    drafts.consent(acting=city.acting("demo-shen"), application=draft.id, given=False)
    number = "990102199207220003"
    drafts.answer(acting=city.acting("demo-shen"), application=draft.id, answers={"operator_id": number})
    here = f"/applications/{draft.id}/details"
    page = text(client.get(here))
    assert number not in page
    assert "9901**********0003" in page
    client.post(
        here,
        {
            "version": current(draft).version,
            "shown": ["operator_id"],
            "fact-operator_id": "9901**********0003",
        },
    )
    assert current(draft).answers["operator_id"]["value"] == number
    assert number not in text(client.get(f"/applications/{draft.id}/review"))


def test_live_answers_come_back_as_one_page_that_keeps_the_fields_in_place(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    response = client.post(
        f"/applications/{draft.id}/questions",
        {
            "version": draft.version,
            "shown": ["sign", "tobacco"],
            "open": ["sign", "tobacco"],
            "fact-sign": "normal",
        },
        headers={"hx-request": "true"},
    )
    page = text(response)
    assert response.status_code == 200
    assert 'id="q-sign" hx-preserve="true"' in page
    assert page.index('id="q-sign"') < page.index('id="q-tobacco"')
    assert "Added: Outdoor sign filing" in page


def test_a_program_with_a_harmless_name_is_refused_in_words_at_its_field(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    here = f"/applications/{draft.id}/materials/layout-plan/upload"
    response = client.post(
        here, {"version": current(draft).version, "file": file(data=b"MZ\x90\x00 program")}
    )
    assert response.status_code == 422
    assert "This is a program" in text(response)
    assert 'href="#field-layout-plan"' in text(response)
    assert client.post(here, {"version": current(draft).version}).status_code == 422
    large = client.post(
        here,
        {"version": current(draft).version, "file": file(data=b"%PDF-" + b"0" * (20 * 1024 * 1024 + 100))},
    )
    assert large.status_code == 413
    assert "at most 20 MB" in text(large)


def test_a_file_can_be_replaced_looked_at_and_removed_after_being_asked(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    here = f"/applications/{draft.id}/materials/layout-plan"
    sent = client.post(
        f"{here}/upload",
        {"version": current(draft).version, "file": file("plan <b>.png", png(), "image/png")},
    )
    assert sent["Location"].endswith("/materials#material-layout-plan")
    download = client.get(f"/applications/{draft.id}/files/layout-plan")
    assert download["Content-Type"] == "image/png"
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert b"".join(download) == png()
    looked = text(client.get(f"/applications/{draft.id}/files/layout-plan/look"))
    assert "plan &lt;b&gt;.png" in looked
    assert f'src="/applications/{draft.id}/files/layout-plan/pages/1"' in looked
    drawn = client.get(f"/applications/{draft.id}/files/layout-plan/pages/1")
    assert drawn["Content-Type"] == "image/jpeg"
    assert drawn["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(f"/applications/{draft.id}/files/layout-plan/pages/2").status_code == 404
    other = browser(city, "demo-lin")
    for rest in ("", "/look", "/pages/1"):
        assert other.get(f"/applications/{draft.id}/files/layout-plan{rest}").status_code == 404
    assert "Remove this file?" in text(client.get(f"{here}/remove"))
    client.post(f"{here}/remove", {"version": current(draft).version})
    assert client.get(f"/applications/{draft.id}/files/layout-plan").status_code == 404


def test_a_commitment_is_signed_only_with_the_box_ticked(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    drafts.take_back(acting=city.acting("demo-shen"), application=draft.id, material="sign-undertaking")
    here = f"/applications/{draft.id}/materials/sign-undertaking/sign"
    assert client.post(here, {"version": current(draft).version}).status_code == 422
    assert client.post(here, {"version": current(draft).version, "agreed": "yes"}).status_code == 302
    assert (
        current(draft).materials.filter(material="sign-undertaking", way="commit", replaced_at=None).exists()
    )


def test_a_secondary_paper_may_come_later_and_a_main_one_may_not(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    drafts.take_back(acting=city.acting("demo-shen"), application=draft.id, material="sign-design")
    here = f"/applications/{draft.id}/materials"
    assert (
        client.post(
            f"{here}/sign-design/later", {"version": current(draft).version, "later": "yes"}
        ).status_code
        == 302
    )
    assert current(draft).deferring == ["sign-design"]
    assert (
        client.post(
            f"{here}/layout-plan/later", {"version": current(draft).version, "later": "yes"}
        ).status_code
        == 409
    )


def test_what_is_missing_is_listed_with_links_and_cannot_be_submitted(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    page = text(client.get(f"/applications/{draft.id}/review"))
    assert f"/applications/{draft.id}/questions#field-fact-" in page
    assert re.search(r"<button[^>]*disabled", page)
    response = client.post(f"/applications/{draft.id}/submit", {"version": draft.version, "declared": "yes"})
    assert response.status_code == 422
    assert current(draft).state == "draft"


def test_submitting_twice_leads_to_the_same_receipt(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    here = f"/applications/{draft.id}/submit"
    undeclared = client.post(here, {"version": current(draft).version})
    assert undeclared.status_code == 422
    assert 'href="#declared"' in text(undeclared)
    data = {"version": current(draft).version, "declared": "yes"}
    first, second = client.post(here, data), client.post(here, data)
    assert first["Location"] == second["Location"]
    page = text(client.get(first["Location"]))
    assert current(draft).number in page
    assert "<svg" in page
    assert models.Application.objects.filter(state="submitted").count() == 1
    assert client.get(f"/applications/{draft.id}")["Location"] == f"/applications/{current(draft).number}"
    for step in ("questions", "details", "materials", "review"):
        assert client.get(f"/applications/{draft.id}/{step}").status_code == 302


def test_a_draft_is_discarded_only_after_being_asked(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    assert "Discard this draft?" in text(client.get(f"/applications/{draft.id}/discard"))
    client.post(f"/applications/{draft.id}/discard", {"version": draft.version})
    assert client.get(f"/applications/{draft.id}").status_code == 404


def test_a_situation_that_the_law_forbids_is_said_in_red_with_its_article(city: City) -> None:
    draft = applicants.draft(city)
    drafts.answer(
        acting=city.acting("demo-shen"), application=draft.id,
        answers={"only_prepackaged": False, "business_scope": "catering", "residential": True},
    )  # fmt: skip
    page = text(browser(city, "demo-shen").get(f"/applications/{draft.id}/questions"))
    assert 'href="/laws/air-pollution-law#81"' in page
    assert "note bad" in page


def test_every_step_speaks_chinese_too(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen", language="zh-hans")
    for step in ("consent", "questions", "details", "materials", "review"):
        response = client.get(f"/applications/{draft.id}/{step}")
        assert response.status_code == 200
        assert 'lang="zh-Hans"' in text(response)

"""Handling a case on its page: only what the states allow, once what may be done once, never with a lost text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.factories.papers import pdf
from tests.work.cases.officer_desk import FIRE, FOOD, SIGN, Desk, text, url

from tongban.base.notices import queries as notices
from tongban.work.cases.actions import corrections, handling


def offered(page: str) -> set[str]:
    """Steps that the page of a case offers."""
    return set(
        re.findall(
            r'(?:href|action)="/office/cases/[^"/]+/(accept|resume|correction|decide|decline|suspend|extend)"',
            page,
        )
    )


def typed(page: str, name: str = "reasons") -> str:
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_the_page_shows_facts_with_sources_checks_with_reasons_and_materials(desk: Desk) -> None:
    case = desk.case(FOOD)
    page = text(desk.browser("demo-market").get(url(case)))
    assert "青衢市云溪区春风面馆" in page
    assert "Business licence" in page  # source of the name
    assert "Stated by the applicant on 2 March 2026" in page
    assert "The premises are not registered as a dwelling" in page  # a condition
    assert "1 of 1 met" in page
    assert "Plan of equipment, layout and process" in page
    assert "Food or drinks are made in the shop" in page  # why it applies
    assert "990101199003150004"[4:14] not in page  # an identity number is never shown in full


def test_only_what_the_states_allow_is_offered(desk: Desk, hear: Callable[[], int]) -> None:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    assert offered(text(officer.get(url(case)))) == {"accept", "correction", "decline"}
    assert officer.get(url(case, "decide")).status_code == 302
    officer.post(url(case, "accept"), {"version": case.version})
    case.refresh_from_db()
    assert case.state == "accepted"
    assert offered(text(officer.get(url(case)))) == {"decide", "suspend", "extend"}
    officer.post(url(case, "suspend"), {"version": case.version, "reasons": "An expert review is needed."})
    assert offered(text(officer.get(url(case)))) == {"decide", "resume", "extend"}
    case.refresh_from_db()
    officer.post(url(case, "resume"), {"version": case.version})
    case.refresh_from_db()
    officer.post(
        url(case, "extend"), {"version": case.version, "reasons": "Two kitchens have to be examined."}
    )
    assert offered(text(officer.get(url(case)))) == {"decide", "suspend"}
    case.refresh_from_db()
    officer.post(
        url(case, "decide"), {"version": case.version, "outcome": "granted", "reasons": "All is well."}
    )
    page = text(officer.get(url(case)))
    assert offered(page) == set()
    assert "same result, same reasons" in page
    case.refresh_from_db()
    assert case.state == "granted"


def test_where_no_law_allows_an_extension_none_is_offered(desk: Desk) -> None:
    case = desk.case(FIRE)
    handling.accept(acting=desk.acting("demo-fire"), number=case.number)
    assert "extend" not in offered(text(desk.browser("demo-fire").get(url(case))))


def test_an_extension_says_which_day_it_leads_to(desk: Desk) -> None:
    case = desk.case(FOOD)
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    page = text(desk.browser("demo-market").get(url(case, "extend")))
    assert "The promised day becomes" in page
    assert "The statutory day becomes" in page


def test_a_tolerant_acceptance_names_what_comes_later_and_until_when(desk: Desk) -> None:
    case = desk.case(SIGN, deferring="sign-design")
    officer = desk.browser("demo-urban")
    page = text(officer.get(url(case)))
    assert "This is a tolerant acceptance." in page
    assert "Design and mounting plan of the sign" in page
    assert "They are due by 5 March 2026" in page
    officer.post(url(case, "accept"), {"version": case.version})
    case.refresh_from_db()
    assert case.events.latest("sequence").event == "accept_tolerantly"
    (notice,) = (one for one in notices.documents_of(case.application_id) if one.kind == "acceptance-notice")
    page = text(officer.get(f"/documents/{notice.number}"))
    assert "Design and mounting plan of the sign" in page
    assert "What is missing must be in on 5 March 2026 at the latest." in page
    assert "Until then no licence is issued and no result delivered." in page
    assert "complete and in due form" not in page


def test_nothing_is_granted_while_a_material_is_missing(desk: Desk) -> None:
    case = desk.case(SIGN, deferring="sign-design")
    officer = desk.browser("demo-urban")
    handling.accept(acting=desk.acting("demo-urban"), number=case.number)
    case.refresh_from_db()
    page = text(officer.get(url(case, "decide")))
    assert re.search(r'value="granted"[^>]* disabled', page)
    assert "Nothing can be granted before these materials are there:" in page
    answer = officer.post(
        url(case, "decide"), {"version": case.version, "outcome": "granted", "reasons": "All the same."}
    )
    assert answer.status_code == 409
    assert typed(text(answer)) == "All the same."
    case.refresh_from_db()
    assert case.state == "accepted"
    corrections.hand_in(
        acting=desk.acting("demo-lin", for_firm=True),
        number=case.number,
        material="sign-design",
        name="design.pdf",
        data=pdf("d"),
    )
    case.refresh_from_db()
    officer.post(
        url(case, "decide"),
        {"version": case.version, "outcome": "granted", "reasons": "Now it is all there."},
    )
    case.refresh_from_db()
    assert case.state == "granted"


def test_a_correction_lists_everything_once(desk: Desk) -> None:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    form = text(officer.get(url(case, "correction")))
    assert "You can do this once: list everything." in form
    for key in ("fact:area", "fact:cold_dishes", "material:layout-plan"):
        assert f'name="defect" value="{key}"' in form
    assert 'value="material:application-form"' not in form  # drawn up from the answers: nothing to hand in
    answer = officer.post(url(case, "correction"), {
        "version": case.version, "defect": ["fact:area", "material:layout-plan"], "text:fact:area": "Give the area in use.",
        "text:material:layout-plan": "The sink is missing.", "text:fact:cold_dishes": "Typed but not ticked counts too.",
    })  # fmt: skip
    assert answer.status_code == 302
    notice = case.corrections.get()
    assert {(d["kind"], d["id"]) for d in notice.defects} == {
        ("fact", "area"),
        ("fact", "cold_dishes"),
        ("material", "layout-plan"),
    }
    case.refresh_from_db()
    assert case.state == "correcting"
    applicant = desk.acting("demo-lin", for_firm=True)
    desk.later(minutes=5)
    applicant = desk.acting("demo-lin", for_firm=True)
    corrections.hand_in(
        acting=applicant, number=case.number, material="layout-plan", name="plan.pdf", data=pdf("new")
    )
    corrections.answer(acting=applicant, number=case.number)
    page = text(officer.get(url(case)))
    assert "Back with a correction" in page
    assert offered(page) == {"accept", "decline"}
    assert "The sink is missing." in page
    assert "Earlier:" in page
    case.refresh_from_db()
    again = officer.post(
        url(case, "correction"),
        {"version": case.version, "defect": "fact:area", "text:fact:area": "And this."},
    )
    assert again.status_code == 409
    assert "there is no second list" in text(again)
    assert case.corrections.count() == 1


def test_a_defect_without_words_comes_back_with_the_rest_kept(desk: Desk) -> None:
    case = desk.case(FOOD)
    answer = desk.browser("demo-market").post(url(case, "correction"), {
        "version": case.version, "defect": ["fact:area", "material:layout-plan"], "text:material:layout-plan": "The sink is missing.",
    })  # fmt: skip
    assert answer.status_code == 422
    page = text(answer)
    assert "Say what is wrong and what to do." in page
    assert 'value="The sink is missing."' in page
    assert page.count(" checked") == 2
    assert not case.corrections.exists()


@pytest.mark.parametrize(
    "defect",
    [
        {"kind": "material", "id": "business-licence"},
        {"kind": "material", "id": "evacuation-plan"},
        {"kind": "fact", "id": "sign"},
    ],
)
def test_what_the_applicant_cannot_put_right_is_no_defect(desk: Desk, defect: dict[str, str]) -> None:
    case = desk.case(FOOD)
    key = f"{defect['kind']}:{defect['id']}"
    answer = desk.browser("demo-market").post(
        url(case, "correction"), {"version": case.version, "defect": key, f"text:{key}": "Wrong."}
    )
    assert answer.status_code == 422
    assert not case.corrections.exists()


@pytest.mark.parametrize("step", ["decline", "suspend", "extend", "decide"])
def test_reasons_are_needed(desk: Desk, step: str) -> None:
    case = desk.case(FOOD)
    if step != "decline":
        handling.accept(acting=desk.acting("demo-market"), number=case.number)
        case.refresh_from_db()
    before = case.version
    answer = desk.browser("demo-market").post(
        url(case, step), {"version": before, "outcome": "refused", "reasons": "  ", "confirmed": "1"}
    )
    assert answer.status_code == 422
    assert "Say why, in words the applicant understands." in text(answer)
    case.refresh_from_db()
    assert case.version == before


@pytest.mark.parametrize("step", ["decline", "decide"])
def test_what_closes_a_case_against_the_applicant_is_asked_twice(desk: Desk, step: str) -> None:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    if step == "decide":
        handling.accept(acting=desk.acting("demo-market"), number=case.number)
        case.refresh_from_db()
    form: dict[str, Any] = {
        "version": case.version,
        "outcome": "refused",
        "reasons": "It is <b>not</b> ours.",
    }
    asked = text(officer.post(url(case, step), form))
    assert "Please confirm." in asked
    assert "It is &lt;b&gt;not&lt;/b&gt; ours." in asked
    case.refresh_from_db()
    assert case.closed_at is None
    back = text(officer.post(url(case, step), form | {"back": "1"}))
    assert typed(back) == form["reasons"]
    assert officer.post(url(case, step), form | {"confirmed": "1"}).status_code == 302
    case.refresh_from_db()
    assert case.state == {"decline": "not_accepted", "decide": "refused"}[step]


def test_a_form_made_from_an_old_version_comes_back_with_its_text(desk: Desk) -> None:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    old = case.version
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    answer = officer.post(
        url(case, "decline"), {"version": old, "reasons": "Long and careful words.", "confirmed": "1"}
    )
    assert answer.status_code == 412
    page = text(answer)
    assert typed(page) == "Long and careful words."
    assert "Somebody changed this case while you were looking at it." in page
    assert "Last entry:" in page
    assert "This is not possible now." in page  # accepted in the meantime: it can no longer be declined
    case.refresh_from_db()
    assert case.state == "accepted"
    stale = officer.post(url(case, "suspend"), {"version": old, "reasons": "A test."})
    assert stale.status_code == 412
    assert f'name="version" value="{case.version}"' in text(
        stale
    )  # sent again, it is made from what is there now
    assert (
        officer.post(
            url(case, "suspend"), {"version": case.version, "reasons": typed(text(stale))}
        ).status_code
        == 302
    )


def test_a_form_without_a_version_is_an_old_one(desk: Desk) -> None:
    case = desk.case(FOOD)
    assert desk.browser("demo-market").post(url(case, "accept"), {}).status_code == 412


def test_a_second_click_on_accept_changes_nothing(desk: Desk) -> None:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    assert officer.post(url(case, "accept"), {"version": case.version}).status_code == 302
    assert officer.post(url(case, "accept"), {"version": case.version}).status_code == 412
    assert case.events.count() == 2


def test_the_proposed_reasons_come_from_the_findings_and_can_be_changed(desk: Desk) -> None:
    case = desk.case(FOOD)
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    officer = desk.browser("demo-market")
    grant = typed(text(officer.get(url(case, "decide"))))
    assert "The premises are not registered as a dwelling" in grant
    assert "Food business permit, new is granted." in grant
    refusal = typed(text(officer.get(url(case, "decide"), {"outcome": "refused"})))
    assert "is not granted" in refusal


def test_silence_is_written_down_before_an_officer_goes_on(desk: Desk) -> None:
    case = desk.case(FOOD)
    desk.later(days=9)
    officer = desk.browser("demo-market")
    late = officer.post(
        url(case, "correction"),
        {"version": case.version, "defect": "fact:area", "text:fact:area": "Too late."},
    )
    assert late.status_code == 409
    case.refresh_from_db()
    assert case.state == "submitted"  # refused as a whole, nothing half done
    assert (
        officer.post(url(case, "suspend"), {"version": case.version, "reasons": "An inspection."}).status_code
        == 302
    )
    assert list(case.events.order_by("sequence").values_list("event", flat=True)) == [
        "submit",
        "accept",
        "suspend",
    ]


def test_a_file_comes_as_a_download_that_no_browser_runs(desk: Desk) -> None:
    case = desk.case(FOOD)
    row = case.application.materials.filter(material="layout-plan").get()
    answer = desk.browser("demo-market").get(url(case, f"files/{row.upload}"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="layout-plan.pdf"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.getvalue().startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_is_there_in_every_language(desk: Desk, language: str) -> None:
    case = desk.case(FOOD)
    officer = desk.browser("demo-market")
    officer.cookies["tongban_language"] = language
    paths = ["/office", url(case), url(case, "correction"), url(case, "decline")]
    for path in paths:
        assert officer.get(path).status_code == 200
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    for path in (url(case), url(case, "decide"), url(case, "suspend"), url(case, "extend")):
        assert officer.get(path).status_code == 200

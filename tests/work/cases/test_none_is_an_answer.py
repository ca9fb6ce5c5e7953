"""Of some facts the answer is that there is none: a first certificate has no grade yet. That is said, kept and shown."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.utils import translation
from tests.factories.fixtures import City
from tests.factories.papers import pdf, png
from tests.work.cases.applicants import browser, current, portal, text  # noqa: F401  (a fixture)

from tongban.core.planning.model import Status
from tongban.core.rules.states import ABSENT
from tongban.records.dossier import queries as dossier
from tongban.work.cases import form, models
from tongban.work.cases.actions import drafts, submission
from tongban.work.cases.pages import officer_findings

EVENT, GRADE = "disability-services", "disability_grade"
NONE = {"absent": True}
WORDS, WORDS_ZH = "There is no certificate yet", "没有残疾人证"


def send(client: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    return client.generic(
        method, f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def started(city: City, **answers: object) -> models.Application:
    acting: Any = city.acting("demo-shen")
    draft = drafts.start(acting=acting, event=EVENT)
    return drafts.answer(
        acting=acting, application=draft.id, answers={"certificate_task": "first", **answers}
    )


def change(draft: models.Application, client: Client, answers: dict[str, object]) -> Any:
    version = current(draft).version
    body = {"answers": answers}
    return send(client, "PATCH", f"/applications/{draft.id}", body, **{"if-match": f'"{version}"'})


def test_the_api_takes_none_as_an_answer_and_null_takes_it_back(city: City) -> None:
    draft, client = started(city), browser(city, "demo-shen")
    question = next(q for q in change(draft, client, {}).json()["plan"]["questions"] if q["fact"] == GRADE)
    assert question["none"] == {"zh": WORDS_ZH, "en": WORDS}
    said = change(draft, client, {GRADE: NONE}).json()
    assert GRADE not in [q["fact"] for q in said["plan"]["questions"]]
    assert said["answers"][GRADE]["absent"] is True
    assert said["answers"][GRADE]["value"] is None
    assert said["answers"]["certificate_task"]["absent"] is False
    assert form.facts_of(current(draft), city.pack)[GRADE] is ABSENT  # type: ignore[arg-type]
    taken_back = change(draft, client, {GRADE: None}).json()
    assert GRADE in [q["fact"] for q in taken_back["plan"]["questions"]]
    assert GRADE not in taken_back["answers"]


def test_of_a_fact_that_everybody_has_there_is_no_none(city: City) -> None:
    draft, client = started(city), browser(city, "demo-shen")
    refused = change(draft, client, {"low_income_family": NONE, GRADE: {"absent": 1}})
    assert refused.status_code == 422
    problems = {e["field"]: e["message"] for e in refused.json()["errors"]}
    assert problems["low_income_family"] == "There is always an answer to this; \u201cnone\u201d is not one."
    assert GRADE in problems, "only true says that there is none"
    assert GRADE not in current(draft).stated


def test_a_plan_for_everybody_counts_none_as_known(city: City) -> None:
    def plan(facts: dict[str, object]) -> dict[str, Any]:
        body = {"event": EVENT, "facts": {"certificate_task": "first", **facts}, "at": "2026-03-02"}
        return send(Client(), "POST", "/plans", body).json()  # type: ignore[no-any-return]

    assert GRADE in [q["fact"] for q in plan({})["questions"]]
    known = plan({GRADE: NONE})
    assert GRADE not in [q["fact"] for q in known["questions"]]
    assert "severe-nursing-allowance" in known["not_needed"]
    assert known == plan({GRADE: None})


def test_the_form_offers_none_beside_the_field_and_says_so_again(city: City) -> None:
    draft, client = started(city), browser(city, "demo-shen")
    page = f"/applications/{draft.id}/questions"
    assert f'name="fact-{GRADE}-none"' in text(client.get(page))
    assert text(client.get(page)).count('-none"') == text(client.get(page)).count(f'{GRADE}-none"')

    def post(value: str, *, none: bool) -> Any:
        ticked = {f"fact-{GRADE}-none": "(none)"} if none else {}
        sent = {"shown": [GRADE], f"fact-{GRADE}": value, "version": current(draft).version, **ticked}
        return client.post(page, sent, follow=True)

    assert WORDS in text(post("", none=True))
    assert current(draft).stated[GRADE]["value"] is None
    assert "checked" in text(client.get(page)).partition(f'name="fact-{GRADE}-none"')[2].partition(">")[0]

    before = current(draft).version
    post("", none=True)
    assert current(draft).version == before, "an untouched answer is not saved again"
    post("3", none=True)
    assert current(draft).stated[GRADE]["value"] == 3, "what is typed after the box was ticked counts"
    both = post("2", none=True)
    assert both.status_code == 422
    assert "not both" in text(both)
    assert current(draft).stated[GRADE]["value"] == 3
    post("3", none=True)
    assert current(draft).stated[GRADE]["value"] is None, "ticked beside an answer that stayed as it was"
    post("", none=False)
    assert GRADE not in current(draft).stated


def test_a_sensitive_choice_stays_chosen_when_another_answer_is_saved(city: City) -> None:
    draft, client = started(city), browser(city, "demo-shen")
    page = text(client.get(f"/applications/{draft.id}/questions"))
    assert '<option value="first" selected>' in page


def test_review_and_the_own_data_say_it_in_words(city: City) -> None:
    draft = started(city, **{GRADE: NONE})
    assert WORDS in text(browser(city, "demo-shen").get(f"/applications/{draft.id}/review"))
    chinese = browser(city, "demo-shen", language="zh-hans")
    assert WORDS_ZH in text(chinese.get(f"/applications/{draft.id}/review"))


def test_the_officer_reads_it_in_the_words_of_the_pack(city: City) -> None:
    assert officer_findings.state_text(city.pack, GRADE, ABSENT) == WORDS  # type: ignore[arg-type]
    assert officer_findings.state_text(city.pack, "low_income_family", ABSENT) == "none"  # type: ignore[arg-type]
    with translation.override("zh-hans"):
        assert officer_findings.state_text(city.pack, GRADE, ABSENT) == WORDS_ZH  # type: ignore[arg-type]


def test_it_is_kept_as_said_and_the_next_application_asks_anew(city: City) -> None:
    acting: Any = city.acting("demo-shen")
    draft = started(city, low_income_family=True, **{GRADE: NONE})
    drafts.consent(acting=acting, application=draft.id, given=True)
    plain = {"boolean": False, "integer": 3, "text": "文本", "date": "2026-01-05", "money": "1000.00"}
    pack: Any = city.pack
    while questions := form.plan_of(current(draft), pack, acting.today).questions:
        facts = [pack.facts[q.fact] for q in questions]
        told = {f.id: pack.code_lists[f.codes].items[0].code if f.codes else plain[f.type] for f in facts}
        drafts.answer(acting=acting, application=draft.id, answers=told)
    for needed in submission.needed(form.plan_of(current(draft), pack, acting.today)):
        photo = "photo" in needed.id
        name, data = ("photo.png", png()) if photo else ("paper.pdf", pdf(needed.id))
        if needed.status in (Status.UPLOAD, Status.DEFERRABLE):
            drafts.hand_in(acting=acting, application=draft.id, material=needed.id, name=name, data=data)
    submission.submit(acting=acting, application=draft.id)

    known = {seen.name: seen.value for seen in dossier.observations_of(draft.subject)}
    assert GRADE in known
    assert known[GRADE] is None
    assert WORDS in text(browser(city, "demo-shen").get("/my-data"))
    again = drafts.start(acting=acting, event=EVENT)
    drafts.consent(acting=acting, application=again.id, given=True)
    assert GRADE not in current(again).answers

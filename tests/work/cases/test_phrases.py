"""Texts to use again: filled from the case, put where words are typed, kept to whom they belong; and what a correction
could list."""

from __future__ import annotations

import pytest
from tests.work.cases.officer_desk import FOOD, Desk, text, url

from tongban.base.audit import models as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.work.cases import desk_access, models, worklist
from tongban.work.cases import phrases as texts
from tongban.work.cases.actions import handling, phrases

FIRST, SECOND = "demo-market", "demo-market-second"


def written(
    desk: Desk, who: str = FIRST, *, shared: bool = True, body: str = "{number}: by {due}.", **other: str
) -> models.Phrase:
    given = {"purpose": "reasons", "title": "Usual", "body": body} | other
    return phrases.write(acting=desk.acting(who), shared=shared, **given)


def test_shared_ones_are_for_the_organ_and_ones_own_for_oneself(desk: Desk) -> None:
    shared, own = written(desk), written(desk, shared=False)
    assert written(desk).pk == shared.pk  # the same again is the same
    seen = {
        name: {p.pk for p in desk_access.phrases(desk.acting(name))}
        for name in (FIRST, SECOND, "demo-fire", "demo-window")
    }
    assert seen == {FIRST: {shared.pk, own.pk}, SECOND: {shared.pk}, "demo-fire": set(), "demo-window": set()}
    assert desk.browser(SECOND).get(f"/office/texts/{own.pk}").status_code == 404
    assert desk.browser("demo-window").get("/office/texts").status_code == 404
    with pytest.raises(NotFound):
        written(desk, "demo-window")


def test_only_the_writer_or_whoever_leads_changes_a_shared_one(desk: Desk) -> None:
    theirs = written(desk, SECOND)
    phrases.change(acting=desk.acting(FIRST), phrase=theirs.pk, title="Usual", body="New.")  # leads
    mine = written(desk, body="Mine.")
    with pytest.raises(NotNow):
        phrases.change(acting=desk.acting(SECOND), phrase=mine.pk, title="Usual", body="Theirs.")
    with pytest.raises(StaleVersion):
        phrases.change(acting=desk.acting(SECOND), phrase=theirs.pk, title="Usual", body="Older.", version=1)
    actions = list(
        audit.Entry.objects.filter(chain=theirs.pk).order_by("sequence").values_list("action", flat=True)
    )
    assert actions == ["phrase.written", "phrase.changed"]


def test_places_are_filled_from_the_case_and_unknown_ones_refused(desk: Desk) -> None:
    case = desk.case(FOOD)
    row = worklist.rows_of([case], desk.acting(FIRST).today)[0]
    organ = desk.city.pack.organisations[case.organisation]
    filled = texts.filled(
        "{number} | {applicant} | {organ} | { due } | {other}", row, organ, desk.acting(FIRST).today
    )
    assert case.number in filled
    assert "{other}" in filled
    assert texts.unfilled(filled) == []
    assert texts.unfilled("until {due}") == ["due"]
    with pytest.raises(Invalid) as refused:
        written(desk, body="{case_number}")
    assert "{case_number}" in refused.value.fields["body"]


def test_a_text_comes_into_the_reasons_without_losing_what_was_typed_and_sends_nothing(desk: Desk) -> None:
    case = desk.case(FOOD)
    phrase = written(desk)
    officer = desk.browser(FIRST)
    given = {"reasons": "Typed before.", "version": case.version, "insert": str(phrase.pk)}
    page = text(officer.post(url(case, "suspend"), given))
    assert "Typed before.\n" + case.number in page
    case.refresh_from_db()
    assert case.state == "submitted"


def test_nothing_is_sent_while_a_place_is_empty(desk: Desk) -> None:
    case = desk.case(FOOD)
    handling.accept(acting=desk.acting(FIRST), number=case.number)
    case.refresh_from_db()
    officer = desk.browser(FIRST)
    answer = officer.post(url(case, "suspend"), {"reasons": "Until {due}.", "version": case.version})
    assert answer.status_code == 422
    assert "Fill in or take out: {due}" in text(answer)
    assert (
        officer.post(url(case, "suspend"), {"reasons": "Until May.", "version": case.version}).status_code
        == 302
    )


def test_deleting_asks_first(desk: Desk) -> None:
    phrase = written(desk)
    officer = desk.browser(FIRST)
    assert "Please confirm." in text(officer.get(f"/office/texts/{phrase.pk}/delete"))
    assert desk_access.phrases(desk.acting(FIRST)).filter(pk=phrase.pk).exists()
    officer.post(f"/office/texts/{phrase.pk}/delete", {"version": phrase.version})
    assert not desk_access.phrases(desk.acting(SECOND)).filter(pk=phrase.pk).exists()


def test_a_correction_proposes_what_is_unmet_and_sends_only_what_is_left_ticked(desk: Desk) -> None:
    case = desk.case(FOOD)
    material = next(
        m for m in case.materials if case.application.materials.filter(material=m, way="upload").exists()
    )
    case.application.materials.filter(material=material).delete()
    officer = desk.browser(FIRST)
    page = text(officer.get(url(case, "correction")))
    assert "It is a proposal" in page
    assert f'value="material:{material}" checked' in page
    assert "is missing. Hand it in." in page
    officer.post(
        url(case, "correction"),
        {"defect": ["fact:area"], "text:fact:area": "Say it.", "version": case.version},
    )
    assert [d["id"] for d in models.Correction.objects.get(case=case).defects] == ["area"]

"""Asking other authorities before a decision: several at once, each with its day, silence where the pack lets it count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.factories.officers import officer_of
from tests.work.cases.officer_desk import FOOD, SIGN, Desk, text, url

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.work.cases import models, tasks
from tongban.work.cases.actions import consultations, corrections, decisions, handling

BOTH = ("sight-of-traffic", "structure")


@pytest.fixture
def builder(desk: Desk) -> str:
    """An officer of the authority that answers for structures."""
    organ = next(o.id for o in desk.city.pack.organisations.values() if o.authority == "housing-construction")
    return officer_of(desk.city, organ).username


def accepted(desk: Desk, service: str = SIGN, who: str = "demo-urban") -> Any:
    case = desk.case(service)
    desk.later(minutes=1)
    return handling.accept(acting=desk.acting(who), number=case.number)


def ask(desk: Desk, case: Any, *wanted: str, question: str = "") -> None:
    desk.later(minutes=1)
    consultations.consult(
        acting=desk.acting("demo-urban"), number=case.number, wanted=wanted, question=question
    )


def decide(desk: Desk, case: Any, outcome: str = "granted") -> Any:
    desk.later(minutes=1)
    return decisions.decide(
        acting=desk.acting("demo-urban"), number=case.number, outcome=outcome, reasons="So it is."
    )


def asked(case: Any, declared: str) -> Any:
    return models.Consultation.objects.get(case=case, declared=declared)


def test_all_are_asked_at_once_and_nothing_is_decided_before_the_last_has_answered(
    desk: Desk, builder: str
) -> None:
    case = accepted(desk)
    ask(desk, case, *BOTH, question="The sign is lit at night.")
    assert case.consultations.filter(answered_at=None).count() == 2
    for outcome in ("granted", "refused"):
        with pytest.raises(NotNow, match="2026-03-09"):
            decide(desk, case, outcome)
    desk.later(days=1)
    consultations.answer(
        acting=desk.acting("demo-police"),
        consultation=asked(case, BOTH[0]).id,
        opinion="condition",
        words="Only without blinking lights.",
    )
    with pytest.raises(NotNow):
        decide(desk, case)
    consultations.answer(
        acting=desk.acting(builder), consultation=asked(case, BOTH[1]).id, opinion="no-objection"
    )
    assert decide(desk, case).decision.outcome == "granted"
    happened = [event.event for event in case.events.order_by("sequence")]
    assert happened[2:6] == ["consult", "consult", "answer_consultation", "answer_consultation"]
    entries = audit.entries_of(case.application_id).filter(action="case.answer-consultation")
    assert [entry.detail["opinion"] for entry in entries] == ["condition", "no-objection"]


def test_silence_counts_from_the_day_after_the_last_and_is_written_down_once(desk: Desk) -> None:
    case = accepted(desk)
    ask(desk, case, BOTH[0])  # on Monday 2 March, for five working days
    desk.later(days=7)
    tasks.let_silence_answer(0)
    assert asked(case, BOTH[0]).opinion == ""
    desk.later(days=1)
    for _ in range(3):
        tasks.let_silence_answer(0)
    found = asked(case, BOTH[0])
    assert (found.opinion, found.answered_on, found.answered_by) == ("silent", date(2026, 3, 9), None)
    assert [e.role for e in case.events.filter(event="lapse_consultation")] == ["system"]
    with pytest.raises(NotNow, match="2026-03-09"):
        consultations.answer(
            acting=desk.acting("demo-police"), consultation=found.id, opinion="objection", words="No."
        )
    assert decide(desk, case).decision.outcome == "granted"


def test_a_clock_that_stood_still_finds_the_right_day_and_nobody_waits_for_it(desk: Desk) -> None:
    first, second = accepted(desk), accepted(desk)
    for case in (first, second):
        ask(desk, case, BOTH[0])
    desk.later(days=20)
    with pytest.raises(NotNow, match="Silence counts"):  # nobody has written it down yet
        consultations.answer(
            acting=desk.acting("demo-police"), consultation=asked(first, BOTH[0]).id, opinion="no-objection"
        )
    assert asked(first, BOTH[0]).answered_at is None
    assert decide(desk, first).decision.outcome == "granted"  # whoever decides writes it down
    tasks.let_silence_answer(0)
    for case in (first, second):
        assert asked(case, BOTH[0]).answered_on == date(2026, 3, 9)
        assert case.events.filter(event="lapse_consultation").count() == 1


def test_where_silence_is_no_answer_the_case_waits_and_a_late_opinion_is_taken(
    desk: Desk, builder: str
) -> None:
    case = accepted(desk)
    ask(desk, case, BOTH[1])
    desk.later(days=20)
    tasks.let_silence_answer(0)
    with pytest.raises(NotNow):
        decide(desk, case)
    consultations.answer(
        acting=desk.acting(builder),
        consultation=asked(case, BOTH[1]).id,
        opinion="objection",
        words="The wall does not bear it.",
    )
    assert decide(desk, case, "refused").state == "refused"


def test_asking_and_answering_again_change_nothing(desk: Desk) -> None:
    case = accepted(desk)
    ask(desk, case, BOTH[0])
    ask(desk, case, BOTH[0])
    found = asked(case, BOTH[0])
    said = {"consultation": found.id, "opinion": "condition", "words": "Lower."}
    for _ in range(2):
        consultations.answer(acting=desk.acting("demo-police"), **said)
    assert case.events.filter(event__in=("consult", "answer_consultation")).count() == 2
    with pytest.raises(NotNow):
        consultations.answer(acting=desk.acting("demo-police"), **{**said, "opinion": "no-objection"})


def test_what_does_not_fit_is_refused_with_what_to_do(desk: Desk) -> None:
    case = desk.case(SIGN)
    desk.later(minutes=1)
    urban = desk.acting("demo-urban")
    with pytest.raises(NotNow):  # nothing is examined before it is accepted
        consultations.consult(acting=urban, number=case.number, wanted=BOTH)
    case = handling.accept(acting=urban, number=case.number)
    for wanted, field in (((), "wanted"), (("nothing",), "nothing")):
        with pytest.raises(Invalid) as refused:
            consultations.consult(acting=urban, number=case.number, wanted=wanted)
        assert field in refused.value.fields
    with pytest.raises(StaleVersion):
        consultations.consult(acting=urban, number=case.number, wanted=BOTH, version=case.version - 1)
    with pytest.raises(NotFound):
        consultations.consult(acting=desk.acting("demo-fire"), number=case.number, wanted=BOTH)
    ask(desk, case, BOTH[0])
    for opinion, words, field in (("", "", "opinion"), ("objection", " ", "words")):
        with pytest.raises(Invalid) as refused:
            consultations.answer(
                acting=desk.acting("demo-police"),
                consultation=asked(case, BOTH[0]).id,
                opinion=opinion,
                words=words,
            )
        assert field in refused.value.fields


def test_what_is_taken_back_needs_no_opinion_any_more(desk: Desk) -> None:
    case = accepted(desk)
    ask(desk, case, BOTH[0])
    corrections.withdraw(acting=desk.acting("demo-lin", for_firm=True), number=case.number)
    with pytest.raises(NotNow, match="no longer waits"):
        consultations.answer(
            acting=desk.acting("demo-police"), consultation=asked(case, BOTH[0]).id, opinion="no-objection"
        )
    desk.later(days=20)
    tasks.let_silence_answer(0)
    assert asked(case, BOTH[0]).opinion == ""
    page = desk.browser("demo-police").get("/office/consultations", {"show": "gone"})
    assert case.number in text(page)


def test_the_pages_ask_answer_and_show_what_was_said(desk: Desk) -> None:
    case = accepted(desk)
    urban, police = desk.browser("demo-urban"), desk.browser("demo-police")
    assert "Ask other offices" in text(urban.get(url(case)))
    form = text(urban.get(url(case, "consult")))
    assert "Silence counts as no objection" in form
    assert "Qingqu Public Security" in form
    case.refresh_from_db()
    gone = urban.post(
        url(case, "consult"), {"wanted": BOTH[0], "question": "Is it bright?", "version": case.version}
    )
    assert gone.status_code == 302
    page = text(urban.get(url(case)))
    assert "Is it bright?" in page
    assert "Nothing is decided before" in page
    assert url(case, "decide") not in page
    found = asked(case, BOTH[0])
    listed = text(police.get("/office/consultations"))
    assert f"/office/consultations/{found.id}" in listed
    assert case.number in text(police.get("/office/consultations.csv"))
    shown = text(police.get(f"/office/consultations/{found.id}"))
    assert "Is it bright?" in shown
    refused = police.post(f"/office/consultations/{found.id}", {"opinion": "objection", "words": ""})
    assert refused.status_code == 422
    assert "Say what speaks against it" in text(refused)
    police.post(f"/office/consultations/{found.id}", {"opinion": "objection", "words": "Too bright."})
    assert "Too bright." in text(urban.get(url(case)))
    assert url(case, "decide") in text(urban.get(url(case)))
    assert "answered" in text(desk.browser("demo-police").get("/office/consultations?show=answered"))


def test_the_applicant_sees_who_was_asked_and_until_when_but_not_what_was_said(desk: Desk) -> None:
    case = accepted(desk)
    ask(desk, case, *BOTH, question="An internal question.")
    lin = desk.browser("demo-lin")
    page = text(lin.get(f"/applications/{case.application.number}"))
    assert "Other offices that were asked" in page
    assert "still to answer" in page
    assert "An internal question." not in page
    consultations.answer(
        acting=desk.acting("demo-police"),
        consultation=asked(case, BOTH[0]).id,
        opinion="objection",
        words="A word between offices.",
    )
    desk.later(days=20)
    page = text(desk.browser("demo-lin").get(f"/applications/{case.application.number}"))
    assert "has answered" in page
    assert "late, and still to answer" in page
    assert "A word between offices." not in page


def test_a_service_that_asks_nobody_offers_nothing(desk: Desk) -> None:
    case = accepted(desk, FOOD, "demo-market")
    market = desk.browser("demo-market")
    assert "Ask other offices" not in text(market.get(url(case)))
    assert market.get(url(case, "consult")).status_code == 302

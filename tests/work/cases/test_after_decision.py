"""After the decision: a promise is checked, what was granted ends on a ground of law, and its licence with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import shops
from tests.work.cases.officer_desk import FIRE, FOOD, SIGN, Desk

from tongban.base.audit.verify import verify as verify_audit
from tongban.base.identity import queries as identity
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices import queries as notices
from tongban.core.procedures import states
from tongban.records.licences import queries as licences
from tongban.work.cases import access, form, models, replay, tasks
from tongban.work.cases.actions import commitments, decisions, drafts, revocations, submission
from tongban.work.cases.grounds import GROUNDS

Hear = Callable[..., int]


def post(client: Client, desk: Desk, case: models.Case, path: str, body: Any = None, **headers: str) -> Any:
    """An officer's write through the API, with the version as it is now, a minute later."""
    desk.later(minutes=1)
    case.refresh_from_db()
    headers = {"if-match": f'"{case.version}"', **headers}
    answer = client.post(
        f"/api/v1/cases/{case.number}/{path}", json.dumps(body or {}), content_type="application/json", headers=headers
    )  # fmt: skip
    case.refresh_from_db()
    return answer


def granted_on_commitment(desk: Desk, hear: Hear) -> models.Case:
    """The fire check, granted on the spot and delivered."""
    case = desk.case(FIRE)
    answer = post(
        desk.browser("demo-fire"),
        desk,
        case,
        "decisions",
        {"outcome": "granted", "reasons": "All is signed."},
    )
    assert answer.status_code == 200, answer.content
    hear(desk.later(minutes=1))
    case.refresh_from_db()
    return case


def granted(desk: Desk, hear: Hear, service: str = FOOD, who: str = "demo-market") -> models.Case:
    case = desk.case(service)
    officer = desk.browser(who)
    post(officer, desk, case, "accept")
    assert (
        post(officer, desk, case, "decisions", {"outcome": "granted", "reasons": "All is well."}).status_code
        == 200
    )
    hear(desk.later(minutes=1))
    case.refresh_from_db()
    return case


def licence_of(case: models.Case) -> Any:
    return licences.by_decision(models.Decision.objects.get(case=case).id)


def events_of(case: models.Case) -> list[str]:
    return [e.event for e in case.events.order_by("sequence")]


def titles(desk: Desk) -> set[str]:
    return {n.title_en for n in notices.inbox(desk.acting("demo-lin", for_firm=True))}


def papers(case: models.Case) -> list[str]:
    return [d.kind for d in notices.documents_of(case.application_id).filter(about=case.pk)]


# -- four lives, through the API ---------------------------------------------------------------------------


def test_a_commitment_is_decided_on_the_spot_and_found_kept(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    assert events_of(case) == ["submit", "accept", "grant_on_commitment", "deliver"]
    assert (case.state, case.afterwards) == ("completed", "verify")
    closed = case.closed_at
    officer = desk.browser("demo-fire")
    shown = officer.get(f"/api/v1/cases/{case.number}").json()
    assert shown["clock"]["duty"] == {
        "kind": "verify", "due": {"day": "2026-03-30", "provisional": False}, "days_left": 20, "light": "green",
    }  # fmt: skip
    answer = post(
        officer, desk, case, "checks", {"kept": True, "reasons": "Two officers found everything in place."}
    )
    assert answer.status_code == 200
    assert answer.json()["clock"]["duty"] is None
    assert (case.state, case.afterwards, case.closed_at) == ("completed", "", closed)
    hear(desk.now)
    assert any(title.startswith("Your commitment was checked and is kept: ") for title in titles(desk))
    assert papers(case).count("verification-notice") == 1
    assert licence_of(case).status == "valid"
    assert verify_audit().sound


def test_an_untrue_commitment_is_annulled_by_two_and_ends_the_licence(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    first, second = desk.browser("demo-fire"), desk.browser("demo-fire-second")
    licence = licence_of(case)
    body = {"ground": "commitment-untrue", "reasons": "There is no second way out."}
    proposed = post(first, desk, case, "endings", body)
    assert proposed.status_code == 200
    assert proposed.json()["ending"]["carried_out_at"] is None
    assert case.state == "completed"
    own = post(first, desk, case, "endings/confirmation")
    assert own.status_code == 409
    assert "another officer" in own.json()["detail"]
    hear(desk.now)
    assert licence_of(case).status == "valid"
    early = post(second, desk, case, "endings/confirmation")
    assert early.status_code == 409
    assert "may still state and defend, until 9 March 2026" in early.json()["detail"]
    desk.later(days=8)
    second = desk.browser("demo-fire-second")
    done = post(second, desk, case, "endings/confirmation")
    assert done.status_code == 200
    assert (case.state, case.afterwards) == ("annulled", "objectable")
    again = post(second, desk, case, "endings/confirmation")
    assert again.status_code == 200
    assert case.events.filter(event="annul").count() == 1
    hear(desk.now)
    licence.refresh_from_db()
    assert licence.status == "revoked"
    assert licence.status_reason.startswith("承诺的内容与事实不符")
    assert papers(case).count("annulment") == 1
    (paper,) = (d for d in notices.documents_of(case.application_id) if d.kind == "annulment")
    assert paper.content["articles"] == ["administrative-licensing-law#69"]
    assert any(title.startswith("Annulled: ") for title in titles(desk))
    assert models.Exclusion.objects.get(case=case).ground == "commitment-untrue"
    assert verify_audit().sound


def test_a_grant_is_recalled_and_the_licence_ends_today(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    officer = desk.browser("demo-market")
    body = {"ground": "law-changed", "reasons": "The regulation it rests on was repealed."}
    answer = post(officer, desk, case, "endings", body)
    assert (answer.status_code, answer.json()["state"]) == (200, "completed")
    assert answer.json()["clock"]["state_by"]["day"] == "2026-03-09"
    desk.later(days=8)
    answer = post(desk.browser("demo-market"), desk, case, "endings/confirmation")
    assert answer.status_code == 200
    assert answer.json()["state"] == "recalled"
    assert answer.json()["ending"]["kind"] == "recall"
    assert answer.json()["possible_grounds"] == []
    hear(desk.now)
    assert licence_of(case).status == "revoked"
    assert papers(case).count("recall") == 1
    applicant = desk.acting("demo-lin", for_firm=True)
    assert access.case(applicant, case.number).state == "recalled"
    assert not models.Exclusion.objects.exists()


def test_what_is_not_kept_yet_is_put_right_in_time(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    officer = desk.browser("demo-fire")
    answer = post(officer, desk, case, "checks", {"kept": False, "reasons": "One exit is blocked by crates."})
    assert answer.json()["clock"]["duty"]["kind"] == "remedy"
    assert answer.json()["clock"]["duty"]["due"]["day"] == "2026-03-16"
    assert case.afterwards == "remedy"
    early = post(officer, desk, case, "endings", {"ground": "commitment-unkept", "reasons": "Still blocked."})
    assert early.status_code == 409
    assert "not over" in early.json()["detail"]
    assert (
        post(officer, desk, case, "checks", {"kept": True, "reasons": "The exit is free."}).status_code == 200
    )
    assert events_of(case)[-2:] == ["order_remedy", "verify"]
    assert {"remedy-order", "verification-notice"} <= set(papers(case))


# -- grounds ---------------------------------------------------------------------------------------------------


def test_what_is_still_not_kept_after_the_time_for_it_can_be_annulled(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    officer = desk.browser("demo-fire")
    assert "commitment-unkept" not in revocations.possible_grounds(case, desk.acting("demo-fire"))
    post(officer, desk, case, "checks", {"kept": False, "reasons": "One exit is blocked."})
    desk.later(days=15)
    officer = desk.browser("demo-fire")
    assert (
        post(
            officer, desk, case, "endings", {"ground": "commitment-unkept", "reasons": "Blocked."}
        ).status_code
        == 200
    )
    desk.later(days=8)
    assert (
        post(desk.browser("demo-fire-second"), desk, case, "endings/confirmation").json()["state"]
        == "annulled"
    )


@pytest.mark.parametrize("ground", ["commitment-untrue", "commitment-unkept"])
def test_where_nothing_was_promised_no_promise_can_be_broken(desk: Desk, hear: Hear, ground: str) -> None:
    case = granted(desk, hear)
    with pytest.raises(Invalid):
        revocations.propose(
            acting=desk.acting("demo-market"), number=case.number, ground=ground, reasons="No."
        )
    assert case.endings.count() == 0


@pytest.mark.parametrize("ground", [name for name, one in GROUNDS.items() if not one.of_promise])
def test_every_other_ground_leads_to_its_end(desk: Desk, hear: Hear, ground: str) -> None:
    case = granted(desk, hear)
    desk.later(minutes=1)
    ending = revocations.propose(
        acting=desk.acting("demo-market"), number=case.number, ground=ground, reasons="So."
    )
    assert (ending.carried_out_at is not None) is GROUNDS[ground].unheard
    if not GROUNDS[ground].unheard:
        desk.later(days=8)
        ending = revocations.carry_out(acting=desk.acting("demo-market"), number=case.number)
    case.refresh_from_db()
    assert (
        case.state
        == {"annul": "annulled", "recall": "recalled", "cancel": "cancelled"}[GROUNDS[ground].event]
    )
    assert notices.document(ending.document) is not None


def test_what_is_not_in_force_cannot_end(desk: Desk) -> None:
    case = desk.case(FOOD)
    with pytest.raises(NotNow, match="nothing in force"):
        revocations.propose(
            acting=desk.acting("demo-market"), number=case.number, ground="deceit", reasons="Found out."
        )
    with pytest.raises(NotNow):
        commitments.verify(acting=desk.acting("demo-market"), number=case.number, reasons="All there.")


def test_a_proposal_can_be_dropped_and_made_anew_and_blocks_a_check(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    one = revocations.propose(
        acting=desk.acting("demo-fire"), number=case.number, ground="deceit", reasons="A forged plan."
    )
    same = revocations.propose(
        acting=desk.acting("demo-fire"), number=case.number, ground="deceit", reasons="A forged plan."
    )
    assert one.pk == same.pk
    with pytest.raises(NotNow, match="has been proposed"):
        commitments.verify(acting=desk.acting("demo-fire-second"), number=case.number, reasons="All there.")
    revocations.drop(acting=desk.acting("demo-fire-second"), number=case.number)
    desk.later(minutes=1)
    case.refresh_from_db()
    assert case.state == "completed"
    two = revocations.propose(
        acting=desk.acting("demo-fire"), number=case.number, ground="deceit", reasons="A forged plan."
    )
    assert two.pk != one.pk


def test_reasons_and_a_ground_are_needed(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    with pytest.raises(Invalid) as refusal:
        revocations.propose(acting=desk.acting("demo-market"), number=case.number, ground="", reasons=" ")
    assert set(refusal.value.fields) == {"ground", "reasons"}


# -- who may, and once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["demo-lin", "demo-market", "demo-urban", "demo-window", "demo-auditor"])
def test_nobody_but_an_officer_of_the_organ_checks_or_ends(desk: Desk, hear: Hear, who: str) -> None:
    case = granted_on_commitment(desk, hear)
    acting = desk.acting(who, for_firm=who == "demo-lin")
    for act in (
        lambda: commitments.verify(acting=acting, number=case.number, reasons="x"),
        lambda: commitments.order_remedy(acting=acting, number=case.number, reasons="x"),
        lambda: revocations.propose(acting=acting, number=case.number, ground="deceit", reasons="x"),
        lambda: revocations.carry_out(acting=acting, number=case.number),
        lambda: revocations.drop(acting=acting, number=case.number),
        lambda: commitments.lift(acting=acting, number=case.number, reasons="x"),
    ):
        with pytest.raises(NotFound):
            act()
    case.refresh_from_db()
    assert (case.state, case.afterwards) == ("completed", "verify")


def test_an_applicant_is_not_shown_what_is_only_proposed(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    revocations.propose(
        acting=desk.acting("demo-fire"),
        number=case.number,
        ground="own-wish",
        reasons="They have written to us.",
    )
    client = desk.browser("demo-lin")
    account: Any = desk.city.account("demo-lin")
    session = client.session
    session["acting_for"] = str(identity.mandates_of(account.person, desk.now).get().principal_id)
    session.save()
    shown = client.get(f"/api/v1/cases/{case.number}").json()
    assert (shown["ending"], shown["possible_grounds"]) == (None, [])


def test_an_old_version_and_a_used_key_change_nothing_twice(desk: Desk, hear: Hear) -> None:
    case = granted(desk, hear)
    officer = desk.browser("demo-market")
    body = {"ground": "term-ended", "reasons": "The term is over."}
    old = post(officer, desk, case, "endings", body, **{"if-match": '"1"'})
    assert old.status_code == 412
    key = {"idempotency-key": "end-1"}
    first = post(officer, desk, case, "endings", body, **key)
    again = post(officer, desk, case, "endings", body, **key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert case.events.filter(event="cancel").count() == 1


# -- time ----------------------------------------------------------------------------------------------------


def test_a_check_that_was_missed_is_written_down_once_and_turns_red(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    tasks.let_time_act(0)
    assert "miss_verification" not in events_of(case)
    desk.later(days=30)
    for _ in range(2):
        tasks.let_time_act(0)
    case.refresh_from_db()
    assert events_of(case).count("miss_verification") == 1
    clock = form.clock_of(
        case, form.pack_of(case.application, desk.acting("demo-fire")), desk.acting("demo-fire").today
    )
    assert clock.duty is not None
    assert clock.duty.light == "red"
    desk.later(minutes=1)
    commitments.verify(acting=desk.acting("demo-fire"), number=case.number, reasons="Late, and all is there.")
    tasks.let_time_act(0)
    case.refresh_from_db()
    assert case.afterwards == ""


def test_the_stored_state_is_what_the_events_say(desk: Desk, hear: Hear) -> None:
    case = granted_on_commitment(desk, hear)
    for act in (
        lambda: commitments.order_remedy(acting=desk.acting("demo-fire"), number=case.number, reasons="x"),
        lambda: commitments.verify(acting=desk.acting("demo-fire"), number=case.number, reasons="x"),
    ):
        desk.later(minutes=1)
        act()
        case.refresh_from_db()
        history = form.history_of(case)
        assert case.state == states.replay(history)
        assert bool(case.afterwards) is states.marks_of(history).promised


# -- exclusion -----------------------------------------------------------------------------------------------


def annulled(desk: Desk, hear: Hear) -> models.Case:
    case = granted_on_commitment(desk, hear)
    desk.later(minutes=1)
    revocations.propose(
        acting=desk.acting("demo-fire"), number=case.number, ground="commitment-untrue", reasons="Untrue."
    )
    desk.later(days=8)
    revocations.carry_out(acting=desk.acting("demo-fire-second"), number=case.number)
    hear(desk.now)
    case.refresh_from_db()
    return case


def test_whose_promise_was_untrue_goes_the_other_way_until_the_record_is_repaired(
    desk: Desk, hear: Hear
) -> None:
    case = annulled(desk, hear)
    acting = desk.acting("demo-lin", for_firm=True)
    draft = shops.filled_draft(acting)
    with pytest.raises(Invalid) as refusal:
        submission.submit(acting=acting, application=draft.id)
    said = refusal.value.fields["service:fire-check"]
    assert case.number in said
    assert "Until 2027-03-10" in said
    drafts.answer(acting=acting, application=draft.id, answers={"fire_mode": "ordinary"})
    other = submission.submit(acting=acting, application=draft.id)
    assert other.cases.get(service=FIRE).variant is None
    desk.later(minutes=1)
    for _ in range(2):
        commitments.lift(
            acting=desk.acting("demo-fire"), number=case.number, reasons="The record is repaired."
        )
    hear(desk.now)
    again = shops.filled_draft(desk.acting("demo-lin", for_firm=True))
    submission.submit(acting=desk.acting("demo-lin", for_firm=True), application=again.id)
    assert "You may promise again" in titles(desk)


def test_an_exclusion_ends_by_itself_after_the_term_of_the_pack(desk: Desk, hear: Hear) -> None:
    case = annulled(desk, hear)
    found = models.Exclusion.objects.get(case=case)
    until = commitments.excluded_until(found)
    assert until is not None
    assert commitments.exclusion_of([found.subject], until) == found
    assert commitments.exclusion_of([found.subject], until + timedelta(days=1)) is None
    assert commitments.exclusion_of([case.pk], until) is None


# -- replay --------------------------------------------------------------------------------------------------


def test_a_decision_on_commitment_is_replayed_with_its_promise(desk: Desk, hear: Hear) -> None:
    decision = models.Decision.objects.get(case=granted_on_commitment(desk, hear))
    assert decision.findings["commitment"]["signed"] == ["fire-commitment"]
    assert replay.replay(decision).same
    decision.facts["fire_mode"]["value"] = "ordinary"
    changed = replay.replay(decision)
    assert [d.kind for d in changed.differences] == ["commitment"]


def test_only_what_runs_on_commitment_is_granted_on_the_spot(desk: Desk) -> None:
    case = desk.case(SIGN)
    with pytest.raises(NotNow):
        decisions.decide(
            acting=desk.acting("demo-urban"), number=case.number, outcome="granted", reasons="Fine."
        )

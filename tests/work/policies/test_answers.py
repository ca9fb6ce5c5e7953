"""What the owner answers and what an office does with it."""

from __future__ import annotations

from datetime import date

import pytest
from tests.work.policies.grants import ACCOUNT, COMMERCE, FINANCE, GRANT, LARGE, SMALL, Town, held, reserved

from tongban.base.audit import queries as audit
from tongban.base.audit.verify import verify
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.notices.models import Notice
from tongban.core.packs import logs
from tongban.core.rules import evaluate
from tongban.core.rules.states import ABSENT, Known
from tongban.work.policies import models, queries, states
from tongban.work.policies.actions import office, owner
from tongban.work.policies.states import Event, State


def confirmed(town: Town) -> models.Entitlement:
    row = town.found()
    return owner.confirm(
        acting=town.owner(), entitlement=row.id, payee_name=" 林 晓晨 ", account="6222 0212-3456 7890 123"
    )


def contested(town: Town) -> models.Entitlement:
    row = town.found()
    return owner.contest(acting=town.owner(), entitlement=row.id, text="面积是 120 平方米，不是 86.5。")


def test_confirming_takes_an_account_and_sets_the_day_of_payment(town: Town) -> None:
    row = confirmed(town)
    row.refresh_from_db()
    assert (row.state, row.due_on, row.payee_name, row.payee_last_four) == (
        "confirmed",
        date(2026, 3, 16),
        "林 晓晨",
        "0123",
    )
    assert ACCOUNT.encode() not in bytes(row.payee_account)
    again = owner.confirm(
        acting=town.owner(days=1), entitlement=row.id, payee_name="somebody else", account="1" * 16
    )
    assert (again.payee_last_four, again.version) == ("0123", 2)


@pytest.mark.parametrize("account", ["", "1234567", "12345678x", "9" * 33, "one two three four"])
def test_an_account_that_cannot_be_one_is_refused_with_its_field(town: Town, account: str) -> None:
    row = town.found()
    with pytest.raises(Invalid) as refusal:
        owner.confirm(acting=town.owner(), entitlement=row.id, payee_name="", account=account)
    assert set(refusal.value.fields) == {"payee_name", "account"}
    row.refresh_from_db()
    assert row.state == "found"


def test_nothing_can_be_answered_after_the_last_day(town: Town) -> None:
    row = town.found()
    for act in (
        lambda: owner.confirm(
            acting=town.owner(days=31), entitlement=row.id, payee_name="Lin", account=ACCOUNT
        ),
        lambda: owner.contest(acting=town.owner(days=31), entitlement=row.id, text="late"),
    ):
        with pytest.raises(NotNow):
            act()
    owner.confirm(acting=town.owner(days=30), entitlement=row.id, payee_name="Lin", account=ACCOUNT)


def test_an_answer_to_an_older_version_is_refused(town: Town) -> None:
    row = town.found()
    with pytest.raises(StaleVersion):
        owner.refuse(acting=town.owner(), entitlement=row.id, version=0)
    owner.refuse(acting=town.owner(), entitlement=row.id, version=1)


def test_a_contest_is_answered_with_reasons_and_the_term_begins_anew(town: Town) -> None:
    row = contested(town)
    commerce = town.officer(COMMERCE)
    for outcome, reasons in (("upheld", " "), ("perhaps", "because"), ("", "")):
        with pytest.raises(Invalid):
            office.answer_contest(acting=commerce, entitlement=row.id, outcome=outcome, reasons=reasons)
    row = office.answer_contest(
        acting=commerce, entitlement=row.id, outcome="upheld", reasons="You stated 86.5 yourself."
    )
    assert (row.state, row.contest.outcome, row.contest.reasons) == (
        "upheld",
        "upheld",
        "You stated 86.5 yourself.",
    )
    assert reserved() == held() == SMALL
    told = Notice.objects.get(subject=row.subject, cause__endswith=":uphold")
    assert "You stated 86.5 yourself." in told.body_en
    with pytest.raises(NotNow):
        owner.contest(acting=town.owner(), entitlement=row.id, text="Once more.")
    assert (
        owner.confirm(acting=town.owner(), entitlement=row.id, payee_name="Lin", account=ACCOUNT).state
        == "confirmed"
    )


def test_a_finding_taken_back_releases_its_money_and_comes_back_only_with_other_facts(town: Town) -> None:
    row = contested(town)
    office.answer_contest(
        acting=town.officer(COMMERCE), entitlement=row.id, outcome="withdrawn", reasons="The area is wrong."
    )
    assert reserved() == held() == 0
    town.look(town.shops[0], days=1)
    assert models.Entitlement.objects.count() == 1
    town.say(town.shops[0], days=2, area="120.00")
    town.look(town.shops[0], days=3)
    assert models.Entitlement.objects.exclude(pk=row.pk).get().amount_fen == LARGE
    assert reserved() == held() == LARGE


def test_a_contest_needs_words(town: Town) -> None:
    row = town.found()
    for text in ("", "  \x00 ", "x" * 2001):
        with pytest.raises(Invalid):
            owner.contest(acting=town.owner(), entitlement=row.id, text=text)


@pytest.mark.parametrize("who", [COMMERCE, FINANCE])
def test_the_organ_of_the_policy_and_the_one_that_pays_may_pay(town: Town, who: str) -> None:
    row = confirmed(town)
    officer = town.officer(who)
    assert office.read_account(acting=officer, entitlement=row.id) == ACCOUNT
    with pytest.raises(Invalid):
        office.mark_paid(acting=officer, entitlement=row.id, reference=" ")
    paid = office.mark_paid(acting=officer, entitlement=row.id, reference="2026-0001")
    assert (paid.state, paid.paid_on, paid.payment) == ("paid", date(2026, 3, 2), "2026-0001")
    assert office.mark_paid(acting=officer, entitlement=row.id, reference="2026-0002").payment == "2026-0001"
    actions = [e.action for e in audit.entries_of(row.id)]
    assert actions == ["entitlement.find", "entitlement.confirm", "payee.read", "entitlement.pay"]
    assert ACCOUNT not in str([e.detail for e in audit.entries_of(row.id)])
    assert verify().sound


def test_nobody_pays_before_the_owner_has_confirmed(town: Town) -> None:
    row = town.found()
    with pytest.raises(NotNow):
        office.mark_paid(acting=town.officer(COMMERCE), entitlement=row.id, reference="P")
    with pytest.raises(NotFound):  # who only pays does not even see it
        office.mark_paid(acting=town.officer(FINANCE), entitlement=row.id, reference="P")


def test_who_only_pays_answers_no_contest(town: Town) -> None:
    row = contested(town)
    with pytest.raises(NotFound):
        office.answer_contest(
            acting=town.officer(FINANCE), entitlement=row.id, outcome="withdrawn", reasons="no"
        )


def test_an_account_moved_to_another_entitlement_does_not_open(town: Town) -> None:
    from cryptography.exceptions import InvalidTag

    from tongban.work.policies import payees

    first, second = confirmed(town), town.found(town.shop())
    with pytest.raises(InvalidTag):
        payees.opened(second.id, bytes(first.payee_account))


def test_history_is_only_ever_added(town: Town) -> None:
    row = town.found()
    event, run = row.events.get(), models.MatchingRun.objects.get()
    for written in (event, run):
        with pytest.raises(TypeError):
            written.save()
        with pytest.raises(TypeError):
            written.delete()
    assert set(queries.append_only_tables()) == {"policies_entitlementevent", "policies_matchingrun"}


def test_every_state_is_reached_and_only_ends_have_no_way_on() -> None:
    reached = set(states.TRANSITIONS.values())
    assert reached == set(State)
    ends = {state for state in State if not states.possible(state)}
    assert ends == {State.REPAID, State.RETURNED, State.REFUSED, State.LAPSED, State.WITHDRAWN}
    assert {event for _before, event in states.TRANSITIONS} == set(Event)


def test_the_log_has_every_fact_of_its_vocabulary_and_feeds_the_honour_rate(town: Town) -> None:
    first = confirmed(town)
    office.mark_paid(acting=town.officer(COMMERCE), entitlement=first.id, reference="P")
    second, third = town.found(town.shop(area="320.00")), town.found(town.shop())
    owner.confirm(acting=town.owner(), entitlement=second.id, payee_name="Lin", account=ACCOUNT)
    owner.refuse(acting=town.owner(), entitlement=third.id)
    rows = list(queries.log_rows(now=town.owner().now, place="990100"))
    vocabulary = logs.LOGS["entitlements"]
    assert [set(row) for row in rows] == [{*vocabulary, "number"}] * 3
    assert [(r["amount"], r["confirmed"], r["paid"], r["refused"], r["due_on"] is None) for r in rows] == [
        (SMALL, True, True, False, False), (LARGE, True, False, False, False), (SMALL, False, False, True, True),
    ]  # fmt: skip
    counts, numerator, _one = town.pack.indicator("policy-honour-rate")
    facts = [
        {name: ABSENT if row[name] is None else Known(row[name]) for name in vocabulary}
        for row in rows
        if row["policy"] == GRANT
    ]
    counted = [f for f in facts if evaluate.evaluate(counts, f, {}) == Known(True)]
    paid = [f for f in counted if evaluate.evaluate(numerator, f, {}) == Known(True)]
    assert (len(paid), len(counted)) == (1, 2)
    assert list(queries.log_rows(now=town.owner().now, place="990200")) == []

"""Rounds: everybody is looked at once, the list is confirmed, published, paid and archived, and nothing is overdrawn."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories.fixtures import NOON
from tests.work.policies.grants import (
    ACCOUNT,
    COMMERCE,
    FINANCE,
    GRANT,
    LARGE,
    SMALL,
    Town,
    contents,
    held,
    reserved,
)
from tests.work.policies.listed import answered, drawn, officer, to_the_end, told

from tongban.base.audit import queries as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal
from tongban.base.notices.models import Notice
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import score_key
from tongban.core.rules.check import compile_rule
from tongban.work.policies import access, evidence, models, replay
from tongban.work.policies.actions import matching, owner, rounds, rounds_job


def test_a_round_looks_at_everybody_once_and_reserves_nothing_before_it_is_confirmed(five: Town) -> None:
    row = drawn(five)
    assert row.looked == row.total
    assert row.outcomes["eligible"] == 3
    assert row.outcomes["near"] == 1
    assert row.outcomes["needs-data"] >= 1
    assert sum(row.outcomes.values()) == row.looked
    assert sorted(row.lines.values_list("amount_fen", flat=True)) == [SMALL, SMALL, LARGE]
    assert reserved() == 0
    assert not models.Entitlement.objects.exists()
    assert not Notice.objects.filter(title_en__startswith="Due to you").exists()
    for shop in five.shops:
        looks = audit.entries_of(evidence.chain_of(shop.pk)).filter(action="benefits.matched")
        assert [entry.detail["round"] for entry in looks] == [str(row.pk)]
        assert set(looks.get().detail["facts"]) <= {"area", "business_scope", "entity", "food_permit_since"}


def test_a_confirmed_list_makes_entitlements_that_replay_and_tells_everybody(five: Town) -> None:
    row = told(five, drawn(five))
    made = list(models.Entitlement.objects.order_by("id"))
    assert [one.state for one in made] == ["found"] * 3
    assert reserved() == held() == 2 * SMALL + LARGE
    assert all(replay.replay(one).same for one in made)
    assert Notice.objects.filter(title_en__startswith="Due to you").count() >= 3
    again = rounds.confirm(acting=officer(five), round_=row.pk)
    assert again.state == "told"
    assert not rounds_job.go_on(round_=row.pk, now=NOON)
    assert models.Entitlement.objects.count() == 3


def test_a_job_that_dies_anywhere_is_taken_up_and_nothing_is_made_twice(
    five: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rounds.begin(acting=officer(five), policy=GRANT)
    assert ProcrastinateJob.objects.filter(task_name=rounds.GO_ON).count() == 1
    rounds_job.go_on(round_=row.pk, now=NOON, some=2)
    real = rounds_job.entitling.once_keys

    def breaks(acting: Acting, policy: Any, subjects: Sequence[UUID]) -> Any:
        if five.shops[2].pk in subjects:
            raise OSError("killed")
        return real(acting, policy, subjects)

    monkeypatch.setattr(rounds_job.entitling, "once_keys", breaks)
    with pytest.raises(OSError, match="killed"):
        to_the_end(row)
    monkeypatch.undo()
    assert rounds_job.died(now=NOON + timedelta(minutes=1)) == []
    assert rounds_job.died(now=NOON + timedelta(minutes=3)) == [row.pk]
    while rounds_job.go_on(round_=row.pk, now=NOON, some=2):
        pass
    row.refresh_from_db()
    assert (row.state, row.looked, row.lines.count()) == ("drawn", row.total, 3)
    again = rounds.begin(acting=officer(five), policy=GRANT)
    assert again.pk == row.pk


def test_shares_of_a_budget_are_rounded_down_and_replay(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for area in ("86.50", "320.00", "86.50"):
        town.shop(area=area)
    budget = town.policy.budget[0].model_copy(
        update={"year": 2026, "total_fen": 1_000_001, "order": "pro-rata"}
    )
    town.put_in_force(monkeypatch, budget=(budget,))
    one_by_one = matching.match(acting=town.system(), subject=town.shops[0].pk, cause="test")
    assert one_by_one.results[0]["result"] == "eligible"
    assert not models.Entitlement.objects.exists()  # nothing is due before the list is complete
    told(town, drawn(town))
    made = {str(one.subject): one for one in models.Entitlement.objects.all()}
    assert sorted(one.amount_fen for one in made.values()) == [250_000, 250_000, 500_000]
    assert reserved() == 1_000_000
    assert {one.full_fen for one in made.values()} == {SMALL, LARGE}
    assert all(replay.replay(one).same for one in made.values())
    line = models.RoundLine.objects.filter(given_fen=500_000).get()
    models.RoundLine.objects.filter(pk=line.pk).update(given_fen=499_999)
    assert [d.kind for d in replay.replay(line.entitlement).differences] == ["share"]


def test_the_highest_scores_come_first_and_the_others_stand_in_line(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:

    for area in ("50.00", "90.00", "70.00"):
        town.shop(area=area)
    budget = town.policy.budget[0].model_copy(update={"year": 2026, "total_fen": 2 * SMALL, "order": "score"})
    text = "CASE WHEN area >= 80 THEN 3 WHEN area >= 60 THEN 2 ELSE 1 END"
    rule = compile_rule(text, vocabulary_of(town.pack)).rule
    assert rule
    town.city.pack = replace(
        town.pack, amounts=MappingProxyType({**town.pack.amounts, score_key(GRANT): rule})
    )
    town.put_in_force(monkeypatch, budget=(budget,), score=text)
    row = told(town, drawn(town))
    by_area = {line.facts["area"]["value"]: (line.score, line.given_fen) for line in row.lines.all()}
    assert by_area == {"50.00": (1, 0), "90.00": (3, SMALL), "70.00": (2, SMALL)}
    states = sorted(models.Entitlement.objects.values_list("state", flat=True))
    assert states == ["budget-exhausted", "found", "found"]
    first = models.Entitlement.objects.filter(state="found").first()
    assert first
    owner.refuse(acting=town.owner(), entitlement=first.pk)
    assert models.Entitlement.objects.filter(state="budget-exhausted").count() == 0
    assert reserved() == held() == 2 * SMALL


def test_money_reserved_since_the_list_was_drawn_is_not_given_again(
    five: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    five.set_aside(monkeypatch, LARGE + SMALL)
    row = drawn(five)
    late = five.shop(area="320.00")
    assert five.found(late).state == "found"
    told(five, row)
    assert reserved() == held() == LARGE + SMALL
    assert models.Entitlement.objects.filter(state="budget-exhausted").count() == 2
    row.refresh_from_db()
    assert row.available_fen == SMALL


def test_somebody_who_was_found_in_another_way_meanwhile_is_not_granted_twice(five: Town) -> None:
    row = drawn(five)
    five.found(five.shops[0])
    told(five, row)
    assert models.Entitlement.objects.count() == 3
    assert reserved() == held() == 2 * SMALL + LARGE


def test_a_struck_line_is_told_nothing_and_can_be_put_back(five: Town) -> None:
    row = drawn(five)
    line = row.lines.order_by("id").first()
    assert line
    with pytest.raises(NotFound):
        rounds.strike(acting=officer(five, organisation=FINANCE), line=line.pk, reasons="no")
    rounds.strike(acting=officer(five), line=line.pk, reasons="关门了")
    rounds.strike(acting=officer(five), line=line.pk, reasons="")
    rounds.strike(acting=officer(five), line=line.pk, reasons="关门了")
    with pytest.raises(Refusal, match="changed in the meantime"):
        rounds.confirm(acting=officer(five), round_=row.pk, version=row.version)
    told(five, row)
    assert models.Entitlement.objects.count() == 2
    with pytest.raises(NotNow):
        rounds.strike(acting=officer(five), line=line.pk, reasons="")


def test_only_the_organ_in_charge_begins_and_only_for_what_is_found_unasked(five: Town) -> None:
    with pytest.raises(Invalid, match="your office is in charge"):
        rounds.begin(acting=officer(five, organisation=FINANCE), policy=GRANT)
    industry = next(p for p in five.pack.policies.values() if p.id == "technical-renovation")
    with pytest.raises(Invalid):
        rounds.begin(acting=officer(five), policy=industry.id)
    row = drawn(five)
    for who in (officer(five, organisation=FINANCE), five.owner(), five.system()):
        assert not access.rounds(who).exists()
        for act in (rounds.confirm, rounds.drop, rounds.close):
            with pytest.raises(NotFound):
                act(acting=who, round_=row.pk)
    assert rounds.drop(acting=officer(five), round_=row.pk).state == "dropped"
    assert not models.Entitlement.objects.exists()
    assert rounds.begin(acting=officer(five), policy=GRANT).pk != row.pk


def test_an_office_walks_through_a_round_on_its_pages(five: Town) -> None:
    five.officer(COMMERCE)
    browser = five.browser(f"of-{COMMERCE}")
    assert "No round yet" in contents(browser.get("/office/entitlements/rounds"))
    begun = contents(browser.post("/office/entitlements/rounds/begin", {"policy": GRANT}, follow=True))
    assert "Looking at everybody" in begun
    row = models.Round.objects.get()
    assert 'hx-trigger="load' in contents(browser.get(f"/office/entitlements/rounds/{row.pk}/progress"))
    while rounds_job.go_on(round_=row.pk, now=NOON):
        pass
    text = contents(browser.get(f"/office/entitlements/rounds/{row.pk}"))
    assert "Confirm the list" in text
    assert "¥20,000" in text
    line = row.lines.filter(amount_fen=SMALL).first()
    assert "Say why" in contents(
        browser.post(f"/office/entitlements/rounds/lines/{line.pk}/strike", {"reasons": ""}, follow=True)
    )
    struck = contents(
        browser.post(
            f"/office/entitlements/rounds/lines/{line.pk}/strike", {"reasons": "关门了"}, follow=True
        )
    )
    assert "¥15,000" in struck
    assert "关门了" in contents(browser.get(f"/office/entitlements/rounds/{row.pk}?tab=struck"))
    row.refresh_from_db()
    browser.post(f"/office/entitlements/rounds/{row.pk}/confirm", {"version": row.version})
    while rounds_job.go_on(round_=row.pk, now=NOON):
        pass
    row.refresh_from_db()
    answered(row, five)
    sent = browser.post(f"/office/entitlements/rounds/{row.pk}/payments")
    table = list(csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert [one["account"] for one in table] == [ACCOUNT] * 2
    results = "entitlement,reference\n" + "\n".join(
        f"{one['entitlement']},T-{n}" for n, one in enumerate(table)
    )
    upload = io.BytesIO((results + "\nwrong,T-9").encode())
    upload.name = "paid.csv"
    after = contents(browser.post(f"/office/entitlements/rounds/{row.pk}/results", {"file": upload}))
    assert "Line 4" in after
    closed = contents(browser.post(f"/office/entitlements/rounds/{row.pk}/close", follow=True))
    assert "Closed, archived" in closed
    assert "Shop 2001" in contents(browser.get(f"/office/entitlements/rounds/{row.pk}.csv"))
    stranger = five.browser("demo-market")
    for path in ("", ".csv", "/progress", "/archive"):
        assert stranger.get(f"/office/entitlements/rounds/{row.pk}{path}").status_code == 404
    for path in ("/payments", "/results", "/confirm", "/close"):
        assert stranger.post(f"/office/entitlements/rounds/{row.pk}{path}", follow=True).status_code == 404


def test_a_round_that_is_open_is_given_back_and_only_one_job_is_pushed(five: Town) -> None:
    first = rounds.begin(acting=officer(five), policy=GRANT)
    second = rounds.begin(acting=officer(five), policy=GRANT)
    assert first.pk == second.pk
    assert ProcrastinateJob.objects.filter(task_name=rounds.GO_ON).count() == 1
    assert audit.entries_of(first.pk).filter(action="round.begun").count() == 1

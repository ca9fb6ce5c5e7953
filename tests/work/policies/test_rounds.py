"""Rounds: everybody is looked at once, the list is confirmed, published, paid and archived, and nothing is overdrawn."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
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

from tongban.base.audit import queries as audit
from tongban.base.audit.verify import verify
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal
from tongban.base.notices.models import Notice
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.model import Term
from tongban.core.packs.model_data import Clawback
from tongban.core.packs.pack import score_key
from tongban.core.rules.check import compile_rule
from tongban.core.values.text import Bilingual
from tongban.work.policies import access, evidence, models, replay
from tongban.work.policies.actions import matching, office, owner, payments, publicity, rounds, rounds_job


def officer(town: Town, *, days: int = 0, organisation: str = COMMERCE) -> Acting:
    return replace(town.officer(organisation), now=NOON + timedelta(days=days))


def drawn(town: Town, *, some: int = 2) -> models.Round:
    row = rounds.begin(acting=officer(town), policy=GRANT)
    while rounds_job.go_on(round_=row.pk, now=NOON, some=some):
        pass
    row.refresh_from_db()
    assert row.state == "drawn"
    return row


def told(town: Town, row: models.Round, *, some: int = 2) -> models.Round:
    rounds.confirm(acting=officer(town), round_=row.pk)
    while rounds_job.go_on(round_=row.pk, now=NOON, some=some):
        pass
    row.refresh_from_db()
    assert row.state == "told"
    return row


def _to_the_end(row: models.Round) -> None:
    while rounds_job.go_on(round_=row.pk, now=NOON, some=2):
        pass


def answered(row: models.Round, town: Town) -> list[models.Entitlement]:
    """Everybody on the list confirms."""
    found = [line.entitlement for line in row.lines.filter(given_fen__gt=0).order_by("id")]
    for one in found:
        owner.confirm(acting=town.owner(), entitlement=one.pk, payee_name="Lin", account=ACCOUNT)
    return found


@pytest.fixture
def five(town: Town) -> Town:
    """Two to whom 5,000 is due, one to whom 10,000 is, a branch, and one of whom nothing is known."""
    town.shop()
    town.shop(area="320.00")
    town.shop()
    town.shop(entity="branch")
    town.shop(permit=None)
    return town


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
    real = rounds_job.entitling.once_key

    def breaks(acting: Acting, policy: Any, subject: UUID) -> Any:
        if subject == five.shops[2].pk:
            raise OSError("killed")
        return real(acting, policy, subject)

    monkeypatch.setattr(rounds_job.entitling, "once_key", breaks)
    with pytest.raises(OSError, match="killed"):
        _to_the_end(row)
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


@pytest.fixture
def published(five: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Town, models.Round]:
    term = Term.model_construct(amount=5, unit="working_days", rolls=True)
    five.put_in_force(monkeypatch, publicity=term)
    return five, told(five, drawn(five))


def test_publicity_shows_firms_to_everybody_and_takes_objections_from_the_signed_in(
    published: tuple[Town, models.Round],
) -> None:
    town, row = published
    assert row.public_from == NOON.date()
    assert row.public_to
    text = contents(Client(headers={"accept-language": "en"}).get(f"/publicity/{row.pk}"))
    assert "小店2001" in text
    assert "¥10,000" in text
    assert ACCOUNT not in text
    assert "Sign in to object" in text
    line = row.lines.get(amount_fen=LARGE)
    neighbour = town.browser("demo-neighbour")
    assert neighbour.post(f"/publicity/lines/{line.pk}/object", {"text": " "}).status_code == 422
    sent = neighbour.post(f"/publicity/lines/{line.pk}/object", {"text": "铺面没有这么大"}, follow=True)
    assert "You objected; the office answers." in contents(sent)
    entitlement = line.entitlement
    owner.confirm(acting=town.owner(), entitlement=entitlement.pk, payee_name="Lin", account=ACCOUNT)
    late = row.public_to - NOON.date() + timedelta(days=1)
    with pytest.raises(NotNow, match="objected to this line"):
        office.mark_paid(acting=officer(town, days=late.days), entitlement=entitlement.pk, reference="P")
    with pytest.raises(NotNow, match="in publicity until"):
        office.mark_paid(acting=officer(town), entitlement=entitlement.pk, reference="P")
    said = models.Objection.objects.get()
    with pytest.raises(NotFound):
        publicity.answer(
            acting=officer(town, organisation=FINANCE), objection=said.pk, outcome="stands", reasons="x"
        )
    before = reserved()
    publicity.answer(
        acting=officer(town), objection=said.pk, outcome="struck", reasons="量过了，只有 86 平方米。"
    )
    entitlement.refresh_from_db()
    assert entitlement.state == "withdrawn"
    assert reserved() == before - LARGE == held()
    assert Notice.objects.filter(title_en__startswith="Taken off the list").exists()
    assert Notice.objects.filter(title_en="The line you objected to was struck").exists()
    assert not Notice.objects.filter(
        body_en__contains=town.city.account("demo-neighbour").person.name
    ).exists()
    with pytest.raises(NotNow, match="Publicity is over"):
        publicity.object_to(
            acting=town.owner("demo-neighbour", days=late.days), line=row.lines.first().pk, text="zu spät"
        )


def test_the_list_is_paid_from_a_file_and_what_comes_back_marks_it(
    published: tuple[Town, models.Round],
) -> None:
    town, row = published
    entitlements = answered(row, town)
    with pytest.raises(NotNow, match="in publicity"):
        payments.to_pay(acting=officer(town), round_=row.pk)
    days = (row.public_to - NOON.date()).days + 1
    for payer in (officer(town, days=days), officer(town, days=days, organisation=FINANCE)):
        found = payments.to_pay(acting=payer, round_=row.pk)
        assert {one.account for one in found} == {ACCOUNT}
        assert sum(one.amount_fen for one in found) == 2 * SMALL + LARGE
    with pytest.raises(NotFound):
        payments.to_pay(acting=town.owner(days=days), round_=row.pk)
    for one in entitlements:
        assert audit.entries_of(one.pk).filter(action="payee.read").count() == 2
    lines = [f"{entitlements[0].pk},T-1", f"{entitlements[1].pk},", f"{row.pk},T-3", "nonsense"]
    text = "\ufeffreference_old,entitlement,reference\n" + "\n".join("x," + line for line in lines)
    done, misfits = payments.take_results(acting=officer(town, days=days), round_=row.pk, text=text)
    assert done == 1
    assert [one.line for one in misfits] == [3, 4, 5]
    again, _ = payments.take_results(acting=officer(town, days=days), round_=row.pk, text=text)
    assert again == 1
    entitlements[0].refresh_from_db()
    assert (entitlements[0].state, entitlements[0].payment) == ("paid", "T-1")
    with pytest.raises(Invalid, match="needs the columns"):
        payments.take_results(acting=officer(town, days=days), round_=row.pk, text="a,b\n1,2")


def test_a_round_is_closed_when_nothing_is_awaited_and_its_archive_is_what_the_audit_holds(
    published: tuple[Town, models.Round],
) -> None:
    town, row = published
    entitlements = answered(row, town)
    days = (row.public_to - NOON.date()).days + 1
    boss = officer(town, days=days)
    with pytest.raises(NotNow, match="3 entitlements"):
        rounds.close(acting=boss, round_=row.pk)
    for number, one in enumerate(entitlements):
        office.mark_paid(acting=boss, entitlement=one.pk, reference=f"T-{number}")
    closed = rounds.close(acting=boss, round_=row.pk)
    assert closed.state == "closed"
    assert rounds.close(acting=boss, round_=row.pk).version == closed.version
    sent = town.browser("of-qingqu-commerce").get(f"/office/entitlements/rounds/{row.pk}/archive")
    assert hashlib.sha256(sent.content).hexdigest() == closed.archive_digest
    assert audit.entries_of(row.pk).get(action="round.closed").detail["archive"] == closed.archive_digest
    kept = json.loads(sent.content)
    assert [line["state"] for line in kept["lines"]] == ["paid"] * 3
    assert ACCOUNT not in sent.content.decode()
    assert "小店" not in sent.content.decode()
    assert verify().sound


def test_what_was_paid_is_claimed_back_by_the_rule_of_the_policy(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Clawback.model_construct(
        when=Bilingual(zh="三年内搬走", en="It moves away within three years"),
        returns="pro-rata",
        within_months=36,
        interest=None,
    )
    false = Clawback.model_construct(
        when=Bilingual(zh="弄虚作假", en="What was stated is false"),
        returns="all-with-interest",
        within_months=None,
        interest=None,
    )
    town.put_in_force(monkeypatch, clawback=(moved, false))
    rows = [town.found(town.shop()) for _ in range(2)]
    for row in rows:
        owner.confirm(acting=town.owner(), entitlement=row.pk, payee_name="Lin", account=ACCOUNT)
        office.mark_paid(acting=officer(town), entitlement=row.pk, reference="P")
    year = officer(town, days=365)

    def claim(row: models.Entitlement, **said: Any) -> models.Entitlement:
        return payments.claim_back(
            acting=year,
            entitlement=row.pk,
            **{"rule": 0, "on": NOON.date() + timedelta(days=365), "reasons": "搬走了", **said},
        )

    for said, wrong in (
        ({"rule": 5}, "Choose what has happened"), ({"on": date(2020, 1, 1)}, "Give a day from the payment"),
        ({"reasons": " "}, "Say why"), ({"rule": 1, "rate": "a lot"}, "yearly rate"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=wrong):
            claim(rows[0], **said)
    with pytest.raises(NotFound):
        payments.claim_back(acting=town.owner(), entitlement=rows[0].pk, rule=0, on=NOON.date(), reasons="x")
    with pytest.raises(NotNow, match="is over"):
        payments.claim_back(
            acting=officer(town, days=1200),
            entitlement=rows[0].pk,
            rule=0,
            on=NOON.date() + timedelta(days=1190),
            reasons="x",
        )
    first = claim(rows[0])
    assert first.state == "reclaimed"
    assert first.reclaim["principal_fen"] == SMALL * (1096 - 365) // 1096
    second = claim(rows[1], rule=1, rate="3.5")
    assert (second.reclaim["principal_fen"], second.reclaim["interest_fen"]) == (SMALL, SMALL * 35 // 1000)
    assert claim(rows[0]).version == first.version
    assert Notice.objects.filter(title_en__startswith="To be paid back").count() >= 2
    text = contents(town.browser("demo-lin").get(f"/benefits/{rows[0].pk}"))
    assert "Claimed back" in text
    back = payments.mark_repaid(acting=year, entitlement=rows[0].pk)
    assert (back.state, back.repaid_on) == ("repaid", year.today)
    assert reserved() == held() == 2 * SMALL


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

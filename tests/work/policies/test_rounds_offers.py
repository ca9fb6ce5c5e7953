"""Offers that are not money: a list in units by score, a waiting line, handing over, and places that come back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from tests.factories.fixtures import NOON
from tests.work.policies.grants import GRANT, Town, contents, held, reserved
from tests.work.policies.listed import officer
from tests.work.policies.offers import FACTORY, INDUSTRY, given_out, maker, offered, set_aside, states

from tongban.base.notices.models import Notice
from tongban.work.policies import models, queries, replay
from tongban.work.policies.actions import (
    expiry,
    matching,
    owner,
    publicity,
    rounds,
    rounds_job,
)

DAYS = 10
"""By then publicity is over."""


def test_the_list_goes_by_score_and_whoever_nothing_is_left_for_stands_in_line(five_makers: Town) -> None:
    row = offered(five_makers)
    lines = row.lines.order_by("rank")
    assert [(line.score, line.amount_fen, line.given_fen) for line in lines] == [
        (3, 400, 400), (2, 600, 600), (2, 600, 0), (1, 200, 0), (0, 300, 0),
    ]  # fmt: skip
    assert lines[1].subject < lines[2].subject
    assert reserved() == 0
    page = contents(five_makers.browser("of-qingqu-industry").get(f"/office/entitlements/rounds/{row.pk}"))
    assert "Equal scores of 2: 1 are given something, 1 stand in line" in page
    assert "1,000 m²" in page
    assert "¥" not in page


def test_units_are_reserved_once_and_everybody_is_told_in_units(five_makers: Town) -> None:
    row = given_out(five_makers)
    assert states(row) == [
        (1, 400, "found"), (2, 600, "found"), (3, 0, "budget-exhausted"), (4, 0, "budget-exhausted"), (5, 0, "budget-exhausted"),
    ]  # fmt: skip
    assert reserved() == held() == 1_000
    rounds.confirm(acting=officer(five_makers, organisation=INDUSTRY), round_=row.pk)
    assert not rounds_job.go_on(round_=row.pk, now=NOON)
    assert reserved() == 1_000
    with pytest.raises(IntegrityError), transaction.atomic():
        models.BudgetYear.objects.update(reserved_fen=1_101)
    firms = five_makers.shops
    due = Notice.objects.get(subject=firms[2].pk)
    assert (due.title_en, due.title_zh) == (
        "Due to you: 400 m², Standard factories of the park (sample policy)",
        "您可享受 400 平方米：园区标准厂房供应（示例政策）",
    )
    told = Notice.objects.get(subject=firms[4].pk)
    assert told.title_en.startswith("Nothing left this year")
    assert "200 m²" in told.body_en
    assert "number 2 in line" in told.body_en
    assert all(replay.replay(one).same for one in models.Entitlement.objects.all())
    assert models.Entitlement.objects.filter(payer__isnull=False).count() == 0


def test_what_is_given_up_goes_to_the_next_in_line_whose_whole_amount_fits(five_makers: Town) -> None:
    row = given_out(five_makers)
    one, _two, three, four, _five = row.lines.order_by("rank")
    owner.refuse(
        acting=five_makers.owner(), entitlement=one.entitlement_id
    )  # 500 are free: 600 does not fit, 200 and 300 do
    assert [state for _rank, _given, state in states(row)] == [
        "refused", "found", "budget-exhausted", "found", "found",
    ]  # fmt: skip
    assert reserved() == held() == 1_100
    three.entitlement.refresh_from_db()
    assert queries.place_in_line(three.entitlement) == 1
    moved = models.Entitlement.objects.get(pk=four.entitlement_id)
    assert moved.confirm_by is not None
    body = (
        Notice.objects.filter(subject=four.subject)
        .order_by("-created_at", "-id")
        .values_list("body_en", flat=True)
    )
    assert any(text.startswith("Somebody gave theirs up, and you are next in line") for text in body)
    late = NOON + timedelta(days=60)
    assert (
        expiry.lapse_overdue(now=late) == 3
    )  # nobody answered: what is free goes to the one who still waits
    assert [state for _rank, _given, state in states(row)] == [
        "refused",
        "lapsed",
        "found",
        "lapsed",
        "lapsed",
    ]
    assert reserved() == held() == 600
    assert all(replay.replay(line.entitlement).same for line in row.lines.select_related("entitlement"))


def test_nothing_is_read_for_an_offer_when_one_subject_is_looked_at_alone(five_makers: Town) -> None:
    run = matching.match(acting=five_makers.system(), subject=five_makers.shops[0].pk, cause="test")
    assert FACTORY not in {one["policy"] for one in run.results}
    assert "staff_now" not in run.facts
    assert GRANT in {one["policy"] for one in run.results}


def test_those_in_line_are_published_too_and_can_be_objected_to(five_makers: Town) -> None:
    row = given_out(five_makers)
    text = contents(Client(headers={"accept-language": "en"}).get(f"/publicity/{row.pk}"))
    assert "600 m²" in text
    assert text.count("In line") >= 3
    line = row.lines.get(rank=3)
    sent = five_makers.browser("demo-neighbour").post(
        f"/publicity/lines/{line.pk}/object", {"text": "这家没有 30 个人"}, follow=True
    )
    assert "You objected; the office answers." in contents(sent)
    said = models.Objection.objects.get()
    publicity.answer(
        acting=officer(five_makers, organisation=INDUSTRY),
        objection=said.pk,
        outcome="struck",
        reasons="去看过了，只有 8 个人。",
    )
    assert [state for *_rest, state in states(row)][2] == "withdrawn"
    assert reserved() == held() == 1_000
    owner.refuse(acting=five_makers.owner(), entitlement=row.lines.get(rank=2).entitlement_id)
    assert [state for *_rest, state in states(row)] == ["found", "refused", "withdrawn", "found", "found"]
    public = contents(Client(headers={"accept-language": "en"}).get(f"/publicity/{row.pk}"))
    assert "Moved up" in public


def test_a_line_struck_while_others_are_still_told_frees_what_it_was_to_be_given(five_makers: Town) -> None:
    row = offered(five_makers)
    rounds.confirm(acting=officer(five_makers, organisation=INDUSTRY), round_=row.pk)
    rounds_job.go_on(round_=row.pk, now=NOON, some=1)
    second = row.lines.get(rank=2)
    said = publicity.object_to(acting=five_makers.owner("demo-neighbour"), line=second.pk, text="没有这家")
    publicity.answer(
        acting=officer(five_makers, organisation=INDUSTRY),
        objection=said.pk,
        outcome="struck",
        reasons="已经注销。",
    )
    assert reserved() == 400
    while rounds_job.go_on(round_=row.pk, now=NOON, some=1):
        pass
    assert [state for *_rest, state in states(row)] == [
        "found",
        "",
        "found",
        "budget-exhausted",
        "budget-exhausted",
    ]
    assert reserved() == held() == 1_000
    assert replay.replay(row.lines.get(rank=3).entitlement).same


def test_whoever_got_shares_leaves_nobody_in_line(five_makers: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = (
        five_makers.pack.policies[FACTORY].budget[0].model_copy(update={"total_fen": 3, "order": "pro-rata"})
    )
    five_makers.put_in_force(monkeypatch, of=FACTORY, budget=(budget,), score=None)
    row = given_out(five_makers)
    assert [given for _rank, given, _state in states(row)] == [0, 0, 0, 0, 0]
    set_aside(five_makers, monkeypatch, 2_100, score=None)
    assert queries.in_line(models.BudgetYear.objects.get()).count() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_refusals_at_once_never_give_out_more_than_there_is(
    lasting_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = lasting_town
    for place in range(12):
        maker(town, staff=5 + place % 3, points=place % 4)
    set_aside(town, monkeypatch, 700)
    row = given_out(town)
    found = list(models.Entitlement.objects.filter(state="found"))
    assert len(found) >= 5
    acting, barrier = town.owner(), Barrier(len(found))

    def give_up(one: models.Entitlement) -> None:
        try:
            barrier.wait(timeout=60)
            owner.refuse(acting=acting, entitlement=one.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(found)) as pool:
        list(pool.map(give_up, found))
    assert models.Entitlement.objects.filter(state="refused").count() == len(found)
    assert reserved() == held() <= 700
    budget = models.BudgetYear.objects.get()
    left = budget.total_fen - budget.reserved_fen
    assert not queries.in_line(budget).filter(amount_fen__lte=left).exists()
    moved = [rank for rank, given, state in states(row) if not given and state == "found"]
    assert moved

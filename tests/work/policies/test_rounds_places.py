"""What an offer that is not money ends in: handed over by a file, archived in units, taken back, and all of it on pages."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from tests.factories.fixtures import NOON
from tests.work.policies.grants import Town, contents, held, reserved
from tests.work.policies.listed import officer
from tests.work.policies.offers import FACTORY, INDUSTRY, given_out, states

from tongban.base.audit.verify import verify
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.base.notices.models import Notice
from tongban.work.policies import models, queries, replay
from tongban.work.policies.actions import (
    office,
    owner,
    payments,
    rounds,
)

DAYS = 10
"""By then publicity is over."""


def confirm(town: Town, line: models.RoundLine) -> models.Entitlement:
    return owner.confirm(acting=town.owner(), entitlement=line.entitlement_id)


def after_publicity(town: Town) -> object:
    return officer(town, days=DAYS, organisation=INDUSTRY)


def test_places_are_handed_over_by_a_file_and_the_archive_holds_units(five_makers: Town) -> None:
    row = given_out(five_makers)
    one, two, *_rest = row.lines.order_by("rank")
    confirm(five_makers, one)
    confirm(five_makers, two)
    boss = after_publicity(five_makers)
    with pytest.raises(NotNow, match="in publicity"):
        payments.to_hand_over(acting=officer(five_makers, organisation=INDUSTRY), round_=row.pk)
    with pytest.raises(Invalid, match="Nothing is paid"):
        payments.to_pay(acting=boss, round_=row.pk)
    found = payments.to_hand_over(acting=boss, round_=row.pk)
    assert [(place.entitlement, place.amount) for place in found] == [
        (one.entitlement_id, 400),
        (two.entitlement_id, 600),
    ]
    text = "entitlement,reference\n" + f"{one.entitlement_id},HT-1\n{two.entitlement_id},\n"
    done, misfits = payments.take_results(acting=boss, round_=row.pk, text=text)
    assert (done, [(misfit.line, misfit.reason) for misfit in misfits]) == (
        1, [(3, "Give the number of the contract or record, so that it can be found again.")],
    )  # fmt: skip
    with pytest.raises(NotNow, match="1 entitlements"):
        rounds.close(acting=boss, round_=row.pk)
    office.mark_paid(acting=boss, entitlement=two.entitlement_id, reference="HT-2")
    assert Notice.objects.filter(body_en__startswith="600 m², handed over on").exists()
    closed = rounds.close(acting=boss, round_=row.pk)
    kept = json.loads(rounds.canonical(closed.archive))
    assert kept["unit"] == {"zh": "平方米", "en": "m²"}
    assert (kept["available"], [line["given"] for line in kept["lines"]]) == (1_100, [400, 600, 0, 0, 0])
    assert [line["state"] for line in kept["lines"]] == ["paid", "paid", *["budget-exhausted"] * 3]
    assert verify().sound


def test_a_place_that_is_withdrawn_goes_to_the_next_once_it_is_back(five_makers: Town) -> None:
    row = given_out(five_makers)
    two = row.lines.get(rank=2)
    confirm(five_makers, two)
    boss = after_publicity(five_makers)
    office.mark_paid(acting=boss, entitlement=two.entitlement_id, reference="HT-2")
    later = officer(five_makers, days=100, organisation=INDUSTRY)
    with pytest.raises(Invalid, match="from the handing over"):
        payments.claim_back(
            acting=later, entitlement=two.entitlement_id, rule=0, on=NOON.date(), reasons="空了"
        )
    much_later = officer(five_makers, days=500, organisation=INDUSTRY)
    with pytest.raises(NotNow, match="given back is over"):
        payments.claim_back(
            acting=much_later, entitlement=two.entitlement_id, rule=0, on=much_later.today, reasons="空了"
        )
    taken = payments.claim_back(
        acting=later, entitlement=two.entitlement_id, rule=0, on=later.today, reasons="搬空了三个月。"
    )
    assert (taken.state, taken.reclaim["principal_fen"], taken.reclaim["interest_fen"]) == (
        "reclaimed",
        600,
        0,
    )
    assert Notice.objects.filter(title_en__startswith="To be given back: 600 m²").exists()
    assert reserved() == held() == 1_000  # it is not empty yet
    assert "Withdrawn" in contents(five_makers.browser("demo-lin").get(f"/benefits/{two.entitlement_id}"))
    back = payments.mark_repaid(acting=later, entitlement=two.entitlement_id)
    assert (back.state, payments.mark_repaid(acting=later, entitlement=two.entitlement_id).version) == (
        "returned",
        back.version,
    )
    assert [state for *_rest, state in states(row)] == [
        "found",
        "returned",
        "found",
        *["budget-exhausted"] * 2,
    ]
    assert reserved() == held() == 1_000
    assert replay.replay(back).same


def test_an_office_and_an_owner_walk_through_an_offer_on_their_pages(five_makers: Town) -> None:
    row = given_out(five_makers)
    one = row.lines.get(rank=1).entitlement
    three = row.lines.get(rank=3).entitlement
    shop = five_makers.browser("demo-lin")
    assert "You are number 1 in line" in contents(shop.get(f"/benefits/{three.pk}"))
    form = contents(shop.get(f"/benefits/{one.pk}/confirm"))
    assert "Confirm 400 m²?" in form
    assert "Account number" not in form
    sent = shop.post(f"/benefits/{one.pk}/confirm", {"version": one.version}, follow=True)
    assert "To be handed over to you by" in contents(sent)
    publicized = models.Round.objects.filter(pk=row.pk)
    publicized.update(public_to=NOON.date() - timedelta(days=1))
    desk = five_makers.browser("of-qingqu-industry")
    page = contents(desk.get(f"/office/entitlements/rounds/{row.pk}"))
    assert "File of places to hand over (1)" in page
    assert "Payment file" not in page
    table = desk.post(f"/office/entitlements/rounds/{row.pk}/places").content.decode("utf-8-sig")
    place = next(csv.DictReader(io.StringIO(table)))
    assert (place["entitlement"], place["amount"], place["unit"]) == (str(one.pk), "400", "m²")
    assert place["identifier"] == five_makers.shops[2].identifier
    upload = io.BytesIO(f"entitlement,reference\n{one.pk},HT-9\n".encode())
    upload.name = "handed.csv"
    after = contents(
        desk.post(f"/office/entitlements/rounds/{row.pk}/results", {"file": upload}, follow=True)
    )
    assert "Marked as handed over: 1." in after
    assert "Handed over" in contents(desk.get(f"/office/entitlements/{one.pk}"))
    listed = contents(desk.get("/office/entitlements?tab=paid"))
    assert "400 m²" in listed
    assert "¥" not in listed
    whole = contents(desk.get(f"/office/entitlements/rounds/{row.pk}.csv"))
    assert "m²" in whole
    assert contents(desk.get("/office/entitlements.csv?tab=all")).count("m²") == 5
    api = shop.get("/api/v1/benefits").json()
    assert {(found["amount_fen"], found["units"]) for found in api if found["policy"] == FACTORY} == {
        (None, 400), (None, 600), (None, 200), (None, 300),
    }  # fmt: skip
    log = [entry for entry in queries.log_rows(now=NOON) if entry["policy"] == FACTORY]
    assert {entry["amount"] for entry in log} == {None}

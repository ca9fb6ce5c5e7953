"""What is billed is what was counted; shares add up to the fen; debits equal credits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st
from tests.work.market.shop import NEXT_MONTH, NOW, Shop

from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.ledger import journal
from tongban.work.market import access, books, models, queries
from tongban.work.market.actions import assets, settlement
from tongban.work.market.actions import journal as corrections
from tongban.work.market.reckoning import Call, reckon

FIVE = tuple(assets.CONDITIONS)


@given(
    calls=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**7)), max_size=30),
    tax=st.integers(0, 20),
    percent=st.integers(0, 100),
    weights=st.lists(st.integers(1, 1000), min_size=1, max_size=8),
)
def test_shares_add_up_to_the_net_and_bills_to_the_calls(
    calls: list[tuple[int, int]], tax: int, percent: int, weights: list[int]
) -> None:
    contracts = [UUID(int=n + 1) for n in range(4)]
    counted = [Call(uuid4(), contracts[n], price) for n, price in calls]
    found = reckon(
        counted,
        tax_percent=tax,
        operator="op",
        operator_percent=percent,
        contributors=[(f"c{i}", w) for i, w in enumerate(weights)],
    )
    assert found.calls == len(counted)
    assert found.gross_fen == sum(call.price_fen for call in counted) == found.net_fen + found.tax_fen
    assert sum(share.amount_fen for share in found.shares) == found.net_fen
    for share in found.shares[1:]:
        assert abs(share.amount_fen - Fraction(found.contributed_fen * share.weight, sum(weights))) < 1


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Three calls of one buyer, two of another, one for free."""
    first, second = shop.buyer(), shop.buyer(name="另一家银行")
    for buyer, count in ((first, 3), (second, 2)):
        contract = shop.contract(buyer=buyer)
        for _ in range(count):
            shop.call(contract, buyer=buyer)
    shop.call(shop.contract(buyer=first, purpose_kind="public-governance"), buyer=first)
    return shop


def settle(shop: Shop, now: datetime = NEXT_MONTH, **more: int) -> models.Settlement:
    return settlement.settle_month(
        acting=shop.officer(now=now),
        registration=models.Registration.objects.get().id,
        month="2026-11",
        **more,
    )


def all_balanced() -> bool:
    sides = models.JournalLine.objects.aggregate(debits=Sum("debit_fen"), credits=Sum("credit_fen"))
    rows = models.JournalEntry.objects.prefetch_related("lines")
    return sides["debits"] == sides["credits"] and all(books.entry_of(row).total_fen for row in rows)


@pytest.mark.django_db
def test_billed_is_what_was_counted(sold: Shop) -> None:
    settled = settle(sold)
    assert settled.calls == models.Usage.objects.count() == 6
    assert settled.gross_fen == models.Usage.objects.aggregate(fen=Sum("price_fen"))["fen"] == 53_000
    assert [(bill.calls, bill.gross_fen, bill.net_fen) for bill in settled.bills.order_by("-gross_fen")] == [
        (3, 31_800, 30_000), (2, 21_200, 20_000), (1, 0, 0),
    ]  # fmt: skip
    assert (settled.net_fen, settled.tax_fen) == (50_000, 3_000)


@pytest.mark.django_db
def test_the_net_is_shared_to_the_fen_and_booked(sold: Shop) -> None:
    settled = settle(sold)
    assert [(s.organisation, s.amount_fen) for s in settled.shares.order_by("position")] == [
        ("city-data", 15_000), ("city-market", 26_250), ("city-health", 8_750),
    ]  # fmt: skip
    entries = models.JournalEntry.objects.filter(root=settled.id).prefetch_related("lines")
    net = journal.balances(books.entry_of(row) for row in entries)
    assert net == {"1122": 53_000, "6001": -50_000, "222101": -3_000, "6401": 35_000, "2202": -35_000}
    assert all_balanced()


@pytest.mark.django_db
def test_settling_again_changes_nothing(sold: Shop) -> None:
    first = settle(sold)
    again = settle(sold)
    assert first == again
    assert models.JournalEntry.objects.count() == 2
    assert models.Bill.objects.count() == 3


@pytest.mark.django_db
def test_a_month_that_has_not_begun_is_not_settled(sold: Shop) -> None:
    registration = models.Registration.objects.get().id
    just_before = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # one minute to midnight in the place
    with pytest.raises(NotNow):
        settlement.settle_month(
            acting=sold.officer(now=just_before), registration=registration, month="2026-12"
        )
    at_midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert (
        settlement.settle_month(
            acting=sold.officer(now=at_midnight), registration=registration, month="2026-12"
        ).calls
        == 0
    )


@pytest.mark.django_db
def test_a_month_settled_early_leaves_later_calls_to_the_next_one(sold: Shop) -> None:
    assert settle(sold, now=NOW).calls == 6
    later = sold.call(models.Contract.objects.filter(price_fen__gt=0, buyer=sold.buyer().principal).get())
    assert later.month == "2026-12"
    following = settlement.settle_month(
        acting=sold.officer(now=NEXT_MONTH), registration=later.registration_id, month="2026-12"
    )
    assert (following.calls, following.gross_fen) == (1, 10_600)


@pytest.mark.django_db
def test_what_was_confirmed_is_what_is_settled(sold: Shop) -> None:
    with pytest.raises(StaleVersion):
        settle(sold, expected_calls=5)
    assert settle(sold, expected_calls=6).calls == 6


@pytest.mark.django_db
def test_a_month_without_calls_is_settled_with_nothing_to_book(shop: Shop) -> None:
    shop.contract()
    settled = settle(shop)
    assert (settled.calls, settled.gross_fen, settled.bills.count()) == (0, 0, 0)
    assert not models.JournalEntry.objects.exists()


@pytest.mark.django_db
def test_buyers_are_told_their_bill(sold: Shop, hear: Callable[..., int]) -> None:
    from tongban.base.notices.models import Notice

    settle(sold)
    hear(NEXT_MONTH)
    buyer = sold.buyer()
    assert Notice.objects.filter(subject=buyer.principal, cause__contains="billed").count() == 2


@pytest.mark.django_db
def test_a_reversal_is_the_only_correction_and_comes_once(sold: Shop) -> None:
    settle(sold)
    entry = models.JournalEntry.objects.get(kind="income")
    answer = corrections.reverse_entry(acting=sold.officer(), entry=entry.id)
    assert answer.reverses == entry
    assert not any(journal.balances([books.entry_of(entry), books.entry_of(answer)]).values())
    with pytest.raises(NotNow):
        corrections.reverse_entry(acting=sold.officer(), entry=entry.id)
    for other in (sold.officer("city-data", role="auditor"), sold.officer("city-market")):
        with pytest.raises(NotFound):
            corrections.reverse_entry(acting=other, entry=answer.id)
    assert all_balanced()
    numbers = list(models.JournalEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.django_db
def test_departments_see_their_shares_and_auditors_the_journal_and_nobody_else_either(sold: Shop) -> None:
    settle(sold)
    assert [s.amount_fen for s in queries.shares_of(sold.officer("city-market"))] == [26_250]
    assert access.shares(sold.officer()).count() == 3
    assert access.entries(sold.officer("city-police", role="auditor")).count() == 2
    for acting in (sold.officer("city-police"), sold.buyer()):
        assert not access.shares(acting).exists()
        assert not access.entries(acting).exists()
        assert not access.settlements(acting).exists()
        assert not access.assets(acting).exists()


@pytest.mark.django_db
def test_cost_becomes_an_asset_only_when_all_five_conditions_are_confirmed(shop: Shop) -> None:
    registration = shop.registered()
    with pytest.raises(Invalid) as refused:
        assets.capitalise(acting=shop.officer(), registration=registration.id, conditions=FIVE[:4])
    assert set(refused.value.fields) == {"measurable"}
    assert not models.JournalEntry.objects.exists()


@pytest.mark.django_db
def test_an_asset_is_booked_and_borne_month_by_month_once(shop: Shop) -> None:
    registration = shop.registered()
    asset = assets.capitalise(acting=shop.officer(), registration=registration.id, conditions=FIVE)
    assert assets.capitalise(acting=shop.officer(), registration=registration.id, conditions=()) == asset
    with pytest.raises(NotNow):
        assets.amortise_month(acting=shop.officer(), month="2026-12")
    booked = assets.amortise_month(acting=shop.officer(now=NEXT_MONTH), month="2026-12")
    assert [(row.month, row.amount_fen) for row in booked] == [("2026-11", 916_667), ("2026-12", 916_666)]
    assert assets.amortise_month(acting=shop.officer(now=NEXT_MONTH), month="2026-12") == []
    (line,) = queries.asset_register(shop.officer(), "2026-12")
    assert (line.month_fen, line.borne_fen, line.carrying_fen) == (916_666, 1_833_333, 53_166_667)
    balance = {
        account.code: fen
        for account, fen in books.balances(models.JournalEntry.objects.prefetch_related("lines"))
    }
    assert balance == {
        "1002": -55_000_000,
        "1701": 55_000_000,
        "1702": -1_833_333,
        "530102": 0,
        "6401": 1_833_333,
    }
    assert all_balanced()


@pytest.mark.django_db
def test_an_asset_bears_its_cost_exactly_and_then_nothing_more(shop: Shop) -> None:
    registration = shop.registered()
    assets.capitalise(acting=shop.officer(), registration=registration.id, conditions=FIVE)
    booked = assets.amortise_month(acting=shop.officer(now=NOW.replace(year=2040)), month="2040-01")
    assert (len(booked), sum(row.amount_fen for row in booked)) == (60, 55_000_000)


@pytest.mark.django_db
def test_every_write_leaves_an_entry_without_a_name_or_a_purpose(sold: Shop) -> None:
    from tongban.base.audit.models import Entry

    settle(sold)
    written = str(list(Entry.objects.values_list("action", "detail")))
    assert "product.delivered" in written
    assert not [word for word in ("银行", "授信", "云边") if word in written]

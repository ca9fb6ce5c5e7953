"""A buyer orders, the operator approves, each call is counted before it is answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from tests.work.market.shop import NEXT_MONTH, SECRETS, Shop

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, KeyReused, NotFound, NotNow, StaleVersion
from tongban.work.market import access, content, models
from tongban.work.market.actions import contracts, offers

pytestmark = pytest.mark.django_db


def test_an_incomplete_order_names_everything_that_is_missing(shop: Shop) -> None:
    listing = shop.listed()
    with pytest.raises(Invalid) as refused:
        contracts.order(
            acting=shop.officer(),
            listing=listing.id,
            purpose_kind="fun",
            purpose="x",
            months=99,
            accepted=False,
        )
    assert set(refused.value.fields) == {"buyer", "purpose_kind", "purpose", "months", "accepted"}


def test_a_contract_runs_from_its_approval_for_the_term_ordered(shop: Shop, hear: Callable[..., int]) -> None:
    contract = shop.contract()
    assert (contract.valid_from, contract.valid_to) == (date(2026, 11, 25), date(2027, 11, 24))
    assert contract.price_fen == 10_600
    assert contracts.approve(acting=shop.officer(), number=contract.number) == contract
    assert [e.action for e in audit.entries_of(contract.id)] == ["contract.ordered", "contract.approved"]


def test_use_for_public_welfare_is_free(shop: Shop) -> None:
    contract = shop.contract(purpose_kind="public-welfare")
    assert contract.price_fen == 0
    assert shop.call(contract).price_fen == 0


def test_an_order_is_decided_once_and_from_what_was_seen(shop: Shop) -> None:
    ordered = shop.ordered()
    with pytest.raises(StaleVersion):
        contracts.approve(acting=shop.officer(), number=ordered.number, version=9)
    contracts.refuse(acting=shop.officer(), number=ordered.number, reason="用途不明")
    with pytest.raises(NotNow):
        contracts.approve(acting=shop.officer(), number=ordered.number)
    with pytest.raises(NotNow):
        shop.call(ordered)


def test_a_call_is_counted_with_what_was_delivered(shop: Shop) -> None:
    usage = shop.call(shop.contract())
    assert (usage.price_fen, usage.cells, usage.hidden, usage.month) == (10_600, 12, 8, "2026-11")
    document = content.as_json(usage.snapshot)
    assert document["product"]["version"] == 1
    assert document["snapshot"]["digest"] == f"sha256:{usage.snapshot.digest}"
    assert document["suppression"]["hidden_cells"] == 8
    assert all(("count" in cell) != cell["suppressed"] for cell in document["cells"])
    assert "Noodles" in document["labels"]["trade"]["noodles"]["en"]


def test_the_table_is_the_same_as_csv(shop: Shop) -> None:
    usage = shop.call(shop.contract(), form="csv")
    text = content.as_csv(usage.snapshot)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len([line for line in lines if line.startswith("cell,")]) == 12
    assert usage.snapshot.digest in text
    assert not [secret for secret in SECRETS if secret in text]


def test_the_same_request_id_is_the_same_call_and_another_form_is_refused(shop: Shop) -> None:
    contract = shop.contract()
    first = shop.call(contract, "nightly-2026-11-25")
    assert shop.call(contract, "nightly-2026-11-25") == first
    with pytest.raises(KeyReused):
        shop.call(contract, "nightly-2026-11-25", form="csv")
    assert models.Usage.objects.count() == 1


@pytest.mark.parametrize("request_id", ["", "short", "with space in it", "x" * 81])
def test_a_call_without_a_usable_request_id_is_refused(shop: Shop, request_id: str) -> None:
    from tongban.work.market.actions import delivery

    with pytest.raises(Invalid):
        delivery.deliver(acting=shop.buyer(), contract=shop.contract().id, request_id=request_id)


def test_outside_its_term_a_contract_delivers_nothing(shop: Shop) -> None:
    contract = shop.contract(months=1)
    with pytest.raises(NotNow):
        shop.call(contract, buyer=shop.buyer(now=datetime(2026, 12, 26, 2, 0, tzinfo=UTC)))
    assert not models.Usage.objects.exists()


def test_a_withdrawn_offer_takes_no_order_and_ends_no_contract(shop: Shop) -> None:
    contract = shop.contract()
    offers.withdraw_listing(acting=shop.officer(), registration=contract.registration_id)
    with pytest.raises(NotFound):
        shop.ordered(listing=contract.listing_id)
    assert shop.call(contract).price_fen == 10_600


def test_a_call_after_settlement_is_billed_in_the_next_month(shop: Shop) -> None:
    from tongban.work.market.actions import settlement

    contract = shop.contract()
    settlement.settle_month(
        acting=shop.officer(now=NEXT_MONTH), registration=contract.registration_id, month="2026-11"
    )
    assert shop.call(contract).month == "2026-12"


def test_nobody_sees_the_contracts_of_others(shop: Shop) -> None:
    contract = shop.contract()
    other = shop.buyer(name="另一家银行")
    for acting in (
        other,
        shop.officer("city-market"),
        shop.officer("city-data", role="auditor"),
        shop.officer("city-data", role="clerk"),
    ):
        assert not access.contracts(acting).exists()
        assert not access.usage(acting).exists()
        with pytest.raises(NotFound):
            access.contract(acting, contract.id)
    with pytest.raises(NotFound):
        shop.call(contract, buyer=other)
    assert access.contracts(shop.officer()).get() == contract


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_with_the_same_id_are_billed_once(known: Shop) -> None:
    known.fill()
    contract, buyer = known.contract(), known.buyer()
    together = Barrier(6)

    def call(_number: int) -> Any:
        from django.db import connection

        together.wait()
        try:
            return known.call(contract, "the-same-call", buyer=buyer).id
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        found = set(threads.map(call, range(6)))
    assert len(found) == 1
    assert models.Usage.objects.filter(contract=contract).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_is_committed_before_anything_is_answered(known: Shop) -> None:
    from django.db import transaction

    known.fill()
    contract = known.contract()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        known.call(contract)  # inside another transaction it could still be undone

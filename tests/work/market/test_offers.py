"""A product is registered with an opinion, counted once, and offered under its ceiling."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.work.market.shop import NEXT_MONTH, PRODUCT, Shop, make_product

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.work.market import content, models, queries
from tongban.work.market.actions import offers

pytestmark = pytest.mark.django_db


def test_a_product_is_not_registered_without_an_opinion(shop: Shop) -> None:
    with pytest.raises(Invalid) as refused:
        offers.register_product(acting=shop.officer(), product=PRODUCT, opinion=" ", opinion_by="数据局")
    assert set(refused.value.fields) == {"opinion"}


@pytest.mark.parametrize("organisation", ["city-market", "city-police"])
def test_only_the_operating_organisation_registers(shop: Shop, organisation: str) -> None:
    with pytest.raises(NotFound):
        offers.register_product(
            acting=shop.officer(organisation), product=PRODUCT, opinion="合规", opinion_by="数据局"
        )


def test_the_same_content_is_the_same_version_and_another_content_is_the_next(shop: Shop) -> None:
    first = shop.registered()
    assert shop.registered() == first
    shop.force(make_product(minimum_cell=5), "sha256:other")
    second = shop.registered()
    assert (first.version, second.version, second.pack_digest) == (1, 2, "sha256:other")
    assert [e.action for e in audit.entries_of(first.id)] == ["product.registered"]


def test_a_snapshot_counts_whole_months_and_hides_the_small_cell_with_others(shop: Shop) -> None:
    snapshot = offers.pin_snapshot(acting=shop.officer(), registration=shop.registered().id)
    assert snapshot.until == date(2026, 11, 1)
    cells = {(c.month, c.district, c.trade): c.count for c in snapshot.cells.all()}
    assert len(cells) == 12  # nothing of November
    assert cells["2026-09", "990101", "noodles"] is None
    assert cells["2026-10", "990103", "noodles"] == 21
    assert (
        sum(count is None for count in cells.values()) == 8
    )  # one cuboid: two values in each of three dimensions
    assert {"count": 130} in snapshot.totals


def test_a_number_under_the_minimum_is_stored_nowhere(shop: Shop) -> None:
    snapshot = offers.pin_snapshot(acting=shop.officer(), registration=shop.registered().id)
    assert not models.Cell.objects.filter(count__gt=0, count__lt=snapshot.minimum_cell).exists()
    assert not models.Cell.objects.filter(suppressed=True, count__isnull=False).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Cell.objects.create(snapshot=snapshot, month="2026-01", count=2, suppressed=True)


def test_pinning_again_changes_nothing_even_when_more_was_issued(shop: Shop) -> None:
    registration = shop.registered()
    first = offers.pin_snapshot(acting=shop.officer(), registration=registration.id)
    shop.permits(date(2026, 10, 20), "990101", "tea", 5)
    again = offers.pin_snapshot(acting=shop.officer(), registration=registration.id)
    assert (again.id, again.digest) == (first.id, first.digest)


def test_a_later_snapshot_neither_hides_what_was_told_nor_tells_what_was_hidden(shop: Shop) -> None:
    registration = shop.registered()
    first = offers.pin_snapshot(acting=shop.officer(), registration=registration.id)
    shop.permits(date(2026, 11, 20), "990102", "tea", 2)
    later = offers.pin_snapshot(acting=shop.officer(now=NEXT_MONTH), registration=registration.id)
    old, new = (content.checked_table(s) for s in (first, later))
    assert {key for key, count in old.items() if count is None} <= {
        key for key, count in new.items() if count is None
    }
    assert all(new[key] == count for key, count in old.items() if count is not None)


def test_a_licence_handed_in_late_changes_no_month_that_was_counted(shop: Shop) -> None:
    registration = shop.registered()
    first = offers.pin_snapshot(acting=shop.officer(), registration=registration.id)
    shop.permits(date(2026, 10, 20), "990103", "noodles", 1)
    shop.permits(date(2026, 10, 20), "990103", "cakes", 9)  # a trade that was told to be none
    later = offers.pin_snapshot(acting=shop.officer(now=NEXT_MONTH), registration=registration.id)
    old, new = (content.checked_table(s) for s in (first, later))
    assert new["2026-10", "990103", "noodles"] == old["2026-10", "990103", "noodles"] == 21
    assert ("2026-10", "990103", "cakes") not in new


def test_a_product_without_months_is_counted_once(shop: Shop) -> None:
    shop.force(make_product(dimensions=("district", "trade")), "sha256:flat")
    registration = shop.registered()
    offers.pin_snapshot(acting=shop.officer(), registration=registration.id)
    with pytest.raises(NotNow):
        offers.pin_snapshot(acting=shop.officer(now=NEXT_MONTH), registration=registration.id)


@pytest.mark.parametrize("until", [date(2026, 11, 2), date(2026, 12, 1)])
def test_a_month_that_still_runs_is_not_counted(shop: Shop, until: date) -> None:
    with pytest.raises(Invalid):
        offers.pin_snapshot(acting=shop.officer(), registration=shop.registered().id, until=until)


def test_a_snapshot_that_was_changed_is_not_delivered(shop: Shop) -> None:
    contract = shop.contract()
    models.Cell.objects.filter(count=21).update(count=22)
    with pytest.raises(content.SnapshotBroken):
        shop.call(contract)
    assert not models.Usage.objects.exists()


def test_a_price_over_the_ceiling_is_refused(shop: Shop) -> None:
    registration = shop.registered()
    offers.pin_snapshot(acting=shop.officer(), registration=registration.id)
    with pytest.raises(Invalid) as refused:
        offers.list_product(acting=shop.officer(), registration=registration.id, price_fen=20_001)
    assert "200.00" in refused.value.fields["price"]
    with pytest.raises(IntegrityError), transaction.atomic():  # nor can it be written past the action
        models.Listing.objects.create(
            registration=registration, price_fen=2, ceiling_fen=1, listed_at=registration.registered_at
        )
    assert (
        offers.list_product(acting=shop.officer(), registration=registration.id, price_fen=20_000).price_fen
        == 20_000
    )


def test_nothing_is_offered_before_it_is_counted(shop: Shop) -> None:
    with pytest.raises(NotNow):
        offers.list_product(acting=shop.officer(), registration=shop.registered().id)


def test_a_table_without_a_single_number_is_not_sold(known: Shop, db: None) -> None:
    known.permits(date(2026, 10, 20), "990101", "tea", 2)
    registration = known.registered()
    offers.pin_snapshot(acting=known.officer(), registration=registration.id)
    with pytest.raises(NotNow, match="nothing to sell"):
        offers.list_product(acting=known.officer(), registration=registration.id)


def test_a_new_price_ends_the_earlier_offer_and_withdrawing_empties_the_window(shop: Shop) -> None:
    first = shop.listed()
    assert shop.listed() == first
    second = offers.list_product(acting=shop.officer(), registration=first.registration_id, price_fen=9_000)
    assert [offer.listing for offer in queries.offers()] == [second]
    offers.withdraw_listing(acting=shop.officer(), registration=first.registration_id)
    assert queries.offers() == []

"""Money: reserved with the finding, never overdrawn, released with a refusal and offered to the next in line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.fixtures import NOON
from tests.work.policies.grants import ACCOUNT, COMMERCE, SMALL, Town, held, reserved

from tongban.base.notices.models import Notice
from tongban.work.policies import models, queries
from tongban.work.policies.actions import expiry, matching, office, owner


def test_the_database_itself_refuses_to_overdraw(town: Town) -> None:
    town.found()
    for wrong in ({"reserved_fen": 200_000_001}, {"reserved_fen": -1}, {"total_fen": SMALL - 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.BudgetYear.objects.update(**wrong)


def test_the_database_itself_refuses_a_second_grant(town: Town) -> None:
    row = town.found()
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Entitlement(
            **{f.attname: getattr(row, f.attname) for f in row._meta.fields if f.name != "id"}
        ).save()


def test_an_exhausted_budget_is_said_honestly_and_reserves_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = [town.shop() for _ in range(3)]
    town.set_aside(monkeypatch, 2 * SMALL)
    rows = [town.found(firm) for firm in firms]
    assert [row.state for row in rows] == ["found", "found", "budget-exhausted"]
    assert rows[2].confirm_by is None
    assert reserved() == held() == 2 * SMALL
    assert (
        Notice.objects.filter(subject=firms[2].pk, title_en__startswith="No money left this year").count()
        == 1
    )


def test_an_amount_is_reserved_whole_or_not_at_all(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    large, small = town.shop(area="320.00"), town.shop()
    town.set_aside(monkeypatch, SMALL)
    assert town.found(large).state == "budget-exhausted"
    assert town.found(small).state == "found"
    assert reserved() == held() == SMALL


def test_a_year_without_a_budget_has_no_money(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = town.shop()
    town.set_aside(monkeypatch, 10 * SMALL)
    town.look(firm, days=320)
    assert models.Entitlement.objects.get().state == "budget-exhausted"
    assert not models.BudgetYear.objects.exists()


def test_a_policy_without_any_budget_is_owed_by_law(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = town.shop()
    town.put_in_force(monkeypatch, budget=())
    row = town.found(firm)
    assert (row.state, row.budget) == ("found", None)
    owner.refuse(acting=town.owner(), entitlement=row.id)


def test_a_refusal_releases_the_money_to_the_first_in_line(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = [town.shop() for _ in range(3)]
    town.set_aside(monkeypatch, SMALL)
    first, second, third = (town.found(firm) for firm in firms)
    owner.refuse(acting=town.owner(days=3), entitlement=first.id)
    states = {row.id: row for row in models.Entitlement.objects.all()}
    assert [states[r.id].state for r in (first, second, third)] == ["refused", "found", "budget-exhausted"]
    assert states[second.id].confirm_by is not None
    assert states[second.id].confirm_by > first.confirm_by
    assert reserved() == held() == SMALL
    assert Notice.objects.filter(subject=firms[1].pk, title_en__startswith="Due to you").count() == 1


def test_a_refusal_gives_everything_back(town: Town) -> None:
    row = town.found()
    owner.refuse(acting=town.owner(), entitlement=row.id)
    owner.refuse(acting=town.owner(), entitlement=row.id)
    assert reserved() == held() == 0
    town.look(town.shops[0], days=1)
    assert models.Entitlement.objects.count() == 1


def test_what_nobody_answers_lapses_after_its_last_day_and_not_on_it(town: Town) -> None:
    row = town.found()
    on_the_last_day = NOON.replace(month=4, day=1, hour=15, minute=59)  # 23:59 of the place
    assert expiry.lapse_overdue(now=on_the_last_day) == 0
    after_midnight = NOON.replace(month=4, day=1, hour=16, minute=1)
    assert expiry.lapse_overdue(now=after_midnight) == 1
    assert expiry.lapse_overdue(now=after_midnight) == 0
    row.refresh_from_db()
    assert (row.state, reserved()) == ("lapsed", 0)


def test_confirmed_and_contested_ones_never_lapse(town: Town) -> None:
    confirmed, contested = town.found(), town.found(town.shop())
    owner.confirm(acting=town.owner(), entitlement=confirmed.id, payee_name="Lin", account=ACCOUNT)
    owner.contest(acting=town.owner(), entitlement=contested.id, text="The area is 120.")
    assert expiry.lapse_overdue(now=NOON.replace(year=2027)) == 0
    assert reserved() == held() == 2 * SMALL


def test_the_money_stays_reserved_until_it_is_paid_and_after(town: Town) -> None:
    row = town.found()
    owner.confirm(acting=town.owner(), entitlement=row.id, payee_name="Lin", account=ACCOUNT)
    office.mark_paid(acting=town.officer(COMMERCE), entitlement=row.id, reference="P-1")
    assert reserved() == held() == SMALL


def test_a_smaller_budget_never_breaks_a_promise(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.found()
    firm = town.shop()
    town.set_aside(monkeypatch, SMALL - 1)
    assert town.found(firm).state == "budget-exhausted"
    line = queries.budget_of(town.pack, town.policy, 2026)
    assert line is not None
    assert (line.total_fen, line.reserved_fen, line.left_fen, line.used_percent) == (SMALL, SMALL, 0, 100)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twelve_shops_at_once_never_overdraw_a_budget_for_five(
    lasting_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = lasting_town
    firms = [town.shop() for _ in range(12)]
    town.set_aside(monkeypatch, 5 * SMALL + SMALL // 2)
    _at_once(
        [
            lambda firm=firm: matching.match(acting=town.system(), subject=firm.pk, cause="test")
            for firm in firms
        ]
    )
    states = sorted(models.Entitlement.objects.values_list("state", flat=True))
    assert states == ["budget-exhausted"] * 7 + ["found"] * 5
    assert reserved() == held() == 5 * SMALL
    found = list(models.Entitlement.objects.filter(state="found"))
    acting = town.owner()
    _at_once([lambda row=row: owner.refuse(acting=acting, entitlement=row.id) for row in found])
    states = sorted(models.Entitlement.objects.values_list("state", flat=True))
    assert states == ["budget-exhausted"] * 2 + ["found"] * 5 + ["refused"] * 5
    assert reserved() == held() == 5 * SMALL


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_shop_looked_at_eight_times_at_once_is_granted_once(lasting_town: Town) -> None:
    town = lasting_town
    firm = town.shop()
    _at_once([lambda: matching.match(acting=town.system(), subject=firm.pk, cause="test") for _ in range(8)])
    assert models.Entitlement.objects.count() == 1
    assert models.MatchingRun.objects.count() == 8
    assert reserved() == held() == SMALL


def _at_once(calls: list) -> None:
    """Every call in a thread and a connection of its own, started together."""
    barrier = Barrier(len(calls))

    def run(call: object) -> None:
        try:
            barrier.wait(timeout=60)
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))

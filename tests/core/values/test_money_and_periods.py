"""Exact amounts and half-open periods."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.core.values.money import Money
from tongban.core.values.period import Period


def test_money_is_written_with_two_digits():
    assert str(Money(128050)) == "CNY 1280.50"
    assert str(Money(-5)) == "CNY -0.05"


def test_money_is_read_from_yuan_exactly():
    assert Money.yuan("0.1") + Money.yuan("0.2") == Money(30)


@pytest.mark.parametrize("text", ["1.234", "ten", "NaN", "Infinity", ""])
def test_money_that_is_no_whole_number_of_fen_is_refused(text: str):
    with pytest.raises(ValueError):
        Money.yuan(text)


def test_different_currencies_do_not_add_or_compare():
    with pytest.raises(ValueError, match="CNY and HKD"):
        _ = Money(1) + Money(1, "HKD")
    with pytest.raises(ValueError, match="CNY and HKD"):
        _ = Money(1) < Money(1, "HKD")


def test_the_largest_remainder_gets_the_odd_fen():
    assert Money(100).split((1, 1, 1)) == (Money(34), Money(33), Money(33))
    assert Money(100).split((0, 2, 1)) == (Money(0), Money(67), Money(33))


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_shares_without_weights_are_refused(weights: tuple[int, ...]):
    with pytest.raises(ValueError, match="weights"):
        Money(1).split(weights)


@settings(deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 1000), min_size=1).filter(lambda weights: sum(weights) > 0),
)
def test_shares_add_up_to_the_fen(fen: int, weights: list[int]):
    shares = Money(fen).split(tuple(weights))
    assert sum(share.fen for share in shares) == fen
    assert all(share.fen == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


def test_a_period_holds_its_first_day_and_not_its_end():
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    assert date(2026, 1, 1) in year
    assert date(2027, 1, 1) not in year
    assert str(year) == "[2026-01-01, 2027-01-01)"


def test_a_period_without_end_goes_on():
    assert date(9999, 12, 31) in Period(date(2026, 1, 1))


def test_periods_that_only_touch_do_not_overlap():
    first = Period(date(2026, 1, 1), date(2026, 7, 1))
    assert not first.overlaps(Period(date(2026, 7, 1)))
    assert first.overlaps(Period(date(2026, 6, 30)))


def test_a_period_of_no_day_is_refused():
    with pytest.raises(ValueError, match="must end after it starts"):
        Period(date(2026, 1, 1), date(2026, 1, 1))

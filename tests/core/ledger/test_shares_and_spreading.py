"""Sharing, spreading and splitting lose no fen."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.ledger import amortise, shares, tax

totals = st.integers(0, 10**13)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(totals, weights)
def test_shares_add_up_to_the_amount_exactly(total: int, by: list[int]) -> None:
    assert sum(shares.largest_remainder(total, by)) == total


@given(totals, weights)
def test_each_share_is_its_proportional_part_to_within_one_fen(total: int, by: list[int]) -> None:
    for share, weight in zip(shares.largest_remainder(total, by), by, strict=True):
        assert abs(share - Fraction(total * weight, sum(by))) < 1


@given(totals, weights)
def test_a_larger_weight_never_gets_less(total: int, by: list[int]) -> None:
    ordered = sorted(zip(by, shares.largest_remainder(total, by), strict=True))
    for (weight, share), (next_weight, next_share) in itertools.pairwise(ordered):
        assert weight == next_weight or share <= next_share


def test_a_tie_goes_to_the_one_named_first() -> None:
    assert shares.largest_remainder(100, (1, 1, 1)) == (34, 33, 33)
    assert shares.largest_remainder(1, (5, 5)) == (1, 0)


@pytest.mark.parametrize("bad", [(), (0, 0), (1, -1)])
def test_weights_that_share_nothing_are_refused(bad: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="weights"):
        shares.largest_remainder(100, bad)


@given(totals, st.integers(0, 100))
def test_a_percentage_and_its_rest_are_the_whole(total: int, percent: int) -> None:
    part, rest = shares.percent_of(total, percent)
    assert part + rest == total
    assert abs(part - Fraction(total * percent, 100)) <= Fraction(1, 2)


def test_more_than_the_whole_is_no_percentage() -> None:
    with pytest.raises(ValueError, match="percentage"):
        shares.percent_of(100, 101)


@given(totals, st.integers(1, 600))
def test_the_months_bear_the_cost_exactly_and_evenly(cost: int, months: int) -> None:
    borne = amortise.straight_line(cost, months)
    assert len(borne) == months
    assert sum(borne) == cost
    assert max(borne) - min(borne) <= 1


def test_a_cost_cannot_be_spread_over_no_month() -> None:
    with pytest.raises(ValueError, match="month"):
        amortise.straight_line(100, 0)


def test_the_tax_in_a_price_is_found() -> None:
    assert tax.included(10_600, 6) == tax.Split(10_000, 600)
    assert tax.included(27_560_000, 6) == tax.Split(26_000_000, 1_560_000)
    assert tax.included(1, 6) == tax.Split(1, 0)


@given(totals, st.integers(0, 20))
def test_net_and_tax_are_the_price_and_the_net_is_the_nearest_fen(gross: int, percent: int) -> None:
    split = tax.included(gross, percent)
    assert split.net_fen + split.tax_fen == gross
    assert abs(split.net_fen - Fraction(gross * 100, 100 + percent)) <= Fraction(1, 2)


def test_a_price_below_zero_has_no_tax() -> None:
    with pytest.raises(ValueError, match="below zero"):
        tax.included(-1, 6)

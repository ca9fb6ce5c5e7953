"""Sharing out a budget, and paying back: the vectors of the field and what must always hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.packs.model_data import Clawback
from tongban.core.planning.allotment import allot
from tongban.core.planning.clawback import Owed, back

QUEUE, BUDGET = [60_000_000, 30_000_000, 20_000_000], 100_000_000


def test_the_vector_of_the_field_in_all_orders() -> None:
    """Budget 1,000,000; in line 600,000, 300,000 and 200,000 yuan."""
    assert allot(QUEUE, BUDGET) == [60_000_000, 30_000_000, 0]
    assert allot(QUEUE, BUDGET, partial=True) == [60_000_000, 30_000_000, 10_000_000]
    assert allot(QUEUE, BUDGET, "pro-rata") == [54_545_454, 27_272_727, 18_181_818]
    assert allot(QUEUE, BUDGET, "score", scores=[1, 5, 5]) == [0, 30_000_000, 20_000_000]


def test_a_smaller_one_behind_may_still_fit_and_equal_scores_keep_their_order() -> None:
    assert allot([50, 60, 40], 100) == [50, 0, 40]
    assert allot([60, 60], 100, "score", scores=[3, 3]) == [60, 0]


def test_what_makes_no_sense_is_refused() -> None:
    for call in (
        lambda: allot([-1], 5),
        lambda: allot([1], -5),
        lambda: allot([1, 2], 3, "score", scores=[1]),
    ):
        with pytest.raises(ValueError, match=r"."):
            call()


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.integers(-5, 5)), max_size=12), st.integers(0, 10**13),
    st.sampled_from(["first-come", "score", "pro-rata"]), st.booleans(),
)  # fmt: skip
def test_no_budget_is_overdrawn_and_nobody_is_given_too_much(
    drawn: list[tuple[int, int]], available: int, order: str, partial: bool
) -> None:
    amounts = [amount for amount, _score in drawn]
    given_ = allot(amounts, available, order, scores=[score for _amount, score in drawn], partial=partial)  # type: ignore[arg-type]
    assert sum(given_) <= available
    assert all(0 <= got <= wanted for got, wanted in zip(given_, amounts, strict=True))
    if sum(amounts) <= available:
        assert given_ == amounts
    elif order == "pro-rata":
        assert sum(given_) > available - len(amounts)
        assert sorted(given_) == [got for _wanted, got in sorted(zip(amounts, given_, strict=True))]
    elif partial and amounts:
        assert sum(given_) == available
    if order == "score" and not partial:
        for place, (amount, score) in enumerate(drawn):
            if not given_[place]:  # it did not fit beside those that come before it
                before = sum(
                    got for other, got in enumerate(given_) if (-drawn[other][1], other) < (-score, place)
                )  # fmt: skip
                assert before + amount > available or amount == 0


def rule(returns: str, months: int | None = None) -> Clawback:
    return Clawback.model_construct(returns=returns, within_months=months)


PAID = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "months", "on", "owed"),
    [
        ("all", None, date(2030, 1, 1), Owed(1_000_000, 0)),
        ("all", 36, date(2029, 3, 1), Owed(0, 0)),
        ("all-with-interest", None, date(2027, 3, 1), Owed(1_000_000, 35_000)),
        ("all-with-interest", None, PAID, Owed(1_000_000, 0)),
        ("pro-rata", 36, PAID, Owed(1_000_000, 0)),
        ("pro-rata", 36, date(2027, 3, 1), Owed(666_970, 0)),  # 731 of 1,096 days are left
        ("pro-rata", 36, date(2029, 3, 1), Owed(0, 0)),
        ("pro-rata", 36, date(2035, 3, 1), Owed(0, 0)),
        ("pro-rata", None, date(2027, 3, 1), Owed(1_000_000, 0)),
    ],
)  # fmt: skip
def test_what_has_to_be_paid_back(kind: str, months: int | None, on: date, owed: Owed) -> None:
    assert (
        back(rule(kind, months), paid_fen=1_000_000, paid_on=PAID, on=on, yearly_rate=Decimal("0.035"))
        == owed
    )


def test_interest_needs_a_rate_and_a_debt_its_payment() -> None:
    with pytest.raises(ValueError, match="no rate"):
        back(rule("all-with-interest"), paid_fen=1, paid_on=PAID, on=PAID)
    with pytest.raises(ValueError, match="before it was paid"):
        back(rule("all"), paid_fen=1, paid_on=PAID, on=date(2026, 2, 28))


@given(st.integers(1, 10**12), st.integers(1, 120), st.integers(0, 5000), st.integers(0, 5000))
def test_later_is_never_more_to_pay_back(paid: int, months: int, first: int, second: int) -> None:
    days = [date.fromordinal(PAID.toordinal() + n) for n in sorted((first, second))]
    early, late = (back(rule("pro-rata", months), paid_fen=paid, paid_on=PAID, on=day) for day in days)
    assert paid >= early.total_fen >= late.total_fen >= 0

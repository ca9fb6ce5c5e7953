"""Debits equal credits, always; a correction is a reversal."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.ledger import accounts, amortise, journal, tax
from tongban.core.ledger.journal import Entry, Line
from tongban.core.values.money import Money

VECTORS = yaml.safe_load((Path(__file__).parent / "vectors.yaml").read_text(encoding="utf-8"))
amounts = st.integers(1, 10**12)
codes = st.sampled_from(sorted(accounts.CHART))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Some debits, and credits that cut the same sum at other places."""
    debits = draw(st.lists(st.tuples(codes, amounts), min_size=1, max_size=5))
    total = sum(amount for _, amount in debits)
    cuts = sorted(draw(st.sets(st.integers(1, total), max_size=4)) - {total})
    credits = [later - earlier for earlier, later in zip([0, *cuts], [*cuts, total], strict=True)]
    lines = [journal.debit(code, amount) for code, amount in debits]
    return Entry((*lines, *(journal.credit(draw(codes), amount) for amount in credits)))


def _booked(vector: dict[str, list[dict[int, str]]]) -> Entry:
    sides = [
        make(str(code), Money.yuan(amount).fen)
        for side, make in (("dr", journal.debit), ("cr", journal.credit))
        for pair in vector[side]
        for code, amount in pair.items()
    ]
    return Entry(tuple(sides))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["event"])
def test_the_entries_of_practice_balance_and_stand_on_the_chart(
    vector: dict[str, list[dict[int, str]]],
) -> None:
    assert journal.check(_booked(vector), accounts.CHART).total_fen > 0


def test_the_amounts_of_practice_follow_from_the_rules() -> None:
    booked = {vector["event"]: _booked(vector) for vector in VECTORS}
    month = booked["one month of 550000 over five years"]
    assert month.lines[0].debit_fen == amortise.straight_line(Money.yuan(550_000).fen, 60)[0]
    fee = booked["licence fee that includes 6 % VAT"]
    split = tax.included(Money.yuan(106_000).fen, 6)
    assert [line.credit_fen for line in fee.lines[1:]] == [split.net_fen, split.tax_fen]


def test_the_development_cost_leaves_nothing_in_progress_once_in_use() -> None:
    booked = [_booked(v) for v in VECTORS if v["event"].startswith(("development", "reaches"))]
    assert journal.balances(booked)["530102"] == 0
    assert journal.balances(booked)["1701"] == Money.yuan(300_000).fen


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ((), journal.EmptyEntry),
        ((journal.debit("1002", 100),), journal.Unbalanced),
        ((journal.debit("1002", 100), journal.credit("6001", 99)), journal.Unbalanced),
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_made(
    lines: tuple[Line, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        Entry(lines)


@pytest.mark.parametrize(
    ("sides", "refusal"),
    [
        ((-1, 0), journal.NegativeAmount),
        ((0, -1), journal.NegativeAmount),
        ((1, 1), journal.BothSides),
        ((0, 0), journal.EmptyLine),
    ],
)
def test_a_line_has_one_side_above_zero(sides: tuple[int, int], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        Line("1002", *sides)


def test_an_account_that_the_chart_does_not_have_is_refused() -> None:
    with pytest.raises(accounts.UnknownAccount):
        journal.check(Entry((journal.debit("9999", 1), journal.credit("1002", 1))), accounts.CHART)


@given(entries())
def test_a_reversal_undoes_its_entry_and_its_own_reversal_is_the_entry(entry: Entry) -> None:
    assert not any(journal.balances([entry, journal.reverse(entry)]).values())
    assert journal.reverse(journal.reverse(entry)) == entry


@given(st.lists(entries(), max_size=6))
def test_whatever_is_booked_the_balances_add_up_to_zero(booked: list[Entry]) -> None:
    assert sum(journal.balances(booked).values()) == 0


def test_a_balance_is_positive_when_its_account_has_grown() -> None:
    net = journal.balances(
        [Entry((journal.debit("1002", 106), journal.credit("6001", 100), journal.credit("222101", 6)))]
    )
    assert [accounts.natural(accounts.CHART[code], net[code]) for code in ("1002", "6001", "222101")] == [
        106,
        100,
        6,
    ]


def test_two_accounts_cannot_share_a_code() -> None:
    with pytest.raises(ValueError, match="same code"):
        accounts.chart(accounts.CHART["1002"], accounts.CHART["1002"])

"""What has to be paid back (追回), by the rule of the policy. Pure; whole fen, days of the civil calendar.

back(policy.clawback[0], paid_fen=10_000_000, paid_on=date(2026, 3, 1), on=date(2027, 3, 1))

all                  the whole amount
all-with-interest    the whole amount, and simple interest for each day since it was paid: amount x rate x days / 365
pro-rata             the part for the time that is left of `within_months`, counted in whole days, rounded down;
                     nothing once that time is over
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from tongban.core.packs.model_data import Clawback
from tongban.core.rules.dates import add_months

YEAR = 365
"""Days of a year in simple interest."""


@dataclass(frozen=True, slots=True)
class Owed:
    principal_fen: int
    interest_fen: int

    @property
    def total_fen(self) -> int:
        return self.principal_fen + self.interest_fen


def back(
    rule: Clawback, *, paid_fen: int, paid_on: date, on: date, yearly_rate: Decimal | None = None
) -> Owed:
    """What is owed when the case of the rule happens on a day. Raises ValueError for a day before the payment, and
    without a rate where interest is owed."""
    if on < paid_on:
        raise ValueError("nothing can be owed before it was paid")
    if rule.returns == "pro-rata":
        return Owed(_left(rule, paid_fen, paid_on, on), 0)
    end = _end(rule, paid_on)
    if end is not None and on >= end:
        return Owed(0, 0)
    if rule.returns == "all":
        return Owed(paid_fen, 0)
    if yearly_rate is None:
        raise ValueError("interest is owed and no rate is given")
    exact = paid_fen * yearly_rate * (on - paid_on).days / YEAR
    return Owed(paid_fen, int(exact.to_integral_value(rounding=ROUND_DOWN)))


def _left(rule: Clawback, paid_fen: int, paid_on: date, on: date) -> int:
    end = _end(rule, paid_on)
    if end is None:
        return paid_fen
    whole, left = (end - paid_on).days, max(0, (end - on).days)
    return paid_fen * left // whole


def _end(rule: Clawback, paid_on: date) -> date | None:
    """First day on which nothing is owed any more; None: there is none."""
    return None if rule.within_months is None else add_months(paid_on, rule.within_months)

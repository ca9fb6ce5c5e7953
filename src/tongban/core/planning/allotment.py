"""Sharing out what a budget holds among those to whom something is due. Pure; whole fen, or whole units of an offer.

    allot([60_000_000, 30_000_000, 20_000_000], 100_000_000, "pro-rata")    # [54_545_454, 27_272_727, 18_181_818]

first-come (先到先得)      in the order of the list, each its whole amount as long as that is there; a later smaller one may
                           still fit. `partial`: the first that does not fit is given the rest, and nobody after it
score (择优)               the same, the highest score first; equal scores in the order of the list
pro-rata (按比例折扣兑现)  everybody the same share, each rounded down; what the rounding leaves stays in the budget

Never more than what is available, never more than the amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Order = Literal["first-come", "score", "pro-rata"]


def allot(
    amounts: Sequence[int],
    available: int,
    order: Order = "first-come",
    *,
    scores: Sequence[int] = (),
    partial: bool = False,
) -> list[int]:
    """What each is given, in the order of `amounts`. Raises ValueError for negative amounts or scores that are missing."""
    if available < 0 or any(amount < 0 for amount in amounts):
        raise ValueError("amounts and what is available are not negative")
    if order == "pro-rata":
        total = sum(amounts)
        return list(amounts) if total <= available else [amount * available // total for amount in amounts]
    places = range(len(amounts))
    if order == "score":
        if len(scores) != len(amounts):
            raise ValueError("every amount needs a score")
        places = sorted(places, key=lambda place: -scores[place])
    given = [0] * len(amounts)
    for place in places:
        if amounts[place] <= available:
            given[place] = amounts[place]
            available -= amounts[place]
        elif partial:
            given[place] = available
            break
    return given

"""Sharing an amount by weights, exact to the fen."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.core.values.money import Money


def largest_remainder(total_fen: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Shares in fen whose sum is exactly `total_fen`; each is its proportional part, rounded down or up.

    The fen left over by rounding down go to the largest remainders; on a tie the earlier weight gets it. A larger
    weight never gets less than a smaller one. Raises ValueError when there are no weights, one is negative, or all
    are zero.
    """
    return tuple(share.fen for share in Money(total_fen).split(tuple(weights)))


def percent_of(total_fen: int, percent: int) -> tuple[int, int]:
    """(`percent` hundredths of the amount, the rest), in fen; half a fen goes to the first."""
    if not 0 <= percent <= 100:
        raise ValueError(f"not a percentage of a whole: {percent}")
    part, rest = largest_remainder(total_fen, (percent, 100 - percent))
    return part, rest

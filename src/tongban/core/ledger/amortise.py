"""Spreading a cost over months."""

from __future__ import annotations

import itertools


def straight_line(cost_fen: int, months: int) -> tuple[int, ...]:
    """What each month bears, in fen: equal to within one fen, and together exactly the cost.

    After every month the sum so far is the proportional part of the cost, rounded half up; so no month waits for the
    last one to set it right. (CNY 550,000 over 60 months: 9,166.67, 9,166.66, 9,166.67, ...) Raises ValueError for a
    negative cost or no months.
    """
    if cost_fen < 0 or months < 1:
        raise ValueError("a cost of zero or more is spread over one month or more")
    borne = [(2 * cost_fen * month + months) // (2 * months) for month in range(months + 1)]
    return tuple(later - earlier for earlier, later in itertools.pairwise(borne))

"""Value-added tax that is contained in a price."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Split:
    """`net_fen + tax_fen` is the price."""

    net_fen: int
    tax_fen: int


def included(gross_fen: int, percent: int) -> Split:
    """Split a price that contains `percent` of tax: CNY 106.00 at 6 % is 100.00 and 6.00.

    The net amount is rounded to the nearest fen, half a fen up; the tax is the rest. (含税价换算：不含税销售额 =
    含税销售额 ÷ (1 + 税率), 增值税暂行条例实施细则 art. 14, recalled.) Raises ValueError below zero.
    """
    if gross_fen < 0 or percent < 0:
        raise ValueError("neither a price nor a rate is below zero")
    whole = 100 + percent
    net = (200 * gross_fen + whole) // (2 * whole)
    return Split(net, gross_fen - net)

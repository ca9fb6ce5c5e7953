"""Exact arithmetic: fractions inside, decimals with a stated number of digits outside, never a float.

`Decimal` operations round to the digits of a hidden context, so no operation here is done on a `Decimal`.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

Number = int | Fraction


def to_fraction(value: int | Decimal) -> Number:
    """The number itself. Raises TypeError for a float, ValueError for a Decimal that is no number."""
    if isinstance(value, int):
        return value
    if not isinstance(value, Decimal):  # pyright: ignore[reportUnnecessaryIsInstance]  # facts come from outside
        raise TypeError(f"{value!r} is not an exact number")
    return Fraction(value)


def to_decimal(value: Number | Decimal, scale: int, *, shift: int = 0) -> Decimal:
    """The number, divided by 10 to the power `shift`, with exactly `scale` digits after the point.

    Raises ValueError when it has more digits than that.
    """
    exact = Fraction(value)
    digits = exact * 10 ** (scale - shift) if scale >= shift else exact / 10 ** (shift - scale)
    if digits.denominator != 1:
        raise ValueError(f"{value} has more than {scale} digits after the point")
    sign, whole = int(digits < 0), str(abs(digits.numerator))
    return Decimal((sign, tuple(int(digit) for digit in whole), -scale))


def round_half_away(value: Number, digits: int = 0) -> Number:
    """To `digits` after the point (negative: before it); a half goes away from zero, as by hand and in SQL."""
    step = Fraction(10) ** -digits
    rounded = math.floor(abs(value) / step + Fraction(1, 2)) * step
    return plain(rounded if value >= 0 else -rounded)


def plain(value: Number) -> Number:
    """An int where the number is whole: ints are several times faster than fractions."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value

"""What a pilot changed: difference in differences with a 95 % interval. Pure; floats, since it estimates.

              before   after
    pilot       72       85        +13
    comparison  70       73         +3      effect: +10

What changed everywhere shows in the comparison district too and is taken off. That is fair only where both districts
would have gone the same way without the pilot, which the numbers themselves cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, variance
from typing import Final

FEW: Final = 30
"""With fewer cases in any of the four cells there is no interval: the normal approximation would not hold."""
Z: Final = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Four:
    """Values of single cases, in percent, in four cells."""

    pilot_before: Sequence[float]
    pilot_after: Sequence[float]
    other_before: Sequence[float]
    other_after: Sequence[float]

    @property
    def cells(self) -> tuple[Sequence[float], ...]:
        return self.pilot_before, self.pilot_after, self.other_before, self.other_after


@dataclass(frozen=True, slots=True)
class Effect:
    """In percentage points."""

    points: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """The interval does not hold zero."""
        return self.low > 0 or self.high < 0


def effect(four: Four) -> Effect | None:
    """None with too few cases in any cell."""
    if any(len(cell) < FEW for cell in four.cells):
        return None
    before, after, other_before, other_after = (fmean(cell) for cell in four.cells)
    points = (after - before) - (other_after - other_before)
    error = Z * sqrt(sum(variance(cell) / len(cell) for cell in four.cells))
    return Effect(points, points - error, points + error)


def mean(cell: Sequence[float]) -> float | None:
    return fmean(cell) if cell else None

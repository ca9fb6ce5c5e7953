"""The effect of a pilot: what changed there beyond what changed everywhere, with an interval that keeps its word."""

from __future__ import annotations

import random

import pytest

from tongban.readers.insight import effects
from tongban.readers.insight.effects import Four


def rates(chance: random.Random, share: float, n: int) -> list[float]:
    """Cases that each reach the goal or not."""
    return [100.0 * (chance.random() < share) for _case in range(n)]


def days(chance: random.Random, mean: float, n: int) -> list[float]:
    return [chance.gauss(mean, 12.0) for _case in range(n)]


def test_what_changed_everywhere_is_taken_off() -> None:
    around = [-1.0, 1.0] * 20
    four = Four(*([mean + d for d in around] for mean in (72.0, 85.0, 70.0, 73.0)))
    found = effects.effect(four)
    assert found is not None
    assert found.points == pytest.approx(10.0)
    assert found.low < 10 < found.high
    assert found.clear


@pytest.mark.parametrize("small", range(4))
def test_too_few_cases_in_any_of_the_four_cells_give_no_effect(small: int) -> None:
    cells = [[50.0, 60.0] * 20 for _cell in range(4)]
    cells[small] = cells[small][:29]
    assert effects.effect(Four(*cells)) is None


@pytest.mark.parametrize("draw", [rates, days])
def test_the_interval_holds_the_true_effect_in_about_ninety_five_of_a_hundred(draw: object) -> None:
    chance = random.Random(20260302)
    means = (0.60, 0.85, 0.55, 0.65) if draw is rates else (60.0, 75.0, 55.0, 60.0)
    true = ((means[1] - means[0]) - (means[3] - means[2])) * (100 if draw is rates else 1)
    held = 0
    for _trial in range(400):
        found = effects.effect(Four(*(draw(chance, mean, 60) for mean in means)))  # type: ignore[operator]
        assert found is not None
        held += found.low <= true <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_a_cell_without_cases_has_no_mean() -> None:
    assert effects.mean([]) is None

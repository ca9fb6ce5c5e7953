"""Who goes is drawn by lot: the same for everybody who draws again, fair over many seeds, and no choice when replaced."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.procedures.drawing import TooFew, draw, next_of, order

POOLS = st.lists(st.text("abcdefgh", min_size=1, max_size=4), min_size=2, max_size=12, unique=True)
SEEDS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(pool=POOLS, seed=SEEDS, data=st.data())
def test_a_draw_can_be_made_again_by_anybody(pool: list[str], seed: str, data: st.DataObject) -> None:
    wanted = data.draw(st.integers(1, len(pool)))
    drawn = draw(pool, seed, wanted)
    assert draw(data.draw(st.permutations(pool)), seed, wanted) == drawn
    assert len(set(drawn)) == wanted
    assert set(drawn) <= set(pool)
    smallest = sorted(pool, key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest())
    assert drawn == tuple(smallest[:wanted])


@given(pool=POOLS, seed=SEEDS)
def test_whoever_replaces_is_the_next_of_the_same_order(pool: list[str], seed: str) -> None:
    ranked = order(pool, seed)
    for gone in range(len(ranked)):
        assert next_of(pool, seed, ranked[:gone]) == ranked[gone]
    with pytest.raises(TooFew):
        next_of(pool, seed, ranked)


def test_too_few_are_refused() -> None:
    with pytest.raises(TooFew) as refused:
        draw(["a"], "0" * 64, 2)
    assert (refused.value.wanted, refused.value.found) == (2, 1)


def test_over_many_seeds_every_pair_goes_about_as_often() -> None:
    pool, times = ["a", "b", "c", "d"], 6000
    counted = Counter(
        frozenset(draw(pool, hashlib.sha256(str(n).encode()).hexdigest(), 2)) for n in range(times)
    )
    pairs = [frozenset(pair) for pair in combinations(pool, 2)]
    expected = times / len(pairs)
    chi_squared = sum((counted[pair] - expected) ** 2 / expected for pair in pairs)
    assert chi_squared < 20.5  # 5 degrees of freedom: one fair draw in a thousand is worse

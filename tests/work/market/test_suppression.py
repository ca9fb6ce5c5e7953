"""Hidden cells stay hidden, whatever one adds up and takes away: tried by brute force on small tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.work.market import suppression
from tongban.work.market.suppression import Key, Table

SHAPES = [(4,), (2, 2), (2, 3), (3, 3), (1, 3), (2, 1, 3), (2, 2, 2)]


@st.composite
def small_tables(draw: st.DrawFn) -> tuple[dict[Key, int], int]:
    """Counts over a small grid, mostly small numbers, and a minimum."""
    shape = draw(st.sampled_from(SHAPES))
    keys = list(product(*(tuple("abcd"[:size]) for size in shape)))
    counts = draw(
        st.lists(st.sampled_from([0, 0, 1, 1, 2, 3, 4, 6, 9]), min_size=len(keys), max_size=len(keys))
    )
    found = {key: count for key, count in zip(keys, counts, strict=True) if count}
    return found, draw(st.integers(2, 4))


def axes_of(counts: Mapping[Key, int]) -> list[list[str]]:
    return [sorted(set(values)) for values in zip(*counts, strict=True)]


def possible(
    table: Table, axes: list[list[str]], totals: Mapping[tuple[str | None, ...], int], most: int
) -> dict[Key, set[int]]:
    """For each hidden cell, every number it has in some table that fits all that is known (none above `most`)."""
    hidden = sorted(table.hidden)
    grid = list(product(*axes))
    found: dict[Key, set[int]] = {key: set() for key in hidden}
    sums = [
        (wanted - sum(table.cells.get(key) or 0 for key in grid if key not in table.hidden and _in(key, total)),
         [i for i, key in enumerate(hidden) if _in(key, total)])
        for total, wanted in totals.items()
    ]  # fmt: skip
    for values in _fill(len(hidden), sums, most):
        for key, value in zip(hidden, values, strict=True):
            found[key].add(value)
    return found


def _in(key: Key, total: tuple[str | None, ...]) -> bool:
    return all(t is None or t == value for t, value in zip(total, key, strict=True))


def _fill(
    size: int, sums: list[tuple[int, list[int]]], most: int, done: tuple[int, ...] = ()
) -> Iterator[tuple[int, ...]]:
    """Backtracking over whole numbers from zero; a sum that can no longer be met ends a branch."""
    for wanted, members in sums:
        so_far = sum(done[i] for i in members if i < len(done))
        if so_far > wanted or (so_far != wanted and all(i < len(done) for i in members)):
            return
    if len(done) == size:
        yield done
        return
    for value in range(most + 1):
        yield from _fill(size, sums, most, (*done, value))


def every_total(counts: Mapping[Key, int], axes: list[list[str]]) -> dict[tuple[str | None, ...], int]:
    """All true totals over one dimension or more that have more than one value: more than we ever publish."""
    active = [i for i, values in enumerate(axes) if len(values) > 1]
    found: dict[tuple[str | None, ...], int] = {}
    for size in range(1, len(active) + 1):
        for summed in combinations(active, size):
            for key in product(*([[None] if i in summed else values for i, values in enumerate(axes)])):
                found[key] = sum(count for at, count in counts.items() if _in(at, key))
    return found


@settings(max_examples=150, deadline=None)
@given(small_tables())
def test_a_hidden_cell_cannot_be_recovered_even_from_every_true_total(
    given_table: tuple[dict[Key, int], int],
) -> None:
    counts, minimum = given_table
    table = suppression.protect(counts, minimum)
    if table.totals is None or not table.hidden:
        return  # thin tables have no totals to subtract from; see below
    axes = axes_of(counts)
    for key, values in possible(table, axes, every_total(counts, axes), sum(counts.values())).items():
        assert len(values) > 1, f"{key} can only be {values}"
        if 0 < counts.get(key, 0) < minimum:
            assert max(values) >= minimum, f"{key} is known to be small: {values}"


@settings(max_examples=300, deadline=None)
@given(small_tables())
def test_no_small_number_is_published_as_a_cell_or_as_a_total(
    given_table: tuple[dict[Key, int], int],
) -> None:
    counts, minimum = given_table
    table = suppression.protect(counts, minimum)
    assert all(count is None or count >= minimum for count in table.cells.values())
    assert all(count == 0 or count >= minimum for count in (table.totals or {}).values())
    assert all(table.cells[key] in (None, count) for key, count in counts.items())


@settings(max_examples=300, deadline=None)
@given(small_tables())
def test_in_a_thin_table_no_line_has_a_single_hidden_cell(given_table: tuple[dict[Key, int], int]) -> None:
    counts, minimum = given_table
    table = suppression.protect(counts, minimum)
    if table.totals is not None or not counts:
        return
    axes = axes_of(counts)
    for key in table.hidden:
        for index, values in enumerate(axes):
            line = [(*key[:index], value, *key[index + 1 :]) for value in values]
            assert len(values) == 1 or sum(other in table.hidden for other in line) > 1


def test_a_table_without_small_cells_is_shown_whole_with_its_totals() -> None:
    counts = {("a", "x"): 5, ("a", "y"): 7, ("b", "x"): 9}
    table = suppression.protect(counts, 5)
    assert table.cells == counts
    assert table.totals == {
        (None, None): 21,
        ("a", None): 12,
        ("b", None): 9,
        (None, "x"): 14,
        (None, "y"): 7,
    }


def test_a_single_small_cell_takes_the_cheapest_others_with_it() -> None:
    counts = {("a", "x"): 2, ("a", "y"): 9, ("a", "z"): 50, ("b", "x"): 8, ("b", "y"): 40, ("b", "z"): 60}
    assert suppression.protect(counts, 5).hidden == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_a_lone_small_cell_leaves_no_total() -> None:
    assert suppression.protect({("a",): 2}, 5) == Table({("a",): None}, None)


def test_nothing_counted_is_an_empty_table() -> None:
    assert suppression.protect({}, 5).cells == {}


def test_what_an_earlier_table_showed_is_not_used_to_hide_and_what_it_hid_stays_hidden() -> None:
    counts = {("a", "x"): 2, ("a", "y"): 9, ("a", "z"): 50, ("b", "x"): 8, ("b", "y"): 40, ("b", "z"): 60}
    table = suppression.protect(
        counts, 5, shown_before=frozenset({("a", "y")}), hidden_before=frozenset({("b", "z")})
    )
    assert table.cells[("a", "y")] == 9
    assert ("b", "z") in table.hidden


def test_a_minimum_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="below two"):
        suppression.protect({("a",): 2}, 1)

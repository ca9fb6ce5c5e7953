"""Hiding small cells so that no total gives them away. Pure.

    protect({("2026-10", "990101"): 2, ("2026-10", "990102"): 9, ...}, minimum=3).cells

A cell with fewer than the minimum is hidden, and others with it. For each small cell there is a *cuboid* of hidden
cells, two values in every dimension: adding n to every second corner and taking n from the others changes no total
over any dimensions (Quaderverfahren, as statistical offices use it). So the published table has a twin that differs
in that cell, and nobody can tell the two apart, however they add and subtract. The cuboid is chosen so that the small
cell could be as large as the minimum.

Where there is no such cuboid, the table is *thin*: no total is given at all, and every cell under the minimum is
hidden, the empty ones too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

Key = tuple[str, ...]
"""One value per dimension."""
Total = tuple[str | None, ...]
"""A key in which None stands for "all of them"."""


@dataclass(frozen=True, slots=True)
class Table:
    """What may be published. A key of the grid that is not in `cells` counts zero."""

    cells: Mapping[Key, int | None]
    """None: hidden."""
    totals: Mapping[Total, int] | None
    """The grand total and one per value of each dimension; None when the table is thin."""

    @property
    def hidden(self) -> frozenset[Key]:
        return frozenset(key for key, count in self.cells.items() if count is None)


def protect(
    counts: Mapping[Key, int],
    minimum: int,
    *,
    shown_before: frozenset[Key] = frozenset(),
    hidden_before: frozenset[Key] = frozenset(),
) -> Table:
    """The table that may be published of these counts; `minimum` is the smallest number that may be shown.

    `shown_before` are cells whose number an earlier table has told, so hiding them hides nothing; `hidden_before`
    those it hid, which stay hidden: two tables must not say together what neither says alone.
    """
    if minimum < 2:
        raise ValueError("a minimum below two hides nothing")
    grid = _Grid(counts, minimum, shown_before, hidden_before)
    hidden = grid.protected()
    totals = grid.totals() if hidden is not None else None
    if hidden is None or totals is None:
        hidden, totals = grid.thin(), None
    cells: dict[Key, int | None] = {key: count for key, count in counts.items() if count}
    cells.update(dict.fromkeys(hidden))
    return Table(dict(sorted(cells.items())), totals)


@dataclass
class _Best:
    """The cheapest cuboid found so far: (counted things, cells) that are hidden with it."""

    cost: tuple[int, int] = (0, 0)
    corners: set[Key] | None = None


@dataclass(frozen=True)
class _Grid:
    counts: Mapping[Key, int]
    minimum: int
    shown_before: frozenset[Key]
    hidden_before: frozenset[Key]

    @cached_property
    def axes(self) -> tuple[tuple[str, ...], ...]:
        """The values that occur in each dimension."""
        keys = [*self.counts, *self.hidden_before]
        return tuple(tuple(sorted(set(values))) for values in zip(*keys, strict=True))

    @cached_property
    def active(self) -> tuple[int, ...]:
        """Dimensions with more than one value; adding up over another one adds nothing."""
        return tuple(index for index, values in enumerate(self.axes) if len(values) > 1)

    @cached_property
    def small(self) -> frozenset[Key]:
        return frozenset(key for key, count in self.counts.items() if 0 < count < self.minimum)

    def protected(self) -> frozenset[Key] | None:
        """Every cell to hide, each in a cuboid; None when some small cell has none."""
        hidden = set(self.small | self.hidden_before)
        for key in sorted(hidden):
            corners = self._cuboid(key, hidden)
            if corners is None:
                return None
            hidden |= corners
        return frozenset(hidden)

    def totals(self) -> dict[Total, int] | None:
        """The totals; None when one of them is itself under the minimum."""
        found: dict[Total, int] = {}
        width = len(self.axes)
        for key, count in self.counts.items():
            wanted: list[Total] = [(None,) * width] if self.active else []
            if len(self.active) > 1:  # with one active dimension its totals would be the cells
                wanted += [(*(None,) * i, key[i], *(None,) * (width - i - 1)) for i in self.active]
            for total in wanted:
                found[total] = found.get(total, 0) + count
        return None if any(0 < count < self.minimum for count in found.values()) else found

    def thin(self) -> frozenset[Key]:
        """Every cell under the minimum, and a second one in each line that would have a single hidden cell."""
        hidden = {key for key in product(*self.axes) if self.counts.get(key, 0) < self.minimum}
        hidden = (hidden - self.shown_before) | self.small | self.hidden_before
        grown = True
        while grown:
            grown = False
            for key in sorted(hidden):
                for line in self._lines(key):
                    if sum(other in hidden for other in line) > 1:
                        continue
                    free = [other for other in line if other != key and other not in self.shown_before]
                    if free:
                        hidden.add(min(free, key=lambda other: (self.counts.get(other, 0), other)))
                        grown = True
        return frozenset(hidden)

    def _cuboid(self, key: Key, hidden: set[Key]) -> set[Key] | None:
        """The corners of the cheapest cuboid around a cell: the fewest counted things are hidden with it."""
        need = self.minimum - self.counts.get(key, 0) if key in self.small else 1
        best = _Best()
        if self.active:
            self._grow([(key, 0)], self.active, need, hidden, (0, 0), best)
        return best.corners

    def _grow(
        self,
        corners: list[tuple[Key, int]],
        left: tuple[int, ...],
        need: int,
        hidden: set[Key],
        cost: tuple[int, int],
        best: _Best,
    ) -> None:
        """Double a cuboid, given as (corner, parity), along the next dimension, cheapest value first (branch and bound).

        Corners of odd parity give `need` away, so they must count that much.
        """
        if not left:
            best.cost, best.corners = cost, {corner for corner, _ in corners}
            return
        index, *rest = left
        key = corners[0][0]
        values = [value for value in self.axes[index] if value != key[index]]
        for value in sorted(values, key=lambda value: (self._price(_with(key, index, value), hidden), value)):
            first = self._price(_with(key, index, value), hidden)
            if best.corners is not None and cost[0] + first > best.cost[0]:
                return
            grown = [(_with(corner, index, value), 1 - parity) for corner, parity in corners]
            if not all(self._gives(corner, need * parity, hidden) for corner, parity in grown):
                continue
            new = [corner for corner, _ in grown if corner not in hidden]
            total = (cost[0] + sum(self.counts.get(corner, 0) for corner in new), cost[1] + len(new))
            if best.corners is None or total < best.cost:
                self._grow([*corners, *grown], tuple(rest), need, hidden, total, best)

    def _price(self, key: Key, hidden: set[Key]) -> int:
        """How many counted things hiding a cell takes away."""
        return 0 if key in hidden else self.counts.get(key, 0)

    def _gives(self, key: Key, need: int, hidden: set[Key]) -> bool:
        """Whether a cell can be hidden and counts at least `need`."""
        return self.counts.get(key, 0) >= need and (key in hidden or key not in self.shown_before)

    def _lines(self, key: Key) -> Iterator[list[Key]]:
        """The cells that differ from a cell in one dimension only, with itself; one line per dimension."""
        for index in self.active:
            yield [_with(key, index, value) for value in self.axes[index]]


def _with(key: Key, index: int, value: str) -> Key:
    return (*key[:index], value, *key[index + 1 :])

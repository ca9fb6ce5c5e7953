"""How far the values of a way can be stretched: from "area: 60" to "area: at least 60".

What is stated holds for every value in it, by the bounds of the rule, or because each value was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import Final

from tongban.core.rules.changes import thresholds
from tongban.core.rules.changes.change import Change, Form
from tongban.core.rules.changes.targets import Targets
from tongban.core.rules.intervals import spans
from tongban.core.rules.states import Absent, Facts, Known
from tongban.core.rules.types import Kind, Range

MAX_CHOICES: Final = 60
"""Most combinations of listed values that are tried when several facts change."""


class Regions:
    def __init__(
        self,
        targets: Targets,
        meets: Callable[[Facts], bool],
        proves: Callable[[Facts, Mapping[str, Range]], bool],
    ) -> None:
        """`meets` tells whether facts give what is wanted; `proves` whether they do for all values in ranges."""
        self._targets = targets
        self._meets = meets
        self._proves = proves

    def stretched(self, changes: tuple[Change, ...], changed: Facts) -> tuple[Change, ...]:
        """The changes, each with all the values that are known to do. `changed` are the facts after them."""
        wide = tuple(self._stretched(change, changed) for change in changes)
        return wide if len(wide) == 1 or self._together(wide, changed) else changes

    def _stretched(self, change: Change, changed: Facts) -> Change:
        match change:
            case Change(after=Absent()):
                return change
            case Change(type=type) if type.kind in spans.ORDERED:
                return self._ranged(change, changed)
            case Change(type=type) if type.kind is Kind.BOOLEAN:
                return change
            case _:
                return self._listed(change, changed)

    def _listed(self, change: Change, changed: Facts) -> Change:
        choices = self._targets.choices(change.name)
        found = [self._meets({**changed, change.name: Known(value)}) for value in choices]
        if change.type.kind is Kind.TEXT and found[-1]:  # the text that nobody has
            failing = tuple(value for value, does in zip(choices, found, strict=True) if not does)
            return replace(change, after=Known(choices[-1]), form=Form.OTHER_THAN, values=failing)
        doing = tuple(value for value, does in zip(choices, found, strict=True) if does)
        return replace(change, form=Form.ONE_OF, values=doing) if len(doing) > 1 else change

    def _ranged(self, change: Change, changed: Facts) -> Change:
        assert isinstance(change.after, Known)
        grid, others = self._targets.grid(change.name), {n: s for n, s in changed.items() if n != change.name}
        value = grid.number(change.after.value)
        now = grid.number(change.before.value) if isinstance(change.before, Known) else None

        def proved(low: int | None, high: int | None) -> bool:
            ends = (None if end is None else grid.value(end) for end in (low, high))
            return self._proves(others, {change.name: Range(*ends)})

        low = high = value
        if now is None or now < value:
            high = self._end(change.name, changed, value, grid.high)
            if not proved(value, high):
                high = value
        if now is None or now > value:
            low = self._end(change.name, changed, value, grid.low)
            if not proved(low, high):
                low = value
        if low is None and high is None:
            return change  # any value at all: its being there is what counts
        first, last = (None if end is None else grid.value(end) for end in (low, high))
        if low == high:
            return change
        form = Form.AT_LEAST if high is None else Form.AT_MOST if low is None else Form.BETWEEN
        return replace(change, form=form, low=first, high=last)

    def _end(self, name: str, changed: Facts, value: int, end: int) -> int | None:
        """The last value on the way to the end before one that does not do, as far as can be seen; None for no such."""
        grid = self._targets.grid(name)
        places = thresholds.points(grid, self._targets.mentioned(name), value)
        way = (
            [n for n in places if value < n <= end]
            if end >= value
            else [n for n in places[::-1] if end <= n < value]
        )
        last = value

        def does(number: int) -> bool:
            return self._meets({**changed, name: Known(grid.value(number))})

        for place in way:
            if not does(place):
                return _last(does, last, place)
            last = place
        return None

    def _together(self, changes: tuple[Change, ...], changed: Facts) -> bool:
        """Whether they do in whatever way their values are put together."""
        ranged = {c.name: Range(c.low, c.high) for c in changes if (c.low, c.high) != (None, None)}
        listed = [[(c.name, value) for value in c.values] for c in changes if c.form is Form.ONE_OF]
        if len(list(product(*listed))) > MAX_CHOICES:
            return False
        fixed = {name: state for name, state in changed.items() if name not in ranged}
        return all(
            self._proves({**fixed, **{name: Known(value) for name, value in one}}, ranged)
            for one in product(*listed)
        )


def _last(does: Callable[[int], bool], good: int, bad: int) -> int:
    """The last value that does before a neighbour that does not."""
    while abs(bad - good) > 1:
        middle = (good + bad) // 2
        if does(middle):
            good = middle
        else:
            bad = middle
    return good

"""The search for the smallest changes: single facts first, then two together, then three."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Final

from tongban.core.rules.bounds import bounds
from tongban.core.rules.changes import thresholds
from tongban.core.rules.changes.change import Change, Form, Way
from tongban.core.rules.changes.regions import Regions
from tongban.core.rules.changes.targets import Target, Targets
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Absent, Facts, Known, Parameters, Unknown, Value
from tongban.core.rules.types import Range

MAX_FACTS: Final = 3
"""Most facts that are changed together."""
MAX_WAYS: Final = 20
"""Most ways that are given."""


class _Exhausted(Exception):
    """As many evaluations as are allowed have been made."""


class Search:
    """One search; `wanted` None stands for any value."""

    def __init__(
        self,
        rule: Rule,
        facts: Facts,
        parameters: Parameters,
        wanted: Value | None,
        codes: Mapping[str, frozenset[str]],
        limit: int,
    ) -> None:
        self._rule = rule
        self._facts = facts
        self._parameters = parameters
        self._wanted = wanted
        self._left = limit
        readings = thresholds.readings(rule.root, parameters)
        if wanted is not None and not isinstance(wanted, bool | str):
            readings = (*readings, thresholds.equals(rule.root, wanted))
        self._targets = Targets(rule, facts, parameters, codes, readings, self._count)

    def ways(self, fixed: Collection[str]) -> list[Way]:
        """The nearest ways that change the fewest facts."""
        if self._meets(self._facts):
            return []
        names = [name for name in self._targets.types if name not in fixed]
        found: list[Way] = []
        try:
            for size in range(1, MAX_FACTS + 1):
                for together in combinations(names, size):
                    self._nearest(together, found)
                if found:
                    break
        except _Exhausted:
            pass  # what was found is good; there may be nearer ones
        found.sort(key=lambda way: (way.distance, [names.index(change.name) for change in way.changes]))
        regions = Regions(self._targets, self._meets, self._proves)
        return [self._stretched(way, regions) for way in found[:MAX_WAYS]]

    def _nearest(self, names: tuple[str, ...], found: list[Way]) -> None:
        """Adds the nearest way that changes just these facts, if there is one; also one found when time runs out."""
        if not self._could(names):
            return
        best: tuple[Fraction, tuple[Target, ...]] | None = None

        def assign(changed: Facts, chosen: tuple[Target, ...], distance: Fraction) -> None:
            nonlocal best
            if len(chosen) == len(names):
                if (best is None or distance < best[0]) and self._counted(changed):
                    best = distance, chosen
                return
            name = names[len(chosen)]
            for target in self._targets.of(name, changed, self._counted if len(names) == 1 else None):
                further = distance + target.distance
                if best is not None and further >= best[0]:
                    return
                assign({**changed, name: target.state}, (*chosen, target), further)

        try:
            assign(self._facts, (), Fraction(0))
        finally:
            if best:
                found.append(Way(tuple(map(self._change, names, best[1])), best[0]))

    def _could(self, names: tuple[str, ...]) -> bool:
        """Whether values of these facts could give what is wanted, and none of them is idle."""
        self._count()
        freed = {name: state for name, state in self._facts.items() if name not in names}
        state = evaluate(self._rule, freed, self._parameters)
        if not isinstance(state, Unknown):
            return self._is_wanted(state)
        if not state.facts.issuperset(names):
            return False
        found = bounds(self._rule, freed, self._parameters)
        return found.may_be_known and (found.values is None or self._wanted in (None, *found.values))

    def _change(self, name: str, target: Target) -> Change:
        form = Form.ABSENT if isinstance(target.state, Absent) else Form.EXACTLY
        return Change(name, self._targets.types[name], self._targets.before(name), target.state, form)

    def _stretched(self, way: Way, regions: Regions) -> Way:
        changed = {**self._facts, **{change.name: change.after for change in way.changes}}
        return replace(way, changes=regions.stretched(way.changes, changed))

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _Exhausted

    def _counted(self, facts: Facts) -> bool:
        self._count()
        return self._meets(facts)

    def _meets(self, facts: Facts) -> bool:
        return self._is_wanted(evaluate(self._rule, facts, self._parameters))

    def _is_wanted(self, state: object) -> bool:
        return isinstance(state, Known) and self._wanted in (None, state.value)

    def _proves(self, facts: Facts, ranges: Mapping[str, Range]) -> bool:
        """Whether every value in the ranges gives what is wanted."""
        found = bounds(self._rule, facts, self._parameters, within=ranges)
        if found.may_be_absent or found.may_be_undefined:
            return False
        return self._wanted is None or found.settled == Known(self._wanted)

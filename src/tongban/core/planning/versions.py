"""Several versions of policies for the same subjects, in one program: what they have in common is worked out once. Pure.

versions = Versions([before, after])
judges = versions.judges(columns, n)
program(versions.rules).prepare(columns, versions.parameters, n).give(judges)
before, after = judges.found
"""

from __future__ import annotations

from collections.abc import Sequence

from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import Judge, Verdicts
from tongban.core.rules.renaming import with_parameters
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Parameters
from tongban.core.rules.to_numpy.columns import Columns
from tongban.core.rules.to_numpy.given import Needs, needs
from tongban.core.rules.to_numpy.instructions import Store
from tongban.core.rules.to_numpy.machine import Found


class Versions:
    def __init__(self, matchers: Sequence[Matcher]) -> None:
        self.matchers = tuple(matchers)
        self.rules: dict[str, Rule] = {}
        values: dict[str, object] = {}
        for number, matcher in enumerate(self.matchers):
            # the first to name a parameter keeps its name, and so does whoever gives it the same value
            names = {
                name: f"{number} {name}"
                for name, value in matcher.parameters.items()
                if name in values and not _same(values[name], value)
            }
            values |= {names.get(name, name): value for name, value in matcher.parameters.items()}
            for name, rule in matcher.rules.items():
                self.rules[f"{number} {name}"] = with_parameters(rule, names)
        self.parameters: Parameters = values  # type: ignore[assignment]
        self.needs: Needs = needs(rule.root for rule in self.rules.values())
        """The columns that any of them reads."""

    def judges(self, columns: Columns, n: int) -> Judges:
        return Judges([matcher.judge(columns, n) for matcher in self.matchers])


class Judges:
    """A judge for each version: a sink (`machine.Sink`)."""

    def __init__(self, judges: Sequence[Judge]) -> None:
        self._judges = judges

    @property
    def found(self) -> list[dict[str, Verdicts]]:
        return [judge.found for judge in self._judges]

    def put(self, line: Store, rows: slice, found: Found) -> None:
        number, _, rule = line.name.partition(" ")
        self._judges[int(number)].take(rule, rows, found)


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other

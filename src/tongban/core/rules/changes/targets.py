"""The values of a fact that are worth trying: those at which something in the rule switches over.

The distance of a value from what the fact is now:

    numbers, money    |difference| / (1 + |the fact|), so that it counts how large the fact is
    dates             years
    others            1
    not known yet     0: it may be so already
    from or to none   2
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from tongban.core.rules import ir
from tongban.core.rules.changes import thresholds
from tongban.core.rules.changes.thresholds import Grid, Reading
from tongban.core.rules.intervals import spans
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Parameters, Value
from tongban.core.rules.types import Kind, Type

MAX_TARGETS: Final = 12
"""Most values of one fact that are tried: the nearest."""
DAYS: Final = 365
"""Of a year, for distances."""

Look: TypeAlias = Callable[[Facts], Hashable]
"""What the whole rule comes to, as far as it matters; counted by the caller."""


@dataclass(frozen=True, slots=True)
class Target:
    state: Known | Absent
    distance: Fraction


class Targets:
    """Finds them, and remembers where a reading switches while the facts that it reads stay the same."""

    def __init__(
        self,
        rule: Rule,
        facts: Facts,
        parameters: Parameters,
        codes: Mapping[str, frozenset[str]],
        readings: Sequence[Reading],
        count: Callable[[], None],
    ) -> None:
        """`count` is called for each evaluation, and may raise to end the search."""
        self._rule = rule
        self._facts = facts
        self._parameters = parameters
        self._codes = codes
        self._readings = readings
        self._count = count
        self._remembered: dict[Hashable, tuple[int, ...]] = {}
        self.types = {node.name: node.type for node in ir.walk(rule.root) if isinstance(node, ir.Fact)}
        """The facts that the rule reads, in the order of the text."""

    def before(self, name: str) -> Known | Absent | None:
        """What the fact is now. Raises TypeError when it is a relation."""
        state = self._facts.get(name)
        if state is None or isinstance(state, Known | Absent):
            return state
        raise TypeError(f"the fact '{name}' cannot be a list of members")

    def grid(self, name: str) -> Grid:
        """For facts of an ordered type."""
        return thresholds.grid(self.types[name], self._rule.ranges.get(name))

    def of(self, name: str, changed: Facts, look: Look | None = None) -> list[Target]:
        """The nearest targets of a fact, when others are as `changed`. `look` reads the rule beside its parts."""
        type, before = self.types[name], self.before(name)
        found: dict[Known | Absent, Fraction] = {}
        for value in self._values(name, changed, look):
            found[Known(value)] = _distance(type, before, value)
        found[ABSENT] = Fraction(2)
        if before is not None:
            found.pop(before, None)
        order = {state: place for place, state in enumerate(reversed(found))}  # of two as near, the greater
        nearest = sorted(found.items(), key=lambda item: (item[1], order[item[0]]))
        return [Target(state, distance) for state, distance in nearest[:MAX_TARGETS]]

    def mentioned(self, name: str) -> tuple[Value, ...]:
        """Values of the fact's type in the rule and among what is known."""
        return thresholds.mentioned(self._rule.root, self.types[name], self._facts, self._parameters)

    def choices(self, name: str) -> tuple[Value, ...]:
        """All values of a fact that is not ordered; of a text those that are mentioned, and one that is not."""
        type, mentioned = self.types[name], self.mentioned(name)
        match type.kind:
            case Kind.BOOLEAN:
                return True, False
            case Kind.CODE:
                return tuple(sorted(self._codes.get(type.codes or "", frozenset()))) or mentioned
            case _:
                return *mentioned, other_text(mentioned)

    def _values(self, name: str, changed: Facts, look: Look | None) -> Iterator[Value]:
        if self.types[name].kind not in spans.ORDERED:
            yield from self.choices(name)
            return
        grid, mentioned, before = self.grid(name), self.mentioned(name), self.before(name)
        near = grid.number(before.value) if isinstance(before, Known) else _origin(grid, mentioned)
        near = min(max(near, grid.low), grid.high)
        places = thresholds.points(grid, mentioned, near)
        yield grid.value(near)
        for reading in self._readings:
            if name in reading.facts:
                for number in self._switches(reading, name, changed, places):
                    yield grid.value(number)
        if look:
            for number in thresholds.switches(
                lambda n: look({**changed, name: Known(grid.value(n))}), places
            ):
                yield grid.value(number)

    def _switches(
        self, reading: Reading, name: str, changed: Facts, places: Sequence[int]
    ) -> tuple[int, ...]:
        beside = tuple((other, changed.get(other)) for other in sorted(reading.facts - {name}))
        key = (reading, name, *((n, s) for n, s in beside if isinstance(s, Known | Absent | None)))
        if key not in self._remembered:
            grid = self.grid(name)

            def read(number: int) -> Hashable:
                self._count()
                return reading.read({**changed, name: Known(grid.value(number))}, self._parameters)

            self._remembered[key] = tuple(thresholds.switches(read, places))
        return self._remembered[key]


def other_text(mentioned: Sequence[Value]) -> str:
    """A text that is none of these."""
    text = "?"
    while text in mentioned:
        text += "?"
    return text


def _origin(grid: Grid, mentioned: Sequence[Value]) -> int:
    """Where to begin with a fact of which no value is known: a day that is mentioned, nothing of all else."""
    if grid.type.kind is not Kind.DATE:
        return 0
    return grid.number(mentioned[0]) if mentioned else thresholds.A_DAY


def _distance(type: Type, before: Known | Absent | None, value: Value) -> Fraction:
    match before:
        case None:
            return Fraction(0)
        case Absent():
            return Fraction(2)
        case Known() if type.kind not in spans.ORDERED:
            return Fraction(1)
        case Known():
            now = Fraction(spans.inner(before.value))
            difference = abs(Fraction(spans.inner(value)) - now)
            if type.kind is Kind.DATE:
                return difference / DAYS
            unit = 100 if type.kind is Kind.MONEY else 1
            return difference / (unit + abs(now))

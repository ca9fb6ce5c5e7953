"""At which values of a fact something in a rule switches over, everything else staying as it is.

    area >= 60 AND area < 100     area switches at 59.9 | 60.0 and at 99.9 | 100.0

Each comparison of a rule is read as an order (below, equal, above), so that `=` has its two sides too. Between two
values that read differently the switch is found by halving, exactly, in steps of the fact's own last digit. Where
a comparison switches more often than the values looked at can show, some switches are missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, TypeAlias

from tongban.core.rules import ir
from tongban.core.rules.evaluate import evaluate_node
from tongban.core.rules.intervals import spans
from tongban.core.rules.literals import same_kind
from tongban.core.rules.states import Brackets, Facts, Known, Parameters, State, Value
from tongban.core.rules.types import MAX_DIGITS, Kind, Range, Type

BOOLEAN: Final = Type(Kind.BOOLEAN)
A_DAY: Final = 730_120
"""The first of January 2000: where to begin where no day is mentioned."""
_SEEDS: Final = 12
"""Most values, beside the ends, that a fact is tried with to find out where something switches."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Conditions that are read together: what they come out as says on which side of a switch one is."""

    parts: tuple[ir.Node, ...]
    facts: frozenset[str]

    def read(self, facts: Facts, parameters: Parameters) -> Hashable:
        return tuple(kind_of(evaluate_node(part, BOOLEAN, facts, parameters)) for part in self.parts)


def kind_of(state: State) -> Hashable:
    """A condition's state, without what it is open by and why it is undefined."""
    return state if isinstance(state, Known) else type(state)


def readings(root: ir.Node, parameters: Parameters) -> tuple[Reading, ...]:
    """Of every comparison, condition, divisor and table in the rule that can be read by itself."""
    found: dict[tuple[ir.Node, ...], Reading] = {}
    for node in _outside_aggregates(root):
        for parts in _parts(node, parameters):
            names = frozenset(name for part in parts for name in ir.facts(part))
            if names:
                found[parts] = Reading(parts, names)
    return tuple(found.values())


def equals(node: ir.Node, value: Value) -> Reading:
    """Reads how the node stands to a value of its type."""
    parts = _order(node, ir.Literal(value, type=node.type, line=node.line, column=node.column))
    return Reading(parts, frozenset(ir.facts(node)))


def _outside_aggregates(node: ir.Node) -> Iterator[ir.Node]:
    yield node
    if not isinstance(node, ir.Aggregate):
        for child in ir.children(node):
            yield from _outside_aggregates(child)


_Parts: TypeAlias = tuple[ir.Node, ...]


def _parts(node: ir.Node, parameters: Parameters) -> Iterator[_Parts]:
    match node:
        case ir.Compare():
            yield _order(node.left, node.right)
        case ir.Between():
            yield _order(node.operand, node.low)
            yield _order(node.operand, node.high)
        case ir.In():
            for item in node.items:
                yield _order(node.operand, item)
        case ir.Quotient():
            zero = ir.Literal(0, type=Type(Kind.INTEGER), line=node.line, column=node.column)
            yield _order(node.denominator, zero)
        case ir.Bracket():
            table = parameters.get(node.table)
            for lower in table.lower if isinstance(table, Brackets) else ():
                yield _order(
                    node.operand, ir.Literal(lower, type=node.key, line=node.line, column=node.column)
                )
        case ir.IsNull() | ir.Aggregate(type=Type(kind=Kind.BOOLEAN)):
            yield (node,)
        case _:
            pass


def _order(left: ir.Node, right: ir.Node) -> _Parts:
    """Equal or not; and which one is less, where there is an order."""
    line, column = left.line, left.column
    equal = ir.Compare("=", left, right, type=BOOLEAN, line=line, column=column)
    if left.type.kind not in spans.ORDERED:
        return (equal,)
    return equal, ir.Compare("<", left, right, type=BOOLEAN, line=line, column=column)


# -- values of a fact as whole numbers ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that an ordered fact can have, as whole numbers: days, fen, units of the last digit."""

    type: Type
    low: int
    high: int

    def number(self, value: Value) -> int:
        """Raises TypeError for a value of another type. One between two steps goes to the lower."""
        return math.floor(Fraction(spans.inner(value)) / spans.step(self.type))

    def value(self, number: int) -> Value:
        return spans.outer(self.type, number * spans.step(self.type))


def grid(type: Type, declared: Range | None) -> Grid:
    """Inside the declared range, or else everything that a fact of the type can hold."""
    most = 10**MAX_DIGITS - 1
    low, high = (spans.FIRST_DAY, spans.LAST_DAY) if type.kind is Kind.DATE else (-most, most)
    whole = Grid(type, low, high)
    if declared and declared.low is not None:
        low = max(low, -math.floor(-Fraction(spans.inner(declared.low)) / spans.step(type)))
    if declared and declared.high is not None:
        high = min(high, whole.number(declared.high))
    return Grid(type, low, max(low, high))


def mentioned(root: ir.Node, type: Type, facts: Facts, parameters: Parameters) -> tuple[Value, ...]:
    """Values of the type that the rule or its subject mentions, each once, in the order of the text."""
    found: dict[Value, None] = {}

    def take(other: Type, value: Value) -> None:
        if same_kind(other, type):
            found[value] = None

    for node in ir.walk(root):
        match node:
            case ir.Literal():
                take(node.type, node.value)
            case ir.Parameter():
                value = parameters.get(node.name)
                if value is not None and not isinstance(value, Brackets):
                    take(node.type, value)
            case ir.Bracket():
                table = parameters.get(node.table)
                for value in table.lower if isinstance(table, Brackets) else ():
                    take(node.key, value)
            case ir.Fact():
                state = facts.get(node.name)
                if isinstance(state, Known):
                    take(node.type, state.value)
            case _:
                pass
    return tuple(found)


def points(grid: Grid, mentioned: Iterable[Value], near: int) -> list[int]:
    """Where to look, in rising order: the ends, what is mentioned, and around it and around nothing."""
    unit = 10**grid.type.scale
    around = [near, *([] if grid.type.kind is Kind.DATE else [-unit, -1, 0, 1, unit])]
    around += [grid.number(value) for value in mentioned][:_SEEDS]
    return sorted({grid.low, grid.high, *(n for n in around if grid.low <= n <= grid.high)})


def switches(read: Callable[[int], Hashable], points: Sequence[int]) -> Iterator[int]:
    """Both sides of each switch between the points."""
    found = [(point, read(point)) for point in points]
    for (low, before), (high, after) in pairwise(found):
        while before != after:
            last, first = _halve(read, low, before, high)
            yield last
            yield first
            low, before = first, read(first)


def _halve(read: Callable[[int], Hashable], low: int, before: Hashable, high: int) -> tuple[int, int]:
    """Neighbours between which the reading first ceases to be that of the lower end, or some such."""
    while high - low > 1:
        middle = (low + high) // 2
        if read(middle) == before:
            low = middle
        else:
            high = middle
    return low, high

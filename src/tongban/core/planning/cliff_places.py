"""Where rules read one number about a subject differently on its two sides: the places at which an amount can jump. Pure.

    taxable_income <= 3000000        3,000,000.00 | 3,000,000.01
    FLOOR(staff / 10) * 1000         9 | 10, 19 | 20, ...

Comparisons, brackets and divisors are found by `rules.changes.thresholds`; here come LEAST, GREATEST and ABS, which bend,
and ROUND, FLOOR, CEIL and sums over members, which go in steps. All else is smooth. Between two values that read
differently the place is found by halving, so whatever stands in between (`rent * 12 / income`) need not be solved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.changes import thresholds
from tongban.core.rules.changes.thresholds import BOOLEAN, Grid, Reading
from tongban.core.rules.evaluate import evaluate_node
from tongban.core.rules.states import Facts, Known, Parameters
from tongban.core.rules.types import Kind, Type

MAX_STEPS: Final = 500
"""Most steps of one rounding between two other places; where there are more, the rest is not looked at."""
_PASSES: Final = 4
_EVENLY: Final = 16
_FEN: Final = 2
"""Digits of a yuan to which money is rounded without a step worth naming."""

Look = Callable[[int], Hashable]


@dataclass(frozen=True, slots=True)
class Places:
    numbers: tuple[int, ...]
    """Both sides of each place on the grid, and its two ends, in rising order."""
    open: tuple[tuple[int, int], ...]
    """Stretches with more steps than are looked at."""


def places(roots: Sequence[ir.Node], fact: str, facts: Facts, parameters: Parameters, grid: Grid) -> Places:
    """Of some rules together, everything but the fact staying as it is."""

    def given(number: int) -> Facts:
        return {**facts, fact: Known(grid.value(number))}

    def read(reading: Reading) -> Look:
        return lambda number: reading.read(given(number), parameters)

    def value(node: ir.Node) -> Look:
        return lambda number: evaluate_node(node, node.type, given(number), parameters)

    looks = [read(one) for root in roots for one in readings_of(root, parameters) if fact in one.facts]
    found = _switched(looks, _samples(roots, facts, parameters, grid))
    stepped = {node: value(node) for root in roots for node in _stepping(root) if fact in ir.facts(node)}
    open_: list[tuple[int, int]] = []
    for low, high in pairwise(sorted(found)) if stepped else ():
        for look in stepped.values():
            steps = list(islice(thresholds.switches(look, (low, high)), 2 * MAX_STEPS + 1))
            found.update(steps)
            if len(steps) > 2 * MAX_STEPS:
                open_.append((max(steps), high))
    return Places(tuple(sorted(found)), tuple(open_))


def readings_of(root: ir.Node, parameters: Parameters) -> tuple[Reading, ...]:
    """Of everything that switches or bends, each once."""
    bends = (part for node in ir.walk(root) for part in _bends(node))
    return (
        *thresholds.readings(root, parameters),
        *(Reading((one,), frozenset(ir.facts(one))) for one in bends),
    )


def _bends(node: ir.Node) -> Iterator[ir.Node]:
    """Which of the arguments is the less, and on which side of nothing."""
    if not isinstance(node, ir.Call):
        return
    if node.function in (ir.Function.LEAST, ir.Function.GREATEST):
        for left, right in combinations(node.arguments, 2):
            yield ir.Compare("<", left, right, type=BOOLEAN, line=node.line, column=node.column)
    elif node.function is ir.Function.ABS:
        (operand,) = node.arguments
        nothing = ir.Literal(0, type=operand.type, line=node.line, column=node.column)
        if operand.type.kind in (Kind.INTEGER, Kind.MONEY):
            yield ir.Compare("<", operand, nothing, type=BOOLEAN, line=node.line, column=node.column)


def _stepping(root: ir.Node) -> Iterator[ir.Node]:
    """Whatever stays the same for a while and then is another."""
    for node in ir.walk(root):
        match node:
            case ir.Round():
                if node.type.kind is not Kind.MONEY or node.digits < _FEN:
                    yield node
            case ir.Call(function=ir.Function.FLOOR | ir.Function.CEIL) | ir.Aggregate():
                yield node
            case _:
                pass


def _switched(looks: Collection[Look], samples: set[int]) -> set[int]:
    """Both sides of each place, with the ends. What is found is looked at again from there, for what lies in between."""
    ends = {min(samples), max(samples)}
    found: set[int] = set(ends)
    for _ in range(_PASSES):
        points = sorted(samples | found)
        more = {number for look in looks for number in thresholds.switches(look, points)} - found
        if not more:
            break
        found |= more
        between = sorted(found)
        samples = samples | {(low + high) // 2 for low, high in pairwise(between)}
    return found


def _samples(roots: Iterable[ir.Node], facts: Facts, parameters: Parameters, grid: Grid) -> set[int]:
    """Values worth looking at: what the rules mention, and others from the smallest to the greatest."""
    unit = 100 if grid.type.kind is Kind.MONEY else 10**grid.type.scale
    near: set[int] = {grid.low, grid.high, 0, unit}
    for root in roots:
        near |= {grid.number(one) for one in thresholds.mentioned(root, grid.type, facts, parameters)}
    near |= {number + by for number in near for by in (-unit, -1, 1, unit)}
    size, most = 1, max(abs(grid.low), abs(grid.high))
    while size <= most:
        near |= {size, -size, 2 * size, 5 * size}
        size *= 10
    width = grid.high - grid.low
    near |= {grid.low + width * part // _EVENLY for part in range(_EVENLY + 1)}
    return {number for number in near if grid.low <= number <= grid.high}


def fixed(
    roots: Sequence[ir.Node], fact: str, parameters: Parameters, grid: Grid
) -> tuple[tuple[int, ...], frozenset[str]]:
    """The last values before each place that is the same for every subject, and the facts by which others move.

    `taxable_income <= 3000000` is at one place for everybody, `layoffs / staff <= 0.055` is not.
    """
    readings = [one for root in roots for one in readings_of(root, parameters) if fact in one.facts]
    alone = [one for one in readings if not one.facts - {fact}]
    others = frozenset(name for one in readings for name in one.facts) - {fact}

    def read(reading: Reading) -> Look:
        return lambda number: reading.read({fact: Known(grid.value(number))}, parameters)

    found = sorted(_switched([read(one) for one in alone], _samples(roots, {}, parameters, grid)))
    return tuple(low for low, high in pairwise(found) if high == low + 1), others


def turned(
    root: ir.Node, fact: str, parameters: Parameters, before: Facts, after: Facts
) -> tuple[ir.Node, ...]:
    """The comparisons with the fact that come out differently before and after; else the tables and steps that do."""

    def differs(node: ir.Node, type: Type) -> bool:
        states = (evaluate_node(node, type, facts, parameters) for facts in (before, after))
        return len({thresholds.kind_of(state) for state in states}) > 1

    def among(kinds: tuple[type[ir.Node], ...]) -> tuple[ir.Node, ...]:
        found = (node for node in ir.walk(root) if isinstance(node, kinds) and fact in ir.facts(node))
        return tuple(dict.fromkeys(node for node in found if differs(node, node.type)))

    return among((ir.Compare, ir.Between, ir.In)) or among((ir.Bracket, ir.Round, ir.Call, ir.Aggregate))

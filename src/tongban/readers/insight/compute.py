"""An indicator over the records of its log: pure, exact, and with the records behind every number.

    rule:      counts `closed`, numerator `on_time`, denominator `TRUE`
    records:   A on time, B late, C still open, D closed and never accepted (its `on_time` is absent)
    result:    50.0 %, 1 of 2 (A, B); missed: B; left out: D; C does not count

A share is the sum of the numerators over the sum of the denominators, a true counting one. A record whose `counts`,
numerator or denominator is absent, unknown or undefined is left out and said to be. No record at all is no number:
missing is shown as missing and never as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from tongban.core.packs.model_data import Indicator
from tongban.core.rules import exact
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Known

Row = Mapping[str, Any]
FEW: Final = 30
"""Numbers over fewer records are marked and not ranked."""
SMALLEST: Final = 3
"""Fewer records than this are not told apart in public."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One record that counts, with what it adds above and below the line."""

    row: Row
    numerator: Fraction
    denominator: Fraction

    @property
    def number(self) -> str:
        return self.row["number"]


@dataclass(frozen=True, slots=True)
class Counting:
    counted: tuple[Counted, ...] = ()
    left_out: tuple[Row, ...] = ()
    """They would count, or may, but a value is missing."""


@dataclass(frozen=True, slots=True)
class Result:
    """A number and what it is made of."""

    value: Fraction | None
    """As a share of one, after the complement. None: missing."""
    numerator: Fraction
    denominator: Fraction
    counted: tuple[Counted, ...]
    missed: tuple[Counted, ...]
    """Records that fall short of what a good place reaches: the targets (监测靶点) to repair."""
    left_out: tuple[Row, ...]

    @property
    def n(self) -> int:
        return len(self.counted)

    @property
    def few(self) -> bool:
        """Too few to rank."""
        return self.n < FEW

    @property
    def percent(self) -> str:
        """With one decimal, halves away from zero: `66.7`, `−4.0`. Empty when missing."""
        return "" if self.value is None else percent(self.value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a breakdown. `names` are the values that it holds: several where small ones were put together."""

    names: tuple[str, ...]
    result: Result


def count(rules: tuple[Rule, Rule, Rule], rows: Iterable[Row]) -> Counting:
    """Evaluate the rules of an indicator over records. Whether its number is a complement comes later."""
    counts, above, below = rules
    counted: list[Counted] = []
    left_out: list[Row] = []
    for row in rows:
        told = evaluate(counts, facts(row, counts), {})
        if told == Known(False):
            continue
        numerator, denominator = _number(above, row), _number(below, row)
        if told != Known(True) or numerator is None or denominator is None:
            left_out.append(row)
        else:
            counted.append(Counted(row, numerator, denominator))
    return Counting(tuple(counted), tuple(left_out))


def result(indicator: Indicator, counting: Counting) -> Result:
    numerator = sum((c.numerator for c in counting.counted), Fraction(0))
    denominator = sum((c.denominator for c in counting.counted), Fraction(0))
    return Result(
        value=_share(indicator, numerator, denominator),
        numerator=numerator,
        denominator=denominator,
        counted=counting.counted,
        missed=tuple(c for c in counting.counted if _falls_short(indicator, c)),
        left_out=counting.left_out,
    )


def own_value(indicator: Indicator, counted: Counted) -> Fraction | None:
    """The indicator over this one record; None when it has nothing below the line."""
    return _share(indicator, counted.numerator, counted.denominator)


def chosen(counting: Counting, wanted: Callable[[Row], bool]) -> Counting:
    """The part of a counting whose records are wanted."""
    return Counting(
        tuple(c for c in counting.counted if wanted(c.row)),
        tuple(row for row in counting.left_out if wanted(row)),
    )


def breakdown(indicator: Indicator, counting: Counting, by: str) -> list[Cell]:
    """One line per value of a text fact, those with most records first. Absent values stand together as an empty name."""
    parts: dict[str, Counting] = {}
    for c in counting.counted:
        name = str(c.row.get(by) or "")
        part = parts.get(name, Counting())
        parts[name] = replace(part, counted=(*part.counted, c))
    cells = [Cell((name,), result(indicator, part)) for name, part in parts.items()]
    return sorted(cells, key=lambda cell: (-cell.result.n, cell.names))


def for_everybody(indicator: Indicator, cells: Sequence[Cell]) -> list[Cell]:
    """The same without small cells: those under `SMALLEST` are put together, with the next larger ones if need be.

    The lines still add up to the whole, so none of them can be found by subtraction. Nothing is left to show when
    all of them together are too few.
    """
    by_size = sorted(cells, key=lambda cell: cell.result.n)
    together: list[Cell] = []
    while by_size and (by_size[0].result.n < SMALLEST or 0 < _records(together) < SMALLEST):
        together.append(by_size.pop(0))
    if not together:
        return list(cells)
    if _records(together) < SMALLEST:
        return []
    counted = tuple(c for cell in together for c in cell.result.counted)
    names = tuple(name for cell in together for name in cell.names)
    merged = Cell(names, result(indicator, Counting(counted)))
    return [*(cell for cell in cells if cell not in together), merged]


def facts(row: Row, *rules: Rule) -> dict[str, Known | Absent]:
    """What the rules read of a record. None is known to be absent; a fact that is not in the record is unknown."""
    names = frozenset[str]().union(*(rule.facts for rule in rules))
    return {name: ABSENT if row[name] is None else Known(row[name]) for name in names if name in row}


def percent(share: Fraction) -> str:
    tenths = int(exact.round_half_away(share * 1000))
    return f"{'−' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"


def _number(rule: Rule, row: Row) -> Fraction | None:
    match evaluate(rule, facts(row, rule), {}):
        case Known(value=bool() | int() as value):
            return Fraction(value)
        case _:
            return None


def _share(indicator: Indicator, numerator: Fraction, denominator: Fraction) -> Fraction | None:
    if denominator == 0:
        return None
    share = numerator / denominator
    return 1 - share if indicator.complement else share


def _falls_short(indicator: Indicator, counted: Counted) -> bool:
    value = own_value(indicator, counted)
    if value is None:
        return False
    higher = indicator.better == "higher"
    best = Fraction(100 if higher else 0)
    wanted = (best if indicator.frontier_percent is None else indicator.frontier_percent) / Fraction(100)
    return value < wanted if higher else value > wanted


def _records(cells: Iterable[Cell]) -> int:
    return sum(cell.result.n for cell in cells)

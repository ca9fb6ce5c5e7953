"""What the rows of a decision table leave open or say twice, each with a subject that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.exact import to_decimal
from tongban.core.rules.functions import Inner
from tongban.core.rules.states import Value
from tongban.core.rules.tables.cells import Test
from tongban.core.rules.tables.conditions import Header
from tongban.core.rules.tables.regions import Input, Regions, Subject, TooManyRegions
from tongban.core.rules.tables.table import DecisionTable, Policy, TableProblem, at
from tongban.core.rules.types import Kind, Range, Type, Vocabulary

MAX_FINDINGS: Final = 20
"""Most pairs of rows that are spoken of."""


@dataclass(frozen=True, slots=True)
class Findings:
    problems: tuple[TableProblem, ...]
    """Overlaps of `unique`, conflicts of `any`, and what no row takes where there must be a result."""
    warnings: tuple[TableProblem, ...]
    """Rows that no subject reaches."""


def look(
    table: DecisionTable,
    vocabulary: Vocabulary,
    headers: Sequence[Header],
    tests: Sequence[Sequence[Test]],
    values: Mapping[str, Sequence[ir.Node]],
) -> Findings:
    """Everything there is to say. `tests` and `values` are those of the table's lines, in their order."""
    look = _Look(table, headers, Regions([_input(given, vocabulary) for given in headers], tests), values)
    problems: list[TableProblem] = []
    if table.policy in (Policy.UNIQUE, Policy.ANY):
        problems += look.pairs()
    if table.otherwise is None and table.policy not in (Policy.SUM, Policy.COUNT):
        problems += look.gap()
    return Findings(tuple(problems), tuple(look.unreached()))


class _Look:
    def __init__(
        self,
        table: DecisionTable,
        headers: Sequence[Header],
        regions: Regions,
        values: Mapping[str, Sequence[ir.Node]],
    ) -> None:
        self._table = table
        self._headers = headers
        self._regions = regions
        self._values = values

    def pairs(self) -> list[TableProblem]:
        """Of any two rows that take the same subject, that they do, or that they say different things of it."""
        found: list[TableProblem] = []
        for first, second in combinations(range(len(self._table.lines)), 2):
            if len(found) == MAX_FINDINGS:
                break
            if self._table.policy is Policy.UNIQUE:
                found += self._overlap(first, second)
            else:
                found += self._conflicts(first, second)
        return found

    def gap(self) -> list[TableProblem]:
        hint = "Add a row for it, or an else row."
        try:
            subject = self._regions.untaken(range(len(self._table.lines)))
        except TooManyRegions:
            message = "Whether every subject is taken by a row cannot be told: the table is too large."
            return [TableProblem("gap", message, hint="Add an else row.")]
        if subject is None:
            return []
        message = f"No row takes this subject: {self._words(subject)}."
        if self._regions.perhaps_taken(subject):
            message = (
                f"Whether a row takes this subject depends on names in the cells: {self._words(subject)}."
            )
            hint = "Add an else row."
        return [TableProblem("gap", message, hint=hint, subject=self._shown(subject))]

    def unreached(self) -> Iterator[TableProblem]:
        for row, line in enumerate(self._table.lines):
            earlier = range(row) if self._table.policy is Policy.FIRST else range(0)
            try:
                reached = self._regions.untaken(earlier, inside=row) is not None
            except TooManyRegions:
                return
            if not reached:
                yield TableProblem(
                    "unreached", at(line.number, None, None, "No subject reaches this row."), line.number
                )

    def _overlap(self, first: int, second: int) -> Iterator[TableProblem]:
        one, other = self._table.lines[first].number, self._table.lines[second].number
        if subject := self._regions.both(first, second):
            message = f"This row takes a subject that row {one} takes too: {self._words(subject)}."
            hint = "Of a unique table no two rows may. Part the rows, or use the policy first."
            yield TableProblem(
                "overlap", at(other, None, None, message), other, hint=hint, subject=self._shown(subject)
            )
        elif self._regions.perhaps_both(first, second):
            message = (
                f"Whether this row takes a subject that row {one} takes too depends on names in their cells."
            )
            yield TableProblem("overlap", at(other, None, None, message), other, hint=_UNSURE)

    def _conflicts(self, first: int, second: int) -> Iterator[TableProblem]:
        one, other = self._table.lines[first].number, self._table.lines[second].number
        for column, name in self._table.outputs:
            values = self._values[name]
            if _same(values[first], values[second]) or not self._regions.perhaps_both(first, second):
                continue
            if subject := self._regions.both(first, second):
                message = f"Row {one} takes the same subject and says something else: {self._words(subject)}."
                yield TableProblem(
                    "conflict", at(other, column, name, message), other, column, subject=self._shown(subject)
                )
            else:
                message = (
                    f"Whether row {one} says something else of a subject depends on names in their cells."
                )
                yield TableProblem("conflict", at(other, column, name, message), other, column, _UNSURE)

    def _words(self, subject: Subject) -> str:
        return ", ".join(
            f"{given.name} {_write(value, given)}"
            for given, value in zip(self._headers, subject, strict=True)
        )

    def _shown(self, subject: Subject) -> dict[str, Value | None]:
        return {
            given.name: _value(value, given.node.type)
            for given, value in zip(self._headers, subject, strict=True)
        }


_UNSURE: Final = "Write values instead of names, or use the policy first."


def _input(given: Header, vocabulary: Vocabulary) -> Input:
    name = given.node.name if isinstance(given.node, ir.Fact) else ""
    codes = vocabulary.code_lists.get(given.node.type.codes or "", frozenset())
    declared = vocabulary.ranges.get(name, Range())
    return Input(given.node.type, given.ratio, may_be_absent(given.node), declared, codes)


def may_be_absent(node: ir.Node) -> bool:
    """Whether a value can be absent for any subject."""
    match node:
        case ir.Literal() | ir.Parameter() | ir.IsNull():
            return False
        case ir.Fact() | ir.Member():
            return True
        case ir.Coalesce():
            return all(map(may_be_absent, node.operands))
        case ir.Case():
            return any(may_be_absent(then) for _, then in node.branches) or may_be_absent(node.otherwise)
        case ir.Aggregate():
            return node.function in (ir.Aggregation.MIN, ir.Aggregation.MAX)
        case _:
            return any(map(may_be_absent, ir.children(node)))


def _same(first: ir.Node, second: ir.Node) -> bool:
    """Whether two outputs are the same whatever is known: 5 and 5.0, or the same expression."""
    if isinstance(first, ir.Literal) and isinstance(second, ir.Literal):
        return first.value == second.value
    return first == second


def _value(value: Inner | None, type: Type) -> Value | None:
    if not isinstance(value, Fraction):
        return value
    exact = (value * 10**type.scale).denominator == 1  # not so for a quotient
    return to_decimal(value, type.scale) if exact else _digits(value)


def _write(value: Inner | None, given: Header) -> str:
    match value:
        case None:
            return "absent"
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return value
        case int() | Fraction() if given.kind is Kind.MONEY:
            return _digits(Fraction(value, 100))
        case _:
            return _digits(Fraction(value))


def _digits(number: Fraction) -> str:
    """In full: numbers of cells, and what lies half-way between them, have an end."""
    scale = 0
    while (number * 10**scale).denominator != 1:
        scale += 1
    return format(to_decimal(number, scale), "f")

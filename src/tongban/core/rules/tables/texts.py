"""From a decision table to expressions of the rule language, one for each output.

    CASE
      WHEN kind IN ('noodles', 'hotpot') AND area < 60 THEN 100
      WHEN kind IN ('noodles', 'hotpot') AND area >= 60 THEN 250
      WHEN kind = 'bakery' THEN 80
      ELSE 0
    END

The expressions compile; what is wrong is said by row and column of the table. Of `collect`, a sum is a sum of CASEs,
a count too, and the least or greatest of fixed values is a CASE in the order of these values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.rule import Rule
from tongban.core.rules.tables import findings, spoken
from tongban.core.rules.tables.cells import (
    TRUTH,
    Anything,
    BadCell,
    Test,
    asks_for_absence,
    read_cell,
    write_text,
)
from tongban.core.rules.tables.conditions import Header, condition, header, standing_alone
from tongban.core.rules.tables.spoken import Spoken
from tongban.core.rules.tables.table import DecisionTable, Line, Policy, TableProblem, at
from tongban.core.rules.tables.written import Written
from tongban.core.rules.types import Kind, Type, Vocabulary


@dataclass(frozen=True, slots=True)
class TableText:
    table: DecisionTable
    """What it was made of, for an editor to show."""
    texts: dict[str, str]
    """The expression of each output; empty when there are problems."""
    problems: tuple[TableProblem, ...]
    warnings: tuple[TableProblem, ...] = ()
    """Rows that no subject ever reaches."""


def to_rule_text(
    table: DecisionTable,
    vocabulary: Vocabulary,
    expect: Mapping[str, Type] | None = None,
    said: Spoken = spoken.NOTHING,
) -> TableText:
    """The expression of each output, or everything that is wrong with the table.

    `expect` are the types that outputs must have. Where it names a code or a text, a plain word under the output is
    one: `noodles` for 'noodles'. `said` are labels that may stand for names and codes.
    """
    return _Writing(table, vocabulary, expect or {}, said).whole()


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    tests: tuple[Test, ...]


class _Writing:
    def __init__(
        self, table: DecisionTable, vocabulary: Vocabulary, expect: Mapping[str, Type], said: Spoken
    ) -> None:
        self._table = table
        self._said = said
        self._vocabulary = vocabulary
        self._expect = expect
        self._problems: list[TableProblem] = []
        self._headers: list[Header] = []
        self._rows: list[_Row] = []
        self._written: dict[tuple[int, int], str] = {}
        """(row, column) of an output -> its expression"""
        self._fixed: dict[tuple[int, int], Fraction] = {}
        """The same, where it is one number or one date: what puts them in order."""

    def whole(self) -> TableText:
        self._read()
        if self._problems:
            return self._refused()
        rules = {name: self._compiled(column, name) for column, name in self._table.outputs}
        if self._problems:
            return self._refused()
        values = {name: _values(rule) for name, rule in rules.items() if rule}
        tests = [row.tests for row in self._rows]
        found = findings.look(self._table, self._vocabulary, self._headers, tests, values)
        texts: dict[str, str] = {}
        if not found.problems:
            texts = {name: str(self._text(column, complete=True)) for column, name in self._table.outputs}
        return TableText(self._table, texts, found.problems, found.warnings)

    def _refused(self) -> TableText:
        unique = {(p.row, p.column, p.message): p for p in self._problems}
        return TableText(
            self._table, {}, tuple(sorted(unique.values(), key=lambda p: (p.row or 0, p.column or 0)))
        )

    # -- reading ---------------------------------------------------------------------------------------------

    def _read(self) -> None:
        for column, name in self._table.inputs:
            text = self._named(1, column, name, name, self._said.facts)
            if text is None:
                continue
            given, problems = header(column, name, self._vocabulary, text)
            if given:
                self._headers.append(given)
            for problem in problems or ():
                near = spoken.nearest(name, self._said.facts) if problem.code == "unknown-name" else None
                self._problem(1, column, name, replace(problem, hint=problem.hint or near))
        if not self._problems:
            self._rows = [_Row(line, tuple(self._tests(line))) for line in self._table.lines]
        lines = [*self._table.lines, *([self._table.otherwise] if self._table.otherwise else [])]
        for line in lines:
            for column, name in self._table.outputs:
                if self._table.policy is not Policy.COUNT or line is self._table.otherwise:
                    self._output(line, column, name)

    def _tests(self, line: Line) -> list[Test]:
        tests: list[Test] = []
        for given in self._headers:
            try:
                test = self._test(line.cells[given.column - 1], given)
                if given.ratio and asks_for_absence(test):
                    hint = "Ask for what is divided, in a column of its own."
                    raise BadCell("null cannot stand under a division.", 0, hint)
                tests.append(test)
            except BadCell as bad:
                message = at(line.number, given.column, given.name, str(bad))
                self._problems.append(TableProblem("bad-cell", message, line.number, given.column, bad.hint))
        return tests

    def _test(self, cell: str, given: Header) -> Test:
        """What a cell asks. Raises BadCell."""
        codes = given.node.type.codes or ""
        labels = self._said.codes.get(codes)
        if not labels:
            return read_cell(cell, given.kind)
        known = self._vocabulary.code_lists.get(codes, frozenset())
        try:
            whole = spoken.whole_code(cell, labels, known)
        except spoken.SeveralBearIt as several:
            raise BadCell(str(several), 0, spoken.WRITE_ONE) from several
        return whole or spoken.with_codes(read_cell(cell, given.kind), labels, known)

    def _named(self, row: int, column: int, name: str, text: str, labels: spoken.Labels) -> str | None:
        """The name that a cell means; None when it is told that several are called so."""
        known = (*self._vocabulary.facts, *self._vocabulary.parameters)
        try:
            return spoken.name_of(text, labels, known)
        except spoken.SeveralBearIt as several:
            message = at(row, column, name, str(several))
            self._problems.append(TableProblem("several-names", message, row, column, spoken.WRITE_ONE))
            return None

    def _output(self, line: Line, column: int, name: str) -> None:
        """The expression of a cell, which must stand by itself: none reaches out of its place in the CASE."""
        cell = self._named(line.number, column, name, line.cells[column - 1], self._said.values)
        if cell is None:
            return
        text = _expression(cell, self._expect.get(name), self._vocabulary)
        if not text:
            message = at(line.number, column, name, "The cell of a result is empty.")
            self._problems.append(TableProblem("bad-cell", message, line.number, column))
            return
        checked = standing_alone(text, self._vocabulary)
        for problem in checked.problems:
            self._problem(line.number, column, name, problem)
        self._written[line.number, column] = text
        match checked.rule.root if checked.rule else None:
            case ir.Literal(value=date() as day):
                self._fixed[line.number, column] = Fraction(day.toordinal())
            case ir.Literal(value=int() | Decimal() as number) if not isinstance(number, bool):
                self._fixed[line.number, column] = Fraction(number)
            case _:
                pass

    def _problem(self, row: int | None, column: int | None, name: str | None, problem: RuleProblem) -> None:
        message = at(row, column, name, problem.message)
        self._problems.append(TableProblem(problem.code, message, row, column, problem.hint))

    def _compiled(self, column: int, name: str) -> Rule | None:
        """The rule of an output with every condition in it, or its problems."""
        text = self._text(column, complete=False)
        checked = compile_rule(str(text), self._vocabulary, expect=self._expect.get(name))
        for problem in checked.problems:
            cell = text.cell(problem.line, problem.column)
            if cell is None:
                self._problem(None, column, name, problem)
            else:
                names = dict((*self._table.inputs, *self._table.outputs))
                self._problem(*cell, names[cell[1]], self._with_label(problem, *cell))
        return checked.rule

    def _with_label(self, problem: RuleProblem, row: int, column: int) -> RuleProblem:
        """A code that is none may be a label misspelt."""
        given = next((one for one in self._headers if one.column == column), None)
        if problem.code != "unknown-code" or given is None:
            return problem
        labels = self._said.codes.get(given.node.type.codes or "", {})
        near = spoken.nearest(self._table.source[row - 1][column - 1], labels)
        return replace(problem, hint=near or problem.hint)

    # -- writing ---------------------------------------------------------------------------------------------

    def _text(self, column: int, *, complete: bool) -> Written:
        """The text of an output. `complete` says that every subject is taken by a row, if there is no else row."""
        match self._table.policy:
            case Policy.UNIQUE | Policy.FIRST | Policy.ANY:
                return self._case(self._rows, column, complete)
            case Policy.MIN | Policy.MAX:
                return self._extreme(column, complete)
            case Policy.SUM | Policy.COUNT:
                return self._sum(column)

    def _case(self, rows: Sequence[_Row], column: int, complete: bool) -> Written:
        """The output of the first row that takes the subject."""
        text = Written()
        last = self._table.otherwise or rows[-1].line
        rows = rows[:-1] if complete and not self._table.otherwise else rows
        if not rows:
            text.add(self._written[last.number, column], last.number, column)
            return text
        text.add("CASE")
        for row in rows:
            text.add("\n  WHEN ")
            self._condition(text, row)
            text.add(" THEN ")
            self._value(text, row.line, column)
        text.add("\n  ELSE ")
        self._value(text, last, column)
        text.add("\nEND")
        return text

    def _extreme(self, column: int, complete: bool) -> Written:
        """LEAST or GREATEST of the outputs of all rows that take the subject.

        Of fixed values it is the first in their order. Otherwise a row that does not take the subject is given the
        output of one that does.
        """
        most = self._table.policy is Policy.MAX
        cells = [(row.line.number, column) for row in self._rows]
        if all(cell in self._fixed for cell in cells):
            pairs = zip(cells, self._rows, strict=True)
            order = sorted(pairs, key=lambda pair: self._fixed[pair[0]], reverse=most)
            return self._case([row for _, row in order], column, complete)
        text = Written()
        if self._table.otherwise:
            text.add("CASE WHEN ")
            self._any(text)
            text.add(" THEN ")
        self._extreme_of_all(text, column, "GREATEST" if most else "LEAST")
        if self._table.otherwise:
            text.add("\nELSE ")
            self._value(text, self._table.otherwise, column)
            text.add(" END")
        return text

    def _extreme_of_all(self, text: Written, column: int, function: str) -> None:
        first, *others = self._rows
        if not others:
            self._value(text, first.line, column)
            return
        text.add(f"{function}(")
        self._first(text, column)
        for row in others:
            text.add(",\n  CASE WHEN ")
            self._condition(text, row)
            text.add(" THEN ")
            self._value(text, row.line, column)
            text.add(" ELSE ")
            self._first(text, column)
            text.add(" END")
        text.add(")")

    def _first(self, text: Written, column: int) -> None:
        text.add("CASE")
        for row in self._rows[:-1]:
            text.add(" WHEN ")
            self._condition(text, row)
            text.add(" THEN ")
            self._value(text, row.line, column)
        text.add(" ELSE ")
        self._value(text, self._rows[-1].line, column)
        text.add(" END")

    def _sum(self, column: int) -> Written:
        text = Written()
        if self._table.otherwise:
            text.add("CASE WHEN ")
            self._any(text)
            text.add(" THEN\n")
        for index, row in enumerate(self._rows):
            if index % _GROUP == 0:
                text.add("" if index == 0 else "\n+ ")
                text.add("(" if len(self._rows) > _GROUP else "")
            else:
                text.add("\n+ ")
            text.add("CASE WHEN ")
            self._condition(text, row)
            text.add(" THEN ")
            if self._table.policy is Policy.COUNT:
                text.add("1")
            else:
                self._value(text, row.line, column)
            text.add(" ELSE 0 END")
            if len(self._rows) > _GROUP and (index % _GROUP == _GROUP - 1 or row is self._rows[-1]):
                text.add(")")
        if self._table.otherwise:
            text.add("\nELSE ")
            self._value(text, self._table.otherwise, column)
            text.add(" END")
        return text

    def _any(self, text: Written) -> None:
        """That some row takes the subject."""
        for index, row in enumerate(self._rows):
            text.add(" OR " if index else "")
            self._condition(text, row)

    def _condition(self, text: Written, row: _Row) -> None:
        """That the row takes the subject."""
        parts = [
            (condition(test, given), given.column)
            for test, given in zip(row.tests, self._headers, strict=True)
            if not isinstance(test, Anything)
        ]
        for index, (part, column) in enumerate(parts):
            text.add(" AND " if index else "")
            text.add(part, row.line.number, column)
        if not parts:
            text.add("TRUE")

    def _value(self, text: Written, line: Line, column: int) -> None:
        text.add(self._written[line.number, column], line.number, column)


_GROUP: Final = 25
"""Most terms of a sum in one bracket: a chain of additions is as deep as it is long."""
_PLAIN: Final = re.compile(r"[^'\"(),<>=]+")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _expression(cell: str, expect: Type | None, vocabulary: Vocabulary) -> str:
    """The expression that stands under an output: a date and a text may be written as they are read."""
    if _DATE.fullmatch(cell):
        return f"DATE '{cell}'"
    if re.fullmatch(r'"[^"]*"', cell):
        return write_text(cell[1:-1])
    if expect is not None and expect.kind is Kind.BOOLEAN and cell in TRUTH:
        return TRUTH[cell]
    named = cell in vocabulary.facts or cell in vocabulary.parameters
    worded = expect is not None and expect.kind in (Kind.CODE, Kind.TEXT)
    return write_text(cell) if worded and not named and _PLAIN.fullmatch(cell) else cell


def _values(rule: Rule) -> list[ir.Node]:
    """What the rows say, of the policies that write one CASE; of the others it is not asked for."""
    return [then for _, then in rule.root.branches] if isinstance(rule.root, ir.Case) else []

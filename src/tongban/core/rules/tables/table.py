"""A decision table: rows of text, as they stand in a spreadsheet.

    | kind             | area      | -> fee |
    | noodles, hotpot  | < 60      | 100    |
    | noodles, hotpot  | >= 60     | 250    |
    | bakery           | -         | 80     |
    | else             |           | 0      |

The first row names the inputs (facts, or expressions of the rule language) and the outputs, which begin with `->`;
if none does, the last column is the only output. A name that begins with `#` heads a column of notes. A row whose
first input is `else` (否则, 其余) says what holds when no other row does. See `cells` for what stands under an input; under an
output stands an expression of the rule language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tongban.core.rules.states import Value

MAX_ROWS: Final = 200
MAX_COLUMNS: Final = 40


class Policy(StrEnum):
    """Which rows give the result when several take a subject."""

    UNIQUE = "unique"
    """At most one row takes any subject."""
    FIRST = "first"
    """The first row that does."""
    ANY = "any"
    """Rows that take the same subject say the same."""
    SUM = "collect sum"
    """The sum of all rows that do; 0 if none does and there is no else row."""
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"
    """How many rows do; what stands under the output is not looked at."""


@dataclass(frozen=True, slots=True)
class TableProblem:
    code: str
    """Stable name of the kind of problem: `overlap`, `gap`, `conflict`, or one of `RuleProblem`."""
    message: str
    """One plain English sentence that begins with its place: "Row 4, column 'income': ..."."""
    row: int | None = None
    """As a spreadsheet counts: the row of names is 1."""
    column: int | None = None
    """From 1."""
    hint: str | None = None
    subject: Mapping[str, Value | None] = field(default_factory=dict[str, Value | None])
    """For overlaps, conflicts and gaps: a value of each input that shows it; None is absent, money is fen."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row below the first."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    source: tuple[tuple[str, ...], ...]
    """The rows as given: what an editor shows."""
    policy: Policy
    inputs: tuple[tuple[int, str], ...]
    """(column, expression)"""
    outputs: tuple[tuple[int, str], ...]
    """(column, name)"""
    lines: tuple[Line, ...]
    otherwise: Line | None
    """The else row."""


def at(row: int | None, column: int | None, name: str | None, message: str) -> str:
    """The message with its place before it."""
    places = [f"row {row}"] if row else []
    places += [f"column '{name}'"] if name else [f"column {column}"] if column else []
    place = ", ".join(places)
    return f"{place[0].upper()}{place[1:]}: {message}" if place else message


def read_table(
    rows: Sequence[Sequence[str]], policy: Policy = Policy.UNIQUE
) -> tuple[DecisionTable | None, tuple[TableProblem, ...]]:
    """The table of these rows, or what is wrong with their shape. Empty rows are passed over."""
    source = tuple(tuple(cell.strip() for cell in row) for row in rows)
    if problems := _size(source):
        return None, tuple(problems)
    names = source[0]
    inputs, outputs, problems = _columns(names)
    lines: list[Line] = []
    otherwise: Line | None = None
    for number, cells in enumerate(source[1:], start=2):
        if not any(cells):
            continue
        line = Line(number, cells + ("",) * (len(names) - len(cells)))
        if any(line.cells[len(names) :]):
            message = at(number, None, None, "This row has more cells than there are names in row 1.")
            problems.append(TableProblem("shape", message, number, len(names) + 1))
        elif otherwise:
            message = at(number, None, None, "The else row is the last one.")
            problems.append(TableProblem("shape", message, number))
        elif inputs and _is_else(line.cells[inputs[0][0] - 1]):
            otherwise = line
            problems += _else_cells(line, inputs)
        else:
            lines.append(line)
    if not lines and not problems:
        problems.append(TableProblem("shape", "The table has no rows.", 1))
    if problems:
        return None, tuple(problems)
    return DecisionTable(source, policy, tuple(inputs), tuple(outputs), tuple(lines), otherwise), ()


def _size(source: tuple[tuple[str, ...], ...]) -> list[TableProblem]:
    if not source or not any(source[0]):
        return [TableProblem("shape", "Row 1: The first row names the inputs and the outputs.", 1)]
    if len(source) > MAX_ROWS:
        return [TableProblem("too-long", f"A table has at most {MAX_ROWS} rows, and this has {len(source)}.")]
    if (width := max(map(len, source))) > MAX_COLUMNS:
        return [TableProblem("too-long", f"A table has at most {MAX_COLUMNS} columns, and this has {width}.")]
    return []


_OUTPUT: Final = re.compile(r"(?:->|→)\s*")


def _columns(
    names: tuple[str, ...],
) -> tuple[list[tuple[int, str]], list[tuple[int, str]], list[TableProblem]]:
    problems: list[TableProblem] = []
    marked = [column for column, name in enumerate(names, start=1) if _OUTPUT.match(name)]
    plain = [(column, name) for column, name in enumerate(names, start=1) if not name.startswith("#")]
    while plain and not plain[-1][1]:
        plain.pop()
    marked = marked or [column for column, _ in plain[-1:]]
    inputs = [(column, name) for column, name in plain if column not in marked]
    outputs = [(column, _OUTPUT.sub("", name, count=1)) for column, name in plain if column in marked]
    for column, name in [*inputs, *outputs]:
        if not name:
            message = at(1, column, None, "This column has no name.")
            problems.append(TableProblem("shape", message, 1, column))
    for group in (inputs, outputs):
        seen: set[str] = set()
        for column, name in group:
            if name and name in seen:
                problems.append(
                    TableProblem("shape", at(1, column, name, "This name is there twice."), 1, column)
                )
            seen.add(name)
    if not inputs:
        problems.append(TableProblem("shape", "Row 1: The table has no input, only an output.", 1))
    return inputs, outputs, problems


def _is_else(cell: str) -> bool:
    return cell.lower() in ("else", "否则", "其余")


def _else_cells(line: Line, inputs: list[tuple[int, str]]) -> list[TableProblem]:
    return [
        TableProblem("shape", at(line.number, column, name, "An else row has no tests."), line.number, column)
        for column, name in inputs[1:]
        if line.cells[column - 1] not in ("", "-")
    ]

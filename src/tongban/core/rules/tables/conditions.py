"""The condition that a test makes of an input, as the rule language writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongban.core.rules import ir
from tongban.core.rules.check import Checked, compile_rule
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.tables.cells import AnyOf, Anything, Compared, Inside, IsAbsent, NoneOf, Operand, Test
from tongban.core.rules.types import Kind, Vocabulary


def standing_alone(text: str, vocabulary: Vocabulary) -> Checked:
    """The expression of a cell as a rule of its own: none can reach out of its place among the others."""
    if has_remark(text):
        problem = RuleProblem("remark", "A remark cannot stand in a cell of a table.", 1, 1)
        return Checked(None, (problem,))
    return compile_rule(text, vocabulary)


def has_remark(text: str) -> bool:
    """Whether something in the text could hide what stands after it."""
    outside = re.sub(r"'(?:[^']|'')*'", "", text)
    return any(sign in outside for sign in ("--", "/*", "{#"))


@dataclass(frozen=True, slots=True)
class Header:
    """An input: its name or expression, and what it is."""

    column: int
    name: str
    """As it stands in row 1."""
    text: str
    """As the rule language writes it."""
    node: ir.Node

    @property
    def subject(self) -> str:
        """As it stands in a condition."""
        return self.text if re.fullmatch(r"\w+", self.text) else f"({self.text})"

    @property
    def kind(self) -> Kind:
        return self.node.type.kind

    @property
    def ratio(self) -> bool:
        return isinstance(self.node, ir.Quotient)


def header(
    column: int, name: str, vocabulary: Vocabulary, text: str | None = None
) -> tuple[Header, None] | tuple[None, tuple[RuleProblem, ...]]:
    """The input of this name. It may be a quotient, or have parts of a fen: what it is compared with stands below.

    `text` is the expression that the name stands for, if it is not one itself.
    """
    text = name if text is None else text
    checked = standing_alone(text, vocabulary)
    if checked.rule:
        return Header(column, name, text, checked.rule.root), None
    if has_remark(text):
        return None, checked.problems
    compared = compile_rule(f"({text}) = ({text})", vocabulary).rule
    if compared and isinstance(compared.root, ir.Compare):
        return Header(column, name, text, compared.root.left), None
    return None, checked.problems


def condition(test: Test, given: Header) -> str:
    """The condition that the input passes the test. It stands beside others under AND, or under NOT in brackets."""
    subject = given.subject
    match test:
        case Anything():
            return "TRUE"
        case IsAbsent():
            return f"{subject} IS NULL"
        case Compared() if given.kind is Kind.BOOLEAN and isinstance(test.operand.value, bool):
            wanted = test.operand.value == (test.operator == "=")
            return subject if wanted else f"NOT {subject}"
        case Compared():
            return f"{subject} {test.operator} {test.operand.text}"
        case Inside():
            return _inside(test, given, negated=False)
        case AnyOf():
            if (items := _list(test, given)) is not None:
                return f"{subject} IN ({items})"
            return "(" + " OR ".join(condition(part, given) for part in test.tests) + ")"
        case NoneOf():
            return _negated(test.test, given)


def _negated(test: Test, given: Header) -> str:
    subject = given.subject
    match test:
        case IsAbsent():
            return f"{subject} IS NOT NULL"
        case Compared(operator="=") if given.kind is not Kind.BOOLEAN:
            return f"{subject} <> {test.operand.text}"
        case Inside(low_included=True, high_included=True) if not given.ratio:
            return _inside(test, given, negated=True)
        case AnyOf() if (items := _list(test, given)) is not None:
            return f"{subject} NOT IN ({items})"
        case AnyOf():
            return f"NOT {condition(test, given)}"
        case _:
            return f"NOT ({condition(test, given)})"


def _inside(test: Inside, given: Header, *, negated: bool) -> str:
    """BETWEEN where both ends are in; a quotient can only be compared."""
    subject, low, high = given.subject, test.low.text, test.high.text
    if test.low_included and test.high_included and not given.ratio:
        return f"{subject} {'NOT ' * negated}BETWEEN {low} AND {high}"
    above, below = ">=" if test.low_included else ">", "<=" if test.high_included else "<"
    return f"({subject} {above} {low} AND {subject} {below} {high})"


def _list(test: AnyOf, given: Header) -> str | None:
    """The values of a list that IN can take."""
    if given.ratio or given.kind is Kind.BOOLEAN:
        return None
    values: list[Operand] = []
    for part in test.tests:
        if not isinstance(part, Compared) or part.operator != "=" or part.operand.value is None:
            return None
        values.append(part.operand)
    return ", ".join(value.text for value in values)

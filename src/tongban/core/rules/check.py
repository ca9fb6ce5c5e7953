"""From text to a typed rule: names, types, units and codes.

Every problem of a text is reported, not only the first. What is decided here is not checked again by any engine.

A plain number where money is wanted is an amount in yuan, with at most two decimals: `income <= 5000.50`.
A plain text where a code is wanted must be one of the list's codes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from tongban.core.rules import check_gathering as gathering
from tongban.core.rules import check_operations as operations
from tongban.core.rules import ir, literals, syntax, units
from tongban.core.rules.literals import Refusal
from tongban.core.rules.parse import parse
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.types import Kind, Type, Vocabulary, describe

__all__ = ["Checked", "RuleProblem", "compile_rule"]

_BOOLEAN = Type(Kind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Checked:
    rule: Rule | None
    """None when there are problems."""
    problems: tuple[RuleProblem, ...]
    """In the order of the text."""


def compile_rule(
    text: str,
    vocabulary: Vocabulary,
    *,
    expect: Type | None = None,
    on_undefined: OnUndefined = OnUndefined.REFER,
) -> Checked:
    """The typed rule of a text, or everything that is wrong with it.

    `expect` is the type that the rule must have where it stands, for example boolean for a condition; without it
    any type will do. The rule's type is then `expect`, with the rule's own unit where `expect` names none.
    """
    expression, problems = parse(text)
    checker = _Checker(vocabulary)
    root = checker.of(expression) if expression else None
    problems = [*problems, *checker.problems]
    if root and not problems:
        try:
            root = literals.expected(root, expect, vocabulary.code_lists)
        except Refusal as refusal:
            problems.append(refusal.problem)
    if root is None or problems:
        return Checked(
            None, tuple(sorted(set(problems), key=lambda p: (p.line, p.column, p.code, p.message)))
        )
    type = root.type
    if expect:
        type = Type(expect.kind, expect.scale, expect.codes, expect.unit or type.unit)
    facts = frozenset(ir.facts(root))
    ranges = {name: range for name, range in vocabulary.ranges.items() if name.split(".")[0] in facts}
    parameters = frozenset(ir.parameters(root))
    return Checked(Rule(text, type, root, facts, parameters, on_undefined, ranges), ())


class _Checker:
    """Types an expression from the leaves up. A part with a problem has no type, and silences what stands on it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.problems: list[RuleProblem] = []
        self._vocabulary = vocabulary
        self._relation: str | None = None
        """The relation of the aggregate at hand."""

    def of(self, part: syntax.Expression, *, quotient: bool = False) -> ir.Node | None:
        """The typed part, or None. `quotient` says that a division may stand here."""
        try:
            return self._of(part, quotient=quotient)
        except Refusal as refusal:
            self.problems.append(refusal.problem)
            return None

    def _of(self, part: syntax.Expression, *, quotient: bool) -> ir.Node | None:
        match part:
            case syntax.Refused():
                return None
            case syntax.Name():
                return self._name(part)
            case syntax.Number() | syntax.Text() | syntax.Boolean() | syntax.Date():
                return literals.literal(part)
            case syntax.Null():
                raise Refusal(part, "null", "NULL can only stand in IS NULL or IS NOT NULL.")
            case syntax.Junction():
                return self._junction(part)
            case syntax.Not():
                operands = self._conditions((part.operand,), "NOT")
                return operations.negation(part, operands[0]) if operands else None
            case syntax.Minus():
                operand = self.of(part.operand)
                return operations.minus(part, operand) if operand else None
            case syntax.Binary(operator="+" | "-" | "*" | "/"):
                return self._arithmetic(part, quotient=quotient)
            case syntax.Binary():
                return self._compare(part)
            case syntax.Between():
                parts = self._all((part.operand, part.low, part.high))
                return operations.between(part, *self._alike(parts)) if parts else None
            case syntax.In():
                return self._in(part)
            case syntax.IsNull():
                operand = self.of(part.operand)
                return (
                    ir.IsNull(operand, type=_BOOLEAN, line=part.line, column=part.column) if operand else None
                )
            case syntax.Case():
                return self._case(part)
            case syntax.Call():
                return self._call(part)
            case syntax.Field():
                return self._field(part)
            case syntax.Aggregate():
                return self._aggregate(part)

    def _name(self, part: syntax.Name) -> ir.Node:
        if type := self._vocabulary.facts.get(part.name):
            return ir.Fact(part.name, type=type, line=part.line, column=part.column)
        if type := self._vocabulary.parameters.get(part.name):
            return ir.Parameter(part.name, type=type, line=part.line, column=part.column)
        if part.name in self._vocabulary.relations:
            message = f"'{part.name}' is a relation: a list of members, not a value."
            raise Refusal(part, "relation", message, f"Count them: COUNT({part.name}).")
        if part.name in self._vocabulary.tables:
            message = f"'{part.name}' is a bracket table, not a value."
            hint = f"Write bracket(x, {part.name}) or slices(x, {part.name})."
            raise Refusal(part, "bracket-table", message, hint)
        near = nearest(part.name, [*self._vocabulary.facts, *self._vocabulary.parameters])
        raise Refusal(part, "unknown-name", f"There is no fact or parameter '{part.name}'.", near)

    def _field(self, part: syntax.Field) -> ir.Node:
        fields = self._vocabulary.relations.get(part.relation)
        if fields is None:
            near = nearest(part.relation, self._vocabulary.relations)
            raise Refusal(part, "unknown-name", f"There is no relation '{part.relation}'.", near)
        if self._relation is None:
            message = f"Each of {part.relation} has its own '{part.name}'."
            hint = f"Gather them with COUNT({part.relation}) FILTER (WHERE ...), SUM, MIN, MAX, BOOL_OR, BOOL_AND."
            raise Refusal(part, "no-aggregate", message, hint)
        type = fields.get(part.name)
        if type is None:
            message = f"The relation '{part.relation}' has no field '{part.name}'."
            raise Refusal(part, "unknown-name", message, nearest(part.name, fields))
        return ir.Member(part.relation, part.name, type=type, line=part.line, column=part.column)

    def _aggregate(self, part: syntax.Aggregate) -> ir.Node | None:
        if self._relation is not None:
            message = f"{part.function.upper()} stands inside another aggregate."
            raise Refusal(part, "nested-aggregate", message, "Gather one relation at a time.")
        if isinstance(part.operand, syntax.Refused):
            return None
        self._relation = relation = gathering.relation_of(part, self._vocabulary)
        try:
            counting = part.function == "count"
            operand = None if counting else self.of(part.operand)
            where = self._conditions([part.where], "FILTER (WHERE ...)") if part.where else ()
        finally:
            self._relation = None
        if where is None or (operand is None and not counting):
            return None
        return gathering.aggregate(part, relation, operand, where[0] if where else None)

    def _bracket(self, part: syntax.Call) -> ir.Node | None:
        operand, named = self.of(part.arguments[0]), part.arguments[1]
        name = named.name if isinstance(named, syntax.Name) else None
        table = self._vocabulary.tables.get(name or "")
        if name is None or table is None:
            message = f"There is no bracket table '{name}'." if name else "This is not a bracket table."
            near = nearest(name, self._vocabulary.tables) if name else "Its name stands here, without quotes."
            raise Refusal(named, "unknown-name", message, near)
        if operand is None:
            return None
        operand = literals.fit(operand, table.key, self._vocabulary.code_lists)
        return gathering.bracket(part, operand, name, table)

    def _junction(self, part: syntax.Junction) -> ir.Node | None:
        operands = self._conditions(part.operands, part.word)
        if operands is None:
            return None
        node = ir.And if part.word == "AND" else ir.Or
        return node(operands, type=_BOOLEAN, line=part.line, column=part.column)

    def _arithmetic(self, part: syntax.Binary, *, quotient: bool) -> ir.Node | None:
        parts = self._all((part.left, part.right))
        if parts is None:
            return None
        if part.operator == "/":
            if not quotient:
                message = "A division can only stand in a comparison, or in ROUND, FLOOR or CEIL."
                raise Refusal(part, "division", message, "Write a / b >= c, or ROUND(a / b, 2).")
            return operations.quotient(part, *parts)
        if part.operator == "*":
            return operations.product(part, *parts)
        return operations.sum_(part, *self._alike(operations.addable(part, parts)))

    def _compare(self, part: syntax.Binary) -> ir.Node | None:
        left, right = (
            self._side(side, other) for side, other in [(part.left, part.right), (part.right, part.left)]
        )
        if left is None or right is None:
            return None
        return operations.comparison(part, *self._alike((left, right)))

    def _side(self, side: syntax.Expression, other: syntax.Expression) -> ir.Node | None:
        if isinstance(side, syntax.Null):
            written = f"{other.name} IS NULL" if isinstance(other, syntax.Name) else "IS NULL"
            message = "A comparison with NULL is never true."
            self.problems.append(RuleProblem("null", message, side.line, side.column, f"Write {written}."))
            return None
        return self.of(side, quotient=True)

    def _in(self, part: syntax.In) -> ir.Node | None:
        parts = self._all((part.operand, *part.items))
        if parts is None:
            return None
        operand, *items = parts
        for item in items:
            if not isinstance(item, ir.Literal):
                raise Refusal(item, "not-constant", "IN takes fixed values only.", "Write x = a OR x = b.")
        return operations.membership(part, operand, [self._alike((operand, item))[1] for item in items])

    def _case(self, part: syntax.Case) -> ir.Node | None:
        if part.otherwise is None:
            message = "CASE needs an ELSE: say what holds when no condition does."
            self.problems.append(RuleProblem("no-else", message, part.line, part.column))
        conditions = self._conditions([when for when, _ in part.branches], "WHEN")
        values = self._all(
            [*(then for _, then in part.branches), *([part.otherwise] if part.otherwise else [])]
        )
        if not conditions or not values or part.otherwise is None:
            return None
        *values, otherwise = self._alike(values)
        type = literals.joined([*values, otherwise])
        branches = tuple(zip(conditions, values, strict=True))
        return ir.Case(branches, otherwise, type=type, line=part.line, column=part.column)

    def _call(self, part: syntax.Call) -> ir.Node | None:
        if part.function in ("bracket", "slices"):
            return self._bracket(part)
        if part.function in ("round", "floor", "ceil"):
            first = self.of(part.arguments[0], quotient=True)
            rest = self._all(part.arguments[1:])
            arguments = (first, *rest) if first and rest is not None else None
        else:
            arguments = self._all(part.arguments)
        if arguments is None:
            return None
        if part.function in ("coalesce", "least", "greatest"):
            return operations.choice(part, self._alike(arguments))
        return operations.call(part, arguments)

    def _all(self, parts: Iterable[syntax.Expression]) -> tuple[ir.Node, ...] | None:
        nodes = [self.of(part) for part in parts]
        found = tuple(node for node in nodes if node)
        return found if len(found) == len(nodes) else None

    def _conditions(self, parts: Iterable[syntax.Expression], where: str) -> tuple[ir.Node, ...] | None:
        nodes = [self.of(part) for part in parts]
        found: list[ir.Node] = []
        for node in nodes:
            if node and node.type.kind is not Kind.BOOLEAN:
                message = f"{where} takes conditions, and this is {describe(node.type)}."
                hint = "Compare it with a value."
                problem = RuleProblem("not-a-condition", message, node.line, node.column, hint)
                self.problems.append(problem)
            elif node:
                found.append(node)
        return tuple(found) if len(found) == len(nodes) else None

    def _alike(self, nodes: Iterable[ir.Node]) -> tuple[ir.Node, ...]:
        """The nodes, of one kind and unit: plain literals become yuan or codes where the others are."""
        nodes = tuple(nodes)
        model = _model(nodes)
        fitted: list[ir.Node] = []
        for node in nodes:
            node = literals.fit(node, model.type, self._vocabulary.code_lists)
            if not literals.same_kind(node.type, model.type):
                message = f"This is {describe(node.type)}, and it stands beside {describe(model.type)}."
                raise Refusal(node, "wrong-type", message, _hint(node, model))
            for other in fitted:
                if not units.agree(node.type.unit, other.type.unit):
                    message = f"This is {describe(node.type)}, and it stands beside {describe(other.type)}."
                    hint = f"The units {node.type.unit} and {other.type.unit} do not go together."
                    raise Refusal(node, "wrong-unit", message, hint)
            fitted.append(node)
        return tuple(fitted)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """A hint with the most similar name, if one is similar enough."""
    known = sorted(set(names))
    close = [other for other in known if other.lower() == name.lower()]
    close = close or difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else None


def _model(nodes: tuple[ir.Node, ...]) -> ir.Node:
    """The node whose type the others must fit: the first that is no plain literal, money and codes before others."""
    settled = [node for node in nodes if not literals.is_plain(node)] or list(nodes)
    strong = [node for node in settled if node.type.kind in (Kind.MONEY, Kind.CODE)]
    return (strong or settled)[0]


def _hint(node: ir.Node, model: ir.Node) -> str | None:
    kinds = {node.type.kind, model.type.kind}
    if Kind.DATE in kinds and Kind.TEXT in kinds:
        return "A date is written DATE '2026-01-31'."
    if Kind.MONEY in kinds and kinds & {Kind.INTEGER, Kind.DECIMAL}:
        return "An amount is written as one plain number in yuan, or is a fact or parameter of money."
    if Kind.DATE in kinds and any(isinstance(part, ir.Literal) for part in (node, model)):
        return "A date is written DATE '2026-01-31'."
    if Kind.DATE in kinds:
        return "Use add_months, days_between, months_between or years_between."
    return None

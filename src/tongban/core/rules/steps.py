"""How a value was worked out: one operation after the other with the values put in, and what was assumed.

    ROUND(rent * share, 2)             rent = 6000.00, share = 0.300      1800.00
    LEAST(ROUND(rent * share, 2), cap)   1800.00, cap = 1500.00           1500.00

Both are worked out when somebody asks, from a rule (or a finding's text, compiled) and what it read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, cast

from tongban.core.rules import exact, functions, ir
from tongban.core.rules.evaluate import evaluate_node
from tongban.core.rules.printing import print_node
from tongban.core.rules.states import (
    ABSENT,
    Absent,
    Brackets,
    Facts,
    Known,
    Members,
    Parameters,
    State,
    Undefined,
    Unknown,
    Value,
)
from tongban.core.rules.types import Type


@dataclass(frozen=True, slots=True)
class Ratio:
    """A known quotient; of money by a number it is in fen."""

    value: Fraction


Result: TypeAlias = State | Ratio


@dataclass(frozen=True, slots=True)
class Part:
    """What was put into an operation: a fact, a parameter, a constant or the result of an earlier step."""

    node: ir.Node
    result: Result


@dataclass(frozen=True, slots=True)
class Slice:
    """One bracket of a table that the operand reached. Ends and part are in the key's type, money in fen."""

    lower: Value
    upper: Value | None
    """None: no upper end."""
    value: Value
    part: exact.Number | None
    """How much of the operand lies inside, for `slices`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of each member of a relation."""

    members: int
    counted: int
    passed: int
    """Passed over: the filter does not let it through, or its value is absent."""
    open: int
    values: tuple[Value, ...]
    """Of the counted ones, in the order of the members; empty for COUNT."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation, or one expression of + - * / with the rounding around it."""

    node: ir.Node
    text: str
    """The operation, canonically printed."""
    parts: tuple[Part, ...]
    """In the order of the text. Of CASE and COALESCE, what was reached."""
    result: Result
    unrounded: Fraction | None = None
    """The exact value, where ROUND, FLOOR or CEIL made another of it. Money in fen."""
    taken: int | None = None
    """Which branch of a CASE: from 0, and the number of branches for ELSE. None while that is open."""
    slices: tuple[Slice, ...] = ()
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """An absent value that decided something: a COALESCE took another, or an IS NULL saw it."""

    node: ir.Coalesce | ir.IsNull
    absent: ir.Node
    taken: State | None = None
    """What a COALESCE counted instead."""
    members: int | None = None
    """For how many members of a relation, when it stands inside an aggregate."""


def steps(node: ir.Node, facts: Facts, parameters: Parameters) -> tuple[Step, ...]:
    """The operations of a rule (its `root`) or of a part of one, in the order they were done.

    Branches of a CASE that are not taken are left out, and conditions have no steps of their own. A constant or a
    single fact has none.
    """
    return tuple(_Work(facts, parameters).steps(node))


def assumptions(node: ir.Node, facts: Facts, parameters: Parameters) -> tuple[Assumption, ...]:
    """What a part of a rule assumed where something is known to be absent, in the order of the text."""
    found = list(_Work(facts, parameters).assumptions(node))
    return tuple(one for index, one in enumerate(found) if one not in found[:index])


def result(node: ir.Node, type: Type, facts: Facts, parameters: Parameters) -> Result:
    """What `evaluate_node` gives, and the exact value of a quotient."""
    return _Work(facts, parameters).result(node, type)


def settled(node: ir.Case, facts: Facts, parameters: Parameters) -> int | None:
    """The branch that a CASE takes: from 0, and the number of branches for ELSE. None while that is open."""
    for index, (when, _) in enumerate(node.branches):
        match evaluate_node(when, when.type, facts, parameters):
            case Known(value=True):
                return index
            case Known() | Absent():
                continue
            case Unknown() | Undefined():
                return None
    return len(node.branches)


@dataclass(frozen=True, slots=True)
class _Work:
    facts: Facts
    parameters: Parameters

    def result(self, node: ir.Node, type: Type) -> Result:
        if not isinstance(node, ir.Quotient):
            return evaluate_node(node, type, self.facts, self.parameters)
        above = self.result(node.numerator, node.numerator.type)
        below = self.result(node.denominator, node.denominator.type)
        if isinstance(above, Known) and isinstance(below, Known) and below.value:
            return Ratio(Fraction(_number(above.value)) / _number(below.value))
        return evaluate_node(node, type, self.facts, self.parameters)

    def steps(self, node: ir.Node) -> Iterator[Step]:
        match node:
            case ir.Arithmetic() | ir.Negate() | ir.Quotient() | ir.Round():
                yield from self._expression(node)
            case ir.Call(function=ir.Function.FLOOR | ir.Function.CEIL):
                yield from self._expression(node)
            case ir.Case():
                yield from self._case(node)
            case ir.Coalesce():
                yield from self._operation(node, self._reached(node))
            case ir.Bracket():
                yield from self._bracket(node)
            case ir.Call():
                yield from self._operation(node, node.arguments)
            case ir.Aggregate():
                yield dataclasses.replace(self._step(node, ()), tally=self._tally(node))
            case _:
                return

    def _operation(self, node: ir.Node, parts: tuple[ir.Node, ...]) -> Iterator[Step]:
        for part in parts:
            yield from self.steps(part)
        yield self._step(node, parts)

    def _step(self, node: ir.Node, parts: tuple[ir.Node, ...]) -> Step:
        known = tuple(Part(part, self.result(part, part.type)) for part in parts)
        return Step(node, print_node(node), known, self.result(node, node.type))

    def _expression(self, node: ir.Node) -> Iterator[Step]:
        for step in self._operation(node, tuple(operands(node))):
            yield (
                step if step.node is not node else dataclasses.replace(step, unrounded=self._unrounded(node))
            )

    def _unrounded(self, node: ir.Node) -> Fraction | None:
        if not isinstance(node, ir.Round | ir.Call):
            return None
        inside = ir.children(node)[0]
        before, after = self.result(inside, inside.type), self.result(node, node.type)
        if isinstance(before, Known | Ratio) and isinstance(after, Known):
            value = Fraction(before.value) if isinstance(before, Ratio) else Fraction(_number(before.value))
            return value if value != _number(after.value) else None
        return None

    def _case(self, node: ir.Case) -> Iterator[Step]:
        taken = settled(node, self.facts, self.parameters)
        values = (*(then for _, then in node.branches), node.otherwise)
        parts = () if taken is None else (values[taken],)
        for step in self._operation(node, parts):
            yield step if step.node is not node else dataclasses.replace(step, taken=taken)

    def _reached(self, node: ir.Coalesce) -> tuple[ir.Node, ...]:
        """The operands up to the first that is not absent."""
        reached: list[ir.Node] = []
        for operand in node.operands:
            reached.append(operand)
            state = evaluate_node(operand, operand.type, self.facts, self.parameters)
            if isinstance(state, Known | Undefined):
                break
        return tuple(reached)

    def _bracket(self, node: ir.Bracket) -> Iterator[Step]:
        for step in self._operation(node, (node.operand,)):
            yield (
                step
                if step.node is not node
                else dataclasses.replace(step, slices=self._slices(node, step.parts[0].result))
            )

    def _slices(self, node: ir.Bracket, operand: Result) -> tuple[Slice, ...]:
        table = self.parameters.get(node.table)
        if not isinstance(table, Brackets) or not isinstance(operand, Known):
            return ()
        value = operand.value
        reached: list[Slice] = []
        for lower, upper, worth in zip(table.lower, (*table.lower[1:], None), table.values, strict=True):
            if _order(value, lower) < (1 if node.sliced else 0):
                break
            part = None
            if node.sliced:
                top = value if upper is None or _order(value, upper) < 0 else upper
                part = exact.plain(Fraction(_number(top)) - _number(lower))
            reached.append(Slice(lower, upper, worth, part))
        return tuple(reached) if node.sliced else tuple(reached[-1:])

    def _tally(self, node: ir.Aggregate) -> Tally | None:
        match self.facts.get(node.relation):
            case Absent():
                rows: tuple[Mapping[str, Known | Absent], ...] = ()
            case Members(rows=rows):
                pass
            case _:
                return None
        counted, open_, values = 0, 0, list[Value]()
        for row in rows:
            let_in, value = self._member(node, row)
            if isinstance(let_in, Unknown | Undefined) or isinstance(value, Unknown | Undefined):
                open_ += let_in not in (ABSENT, Known(False))
            elif let_in == Known(True) and isinstance(value, Known):
                counted += 1
                values += [value.value] if node.operand else []
        passed = len(rows) - counted - open_
        return Tally(len(rows), counted, passed, open_, tuple(values))

    def _member(self, node: ir.Aggregate, row: Mapping[str, Known | Absent]) -> tuple[State, State]:
        """What the filter and the operand are for one member."""
        inside = self.of_member(node.relation, row)
        let_in = inside.state(node.where) if node.where else Known(True)
        return let_in, inside.state(node.operand) if node.operand else Known(1)

    def of_member(self, relation: str, row: Mapping[str, Known | Absent]) -> _Work:
        """With the fields of one member as facts (`_as_facts`)."""
        return _Work({**self.facts, **{f"{relation}.{name}": row[name] for name in row}}, self.parameters)

    def state(self, node: ir.Node) -> State:
        return evaluate_node(_as_facts(node), node.type, self.facts, self.parameters)

    def assumptions(self, node: ir.Node) -> Iterator[Assumption]:
        match node:
            case ir.Coalesce():
                yield from self._coalesced(node)
            case ir.IsNull():
                if evaluate_node(node.operand, node.operand.type, self.facts, self.parameters) == ABSENT:
                    yield Assumption(node, node.operand)
                yield from self.assumptions(node.operand)
            case ir.Case():
                taken = settled(node, self.facts, self.parameters)
                looked_at = node.branches if taken is None else node.branches[: taken + 1]
                for index, (when, then) in enumerate(looked_at):
                    yield from self.assumptions(when)
                    if taken in (None, index):
                        yield from self.assumptions(then)
                if taken in (None, len(node.branches)):
                    yield from self.assumptions(node.otherwise)
            case ir.Aggregate():
                yield from self._inside(node)
            case _:
                for child in ir.children(node):
                    yield from self.assumptions(child)

    def _coalesced(self, node: ir.Coalesce) -> Iterator[Assumption]:
        reached = self._reached(node)
        taken = evaluate_node(node, node.type, self.facts, self.parameters)
        for operand in reached:
            if evaluate_node(operand, operand.type, self.facts, self.parameters) == ABSENT:
                yield Assumption(node, operand, taken)
            yield from self.assumptions(operand)

    def _inside(self, node: ir.Aggregate) -> Iterator[Assumption]:
        """What was assumed about members, each kind once with the number of members."""
        relation = self.facts.get(node.relation)
        found: dict[tuple[ir.Node, ir.Node, State | None], int] = {}
        for row in relation.rows if isinstance(relation, Members) else ():
            inside = self.of_member(node.relation, row)
            let_in = inside.state(node.where) if node.where else Known(True)
            parts = [node.where, node.operand if let_in == Known(True) else None]
            for part in parts:
                for one in inside.assumptions(_as_facts(part)) if part else ():
                    key = (one.node, one.absent, one.taken)
                    found[key] = found.get(key, 0) + 1
        for (at, absent, taken), members in found.items():
            yield Assumption(cast("ir.Coalesce | ir.IsNull", at), absent, taken, members)


def operands(node: ir.Node) -> Iterator[ir.Node]:
    """What stands in an expression of + - * / (with one rounding around it), in the order of the text."""
    for child in ir.children(node):
        if isinstance(child, ir.Arithmetic | ir.Negate | ir.Quotient):
            yield from operands(child)
        else:
            yield child


def _as_facts(node: ir.Node) -> ir.Node:
    """The node with the fields of the member at hand as facts `relation.field`; it is printed the same."""
    if isinstance(node, ir.Member):
        name = f"{node.relation}.{node.name}"
        return ir.Fact(name, type=node.type, line=node.line, column=node.column)
    changed = {field.name: _mapped(getattr(node, field.name)) for field in dataclasses.fields(node)}
    return dataclasses.replace(node, **changed)


def _mapped(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_mapped(part) for part in cast("tuple[Any, ...]", value))
    return _as_facts(value) if isinstance(value, ir.Node) else value


def _number(value: Value) -> exact.Number:
    if isinstance(value, int | Decimal):
        return exact.to_fraction(value)
    raise TypeError(f"{value!r} is not a number")


def _order(left: Value, right: Value) -> int:
    return functions.compare(_inner(left), _inner(right))


def _inner(value: Value) -> functions.Inner:
    return exact.to_fraction(value) if isinstance(value, Decimal) else value

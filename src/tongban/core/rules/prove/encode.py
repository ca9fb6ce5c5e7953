"""A rule as terms of the prover: for every node what it comes out as for a subject.

It means what `evaluate` means on complete facts, exactly: no number is rounded and none can overflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tongban.core.rules import ir
from tongban.core.rules.intervals import spans, walk
from tongban.core.rules.ir import Aggregation, Function
from tongban.core.rules.prove import calendar, numbers, outcome
from tongban.core.rules.prove.calendar import Day
from tongban.core.rules.prove.logic import Term, World
from tongban.core.rules.prove.outcome import Outcome, Ratio
from tongban.core.rules.prove.subject import Subject
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Brackets, Parameters, Value
from tongban.core.rules.types import Kind, Type


class Encoding:
    """Of one rule, on one date. `loose`: an aggregate can be anything that its bounds allow, whoever the members."""

    def __init__(
        self,
        world: World,
        subject: Subject,
        rule: Rule,
        parameters: Parameters,
        *,
        loose: bool = False,
    ) -> None:
        self._world = world
        self._subject = subject
        self._rule = rule
        self._parameters = parameters
        self._loose = loose
        self._found: dict[tuple[ir.Node, int | None], Outcome] = {}
        self._member: int | None = None

    @property
    def whole(self) -> Outcome:
        """What the rule comes out as, with what it says for undefined."""
        return self.finished(self.of(self._rule.root))

    def finished(self, found: Outcome) -> Outcome:
        """The outcome of a root, with what the rule says for undefined."""
        if self._rule.on_undefined is not OnUndefined.NO:
            return found
        world = self._world
        if self._rule.type.kind is Kind.BOOLEAN:
            absent = outcome.missing(world, found)
            return Outcome(False, absent, world.all(world.no(found.undefined), found.value))
        return Outcome(False, world.any(found.undefined, found.absent), found.value)

    def of(self, node: ir.Node) -> Outcome:
        key = node, self._member
        if key not in self._found:
            self._found[key] = self._of(node)
        return self._found[key]

    def inside(self, node: ir.Node, member: int) -> Outcome:
        """Of a node inside an aggregate, for one member."""
        before, self._member = self._member, member
        try:
            return self.of(node)
        finally:
            self._member = before

    def _of(self, node: ir.Node) -> Outcome:
        world = self._world
        match node:
            case ir.Literal():
                return Outcome(False, False, self._constant(node.type, node.value))
            case ir.Fact():
                variable = self._subject.fact(node.name, node.type)
                return Outcome(False, variable.absent, variable.value)
            case ir.Member():
                assert self._member is not None
                variable = self._subject.field(node.relation, self._member, node.name, node.type)
                return Outcome(False, variable.absent, variable.value)
            case ir.Parameter():
                value = self._parameters.get(node.name)
                if value is None or isinstance(value, Brackets):
                    return _undefined(node.type)
                return Outcome(False, False, self._constant(node.type, value))
            case ir.And() | ir.Or():
                parts = [self.of(operand) for operand in node.operands]
                return outcome.junction(world, parts, decisive=isinstance(node, ir.Or))
            case ir.IsNull():
                operand = self.of(node.operand)
                value = world.no(operand.absent) if node.negated else operand.absent
                return Outcome(operand.undefined, False, value)
            case ir.Coalesce():
                return self._coalesce(node)
            case ir.Case():
                return self._case(node)
            case ir.Quotient():
                return self._quotient(node)
            case ir.Bracket():
                return self._bracket(node)
            case ir.Aggregate():
                return self._loosely(node) if self._loose else self._aggregate(node)
            case ir.Call(function=Function.ADD_MONTHS):
                start, months = (self.of(argument) for argument in node.arguments)
                day, outside = calendar.add_months(world, start.value, months.value)
                known = outcome.known(world, outcome.strict(world, (start, months), 0))
                return outcome.strict(world, (start, months), day, undefined=world.all(known, outside))
            case _:
                return outcome.strict(world, map(self.of, ir.children(node)), self._strict(node))

    def _constant(self, type: Type, value: Value) -> Any:
        match value:
            case bool():
                return value
            case str():
                return self._subject.texts.number(value)
            case date():
                return calendar.day_of(value)
            case _:
                return int(Fraction(spans.inner(value)) / spans.step(type))

    # -- lazy ----------------------------------------------------------------------------------------------

    def _coalesce(self, node: ir.Coalesce) -> Outcome:
        found: Outcome | None = None
        for operand in reversed(node.operands):
            here = self._fitted(operand, node.type)
            passed = outcome.missing(self._world, here)
            found = here if found is None else outcome.choose(self._world, passed, found, here)
        assert found
        return found

    def _case(self, node: ir.Case) -> Outcome:
        found = self._fitted(node.otherwise, node.type)
        for condition, value in reversed(node.branches):
            asked = self.of(condition)
            taken = outcome.holds(self._world, asked)
            found = outcome.choose(self._world, taken, self._fitted(value, node.type), found)
            found = replace(found, undefined=self._world.any(asked.undefined, found.undefined))
        return found

    def _fitted(self, node: ir.Node, type: Type) -> Outcome:
        """With as many digits after the point as the type has."""
        found = self.of(node)
        if node.type.scale == type.scale:
            return found
        return replace(found, value=numbers.rescaled(found.value, node.type.scale, type.scale))

    # -- strict --------------------------------------------------------------------------------------------

    def _strict(self, node: ir.Node) -> Any:
        """The value, where all operands have one."""
        world = self._world
        match node:
            case ir.Not():
                return world.no(self.of(node.operand).value)
            case ir.Compare():
                return self._compare(node.operator, node.left, node.right)
            case ir.Between():
                above = self._compare("<=", node.low, node.operand)
                inside = world.all(above, self._compare("<=", node.operand, node.high))
                return world.no(inside) if node.negated else inside
            case ir.In():
                inside = world.any(*(self._compare("=", node.operand, item) for item in node.items))
                return world.no(inside) if node.negated else inside
            case ir.Negate():
                return -self.of(node.operand).value
            case ir.Arithmetic(operator="*"):
                return self.of(node.left).value * self.of(node.right).value
            case ir.Arithmetic():
                left, right = (self._fitted(part, node.type).value for part in (node.left, node.right))
                return left + right if node.operator == "+" else left - right
            case ir.Round():
                money = node.type.kind is Kind.MONEY
                digits = node.digits - 2 if money else node.digits
                found = numbers.rounded(world, self._ratio(node.operand), digits)
                return found * 10 ** (2 - node.digits) if money else found
            case ir.Call():
                return self._call(node)
            case _:
                raise TypeError(f"{type(node).__name__} is not strict")

    def _ratio(self, node: ir.Node) -> Ratio:
        value = self.of(node).value
        return value if isinstance(value, Ratio) else numbers.ratio(value, node.type.scale)

    def _compare(self, operator: ir.Comparison, left: ir.Node, right: ir.Node) -> Term:
        world = self._world
        one, other = self.of(left).value, self.of(right).value
        if left.type.kind is Kind.BOOLEAN:
            same = world.same(one, other)
            return same if operator == "=" else world.no(same)
        if isinstance(one, Ratio) or isinstance(other, Ratio):
            one, other = numbers.crossed(self._ratio(left), self._ratio(right))
        elif isinstance(one, Day):
            one, other = calendar.place(one), calendar.place(other)
        else:
            scale = max(left.type.scale, right.type.scale)
            one = numbers.rescaled(one, left.type.scale, scale)
            other = numbers.rescaled(other, right.type.scale, scale)
        return _ordered(world, operator, one, other)

    def _call(self, node: ir.Call) -> Any:
        world, (first, *others) = self._world, node.arguments
        match node.function:
            case Function.ABS:
                return world.absolute(self.of(first).value)
            case Function.FLOOR:
                return numbers.floored(world, self._ratio(first))
            case Function.CEIL:
                ratio = self._ratio(first)
                return -numbers.floored(world, Ratio(-ratio.above, ratio.below))
            case Function.LEAST | Function.GREATEST:
                found = self._fitted(first, node.type).value
                for argument in others:
                    value = self._fitted(argument, node.type).value
                    found = _further(world, value, found, least=node.function is Function.LEAST)
                return found
            case Function.MONTHS_BETWEEN | Function.YEARS_BETWEEN | Function.DAYS_BETWEEN:
                start, end = (self.of(argument).value for argument in node.arguments)
                return getattr(calendar, node.function)(world, start, end)
            case Function.ADD_MONTHS:
                raise AssertionError("it can be undefined")

    def _quotient(self, node: ir.Quotient) -> Outcome:
        above, below = self.of(node.numerator), self.of(node.denominator)
        zero = self._world.all(outcome.known(self._world, below), below.value == 0)
        ratio = numbers.divided(self._world, self._ratio(node.numerator), self._ratio(node.denominator))
        return outcome.strict(self._world, (above, below), ratio, undefined=zero)

    # -- tables and relations ------------------------------------------------------------------------------

    def _bracket(self, node: ir.Bracket) -> Outcome:
        operand, table = self.of(node.operand), self._parameters.get(node.table)
        if not isinstance(table, Brackets):
            return _undefined(node.type)
        if node.sliced:
            return outcome.strict(self._world, (operand,), self._slices(node, operand, table))
        literals = [ir.Literal(low, type=node.key, line=node.line, column=node.column) for low in table.lower]
        reached = [self._compare(">=", node.operand, literal) for literal in literals]
        found = self._constant(node.value, table.values[0])
        for here, value in zip(reached[1:], table.values[1:], strict=True):
            found = outcome.either(self._world, here, self._constant(node.value, value), found)
        below = self._world.all(outcome.known(self._world, operand), self._world.no(reached[0]))
        return outcome.strict(self._world, (operand,), found, undefined=below)

    def _slices(self, node: ir.Bracket, operand: Outcome, table: Brackets) -> Term:
        world = self._world
        scale = max(node.operand.type.scale, node.key.scale)
        number = numbers.rescaled(operand.value, node.operand.type.scale, scale)
        lower = [self._constant(node.key, low) * 10 ** (scale - node.key.scale) for low in table.lower]
        total: Term = 0
        for (low, high), value in zip(pairwise([*lower, None]), table.values, strict=True):
            part = world.choose(number > low, number - low, 0)
            if high is not None:
                part = world.choose(number > high, high - low, part)
            total = total + part * self._constant(node.value, value)
        return total

    def _aggregate(self, node: ir.Aggregate) -> Outcome:
        world = self._world
        counts = self._subject.members(node.relation)
        adds: list[Term] = []
        undefined: list[Term] = []
        values: list[Any] = []
        for member, count in enumerate(counts):
            there = count > 0
            where = self.inside(node.where, member) if node.where else Outcome(False, False, True)
            operand = self.inside(node.operand, member) if node.operand else Outcome(False, False, count)
            through = world.all(there, outcome.holds(world, where))
            adds.append(world.all(through, outcome.known(world, operand)))
            undefined += [world.all(there, where.undefined), world.all(through, operand.undefined)]
            values.append(operand.value)
        match node.function:
            case Aggregation.BOOL_OR | Aggregation.BOOL_AND:
                decisive = node.function is Aggregation.BOOL_OR
                parts = [Outcome(False, world.no(a), v) for a, v in zip(adds, values, strict=True)]
                check = outcome.holds if decisive else outcome.fails
                decided = world.any(*(check(world, part) for part in parts))
                lost = world.all(world.no(decided), world.any(*undefined))
                return Outcome(lost, False, decided if decisive else world.no(decided))
            case Aggregation.COUNT | Aggregation.SUM:  # what is summed up is of single members
                total: Term = 0
                for adding, value in zip(adds, values, strict=True):
                    total = total + world.choose(adding, value, 0)
                return Outcome(world.any(*undefined), False, total)
            case Aggregation.MIN | Aggregation.MAX:
                none = world.no(world.any(*adds))
                found = self._extreme(adds, values, least=node.function is Aggregation.MIN)
                return Outcome(world.any(*undefined), none, found if values else _any(node.type))

    def _extreme(self, adds: Sequence[Term], values: Sequence[Any], *, least: bool) -> Any:
        found, some = None, False
        for adding, value in zip(adds, values, strict=True):
            if found is None:
                found, some = value, adding
                continue
            further = _further(self._world, value, found, least=least)
            best = outcome.either(self._world, some, further, value)
            found = outcome.either(self._world, adding, best, found)
            some = self._world.any(some, adding)
        return found

    def _loosely(self, node: ir.Aggregate) -> Outcome:
        """Anything that the bounds allow. The same aggregate is the same thing everywhere."""
        found = walk.of(replace(self._rule, root=node), {}, self._parameters, {})
        read = {name: self._parameters.get(name) for name in ir.parameters(node)}
        return self._subject.anything(node, read, found)


def _undefined(type: Type) -> Outcome:
    return Outcome(True, False, _any(type))


def _any(type: Type) -> Any:
    """A value where none counts."""
    if type.kind is Kind.DATE:
        return calendar.day_of(date.min)
    return False if type.kind is Kind.BOOLEAN else 0


def _ordered(world: World, operator: ir.Comparison, left: Term, right: Term) -> Term:
    match operator:
        case "=":
            return left == right
        case "<>":
            return world.no(left == right)
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right


def _further(world: World, one: Any, other: Any, *, least: bool) -> Any:
    """The lesser of two numbers or days, or the greater."""
    places = [calendar.place(value) if isinstance(value, Day) else value for value in (one, other)]
    before = places[0] < places[1] if least else places[0] > places[1]
    return outcome.either(world, before, one, other)

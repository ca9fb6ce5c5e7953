"""From the typed form of a rule to lines over arrays, for one set of parameters and one outlook on the columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tongban.core.rules import ir
from tongban.core.rules.ir import Function
from tongban.core.rules.states import Brackets, Parameters, Value
from tongban.core.rules.to_numpy import (
    brackets,
    choices,
    columns,
    flags,
    gathering,
    months,
    quantities,
    ratios,
    statuses,
    vectors,
)
from tongban.core.rules.to_numpy.given import UNSEEN, Outlook
from tongban.core.rules.to_numpy.instructions import (
    BOOL,
    BYTE,
    OFFSETS,
    SUBJECTS,
    Assembly,
    Constant,
    Register,
    offsets_of,
    owners_of,
)
from tongban.core.rules.to_numpy.quantities import Quantity, constant
from tongban.core.rules.to_numpy.ratios import Ratio
from tongban.core.rules.to_numpy.statuses import Status
from tongban.core.rules.to_numpy.vectors import Values, Vector
from tongban.core.rules.types import Kind, Type


@dataclass(frozen=True, slots=True)
class Inside:
    """Where a part stands inside an aggregate."""

    relation: str
    anyone: bool = False
    """Worked out for each subject, about a member of whom nothing is known."""


class Compiler:
    def __init__(
        self, code: Assembly, outlook: Outlook, parameters: Parameters, texts: Mapping[str, int]
    ) -> None:
        """`texts` are the numbers of the texts that the rules and parameters name."""
        self._code = code
        self._outlook = outlook
        self._parameters = parameters
        self._texts = texts
        self._done: dict[tuple[int, Inside | None], Vector] = {}
        """By the identity of a node: `sharing` makes equal ones the same."""
        self._reads_member: dict[int, bool] = {}

    def of(self, node: ir.Node, inside: Inside | None = None) -> Vector:
        """What a part of a rule is in every row. Raises TypeError for a parameter of another type."""
        key = id(node), inside
        if key not in self._done:
            if inside and not self._is_about_member(node):
                found = self._lifted(self.of(node), inside)
            else:
                found = self._of(node, inside)
            self._done[key] = found
        return self._done[key]

    def _is_about_member(self, node: ir.Node) -> bool:
        """Whether it reads a field of the member at hand; an aggregate's are its own."""
        if id(node) not in self._reads_member:
            about = isinstance(node, ir.Member) or (
                not isinstance(node, ir.Aggregate) and any(map(self._is_about_member, ir.children(node)))
            )
            self._reads_member[id(node)] = about
        return self._reads_member[id(node)]

    def _lifted(self, vector: Vector, inside: Inside) -> Vector:
        if inside.anyone:
            return vector
        return vectors.lifted(self._code, vector, self._owners(inside.relation))

    def _of(self, node: ir.Node, inside: Inside | None) -> Vector:
        code = self._code
        match node:
            case ir.Literal():
                return vectors.known(self._fixed(node.type, node.value, "a literal"))
            case ir.Fact():
                return self._column(node.name, node.type, SUBJECTS)
            case ir.Member():
                assert inside
                name = f"{node.relation}.{node.name}"
                if inside.anyone:
                    return self._nothing_known(node.type)
                return self._column(name, node.type, node.relation)
            case ir.Parameter():
                return self._parameter(node)
            case ir.And():
                return vectors.conjunction(code, [self.of(part, inside) for part in node.operands])
            case ir.Or():
                return vectors.disjunction(code, [self.of(part, inside) for part in node.operands])
            case ir.Not():
                operand = self.of(node.operand, inside)
                return Vector(flags.opposite(code, operand.flag), operand.status)
            case ir.IsNull():
                return choices.is_null(code, self.of(node.operand, inside), negated=node.negated)
            case ir.Coalesce():
                operands = [self._with(part, node.type, inside) for part in node.operands]
                return choices.coalesce(code, operands)
            case ir.Case():
                branches = [
                    (self.of(when, inside), self._with(then, node.type, inside))
                    for when, then in node.branches
                ]
                return choices.case(code, branches, self._with(node.otherwise, node.type, inside))
            case ir.Aggregate():
                return self._aggregate(node)
            case ir.Quotient():
                raise AssertionError("a quotient is compared or rounded")
            case _:
                return self._strict(node, inside)

    # -- leaves --------------------------------------------------------------------------------------------

    def _column(self, name: str, type: Type, domain: str) -> Vector:
        code, seen = self._code, self._outlook.get(name, UNSEEN)
        if columns.KNOWN not in seen.states:
            values = self._nothing_known(type).values
        elif type.kind is Kind.BOOLEAN:
            values = flags.packed(code, code.load(name, BOOL, domain))
        elif seen.low == seen.high:
            values = constant(seen.low)
        else:
            register = code.load(name, quantities.width(seen.low, seen.high), domain)
            values = Quantity(register, seen.low, seen.high)
        return Vector(values, self._states(name, domain))

    def _states(self, name: str, domain: str) -> Status:
        states = self._outlook.get(name, UNSEEN).states

        def flag(state: int) -> flags.Flag:
            if len(states) == 1 or state not in states:
                return state in states
            given = self._code.load(f"{name}?", BYTE, domain)
            there = self._code.emit(np.equal, given, Constant(state, BYTE), dtype=BOOL)
            return flags.packed(self._code, there)

        return Status(open=flag(columns.UNKNOWN), absent=flag(columns.ABSENT))

    def _nothing_known(self, type: Type) -> Vector:
        return Vector(False if type.kind is Kind.BOOLEAN else constant(0), statuses.OPEN)

    def _parameter(self, node: ir.Parameter) -> Vector:
        value = self._parameters.get(node.name)
        if isinstance(value, Brackets):
            raise TypeError(f"the parameter '{node.name}' is {node.type.kind} and cannot be a bracket table")
        if value is None:
            nothing = self._nothing_known(node.type).values
            return Vector(nothing, statuses.undefined_for(f"no value of '{node.name}' for this date"))
        return vectors.known(self._fixed(node.type, value, f"the parameter '{node.name}'"))

    def _fixed(self, type: Type, value: Value, what: str) -> Values:
        found = self._number(type, value, what)
        return bool(found) if type.kind is Kind.BOOLEAN else constant(found)

    def _number(self, type: Type, value: Value, what: str) -> int:
        found = columns.whole(type, value, what)
        return self._texts[found] if isinstance(found, str) else found

    # -- strict operations ---------------------------------------------------------------------------------

    def _strict(self, node: ir.Node, inside: Inside | None) -> Vector:
        code = self._code
        match node:
            case ir.Compare():
                return self._compare(node, inside)
            case ir.Between():
                value, low, high = (self._ratio(part, inside) for part in ir.children(node))
                above, below = ratios.compare(code, ">=", value, low), ratios.compare(code, "<=", value, high)
                within = flags.both(code, above.flag, below.flag)
                status = statuses.strict(code, (value.status, low.status, high.status))
                return Vector(flags.opposite(code, within) if node.negated else within, status)
            case ir.In():
                operand = self._ratio(node.operand, inside)
                found = [
                    ratios.compare(code, "=", operand, self._ratio(item, inside)).flag for item in node.items
                ]
                is_in = reduce(lambda left, right: flags.either(code, left, right), found)
                return Vector(flags.opposite(code, is_in) if node.negated else is_in, operand.status)
            case ir.Negate():
                operand = self.of(node.operand, inside)
                return Vector(quantities.negated(code, operand.quantity), operand.status)
            case ir.Arithmetic():
                return self._arithmetic(node, inside)
            case ir.Round():
                operand = self._ratio(node.operand, inside)
                digits = node.digits - 2 if node.type.kind is Kind.MONEY else node.digits
                rounded = ratios.rounded(code, operand, digits)
                return Vector(quantities.scaled(code, rounded, max(-digits, 0)), operand.status)
            case ir.Call():
                return self._call(node, inside)
            case ir.Bracket():
                return self._bracket(node, inside)
            case _:
                raise TypeError(f"{type(node).__name__} is not a strict operation")

    def _compare(self, node: ir.Compare, inside: Inside | None) -> Vector:
        if node.left.type.kind is not Kind.BOOLEAN:
            left, right = self._ratio(node.left, inside), self._ratio(node.right, inside)
            return ratios.compare(self._code, node.operator, left, right)
        first, second = self.of(node.left, inside), self.of(node.right, inside)
        differ = flags.differ(self._code, first.flag, second.flag)
        holds = differ if node.operator == "<>" else flags.opposite(self._code, differ)
        return Vector(holds, statuses.strict(self._code, (first.status, second.status)))

    def _ratio(self, node: ir.Node, inside: Inside | None) -> Ratio:
        """A quotient, or anything else that is held as a whole number."""
        if not isinstance(node, ir.Quotient):
            return ratios.plain(self.of(node, inside), node.type.scale)
        above, below = node.numerator, node.denominator
        return ratios.quotient(
            self._code,
            (self.of(above, inside), above.type.scale),
            (self.of(below, inside), below.type.scale),
        )

    def _arithmetic(self, node: ir.Arithmetic, inside: Inside | None) -> Vector:
        if node.operator == "*":
            left, right = self.of(node.left, inside), self.of(node.right, inside)
        else:
            left, right = self._with(node.left, node.type, inside), self._with(node.right, node.type, inside)
        operation = {"+": quantities.plus, "-": quantities.minus, "*": quantities.times}[node.operator]
        status = statuses.strict(self._code, (left.status, right.status))
        return Vector(operation(self._code, left.quantity, right.quantity), status)

    def _with(self, node: ir.Node, type: Type, inside: Inside | None) -> Vector:
        """A part, held with as many digits after the point as the whole."""
        return vectors.scaled(self._code, self.of(node, inside), type.scale - node.type.scale)

    def _call(self, node: ir.Call, inside: Inside | None) -> Vector:
        code = self._code
        if node.function in (Function.FLOOR, Function.CEIL):
            operand = self._ratio(node.arguments[0], inside)
            whole = ratios.floor if node.function is Function.FLOOR else ratios.ceil
            return Vector(whole(code, operand), operand.status)
        if node.function in (Function.LEAST, Function.GREATEST):
            found = [self._with(part, node.type, inside) for part in node.arguments]
        else:
            found = [self.of(part, inside) for part in node.arguments]
        status = statuses.strict(code, [one.status for one in found])
        values = [one.quantity for one in found]
        match node.function:
            case Function.ABS:
                result = quantities.magnitude(code, *values)
            case Function.LEAST:
                result = reduce(lambda left, right: quantities.least(code, left, right), values)
            case Function.GREATEST:
                result = reduce(lambda left, right: quantities.greatest(code, left, right), values)
            case Function.MONTHS_BETWEEN:
                result = months.months_between(code, *values)
            case Function.YEARS_BETWEEN:
                result = months.years_between(code, *values)
            case Function.DAYS_BETWEEN:
                result = quantities.minus(code, values[1], values[0])
            case Function.ADD_MONTHS:
                result, inside_years = months.add_months(code, *values)
                status = self._unless_undefined(status, inside_years, "a date outside the years 1 to 9999")
        return Vector(result, status)

    def _unless_undefined(self, status: Status, defined: flags.Flag, reason: str) -> Status:
        """The status of an operation that is undefined on some known operands, and could be on open ones."""
        code = self._code
        status = statuses.perhaps_undefined(code, status)
        fails = flags.both(code, statuses.known(code, status), flags.opposite(code, defined))
        return statuses.overlaid(code, status, Status(undefined={reason: fails}))

    def _bracket(self, node: ir.Bracket, inside: Inside | None) -> Vector:
        operand, table = self.of(node.operand, inside), self._parameters.get(node.table)
        if not isinstance(table, Brackets):
            missing = statuses.undefined_for(f"no value of '{node.table}' for this date")
            status = statuses.strict(self._code, (operand.status, missing))
            return Vector(self._nothing_known(node.type).values, status)
        what = f"the bracket table '{node.table}'"
        digits = max(node.operand.type.scale, node.key.scale)
        lower = [self._number(node.key, low, what) * 10 ** (digits - node.key.scale) for low in table.lower]
        value = vectors.scaled(self._code, operand, digits - node.operand.type.scale).quantity
        values = [self._number(node.value, one, what) for one in table.values]
        if node.sliced:
            return Vector(brackets.slices(self._code, value, lower, values), operand.status)
        found = brackets.value(self._code, value, lower, values)
        above = flags.opposite(self._code, brackets.is_below(self._code, value, lower))
        reason = f"it lies below the first bracket of '{node.table}'"
        status = self._unless_undefined(operand.status, above, reason)
        if node.type.kind is Kind.BOOLEAN:
            return Vector(quantities.compare(self._code, "=", found, constant(1)), status)
        return Vector(found, status)

    # -- relations -----------------------------------------------------------------------------------------

    def _aggregate(self, node: ir.Aggregate) -> Vector:
        states = self._outlook.get(node.relation, UNSEEN).states
        members = anyone = None
        if states != UNSEEN.states:
            members = self._filtered(node, Inside(node.relation))
        if columns.UNKNOWN in states:
            anyone = self._filtered(node, Inside(node.relation, anyone=True))
        return gathering.aggregate(self._code, node.function, self._relation(node.relation), members, anyone)

    def _filtered(self, node: ir.Aggregate, inside: Inside) -> tuple[Vector, Vector]:
        where = self.of(node.where, inside) if node.where else vectors.known(True)
        return where, self.of(node.operand, inside) if node.operand else vectors.known(constant(1))

    def _relation(self, name: str) -> gathering.Relation:
        seen = self._outlook.get(name, UNSEEN)
        offsets = self._code.load(offsets_of(name), OFFSETS, offsets_of(name))
        return gathering.Relation(self._states(name, SUBJECTS), seen.high, offsets, self._owners(name))

    def _owners(self, relation: str) -> Register:
        """For each member the row of its subject."""
        return self._code.load(owners_of(relation), OFFSETS, relation)

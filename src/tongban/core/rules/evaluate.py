"""The meaning of a rule for one subject, with whatever is known about it.

**Soundness.** A definite result (known, absent or undefined, with its reason) is the result of every completion
of the unknown facts. Where that cannot be promised the result is unknown. What follows from it:

- AND is false as soon as one operand is false, whatever the others are, undefined included; OR likewise with true.
  With none decided, an unknown operand keeps the whole unknown: it could still be the false one.
- A strict operation is undefined if an operand is, else absent if an operand is. So `absent + unknown` is absent,
  unless the unknown part could turn out undefined. Of several reasons the first in the text is given.
- A quotient is undefined when its denominator is 0, even when its numerator is absent or unknown.
- A relation that is unknown stands for any number of members of whom nothing is known.
- A condition of CASE that is absent counts as not true; one that is undefined makes the CASE undefined.

**Unknown.facts** are the facts that can still change the result: those of branches already settled are left out.
Answering one of them never adds another (see `ask`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tongban.core.rules import exact, functions, gather, ir, outcomes
from tongban.core.rules.functions import Inner
from tongban.core.rules.outcomes import Is, Open, Outcome
from tongban.core.rules.rule import OnUndefined, Rule
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
from tongban.core.rules.types import Kind, Type


def evaluate(rule: Rule, facts: Facts, parameters: Parameters) -> State:
    """The value of a rule, of its type: a Decimal has the digits of the type, money is whole fen.

    What the rule says for `on_undefined` is applied: with NO it is never undefined.

    `parameters` hold their values for the date in question; one that is missing has none on that date, which
    makes what needs it undefined. A fact that is missing from `facts` is unknown. Raises TypeError when a value
    is not of its declared type: values come through `types.read`.
    """
    state = evaluate_node(rule.root, rule.type, facts, parameters)
    if isinstance(state, Undefined) and rule.on_undefined is OnUndefined.NO:
        return Known(False) if rule.type.kind is Kind.BOOLEAN else ABSENT
    return state


def evaluate_node(node: ir.Node, type: Type, facts: Facts, parameters: Parameters) -> State:
    """The same for a part of a rule. `type` says how many digits the value is given with."""
    outcome = _Evaluation(facts, parameters).of(node)
    match outcome:
        case Open():
            return Unknown(outcome.facts)
        case Is(value=value):
            return Known(_outer(type, value))
        case Absent() | Undefined():
            return outcome


@dataclass(frozen=True, slots=True)
class _Evaluation:
    known: Facts
    parameters: Parameters
    member: Mapping[str, Known | Absent] | None = None
    """The member of a relation at hand, inside an aggregate; an empty one stands for any."""

    def of(self, node: ir.Node) -> Outcome:
        match node:
            case ir.Literal():
                return Is(_inner(node.type, node.value, "a literal"))
            case ir.Fact():
                return self._fact(node)
            case ir.Parameter():
                return self._parameter(node)
            case ir.And():
                return outcomes.junction(map(self.of, node.operands), decisive=False)
            case ir.Or():
                return outcomes.junction(map(self.of, node.operands), decisive=True)
            case ir.IsNull():
                return _is_null(self.of(node.operand), negated=node.negated)
            case ir.Coalesce():
                return self._coalesce(node)
            case ir.Case():
                return self._case(node)
            case ir.Quotient():
                return _quotient(self.of(node.numerator), self.of(node.denominator))
            case ir.Bracket():
                return self._bracket(node)
            case ir.Member():
                return self._member(node)
            case ir.Aggregate():
                return self._aggregate(node)
            case _:
                return self._strict(node)

    def _fact(self, node: ir.Fact) -> Outcome:
        match self.known.get(node.name):
            case None:
                return Open(frozenset({node.name}))
            case Known(value=value):
                return Is(_inner(node.type, value, f"the fact '{node.name}'"))
            case Absent():
                return ABSENT
            case Members():
                raise TypeError(f"the fact '{node.name}' is {node.type.kind} and cannot be a list of members")

    def _member(self, node: ir.Member) -> Outcome:
        match (self.member or {}).get(node.name):
            case None:
                return Open(frozenset({node.relation}))
            case Known(value=value):
                return Is(_inner(node.type, value, f"'{node.relation}.{node.name}'"))
            case Absent():
                return ABSENT

    def _aggregate(self, node: ir.Aggregate) -> Outcome:
        match self.known.get(node.relation):
            case None:
                where, operand = self._of_member(node, {})
                if isinstance(where, Is | Open) and where != Is(
                    False
                ):  # how many members there are is open too
                    where = outcomes.opened([where, Open(frozenset({node.relation}))])
                elif isinstance(where, Undefined):
                    where = Open(frozenset({node.relation}), partial=True)
                added = [gather.contribution(node.function, where, operand)]
            case Absent():
                added = []
            case Members(rows=rows):
                added = [gather.contribution(node.function, *self._of_member(node, row)) for row in rows]
            case Known():
                raise TypeError(f"the relation '{node.relation}' is a list of members, not a value")
        return gather.total(node, [outcome for outcome in added if outcome is not None])

    def _of_member(self, node: ir.Aggregate, row: Mapping[str, Known | Absent]) -> tuple[Outcome, Outcome]:
        """What the filter and the operand are for a member."""
        inside = replace(self, member=row)
        where = inside.of(node.where) if node.where else Is(True)
        return where, inside.of(node.operand) if node.operand else Is(1)

    def _bracket(self, node: ir.Bracket) -> Outcome:
        operand, found = self.of(node.operand), self.parameters.get(node.table)
        table = (
            found if isinstance(found, Brackets) else Undefined(f"no value of '{node.table}' for this date")
        )
        after: list[Outcome] = [operand, table] if isinstance(table, Undefined) else [operand]
        if open_ := outcomes.unsettled(after, partial=not node.sliced):
            return open_
        assert isinstance(operand, Is)
        assert isinstance(table, Brackets)
        what = f"the bracket table '{node.table}'"
        lower = [_inner(node.key, low, what) for low in table.lower]
        values = [_inner(node.value, value, what) for value in table.values]
        if node.sliced:
            return Is(functions.slices(operand.value, lower, values))
        value = functions.bracket(operand.value, lower, values)
        return Undefined(f"it lies below the first bracket of '{node.table}'") if value is None else Is(value)

    def _parameter(self, node: ir.Parameter) -> Outcome:
        value = self.parameters.get(node.name)
        if isinstance(value, Brackets):
            raise TypeError(f"the parameter '{node.name}' is {node.type.kind} and cannot be a bracket table")
        if value is None:
            return Undefined(f"no value of '{node.name}' for this date")
        return Is(_inner(node.type, value, f"the parameter '{node.name}'"))

    def _coalesce(self, node: ir.Coalesce) -> Outcome:
        reached: list[Outcome] = []
        for operand in node.operands:
            outcome = self.of(operand)
            if not isinstance(outcome, Absent):
                reached.append(outcome)
            if isinstance(outcome, Is | Undefined):
                break
        return outcomes.first_or_open(reached)

    def _case(self, node: ir.Case) -> Outcome:
        conditions: list[Outcome] = []  # the open ones on the way, and an undefined one that ends it
        values: list[Outcome] = []
        for condition, value in node.branches:
            outcome = self.of(condition)
            if outcome == Is(False) or isinstance(outcome, Absent):
                continue
            if isinstance(outcome, Undefined):
                conditions.append(outcome)
                break
            values.append(self.of(value))
            if outcome == Is(True):
                break
            conditions.append(outcome)
        else:
            values.append(self.of(node.otherwise))
        if not outcomes.may_be_undefined(conditions) and outcomes.all_the_same(values):
            return values[0]  # whichever branch it is
        return outcomes.first_or_open([*conditions, *values])

    def _strict(self, node: ir.Node) -> Outcome:
        found = [self.of(child) for child in ir.children(node)]
        partial = isinstance(node, ir.Call) and node.function in functions.PARTIAL
        if open_ := outcomes.unsettled(found, partial=partial):
            return open_
        return _apply(node, [outcome.value for outcome in found if isinstance(outcome, Is)])


def _apply(node: ir.Node, values: list[Inner]) -> Outcome:
    """A strict operation on values that are all known. `check` has made sure of their types."""
    match node, values:
        case ir.Not(), [bool() as value]:
            return Is(not value)
        case ir.Compare(), [left, right]:
            return Is(functions.holds(node.operator, functions.compare(left, right)))
        case ir.Between(), [value, low, high]:
            inside = functions.compare(low, value) <= 0 and functions.compare(value, high) <= 0
            return Is(inside != node.negated)
        case ir.In(), [value, *items]:
            return Is((value in items) != node.negated)
        case ir.Negate(), [int() | Fraction() as number]:
            return Is(-number)
        case ir.Arithmetic(), [int() | Fraction() as left, int() | Fraction() as right]:
            return Is(functions.arithmetic(node.operator, left, right))
        case ir.Round(), [int() | Fraction() as number]:
            digits = node.digits - 2 if node.type.kind is Kind.MONEY else node.digits
            return Is(exact.round_half_away(number, digits))
        case ir.Call(), _:
            value = functions.call(node.function, values)
            return value if isinstance(value, Undefined) else Is(value)
        case _:
            raise TypeError(f"{values!r} are not what {type(node).__name__} takes")


def _is_null(outcome: Outcome, *, negated: bool) -> Outcome:
    match outcome:
        case Absent():
            return Is(not negated)
        case Is():
            return Is(negated)
        case Undefined() | Open():
            return outcome


def _quotient(numerator: Outcome, denominator: Outcome) -> Outcome:
    zero = denominator == Is(0)
    match numerator, denominator:
        case Undefined(), _:
            return numerator
        case Open(partial=True), _:
            return outcomes.opened([numerator, denominator])
        case _, Undefined():
            return denominator
        case _ if zero:
            return Undefined("division by zero")
        case _, Absent():
            return ABSENT
        case _, Open():
            return outcomes.opened([numerator, denominator], partial=True)
        case Absent() | Open(), _:
            return numerator
        case Is(value=int() | Fraction() as above), Is(value=int() | Fraction() as below):
            return Is(exact.plain(Fraction(above) / below))
        case _:
            raise TypeError("only numbers can be divided")


def _outer(type: Type, value: Inner) -> Value:
    if isinstance(value, Fraction) or type.kind is Kind.DECIMAL:
        assert not isinstance(value, date | str)
        return exact.to_decimal(value, type.scale)
    return value


def _inner(type: Type, value: Value, what: str) -> Inner:
    """The value as computed with. Raises TypeError when it is not of the type."""
    match type.kind, value:
        case Kind.BOOLEAN, bool():
            return value
        case ((Kind.INTEGER | Kind.MONEY), int()) if not isinstance(value, bool):
            return value
        case Kind.DECIMAL, int() | Decimal() if not isinstance(value, bool):
            number = exact.to_fraction(value)
            if (number * 10**type.scale).denominator == 1:
                return exact.plain(number)
        case Kind.DATE, date():
            return value
        case ((Kind.TEXT | Kind.CODE), str()):
            return value
        case _:
            pass
    raise TypeError(f"{what} is {type.kind} and cannot be {value!r}")

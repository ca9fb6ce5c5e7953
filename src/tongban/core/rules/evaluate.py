"""The meaning of a rule for one subject, with whatever is known about it.

**Soundness.** A definite result (known, absent or undefined, with its reason) is the result of every completion
of the unknown facts. Where that cannot be promised the result is unknown. What follows from it:

- AND is false as soon as one operand is false, whatever the others are, undefined included; OR likewise with true.
  With none decided, an unknown operand keeps the whole unknown: it could still be the false one.
- A strict operation is undefined if an operand is, else absent if an operand is. So `absent + unknown` is absent,
  unless the unknown part could turn out undefined. Of several reasons the first in the text is given.
- A quotient is undefined when its denominator is 0, even when its numerator is absent or unknown.
- A condition of CASE that is absent counts as not true; one that is undefined makes the CASE undefined.

**Unknown.facts** are the facts that can still change the result: those of branches already settled are left out.
Answering one of them never adds another (see `ask`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from tongban.core.rules import exact, functions, ir
from tongban.core.rules.functions import Inner
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, State, Undefined, Unknown, Value
from tongban.core.rules.types import Kind, Type


def evaluate(rule: Rule, facts: Facts, parameters: Mapping[str, Value]) -> State:
    """The value of a rule, of its type: a Decimal has the digits of the type, money is whole fen.

    `parameters` hold their values for the date in question; one that is missing has none on that date, which
    makes what needs it undefined. A fact that is missing from `facts` is unknown. Raises TypeError when a value
    is not of its declared type: values come through `types.read`.
    """
    return evaluate_node(rule.root, rule.type, facts, parameters)


def evaluate_node(node: ir.Node, type: Type, facts: Facts, parameters: Mapping[str, Value]) -> State:
    """The same for a part of a rule. `type` says how many digits the value is given with."""
    outcome = _Evaluation(facts, parameters).of(node)
    match outcome:
        case _Open():
            return Unknown(outcome.facts)
        case _Is(value=value):
            return Known(_outer(type, value))
        case Absent() | Undefined():
            return outcome


@dataclass(frozen=True, slots=True)
class _Is:
    value: Inner


@dataclass(frozen=True, slots=True)
class _Open:
    """Not settled: what could settle it, and whether it could turn out undefined."""

    facts: frozenset[str]
    partial: bool = False


_Outcome: TypeAlias = _Is | Absent | Undefined | _Open


@dataclass(frozen=True, slots=True)
class _Evaluation:
    known: Facts
    parameters: Mapping[str, Value]

    def of(self, node: ir.Node) -> _Outcome:
        match node:
            case ir.Literal():
                return _Is(_inner(node.type, node.value, "a literal"))
            case ir.Fact():
                return self._fact(node)
            case ir.Parameter():
                return self._parameter(node)
            case ir.And():
                return _junction(map(self.of, node.operands), decisive=False)
            case ir.Or():
                return _junction(map(self.of, node.operands), decisive=True)
            case ir.IsNull():
                return _is_null(self.of(node.operand), negated=node.negated)
            case ir.Coalesce():
                return self._coalesce(node)
            case ir.Case():
                return self._case(node)
            case ir.Quotient():
                return _quotient(self.of(node.numerator), self.of(node.denominator))
            case _:
                return self._strict(node)

    def _fact(self, node: ir.Fact) -> _Outcome:
        match self.known.get(node.name):
            case None:
                return _Open(frozenset({node.name}))
            case Known(value=value):
                return _Is(_inner(node.type, value, f"the fact '{node.name}'"))
            case Absent():
                return ABSENT

    def _parameter(self, node: ir.Parameter) -> _Outcome:
        value = self.parameters.get(node.name)
        if value is None:
            return Undefined(f"no value of '{node.name}' for this date")
        return _Is(_inner(node.type, value, f"the parameter '{node.name}'"))

    def _coalesce(self, node: ir.Coalesce) -> _Outcome:
        reached: list[_Outcome] = []
        for operand in node.operands:
            outcome = self.of(operand)
            if not isinstance(outcome, Absent):
                reached.append(outcome)
            if isinstance(outcome, _Is | Undefined):
                break
        return _first_or_open(reached)

    def _case(self, node: ir.Case) -> _Outcome:
        conditions: list[_Outcome] = []  # the open ones on the way, and an undefined one that ends it
        values: list[_Outcome] = []
        for condition, value in node.branches:
            outcome = self.of(condition)
            if outcome == _Is(False) or isinstance(outcome, Absent):
                continue
            if isinstance(outcome, Undefined):
                conditions.append(outcome)
                break
            values.append(self.of(value))
            if outcome == _Is(True):
                break
            conditions.append(outcome)
        else:
            values.append(self.of(node.otherwise))
        if not _may_be_undefined(conditions) and _all_the_same(values):
            return values[0]  # whichever branch it is
        return _first_or_open([*conditions, *values])

    def _strict(self, node: ir.Node) -> _Outcome:
        values: list[Inner] = []
        outcomes = [self.of(child) for child in ir.children(node)]
        open_ = [outcome for outcome in outcomes if isinstance(outcome, _Open)]
        for outcome in outcomes:
            if isinstance(outcome, _Open) and outcome.partial:
                return _open(outcomes)
            if isinstance(outcome, Undefined):
                return outcome
        for outcome in outcomes:
            if isinstance(outcome, Absent):
                return ABSENT
            if isinstance(outcome, _Is):
                values.append(outcome.value)
        if open_:
            return _open(outcomes, partial=isinstance(node, ir.Call) and node.function in functions.PARTIAL)
        return _apply(node, values)


def _apply(node: ir.Node, values: list[Inner]) -> _Outcome:
    """A strict operation on values that are all known. `check` has made sure of their types."""
    match node, values:
        case ir.Not(), [bool() as value]:
            return _Is(not value)
        case ir.Compare(), [left, right]:
            return _Is(functions.holds(node.operator, functions.compare(left, right)))
        case ir.Between(), [value, low, high]:
            inside = functions.compare(low, value) <= 0 and functions.compare(value, high) <= 0
            return _Is(inside != node.negated)
        case ir.In(), [value, *items]:
            return _Is((value in items) != node.negated)
        case ir.Negate(), [int() | Fraction() as number]:
            return _Is(-number)
        case ir.Arithmetic(), [int() | Fraction() as left, int() | Fraction() as right]:
            return _Is(functions.arithmetic(node.operator, left, right))
        case ir.Round(), [int() | Fraction() as number]:
            digits = node.digits - 2 if node.type.kind is Kind.MONEY else node.digits
            return _Is(exact.round_half_away(number, digits))
        case ir.Call(), _:
            value = functions.call(node.function, values)
            return value if isinstance(value, Undefined) else _Is(value)
        case _:
            raise TypeError(f"{values!r} are not what {type(node).__name__} takes")


def _junction(outcomes: Iterable[_Outcome], *, decisive: bool) -> _Outcome:
    """AND (decided by false) and OR (decided by true)."""
    seen: list[_Outcome] = []
    for outcome in outcomes:
        if outcome == _Is(decisive):
            return outcome
        seen.append(outcome)
    if any(isinstance(outcome, _Open) for outcome in seen):
        return _open(seen)
    undefined = next((outcome for outcome in seen if isinstance(outcome, Undefined)), None)
    return undefined or (ABSENT if ABSENT in seen else _Is(not decisive))


def _is_null(outcome: _Outcome, *, negated: bool) -> _Outcome:
    match outcome:
        case Absent():
            return _Is(not negated)
        case _Is():
            return _Is(negated)
        case Undefined() | _Open():
            return outcome


def _quotient(numerator: _Outcome, denominator: _Outcome) -> _Outcome:
    zero = denominator == _Is(0)
    match numerator, denominator:
        case Undefined(), _:
            return numerator
        case _Open(partial=True), _:
            return _open([numerator, denominator])
        case _, Undefined():
            return denominator
        case _ if zero:
            return Undefined("division by zero")
        case _, Absent():
            return ABSENT
        case _, _Open():
            return _open([numerator, denominator], partial=True)
        case Absent() | _Open(), _:
            return numerator
        case _Is(value=int() | Fraction() as above), _Is(value=int() | Fraction() as below):
            return _Is(exact.plain(Fraction(above) / below))
        case _:
            raise TypeError("only numbers can be divided")


def _first_or_open(reached: list[_Outcome]) -> _Outcome:
    """Of the outcomes that could be the result, the only one if nothing before it is open."""
    if any(isinstance(outcome, _Open) for outcome in reached):
        return _open(reached)
    return reached[0] if reached else ABSENT


def _open(outcomes: Iterable[_Outcome], *, partial: bool = False) -> _Open:
    outcomes = list(outcomes)
    names = frozenset[str]().union(*(outcome.facts for outcome in outcomes if isinstance(outcome, _Open)))
    return _Open(names, partial or _may_be_undefined(outcomes))


def _may_be_undefined(outcomes: Iterable[_Outcome]) -> bool:
    return any(isinstance(o, Undefined) or (isinstance(o, _Open) and o.partial) for o in outcomes)


def _all_the_same(outcomes: list[_Outcome]) -> bool:
    return all(outcome == outcomes[0] and not isinstance(outcome, _Open) for outcome in outcomes)


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

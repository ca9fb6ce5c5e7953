"""The walk over a rule that finds what each of its parts can come out as: see `bounds` for the promises.

What is known about names starts from the facts and their ranges, and gets narrower inside a branch of CASE, behind
a FILTER, and beside the other operands of AND and OR.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from tongban.core.rules import dates, exact, functions, ir
from tongban.core.rules.exact import Number
from tongban.core.rules.intervals import members, narrowing, spans
from tongban.core.rules.intervals.narrowing import Names
from tongban.core.rules.intervals.spans import UNDEFINED, Among, Possible, Span, Values, truths
from tongban.core.rules.ir import Function
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Absent, Brackets, Facts, Known, Members, Parameters
from tongban.core.rules.types import Kind, Range, Type

MAX_VISITS: Final = 4000
"""After so many parts nothing is narrowed any more: the bounds get wider, and the walk soon ends."""


def of(rule: Rule, facts: Facts, parameters: Parameters, within: Mapping[str, Range]) -> Possible:
    """What the rule's root can come out as. Names in `within` have a value, somewhere in that range.

    Raises TypeError when a value is not of its declared type.
    """
    return _Walk(facts, parameters, rule.ranges, within).of(rule.root, {})


class _Walk:
    def __init__(
        self,
        facts: Facts,
        parameters: Parameters,
        ranges: Mapping[str, Range],
        within: Mapping[str, Range],
    ) -> None:
        self._facts = facts
        self._parameters = parameters
        self._ranges = ranges
        self._within = within
        self._visits = 0

    def of(self, node: ir.Node, names: Names) -> Possible:
        self._visits += 1
        match node:
            case ir.Literal():
                return Possible(spans.single(node.type, node.value))
            case ir.Fact():
                return names.get(node.name) or self._fact(node)
            case ir.Member():
                return names.get(narrowing.key(node)) or self._unknown(node)
            case ir.Parameter():
                value = self._parameters.get(node.name)
                if value is None:
                    return UNDEFINED
                assert not isinstance(value, Brackets)
                return Possible(spans.single(node.type, value))
            case ir.And() | ir.Or():
                return self._junction(node, names)
            case ir.IsNull():
                return _is_null(self.of(node.operand, names), negated=node.negated)
            case ir.Coalesce():
                return self._coalesce(node, names)
            case ir.Case():
                return self._case(node, names)
            case ir.Quotient():
                below = self.of(node.denominator, names)
                return _quotient(self.of(node.numerator, names), below, spans.step(node.denominator.type))
            case ir.Bracket():
                return self._bracket(node, names)
            case ir.Aggregate():
                return self._aggregate(node, names)
            case _:
                return _strict(node, [self.of(child, names) for child in ir.children(node)])

    # -- names ---------------------------------------------------------------------------------------------

    def _fact(self, node: ir.Fact) -> Possible:
        match self._facts.get(node.name):
            case None:
                return self._unknown(node)
            case Known(value=value):
                return Possible(spans.single(node.type, value))
            case Absent():
                return Possible(absent=True)
            case Members():
                raise TypeError(f"the fact '{node.name}' is {node.type.kind} and cannot be a list of members")

    def _unknown(self, node: ir.Fact | ir.Member) -> Possible:
        name = narrowing.key(node)
        declared = _ranged(node.type, self._ranges.get(name))
        if name not in self._within:
            return Possible(declared, absent=True)
        within = _ranged(node.type, self._within[name])
        return Possible(spans.meet(declared, within) or within)

    # -- Kleene and lazy -----------------------------------------------------------------------------------

    def _junction(self, node: ir.And | ir.Or, names: Names) -> Possible:
        decisive = isinstance(node, ir.Or)
        operands = [self.of(operand, names) for operand in node.operands]
        whole = members.junction(operands, decisive=decisive)
        if not whole.may_be(decisive):
            return whole
        open_ = self._narrow(names, node, not decisive, surely=False)  # no operand has decided it
        if open_ is None:
            return Possible(truths(decisive))
        if open_ is not names:
            rest = members.junction([self.of(o, open_) for o in node.operands], decisive=decisive)
            known = rest.may_be(not decisive)
            whole = Possible(
                truths(decisive, *([not decisive] if known else [])), rest.absent, rest.undefined
            )
        if whole.may_be(not decisive):
            met = self._narrow(names, node, not decisive, surely=True)
            if met is None or (met is not names and not self._all_may_be(node, not decisive, met)):
                return Possible(truths(decisive), whole.absent, whole.undefined)
        return whole

    def _all_may_be(self, node: ir.And | ir.Or, value: bool, names: Names) -> bool:
        return all(self.of(operand, names).may_be(value) for operand in node.operands)

    def _coalesce(self, node: ir.Coalesce, names: Names) -> Possible:
        values: list[Values | None] = []
        undefined = False
        for operand in node.operands:
            found = self.of(operand, names)
            values.append(found.values)
            undefined |= found.undefined
            if not found.absent:
                return Possible(spans.union(values), absent=False, undefined=undefined)
        return Possible(spans.union(values), absent=True, undefined=undefined)

    def _case(self, node: ir.Case, names: Names) -> Possible:
        results: list[Possible] = []
        rest: Names | None = names
        for condition, value in node.branches:
            found = self.of(condition, rest)
            if found.undefined:
                results.append(UNDEFINED)
            if found.may_be(True):
                inside = self._narrow(rest, condition, True, surely=True)
                if inside is not None:
                    results.append(self.of(value, inside))
            if not found.may_be(False) and not found.absent:
                break
            rest = self._narrow(rest, condition, False, surely=False)
            if rest is None:
                break
        else:
            results.append(self.of(node.otherwise, rest))
        values = spans.union(result.values for result in results)
        return Possible(values, any(r.absent for r in results), any(r.undefined for r in results))

    def _narrow(self, names: Names, node: ir.Node, value: bool, *, surely: bool) -> Names | None:
        if self._visits > MAX_VISITS:
            return names
        return narrowing.narrow(self.of, names, node, value, surely=surely)

    # -- tables and relations ------------------------------------------------------------------------------

    def _bracket(self, node: ir.Bracket, names: Names) -> Possible:
        operand, table = self.of(node.operand, names), self._parameters.get(node.table)
        if not isinstance(table, Brackets):
            return UNDEFINED
        if not isinstance(operand.values, Span):
            return operand
        lower = [spans.inner(low) for low in table.lower]
        if node.sliced:
            rates = [spans.inner(value) for value in table.values]
            return Possible(_slices(operand.values, lower, rates), operand.absent, operand.undefined)
        low, high = operand.values.low, operand.values.high
        first = -1 if low is None else bisect_right(lower, low) - 1
        last = len(lower) - 1 if high is None else bisect_right(lower, high) - 1
        reached = [spans.single(node.value, value) for value in table.values[max(first, 0) : last + 1]]
        return Possible(spans.union(reached), operand.absent, operand.undefined or first < 0)

    def _aggregate(self, node: ir.Aggregate, names: Names) -> Possible:
        match self._facts.get(node.relation):
            case Known():
                raise TypeError(f"the relation '{node.relation}' is a list of members, not a value")
            case None:
                count = _ranged(Type(Kind.INTEGER), self._ranges.get(node.relation))
                assert isinstance(count, Span)
                times = spans.greatest([count, Span(0, 0)]) if count.high != 0 else Span(0, 0)
                return members.total(node.function, [self._member(node, names, {})], times)
            case Absent():
                rows = ()
            case Members(rows=rows):
                pass
        return members.total(node.function, [self._member(node, names, row) for row in rows])

    def _member(self, node: ir.Aggregate, names: Names, row: Mapping[str, Known | Absent]) -> Possible:
        """What a member of whom so much is known can add."""
        fields = {
            narrowing.key(part): _state(part.type, row[part.name])
            for part in ir.walk(node)
            if isinstance(part, ir.Member) and part.name in row
        }
        inside: Names | None = {**names, **fields} if fields else names
        where = self.of(node.where, inside) if node.where else Possible(truths(True))
        if node.where:
            inside = self._narrow(inside, node.where, True, surely=True)
        if inside is None:
            return members.contribution(where, None)
        operand = self.of(node.operand, inside) if node.operand else Possible(spans.ONE)
        return members.contribution(where, operand)


def _state(type: Type, state: Known | Absent) -> Possible:
    return Possible(spans.single(type, state.value)) if isinstance(state, Known) else Possible(absent=True)


def _ranged(type: Type, range: Range | None) -> Values:
    whole = spans.anything(type)
    if range is None or not isinstance(whole, Span):
        return whole
    low, high = (None if end is None else spans.inner(end) for end in (range.low, range.high))
    return spans.meet(whole, Span(low, high)) or whole


def _is_null(operand: Possible, *, negated: bool) -> Possible:
    found = [*([not negated] if operand.absent else []), *([negated] if operand.values else [])]
    return Possible(truths(*found), undefined=operand.undefined)


def _quotient(above: Possible, below: Possible, step: Number) -> Possible:
    """Undefined when the denominator is 0, even when the numerator is absent."""
    if not above.defined:
        return UNDEFINED
    zero = isinstance(below.values, Span) and below.values.holds(0)
    other = isinstance(below.values, Span) and below.values != Span(0, 0)
    values = None
    if isinstance(above.values, Span) and isinstance(below.values, Span):
        values = spans.divide(above.values, below.values, step)
    absent = below.absent or (above.absent and other)
    return Possible(values, absent, above.undefined or below.undefined or zero)


def _slices(operand: Span, lower: Sequence[Number], rates: Sequence[Number]) -> Span:
    """A line with bends, so its extremes are at its ends and its bends; before the first bend it is flat."""
    bends = [low for low in lower if operand.holds(low)]
    ends = [end for end in (operand.low, operand.high) if end is not None]
    found = [functions.slices(point, lower, rates) for point in (*ends, *bends)]
    points = [n for n in found if not isinstance(n, date)]
    if operand.low is None:
        points.append(0)
    rate = rates[-1] if operand.high is None else 0
    low = None if rate < 0 else min(points)
    return Span(low, None if rate > 0 else max(points))


# -- strict ------------------------------------------------------------------------------------------------


def _strict(node: ir.Node, parts: Sequence[Possible]) -> Possible:
    undefined = any(part.undefined for part in parts)
    if not all(part.defined for part in parts):
        return UNDEFINED
    absent = any(part.absent for part in parts)
    values = [part.values for part in parts if part.values is not None]
    if len(values) < len(parts):
        return Possible(None, absent, undefined)
    if isinstance(node, ir.Call) and node.function is Function.ADD_MONTHS:
        found, leaves = _add_months(*values)
        return Possible(found, absent, undefined or leaves)
    return Possible(_apply(node, values), absent, undefined)


def _apply(node: ir.Node, values: Sequence[Values]) -> Values | None:
    match node, values:
        case ir.Not(), [Among(values=found)]:
            return Among(frozenset(not value for value in found or (False, True)))
        case ir.Compare(), [left, right]:
            return truths(*(functions.holds(node.operator, order) for order in spans.orders(left, right)))
        case ir.Between(), [value, low, high]:
            first, second = spans.orders(low, value), spans.orders(value, high)
            inside = [*([True] if {-1, 0} & first and {-1, 0} & second else [])]
            outside = [False] if 1 in first or 1 in second else []
            return truths(*(found != node.negated for found in (*inside, *outside)))
        case ir.In(), [value, *items]:
            return _in(node, value, items)
        case ir.Negate(), [Span() as span]:
            return spans.negate(span)
        case ir.Arithmetic(operator=operator), [Span() as left, Span() as right]:
            if operator == "*":
                return spans.multiply(left, right)
            return spans.add(left, right if operator == "+" else spans.negate(right))
        case ir.Round(), [Span() as span]:
            digits = node.digits - 2 if node.type.kind is Kind.MONEY else node.digits
            return spans.mapped(span, lambda number: exact.round_half_away(number, digits))
        case ir.Call(), _:
            return _call(node.function, [value for value in values if isinstance(value, Span)])
        case _:
            raise TypeError(f"{values!r} are not what {type(node).__name__} takes")


def _in(node: ir.In, value: Values, items: Sequence[Values]) -> Values | None:
    orders = [spans.orders(value, item) for item in items]
    inside = any(0 in order for order in orders)
    listed = value.values if isinstance(value, Among) else None
    every = value in items or (listed is not None and all(Among(frozenset({v})) in items for v in listed))
    found = [*([not node.negated] if inside else []), *([] if every else [node.negated])]
    return truths(*found)


def _call(function: Function, parts: Sequence[Span]) -> Span:
    match function:
        case Function.ABS:
            return spans.absolute(parts[0])
        case Function.FLOOR:
            return spans.mapped(parts[0], math.floor)
        case Function.CEIL:
            return spans.mapped(parts[0], math.ceil)
        case Function.LEAST:
            return spans.least(parts)
        case Function.GREATEST:
            return spans.greatest(parts)
        case Function.MONTHS_BETWEEN | Function.YEARS_BETWEEN | Function.DAYS_BETWEEN:
            return _between(function, *parts)
        case Function.ADD_MONTHS:
            raise AssertionError("it can be undefined")


def _between(function: Function, start: Span, end: Span) -> Span:
    """Never falls when the end comes later, and never rises when the start does."""
    (first, last), (begin, finish) = _days(start), _days(end)
    low, high = functions.call(function, [last, begin]), functions.call(function, [first, finish])
    assert isinstance(low, int)
    assert isinstance(high, int)
    return Span(low, high)


def _add_months(start: Values, months: Values) -> tuple[Span | None, bool]:
    """The days, and whether some lie outside the years 1 to 9999."""
    assert isinstance(start, Span)
    assert isinstance(months, Span)
    first, last = _days(start)
    low = _later(first, months.low, endless=spans.FIRST_DAY - 1)
    high = _later(last, months.high, endless=spans.LAST_DAY + 1)
    leaves = low < spans.FIRST_DAY or high > spans.LAST_DAY
    found = spans.meet(Span(low, high), Span(spans.FIRST_DAY, spans.LAST_DAY))
    return (found if isinstance(found, Span) else None), leaves


def _later(day: date, months: Number | None, *, endless: int) -> int:
    """The day's number; one too low or too high for a day outside the years."""
    if months is None:
        return endless
    found = dates.add_months(day, int(months))
    if found is not None:
        return found.toordinal()
    return spans.LAST_DAY + 1 if months > 0 else spans.FIRST_DAY - 1


def _days(span: Span) -> tuple[date, date]:
    """The first and the last day of a span of dates."""
    low = spans.FIRST_DAY if span.low is None else int(span.low)
    high = spans.LAST_DAY if span.high is None else int(span.high)
    return date.fromordinal(low), date.fromordinal(high)

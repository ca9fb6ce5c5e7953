"""What a condition says about the names it reads, when it is known how it came out.

Behind `income > 100` the income is more than 100, and there is one. A condition can be known in two ways:

    surely=True     it came out as `value`
    surely=False    it did not come out as the opposite of `value`; it can be absent or undefined
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final, TypeAlias

from tongban.core.rules import ir
from tongban.core.rules.exact import Number, plain
from tongban.core.rules.intervals import spans
from tongban.core.rules.intervals.spans import Among, Possible, Span, Values
from tongban.core.rules.types import Type

Names: TypeAlias = Mapping[str, Possible]
"""What is known about facts and, by `relation.field`, about the member at hand, where it is more than at first."""
Walk: TypeAlias = Callable[[ir.Node, Names], Possible]
_Side: TypeAlias = tuple[ir.Node, ir.Comparison, ir.Node]

_OPPOSITE: Final[Mapping[ir.Comparison, ir.Comparison]] = {
    "=": "<>",
    "<>": "=",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
_TURNED: Final[Mapping[ir.Comparison, ir.Comparison]] = {
    "=": "=",
    "<>": "<>",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def narrow(walk: Walk, names: Names, node: ir.Node, value: bool, *, surely: bool) -> Names | None:
    """What is known behind the condition; None when it cannot come out so. The same object if nothing more."""
    match node:
        case ir.Fact() | ir.Member():
            return _name(walk, names, node, Among(frozenset({value})), surely=surely)
        case ir.Not():
            return narrow(walk, names, node.operand, not value, surely=surely)
        case ir.And() | ir.Or():
            if value is not isinstance(node, ir.And):
                return names  # one operand has come out so, and nobody knows which
            for operand in node.operands:
                found = narrow(walk, names, operand, value, surely=surely)
                if found is None:
                    return None
                names = found
            return names
        case ir.IsNull(operand=ir.Fact() | ir.Member() as operand):
            return _null(walk, names, operand, absent=value is not node.negated)
        case ir.Compare():
            operator = node.operator if value else _OPPOSITE[node.operator]
            left, right = node.left, node.right
            sides: tuple[_Side, ...] = ((left, operator, right), (right, _TURNED[operator], left))
            return _compare(walk, names, sides, surely=surely)
        case ir.Between() if value is not node.negated:
            if not surely and any(_may_be_missing(walk(end, names)) for end in (node.low, node.high)):
                return names
            sides: tuple[_Side, ...] = ((node.operand, ">=", node.low), (node.operand, "<=", node.high))
            return _compare(walk, names, sides, surely=surely)
        case ir.In(operand=ir.Fact() | ir.Member() as operand):
            return _in(walk, names, node, operand, value is not node.negated, surely=surely)
        case _:
            return names


def key(node: ir.Fact | ir.Member) -> str:
    """Its name in `Names` and in declared ranges."""
    return node.name if isinstance(node, ir.Fact) else f"{node.relation}.{node.name}"


def _null(walk: Walk, names: Names, node: ir.Fact | ir.Member, *, absent: bool) -> Names | None:
    """IS NULL of a name is never absent, so it does not matter how surely it is known."""
    before = walk(node, names)
    return _put(names, node, before, Possible(absent=True) if absent else replace(before, absent=False))


def _compare(walk: Walk, names: Names, sides: Iterable[_Side], *, surely: bool) -> Names | None:
    for node, operator, other in sides:
        beside = walk(other, names)
        if beside.values is None and surely:
            return None
        if not isinstance(node, ir.Fact | ir.Member) or beside.values is None:
            continue
        if not surely and _may_be_missing(beside):
            continue
        found = _name(walk, names, node, beside.values, surely=surely, operator=operator)
        if found is None:
            return None
        names = found
    return names


def _in(
    walk: Walk, names: Names, node: ir.In, operand: ir.Fact | ir.Member, inside: bool, *, surely: bool
) -> Names | None:
    items = [spans.single(item.type, item.value) for item in node.items]
    if inside:
        whole = spans.union(items)
        return names if whole is None else _name(walk, names, operand, whole, surely=surely)
    for item in items:
        found = _name(walk, names, operand, item, surely=surely, operator="<>")
        if found is None:
            return None
        names = found
    return names


def _name(
    walk: Walk,
    names: Names,
    node: ir.Fact | ir.Member,
    other: Values,
    *,
    surely: bool,
    operator: ir.Comparison = "=",
) -> Names | None:
    before = walk(node, names)
    values = _held(before.values, operator, other, node.type) if before.values else None
    return _put(names, node, before, Possible(values, before.absent and not surely))


def _held(values: Values, operator: ir.Comparison, other: Values, type: Type) -> Values | None:
    """The values that stand in that order to some value of the other side."""
    step = spans.step(type)
    if operator == "<>":
        return spans.without(values, other, step)
    if operator == "=" or not isinstance(other, Span):
        found = spans.meet(values, other)
        return _on_grid(found, step) if isinstance(found, Span) else found
    if operator in ("<", "<="):
        if other.high is None:
            return values
        high = _down(other.high, step)
        bound = Span(None, high - step if operator == "<" and high == other.high else high)
    else:
        if other.low is None:
            return values
        low = _up(other.low, step)
        bound = Span(low + step if operator == ">" and low == other.low else low, None)
    return spans.meet(values, bound)


def _may_be_missing(found: Possible) -> bool:
    return found.absent or found.undefined


def _on_grid(span: Span, step: Number) -> Span | None:
    """Ends that the type can hold; None when nothing it can hold lies between."""
    low = None if span.low is None else _up(span.low, step)
    high = None if span.high is None else _down(span.high, step)
    return None if low is not None and high is not None and low > high else Span(low, high)


def _down(number: Number, step: Number) -> Number:
    return plain(math.floor(Fraction(number) / step) * step)


def _up(number: Number, step: Number) -> Number:
    return plain(math.ceil(Fraction(number) / step) * step)


def _put(names: Names, node: ir.Fact | ir.Member, before: Possible, after: Possible) -> Names | None:
    if not after.defined:
        return None
    return names if after == before else {**names, key(node): after}

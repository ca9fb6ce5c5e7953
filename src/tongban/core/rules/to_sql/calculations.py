"""Arithmetic, rounding, and the functions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.core.rules import ir
from tongban.core.rules.ir import Function
from tongban.core.rules.to_sql.columns import NUMERIC
from tongban.core.rules.to_sql.comparisons import ratio
from tongban.core.rules.to_sql.terms import (
    ALWAYS_KNOWN,
    Outcome,
    Term,
    deepest,
    number,
)
from tongban.core.rules.types import Kind

if TYPE_CHECKING:
    from tongban.core.rules.to_sql.emit import Emission


def arithmetic(emission: Emission, node: ir.Arithmetic | ir.Negate) -> Outcome:
    numbers = emission.numbers
    match node:
        case ir.Negate():
            return emission.strict(node, [emission.of(node.operand)], lambda v: numbers.negate(v[0]))
        case ir.Arithmetic(operator="*"):
            parts, operation = [emission.of(node.left), emission.of(node.right)], numbers.multiply
        case ir.Arithmetic():
            parts = [emission.scaled(side, node.type.scale) for side in (node.left, node.right)]
            operation = numbers.add if node.operator == "+" else numbers.subtract
    return emission.strict(node, parts, lambda v: operation(v[0], v[1]))


def rounded(emission: Emission, node: ir.Round) -> Outcome:
    digits = node.digits - 2 if node.type.kind is Kind.MONEY else node.digits
    numbers, spare = emission.numbers, node.operand.type.scale - digits
    if not isinstance(node.operand, ir.Quotient):
        part = emission.of(node.operand)
        if spare <= 0:
            return emission.strict(node, [part], lambda v: numbers.shift(v[0], -spare))
        return emission.strict(
            node,
            [part],
            lambda v: numbers.shift(numbers.rounded(v[0], number(10**spare)), max(-digits, 0)),
        )
    found = ratio(emission, node.operand)

    def quotient(_: list[Term]) -> Term:
        whole = numbers.rounded(*found.parts(emission, digits))
        return numbers.shift(whole, max(-digits, 0))

    return emission.strict(node, [found.outcome], quotient)


def call(emission: Emission, node: ir.Call) -> Outcome:
    numbers = emission.numbers
    match node.function:
        case Function.FLOOR | Function.CEIL:
            cut = numbers.floor if node.function is Function.FLOOR else numbers.ceil
            (operand,) = node.arguments
            if isinstance(operand, ir.Quotient):
                found = ratio(emission, operand)
                return emission.strict(node, [found.outcome], lambda _: cut(*found.parts(emission, 0)))
            if operand.type.scale == 0:
                return emission.of(operand)
            power = number(10**operand.type.scale)
            return emission.strict(node, [emission.of(operand)], lambda v: cut(v[0], power))
        case Function.ABS:
            return emission.strict(node, [emission.of(node.arguments[0])], lambda v: numbers.absolute(v[0]))
        case _:
            return _extreme(emission, node)


def _extreme(emission: Emission, node: ir.Call) -> Outcome:
    """LEAST and GREATEST; unlike in SQL, absent when any argument is."""
    parts = [emission.scaled(part, node.type.scale) for part in node.arguments]
    pick = min if node.function is Function.LEAST else max

    def operation(values: list[Term]) -> Term:
        if node.type.kind in NUMERIC:
            values = emission.numbers.alike(values)
        return Term(
            f"{node.function.upper()}({', '.join(value.sql for value in values)})",
            deepest(values),
            low=pick(value.low for value in values),
            high=pick(value.high for value in values),
            wide=any(value.wide for value in values),
        )

    varying = sum(part.codes != ALWAYS_KNOWN for part in parts)
    return emission.strict(node, parts, operation, guarded=varying > 0)

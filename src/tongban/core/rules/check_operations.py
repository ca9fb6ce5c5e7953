"""The typing rule of each operation: what it takes, and the type of what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from tongban.core.rules import ir, syntax, units
from tongban.core.rules.ir import Function
from tongban.core.rules.literals import MAX_SCALE, NUMBERS, Refusal, joined
from tongban.core.rules.types import Kind, Type, describe

_BOOLEAN = Type(Kind.BOOLEAN)
_ORDERED = NUMBERS | {Kind.MONEY, Kind.DATE}
_COUNTED = NUMBERS | {Kind.MONEY}


def negation(part: syntax.Not, operand: ir.Node) -> ir.Node:
    """NOT; over BETWEEN, IN and IS NULL it turns them around."""
    if isinstance(operand, ir.Between | ir.In | ir.IsNull):
        return replace(operand, negated=not operand.negated)
    return ir.Not(operand, type=_BOOLEAN, line=part.line, column=part.column)


def comparison(part: syntax.Binary, left: ir.Node, right: ir.Node) -> ir.Node:
    operator = cast(ir.Comparison, part.operator)
    if operator not in ("=", "<>"):
        for side in (left, right):
            ordered(side)
    return ir.Compare(operator, left, right, type=_BOOLEAN, line=part.line, column=part.column)


def between(part: syntax.Between, operand: ir.Node, low: ir.Node, high: ir.Node) -> ir.Node:
    for node in (operand, low, high):
        ordered(node)
    return ir.Between(operand, low, high, type=_BOOLEAN, line=part.line, column=part.column)


def membership(part: syntax.In, operand: ir.Node, items: Sequence[ir.Node]) -> ir.Node:
    if operand.type.kind is Kind.BOOLEAN:
        raise Refusal(
            part, "wrong-type", "IN does not take conditions.", "Write the condition itself, or NOT."
        )
    values = tuple(item for item in items if isinstance(item, ir.Literal))
    return ir.In(operand, values, type=_BOOLEAN, line=part.line, column=part.column)


def minus(part: syntax.Minus, operand: ir.Node) -> ir.Node:
    counted(operand, "A minus sign")
    match operand:
        case ir.Literal(value=int() as number):
            return replace(operand, value=-number)
        case ir.Literal(value=Decimal() as number):
            return replace(operand, value=number.copy_negate())  # unary minus would round
        case _:
            return ir.Negate(operand, type=operand.type, line=part.line, column=part.column)


def addable(part: syntax.Binary, parts: tuple[ir.Node, ...]) -> tuple[ir.Node, ...]:
    for operand in parts:
        counted(operand, f"'{part.operator}'")
    return parts


def sum_(part: syntax.Binary, left: ir.Node, right: ir.Node) -> ir.Node:
    operator = "+" if part.operator == "+" else "-"
    return ir.Arithmetic(
        operator, left, right, type=joined([left, right]), line=part.line, column=part.column
    )


def product(part: syntax.Binary, left: ir.Node, right: ir.Node) -> ir.Node:
    """Money times a number is money; its scale counts digits after the fen."""
    addable(part, (left, right))
    kinds = {left.type.kind, right.type.kind}
    scale = left.type.scale + right.type.scale
    if kinds == {Kind.MONEY}:
        raise Refusal(part, "wrong-type", "Money cannot be multiplied by money.", "Multiply it by a number.")
    if scale > MAX_SCALE:
        message = f"This product has {scale} digits after the point; {MAX_SCALE} are the most."
        raise Refusal(part, "too-many-decimals", message, "Round a factor first: ROUND(x, 2).")
    if Kind.MONEY in kinds:
        type = Type(Kind.MONEY, scale)
    else:
        kind = Kind.DECIMAL if Kind.DECIMAL in kinds else Kind.INTEGER
        type = Type(kind, scale, unit=units.multiply(left.type.unit, right.type.unit))
    return ir.Arithmetic("*", left, right, type=type, line=part.line, column=part.column)


def quotient(part: syntax.Binary, numerator: ir.Node, denominator: ir.Node) -> ir.Node:
    """Its type tells kind and unit only: an exact ratio has no number of digits."""
    addable(part, (numerator, denominator))
    if isinstance(denominator, ir.Literal) and not denominator.value:
        raise Refusal(denominator, "division", "This divides by zero.")
    above, below = numerator.type, denominator.type
    if above.kind in NUMBERS and below.kind is Kind.MONEY:
        raise Refusal(part, "wrong-type", "A number cannot be divided by money.", "Turn the ratio around.")
    if below.kind is Kind.MONEY:
        type = Type(Kind.DECIMAL)
    elif above.kind is Kind.MONEY:
        type = Type(Kind.MONEY)
    else:
        type = Type(Kind.DECIMAL, unit=units.divide(above.unit, below.unit))
    return ir.Quotient(numerator, denominator, type=type, line=part.line, column=part.column)


def choice(part: syntax.Call, arguments: Sequence[ir.Node]) -> ir.Node:
    """COALESCE, LEAST and GREATEST give one of their arguments."""
    type = joined(arguments)
    if part.function == "coalesce":
        return ir.Coalesce(tuple(arguments), type=type, line=part.line, column=part.column)
    for argument in arguments:
        ordered(argument)
    return ir.Call(Function(part.function), tuple(arguments), type=type, line=part.line, column=part.column)


def call(part: syntax.Call, arguments: Sequence[ir.Node]) -> ir.Node:
    """The functions whose arguments each have a type of their own."""
    first, name = arguments[0], part.function.upper()
    match part.function:
        case "round":
            return _round(part, arguments)
        case "abs":
            counted(first, name)
            type = first.type
        case "floor" | "ceil":
            _number(first, name)
            type = Type(Kind.INTEGER, unit=first.type.unit)
        case "add_months":
            _date(first, part.function)
            _number(arguments[1], part.function)
            if arguments[1].type.kind is not Kind.INTEGER:
                raise Refusal(
                    arguments[1], "wrong-type", "add_months takes whole months.", "Write FLOOR(...)."
                )
            if not units.agree(arguments[1].type.unit, "months"):
                message = f"add_months takes months, and this is {describe(arguments[1].type)}."
                raise Refusal(arguments[1], "wrong-unit", message)
            type = Type(Kind.DATE)
        case _:
            for argument in arguments:
                _date(argument, part.function)
            type = Type(Kind.INTEGER, unit=part.function.removesuffix("_between"))
    return ir.Call(Function(part.function), tuple(arguments), type=type, line=part.line, column=part.column)


def _round(part: syntax.Call, arguments: Sequence[ir.Node]) -> ir.Node:
    first = arguments[0]
    counted(first, "ROUND")
    digits = 0
    money = first.type.kind is Kind.MONEY
    if len(arguments) == 2:
        most = 2 if money else 9
        match arguments[1]:
            case ir.Literal(value=int() as digits) if (
                0 <= digits <= most and arguments[1].type.kind is Kind.INTEGER
            ):
                pass
            case _:
                message = f"ROUND takes a fixed number of digits here, from 0 to {most}."
                raise Refusal(arguments[1], "not-constant", message)
    if money:
        type = Type(Kind.MONEY)
    else:
        type = Type(Kind.DECIMAL if digits else Kind.INTEGER, digits, unit=first.type.unit)
    return ir.Round(first, digits, type=type, line=part.line, column=part.column)


def ordered(node: ir.Node) -> None:
    """Raises Refusal unless the values have an order."""
    if node.type.kind not in _ORDERED:
        message = f"Only numbers, money and dates have an order, and this is {describe(node.type)}."
        hint = "Use = or IN." if node.type.kind is not Kind.BOOLEAN else None
        raise Refusal(node, "wrong-type", message, hint)


def counted(node: ir.Node, what: str) -> None:
    """Raises Refusal unless this is a number or money; `what` takes it."""
    if node.type.kind not in _COUNTED:
        hint = "Use add_months, days_between, months_between or years_between."
        message = f"{what} takes numbers or money, and this is {describe(node.type)}."
        raise Refusal(node, "wrong-type", message, hint if node.type.kind is Kind.DATE else None)


def _number(node: ir.Node, what: str) -> None:
    if node.type.kind not in NUMBERS:
        hint = "Money is rounded with ROUND(x, 2) or ROUND(x, 0)." if node.type.kind is Kind.MONEY else None
        raise Refusal(node, "wrong-type", f"{what} takes a number, and this is {describe(node.type)}.", hint)


def _date(node: ir.Node, what: str) -> None:
    if node.type.kind is not Kind.DATE:
        hint = "A date is written DATE '2026-01-31'." if node.type.kind is Kind.TEXT else None
        raise Refusal(node, "wrong-type", f"{what} takes dates, and this is {describe(node.type)}.", hint)

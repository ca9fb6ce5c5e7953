"""Plain literals take the type of what they stand beside; and which types go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Protocol

from tongban.core.rules import ir, syntax, units
from tongban.core.rules.exact import to_decimal, to_fraction
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.types import Kind, Type, describe

NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
MAX_SCALE = 18
"""Most digits after the point that an intermediate number may have."""


class _Placed(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Refusal(Exception):
    """A part of a text that cannot be typed. Never leaves `check`."""

    def __init__(self, at: _Placed, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.problem = RuleProblem(code, message, at.line, at.column, hint)


def literal(part: syntax.Number | syntax.Text | syntax.Boolean | syntax.Date) -> ir.Literal:
    """The typed literal. Raises Refusal for a date that does not exist."""
    match part:
        case syntax.Boolean(value=value):
            type, value = Type(Kind.BOOLEAN), value
        case syntax.Text(value=value):
            type, value = Type(Kind.TEXT), value
        case syntax.Number(digits=digits):
            whole, _, decimals = digits.partition(".")
            type = Type(Kind.DECIMAL, scale=len(decimals)) if decimals else Type(Kind.INTEGER)
            value = Decimal(digits) if decimals else int(whole)
        case syntax.Date(value=written):
            type, value = Type(Kind.DATE), _date(part, written)
    return ir.Literal(value, type=type, line=part.line, column=part.column)


def is_plain(node: ir.Node) -> bool:
    """Whether a node is made of literals alone that may still become yuan or codes."""
    match node:
        case ir.Literal():
            return node.type.kind in NUMBERS or node.type.kind is Kind.TEXT
        case ir.Negate() | ir.Case() | ir.Coalesce():
            return all(map(is_plain, _values(node)))
        case ir.Call(function=ir.Function.LEAST | ir.Function.GREATEST | ir.Function.ABS):
            return all(map(is_plain, _values(node)))
        case _:
            return False


def fit(node: ir.Node, type: Type, code_lists: Mapping[str, frozenset[str]]) -> ir.Node:
    """The node with its plain literals made to fit the type: numbers to fen, texts to codes; else unchanged.

    Raises Refusal for an amount with more than two decimals and for a code that is not in its list.
    """
    money = type.kind is Kind.MONEY and node.type.kind in NUMBERS
    code = type.kind is Kind.CODE and node.type.kind is Kind.TEXT
    if not (money or code) or not (is_plain(node) or (money and _is_amount(node))):
        return node
    match node:
        case ir.Literal():
            return _amount(node) if money else _code(node, type, code_lists)
        case ir.Case():
            branches = tuple((when, fit(then, type, code_lists)) for when, then in node.branches)
            node = replace(node, branches=branches, otherwise=fit(node.otherwise, type, code_lists))
        case ir.Coalesce():
            node = replace(node, operands=tuple(fit(part, type, code_lists) for part in node.operands))
        case ir.Call():
            node = replace(node, arguments=tuple(fit(part, type, code_lists) for part in node.arguments))
        case ir.Negate():
            node = replace(node, operand=fit(node.operand, type, code_lists))
        case ir.Arithmetic(operator="*"):
            return _multiplied(node, type, code_lists)
        case ir.Arithmetic():
            left, right = fit(node.left, type, code_lists), fit(node.right, type, code_lists)
            node = replace(node, left=left, right=right)
        case ir.Round():
            return replace(node, operand=fit(node.operand, type, code_lists), type=Type(Kind.MONEY))
        case _:
            return node
    return replace(node, type=joined(_values(node)))


def _is_amount(node: ir.Node) -> bool:
    """Whether a number can be read as an amount: yuan written out, in a sum, a choice, or times a number.

    `1000 + 300 * COUNT(children)` is one; `area + 5` is none.
    """
    match node:
        case ir.Case() | ir.Coalesce() | ir.Negate():
            return all(map(_is_amount, _values(node)))
        case ir.Call(function=ir.Function.LEAST | ir.Function.GREATEST | ir.Function.ABS):
            return all(map(_is_amount, _values(node)))
        case ir.Arithmetic(operator="*"):
            return sum(map(is_plain, (node.left, node.right))) == 1
        case ir.Arithmetic():
            return _is_amount(node.left) and _is_amount(node.right)
        case ir.Round(digits=digits):
            return digits <= 2 and not isinstance(node.operand, ir.Quotient) and _is_amount(node.operand)
        case _:
            return is_plain(node)


def _multiplied(node: ir.Arithmetic, type: Type, code_lists: Mapping[str, frozenset[str]]) -> ir.Arithmetic:
    """The yuan of a product become money, the number beside them stays."""
    left, right = node.left, node.right
    if is_plain(left):
        left = fit(left, type, code_lists)
    else:
        right = fit(right, type, code_lists)
    return replace(node, left=left, right=right, type=Type(Kind.MONEY, left.type.scale + right.type.scale))


def expected(node: ir.Node, expect: Type | None, code_lists: Mapping[str, frozenset[str]]) -> ir.Node:
    """The root of a rule, made to fit the type that is wanted where the rule stands. Raises Refusal."""
    if expect:
        node = fit(node, expect, code_lists)
        if not same_kind(node.type, expect) or (
            expect.kind is Kind.INTEGER and node.type.kind is Kind.DECIMAL
        ):
            message = f"This must be {describe(expect)}, and it is {describe(node.type)}."
            raise Refusal(node, "wrong-type", message, _hint(expect.kind, node.type.kind))
        if not units.agree(node.type.unit, expect.unit):
            raise Refusal(
                node, "wrong-unit", f"This must be {describe(expect)}, and it is {describe(node.type)}."
            )
        if expect.kind is Kind.DECIMAL and node.type.scale > expect.scale:
            message = f"This has {node.type.scale} digits after the point, and {expect.scale} are wanted."
            raise Refusal(node, "too-many-decimals", message, f"Write ROUND(..., {expect.scale}).")
    if node.type.kind is Kind.MONEY and node.type.scale:
        message = "This amount can have parts of a fen."
        raise Refusal(
            node, "too-many-decimals", message, "Write ROUND(..., 2) for whole fen, ROUND(..., 0) for yuan."
        )
    return node


def same_kind(left: Type, right: Type) -> bool:
    """Whether values of the two types are added, compared and chosen between."""
    if left.kind in NUMBERS and right.kind in NUMBERS:
        return True
    return left.kind is right.kind and left.codes == right.codes


def joined(nodes: Iterable[ir.Node]) -> Type:
    """The type of a value that may be any of these, which are alike."""
    types = [node.type for node in nodes]
    kind = Kind.DECIMAL if any(type.kind is Kind.DECIMAL for type in types) else types[0].kind
    unit = next((type.unit for type in types if type.unit), None)
    return Type(kind, max(type.scale for type in types), types[0].codes, unit)


def _hint(wanted: Kind, found: Kind) -> str | None:
    match wanted, found:
        case Kind.BOOLEAN, _:
            return "Compare it with a value."
        case Kind.INTEGER, Kind.DECIMAL:
            return "Round it: ROUND(x), FLOOR(x) or CEIL(x)."
        case Kind.MONEY, Kind.INTEGER | Kind.DECIMAL:
            return "Write the amount as one plain number in yuan."
        case Kind.DATE, Kind.TEXT:
            return "A date is written DATE '2026-01-31'."
        case _:
            return None


def _values(node: ir.Node) -> tuple[ir.Node, ...]:
    if isinstance(node, ir.Case):
        return *(then for _, then in node.branches), node.otherwise
    return ir.children(node)


def _date(part: syntax.Date, written: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass  # 2026-02-30 has the form of a date and is none
    raise Refusal(part, "bad-date", f"'{written}' is not a date.", "A date is written DATE '2026-01-31'.")


def _amount(node: ir.Literal) -> ir.Literal:
    assert isinstance(node.value, int | Decimal)
    fen = to_fraction(to_decimal(node.value, node.type.scale)) * 100
    if fen.denominator != 1:
        message = f"{node.value} yuan has parts of a fen: an amount has at most two decimals."
        raise Refusal(node, "too-many-decimals", message)
    return replace(node, value=int(fen), type=Type(Kind.MONEY))


def _code(node: ir.Literal, type: Type, code_lists: Mapping[str, frozenset[str]]) -> ir.Literal:
    codes = code_lists.get(type.codes or "", frozenset())
    if node.value in codes:
        return replace(node, type=type)
    close = get_close_matches(str(node.value), sorted(codes), n=1)
    hint = f"Did you mean '{close[0]}'?" if close else None
    if not close and 0 < len(codes) <= 12:
        hint = f"Its codes are {', '.join(sorted(codes))}."
    raise Refusal(node, "unknown-code", f"'{node.value}' is not in the code list '{type.codes}'.", hint)

"""The text of a typed rule, always written the same way. Compiling it gives the same rule again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from tongban.core.rules import exact, ir
from tongban.core.rules.types import Kind

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _UNARY, _ATOM = range(8)
_ARITHMETIC: Final = {"+": _ADD, "-": _ADD, "*": _MULTIPLY}


def print_node(node: ir.Node) -> str:
    """One line of canonical text. An amount of money is written in yuan, as authors write it."""
    match node:
        case ir.Literal():
            return _literal(node)
        case ir.Fact() | ir.Parameter():
            return node.name
        case ir.And():
            return " AND ".join(_within(part, _NOT) for part in node.operands)
        case ir.Or():
            return " OR ".join(_within(part, _AND) for part in node.operands)
        case ir.Not():
            return f"NOT {_within(node.operand, _ATOM)}"
        case ir.Compare():
            return f"{_within(node.left, _ADD)} {node.operator} {_within(node.right, _ADD)}"
        case ir.Between():
            ends = f"{_within(node.low, _ADD)} AND {_within(node.high, _ADD)}"
            return f"{_within(node.operand, _ADD)} {_not(node.negated)}BETWEEN {ends}"
        case ir.In():
            return f"{_within(node.operand, _ADD)} {_not(node.negated)}IN ({_list(node.items)})"
        case ir.IsNull():
            return f"{_within(node.operand, _ADD)} IS {_not(node.negated)}NULL"
        case ir.Arithmetic():
            level = _ARITHMETIC[node.operator]
            return f"{_within(node.left, level)} {node.operator} {_within(node.right, level + 1)}"
        case ir.Quotient():
            return f"{_within(node.numerator, _MULTIPLY)} / {_within(node.denominator, _UNARY)}"
        case ir.Negate():
            return f"-{_within(node.operand, _ATOM)}"
        case ir.Round():
            return f"ROUND({print_node(node.operand)}, {node.digits})"
        case ir.Call():
            name = node.function if "_" in node.function else node.function.upper()
            return f"{name}({_list(node.arguments)})"
        case ir.Bracket():
            return f"{'slices' if node.sliced else 'bracket'}({print_node(node.operand)}, {node.table})"
        case ir.Member():
            return f"{node.relation}.{node.name}"
        case ir.Aggregate():
            inside = print_node(node.operand) if node.operand else node.relation
            where = f" FILTER (WHERE {print_node(node.where)})" if node.where else ""
            return f"{node.function.upper()}({inside}){where}"
        case ir.Coalesce():
            return f"COALESCE({_list(node.operands)})"
        case ir.Case():
            branches = " ".join(
                f"WHEN {print_node(when)} THEN {print_node(then)}" for when, then in node.branches
            )
            return f"CASE {branches} ELSE {print_node(node.otherwise)} END"


def _within(node: ir.Node, least: int) -> str:
    text = print_node(node)
    return text if _level(node) >= least else f"({text})"


def _level(node: ir.Node) -> int:
    match node:
        case ir.Or():
            return _OR
        case ir.And():
            return _AND
        case ir.Not():
            return _NOT
        case ir.Compare() | ir.Between() | ir.In() | ir.IsNull():
            return _COMPARE
        case ir.Arithmetic():
            return _ARITHMETIC[node.operator]
        case ir.Quotient():
            return _MULTIPLY
        case ir.Negate():
            return _UNARY
        case ir.Literal(value=int() | Decimal() as number) if number < 0:
            return _UNARY
        case _:
            return _ATOM


def _literal(node: ir.Literal) -> str:
    match node.value:
        case bool():
            return "TRUE" if node.value else "FALSE"
        case int() if node.type.kind is Kind.MONEY:
            return format(exact.to_decimal(node.value, 2, shift=2), "f").removesuffix(".00")
        case int() | Decimal():
            return format(node.value, "f") if isinstance(node.value, Decimal) else str(node.value)
        case date():
            return f"DATE '{node.value.isoformat()}'"
        case str():
            return "'" + node.value.replace("'", "''") + "'"


def _list(nodes: tuple[ir.Node, ...]) -> str:
    return ", ".join(map(print_node, nodes))


def _not(negated: bool) -> str:
    return "NOT " if negated else ""

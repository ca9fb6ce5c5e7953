"""The typing rules of aggregates over relations and of bracket tables."""

from __future__ import annotations

from typing import Final

from tongban.core.rules import ir, syntax, units
from tongban.core.rules.check_operations import counted, ordered
from tongban.core.rules.ir import Aggregation
from tongban.core.rules.literals import MAX_SCALE, NUMBERS, Refusal, same_kind
from tongban.core.rules.types import Kind, Table, Type, Vocabulary, describe

_BOOLEAN: Final = Type(Kind.BOOLEAN)
_SAYS: Final = {
    "sum": "SUM adds up a field",
    "min": "MIN takes the least of a field",
    "max": "MAX takes the greatest of a field",
    "bool_or": "BOOL_OR looks at a condition",
    "bool_and": "BOOL_AND looks at a condition",
}


def relation_of(part: syntax.Aggregate, vocabulary: Vocabulary) -> str:
    """The one relation that an aggregate is about. Raises Refusal when there is none, or more than one."""
    if part.function == "count":
        return _counted_relation(part, vocabulary)
    names = {field.relation: field for field in syntax.fields(part)}
    if not names:
        message = f"{_SAYS[part.function]} of each member of a relation, and none is named here."
        hint = {"min": "Of single values, write LEAST.", "max": "Of single values, write GREATEST."}
        raise Refusal(part, "no-relation", message, hint.get(part.function, _example(part, vocabulary)))
    return _only(part, names)


def _counted_relation(part: syntax.Aggregate, vocabulary: Vocabulary) -> str:
    match part.operand:
        case syntax.Name(name=name) if name in vocabulary.relations:
            return _only(part, {name: None, **{f.relation: f for f in syntax.fields(part)}})
        case syntax.Field() as field:
            message = "COUNT counts members, not values."
            hint = f"Write COUNT({field.relation}) FILTER (WHERE {field.relation}.{field.name} ...)."
            raise Refusal(part.operand, "no-relation", message, hint)
        case _:
            message = "COUNT counts the members of a relation, and this is none."
            raise Refusal(part.operand, "no-relation", message, _example(part, vocabulary))


def _only(part: syntax.Aggregate, names: dict[str, syntax.Field | None] | dict[str, syntax.Field]) -> str:
    first, *others = names
    if others:
        where = names[others[0]] or part
        message = f"{part.function.upper()} is about one relation, and this is about {first} and {others[0]}."
        raise Refusal(where, "two-relations", message)
    return first


def _example(part: syntax.Aggregate, vocabulary: Vocabulary) -> str | None:
    for relation, fields in sorted(vocabulary.relations.items()):
        if part.function == "count":
            return f"Write COUNT({relation})."
        for name, type in sorted(fields.items()):
            fits = type.kind is Kind.BOOLEAN if part.function.startswith("bool") else type.kind in NUMBERS
            if fits:
                return f"For example {part.function.upper()}({relation}.{name})."
    return None


def aggregate(
    part: syntax.Aggregate, relation: str, operand: ir.Node | None, where: ir.Node | None
) -> ir.Node:
    """The typed aggregate. `operand` is None for COUNT."""
    function = Aggregation(part.function)
    match function:
        case Aggregation.COUNT:
            type = Type(Kind.INTEGER)
        case Aggregation.SUM:
            assert operand
            counted(operand, "SUM")
            type = operand.type
        case Aggregation.MIN | Aggregation.MAX:
            assert operand
            ordered(operand)
            type = operand.type
        case Aggregation.BOOL_OR | Aggregation.BOOL_AND:
            assert operand
            if operand.type.kind is not Kind.BOOLEAN:
                message = f"{function.upper()} takes conditions, and this is {describe(operand.type)}."
                raise Refusal(operand, "not-a-condition", message, "Compare it with a value.")
            type = _BOOLEAN
    return ir.Aggregate(function, relation, operand, where, type=type, line=part.line, column=part.column)


def bracket(part: syntax.Call, operand: ir.Node, name: str, table: Table) -> ir.Node:
    """`bracket(x, table)` and `slices(x, table)`; the operand is already fitted to the table's lower ends."""
    key, value = table.key, table.value
    ordered(operand)
    if not same_kind(operand.type, key):
        message = f"The brackets of '{name}' begin at {describe(key)}, and this is {describe(operand.type)}."
        raise Refusal(operand, "wrong-type", message)
    if not units.agree(operand.type.unit, key.unit):
        message = f"The brackets of '{name}' are in {key.unit}, and this is {describe(operand.type)}."
        raise Refusal(operand, "wrong-unit", message)
    sliced = part.function == "slices"
    type = _sliced(part, operand, name, table) if sliced else value
    return ir.Bracket(operand, name, key, value, sliced, type=type, line=part.line, column=part.column)


def _sliced(part: syntax.Call, operand: ir.Node, name: str, table: Table) -> Type:
    counted(operand, "slices")
    if table.value.kind not in NUMBERS:
        message = f"slices multiplies by the values of '{name}', and they are {describe(table.value)}."
        raise Refusal(part, "wrong-type", message, "Write bracket(...) for the value itself.")
    scale = max(operand.type.scale, table.key.scale) + table.value.scale
    if scale > MAX_SCALE:
        message = f"This has {scale} digits after the point; {MAX_SCALE} are the most."
        raise Refusal(part, "too-many-decimals", message, "Round the first argument: ROUND(x, 2).")
    if operand.type.kind is Kind.MONEY:
        return Type(Kind.MONEY, scale)
    decimal = Kind.DECIMAL in (operand.type.kind, table.key.kind, table.value.kind)
    unit = units.multiply(operand.type.unit or table.key.unit, table.value.unit)
    return Type(Kind.DECIMAL if decimal else Kind.INTEGER, scale, unit=unit)

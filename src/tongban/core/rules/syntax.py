"""The shape of a rule's text before names and types are looked at.

`parse` makes these from the parser's tree, and keeps nothing of the parser. `check` turns them into `ir`.
A line and a column say where an expression begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator = Literal["+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">="]
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Name(_Place):
    name: str


@dataclass(frozen=True, slots=True)
class Number(_Place):
    digits: str
    """As written: digits, and at most one point between digits."""


@dataclass(frozen=True, slots=True)
class Text(_Place):
    value: str


@dataclass(frozen=True, slots=True)
class Date(_Place):
    value: str
    """What stands between the quotes; not yet known to be a date."""


@dataclass(frozen=True, slots=True)
class Boolean(_Place):
    value: bool


@dataclass(frozen=True, slots=True)
class Null(_Place):
    pass


@dataclass(frozen=True, slots=True)
class Minus(_Place):
    operand: Expression


@dataclass(frozen=True, slots=True)
class Not(_Place):
    operand: Expression


@dataclass(frozen=True, slots=True)
class Junction(_Place):
    """Two or more conditions joined by AND, or by OR."""

    word: Literal["AND", "OR"]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary(_Place):
    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Between(_Place):
    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class In(_Place):
    operand: Expression
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class IsNull(_Place):
    operand: Expression


@dataclass(frozen=True, slots=True)
class Case(_Place):
    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True)
class Call(_Place):
    function: str
    """Lower case, one of `parse.FUNCTIONS`."""
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Field(_Place):
    """`relation.name`"""

    relation: str
    name: str


@dataclass(frozen=True, slots=True)
class Aggregate(_Place):
    function: str
    """Lower case, one of `ir.Aggregation`."""
    operand: Expression
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Refused(_Place):
    """Something outside the language; its problem is already reported."""


Expression: TypeAlias = (
    Name
    | Number
    | Text
    | Date
    | Boolean
    | Null
    | Minus
    | Not
    | Junction
    | Binary
    | Between
    | In
    | IsNull
    | Case
    | Call
    | Field
    | Aggregate
    | Refused
)


def fields(part: Expression) -> Iterator[Field]:
    """The fields of relations in an expression, in the order of the text."""
    match part:
        case Field():
            yield part
        case Minus(operand=inner) | Not(operand=inner) | IsNull(operand=inner):
            yield from fields(inner)
        case Junction(operands=parts) | Call(arguments=parts):
            for inner in parts:
                yield from fields(inner)
        case Binary():
            yield from fields(part.left)
            yield from fields(part.right)
        case Between():
            for inner in (part.operand, part.low, part.high):
                yield from fields(inner)
        case In():
            for inner in (part.operand, *part.items):
                yield from fields(inner)
        case Case():
            for when, then in part.branches:
                yield from fields(when)
                yield from fields(then)
            if part.otherwise:
                yield from fields(part.otherwise)
        case Aggregate():
            yield from fields(part.operand)
            if part.where:
                yield from fields(part.where)
        case Name() | Number() | Text() | Date() | Boolean() | Null() | Refused():
            return

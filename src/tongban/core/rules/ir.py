"""The typed form of a rule: what `check` makes and every engine reads.

Each node knows its type and where its text begins (line and column from 1). Two nodes are equal when they mean
the same, wherever they stand. A node that is here is well typed: engines check nothing again.

Three kinds of meaning, for values that are absent or undefined:

    strict     Compare Between In Arithmetic Negate Quotient Round Call: undefined if an operand is undefined,
               else absent if an operand is absent
    Kleene     And Or (Not is strict, which is the same)
    lazy       Case Coalesce: only the part that is reached counts
    looking    IsNull: sees that a value is absent
    gathering  Aggregate: over the members of a relation that its filter lets through (see the class)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal as Choice
from typing import TypeAlias

from tongban.core.rules.states import Value
from tongban.core.rules.types import Type

Comparison: TypeAlias = Choice["=", "<>", "<", "<=", ">", ">="]


class Function(StrEnum):
    """Strict functions. `least` and `greatest` are absent when any argument is, unlike in SQL."""

    ABS = "abs"
    FLOOR = "floor"
    CEIL = "ceil"
    LEAST = "least"
    GREATEST = "greatest"
    MONTHS_BETWEEN = "months_between"
    YEARS_BETWEEN = "years_between"
    DAYS_BETWEEN = "days_between"
    ADD_MONTHS = "add_months"


class Aggregation(StrEnum):
    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    BOOL_OR = "bool_or"
    BOOL_AND = "bool_and"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    type: Type
    line: int = field(compare=False)
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(_Place):
    value: Value


@dataclass(frozen=True, slots=True)
class Fact(_Place):
    name: str


@dataclass(frozen=True, slots=True)
class Parameter(_Place):
    name: str


@dataclass(frozen=True, slots=True)
class And(_Place):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(_Place):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(_Place):
    """Never stands directly over Between, In or IsNull: those carry `negated`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(_Place):
    """Either side may be a Quotient. Only numbers, money and dates have an order."""

    operator: Comparison
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(_Place):
    """Both ends included."""

    operand: Node
    low: Node
    high: Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(_Place):
    operand: Node
    items: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull(_Place):
    operand: Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic(_Place):
    """Exact. Money times a number with decimals has a scale: digits after the fen."""

    operator: Choice["+", "-", "*"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negate(_Place):
    operand: Node


@dataclass(frozen=True, slots=True)
class Quotient(_Place):
    """An exact ratio, undefined when the denominator is 0. Stands only under Compare, Round, FLOOR and CEIL."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Round(_Place):
    """Half away from zero, to `digits` after the point; for money, digits of a yuan (2 is a fen)."""

    operand: Node
    digits: int


@dataclass(frozen=True, slots=True)
class Call(_Place):
    function: Function
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Coalesce(_Place):
    """The first value that is not absent."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Bracket(_Place):
    """Reads a bracket table; strict. Undefined when the table has no value on the date.

    `bracket(x, t)` is the value of the bracket that x falls into, undefined below the first.
    `slices(x, t)` is the sum over the brackets of (the part of x inside it) x (its value): a graduated tax.
    Nothing is due for what lies below the first lower end. Values are numbers then, and the operand is counted.
    """

    operand: Node
    table: str
    key: Type
    """Type of the table's lower ends."""
    value: Type
    """Type of the table's values."""
    sliced: bool


@dataclass(frozen=True, slots=True)
class Member(_Place):
    """A field of the member at hand. Stands only inside an Aggregate of the same relation."""

    relation: str
    name: str


@dataclass(frozen=True, slots=True)
class Aggregate(_Place):
    """Over the members of a relation for which `where` is true (all of them, if None).

    A member whose `where` is false or absent is passed over, and so is one whose operand is absent. Over none,
    COUNT and SUM are 0, MIN and MAX absent, BOOL_OR false, BOOL_AND true. COUNT has no operand.

    Undefined if a filter, or the operand of a member let through, is undefined; but BOOL_OR is true as soon as one
    member let through is true, and BOOL_AND false as soon as one is false, like OR and AND.

    A member whose filter is unknown keeps the result unknown, unless its operand cannot matter: absent, 0 for SUM,
    false for BOOL_OR, true for BOOL_AND. What is open about a member is asked for by the relation's name.
    """

    function: Aggregation
    relation: str
    operand: Node | None
    where: Node | None


@dataclass(frozen=True, slots=True)
class Case(_Place):
    """The value of the first condition that is true; a condition that is absent is passed over."""

    branches: tuple[tuple[Node, Node], ...]
    """(condition, value)"""
    otherwise: Node


Node: TypeAlias = (
    Literal
    | Fact
    | Parameter
    | And
    | Or
    | Not
    | Compare
    | Between
    | In
    | IsNull
    | Arithmetic
    | Negate
    | Quotient
    | Round
    | Call
    | Coalesce
    | Case
    | Bracket
    | Member
    | Aggregate
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order of the text."""
    match node:
        case Literal() | Fact() | Parameter() | Member():
            return ()
        case And(operands=parts) | Or(operands=parts) | Coalesce(operands=parts) | Call(arguments=parts):
            return parts
        case Not(operand=part) | IsNull(operand=part) | Negate(operand=part) | Round(operand=part):
            return (part,)
        case Bracket(operand=part):
            return (part,)
        case Aggregate():
            return tuple(part for part in (node.operand, node.where) if part)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return left, right
        case Quotient():
            return node.numerator, node.denominator
        case Between():
            return node.operand, node.low, node.high
        case In():
            return node.operand, *node.items
        case Case():
            return *(part for branch in node.branches for part in branch), node.otherwise


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order of the text."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if below := children(node):
            waiting.extend(reversed(below))


def facts(node: Node) -> tuple[str, ...]:
    """Names of the facts and relations that a node reads, each once, in the order of the text."""
    names = (
        part.relation if isinstance(part, Aggregate) else part.name
        for part in walk(node)
        if isinstance(part, Fact | Aggregate)
    )
    return tuple(dict.fromkeys(names))


def parameters(node: Node) -> tuple[str, ...]:
    """Names of the parameters and bracket tables that a node reads, each once, in the order of the text."""
    names = (
        part.table if isinstance(part, Bracket) else part.name
        for part in walk(node)
        if isinstance(part, Parameter | Bracket)
    )
    return tuple(dict.fromkeys(names))

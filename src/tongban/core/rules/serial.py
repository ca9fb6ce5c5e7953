"""Checked rules as JSON can hold them, so that a start need not read and check their texts again.

    {"format": 1,
     "types": [["boolean", 0, null, null], ["integer", 0, null, "m2"]],
     "ranges": [[0, 10000]],
     "rules": {"large": {"text": "area > 60", "type": 0, "on_undefined": "refer", "ranges": {"area": 0},
                         "root": ["compare", 0, 1, 1, ">", ["fact", 1, 1, 1, "area"], ["literal", 1, 1, 8, 60]]}}}

A node is its name, the place of its type in the list, line, column, and what it holds in the order of its class;
a range too is given by its place.
`from_json` makes sure of the shape of everything, and that no node is more than there is; whether operands have
fitting types is what `check` decided, and is taken on trust.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias, get_args

from tongban.core.rules import ir
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Value
from tongban.core.rules.types import Kind, Range, Type

FORMAT: Final = 1

_Write: TypeAlias = Callable[["_Writer", Any], Any]
_Read: TypeAlias = Callable[["_Reader", Any], Any]
_Codec: TypeAlias = tuple[_Write, _Read]


class NotRules(ValueError):
    """The data is not what `to_json` writes. The message says which part of it."""


def to_json(rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The rules by name; `from_json` gives equal ones back, with every place in their texts."""
    writer = _Writer()
    written = {name: writer.rule(rule) for name, rule in rules.items()}
    types = [[type.kind.value, type.scale, type.codes, type.unit] for type in writer.types]
    ranges = [[_plain(range.low), _plain(range.high)] for range in writer.ranges]
    return {"format": FORMAT, "types": types, "ranges": ranges, "rules": written}


def from_json(data: Any) -> dict[str, Rule]:
    """The rules that `to_json` wrote. Raises NotRules for anything else, another format included."""
    try:
        if data["format"] != FORMAT:
            raise NotRules(f"these are rules of format {data['format']}, not {FORMAT}")
        reader = _Reader([_type(row) for row in data["types"]], [_range(ends) for ends in data["ranges"]])
        return {_str(name): reader.rule(rule) for name, rule in data["rules"].items()}
    except (
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise error if isinstance(error, NotRules) else NotRules(f"this is no rule: {error!r}") from error


class _Writer:
    def __init__(self) -> None:
        self.types: dict[Type, int] = {}
        self.ranges: dict[Range, int] = {}

    def rule(self, rule: Rule) -> dict[str, Any]:
        ranges = {n: self.ranges.setdefault(range, len(self.ranges)) for n, range in rule.ranges.items()}
        return {
            "text": rule.text,
            "type": self.type(rule.type),
            "on_undefined": rule.on_undefined.value,
            "ranges": ranges,
            "root": self.node(rule.root),
        }

    def type(self, type: Type) -> int:
        return self.types.setdefault(type, len(self.types))

    def node(self, node: ir.Node) -> list[Any]:
        name = _NAMES[type(node)]
        parts = zip(_WRITERS[name], node.__match_args__, strict=True)
        rest = [write(self, getattr(node, attribute)) for write, attribute in parts]
        return [name, self.type(node.type), node.line, node.column, *rest]


class _Reader:
    def __init__(self, types: list[Type], ranges: list[Range]) -> None:
        self._types = types
        self._ranges = ranges
        self._facts: set[str] = set()
        """Names that the rule at hand reads."""
        self._parameters: set[str] = set()

    def rule(self, data: Mapping[str, Any]) -> Rule:
        self._facts.clear()
        self._parameters.clear()
        root = self.node(data["root"])
        return Rule(
            text=_str(data["text"]),
            type=self.type(data["type"]),
            root=root,
            facts=frozenset(self._facts),
            parameters=frozenset(self._parameters),
            on_undefined=OnUndefined(data["on_undefined"]),
            ranges={_str(name): self._ranges[_count(place)] for name, place in data["ranges"].items()},
        )

    def type(self, place: Any) -> Type:
        return self._types[_count(place)]

    def node(self, data: Any) -> Any:
        name, place, line, column, *rest = data
        if not type(place) is type(line) is type(column) is int or place < 0:
            raise NotRules(f"{data!r} is no node")
        parts = [read(self, part) for read, part in zip(_READERS[name], rest, strict=True)]
        return _CLASSES[name](*parts, type=self._types[place], line=line, column=column)

    def fact(self, data: Any) -> str:
        self._facts.add(name := _str(data))
        return name

    def parameter(self, data: Any) -> str:
        self._parameters.add(name := _str(data))
        return name

    def literal(self, data: Any) -> ir.Literal:
        node = self.node(data)
        if not isinstance(node, ir.Literal):
            raise NotRules(f"{data!r} is no literal")
        return node


# -- what nodes hold ---------------------------------------------------------------------------------------


def _plain(value: Value | None) -> Any:
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


def _value(data: Any) -> Value:
    match data:
        case bool() | int() | str():
            return data
        case {"decimal": str() as digits} if (number := Decimal(digits)).is_finite():
            return number
        case {"date": str() as day}:
            return date.fromisoformat(day)
        case _:
            raise NotRules(f"{data!r} is no value")


def _range(ends: Any) -> Range:
    low, high = (None if end is None else _value(end) for end in ends)
    return Range(low, high)


def _type(row: Any) -> Type:
    kind, scale, codes, unit = row
    texts = (None if text is None else _str(text) for text in (codes, unit))
    return Type(Kind(kind), _count(scale), *texts)


def _str(data: Any) -> str:
    if not isinstance(data, str):
        raise NotRules(f"{data!r} is no text")
    return data


def _bool(data: Any) -> bool:
    if not isinstance(data, bool):
        raise NotRules(f"{data!r} is neither true nor false")
    return data


def _count(data: Any) -> int:
    if type(data) is not int or data < 0:
        raise NotRules(f"{data!r} is no number from 0")
    return data


def _one_of(*words: str) -> _Codec:
    def read(_: _Reader, data: Any) -> str:
        if data not in words:
            raise NotRules(f"{data!r} is none of {', '.join(words)}")
        return data

    return lambda _, word: word, read


_NODE: Final[_Codec] = (lambda to, node: to.node(node), lambda of, data: of.node(data))
_OPTIONAL: Final[_Codec] = (
    lambda to, node: None if node is None else to.node(node),
    lambda of, data: None if data is None else of.node(data),
)
_NODES: Final[_Codec] = (
    lambda to, nodes: [to.node(node) for node in nodes],
    lambda of, data: tuple([of.node(part) for part in data]),
)
_LITERALS: Final[_Codec] = (_NODES[0], lambda of, data: tuple([of.literal(part) for part in data]))
_BRANCHES: Final[_Codec] = (
    lambda to, branches: [[to.node(when), to.node(then)] for when, then in branches],
    lambda of, data: tuple([(of.node(when), of.node(then)) for when, then in data]),
)
_VALUE: Final[_Codec] = (lambda _, value: _plain(value), lambda _, data: _value(data))
_TEXT: Final[_Codec] = (lambda _, text: text, lambda _, data: _str(data))
_READ: Final[_Codec] = (lambda _, name: name, lambda of, data: of.fact(data))
"""Name of a fact or a relation."""
_GIVEN: Final[_Codec] = (lambda _, name: name, lambda of, data: of.parameter(data))
"""Name of a parameter or a bracket table."""
_FLAG: Final[_Codec] = (lambda _, flag: flag, lambda _, data: _bool(data))
_DIGITS: Final[_Codec] = (lambda _, digits: digits, lambda _, data: _count(data))
_TYPE: Final[_Codec] = (lambda to, type: to.type(type), lambda of, place: of.type(place))
_FUNCTION: Final[_Codec] = (lambda _, function: function.value, lambda _, data: ir.Function(data))
_AGGREGATION: Final[_Codec] = (lambda _, function: function.value, lambda _, data: ir.Aggregation(data))

_SHAPES: Final[Mapping[Any, tuple[_Codec, ...]]] = {
    ir.Literal: (_VALUE,),
    ir.Fact: (_READ,),
    ir.Parameter: (_GIVEN,),
    ir.And: (_NODES,),
    ir.Or: (_NODES,),
    ir.Not: (_NODE,),
    ir.Compare: (_one_of(*get_args(ir.Comparison)), _NODE, _NODE),
    ir.Between: (_NODE, _NODE, _NODE, _FLAG),
    ir.In: (_NODE, _LITERALS, _FLAG),
    ir.IsNull: (_NODE, _FLAG),
    ir.Arithmetic: (_one_of("+", "-", "*"), _NODE, _NODE),
    ir.Negate: (_NODE,),
    ir.Quotient: (_NODE, _NODE),
    ir.Round: (_NODE, _DIGITS),
    ir.Call: (_FUNCTION, _NODES),
    ir.Coalesce: (_NODES,),
    ir.Case: (_BRANCHES, _NODE),
    ir.Bracket: (_NODE, _GIVEN, _TYPE, _TYPE, _FLAG),
    ir.Member: (_TEXT, _TEXT),
    ir.Aggregate: (_AGGREGATION, _READ, _OPTIONAL, _OPTIONAL),
}
"""What each class holds, in its order."""
_NAMES: Final[Mapping[Any, str]] = {kind: kind.__name__.lower() for kind in _SHAPES}
_CLASSES: Final[Mapping[str, Any]] = {name: kind for kind, name in _NAMES.items()}
_WRITERS: Final[Mapping[str, list[_Write]]] = {
    n: [write for write, _ in _SHAPES[kind]] for kind, n in _NAMES.items()
}
_READERS: Final[Mapping[str, list[_Read]]] = {
    n: [read for _, read in _SHAPES[kind]] for kind, n in _NAMES.items()
}

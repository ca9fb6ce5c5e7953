"""FEEL trees as text of the rule language.

A name becomes a fact `f0`, `f1`, ... with the type of its value; `null` becomes a fact that is absent, of the type
that its place asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.conformance.feel import KIND, Given, Names, Node, OutOfScope, Test

from tongban.core.rules.states import ABSENT, Absent, Known
from tongban.core.rules.types import Kind, Type, parse_type

_CALLS = {
    "abs": "ABS",
    "floor": "FLOOR",
    "ceiling": "CEIL",
    "round half up": "ROUND",
    "min": "LEAST",
    "max": "GREATEST",
}
_SIMPLE = {"null", "boolean", "number", "text", "date", "name", "call"}
_TYPES = {
    "boolean": Type(Kind.BOOLEAN),
    "number": Type(Kind.INTEGER),
    "text": Type(Kind.TEXT),
    "date": Type(Kind.DATE),
}


@dataclass
class Writer:
    """Writes trees as text of the rule language, and remembers the facts that it needs."""

    names: Names
    types: dict[str, Type] = field(default_factory=dict)
    states: dict[str, Known | Absent] = field(default_factory=dict)
    compares_null: bool = False
    """Whether an equality with null was written, whose meaning differs by design."""
    _paths: dict[tuple[str, ...], str] = field(default_factory=dict)

    def kind(self, node: Node) -> KIND | None:
        """None where it is null, and so of any kind."""
        match node.shape:
            case "null":
                return None
            case "boolean" | "number" | "text" | "date":
                return node.shape
            case "name":
                return self._lookup(node.parts).kind
            case "sum" | "product" | "quotient" | "minus":
                return "number"
            case "call":
                return "number" if node.parts[0] in _CALLS else None
            case "if":
                return self.kind(node.parts[1]) or self.kind(node.parts[2])
            case _:
                return "boolean"

    def text(self, node: Node, wanted: KIND | None = None) -> str:
        """`wanted` is the kind that a null takes here."""
        match node.shape:
            case "null":
                return self.nothing(wanted or "number")
            case "boolean":
                return str(node.parts[0]).upper()
            case "number":
                return format(node.parts[0], "f")
            case "text":
                return "'" + node.parts[0].replace("'", "''") + "'"
            case "date":
                return f"DATE '{node.parts[0]}'"
            case "name":
                return self._name(node.parts)
            case "or" | "and":
                return f" {node.shape.upper()} ".join(self._inner(part, "boolean") for part in node.parts)
            case "not":
                return f"NOT {self._inner(node.parts[0], 'boolean')}"
            case "compare":
                return self._compare(*node.parts)
            case "between":
                kind = self._common(*node.parts)
                self._ordered("<", kind)
                value, low, high = (self._inner(part, kind) for part in node.parts)
                return f"{value} BETWEEN {low} AND {high}"
            case "in":
                return self._in(*node.parts)
            case "sum":
                sign, left, right = node.parts
                if "text" in (self.kind(left), self.kind(right)) and sign == "+":
                    raise OutOfScope("joining texts")
                return f"{self._inner(left, 'number')} {sign} {self._inner(right, 'number')}"
            case "product" | "quotient":
                sign = "*" if node.shape == "product" else "/"
                return f" {sign} ".join(self._inner(part, "number") for part in node.parts)
            case "minus":
                return f"-{self._inner(node.parts[0], 'number')}"
            case "if":
                condition, *values = node.parts
                kind = wanted or self._common(*values)
                then, otherwise = (self.text(value, kind) for value in values)
                return f"CASE WHEN {self.text(condition, 'boolean')} THEN {then} ELSE {otherwise} END"
            case _:
                return self._call(*node.parts)

    def nothing(self, kind: KIND) -> str:
        """A fact that is absent."""
        if kind not in _TYPES:
            raise OutOfScope("times and durations")
        name = f"nothing_{kind}"
        self.types[name], self.states[name] = _TYPES[kind], ABSENT
        return name

    def test(self, subject: str, kind: KIND | None, test: Test) -> str:
        match test.shape:
            case "compare":
                operator, node = test.parts
                self._ordered(operator, kind, self.kind(node))
                return f"{subject} {operator} {self._inner(node, kind)}"
            case "range":
                low, high, low_in, high_in = test.parts
                self._ordered("<", kind, self.kind(low))
                ends = self._inner(low, kind), self._inner(high, kind)
                if low_in and high_in:
                    return f"{subject} BETWEEN {ends[0]} AND {ends[1]}"
                above, below = ">=" if low_in else ">", "<=" if high_in else "<"
                return f"({subject} {above} {ends[0]} AND {subject} {below} {ends[1]})"
            case _:
                raise OutOfScope("a negation among tests")

    def _in(self, value: Node, tests: tuple[Test, ...]) -> str:
        subject, kind = self._inner(value, self._common(*_nodes(tests))), self.kind(value)
        plain = all(
            t.shape == "compare" and t.parts[0] == "=" and t.parts[1].shape in _CONSTANT for t in tests
        )
        if plain and kind in ("number", "text", "date"):
            return f"{subject} IN ({', '.join(self.text(test.parts[1], kind) for test in tests)})"
        return " OR ".join(self.test(subject, kind, test) for test in tests)

    def _compare(self, operator: str, left: Node, right: Node) -> str:
        if operator in ("=", "<>") and "null" in (left.shape, right.shape):
            self.compares_null = True
        kind = self._common(left, right)
        self._ordered(operator, self.kind(left), self.kind(right))
        return f"{self._inner(left, kind)} {operator} {self._inner(right, kind)}"

    @staticmethod
    def _ordered(operator: str, *kinds: KIND | None) -> None:
        if operator not in ("=", "<>") and "text" in kinds:
            raise OutOfScope("the order of texts")

    def _call(self, function: str, *arguments: Node) -> str:
        if function not in _CALLS:
            raise OutOfScope(f"the function '{function}'")
        if function in ("floor", "ceiling") and len(arguments) > 1:
            raise OutOfScope(f"digits in '{function}'")
        if function in ("min", "max") and len(arguments) < 2:
            raise OutOfScope("filters and lists")
        written = [self.text(argument, "number") for argument in arguments]
        return f"{_CALLS[function]}({', '.join(written)})"

    def _common(self, *nodes: Node) -> KIND | None:
        return next((kind for node in nodes if (kind := self.kind(node))), None)

    def _inner(self, node: Node, kind: KIND | None) -> str:
        text = self.text(node, kind)
        return text if node.shape in _SIMPLE else f"({text})"

    def _lookup(self, path: tuple[str, ...]) -> Given:
        if path[0] not in self.names:
            raise OutOfScope(f"the name '{path[0]}'")
        given = self.names[path[0]]
        for name in path[1:]:
            if not isinstance(given.value, dict) or name not in given.value:
                raise OutOfScope(f"the path {'.'.join(path)}")
            given = given.value[name]
        return given

    def _name(self, path: tuple[str, ...]) -> str:
        given = self._lookup(path)
        if given.kind == "context":
            raise OutOfScope("contexts")
        if given.kind == "other":
            raise OutOfScope("times, durations and lists")
        if path not in self._paths:
            name = self._paths[path] = f"f{len(self._paths)}"
            self.types[name] = _type(given)
            self.states[name] = ABSENT if given.value is None else Known(_plain(given.value))
        return self._paths[path]


_CONSTANT = {"number", "text", "date"}


def _nodes(tests: tuple[Test, ...]) -> list[Node]:
    return [part for test in tests for part in test.parts if isinstance(part, Node)]


def _type(given: Given) -> Type:
    if given.kind == "number" and isinstance(given.value, Decimal):
        scale = -int(given.value.normalize().as_tuple().exponent)
        if scale > 9:
            raise OutOfScope("numbers of more than 9 digits after the point")
        return parse_type(f"decimal({scale})") if scale > 0 else Type(Kind.INTEGER)
    return _TYPES[given.kind]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    return value

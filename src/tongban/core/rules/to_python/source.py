"""The text of a program: straight Python statements, one for each different part of the rules.

    v12 = f3 >= 6000 if k3 else f3
    v13 = False if v11 is False or v12 is False else both(v11, v12)

A part that stands in many rules is one variable, found again by the text of its expression. While computing, a
known value is itself (numbers whole, times 10 to the power of a scale that is fixed for each variable), absent is
`None`, open is a frozenset of names (`Partial` when it could turn out undefined) and undefined is an `Undefined`.

    f0 k0   a fact, and whether it is known       p0 q0   a parameter       t0 u0   a bracket table
    r0 o0   the rows of a relation, and what it is open by itself
    v0      what a statement computes             x0      the same for the member m at hand       D0   a date

The other names that the text uses are functions of `runtime`. Nothing of a pack gets into the text but whole
numbers, and texts as `ascii()` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from tongban.core.rules.to_python.parts import Part, constant, listed, scaled, tests
from tongban.core.rules.types import Kind, Type

_Key = TypeVar("_Key")

_INTEGER: Final = Type(Kind.INTEGER)
_CLASSES: Final = {
    Kind.BOOLEAN: "bool",
    Kind.INTEGER: "int",
    Kind.DECIMAL: "int",
    Kind.MONEY: "int",
    Kind.DATE: "date",
    Kind.TEXT: "str",
    Kind.CODE: "str",
}
_GIVEN: Final = ("p", "t")
"""Parameters and tables hardly ever have no value."""
_MOST_TESTS: Final = 2
"""Beyond so many flags, looking at the class of a value is quicker."""


@dataclass(slots=True)
class _Block:
    """Statements that run one after the other: those of the function, or those for each member."""

    prefix: str
    lines: list[str] = field(default_factory=list[str])
    variables: dict[str, str] = field(default_factory=dict[str, str])
    """Names by what gives them their value."""

    def define(self, expression: str, *, before: Sequence[str] = ()) -> str:
        """The variable of an expression, and of the statements that have to run before it."""
        key = "\n".join((*before, expression)) if before else expression
        name = self.variables.get(key)
        if name is None:
            name = self.variables[key] = f"{self.prefix}{len(self.variables)}"
            self.lines += [*before, f"{name} = {expression}"]
        return name


class Source:
    """A program being written. What is asked for twice is written once."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, Kind, int], Part] = {}
        self._parameters: dict[tuple[str, Kind, int], Part] = {}
        self._tables: dict[tuple[str, Kind, int, int, Kind, int], int] = {}
        self._relations: dict[tuple[str], int] = {}
        self._fields: dict[tuple[str, str, Kind, int], int] = {}
        self._dates: dict[date, int] = {}
        self._returned: dict[str, int] = {}
        self._function = _Block("v")
        self._loop: _Block | None = None

    def text(self) -> str:
        lines = [
            *_head("FACTS", self._facts),
            *_head("PARAMETERS", self._parameters),
            *_head("TABLES", self._tables),
            *_head("RELATIONS", self._relations),
            *_head("FIELDS", self._fields),
            *(f"D{slot} = date({day.year}, {day.month}, {day.day})" for day, slot in self._dates.items()),
            "",
            "",
            "def compute(facts, parameters, tables, relations):",
            *_unpack(len(self._facts), "f", "k", "facts"),
            *_unpack(len(self._parameters), "p", "q", "parameters"),
            *_unpack(len(self._tables), "t", "u", "tables"),
            *_unpack(len(self._relations), "r", "o", "relations"),
            *(f"    {line}" for line in self._function.lines),
            f"    return ({''.join(f'{text}, ' for text in self._returned)})",
        ]
        return "\n".join(lines) + "\n"

    def returned(self, part: Part) -> int:
        """The place of a value among those that the function returns."""
        return _slot(self._returned, part.text)

    # -- what is read --------------------------------------------------------------------------------------

    def fact(self, name: str, type: Type) -> Part:
        key = name, type.kind, type.scale
        part = self._facts.get(key)
        if part is None:
            slot = len(self._facts)
            part = self._facts[key] = Part(f"f{slot}", f"k{slot}", type.scale)
        return part

    def parameter(self, name: str, type: Type) -> Part:
        key = name, type.kind, type.scale
        part = self._parameters.get(key)
        if part is None:
            slot = len(self._parameters)
            part = self._parameters[key] = Part(f"p{slot}", f"q{slot}", type.scale)
        return part

    def table(self, name: str, key: Type, value: Type, scale: int) -> Part:
        """A bracket table whose lower ends have a scale that is not less than that of their type."""
        row = (name, key.kind, key.scale, scale, value.kind, value.scale)
        slot = _slot(self._tables, row)
        return Part(f"t{slot}", f"u{slot}")

    def member(self, relation: str, name: str, type: Type) -> Part:
        slot = _slot(self._fields, (relation, name, type.kind, type.scale))
        assert self._loop
        variable = self._loop.define(f"field(m, {slot})")
        return Part(variable, _class_test(variable, type), type.scale, inside=True)

    def day(self, value: date) -> Part:
        return Part(f"D{_slot(self._dates, value)}")

    # -- statements ----------------------------------------------------------------------------------------

    def variable(self, expression: str, parts: Iterable[Part], type: Type, scale: int = 0) -> Part:
        """A variable for an expression of these parts, of whatever outcome."""
        name, inside = self._define(expression, parts)
        return Part(name, _class_test(name, type), scale, inside=inside)

    def _define(self, expression: str, parts: Iterable[Part]) -> tuple[str, bool]:
        """The name of a variable, and whether it belongs to the member at hand."""
        if self._loop:
            for part in parts:
                if part.inside:
                    return self._loop.define(expression), True
        return self._function.define(expression), False

    def strict(
        self, fast: str, parts: Sequence[Part], type: Type, scale: int = 0, *, partial: bool = False
    ) -> Part:
        """An operation that has a value when all parts have one. `partial`: and even then it may have none."""
        known = tests(parts)
        if not known:
            name, inside = self._define(fast, parts)
            return Part(name, _class_test(name, type) if partial else "", scale, inside=inside)
        open_ = list({part.text: part for part in parts if part.test}.values())
        if partial:
            rest = f"strict_partial({listed(open_)})"
        elif len(open_) == 1:
            rest = open_[0].text
        else:
            rest = f"strict({listed(open_)})"
            if len(open_) == 2:  # by far the most: one of the two is known
                first, second = open_
                if not second.text.startswith(_GIVEN):
                    rest = f"{second.text} if {first.test} else {rest}"
                if not first.text.startswith(_GIVEN):
                    rest = f"{first.text} if {second.test} else {rest}"
        test = " and ".join(known)
        name, inside = self._define(f"{fast} if {test} else {rest}", parts)
        if partial or len(known) > _MOST_TESTS:
            test = _class_test(name, type)
        return Part(name, test, scale, inside=inside)

    def divided(self, fast: str, sides: Sequence[tuple[Part, Part]], type: Type, scale: int = 0) -> Part:
        """A strict operation on quotients: numerators and denominators."""
        parts = [part for side in sides for part in side]
        known = [*tests(parts), *dict.fromkeys(below.text for _, below in sides if not below.number)]
        if not known:
            name, inside = self._define(fast, parts)
            return Part(name, scale=scale, inside=inside)
        found = list(
            dict.fromkeys(
                above.text if below.number else f"ratio({above.text}, {below.text})"
                for above, below in sides
                if above.test or not below.number
            )
        )
        rest = found[0] if len(found) == 1 else f"strict({', '.join(found)})"
        return self.variable(f"{fast} if {' and '.join(known)} else {rest}", parts, type, scale)

    def same_scale(self, parts: Sequence[Part]) -> list[Part]:
        """The parts, all with the same scale."""
        scale = max([part.scale for part in parts])
        return [part if part.scale == scale else self._scaled(part, scale) for part in parts]

    def _scaled(self, part: Part, scale: int) -> Part:
        if part.number is not None:
            return constant(part.number * 10 ** (scale - part.scale), scale)
        return self.strict(scaled(part, scale), [part], _INTEGER, scale)

    def gathered(
        self, helper: str, relation: str, write: Callable[[], tuple[Part, Part]], type: Type
    ) -> Part:
        """What the members come to. `write` writes the filter and the operand for each."""
        slot = _slot(self._relations, (relation,))
        self._loop = loop = _Block("x")
        where, operand = write()
        self._loop = None
        each = [*loop.lines, f"a.append(({where.text}, {operand.text}))"]
        before = ["a = []", f"for m in r{slot}:", *(f"    {line}" for line in each)]
        name = self._function.define(f"{helper}(a, o{slot})", before=before)
        return Part(name, _class_test(name, type), operand.scale)


def _class_test(name: str, type: Type) -> str:
    return f"type({name}) is {_CLASSES[type.kind]}"


def _slot(slots: dict[_Key, int], key: _Key) -> int:
    return slots.setdefault(key, len(slots))


def _head(name: str, rows: Iterable[tuple[object, ...]]) -> list[str]:
    plain = (tuple(cell.value if isinstance(cell, Kind) else cell for cell in row) for row in rows)
    return [f"{name} = (", *(f"    {row!a}," for row in plain), ")"]


def _unpack(count: int, value: str, flag: str, source: str) -> list[str]:
    if not count:
        return []
    values, flags = ("".join(f"{letter}{number}, " for number in range(count)) for letter in (value, flag))
    return [f"    ({values}), ({flags}) = {source}"]

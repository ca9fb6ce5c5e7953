"""The subject that a question is about: a variable for everything that a rule can read of it.

Everything is known or absent. The members of a relation are of a few sorts here, with any number of each; or, if
their fields are added up, they are a few single ones, because products of two variables are hard. Where others are
allowed too, the subject is `small`: that nobody is found among small subjects proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from tongban.core.rules import ir
from tongban.core.rules.exact import Number, plain
from tongban.core.rules.intervals import spans
from tongban.core.rules.intervals.spans import Possible, Span
from tongban.core.rules.prove import calendar
from tongban.core.rules.prove.calendar import Day
from tongban.core.rules.prove.logic import Term, World
from tongban.core.rules.prove.outcome import Outcome
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Members, Value
from tongban.core.rules.types import MAX_DIGITS, Kind, Range, Type

SORTS: Final = 3
"""Sorts of members of a relation."""
MEMBERS: Final = 500
"""Most members of a sort."""
SINGLE: Final = 6
"""Most single members. A relation that is declared to have no more than so many is not small."""
_NICE: Final = (calendar.day_of(date(1950, 1, 1)), calendar.day_of(date(2049, 12, 31)))


@dataclass(frozen=True, slots=True)
class Variable:
    type: Type
    absent: Term
    value: Any
    """A term, or a `Day`."""


class Texts:
    """Texts and codes as numbers. Numbers that no text has stand for texts that nothing mentions."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def text(self, number: int) -> str:
        known = list(self._numbers)
        if 0 <= number < len(known):
            return known[number]
        other = f"?{number}"
        while other in self._numbers:
            other = f"?{other}"
        return other


class Subject:
    def __init__(
        self,
        world: World,
        ranges: Mapping[str, Range],
        codes: Mapping[str, frozenset[str]],
        summed: Collection[str],
    ) -> None:
        """`summed` are the relations of which fields are added up."""
        self.texts = Texts()
        self.limits: list[Term] = []
        """What holds of every subject."""
        self.small = False
        """Whether there are subjects with more members than these can have."""
        self._world = world
        self._ranges = ranges
        self._codes = codes
        self._facts: dict[str, Variable] = {}
        self._summed = summed
        self._counts: dict[str, list[Term]] = {}
        self._fields: dict[tuple[str, int], dict[str, Variable]] = {}
        self._loose: list[tuple[ir.Node, Mapping[str, object], Outcome]] = []

    def fact(self, name: str, type: Type) -> Variable:
        if name not in self._facts:
            self._facts[name] = self._variable(name, type, _span(type, self._ranges.get(name)))
        return self._facts[name]

    def members(self, relation: str) -> list[Term]:
        """How many members there are of each sort."""
        if relation not in self._counts:
            self._counts[relation] = self._sorts(relation)
        return self._counts[relation]

    def _sorts(self, relation: str) -> list[Term]:
        declared = self._ranges.get(relation, Range())
        low, high = max(_whole(declared.low) or 0, 0), _whole(declared.high)
        single = relation in self._summed or (high is not None and high <= SINGLE)
        sorts = SORTS if not single else SINGLE if high is None or high > SINGLE else max(high, 0)
        counts = [self._world.integer(f"{relation}#{index}") for index in range(sorts)]
        total: Term = sum(counts)
        self.limits += [count >= 0 for count in counts] + [
            count <= (1 if single else MEMBERS) for count in counts
        ]
        self.limits += [total >= low, *([] if high is None else [total <= high])]
        if single:
            self.limits += [
                first >= second for first, second in pairwise(counts)
            ]  # the order does not matter
        self.small |= high is None or high > SINGLE
        return counts

    def field(self, relation: str, index: int, name: str, type: Type) -> Variable:
        fields = self._fields.setdefault((relation, index), {})
        if name not in fields:
            declared = _span(type, self._ranges.get(f"{relation}.{name}"))
            fields[name] = self._variable(f"{relation}#{index}.{name}", type, declared)
        return fields[name]

    def anything(self, node: ir.Node, read: Mapping[str, object], bounds: Possible) -> Outcome:
        """An outcome inside these bounds; the same one for equal nodes that read equal parameters."""
        for one, other, found in self._loose:
            if one == node and other == read:
                return found
        world, name = self._world, f"*{len(self._loose)}"
        variable = self._variable(
            name, node.type, bounds.values if isinstance(bounds.values, Span) else Span()
        )
        undefined = world.boolean(f"{name}!") if bounds.undefined else False
        found = Outcome(undefined, variable.absent if bounds.absent else False, variable.value)
        if bounds.values is None:
            self.limits.append(world.any(found.undefined, found.absent))
        self._loose.append((node, read, found))
        return found

    # -- subjects that are easy to read --------------------------------------------------------------------

    def present(self, but: Collection[str] = ()) -> list[Term]:
        """Nothing is absent but these facts, or fields by `relation.field`."""
        fields = (
            (f"{relation}.{name}", variable)
            for (relation, _), row in self._fields.items()
            for name, variable in row.items()
        )
        named = [*self._facts.items(), *fields]
        return [self._world.no(variable.absent) for name, variable in named if name not in but]

    @property
    def plain(self) -> list[Term]:
        """No numbers below 0, dates of our time, few members."""
        found: list[Term] = []
        for variable in self._all():
            if isinstance(variable.value, Day):
                at = calendar.place(variable.value)
                found += [at >= calendar.place(_NICE[0]), at <= calendar.place(_NICE[1])]
            elif variable.type.kind is not Kind.BOOLEAN:
                found.append(variable.value >= 0)
        found += [count <= SINGLE for counts in self._counts.values() for count in counts]
        return found

    def read(self, model: Any) -> Facts:
        """The facts in a model of z3."""
        found: dict[str, Known | Absent | Members] = {
            name: self._state(model, variable) for name, variable in self._facts.items()
        }
        for relation, counts in self._counts.items():
            rows: list[Mapping[str, Known | Absent]] = []
            for index, count in enumerate(counts):
                fields = self._fields.get((relation, index), {})
                row = {name: self._state(model, variable) for name, variable in fields.items()}
                rows += [row] * self._world.value(model, count)
            found[relation] = Members(tuple(rows))
        return found

    def _all(self) -> list[Variable]:
        return [*self._facts.values(), *(v for fields in self._fields.values() for v in fields.values())]

    def _state(self, model: Any, variable: Variable) -> Known | Absent:
        if self._world.value(model, variable.absent):
            return ABSENT
        return Known(self._value(model, variable))

    def _value(self, model: Any, variable: Variable) -> Value:
        if isinstance(variable.value, Day):
            month, day = (self._world.value(model, t) for t in (variable.value.month, variable.value.day))
            return calendar.date_of(month, day)
        number = self._world.value(model, variable.value)
        match variable.type.kind:
            case Kind.BOOLEAN:
                return bool(number)
            case Kind.TEXT | Kind.CODE:
                return self.texts.text(number)
            case _:
                return spans.outer(variable.type, number * spans.step(variable.type))

    def _variable(self, name: str, type: Type, span: Span) -> Variable:
        world = self._world
        absent = world.boolean(f"{name}?")
        match type.kind:
            case Kind.BOOLEAN:
                return Variable(type, absent, world.boolean(name))
            case Kind.TEXT | Kind.CODE:
                number = world.integer(name)
                listed = self._codes.get(type.codes or "")
                ours = [number == self.texts.number(code) for code in sorted(listed or ())]
                self.limits.append(world.any(*ours) if listed else number >= 0)
                return Variable(type, absent, number)
            case Kind.DATE:
                value = Day(world.integer(f"{name}/month"), world.integer(f"{name}/day"))
                self.limits.append(calendar.exists(world, value))
                at = calendar.place(value)
            case _:
                value = at = world.integer(name)
        for end, below in ((span.low, True), (span.high, False)):
            if end is not None:
                edge, factor = _edge(type, end)
                self.limits.append(at * factor >= edge if below else at * factor <= edge)
        return Variable(type, absent, value)


def _span(type: Type, declared: Range | None) -> Span:
    """What a fact of the type can hold, as far as it is declared."""
    if type.kind not in spans.ORDERED:
        return Span()
    most = None if type.kind is Kind.DATE else plain((10**MAX_DIGITS - 1) * spans.step(type))
    low, high = (declared.low, declared.high) if declared else (None, None)
    least = -most if most is not None else None
    return Span(least if low is None else spans.inner(low), most if high is None else spans.inner(high))


def _whole(value: Value | None) -> int | None:
    return value if isinstance(value, int) else None


def _edge(type: Type, end: Number) -> tuple[int, int]:
    """An end of a span, and what the variable is to be multiplied with to be compared with it."""
    if type.kind is Kind.DATE:
        return calendar.place(calendar.day_of(date.fromordinal(int(end)))), 1
    return (Fraction(end) / spans.step(type)).as_integer_ratio()

"""Values of OpenFisca's parameter files as a pack holds them: days, numbers, units, references.

Numbers are read as written, so 0.1 is a tenth and no float comes near it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from tongban.core.packs import tree
from tongban.core.packs.pack import Position, Problem

NO_UNIT: Final = "none"
"""What `--unit` calls a number whose file names no unit."""
MAX_SCALE: Final = 9
"""Most digits after the point that a type of ours has."""

Value = bool | int | Decimal | date | str


@dataclass(frozen=True, slots=True)
class Counted:
    """How numbers of one of OpenFisca's units are written in a pack."""

    kind: Literal["money", "number", "ratio"]
    """`number` is whole or decimal, as its values are; a ratio is decimal even if it is 1."""
    unit: str | None = None
    """Unit of ours."""


UNITS: Final[Mapping[str, Counted]] = MappingProxyType(
    {
        "/1": Counted("ratio"),
        "currency": Counted("money"),
        "currency-CNY": Counted("money"),
        "year": Counted("number", "years"),
        "month": Counted("number", "months"),
        "week": Counted("number", "weeks"),
        "day": Counted("number", "days"),
        "hour": Counted("number", "hours"),
        "people": Counted("number", "person"),
        "person": Counted("number", "person"),
        "m2": Counted("number", "m2"),
    }
)
"""Units that mean the same everywhere. `currency` is the country's own; money of another is no yuan, and is asked for."""


class Misfit(Exception):
    """Something that a pack cannot hold, or that could be read in two ways."""

    def __init__(self, position: Position, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(position, code, message, hint)


class Over(Exception):
    """Everything that is said is over on the day that was asked for."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What holds from a day on."""

    day: date
    value: Value | None
    """None: from this day on there is none."""
    position: Position
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A type of ours, and how its values are written."""

    type: str
    unit: str | None = None

    def written(self, value: Value) -> Value:
        """As the pack's YAML holds it: money in yuan with two digits, decimals with those of the type."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return value
        if self.type == "integer":
            return int(value)
        digits = 2 if self.type == "money" else int(self.type.removeprefix("decimal(")[0])
        return Decimal(value).quantize(Decimal(1).scaleb(-digits))


def parse_unit(text: str) -> tuple[str, Counted]:
    """`currency-EUR=money`, `smic=number:smic`: a unit of OpenFisca's and what it is. Raises ValueError for others."""
    name, equals, meant = text.rpartition("=")
    kind, colon, unit = meant.partition(":")
    if not equals or not name or kind not in ("money", "number", "ratio") or (colon and not unit):
        raise ValueError(text)
    return name, Counted(kind, unit or None)


def counted(unit: tree.Scalar | None, units: Mapping[str, Counted], numbers: Position) -> Counted:
    """What the unit is, by `units` or else by what everybody knows. Raises Misfit when neither knows it."""
    name, position = (words(unit), unit.position) if unit else (None, numbers)
    found = units.get(name or NO_UNIT) or UNITS.get(name or "")
    if found is not None:
        return found
    hint = f"say what it is: --unit '{name or NO_UNIT}=money', =ratio, =number or =number:UNIT"
    if name is None:
        raise Misfit(position, "no-unit", "the file does not say the unit of these numbers", hint)
    raise Misfit(position, "unknown-unit", f'nothing says what the unit "{name}" is', hint)


def typed(values: Sequence[Dated], unit: Counted) -> Typed:
    """The type of numbers of this unit; for whole money with digits to spare. Raises Misfit for the first that has none."""
    numbers = [(dated, Decimal(number)) for dated, number in _numbers(values)]
    if unit.kind == "money":
        for dated, number in numbers:
            if _scale(number.normalize()) > 2:
                message = f"{number} is not a whole number of fen"
                hint = "take the values from a later day on with --since, or read the unit as a number"
                raise Misfit(dated.position, "not-fen", message, hint)
        return Typed("money", unit.unit)
    if unit.kind == "number" and not any(_scale(number.normalize()) for _, number in numbers):
        return Typed("integer", unit.unit)
    digits = 2 if unit.kind == "ratio" else 0
    for dated, number in numbers:
        exact = _scale(number.normalize())
        if exact > MAX_SCALE:
            message = f"{number} has {exact} digits after the point, and {MAX_SCALE} are the most"
            raise Misfit(dated.position, "too-many-digits", message, "round it in the file, if law allows it")
        digits = max(digits, exact, min(_scale(number), MAX_SCALE))
    return Typed(f"decimal({digits})", unit.unit)


def _numbers(values: Sequence[Dated]) -> Iterator[tuple[Dated, int | Decimal]]:
    for dated in values:
        if dated.value is None:
            continue
        if isinstance(dated.value, bool) or not isinstance(dated.value, int | Decimal):
            raise Misfit(dated.position, "not-a-number", f'"{shown(dated.value)}" is not a number')
        yield dated, dated.value


def kind_of(values: Sequence[Dated]) -> type:
    """bool, Decimal (any number), date or str: what all the values are. Raises Misfit where one is another."""
    found: type | None = None
    for dated in values:
        match dated.value:
            case None:
                continue
            case bool():
                kind: type = bool
            case int() | Decimal():
                kind = Decimal
            case date():
                kind = date
            case str():
                kind = str
        if found is not None and kind is not found:
            message = f'"{shown(dated.value)}" is of another type than the values before it'
            raise Misfit(dated.position, "mixed-types", message, "make it several parameters")
        found = kind
    return found or str


def shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def words(scalar: tree.Scalar) -> str:
    """The text on one line."""
    return " ".join(scalar.text.split())


def _scale(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


# -- reading ---------------------------------------------------------------------------------------------------


def is_dated(table: tree.Table) -> bool:
    """Whether the table holds days and nothing else: OpenFisca's short form of `values`."""
    return bool(table.fields) and all(_day(key) is not None for key in table.fields)


def values(table: tree.Table) -> tuple[list[Dated], list[Problem]]:
    """The values in order of their days, and a note for each that is only announced. Raises Misfit."""
    found: list[Dated] = []
    notes: list[Problem] = []
    for key, node in table.fields.items():
        place = table.keys[key]
        day = _day(key)
        if day is None:
            raise Misfit(place, "not-a-day", f'"{key}" is not a day', "write it as 2026-01-31")
        if _is_announced(node):
            notes.append(
                Problem(place, "expected", f"what holds from {day} is only expected, and is not read")
            )
            continue
        found.append(_dated(day, node, place))
    return sorted(found, key=lambda dated: dated.day), notes


def _dated(day: date, node: tree.Node, place: Position) -> Dated:
    sources: tuple[str, ...] = ()
    held = node
    if isinstance(node, tree.Table):
        if "value" not in node.fields:
            raise Misfit(place, "no-value", f"nothing says what holds from {day}", "add value")
        held = node.fields["value"]
        below = node.fields.get("metadata")
        parts = [node, below] if isinstance(below, tree.Table) else [node]
        for part in parts:
            if "unit" in part.fields:
                message = "a single value has a unit of its own"
                raise Misfit(part.keys["unit"], "unit-of-a-value", message, "make it several parameters")
            sources += tuple(references(part.fields.get("reference")))
    if not isinstance(held, tree.Scalar):
        message = f"what holds from {day} is a list, and a parameter of a pack is one value"
        raise Misfit(held.position, "list", message, "make it a code list, or a parameter for each")
    return Dated(day, value_of(held), held.position, sources)


def _is_announced(node: tree.Node) -> bool:
    if isinstance(node, tree.Scalar):
        return node.text == "expected"
    return isinstance(node, tree.Table) and "expected" in node.fields


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


_BOOLEANS: Final = {"yes": True, "on": True, "no": False, "off": False}
_NUMBER: Final = re.compile(r"[-+]?(0|[1-9][0-9_]*)?(\.[0-9_]*)?(e[-+]?[0-9]{1,3})?")
_TWO_WAYS: Final = re.compile(r"[-+]?(0[0-9_]+|0[xbo][0-9a-f_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")
"""Numbers to the base 8, 2, 16 and 60: `010` is eight for some readers of YAML and ten for others."""


def value_of(scalar: tree.Scalar) -> Value | None:
    """What OpenFisca reads, which is YAML 1.1 with dates as text. Raises Misfit for what others read otherwise."""
    text = scalar.text.strip()
    if scalar.written.style:
        return _day(text) or text
    if not isinstance(scalar.value, str):
        return scalar.value
    low = text.lower()
    if low in _BOOLEANS:
        return _BOOLEANS[low]
    if _TWO_WAYS.fullmatch(low):
        message = f'"{text}" is another number for other readers of YAML'
        raise Misfit(scalar.position, "two-ways", message, "write it in plain digits, or in quotes")
    if re.search(r"\d", low) and _NUMBER.fullmatch(low):
        return Decimal(low.replace("_", ""))
    if re.fullmatch(r"[-+]?\.(inf|nan)", low):
        raise Misfit(scalar.position, "not-a-number", f'"{text}" is not a number')
    return _day(text) or text


def references(node: tree.Node | None) -> Iterator[str]:
    """What is cited: texts, {title, href, note}, and lists of them. Those under days are for `references_by_day`."""
    if isinstance(node, tree.Scalar):
        if node.text.strip():
            yield words(node)
    elif isinstance(node, tree.List):
        for item in node.items:
            yield from references(item)
    elif isinstance(node, tree.Table):
        parts = [below for key, below in node.fields.items() if _day(key) is None]
        said = [words(part) for part in parts if isinstance(part, tree.Scalar) and part.text]
        if said:
            yield ", ".join(said)


def references_by_day(node: tree.Node | None) -> dict[date, tuple[str, ...]]:
    """Day -> what is cited for the value that holds from it."""
    if not isinstance(node, tree.Table):
        return {}
    found: dict[date, tuple[str, ...]] = {}
    for key, below in node.fields.items():
        if (day := _day(key)) is not None:
            found[day] = tuple(references(below))
    return found

"""Scales of OpenFisca (`brackets`) as bracket tables of a pack.

OpenFisca dates every threshold and every rate on its own; a table of ours has, for each period, all of its rows. So
the rows are made anew for each day on which something changes. A bracket that lacks its threshold or its value on a
day is not there on that day, as OpenFisca has it.

    rates            the part of the base in each bracket times its rate: `slices(base, table)`
    single amounts   the amount of the bracket that the base lies in: `bracket(base, table)`
    amounts          those of all the brackets that the base has passed, added up: `bracket(base, table)` of the sums
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from tongban.core.packs import openfisca_values as read
from tongban.core.packs import tree
from tongban.core.packs.openfisca_values import Counted, Dated, Misfit, Typed
from tongban.core.packs.pack import Position, Problem

_SIDES: Final = ("threshold", "rate", "amount", "average_rate", "base")
_TYPES: Final = ("single_amount", "marginal_amount", "marginal_rate")


@dataclass(frozen=True, slots=True)
class Row:
    at_least: Decimal
    value: Decimal
    positions: tuple[Position, Position]
    """Of the threshold and of the value."""


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date | None
    """First day on which the rows no longer hold."""
    rows: tuple[Row, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    of: Typed
    gives: Typed
    periods: tuple[Period, ...]
    summed: bool
    """Whether the amounts were added up."""


_Bracket = Mapping[str, Sequence[Dated]]


def scale(
    table: tree.Table, said: Mapping[str, tree.Scalar], units: Mapping[str, Counted], since: date | None
) -> tuple[Scale, list[Problem]]:
    """The scale, without periods that are over on the day `since`; and notes. Raises Misfit for what no table
    says, and Over."""
    place = table.keys["brackets"]
    brackets, notes = _brackets(table.fields["brackets"])
    kind = read.words(said["type"]) if "type" in said else None
    value = _value_side(brackets, kind, place)
    summed = value == "amount" and kind != "single_amount"
    every = list(_periods(brackets, value))
    if not every:
        raise Misfit(place, "no-value", "no bracket has both its threshold and its value on any day", None)
    periods = [period for period in every if since is None or period.end is None or period.end > since]
    if not periods:
        raise read.Over
    of = _typed(periods, 0, read.counted(said.get("threshold_unit"), units, place))
    if value == "rate" and "rate_unit" not in said:
        unit = read.UNITS["/1"]  # a rate is a share of its base
    else:
        unit = read.counted(said.get(f"{value}_unit", said.get("unit")), units, place)
    if summed:
        periods = [_summed(period, of) for period in periods]
    elif value == "amount":
        periods = [_from_zero(period) for period in periods]
    gives = _typed(periods, 1, unit)
    return Scale(of, gives, tuple(_joined(periods)), summed), notes


def _brackets(node: tree.Node) -> tuple[list[_Bracket], list[Problem]]:
    if not isinstance(node, tree.List) or not node.items:
        raise Misfit(node.position, "no-list", "brackets must be a list with a mapping for each bracket")
    brackets: list[_Bracket] = []
    notes: list[Problem] = []
    for item in node.items:
        if not isinstance(item, tree.Table):
            raise Misfit(item.position, "no-list", "brackets must be a list with a mapping for each bracket")
        bracket: dict[str, Sequence[Dated]] = {}
        for name, side in item.fields.items():
            if name not in _SIDES:
                hint = f"one of: {', '.join(_SIDES)}"
                raise Misfit(item.keys[name], "unknown-side", f'a bracket has no "{name}"', hint)
            if not isinstance(side, tree.Table):
                raise Misfit(item.keys[name], "not-a-day", f'"{name}" must hold days and their values')
            inner = side.fields.get("values", side)
            bracket[name], found = read.values(inner if isinstance(inner, tree.Table) else side)
            notes += found
        brackets.append(bracket)
    return brackets, notes


def _value_side(brackets: Sequence[_Bracket], kind: str | None, place: Position) -> str:
    """`rate` or `amount`, whichever the scale gives."""
    if kind is not None and kind not in _TYPES:
        hint = f"one of: {', '.join(_TYPES)}"
        raise Misfit(place, "scale-type", f'nothing says what a scale of the type "{kind}" is', hint)
    for bracket in brackets:
        for dated in bracket.get("average_rate", ()):
            message = "an average rate rises evenly inside a bracket, and in a table of a pack it is the same throughout"
            raise Misfit(dated.position, "average-rate", message, "write it as a rule")
        for dated in bracket.get("base", ()):
            if dated.value not in (None, 1):
                message = (
                    "the rate counts for a part of the base, and a table of a pack has no place for that"
                )
                raise Misfit(dated.position, "base", message, "multiply the rate by it in the file")
    sides = [side for side in ("rate", "amount") if any(side in bracket for bracket in brackets)]
    if len(sides) != 1:
        message = (
            "a scale has rates or amounts, and this has both"
            if sides
            else "the brackets have neither rates nor amounts"
        )
        raise Misfit(place, "rate-or-amount", message, None)
    if kind is not None and not kind.endswith(sides[0]):
        raise Misfit(
            place, "rate-or-amount", f"the type is {kind}, and the brackets have no {kind.partition('_')[2]}"
        )
    return sides[0]


def _periods(brackets: Sequence[_Bracket], value: str) -> Iterator[Period]:
    sides = [(bracket.get("threshold", ()), bracket.get(value, ())) for bracket in brackets]
    days = sorted({dated.day for pair in sides for side in pair for dated in side})
    for day, end in zip(days, [*days[1:], None], strict=True):
        held = [(_on(threshold, day), _on(given, day)) for threshold, given in sides]
        rows = [_row(*pair) for pair in held if pair[0] and pair[1]]
        rows = sorted((row for row in rows if row), key=lambda row: row.at_least)
        for one, other in pairwise(rows):
            if one.at_least == other.at_least:
                message = f"two brackets begin at {other.at_least} on {day}"
                raise Misfit(other.positions[0], "same-threshold", message, "keep one")
        found = [
            text for pair in held for dated in pair if dated and dated.day == day for text in dated.sources
        ]
        if rows:
            yield Period(day, end, tuple(rows), tuple(dict.fromkeys(found)))


def _on(side: Sequence[Dated], day: date) -> Dated | None:
    return next((dated for dated in reversed(side) if dated.day <= day), None)


def _row(threshold: Dated | None, given: Dated | None) -> Row | None:
    if threshold is None or given is None or threshold.value is None or given.value is None:
        return None
    for dated in (threshold, given):
        if isinstance(dated.value, bool) or not isinstance(dated.value, int | Decimal):
            message = f'"{read.shown(dated.value or "")}" is not a number'
            raise Misfit(dated.position, "not-a-number", message)
    at_least, value = Decimal(str(threshold.value)), Decimal(str(given.value))
    return Row(at_least, value, (threshold.position, given.position))


def _typed(periods: Sequence[Period], side: int, unit: Counted) -> Typed:
    return read.typed(
        [
            Dated(period.start, (row.at_least, row.value)[side], row.positions[side])
            for period in periods
            for row in period.rows
        ],
        unit,
    )


def _summed(period: Period, of: Typed) -> Period:
    """An amount counts once the base is above its threshold: from the next fen, or the next whole number, on."""
    if of.type not in ("money", "integer"):
        message = "amounts count above a threshold, and what comes next after it is known only of money and whole numbers"
        raise Misfit(period.rows[0].positions[0], "no-next", message, "write it as a rule")
    step = Decimal("0.01") if of.type == "money" else Decimal(1)
    total, rows = Decimal(0), list[Row]()
    for row in period.rows:
        total += row.value
        rows.append(Row(row.at_least + step, total, row.positions))
    return _from_zero(Period(period.start, period.end, tuple(rows), period.sources))


def _from_zero(period: Period) -> Period:
    """Below the first bracket OpenFisca gives nothing, and a table of ours would have no answer."""
    first = period.rows[0]
    zero = [Row(Decimal(0), Decimal(0), first.positions)] if first.at_least > 0 else []
    rows: list[Row] = []
    for row in (*zero, *period.rows):
        if not rows or rows[-1].value != row.value:
            rows.append(row)
    return Period(period.start, period.end, tuple(rows), period.sources)


def _joined(periods: Sequence[Period]) -> Iterator[Period]:
    """Periods that follow each other with the same rows are one."""
    last: Period | None = None
    for period in periods:
        if last and last.end == period.start and _numbers(last) == _numbers(period):
            sources = tuple(dict.fromkeys((*last.sources, *period.sources)))
            last = Period(last.start, period.end, last.rows, sources)
            continue
        if last:
            yield last
        last = period
    if last:
        yield last


def _numbers(period: Period) -> list[tuple[Decimal, Decimal]]:
    return [(row.at_least, row.value) for row in period.rows]

"""Which subjects the rows of a decision table take: exact, without a solver.

The literals under an input part its values into regions inside which no test changes its answer: a code each and all
other codes; a number, what lies between it and the next; absent. One witness stands for each region, and sets of
regions are the bits of an integer, so that rows are compared, and what none of them takes is found, column by column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from tongban.core.rules import functions
from tongban.core.rules.exact import plain, to_fraction
from tongban.core.rules.functions import Inner
from tongban.core.rules.tables.cells import (
    AnyOf,
    Anything,
    Compared,
    Inside,
    IsAbsent,
    NoneOf,
    Test,
    operands,
)
from tongban.core.rules.types import Kind, Range, Type

MAX_STEPS: Final = 2_000_000
"""Most steps of a search for what no row takes, about half a second."""

Subject: TypeAlias = tuple[Inner | None, ...]
"""A value for each input; None is absent. Money in fen."""
Answer: TypeAlias = bool | Literal["maybe"] | None
"""Of a test: true, false, absent, or a name decides that is not known here."""


class TooManyRegions(Exception):
    """The search was given up."""


@dataclass(frozen=True, slots=True)
class Input:
    type: Type
    ratio: bool
    """A quotient: between any two of its values there is another."""
    may_be_absent: bool
    range: Range
    codes: frozenset[str]
    """Of the type's code list."""


class Regions:
    """The rows of a table, each by what it takes of every input."""

    def __init__(self, inputs: Sequence[Input], rows: Sequence[Sequence[Test]]) -> None:
        self._inputs = inputs
        self._rows = rows
        self._witnesses = [
            tuple(_witnesses(given, [row[index] for row in rows])) for index, given in enumerate(inputs)
        ]
        self._surely = [self._row(inputs, row, lambda answer: answer is True) for row in rows]
        self._maybe = [self._row(inputs, row, lambda answer: answer in (True, "maybe")) for row in rows]
        self._all = tuple((1 << len(witnesses)) - 1 for witnesses in self._witnesses)

    def both(self, first: int, second: int) -> Subject | None:
        """A subject that both rows take."""
        shared = _meet(self._surely[first], self._surely[second])
        return self._subject(shared) if all(shared) else None

    def perhaps_both(self, first: int, second: int) -> bool:
        """Whether some subject could be taken by both rows, for some values of the names in their tests."""
        if not all(_meet(self._maybe[first], self._maybe[second])):
            return False
        tests = zip(self._inputs, self._rows[first], self._rows[second], strict=True)
        return all(_could_meet(given, one, other) for given, one, other in tests)

    def untaken(self, rows: Iterable[int], inside: int | None = None) -> Subject | None:
        """A subject that none of the rows surely takes, of those that the row `inside` may take.

        Raises TooManyRegions.
        """
        within = self._all if inside is None else self._maybe[inside]
        if not all(within):
            return None
        found = _Search([self._surely[row] for row in rows], within).gap()
        return self._subject(found) if found else None

    def perhaps_taken(self, subject: Subject) -> bool:
        """Whether some row could take the subject, for some values of the names in its tests."""
        return any(
            all(
                holds(test, value, given.type.kind) in (True, "maybe")
                for given, test, value in zip(self._inputs, row, subject, strict=True)
            )
            for row in self._rows
        )

    def _row(
        self, inputs: Sequence[Input], row: Sequence[Test], wanted: Callable[[Answer], bool]
    ) -> tuple[int, ...]:
        return tuple(
            sum(
                1 << bit
                for bit, witness in enumerate(witnesses)
                if wanted(holds(test, witness, given.type.kind))
            )
            for given, test, witnesses in zip(inputs, row, self._witnesses, strict=True)
        )

    def _subject(self, regions: Sequence[int]) -> Subject:
        return tuple(
            witnesses[(bits & -bits).bit_length() - 1]
            for witnesses, bits in zip(self._witnesses, regions, strict=True)
        )


def holds(
    test: Test, value: Inner | None, kind: Kind, names: Mapping[str, Inner] = MappingProxyType({})
) -> Answer:
    """The answer of a test for a value of the input, and for values of some names."""
    match test:
        case Anything():
            return True
        case IsAbsent():
            return value is None
        case NoneOf():
            answer = holds(test.test, value, kind, names)
            return not answer if isinstance(answer, bool) else answer
        case AnyOf():
            answers = [holds(part, value, kind, names) for part in test.tests]
            if True in answers:
                return True
            return "maybe" if "maybe" in answers else None if None in answers else False
        case Compared() | Inside():
            if value is None:
                return None
            ends = [
                names.get(end.text) if end.value is None else _inner(end.value, kind)
                for end in operands(test)
            ]
            if None in ends:
                return "maybe"
            return _compare(test, value, [functions.compare(value, end) for end in ends if end is not None])


def _compare(test: Compared | Inside, value: Inner, orders: list[int]) -> bool:
    if isinstance(test, Compared):
        return functions.holds(test.operator, orders[0])
    above = orders[0] >= 0 if test.low_included else orders[0] > 0
    return above and (orders[1] <= 0 if test.high_included else orders[1] < 0)


def _inner(value: bool | int | Decimal | date | str, kind: Kind) -> Inner:
    """A literal of a cell as the core computes with it: an amount, written in yuan, in fen."""
    if isinstance(value, bool | date | str):
        return value
    number = to_fraction(value)
    return plain(number * 100) if kind is Kind.MONEY else plain(number)


def _witnesses(given: Input, tests: Iterable[Test], room: int = 1) -> Iterator[Inner | None]:
    """`room` values for each region of an input, fewer where there are not so many; absent comes last."""
    literals = {
        _inner(end.value, given.type.kind)
        for test in tests
        for end in operands(test)
        if end.value is not None
    }
    match given.type.kind:
        case Kind.BOOLEAN:
            yield from (True, False)
        case Kind.CODE | Kind.TEXT:
            yield from _words(given, {value for value in literals if isinstance(value, str)})
        case Kind.DATE:
            days = {value.toordinal() for value in literals if isinstance(value, date)}
            low, high = (_ordinal(end) for end in (given.range.low, given.range.high))
            step = Fraction(1)
            low, high = max(low or 1, 1), min(high or date.max.toordinal(), date.max.toordinal())
            yield from (date.fromordinal(int(day)) for day in _points(days, step, low, high, room))
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY:
            numbers = {value for value in literals if isinstance(value, int | Fraction)}
            step = None if given.ratio else Fraction(1, 10**given.type.scale)
            low, high = (_number(end) for end in (given.range.low, given.range.high))
            yield from map(plain, _points(numbers, step, low, high, room))
    if given.may_be_absent:
        yield None


def _words(given: Input, mentioned: set[str]) -> Iterator[str]:
    if given.type.kind is Kind.CODE and given.codes:
        yield from sorted(mentioned & given.codes)
        yield from sorted(given.codes - mentioned)[:1]
        return
    yield from sorted(mentioned)
    other = "other"
    while other in mentioned:
        other += "s"
    yield other


def _points(
    marks: Iterable[int | Fraction],
    step: Fraction | None,
    low: int | Fraction | None,
    high: int | Fraction | None,
    room: int,
) -> Iterator[int | Fraction]:
    """Numbers from each region between the marks, and each mark itself, from `low` to `high`.

    `step` is the distance of one number from the next; None where there is always another between two.
    """
    ends = [end for end in (low, high) if end is not None]
    sorted_marks = sorted({Fraction(mark) for mark in [*marks, *ends]}) or [Fraction(0)]
    found = [-point for point in _after(-sorted_marks[0], step, None, room)]
    for mark, following in pairwise([*sorted_marks, None]):
        assert mark is not None
        if step is None or (mark / step).denominator == 1:
            found.append(mark)
        found += _after(mark, step, following, room)
    for point in found:
        if (low is None or point >= low) and (high is None or point <= high):
            yield point


def _after(mark: Fraction, step: Fraction | None, following: Fraction | None, room: int) -> list[Fraction]:
    """Up to `room` numbers between a mark and the following one."""
    if step is not None:
        first = (math.floor(mark / step) + 1) * step
        points = [first + step * number for number in range(room)]
        return [point for point in points if following is None or point < following]
    distance = Fraction(1) if following is None else (following - mark) / (room + 1)
    return [mark + distance * number for number in range(1, room + 1)]


def _ordinal(end: object) -> int | None:
    return end.toordinal() if isinstance(end, date) else None


def _number(end: object) -> int | Fraction | None:
    return to_fraction(end) if isinstance(end, int | Decimal) else None


def _could_meet(given: Input, one: Test, other: Test) -> bool:
    """Whether some value passes both tests, for some values of the names in them: `< cap` and `>= cap` never meet.

    What is absent decides nothing here: a test that names it takes nobody.
    """
    names = sorted({end.text for test in (one, other) for end in operands(test) if end.value is None})
    if not names or len(names) > _MOST_NAMES:
        return True
    values = list(_witnesses(given, [one, other], room=len(names) + 1))
    known = [value for value in values if value is not None]
    return any(
        holds(one, value, given.type.kind, assigned) is True
        and holds(other, value, given.type.kind, assigned) is True
        for chosen in product(known, repeat=len(names))
        for assigned in [dict(zip(names, chosen, strict=True))]
        for value in values
    )


_MOST_NAMES: Final = 2
"""Of two tests of one input; with more of them nothing is proved."""


def _meet(first: Sequence[int], second: Sequence[int]) -> tuple[int, ...]:
    return tuple(left & right for left, right in zip(first, second, strict=True))


class _Search:
    """For regions, one of each input, that no row covers. Rows are the bits of an integer here too."""

    def __init__(self, rows: Sequence[tuple[int, ...]], within: Sequence[int]) -> None:
        self._within = within
        self._everybody = (1 << len(rows)) - 1
        self._takers = [
            [
                (1 << bit, _takers(rows, column, bit))
                for bit in range(regions.bit_length())
                if regions >> bit & 1
            ]
            for column, regions in enumerate(within)
        ]
        """By input: each region, and the rows that take it."""
        self._covered: set[tuple[int, int]] = set()
        self._steps = 0

    def gap(self) -> tuple[int, ...] | None:
        return self._below(0, self._everybody)

    def _below(self, column: int, active: int) -> tuple[int, ...] | None:
        """Regions from this input on that none of the active rows covers."""
        if not active:
            return tuple(self._within[column:])
        if column == len(self._within) or (column, active) in self._covered:
            return None
        self._steps += len(self._takers[column])
        if self._steps > MAX_STEPS:
            raise TooManyRegions
        parted: dict[int, int] = {}  # regions taken by the same active rows are one
        for region, takers in self._takers[column]:
            parted[takers & active] = parted.get(takers & active, 0) | region
        for left, regions in parted.items():
            if (rest := self._below(column + 1, left)) is not None:
                return regions, *rest
        self._covered.add((column, active))
        return None


def _takers(rows: Sequence[tuple[int, ...]], column: int, bit: int) -> int:
    return sum(1 << index for index, row in enumerate(rows) if row[column] >> bit & 1)

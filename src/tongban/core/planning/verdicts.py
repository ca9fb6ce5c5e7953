"""The results of a policy's rules for many subjects, put together into whom it is due to. Pure.

    judge = matcher.judge(columns, n)
    program(matcher.rules).prepare(columns, matcher.parameters, n).give(judge)
    judge.found["job-stability-refund"].eligible

States are bits, sixty-four subjects in a word, so that a condition costs next to nothing; only those whom the result tells
of are numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tongban.core.planning.calculator import Result
from tongban.core.rules.to_numpy.columns import (
    ABSENT,
    KNOWN,
    UNDEFINED,
    UNKNOWN,
    Array,
    Column,
    Columns,
    MemberColumns,
)
from tongban.core.rules.to_numpy.flags import places, words
from tongban.core.rules.to_numpy.instructions import Store
from tongban.core.rules.to_numpy.machine import Found
from tongban.core.rules.to_numpy.tallies import count

RESULTS: Final = (Result.NOT, Result.ELIGIBLE, Result.NEAR, Result.NEEDS_DATA)
"""What a code of `Verdicts.results` stands for."""
NOT, ELIGIBLE, NEAR, NEEDS_DATA = range(4)

Flags = NDArray[np.bool_]
Places = NDArray[np.int32]
"""Of subjects."""
_Words: TypeAlias = "NDArray[np.uint64]"


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """One policy for many subjects. To all who are not named here it is not due."""

    subjects: int
    eligible: Places
    """In rising order."""
    amounts: NDArray[np.int64]
    """Of each of them, in fen (months or units where the policy gives those); more than 0."""
    near: Places
    """Those who miss one condition: by condition, and in rising order for each."""
    failing: NDArray[np.int16]
    """Of each of them: the place of that condition."""
    wanting: Places
    """Those of whom something is not known, in rising order."""
    missing: Array
    """Of each of them: bits of the facts (in the order of `Matcher.facts`) that are not known and that a rule reads which is
    open. Those that cannot settle it among them are left out by the calculator for one subject, not here."""
    referred: int
    """Of how many a condition or the amount has no value although all is known: a person looks at them."""

    @property
    def results(self) -> NDArray[np.uint8]:
        """Of every subject its place in `RESULTS`."""
        found = np.full(self.subjects, NOT, np.uint8)
        found[self.eligible], found[self.near], found[self.wanting] = ELIGIBLE, NEAR, NEEDS_DATA
        return found

    @property
    def due(self) -> NDArray[np.int64]:
        """Of every subject what is due; 0 unless eligible."""
        found = np.zeros(self.subjects, np.int64)
        found[self.eligible] = self.amounts
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy as a judge needs it."""

    rules: Mapping[str, frozenset[str]]
    """The facts and relations that each of its rules reads: its conditions in their order, then its amount."""
    facts: Sequence[str]
    """All of them, in the order of the bits."""

    @property
    def last(self) -> str:
        """The rule of the amount."""
        return tuple(self.rules)[-1]


@dataclass(slots=True)
class _Standing:
    """What the conditions of a policy came to so far, in bits."""

    failed: _Words
    """At least one is not met."""
    again: _Words
    """At least two are not met."""
    open: _Words
    undefined: _Words | None = None
    unmet: list[_Words] = field(default_factory=list["_Words"])
    """Of each condition."""
    opened: list[_Words | None] = field(default_factory=list["_Words | None"])


class Judge:
    """Takes the results of rules: of each policy its conditions in their order, then its amount.

    A sink of programs (`machine.Sink`); other engines hand over columns.
    """

    def __init__(
        self,
        policies: Mapping[str, Reading],
        columns: Columns,
        fields: Mapping[str, Iterable[str]],
        subjects: int,
    ) -> None:
        """`fields`: what is read of the members of each relation."""
        self._policies, self._columns, self._fields, self._subjects = policies, columns, fields, subjects
        self._of = {rule: name for name, one in policies.items() for rule in one.rules}
        self._standing: dict[str, _Standing] = {}
        self._block = slice(0, 0)
        self._unknown: dict[str, _Words | None] = {}
        self._parts: dict[str, list[Verdicts]] = {name: [] for name in policies}

    @property
    def found(self) -> dict[str, Verdicts]:
        """By policy."""
        return {name: _joined(parts, self._subjects) for name, parts in self._parts.items()}

    def put(self, line: Store, rows: slice, found: Found) -> None:
        """The result of a rule for some rows. Raises OverflowError for an amount that is due of more than 18 digits."""
        self.take(line.name, rows, found)

    def put_column(self, rule: str, column: Column) -> None:
        """The result of a rule for all rows. Raises like `put`."""
        values: Any = column.values
        if values.dtype == np.bool_:
            values = words(values & (column.states == KNOWN))
        elif column.state is not None:
            values = np.where(column.state == KNOWN, values, 0)
        state = column.state
        unknown, absent, undefined = (
            False if state is None else words(state == one) for one in (UNKNOWN, ABSENT, UNDEFINED)
        )
        found = Found(values, unknown, absent, {} if undefined is False else {"": undefined})
        self.take(rule, slice(0, self._subjects), found)

    def take(self, rule: str, rows: slice, found: Found) -> None:
        """The same by the name of the rule."""
        if rows != self._block:
            self._block, self._unknown = rows, {}
        policy = self._of[rule]
        standing = self._standing.pop(policy, None) or self._fresh()
        if rule == self._policies[policy].last:
            self._parts[policy].append(self._settled(policy, standing, found))
        else:
            self._add(standing, found)
            self._standing[policy] = standing

    def _fresh(self) -> _Standing:
        return _Standing(self._words(False), self._words(False), self._words(False))

    def _words(self, flag: Array | int) -> _Words:
        """A copy, which is the caller's."""
        if isinstance(flag, int):
            size = -(-(self._block.stop - self._block.start) // 64)
            return np.full(size, 2**64 - 1 if flag else 0, np.uint64)
        return flag.copy()

    def _add(self, standing: _Standing, found: Found) -> None:
        unmet = self._words(found.values)  # true only where it is known
        if found.unknown is not False:
            opened = self._words(found.unknown)
            standing.open |= opened
            unmet |= opened
            standing.opened.append(opened)
        else:
            standing.opened.append(None)
        np.invert(unmet, out=unmet)  # neither met nor open: not met, for want of a value perhaps
        standing.again |= standing.failed & unmet
        standing.failed |= unmet
        for flag in found.undefined.values():
            if standing.undefined is None:
                standing.undefined = self._words(flag)
            else:
                standing.undefined |= self._words(flag)
        standing.unmet.append(unmet)

    def _settled(self, policy: str, standing: _Standing, amount: Found) -> Verdicts:
        size, first = self._block.stop - self._block.start, self._block.start
        passed = ~(standing.failed | standing.open)
        near = standing.failed & ~(standing.again | standing.open)
        referred = standing.undefined
        if referred is not None:
            near &= ~referred  # what has no value is no near miss
        for flag in amount.undefined.values():
            more = passed & self._words(flag)
            referred = more if referred is None else referred | more
        opened = None if amount.unknown is False else self._words(amount.unknown)
        wanting = ~standing.failed & (standing.open if opened is None else standing.open | opened)
        eligible = places(passed, size)
        amounts = _at(amount.values, eligible)
        due = amounts > 0
        by_condition = [places(near & unmet, size) for unmet in standing.unmet]
        lacking = places(wanting, size)
        return Verdicts(
            size, _from(first, eligible[due]), amounts[due],
            _from(first, _together(by_condition, np.int64)),
            np.repeat(np.arange(len(by_condition), dtype=np.int16), [len(one) for one in by_condition]),
            _from(first, lacking), self._missing(policy, lacking, (*standing.opened, opened), size),
            0 if referred is None else count(referred, size),
        )  # fmt: skip

    def _missing(self, policy: str, wanting: Array, opened: Iterable[_Words | None], size: int) -> Array:
        reading = self._policies[policy]
        width = np.min_scalar_type((1 << len(reading.facts)) - 1)
        found = np.zeros(len(wanting), width)
        if not len(wanting):
            return found
        of_fact: dict[str, _Words] = {}
        for read, flag in zip(reading.rules.values(), opened, strict=True):
            if flag is None:
                continue
            for fact in read:
                unknown = self._not_known(fact)
                if unknown is not None:
                    both: _Words = flag & unknown
                    of_fact[fact] = of_fact[fact] | both if fact in of_fact else both
        for bit, fact in enumerate(reading.facts):
            if fact in of_fact:
                there = np.unpackbits(of_fact[fact].view(np.uint8), count=size)[wanting]
                found |= there.astype(width) << width.type(bit)
        return found

    def _not_known(self, fact: str) -> _Words | None:
        """None: of everybody it is known."""
        if fact not in self._unknown:
            flags = not_known(self._columns.get(fact), self._subjects, self._fields.get(fact, ()))[
                self._block
            ]
            self._unknown[fact] = words(flags) if flags.any() else None
        return self._unknown[fact]


def not_known(column: Column | MemberColumns | None, n: int, fields: Iterable[str] = ()) -> Flags:
    """Of which subjects a fact is not known; of a relation, whether itself or one of these fields of some member."""
    if column is None:
        return np.ones(n, np.bool_)
    none = np.zeros(n, np.bool_)
    if isinstance(column, Column):
        return none if column.state is None else column.state == UNKNOWN
    found = none if column.state is None else column.state == UNKNOWN
    inside = np.zeros(int(column.offsets[-1]), np.bool_)
    for name in fields:
        field = column.fields.get(name)
        if field is None:
            inside[:] = True
        elif field.state is not None:
            inside |= field.state == UNKNOWN
    totals = np.concatenate([np.zeros(1, np.int64), np.cumsum(inside)])
    return found | (totals[column.offsets[1:]] > totals[column.offsets[:-1]])


def total(amounts: NDArray[np.int64]) -> int:
    """The exact sum, also where it is more than an int64 holds: the halves of the words do not wrap."""
    return (int(np.sum(amounts >> 32)) << 32) + int(np.sum(amounts & 0xFFFFFFFF))


def _from(first: int, found: Array) -> Places:
    return (found + first if first else found).astype(np.int32)


def _at(values: Array | int, chosen: Places) -> NDArray[np.int64]:
    """Raises OverflowError."""
    if isinstance(values, int):
        return np.full(len(chosen), values, np.int64)
    return values[chosen].astype(np.int64)


def _together(arrays: Sequence[Array], dtype: Any) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)


def _joined(parts: Sequence[Verdicts], subjects: int) -> Verdicts:
    """Those of several blocks; by blocks then, and by condition within each."""
    if len(parts) == 1:
        return parts[0]

    def of(name: str, dtype: Any) -> Array:
        return _together([getattr(one, name) for one in parts], dtype)

    return Verdicts(
        subjects, of("eligible", np.int32), of("amounts", np.int64), of("near", np.int32),
        of("failing", np.int16), of("wanting", np.int32), of("missing", np.uint8),
        sum(one.referred for one in parts),
    )  # fmt: skip

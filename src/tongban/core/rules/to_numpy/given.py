"""A chunk of subjects as it is given: checked, and looked through for what occurs in it.

What occurs (the least and the greatest value of a column, and which states) is what a plan may rely on. It is
counted again for every chunk: a plan is used again only where it covers what occurs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from tongban.core.rules import ir
from tongban.core.rules.to_numpy import columns as held
from tongban.core.rules.to_numpy.columns import FIRST_DAY, LAST_DAY, Array, Column, Columns, MemberColumns
from tongban.core.rules.types import Kind, Type

_T = TypeVar("_T")
_TEXTS: Final = (Kind.TEXT, Kind.CODE)


@dataclass(frozen=True, slots=True)
class Seen:
    """The states that occur in a column, and the least and greatest of its values (of a relation: of the numbers
    of members)."""

    states: frozenset[int]
    low: int = 0
    high: int = 0

    def covers(self, other: Seen) -> bool:
        return self.states >= other.states and self.low <= other.low and self.high >= other.high

    def joined(self, other: Seen) -> Seen:
        return Seen(self.states | other.states, min(self.low, other.low), max(self.high, other.high))


UNSEEN: Final = Seen(frozenset({held.UNKNOWN}))
Outlook = Mapping[str, Seen]
"""By the name of a fact, of a relation, and of a field as `relation.field`. What is missing is UNSEEN."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What rules read, with its type."""

    facts: Mapping[str, Type]
    fields: Mapping[str, Mapping[str, Type]]
    """By relation."""


@dataclass(frozen=True, slots=True)
class Given:
    size: int
    arrays: dict[str, Array] = field(default_factory=dict[str, Array])
    """By the name of a fact or `relation.field`; of states, by that name and a question mark."""
    offsets: dict[str, Array] = field(default_factory=dict[str, Array])
    """By relation."""
    outlook: dict[str, Seen] = field(default_factory=dict[str, Seen])
    texts: dict[str, int] = field(default_factory=dict[str, int])
    """Which number stands for a text in this chunk."""


def needs(roots: Iterable[ir.Node]) -> Needs:
    facts: dict[str, Type] = {}
    fields: dict[str, dict[str, Type]] = {}
    for node in (node for root in roots for node in ir.walk(root)):
        match node:
            case ir.Fact():
                facts[node.name] = node.type
            case ir.Aggregate():
                fields.setdefault(node.relation, {})
            case ir.Member():
                fields.setdefault(node.relation, {})[node.name] = node.type
            case _:
                pass
    return Needs(facts, fields)


def take_in(needed: Needs, columns: Columns, size: int, texts: Mapping[str, int]) -> Given:
    """The chunk. `texts` have their numbers already; more are added for texts that occur.

    Raises TypeError for a column of another type than the fact's, ValueError for one of another length, or that
    holds what it cannot: a state or a category that does not exist, a date outside the years 1 to 9999.
    """
    given = Given(size, texts=dict(texts))
    found = [
        (name, type, _fact(name, type, columns[name]), size) for name, type in _in(needed.facts, columns)
    ]
    for name, fields in _in(needed.fields, columns):
        relation = columns[name]
        if not isinstance(relation, MemberColumns):
            raise TypeError(f"the relation '{name}' is a list of members, not a value")
        members = _take_relation(given, name, relation)
        found += [
            (f"{name}.{key}", type, relation.fields[key], members)
            for key, type in _in(fields, relation.fields)
        ]
    # the columns with the fewest texts first: their numbers stay small
    for name, type, column, rows in sorted(found, key=lambda one: len(one[2].categories or ())):
        _take(given, name, type, column, rows)
    return given


def widened(needed: Needs, outlook: Outlook) -> dict[str, Seen]:
    """What covers this and a little more, so that the next chunk is likely to be covered too."""
    types = dict(needed.facts)
    for relation, fields in needed.fields.items():
        types |= {f"{relation}.{name}": type for name, type in fields.items()}
    wider: dict[str, Seen] = {}
    for name, seen in outlook.items():
        low, high = _outwards(seen.low), -_outwards(-seen.high)
        if name in types and types[name].kind is Kind.DATE:
            low, high = max(low, FIRST_DAY), min(high, LAST_DAY)
        wider[name] = Seen(seen.states, low, high)
    return wider


def _outwards(low: int) -> int:
    """Down to a number with three leading bits."""
    step = 1 << max(abs(low).bit_length() - 3, 0)
    return low // step * step


def _in(wanted: Mapping[str, _T], given: Mapping[str, object]) -> Iterator[tuple[str, _T]]:
    return ((name, one) for name, one in wanted.items() if name in given)


def _fact(name: str, type: Type, column: Column | MemberColumns) -> Column:
    if isinstance(column, MemberColumns):
        raise TypeError(f"the fact '{name}' is {type.kind} and cannot be a list of members")
    return column


def _take(given: Given, name: str, type: Type, column: Column, rows: int) -> None:
    values = np.asarray(column.values)
    _check_type(name, type, values)
    if values.shape != (rows,):
        raise ValueError(f"the column '{name}' has the shape {values.shape}, and {rows} rows are wanted")
    states = _take_states(given, name, column.state, rows)
    if f"{name}?" in given.arrays:
        values = _cleaned(values, given.arrays[f"{name}?"])
    low, high = _ends(values)
    if held.KNOWN not in states or not rows or type.kind is Kind.BOOLEAN:
        low, high = 0, int(type.kind is Kind.BOOLEAN)
    elif type.kind in _TEXTS:
        values = _renumbered(given.texts, name, values, column.categories, low, high)
        low, high = _ends(values)
    elif type.kind is Kind.DATE and (low < FIRST_DAY or high > LAST_DAY):
        raise ValueError(f"the column '{name}' has a day outside the years 1 to 9999")
    given.arrays[name] = values
    given.outlook[name] = Seen(states, low, high)


def _check_type(name: str, type: Type, values: Array) -> None:
    match type.kind:
        case Kind.BOOLEAN:
            fits = values.dtype == np.bool_
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY:
            fits = values.dtype.kind in "iu" or _are_ints(values)
        case _:
            fits = values.dtype.kind in "iu"
    if not fits:
        raise TypeError(f"the column '{name}' is {type.kind} and cannot hold {values.dtype}")


def _are_ints(values: Array) -> bool:
    return values.dtype == object and all(type(value) is int for value in values)


def _take_states(given: Given, name: str, state: Array | None, rows: int) -> frozenset[int]:
    if state is None:
        return frozenset({held.KNOWN})
    if state.shape != (rows,) or state.dtype.kind not in "iu":
        raise ValueError(f"the states of '{name}' are not {rows} small numbers")
    settled = rows - np.count_nonzero(state)
    absent = np.count_nonzero(state == held.ABSENT)
    unknown = np.count_nonzero(state == held.UNKNOWN)
    if settled + absent + unknown != rows:
        raise ValueError(f"the states of '{name}' are KNOWN, UNKNOWN or ABSENT, and there is another")
    given.arrays[f"{name}?"] = state
    counts = {held.KNOWN: settled, held.UNKNOWN: unknown, held.ABSENT: absent}
    return frozenset(one for one, count in counts.items() if count) or frozenset({held.KNOWN})


def _cleaned(values: Array, state: Array) -> Array:
    """With 0 in rows that are not known: what stands there may be anything, and would spoil the bounds."""
    if not np.any(values[state != held.KNOWN]):
        return values
    values = values.copy()
    values[state != held.KNOWN] = 0
    return values


def _ends(values: Array) -> tuple[int, int]:
    return (int(values.min()), int(values.max())) if len(values) else (0, 0)


def _renumbered(
    texts: dict[str, int], name: str, values: Array, categories: tuple[str, ...] | None, low: int, high: int
) -> Array:
    """The column with the chunk's numbers of its texts; the same text has the same number in every column."""
    if categories is None or low < 0 or high >= len(categories):
        raise ValueError(f"the column '{name}' holds a text that is not among its categories")
    numbers = np.array([texts.setdefault(text, len(texts)) for text in categories], np.int32)
    return values if np.array_equal(numbers, np.arange(len(numbers))) else numbers[values]


def _take_relation(given: Given, name: str, relation: MemberColumns) -> int:
    """The number of members in all."""
    offsets = np.asarray(relation.offsets)
    if offsets.shape != (given.size + 1,) or offsets.dtype.kind not in "iu":
        raise ValueError(f"the offsets of '{name}' are not {given.size + 1} whole numbers")
    offsets = offsets.astype(np.int64, copy=False)
    lengths = np.diff(offsets)
    if offsets[0] or np.any(lengths < 0):
        raise ValueError(f"the offsets of '{name}' begin with 0 and never fall")
    states = _take_states(given, name, relation.state, given.size)
    if relation.state is not None and np.any(lengths[relation.state != held.KNOWN]):
        raise ValueError(f"'{name}' has members of a subject of whom it is not known")
    given.offsets[name] = offsets
    given.outlook[name] = Seen(states, 0, int(lengths.max(initial=0)))
    return int(offsets[-1])

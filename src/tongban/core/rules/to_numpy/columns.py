"""Facts of many subjects at once: one array per fact, one place per subject.

    Column(values)                    everything is known
    Column(values, state)             state holds KNOWN, UNKNOWN or ABSENT for each subject
    MemberColumns(offsets, fields)    the members of subject i are rows offsets[i] to offsets[i + 1] of the fields

What a value is held as, by its type:

    boolean                  bool
    integer                  a whole number in any signed or unsigned NumPy integer
    decimal(n)               the same, times 10 to the power n: 1.25 of a decimal(2) is 125
    money                    the same, in fen
    date                     the same, in days since 1 January 1970, as in Arrow and in NumPy's datetime64[D]
    text, code               the same: the place of the text among the column's `categories`

Where the state is not KNOWN the value is not looked at; 0 there is fastest. A fact without a column is unknown for
every subject, and so is a field without a column for every member.

What rules come to is given as columns too. There the state may also be UNDEFINED, values that are not known are 0,
and numbers stand in an int64, or in an array of Python ints (dtype object) when they do not all fit one.
`state_at` reads the result of one subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tongban.core.rules import exact, states
from tongban.core.rules.states import Absent, Facts, Known, Members, State, Undefined, Unknown, Value
from tongban.core.rules.types import Kind, Type

KNOWN: Final = 0
UNKNOWN: Final = 1
ABSENT: Final = 2
UNDEFINED: Final = 3

Array: TypeAlias = NDArray[Any]
DAY_ZERO: Final = date(1970, 1, 1)
FIRST_DAY: Final = (date.min - DAY_ZERO).days
LAST_DAY: Final = (date.max - DAY_ZERO).days


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Why a result is undefined."""

    texts: tuple[str, ...]
    """Those that can occur."""
    places: Array | None = None
    """Of each subject its place among them, where there is more than one. It means nothing where the state is not
    UNDEFINED."""

    def at(self, subject: int) -> str:
        return self.texts[0 if self.places is None else int(self.places[subject])]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    values: Array
    state: NDArray[np.uint8] | None = None
    """None: known for every subject."""
    categories: tuple[str, ...] | None = None
    """The texts, for a type of text or code."""
    reasons: Reasons | None = None
    """Of results that can be undefined."""

    @property
    def states(self) -> NDArray[np.uint8]:
        """The state of each subject, as an array in any case."""
        return np.zeros(len(self.values), np.uint8) if self.state is None else self.state


@dataclass(frozen=True, slots=True, eq=False)
class MemberColumns:
    """A relation. A subject of whom it is not known, or absent, has no members here."""

    offsets: Array
    """One more than there are subjects; they begin with 0 and never fall."""
    fields: Mapping[str, Column]
    state: NDArray[np.uint8] | None = None


Columns: TypeAlias = Mapping[str, Column | MemberColumns]


def whole(type: Type, value: Value, what: str) -> int | str:
    """How a value is held in a column; a text or code as itself. Raises TypeError when it is not of the type."""
    match type.kind, value:
        case Kind.BOOLEAN, bool():
            return int(value)
        case ((Kind.INTEGER | Kind.MONEY), int()) if not isinstance(value, bool):
            return value
        case Kind.DECIMAL, int() | Decimal() if not isinstance(value, bool):
            number = exact.plain(exact.to_fraction(value) * 10**type.scale)
            if isinstance(number, int):
                return number
        case Kind.DATE, date():
            return (value - DAY_ZERO).days
        case ((Kind.TEXT | Kind.CODE), str()):
            return value
        case _:
            pass
    raise TypeError(f"{what} is {type.kind} and cannot be {value!r}")


def column(type: Type, found: Sequence[Known | Absent | None]) -> Column:
    """A column of what is known of each subject, None for unknown. Raises TypeError, like `whole`.

    Numbers that do not fit an int64 stand in an array of Python ints.
    """
    held = [whole(type, known.value, "a value") if isinstance(known, Known) else None for known in found]
    codes = [UNKNOWN if known is None else KNOWN if isinstance(known, Known) else ABSENT for known in found]
    state = np.array(codes, np.uint8) if any(codes) else None
    if type.kind in (Kind.TEXT, Kind.CODE):
        categories = tuple(dict.fromkeys(text for text in held if isinstance(text, str)))
        places = {text: place for place, text in enumerate(categories)}
        values = np.array([places[text] if isinstance(text, str) else 0 for text in held], np.int32)
        return Column(values, state, categories)
    numbers = [number if isinstance(number, int) else 0 for number in held]
    if type.kind is Kind.BOOLEAN:
        return Column(np.array(numbers, np.bool_), state)
    fits = all(-(2**63) <= number < 2**63 for number in numbers)
    return Column(np.array(numbers, np.int64 if fits else object), state)


def columns(
    facts: Mapping[str, Type], relations: Mapping[str, Mapping[str, Type]], subjects: Sequence[Facts]
) -> dict[str, Column | MemberColumns]:
    """Columns of subjects that are at hand one by one. Raises TypeError for a value that is not of its type."""
    found: dict[str, Column | MemberColumns] = {}
    for name, type in facts.items():
        known = [subject.get(name) for subject in subjects]
        if any(isinstance(state, Members) for state in known):
            raise TypeError(f"the fact '{name}' is {type.kind} and cannot be a list of members")
        found[name] = column(type, [None if isinstance(state, Members) else state for state in known])
    for name, fields in relations.items():
        found[name] = _members(name, fields, [subject.get(name) for subject in subjects])
    return found


def _members(
    name: str, fields: Mapping[str, Type], subjects: Iterable[Known | Absent | Members | None]
) -> MemberColumns:
    offsets, told, rows = [0], list[int](), list[Mapping[str, Known | Absent]]()
    for known in subjects:
        match known:
            case Known():
                raise TypeError(f"the relation '{name}' is a list of members, not a value")
            case Members():
                rows += known.rows
                told.append(KNOWN)
            case Absent():
                told.append(ABSENT)
            case None:
                told.append(UNKNOWN)
        offsets.append(len(rows))
    return MemberColumns(
        np.array(offsets, np.int64),
        {field: column(type, [row.get(field) for row in rows]) for field, type in fields.items()},
        np.array(told, np.uint8),
    )


def state_at(type: Type, column: Column, place: int) -> State:
    """The state of one subject as `evaluate` gives it. Which facts keep it open a column does not say."""
    state = KNOWN if column.state is None else int(column.state[place])
    if state == KNOWN:
        return Known(_value_at(type, column, place))
    if state == UNDEFINED:
        assert column.reasons is not None
        return Undefined(column.reasons.at(place))
    return Unknown(frozenset()) if state == UNKNOWN else states.ABSENT


def _value_at(type: Type, column: Column, place: int) -> Value:
    held = column.values[place]
    match type.kind:
        case Kind.BOOLEAN:
            return bool(held)
        case Kind.TEXT | Kind.CODE:
            assert column.categories is not None
            return column.categories[int(held)]
        case Kind.DATE:
            return DAY_ZERO + timedelta(days=int(held))
        case Kind.DECIMAL:
            return exact.to_decimal(int(held), type.scale, shift=type.scale)
        case Kind.INTEGER | Kind.MONEY:
            return int(held)

"""The four states of knowing that every rule computes with.

    Known(5)                      we know it
    ABSENT                        we know there is none (SQL NULL)
    Unknown({"area"})             nobody has said yet; settled once these facts are known
    Undefined("division by zero") known inputs, and still no value

A relation (children, employees, premises) holds `Members`: for each member what is known of its fields.

`Unknown` and `ABSENT` differ: COALESCE(x, 0) is 0 when x is absent and unknown while x is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

Value = bool | int | Decimal | date | str
"""What a known fact can hold. Money is an `int` of fen."""


@dataclass(frozen=True, slots=True)
class Known:
    value: Value


@dataclass(frozen=True, slots=True)
class Absent:
    def __repr__(self) -> str:
        return "ABSENT"


@dataclass(frozen=True, slots=True)
class Unknown:
    facts: frozenset[str]
    """Names of the unknown facts that kept the result open."""


@dataclass(frozen=True, slots=True)
class Undefined:
    reason: str


@dataclass(frozen=True, slots=True)
class Members:
    """All members of a relation, in a fixed order; of each, what is known about its fields."""

    rows: tuple[Mapping[str, Known | Absent], ...]


@dataclass(frozen=True, slots=True)
class Brackets:
    """A bracket table on one date: `values[i]` holds from `lower[i]` up to, not including, `lower[i + 1]`.

    The last has no upper end, and below `lower[0]` the table says nothing. Raises ValueError when the lower ends
    do not rise, or when their number is not that of the values.
    """

    lower: tuple[Value, ...]
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if len(self.lower) != len(self.values) or not self.lower:
            raise ValueError("a bracket table has one value for each lower end, and at least one")
        if any(low >= high for low, high in pairwise(self.lower)):  # type: ignore[operator]
            raise ValueError("the lower ends of a bracket table rise")


ABSENT: Final = Absent()
State = Known | Absent | Unknown | Undefined
Facts = Mapping[str, Known | Absent | Members]
"""What is known about one subject. A name that is missing is unknown. An ABSENT relation has no members."""
Parameters = Mapping[str, Value | Brackets]
"""Values of parameters and bracket tables on one date. One that is missing has none on that date."""

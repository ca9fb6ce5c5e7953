"""The four states of knowing that every rule computes with.

    Known(5)                      we know it
    ABSENT                        we know there is none (SQL NULL)
    Unknown({"area"})             nobody has said yet; settled once these facts are known
    Undefined("division by zero") known inputs, and still no value

`Unknown` and `ABSENT` differ: COALESCE(x, 0) is 0 when x is absent and unknown while x is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


ABSENT: Final = Absent()
State = Known | Absent | Unknown | Undefined
Facts = Mapping[str, Known | Absent]
"""What is known about one subject. A name that is missing is unknown."""

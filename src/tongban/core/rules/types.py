"""The types of facts, parameters and expressions.

    boolean   integer   decimal(2)   money   date   text   code(list)

A `decimal(n)` has n digits after the point and is exact; `money` is whole fen; `text` can only be compared
for equality; `code(list)` holds one code of the named code list.

`parse_type` reads a type, `read` takes a value in from YAML, JSON or a form, and `write` gives it out again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tongban.core.rules import exact
from tongban.core.rules.states import Value

MAX_DIGITS: Final = 18
"""Most digits a number may have, on both sides of its point together."""
MAX_TEXT: Final = 2000
"""Most characters a text may have; a fact can ask for fewer."""


class Kind(StrEnum):
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Type:
    kind: Kind
    scale: int = 0
    """Digits after the point, for decimals."""
    codes: str | None = None
    """Id of the code list, for codes."""
    unit: str | None = None
    """Unit of a number ("m2", "days", "person"); numbers of different units do not add or compare."""


@dataclass(frozen=True, slots=True)
class Table:
    """The type of a bracket table: of its lower ends (numbers, money or dates) and of its values."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Range:
    """What a fact can hold at least and at most; None where nothing is declared. Money in fen."""

    low: Value | None = None
    high: Value | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names a rule may use. Facts, relations, parameters and tables share one name space."""

    facts: dict[str, Type]
    parameters: dict[str, Type]
    code_lists: dict[str, frozenset[str]]
    """Codes of each list, so that a misspelt code is an error when the pack is checked."""
    relations: dict[str, dict[str, Type]] = field(default_factory=dict[str, dict[str, Type]])
    """Fields of the members of each relation; a rule writes `children.born`."""
    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    ranges: dict[str, Range] = field(default_factory=dict[str, Range])
    """Declared ranges of numbers, money and dates, by `fact` or `relation.field`. What is read is inside them."""


class BadValue(ValueError):
    """A raw value cannot be of the type. The message says what to type; callers translate by `code`.

    Codes: not-a-boolean, not-a-number, too-many-decimals, too-long, not-a-date, not-text, not-in-list.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse_type(text: str, codes: str | None = None, unit: str | None = None) -> Type:
    """The type that a pack names: `integer`, `decimal(2)`, `code` (with the id of its code list), ...

    Raises ValueError for anything else, for a code without a list, and for a list or unit that does not fit.
    """
    if decimals := re.fullmatch(r"decimal\(([0-9])\)", text):
        return _fitting(Type(Kind.DECIMAL, scale=int(decimals[1]), codes=codes, unit=unit))
    if text == Kind.DECIMAL or text not in list(Kind):
        names = ", ".join(kind if kind is not Kind.DECIMAL else "decimal(n)" for kind in Kind)
        raise ValueError(f"{text!r} is not a type; the types are {names}")
    return _fitting(Type(Kind(text), codes=codes, unit=unit))


def read(type: Type, raw: object, codes: frozenset[str] | None = None) -> Value:
    """A value of the type, from what YAML, JSON or a form holds.

    Numbers and dates may be typed with full-width characters and with spaces around them. Money as text or
    Decimal is yuan ("1000.50"), as an int it is fen (as `write` gives it). Floats are refused: they are not
    exact. `codes` are the codes of the type's list; without them any code is taken.

    Raises BadValue.
    """
    match type.kind:
        case Kind.BOOLEAN:
            return _read_boolean(raw)
        case Kind.INTEGER:
            return int(_read_number(raw, 0))
        case Kind.DECIMAL:
            return _read_number(raw, type.scale)
        case Kind.MONEY:
            yuan = (
                raw
                if not isinstance(raw, int) or isinstance(raw, bool)
                else exact.to_decimal(raw, 2, shift=2)
            )
            return int(exact.to_fraction(_read_number(yuan, 2)) * 100)
        case Kind.DATE:
            return _read_date(raw)
        case Kind.TEXT:
            return _read_text(raw)
        case Kind.CODE:
            if not isinstance(raw, str) or (codes is not None and raw not in codes):
                raise BadValue("not-in-list", "Choose one of the listed values.")
            return _read_text(raw)


def write(type: Type, value: Value) -> bool | int | str:
    """The value as JSON can hold it: a decimal as text, a date as YYYY-MM-DD, money as whole fen."""
    if type.kind is Kind.DECIMAL and isinstance(value, int | Decimal):
        return format(exact.to_decimal(value, type.scale), "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def describe(type: Type) -> str:
    """The type in words, for messages: "a date", "a whole number of m2"."""
    unit = f" of {type.unit}" if type.unit else ""
    match type.kind:
        case Kind.BOOLEAN:
            return "true or false"
        case Kind.INTEGER:
            return "a whole number" + unit
        case Kind.DECIMAL:
            return "a number" + unit
        case Kind.MONEY:
            return "an amount of money"
        case Kind.DATE:
            return "a date"
        case Kind.TEXT:
            return "a text"
        case Kind.CODE:
            return f"a code of the list '{type.codes}'"


def _fitting(type: Type) -> Type:
    if (type.kind is Kind.CODE) != (type.codes is not None):
        raise ValueError("a code names its code list, and no other type has one")
    if type.unit is not None and type.kind not in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY):
        raise ValueError(f"{describe(type)} has no unit")
    return type


def _read_boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and (word := _fold(raw).lower()) in ("true", "false"):
        return word == "true"
    raise BadValue("not-a-boolean", "Answer true or false.")


def _read_number(raw: object, scale: int) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        raise BadValue("not-a-number", "Type a number in digits, for example 120.")
    if isinstance(raw, str):
        text = _fold(raw).replace("\u2212", "-")
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
            raise BadValue("not-a-number", "Type a number in digits, for example 120.")
        if len(text) > 4 * MAX_DIGITS:
            raise BadValue("too-long", f"Type at most {MAX_DIGITS} digits.")
        raw = Decimal(text)
    if isinstance(raw, Decimal) and not raw.is_finite():
        raise BadValue("not-a-number", "Type a number in digits, for example 120.")
    if isinstance(raw, Decimal) and raw and not -MAX_DIGITS <= raw.adjusted() < MAX_DIGITS:
        raise BadValue("too-long", f"Type at most {MAX_DIGITS} digits.")
    if (exact.to_fraction(raw) * 10**scale).denominator != 1:
        digits = f"at most {scale} digits after the point" if scale else "a whole number, without a point"
        raise BadValue("too-many-decimals", f"Type {digits}.")
    if abs(exact.to_fraction(raw)) * 10**scale >= 10**MAX_DIGITS:
        raise BadValue("too-long", f"Type at most {MAX_DIGITS} digits.")
    return exact.to_decimal(raw, scale)


def _read_date(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text := _fold(raw)):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # 2026-02-30 has the form of a date and is none
    raise BadValue("not-a-date", "Type a date as year-month-day, for example 2026-01-31.")


def _read_text(raw: object) -> str:
    if not isinstance(raw, str) or "\x00" in raw:
        raise BadValue("not-text", "Type a text.")
    if len(raw.strip()) > MAX_TEXT:
        raise BadValue("too-long", f"Type at most {MAX_TEXT} characters.")
    return raw.strip()


def _fold(raw: str) -> str:
    """Without spaces around, and half-width: Chinese keyboards type full-width digits."""
    return unicodedata.normalize("NFKC", raw).strip()

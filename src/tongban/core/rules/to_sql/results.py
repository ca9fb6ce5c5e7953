"""Rows of a statement's result, read as states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from tongban.core.rules import exact
from tongban.core.rules.states import ABSENT, Known, State, Undefined, Unknown, Value
from tongban.core.rules.types import Kind, Type


def state(type: Type, row: Mapping[str, object], name: str) -> State:
    """What a row says of the rule `name`, whose type this is.

    Which facts keep it open a statement does not say: `Unknown.facts` is empty. Raises ValueError for a row that no
    statement gives.
    """
    match row[f"{name}_state"], row[f"{name}_value"], row[f"{name}_reason"]:
        case "known", value, None if value is not None:
            return Known(_value(type, value))
        case "absent", None, None:
            return ABSENT
        case "unknown", None, None:
            return Unknown(frozenset())
        case "undefined", None, str() as reason:
            return Undefined(reason)
        case found:
            raise ValueError(f"{found!r} is not what a statement gives for a rule")


def _value(type: Type, value: object) -> Value:
    match type.kind, value:
        case Kind.BOOLEAN, bool():
            return value
        case ((Kind.INTEGER | Kind.MONEY), int() | Decimal()) if not isinstance(value, bool):
            number = exact.plain(exact.to_fraction(value))
            if isinstance(number, int):
                return number
        case Kind.DECIMAL, Decimal():
            return exact.to_decimal(value, type.scale)
        case Kind.DATE, date() if not isinstance(value, datetime):
            return value
        case ((Kind.TEXT | Kind.CODE), str()):
            return value
        case _:
            pass
    raise ValueError(f"{value!r} is not of the type {type.kind}")

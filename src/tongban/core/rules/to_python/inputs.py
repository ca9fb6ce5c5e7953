"""Taking in what a program reads: states of facts and values of parameters, as its variables hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal, Inexact
from typing import Any, Final, TypeAlias

from tongban.core.rules.states import Absent, Brackets, Facts, Known, Members, Parameters, Undefined
from tongban.core.rules.to_python.runtime import Inner, Outcome, Table
from tongban.core.rules.types import Kind

Head: TypeAlias = Mapping[str, Sequence[tuple[Any, ...]]]
"""The lists at the head of a program's text: FACTS, PARAMETERS, TABLES, RELATIONS and FIELDS."""
_Read: TypeAlias = Callable[[object], Inner]
_Columns: TypeAlias = tuple[list[Any], list[Any]]
"""Values, and whether they are known."""

_EXACT: Final = Context(prec=10_000, traps=[Inexact])
_CLASSES: Final[Mapping[str, type]] = {
    Kind.BOOLEAN: bool,
    Kind.INTEGER: int,
    Kind.MONEY: int,
    Kind.DATE: date,
    Kind.TEXT: str,
    Kind.CODE: str,
}


class Inputs:
    """Reads states and values. Raises TypeError for a value that is not of its declared type."""

    def __init__(self, head: Head) -> None:
        self._facts = [
            (name, frozenset({name}), _CLASSES.get(kind), _reader(kind, scale, f"the fact '{name}'"))
            for name, kind, scale in head["FACTS"]
        ]
        self._parameters = [
            (
                name,
                Undefined(f"no value of '{name}' for this date"),
                _reader(kind, scale, f"the parameter '{name}'"),
            )
            for name, kind, scale in head["PARAMETERS"]
        ]
        self._tables = [_TableReader(*row) for row in head["TABLES"]]
        self._relations = [(name, frozenset({name})) for (name,) in head["RELATIONS"]]
        self._fields = [
            (name, frozenset({relation}), _reader(kind, scale, f"'{relation}.{name}'"))
            for relation, name, kind, scale in head["FIELDS"]
        ]

    def facts(self, facts: Facts) -> _Columns:
        values: list[Any] = []
        known: list[bool] = []
        for name, open_, quick, read in self._facts:
            state = facts.get(name)
            if type(state) is Known:
                value = state.value
                values.append(value if type(value) is quick else read(value))
                known.append(True)
            else:
                values.append(open_ if state is None else _absent(state, name))
                known.append(False)
        return values, known

    def parameters(self, parameters: Parameters) -> _Columns:
        values: list[Any] = []
        known: list[bool] = []
        for name, missing, read in self._parameters:
            value = parameters.get(name)
            values.append(missing if value is None else read(value))
            known.append(value is not None)
        return values, known

    def tables(self, parameters: Parameters) -> _Columns:
        values = [table.read(parameters) for table in self._tables]
        return values, [type(value) is not Undefined for value in values]

    def relations(self, facts: Facts) -> _Columns:
        """Rows, and what the relation is open by: then there is one row, for any member."""
        rows: list[Sequence[Mapping[str, Known | Absent]]] = []
        open_: list[frozenset[str] | None] = []
        for name, unknown in self._relations:
            state = facts.get(name)
            if isinstance(state, Known):
                raise TypeError(f"the relation '{name}' is a list of members, not a value")
            rows.append(({},) if state is None else state.rows if isinstance(state, Members) else ())
            open_.append(unknown if state is None else None)
        return rows, open_

    def field(self, row: Mapping[str, Known | Absent], slot: int) -> Outcome:
        name, open_, read = self._fields[slot]
        state = row.get(name)
        if state is None:
            return open_
        return read(state.value) if isinstance(state, Known) else None


class _TableReader:
    """Takes in a bracket table, its lower ends with as many digits as what is looked up in it."""

    def __init__(
        self, name: str, key_kind: str, key_scale: int, scale: int, value_kind: str, value_scale: int
    ) -> None:
        what = f"the bracket table '{name}'"
        self._name = name
        self._key = _reader(key_kind, key_scale, what)
        self._factor = 10 ** (scale - key_scale)
        self._value = _reader(value_kind, value_scale, what)
        self._missing = Undefined(f"no value of '{name}' for this date")
        self._below = Undefined(f"it lies below the first bracket of '{name}'")

    def read(self, parameters: Parameters) -> Table | Undefined:
        table = parameters.get(self._name)
        if not isinstance(table, Brackets):
            return self._missing
        lower: list[Any] = [self._key(low) for low in table.lower]
        if self._factor != 1:
            lower = [low * self._factor for low in lower]
        return lower, [self._value(value) for value in table.values], self._below


def _reader(kind: str, scale: int, what: str) -> _Read:
    quick = _CLASSES.get(kind)

    def read(value: object) -> Inner:
        if type(value) is quick:
            return value  # type: ignore[return-value]
        if isinstance(value, bool):
            pass
        elif kind == Kind.DECIMAL and isinstance(value, int | Decimal):
            scaled = _EXACT.scaleb(Decimal(value), scale)
            if (whole := int(scaled)) == scaled:
                return whole
        elif quick is int and isinstance(value, int):
            return int.__int__(value)
        elif quick is str and isinstance(value, str):
            return str.__str__(value)
        raise TypeError(f"{what} is {kind} and cannot be {value!r}")

    return read


def _absent(state: object, name: str) -> None:
    if not isinstance(state, Absent):
        raise TypeError(f"the fact '{name}' cannot be a list of members")

"""Parameters and bracket tables of rules on a given day: numbers that law sets and changes from time to time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tongban.core.packs import model, model_rules
from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.states import Brackets, Parameters, Value


def resolve(pack: Pack, at: date) -> Parameters:
    """Name -> value or brackets in force on the civil day `at`. What has none for that day is left out."""
    values = {name: value_at(parameter, at) for name, parameter in pack.parameters.items()}
    tables = {name: brackets_at(table, at) for name, table in pack.bracket_tables.items()}
    return {name: value for name, value in {**values, **tables}.items() if value is not None}


def value_at(parameter: model.Parameter, at: date) -> Value | None:
    """The value in force on the day, or None. A value holds from `valid_from` up to, not including, `valid_to`."""
    for dated in parameter.values:
        if dated.valid_from <= at and (dated.valid_to is None or at < dated.valid_to):
            return types.read(type_of(parameter), dated.value)
    return None


def brackets_at(table: model_rules.BracketTable, at: date) -> Brackets | None:
    """The rows in force on the day, or None."""
    for dated in table.values:
        if dated.valid_from <= at and (dated.valid_to is None or at < dated.valid_to):
            return read_rows(table, dated.rows)
    return None


def read_rows(table: model_rules.BracketTable, rows: Sequence[model_rules.BracketRow]) -> Brackets:
    """The rows as rules read them.

    Raises BadValue for a value of the wrong type and ValueError when the rows do not rise.
    """
    kind = table_type(table)
    return Brackets(
        tuple(types.read(kind.key, row.at_least) for row in rows),
        tuple(types.read(kind.value, row.value) for row in rows),
    )


def table_type(table: model_rules.BracketTable) -> types.Table:
    """The type that rules see. Raises ValueError when type and unit do not fit, or the look-up has no order."""
    key = types.parse_type(table.of.type, unit=table.of.unit)
    if key.kind not in (types.Kind.INTEGER, types.Kind.DECIMAL, types.Kind.MONEY, types.Kind.DATE):
        raise ValueError(f"brackets are of numbers, money or dates, and not of {types.describe(key)}")
    return types.Table(key, types.parse_type(table.gives.type, unit=table.gives.unit))


def is_readable_table(table: model_rules.BracketTable) -> bool:
    """Whether the declared types make sense."""
    try:
        table_type(table)
    except ValueError:
        return False
    return True


def type_of(parameter: model.Parameter) -> types.Type:
    """The type that rules see. Raises ValueError when type and unit do not fit together."""
    return types.parse_type(parameter.type, unit=parameter.unit)


def is_readable(parameter: model.Parameter) -> bool:
    """Whether the declared type and unit fit together."""
    try:
        type_of(parameter)
    except ValueError:
        return False
    return True

"""Parameters of rules on a given day: numbers that law sets and changes from time to time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.states import Value


def resolve(pack: Pack, at: date) -> Mapping[str, Value]:
    """Name -> value in force on the civil day `at`. A parameter with no value for that day is left out."""
    values = ((name, value_at(parameter, at)) for name, parameter in pack.parameters.items())
    return {name: value for name, value in values if value is not None}


def value_at(parameter: model.Parameter, at: date) -> Value | None:
    """The value in force on the day, or None. A value holds from `valid_from` up to, not including, `valid_to`."""
    for dated in parameter.values:
        if dated.valid_from <= at and (dated.valid_to is None or at < dated.valid_to):
            return types.read(type_of(parameter), dated.value)
    return None


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

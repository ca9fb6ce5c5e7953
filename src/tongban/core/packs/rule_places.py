"""Where a pack keeps rules, by address: what stands there, and what could.

services/food-permit#applies_when          a field of an entry
services/food-permit#conditions.area       the rule of a condition, by the condition's id
services/food-permit#requires[2].when      of what has no id, counted from 1
policies/start-up-grant#amount
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from tongban.core.packs import rule_texts, shapes, walk
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.types import Type

FOLDERS: Final = ("services", "materials", "policies")
"""Whose rules are over the facts of the pack, and can be named."""
_GROUNDS: Final = ("articles", "source", "confidence")
_BOOLEAN: Final = types.parse_type("boolean")
_MONEY: Final = types.parse_type("money")
_COUNT: Final = types.parse_type("integer")


@dataclass(frozen=True, slots=True)
class Place:
    address: str
    folder: str
    entry: str
    """Its id."""
    path: walk.Path
    """As in YAML; it ends with the field that holds the rule."""
    text: str | None
    """What holds there, by default too; None where a rule can stand and none does."""
    expect: Type
    order: tuple[str, ...]
    """The fields beside it, in the order in which they are written."""

    @property
    def field(self) -> str:
        return str(self.path[-1])


def places(pack: Pack) -> Iterator[Place]:
    """Every place of a rule, in the order of the pack."""
    for folder in FOLDERS:
        for entry in getattr(pack, folder).values():
            for path, part in walk.parts(entry):
                field = rule_texts.RULES.get(type(part))
                if field:
                    yield _place(folder, entry, (*path, field), part, _BOOLEAN)
            if isinstance(entry, Policy):
                amount = _MONEY if entry.is_money else _COUNT
                yield _place(folder, entry, ("amount",), entry, amount)
                yield _place(folder, entry, ("score",), entry, _COUNT)


def written(entry: Any, path: walk.Path, field: str) -> str:
    """The path of a part and the field of its rule, by ids where there are any."""
    text, current = "", entry
    for step in path:
        if isinstance(step, int):
            current = current[step]
            identity = getattr(current, "id", None)
            text += f".{identity}" if identity else f"[{step + 1}]"
        else:
            text += f".{step}" if text else step
            current = getattr(current, step, None) or getattr(current, f"{step}_")
    if field == "rule":
        return text
    return f"{text}.{field}" if text else field


def _place(folder: str, entry: Any, path: walk.Path, part: BaseModel, expect: Type) -> Place:
    field = str(path[-1])
    address = f"{folder}/{entry.id}#{written(entry, path[:-1], field)}"
    names = shapes.fields_of(type(part))
    order = ("id", *(name for name in names if name not in ("id", *_GROUNDS)), *_GROUNDS)
    return Place(address, folder, entry.id, path, getattr(part, field), expect, order)

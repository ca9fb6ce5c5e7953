"""Why an entry says what it says: each field with the layer that set it, and what layers below had said before.

promised    {amount: 7}     cn-city      was {amount: 10} in cn
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tongban.core.packs import shapes, tree
from tongban.core.packs.content import Content, Merged, key_of
from tongban.core.packs.pack import Position


@dataclass(frozen=True, slots=True)
class Said:
    """What one layer says of a field."""

    layer: str
    text: str
    """The value as YAML would write it on one line."""
    position: Position


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    said: tuple[Said, ...]
    """From the bottom up; the last is in force."""


def find(content: Content, entry_id: str) -> tuple[Merged, ...]:
    """Every entry of this id, in any folder."""
    return tuple(entries[entry_id] for entries in content.merged.values() if entry_id in entries)


def fields(merged: Merged) -> Iterator[Field]:
    """Each field of the entry but its id, in the order they were written."""
    for name, spoken in merged.history.items():
        if name == key_of(merged.folder):
            continue
        yield Field(name, tuple(Said(layer, text(node), node.position) for layer, node in spoken))


def text(node: tree.Node) -> str:
    """The value in one line: `{amount: 7, unit: hours}`."""
    return _written(shapes.data(node, Any))


def _written(value: Any) -> str:
    match value:
        case dict():
            inside = ", ".join(f"{key}: {_written(item)}" for key, item in value.items())  # pyright: ignore[reportUnknownVariableType]
            return f"{{{inside}}}"
        case list():
            return f"[{', '.join(map(_written, value))}]"  # pyright: ignore[reportUnknownArgumentType]
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case _:
            return str(value)

"""The merged content of a chain of layers, before it is known to be right: what merge makes and lint reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel

from tongban.core.packs import model, tree
from tongban.core.packs.pack import Position, Problem

E = TypeVar("E", bound=BaseModel)

NOUNS: Final[Mapping[str, str]] = {
    "pack.yaml": "layer",
    "laws": "law",
    "code-lists": "code list",
    "facts": "fact",
    "parameters": "parameter",
    "bracket-tables": "bracket table",
    "relations": "relation",
    "documents": "document",
    "glossary": "term",
    "collections": "collection",
    "knowledge": "knowledge page",
    "calendars": "calendar",
    "authorities": "authority",
    "organisations": "organisation",
    "places": "place",
    "licences": "licence",
    "resources": "registry",
    "materials": "material",
    "services": "service",
    "life-events": "life event",
    "elements": "data element",
    "policies": "policy",
    "products": "product",
    "complaints": "complaint class",
    "indicators": "indicator",
    "goals": "goal",
    "retention": "class of retention",
    "tests": "test",
    "mapping": "mapping",
}
"""What one entry of each folder is called in messages."""


def key_of(folder: str) -> str:
    """The field that names an entry of this folder."""
    return {"places": "code", "tests": "name"}.get(folder, "id")


@dataclass(frozen=True, slots=True)
class Merged:
    """One entry after all layers have spoken. Its fields stand wherever the layer that set them wrote them."""

    folder: str
    id: str
    table: tree.Table
    layers: Mapping[str, str]
    """Field -> id of the layer that set it."""
    history: Mapping[str, tuple[tuple[str, tree.Node], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, tree.Node], ...]]
    )
    """Field -> (layer, value) for each layer that spoke of it, from the bottom up; the last is in force."""

    def position(self, *path: str | int) -> Position:
        """Where a part of the entry stands, or the nearest part around it."""
        node = tree.at(self.table, path)
        return node.position

    def key_position(self, *path: str | int) -> Position:
        """Where the key at the end of a path stands."""
        above = tree.at(self.table, path[:-1])
        if isinstance(above, tree.Table) and path[-1] in above.keys:
            return above.keys[str(path[-1])]
        return above.position

    def problem(
        self, code: str, message: str, hint: str | None = None, *, path: tuple[str | int, ...] = ()
    ) -> Problem:
        """A problem of this entry; the message is put after the entry's name and path."""
        where = f" ({dotted(path)})" if path else ""
        return Problem(self.position(*path), code, f"{NOUNS[self.folder]} {self.id}{where}: {message}", hint)


@dataclass(frozen=True)
class Content:
    """Everything the layers say, by folder and id. `models` lacks entries that could be neither read nor mended."""

    merged: Mapping[str, Mapping[str, Merged]]
    models: Mapping[str, Mapping[str, BaseModel]]
    manifests: tuple[model.Manifest, ...]
    """From the bottom to the top; empty unless all of them could be read."""
    top: Merged
    """`pack.yaml` of the uppermost layer."""
    assets: Mapping[str, bytes] = field(default_factory=dict[str, bytes])

    def entries(self, folder: str, kind: type[E]) -> Iterator[tuple[Merged, E]]:
        """The readable entries of a folder in order of id, each with where it stands."""
        for entry_id, entry in self.models.get(folder, {}).items():
            if isinstance(entry, kind):
                yield self.merged[folder][entry_id], entry

    def get(self, folder: str, kind: type[E], entry_id: str) -> E | None:
        """One readable entry, or None."""
        entry = self.models.get(folder, {}).get(entry_id)
        return entry if isinstance(entry, kind) else None

    def known(self, folder: str) -> Mapping[str, Merged]:
        """All entries of a folder, also those that could not be read."""
        return self.merged.get(folder, {})


def dotted(path: tuple[str | int, ...]) -> str:
    """A path as an author would say it: `requires[2].when`, counted from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text

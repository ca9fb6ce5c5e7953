"""JSON Schema (2020-12) of the files of a pack, for editors that complete and check while an author types.

A file of an overlay gives only what it changes, so no field but the key is required here; `loader.load` checks the
merged content in full. A plain scalar is read as text where text is expected, so `330106` and `TRUE` pass as text.
"""

from __future__ import annotations

from typing import Any, Final, cast

from pydantic import BaseModel

from tongban.core.packs import kinds, model
from tongban.core.packs.content import NOUNS, key_of

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Folder name -> schema of its files; also `tests`, and `pack.yaml` for the manifest."""
    lists = {folder: _of_list(folder, kind) for folder, (_, kind) in kinds.KINDS.items()}
    tests = _of_list("tests", model.PackTest)
    return {**lists, "tests": tests, "pack.yaml": {"$schema": DIALECT, **_of(model.Manifest)}}


def _of_list(folder: str, kind: type[BaseModel]) -> Schema:
    entry = _of(kind)
    definitions = entry.pop("$defs", {})
    properties: Schema = {name: _or_change(field) for name, field in entry["properties"].items()}
    properties["remove"] = {"const": True, "description": "Takes the entry of the layer below away."}
    entry |= {"properties": properties, "required": [key_of(folder)]}
    return {
        "$schema": DIALECT,
        "title": f"Entries of the folder {folder}: one {NOUNS[folder]} each",
        "type": "array",
        "items": entry,
        "$defs": definitions,
    }


def _of(kind: type[BaseModel]) -> Schema:
    return cast("Schema", _with_scalars(kind.model_json_schema(by_alias=True)))


def _or_change(field: Schema) -> Schema:
    """A list may also be given as what an overlay adds to it and removes from it."""
    if field.get("type") != "array":
        return field
    anything: Schema = {"type": "array"}
    change: Schema = {
        "type": "object",
        "properties": {"add": {"type": "array", "items": field.get("items", True)}, "remove": anything},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [field, change]}


def _with_scalars(node: Any) -> Any:
    """The schema with free text also given as a plain number or truth value."""
    if isinstance(node, list):
        return [_with_scalars(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    table = {key: _with_scalars(value) for key, value in cast("Schema", node).items()}
    if table.get("type") == "string" and not table.keys() & {"enum", "const", "format"}:
        table["type"] = ["string", "number", "boolean"]
    return table

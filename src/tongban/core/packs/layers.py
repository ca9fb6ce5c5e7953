"""Which files belong to a pack: the chain of layers from the top down, and what each layer holds.

{"cn/pack.yaml": ..., "cn/facts/food.yaml": ..., "cn-city/pack.yaml": "extends: cn"}, top "cn-city"
    ->  (Layer("cn"), Layer("cn-city"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tongban.core.packs import front_matter, kinds, names, svg, tree
from tongban.core.packs.pack import Position, Problem

TESTS: Final = "tests"
PAGES: Final = "knowledge"
"""The folder whose entries are Markdown files."""
FOLDERS: Final = (*kinds.KINDS, TESTS)


@dataclass(frozen=True, slots=True)
class Layer:
    id: str
    manifest: tree.Table
    lists: Mapping[str, tuple[tree.Table, ...]]
    """Folder -> its entries in order of file name and line."""
    assets: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Layers:
    """From the bottom to the top. `whole` is False when some file could not be read, so that names are missing."""

    chain: tuple[Layer, ...]
    problems: tuple[Problem, ...]
    whole: bool


def resolve(files: Mapping[str, bytes], top: str) -> Layers:
    """Follow `extends` from the top layer down and read every file of the layers met."""
    chain: list[Layer] = []
    problems: list[Problem] = []
    whole = True
    layer_id: str | None = top
    asked_from = Position(f"{top}/pack.yaml")
    while layer_id is not None:
        if any(layer.id == layer_id for layer in chain):
            path = " → ".join([*(layer.id for layer in chain), layer_id])
            problems.append(
                Problem(asked_from, "layer-circle", f"the layers extend each other in a circle: {path}")
            )
            whole = False
            break
        manifest, found = _manifest(files, layer_id, asked_from)
        problems += found
        if manifest is None:
            whole = False
            break
        layer, found, readable = _layer(files, layer_id, manifest)
        whole = whole and readable
        problems += found
        chain.append(layer)
        below = manifest.fields.get("extends")
        layer_id = below.text if isinstance(below, tree.Scalar) and below.value is not None else None
        asked_from = below.position if below else asked_from
    return Layers(tuple(reversed(chain)), tuple(problems), whole)


def _manifest(
    files: Mapping[str, bytes], layer_id: str, asked_from: Position
) -> tuple[tree.Table | None, list[Problem]]:
    file = f"{layer_id}/pack.yaml"
    if file not in files:
        known = sorted(
            path.split("/")[0] for path in files if path.endswith("/pack.yaml") and path.count("/") == 1
        )
        hint = names.did_you_mean(layer_id, known) or f"add {file}"
        return None, [
            Problem(asked_from, "unknown-layer", f'there is no layer "{layer_id}": {file} is missing', hint)
        ]
    node, problems = tree.read(file, files[file])
    if node is None and problems:
        return None, list(problems)
    if not isinstance(node, tree.Table):
        return None, [
            Problem(Position(file, 1, 1), "manifest", "pack.yaml must be a mapping", "begin with id: ...")
        ]
    named = node.fields.get("id")
    if isinstance(named, tree.Scalar) and named.text != layer_id:
        message = f'the layer calls itself "{named.text}" and lies in the folder "{layer_id}"'
        return node, [Problem(named.position, "layer-name", message, "make them the same")]
    return node, []


def _layer(
    files: Mapping[str, bytes], layer_id: str, manifest: tree.Table
) -> tuple[Layer, list[Problem], bool]:
    lists: dict[str, tuple[tree.Table, ...]] = {}
    assets: dict[str, bytes] = {}
    problems: list[Problem] = []
    readable = True
    for file in sorted(path for path in files if path.startswith(f"{layer_id}/")):
        parts = file.split("/")[1:]
        if parts[0] == PAGES and len(parts) == 2 and file.endswith(".md"):
            page, found = front_matter.read(file, files[file])
            readable = readable and page is not None
            lists[PAGES] = (*lists.get(PAGES, ()), *((page,) if page else ()))
            problems += found
            continue
        if file.endswith(".md") or parts == ["pack.yaml"]:
            continue
        misplaced = _misplaced(file, parts)
        if misplaced:
            problems.append(misplaced)
            readable = readable and not file.endswith((".yaml", ".yml"))
        elif parts[0] == "assets":
            assets[parts[1]] = files[file]
            problems += svg.problems(file, files[file])
        else:
            tables, found = _entries(file, files[file])
            readable = readable and tables is not None
            lists[parts[0]] = (*lists.get(parts[0], ()), *(tables or ()))
            problems += found
    return Layer(layer_id, manifest, lists, assets), problems, readable


def _misplaced(file: str, parts: list[str]) -> Problem | None:
    folder = parts[0]
    if len(parts) == 1:
        message = "a layer holds only pack.yaml, folders and .md files at its top"
        return Problem(Position(file), "unknown-file", message, "move it into the folder of its kind")
    if folder not in FOLDERS and folder != "assets":
        hint = names.did_you_mean(folder, (*FOLDERS, "assets")) or "one of: " + ", ".join(
            (*FOLDERS, "assets")
        )
        return Problem(
            Position(file), "unknown-folder", f'there is no kind of content called "{folder}"', hint
        )
    ending = ".svg" if folder == "assets" else ".yaml"
    if len(parts) > 2 or not file.endswith(ending):
        message = f"{folder}/ holds {ending} and .md files, and no folders"
        return Problem(Position(file), "unknown-file", message, f"rename or move it: {folder}/name{ending}")
    return None


def _entries(file: str, content: bytes) -> tuple[tuple[tree.Table, ...] | None, list[Problem]]:
    """The entries of a file, or None when it cannot be read as a list of entries at all."""
    node, problems = tree.read(file, content)
    if problems:
        return None, list(problems)
    if node is None or (isinstance(node, tree.Scalar) and node.value is None):
        return (), []
    if not isinstance(node, tree.List):
        message = "a content file is a list of entries, not a mapping or a text"
        hint = "begin each entry with '- id: ...' at the margin"
        return None, [Problem(node.position, "not-a-list", message, hint)]
    wrong = [
        Problem(
            item.position, "not-an-entry", "each entry of the list must be a mapping", "write '- id: ...'"
        )
        for item in node.items
        if not isinstance(item, tree.Table)
    ]
    return tuple(item for item in node.items if isinstance(item, tree.Table)), wrong

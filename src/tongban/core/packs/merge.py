"""Laying the layers over each other: an upper layer adds entries, replaces single fields, or takes entries away.

cn       - {id: food, promised: {amount: 10}, requires: [{material: lease}, {material: photo}]}
cn-city  - {id: food, promised: {amount: 5}, requires: {remove: [photo]}}
merged   - {id: food, promised: {amount: 5}, requires: [{material: lease}]}

Items of a list are known by their key: `id`, `material`, `code`, `number`, `valid_from` or `name`. Removing one and
adding one of the same key replaces it in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tongban.core.packs import names, tree
from tongban.core.packs.content import NOUNS, Merged, key_of
from tongban.core.packs.layers import Layer
from tongban.core.packs.pack import Position, Problem

_ITEM_KEYS: Final = ("id", "material", "code", "number", "valid_from", "name")
"""What names an item of a list, in this order; other items are named by their whole text."""


def merge(
    chain: Iterable[Layer], folders: Iterable[str]
) -> tuple[dict[str, dict[str, Merged]], list[Problem]]:
    """The entries of each folder by id, in order of id, with every mistake of the overlays."""
    folders = tuple(folders)
    drafts: dict[str, dict[str, _Draft]] = {folder: {} for folder in folders}
    problems: list[Problem] = []
    for layer in chain:
        for folder in folders:
            _lay(drafts[folder], folder, layer, problems)
    merged = {
        folder: {entry_id: entries[entry_id].finish(folder, entry_id) for entry_id in sorted(entries)}
        for folder, entries in drafts.items()
    }
    return merged, problems


@dataclass
class _Draft:
    position: Position
    fields: dict[str, tree.Node] = field(default_factory=dict[str, tree.Node])
    keys: dict[str, Position] = field(default_factory=dict[str, Position])
    layers: dict[str, str] = field(default_factory=dict[str, str])
    history: dict[str, list[tuple[str, tree.Node]]] = field(
        default_factory=dict[str, list[tuple[str, tree.Node]]]
    )

    def finish(self, folder: str, entry_id: str) -> Merged:
        history = {name: tuple(spoken) for name, spoken in self.history.items()}
        table = tree.Table(self.fields, self.keys, self.position)
        return Merged(folder, entry_id, table, self.layers, history)


def _lay(drafts: dict[str, _Draft], folder: str, layer: Layer, problems: list[Problem]) -> None:
    seen: dict[str, Position] = {}
    for entry in layer.lists.get(folder, ()):
        key = entry.fields.get(key_of(folder))
        if not isinstance(key, tree.Scalar) or not key.text:
            message = f"this {NOUNS[folder]} has no {key_of(folder)}"
            problems.append(
                Problem(entry.position, "no-id", message, f"begin it with '{key_of(folder)}: ...'")
            )
            continue
        if key.text in seen:
            message = f"the layer {layer.id} holds the {NOUNS[folder]} {key.text} twice"
            problems.append(
                Problem(key.position, "duplicate-id", message, f"first at {seen[key.text]}; keep one")
            )
            continue
        seen[key.text] = key.position
        if "remove" in entry.fields:
            problems += _take_away(drafts, folder, key, entry)
            continue
        where = f"{NOUNS[folder]} {key.text}"
        is_new = key.text not in drafts
        draft = drafts.setdefault(key.text, _Draft(entry.position))
        for name, node in entry.fields.items():
            if is_new and _is_change(node):
                message = f"{where} ({name}): no layer below has this entry, so its list cannot be changed"
                problems.append(Problem(node.position, "list-change", message, "write the whole list"))
                continue
            draft.fields[name] = _laid(draft.fields.get(name), node, f"{where} ({name})", problems)
            draft.keys[name] = entry.keys[name]
            draft.history.setdefault(name, []).append((layer.id, draft.fields[name]))
            if name != key_of(folder) or name not in draft.layers:
                draft.layers[name] = layer.id


def _take_away(drafts: dict[str, _Draft], folder: str, key: tree.Scalar, entry: tree.Table) -> list[Problem]:
    mark = entry.fields["remove"]
    if not isinstance(mark, tree.Scalar) or mark.value is not True or len(entry.fields) > 2:
        message = f"{NOUNS[folder]} {key.text}: an entry that is taken away holds only its {key_of(folder)} and 'remove: true'"
        return [Problem(mark.position, "remove", message, "take out the other fields, or take out 'remove'")]
    if folder == "retention":
        message = f"{NOUNS[folder]} {key.text}: a class of retention from below is not taken away, files would be kept shorter"
        return [Problem(key.position, "lock", message, "let a class of your own keep them longer")]
    if key.text not in drafts:
        message = f"{NOUNS[folder]} {key.text}: no layer below has it, so it cannot be taken away"
        return [Problem(key.position, "remove", message, names.did_you_mean(key.text, drafts))]
    del drafts[key.text]
    return []


def _laid(below: tree.Node | None, node: tree.Node, where: str, problems: list[Problem]) -> tree.Node:
    if not isinstance(node, tree.Table) or not _is_change(node):
        return node
    below = below or tree.List((), node.position)
    if isinstance(below, tree.List):
        return _changed(below, node, where, problems)
    message = f"{where}: only a list can be changed with add and remove"
    problems.append(Problem(node.position, "list-change", message, "write the new value"))
    return below


def _is_change(node: tree.Node) -> bool:
    return isinstance(node, tree.Table) and bool(node.fields) and set(node.fields) <= {"add", "remove"}


def _changed(below: tree.List, change: tree.Node, where: str, problems: list[Problem]) -> tree.List:
    """Without what is removed and with what is added; an item that is both is replaced where it stands."""
    items = list(below.items)
    added = _list(change, "add", where, problems)
    by_name = {_name(item): item for item in added}
    for item in _list(change, "remove", where, problems):
        name = _name(item)
        known = [_name(other) for other in items]
        if name not in known:
            message = f'{where}: the list below has no "{name}" to remove'
            problems.append(Problem(item.position, "list-change", message, names.did_you_mean(name, known)))
            continue
        items = [other for other in items if _name(other) != name]
        if name in by_name:
            items.insert(known.index(name), by_name[name])
    for item in added:
        if any(other is item for other in items):
            continue  # it stands where the removed one stood
        if any(_name(other) == _name(item) for other in items):
            message = f'{where}: the list already has "{_name(item)}"'
            problems.append(
                Problem(item.position, "list-change", message, "remove it as well, or do not add it")
            )
        else:
            items.append(item)
    return tree.List(tuple(items), change.position)


def _list(change: tree.Node, key: str, where: str, problems: list[Problem]) -> tuple[tree.Node, ...]:
    node = tree.child(change, key)
    if node is None:
        return ()
    if not isinstance(node, tree.List):
        problems.append(
            Problem(node.position, "list-change", f"{where}: {key} must hold a list", f"{key}: [...]")
        )
        return ()
    return node.items


def _name(item: tree.Node) -> str:
    """What an item is known by: its key field, or all of it."""
    if isinstance(item, tree.Scalar):
        return item.text
    if isinstance(item, tree.Table):
        for key in _ITEM_KEYS:
            value = item.fields.get(key)
            if isinstance(value, tree.Scalar):
                return value.text
        return str({name: _name(value) for name, value in sorted(item.fields.items())})
    return str([_name(value) for value in item.items])


def provenance(merged: Mapping[str, Mapping[str, Merged]]) -> dict[tuple[str, str, str], str]:
    """(folder, id, field) -> id of the layer that set it."""
    return {
        (folder, entry_id, name): layer
        for folder, entries in merged.items()
        for entry_id, entry in entries.items()
        for name, layer in entry.layers.items()
    }

"""One field of an entry written into the text of a content file. Every other character stays as it is. Pure.

- id: grant                         - id: grant
  amount: small  # per shop     ->    amount: |-  # per shop
  once_per: subject                     CASE WHEN area >= 60 THEN large ELSE small END
                                      once_per: subject
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import yaml

from tongban.core.packs import tree
from tongban.core.packs.pack import Position

WIDTH: Final = 110
"""Most characters of a text beside its field; a longer one stands below it."""


class CannotPut(ValueError):
    """The text of the file does not let the field be written without changing something else."""


def put(source: str, place: Position, field: str, text: str, order: Sequence[str]) -> str:
    """The file with `text` as the field of the mapping that begins at `place`, in the place of what stood there.

    A field that is not there yet goes after the last one that comes before it in `order`. Raises CannotPut.
    """
    table = _table(_compose(source), place)
    if table is None:
        raise CannotPut(f"no mapping begins at {place}")
    fields = {str(key.value): (key, value) for key, value in table.value}
    if field in fields:
        changed = _replaced(source, *fields[field], text, in_flow=bool(table.flow_style))
    else:
        changed = _added(source, table, field, text, order)
    _require_only(source, changed, place, field, text)
    return changed


def append(before: str, entry_id: str, field: str, text: str) -> str:
    """The file with an entry at its end that lays one field over that of the layers below. Raises CannotPut."""
    end = "\r\n" if "\r\n" in before else "\n"
    if before and not before.endswith("\n"):
        before += end
    value = _beside(field, text) or "|-" + _below(text, 2, end)
    after = f"{before}- id: {entry_id}{end}  {field}: {value}{end}"
    old, new = _items(before), _items(after)
    last: Mapping[str, tree.Node] = new[-1].fields if new and isinstance(new[-1], tree.Table) else {}
    said = {name: node.text for name, node in last.items() if isinstance(node, tree.Scalar)}
    if list(map(_plain_of, new[:-1])) != list(map(_plain_of, old)) or said != {"id": entry_id, field: text}:
        raise CannotPut("the file is no list that goes on")
    return after


def _replaced(source: str, key: Any, value: Any, text: str, *, in_flow: bool) -> str:
    if not isinstance(value, yaml.ScalarNode):
        raise CannotPut("a list or a mapping stands there")
    start, end = value.start_mark.index, _end(source, value)
    before = source[:start] if source[start - 1].isspace() else source[:start] + " "
    if in_flow:
        return before + _in_one_line(text) + source[end:]
    remark, rest = _remark(source[start:end] if value.style in ("|", ">") else "", source[end:])
    beside = _beside(str(key.value), text)
    written = (
        beside + remark if beside else "|-" + remark + _below(text, key.start_mark.column, _line_end(source))
    )
    return before + written + rest


def _added(source: str, table: Any, field: str, text: str, order: Sequence[str]) -> str:
    pairs: list[tuple[Any, Any]] = table.value
    earlier = order[: order.index(field)] if field in order else order
    known = [pair for pair in pairs if str(pair[0].value) in earlier]
    _, value = max(known or pairs, key=lambda pair: pair[0].start_mark.index)
    end = _end(source, value)
    if table.flow_style:
        return f"{source[:end]}, {field}: {_in_one_line(text)}{source[end:]}"
    line_end = _line_end(source)
    found = re.compile(r"[^\r\n]*").match(source, end)
    end = found.end() if found else end
    indent: int = pairs[0][0].start_mark.column
    written = _beside(field, text) or "|-" + _below(text, indent, line_end)
    return f"{source[:end]}{line_end}{' ' * indent}{field}: {written}{source[end:]}"


def _remark(block: str, rest: str) -> tuple[str, str]:
    """The remark beside a value, which goes on standing there, and what follows it."""
    if block:
        found = re.match(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)?", block)
        return (found[1] or "" if found else ""), rest
    found = re.match(r"[^\r\n]*", rest)
    remark = found[0] if found else ""
    return remark.rstrip(), rest[len(remark) :]


def _beside(field: str, text: str) -> str | None:
    """As it can stand beside its field; None for what is longer than a line."""
    if "\n" in text or len(text) > WIDTH:
        return None
    node, problems = tree.read("", f"{field}: {text}".encode())
    found = None if problems or node is None else tree.child(node, field)
    return (
        text
        if isinstance(found, tree.Scalar) and found.text == text
        else json.dumps(text, ensure_ascii=False)
    )


def _below(text: str, indent: int, line_end: str) -> str:
    margin = " " * (indent + 2)
    return "".join(f"{line_end}{margin if line else ''}{line}" for line in text.split("\n"))


def _in_one_line(text: str) -> str:
    """As it can stand between braces. White space outside quotes says nothing in a rule."""
    return json.dumps(_one_line(text), ensure_ascii=False)


def _one_line(text: str) -> str:
    return re.sub(r"('(?:[^']|'')*')|\s+", lambda found: found[1] or " ", text)


def _end(source: str, node: Any) -> int:
    """Index after the last character of a node: the parser counts white space after a block in."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(source, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(source[start:end].rstrip())


def _line_end(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"


def _compose(source: str) -> Any:
    try:
        return cast("Any", yaml.compose(source, Loader=yaml.CSafeLoader))  # pyright: ignore[reportUnknownMemberType]  # PyYAML declares no type here
    except yaml.YAMLError as error:
        raise CannotPut(f"the file is not valid YAML: {error}") from error


def _table(node: Any, place: Position) -> Any:
    if isinstance(node, yaml.MappingNode):
        if (node.start_mark.line + 1, node.start_mark.column + 1) == (place.line, place.column):
            return node
        below: list[Any] = [value for _, value in node.value]
    else:
        below = cast("list[Any]", node.value) if isinstance(node, yaml.SequenceNode) else []
    found = (_table(one, place) for one in below)
    return next((one for one in found if one is not None), None)


def _require_only(before: str, after: str, place: Position, field: str, text: str) -> None:
    """Whoever reads the file finds the text in its field, and all else as it was. Raises CannotPut."""
    rest = object()
    old, new = (_plain(source, place, field, rest) for source in (before, after))
    table = _table(_compose(after), place)
    found = (
        next((str(value.value) for key, value in table.value if key.value == field), None) if table else None
    )
    if old != new or found not in (text, _one_line(text)):
        raise CannotPut(f"{field} cannot be written there without changing something else")


def _items(source: str) -> tuple[tree.Node, ...]:
    """The entries of a file. Raises CannotPut."""
    node = _read(source)
    if node is not None and not isinstance(node, tree.List):
        raise CannotPut("the file is no list of entries")
    return node.items if node else ()


def _read(source: str) -> tree.Node | None:
    node, problems = tree.read("", source.encode())
    if problems:
        raise CannotPut(problems[0].message)
    return None if isinstance(node, tree.Scalar) and not node.text else node


def _plain(source: str, place: Position, field: str, instead: object) -> Any:
    """What the file says, with `instead` in the place of one field, whether it is there or not."""
    node = _read(source)
    return _plain_of(node, place, field, instead) if node else None


def _plain_of(node: tree.Node, place: Position | None = None, field: str = "", instead: object = None) -> Any:
    match node:
        case tree.Scalar():
            return node.text, node.value
        case tree.List():
            return [_plain_of(item, place, field, instead) for item in node.items]
        case tree.Table():
            said = {key: _plain_of(value, place, field, instead) for key, value in node.fields.items()}
            here = place and (node.position.line, node.position.column) == (place.line, place.column)
            return {**said, field: instead} if here else said

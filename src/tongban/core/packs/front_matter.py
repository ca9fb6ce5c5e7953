"""Markdown files of a pack: front matter in YAML, then the text in each language.

    ---
    title: {zh: 开餐饮店, en: Opening a restaurant}
    about: [open-restaurant]
    ---
    <!-- zh -->
    要多久？……
    <!-- en -->
    How long does it take? ...

The name of the file is the id of the page.
"""

from __future__ import annotations

import re
from typing import Final

from tongban.core.packs import tree
from tongban.core.packs.pack import Position, Problem

_FENCE: Final = re.compile(r"^---[ \t]*$", re.MULTILINE)
_LANGUAGE: Final = re.compile(r"^<!-- *(\w+) *-->[ \t]*$", re.MULTILINE)
_SHAPE: Final = (
    "begin with front matter between two lines of ---, then <!-- zh --> and <!-- en --> with the texts"
)


def read(file: str, content: bytes) -> tuple[tree.Table | None, list[Problem]]:
    """The page as an entry with `id` and `body`, or None with the problems that kept it from being read."""
    source, problems = tree.decode(file, content)
    if source is None:
        return None, list(problems)
    fences = list(_FENCE.finditer(source))
    if len(fences) < 2 or fences[0].start() != 0:
        return None, [Problem(Position(file, 1, 1), "front-matter", "the page has no front matter", _SHAPE)]
    opening, closing = fences[:2]
    head, found = tree.read(file, ("\n" + source[opening.end() + 1 : closing.start()]).encode())
    if found:
        return None, list(found)
    if not isinstance(head, tree.Table):
        return None, [
            Problem(Position(file, 2, 1), "front-matter", "the front matter must be a mapping", _SHAPE)
        ]
    for name in ("id", "body"):
        if name in head.fields:
            message = f"the front matter holds no {name}: it is {'the name' if name == 'id' else 'the text'} of the file"
            return None, [Problem(head.keys[name], "front-matter", message, f"take out {name}")]
    body = _bodies(file, source, closing.end())
    start = Position(file, 1, 1)
    name = file.rsplit("/", 1)[-1].removesuffix(".md")
    fields = {**head.fields, "id": tree.plain(name, start), "body": body}
    return tree.Table(fields, {**head.keys, "id": start, "body": body.position}, start), []


def _bodies(file: str, source: str, after: int) -> tree.Table:
    marks = list(_LANGUAGE.finditer(source, after))
    fields: dict[str, tree.Node] = {}
    keys: dict[str, Position] = {}
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(source)], strict=True):
        position = Position(file, source.count("\n", 0, mark.start()) + 1, 1)
        keys[mark[1]] = position
        fields[mark[1]] = tree.plain(source[mark.end() : end].strip(), position)
    return tree.Table(fields, keys, Position(file, source.count("\n", 0, after) + 1, 1))

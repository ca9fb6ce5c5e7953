"""A YAML file as a tree that remembers where everything stands.

    - id: food          Sequence(items=(Mapping({"id": Scalar("food"), ...}),))
      amount: 5

A pack needs little of YAML, so this reads a strict part of it: one document, no anchors, aliases or tags, no key
twice. Plain scalars follow YAML 1.2 (`no` is text, `010` is text) with ISO dates added; nothing is ever a float.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, cast

import yaml

from tongban.core.packs.pack import Position, Problem

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 40

Plain = str | int | bool | Decimal | date | None
"""What a scalar can hold."""


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    """As written, without quotes."""
    value: Plain
    """As YAML reads it; the same as `text` when quoted."""
    position: Position
    written: Written = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class List:
    items: tuple[Node, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping. `keys` says where each key stands."""

    fields: Mapping[str, Node]
    keys: Mapping[str, Position]
    position: Position


Node = Scalar | List | Table


@dataclass(frozen=True, slots=True)
class Written:
    """The source text of a scalar, to find a place inside it."""

    source: str
    start: int
    """Index of the first character, which may be a quote or a block mark."""
    end: int
    style: str
    """`'`, `"`, `|`, `>`, or empty for plain."""


def read(file: str, content: bytes) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of one file, or None with the problems that kept it from being read."""
    source, problems = decode(file, content)
    return (None, problems) if source is None else _Reader(file, source).read()


def decode(file: str, content: bytes) -> tuple[str | None, tuple[Problem, ...]]:
    """The text of a file, or None when it is too large or not UTF-8."""
    if len(content) > MAX_BYTES:
        return None, (
            Problem(
                Position(file), "file-too-large", f"the file is larger than {MAX_BYTES:,} bytes", "split it"
            ),
        )
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, (
            Problem(Position(file, line, 1), "not-utf8", "the file is not UTF-8 text", "save it as UTF-8"),
        )


def plain(text: str, position: Position) -> Scalar:
    """A text that does not come from YAML."""
    return Scalar(text, text, position, Written(text, 0, len(text), ""))


def position_in(scalar: Scalar, line: int, column: int) -> Position:
    """Where a place inside a scalar's text (line and column from 1) stands in the file.

    Folding and indentation change white space only, so the place is found by counting the other characters.
    """
    lines = scalar.text.split("\n")
    before = "".join(lines[: line - 1]) + (lines[line - 1][: column - 1] if line <= len(lines) else "")
    left = sum(not character.isspace() for character in before)
    return _count_on(scalar, left)


def child(node: Node, step: str | int) -> Node | None:
    """The node one step down: a field of a table or an item of a list."""
    if isinstance(node, Table) and isinstance(step, str):
        return node.fields.get(step)
    if isinstance(node, List) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def at(node: Node, path: Sequence[str | int]) -> Node:
    """The node at a path, or the deepest one above it that exists."""
    for step in path:
        below = child(node, step)
        if below is None:
            break
        node = below
    return node


def _count_on(scalar: Scalar, left: int) -> Position:
    written = scalar.written
    index = written.start
    if written.style in ("|", ">"):
        index = written.source.index("\n", index) + 1
    elif written.style:
        index += 1
    escape = {"'": "''", '"': "\\"}.get(written.style)
    while index < written.end:
        if not written.source[index].isspace():
            if left == 0:
                break
            left -= 1
            if escape and written.source.startswith(escape, index):
                index += 1
        index += 1
    before = written.source[:index]
    return Position(scalar.position.file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


class _Refused(Exception):
    """The file uses YAML that a pack may not use."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Reader:
    """Builds the tree from the parser's events, one method per kind of node."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.source = source
        self.problems: list[Problem] = []
        self.depth = 0

    def read(self) -> tuple[Node | None, tuple[Problem, ...]]:
        try:
            self.events = iter(_events(self.source))
            node = self._document()
        except _Refused as refused:
            return None, (*self.problems, refused.problem)
        except yaml.MarkedYAMLError as error:
            return None, (_syntax_problem(self.file, self.source, error),)
        except (yaml.YAMLError, RecursionError) as error:
            return None, (Problem(Position(self.file), "yaml", f"this is not valid YAML: {error}"),)
        return (None if self.problems else node), tuple(self.problems)

    def _document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(
                        event,
                        "yaml-documents",
                        "the file holds more than one YAML document",
                        "take out the second ---",
                    )
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event)
        return node

    def _node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._refuse(
                event,
                "yaml-alias",
                "packs do not use YAML anchors and aliases (& and *)",
                "write the content out, or quote the text",
            )
        if getattr(event, "tag", None) is not None:
            raise self._refuse(
                event, "yaml-tag", "packs do not use YAML tags (!)", "write a plain value, or quote the text"
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._refuse(
                event,
                "yaml-depth",
                f"the content is nested more than {MAX_DEPTH} levels deep",
                "make it flatter",
            )
        node = self._list(event) if isinstance(event, yaml.SequenceStartEvent) else self._table(event)
        self.depth -= 1
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text, style = str(event.value), str(event.style or "")
        style = style if style in "'\"|>" else ""
        written = Written(self.source, event.start_mark.index, event.end_mark.index, style)
        return Scalar(text, text if style else plain_value(text), self._position(event), written)

    def _list(self, event: yaml.Event) -> List:
        items: list[Node] = []
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(item))
        return List(tuple(items), self._position(event))

    def _table(self, event: yaml.Event) -> Table:
        fields: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(start := next(self.events), yaml.MappingEndEvent):
            key = self._node(start)
            value = self._node(next(self.events))
            if not isinstance(key, Scalar):
                raise self._refuse(
                    start,
                    "yaml-key",
                    "a key must be a word, not a list or a mapping",
                    "quote text that begins with [ or {",
                )
            if key.text in fields:
                first = keys[key.text]
                self.problems.append(
                    Problem(
                        key.position,
                        "duplicate-key",
                        f'the key "{key.text}" stands twice in the same mapping',
                        f"first on line {first.line}; keep one",
                    )
                )
                continue
            fields[key.text] = value
            keys[key.text] = key.position
        return Table(fields, keys, self._position(event))

    def _position(self, event: yaml.Event) -> Position:
        return Position(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse(self, event: yaml.Event, code: str, message: str, hint: str) -> _Refused:
        return _Refused(Problem(self._position(event), code, message, hint))


_NAMED: Final[dict[str, Plain]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FORMS: Final[tuple[tuple[str, Callable[[str], Plain]], ...]] = (
    (r"[-+]?(0|[1-9][0-9]{0,30})", int),
    (r"[-+]?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}", Decimal),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat),
)


def plain_value(text: str) -> Plain:
    """What an unquoted scalar holds."""
    if text in _NAMED:
        return _NAMED[text]
    for form, make in _FORMS:
        if re.fullmatch(form, text):
            try:
                return make(text)
            except ValueError:  # 2026-02-30 has the form of a date and is none
                return text
    return text


def _events(source: str) -> list[yaml.Event]:
    parsed = yaml.parse(source, Loader=yaml.CSafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # PyYAML declares no type here
    return cast("list[yaml.Event]", list(parsed))  # pyright: ignore[reportUnknownArgumentType]


def _syntax_problem(file: str, source: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(Position(file), "yaml", f"this is not valid YAML: {error.problem}")
    position = Position(file, mark.line + 1, mark.column + 1)
    lines = source.split("\n")
    text = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in text[: len(text) - len(text.lstrip())]:
        return Problem(position, "yaml-tab", "the line is indented with a tab", "use spaces")
    what = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(
        position, "yaml", f"this is not valid YAML: {what}", "check indentation, colons and quotes"
    )

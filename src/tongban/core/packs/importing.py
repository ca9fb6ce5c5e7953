"""Entries out of a table, such as the implementation list (实施清单) that a department keeps in a spreadsheet.

A cell that does not fit keeps its row out and is told with its row and column; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, cast

import yaml

from tongban.core.packs import kinds, shapes, tree
from tongban.core.packs.content import key_of
from tongban.core.packs.mappings import MEMBERS, Column, Plan, steps
from tongban.core.packs.names import did_you_mean
from tongban.core.packs.pack import Position, Problem

WHY: Final = "未导入的原因 why not imported"
"""Column that the rows left over bear; read by nobody when they are imported again."""

_GROUNDS: Final = ("articles", "source", "confidence")

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Draft:
    """An entry as the table says it."""

    id: str
    position: Position
    rows: list[int]
    """Numbers of its rows, from 1."""
    flat: dict[str, Any] = field(default_factory=dict[str, Any])
    """Path of a field, or of a list followed by `[]` -> its value, or the list's members."""
    cells: dict[Path, Position] = field(default_factory=dict[Path, Position])
    """Where each value was read."""


@dataclass(frozen=True, slots=True)
class Taken:
    drafts: tuple[Draft, ...]
    """In the order of their first rows. An entry of which one row does not fit is not among them."""
    problems: tuple[Problem, ...]
    """One at least for each row that was left out."""
    left_out: frozenset[int]
    """Their numbers."""
    unread: tuple[Problem, ...]
    """Columns that the mapping neither reads nor ignores, which keeps nothing out."""


class _Misfit(Exception):
    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def take(file: str, rows: Sequence[Sequence[str]], plan: Plan) -> Taken | list[Problem]:
    """The entries of a table, or what keeps the whole of it from being read."""
    mapping = plan.mapping
    if len(rows) < mapping.header:
        message = f"the table has no row {mapping.header}, which is to name the columns"
        return [plan.problem("no-header", message, None, "header")]
    names = [name.strip() for name in rows[mapping.header - 1]]
    if problems := list(_unnamed(file, names, plan)):
        return problems
    drafts: dict[str, Draft] = {}
    problems: list[Problem] = []
    left_out: set[int] = set()
    for number, row in enumerate(rows[mapping.header :], mapping.header + 1):
        if not any(cell.strip() for cell in row):
            continue
        found = _Row(file, number, names, row, plan).put_into(drafts)
        problems += found
        if found:
            left_out.add(number)
    for draft in list(drafts.values()):
        if left_out.intersection(draft.rows):
            problems += [_with_others(file, number, draft) for number in draft.rows if number not in left_out]
            left_out.update(draft.rows)
            del drafts[draft.id]
    known = {column.column for column in mapping.columns.values()} | set(mapping.ignore) | {WHY, ""}
    unread = tuple(
        Problem(
            Position(file, mapping.header, index + 1),
            "unread-column",
            f'column "{name}": nothing reads it',
            "map it, or name it under ignore",
        )
        for index, name in enumerate(names)
        if name not in known
    )
    ordered = sorted(problems, key=lambda problem: (problem.position.line, problem.position.column))
    return Taken(tuple(drafts.values()), tuple(ordered), frozenset(left_out), unread)


def _with_others(file: str, number: int, draft: Draft) -> Problem:
    message = f"another row of {draft.id} does not fit"
    return Problem(Position(file, number, 1), "incomplete", message, "mend that row first")


def _unnamed(file: str, names: Sequence[str], plan: Plan) -> Iterator[Problem]:
    for path, column in plan.mapping.columns.items():
        if column.column not in names:
            hint = did_you_mean(column.column, names) or f"the columns are {', '.join(filter(None, names))}"
            message = f'the table has no column "{column.column}"'
            yield plan.problem("unknown-column", message, hint, "columns", path)
        elif names.count(column.column) > 1:
            place = Position(file, plan.mapping.header, names.index(column.column) + 1)
            yield Problem(
                place, "ambiguous-column", f'two columns are called "{column.column}"', "rename one"
            )


class _Row:
    """One row of the table."""

    def __init__(self, file: str, number: int, names: Sequence[str], row: Sequence[str], plan: Plan) -> None:
        self._place = {name: Position(file, number, index + 1) for index, name in enumerate(names)}
        self._cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        self._number = number
        self._plan = plan
        self._model = kinds.KINDS[plan.mapping.kind][1]

    def put_into(self, drafts: dict[str, Draft]) -> list[Problem]:
        """Adds what the row says to its entry; with a problem, nothing of it counts."""
        problems: list[Problem] = []
        read: dict[str, list[Any]] = {}
        for path, column in self._plan.mapping.columns.items():
            try:
                read[path] = self._values(path, column)
            except _Misfit as misfit:
                problems.append(self._problem(column, str(misfit), misfit.hint))
        key = key_of(self._plan.mapping.kind)
        if key in read and not read[key]:
            message = f"the row has no {key}"
            problems.append(self._problem(self._plan.mapping.columns[key], message, "fill in the cell"))
        if key not in read or not read[key]:
            return problems
        name = str(read[key][0])
        draft = drafts.setdefault(name, Draft(name, self._at(self._plan.mapping.columns[key]), []))
        draft.rows.append(self._number)
        if not problems:
            problems += self._merge(draft, read)
        return problems

    def _values(self, path: str, column: Column) -> list[Any]:
        cell = self._cells.get(column.column, "")
        if not cell:
            return [] if column.otherwise is None else [self._typed(path, column.otherwise)]
        parts = cell.split(column.split) if column.split else [cell]
        return [self._typed(path, self._value(part.strip(), column)) for part in parts if part.strip()]

    def _value(self, text: str, column: Column) -> Any:
        if column.pattern is not None:
            found = re.fullmatch(column.pattern, text)
            if found is None:
                raise _Misfit(f'"{text}" is not as the pattern {column.pattern} says')
            text = (found[1] or "") if found.re.groups else text
        if column.values is None:
            return column.prefix + text
        if text not in column.values:
            near = did_you_mean(text, column.values)
            raise _Misfit(f'the mapping does not say what "{text}" is', near or "add it under values")
        value = column.values[text]
        return column.prefix + value if isinstance(value, str) else value

    def _typed(self, path: str, value: Any) -> Any:
        wanted = shapes.type_at(self._model, steps(path))
        if self._plan.mapping.columns[path].split and MEMBERS not in path:
            wanted = shapes.type_at(self._model, (*steps(path), 0))
        return tree.plain_value(value) if isinstance(value, str) and wanted is not str else value

    def _merge(self, draft: Draft, read: Mapping[str, list[Any]]) -> list[Problem]:
        problems: list[Problem] = []
        members: dict[str, dict[str, list[Any]]] = {}
        for path, values in read.items():
            column = self._plan.mapping.columns[path]
            if not values:
                continue
            of_list, is_member, below = path.partition(MEMBERS)
            if is_member:
                members.setdefault(of_list, {})[below.removeprefix(".")] = values
                continue
            value = values if column.split else values[0]
            if draft.flat.setdefault(path, value) != value:
                message = f'an earlier row of {draft.id} says "{_shown(draft.flat[path])}"'
                problems.append(self._problem(column, message, "write the same in each of its rows"))
            draft.cells.setdefault(steps(path), self._at(column))
        for of_list, fields in members.items():
            problems += self._add_members(draft, of_list, fields)
        return problems

    def _add_members(self, draft: Draft, of_list: str, fields: Mapping[str, list[Any]]) -> list[Problem]:
        """A column with one value counts for each member that the others give."""
        count = max(map(len, fields.values()))
        columns = self._plan.mapping.columns
        for name, values in fields.items():
            if len(values) not in (1, count):
                message = f"there are {len(values)} here, and {count} in another column of the same list"
                return [self._problem(columns[f"{of_list}[].{name}"], message, "write as many in each")]
        listed: list[dict[str, Any]] = draft.flat.setdefault(of_list + MEMBERS, [])
        for index in range(count):
            for name in fields:
                place = self._at(columns[f"{of_list}[].{name}"])
                draft.cells[*steps(of_list), len(listed), *name.split(".")] = place
            listed.append({name: values[index if len(values) > 1 else 0] for name, values in fields.items()})
        return []

    def _at(self, column: Column) -> Position:
        return self._place[column.column]

    def _problem(self, column: Column, message: str, hint: str | None) -> Problem:
        return Problem(self._at(column), "misfit", f'column "{column.column}": {message}', hint)


def _shown(value: Any) -> str:
    return ", ".join(map(str, cast("list[Any]", value))) if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class Written:
    """Drafts as the text of a content file, which remembers where each part came from."""

    text: str
    drafts: tuple[Draft, ...]
    _places: tuple[tuple[tuple[int, int], Path], ...]
    """Line and column of each part, rising, with its path."""

    def came_from(self, line: int, column: int) -> tuple[Draft, Position]:
        """The draft that a place in the text belongs to, and the cell that said it, or else the draft's id."""
        path: Path = next(path for place, path in reversed(self._places) if place <= (line, column))
        draft = self.drafts[cast("int", path[0])]
        within = path[1:]
        while within and within not in draft.cells:
            within = within[:-1]
        return draft, draft.cells.get(within, draft.position)


def there_already(draft: Draft) -> Problem:
    message = f"the pack has {draft.id} already, and it is left as it is"
    return Problem(draft.position, "there-already", message, "change it in its file")


def at(problem: Problem, cell: Position) -> Problem:
    """The problem, told of the cell that it came from."""
    return Problem(cell, problem.code, problem.message, problem.hint)


def write(drafts: Iterable[Draft], plan: Plan) -> Written:
    """The drafts as YAML, fields in the order of the model."""
    drafts = tuple(drafts)
    kind = kinds.KINDS[plan.mapping.kind][1]
    entries = [_in_order(_nested(draft, plan), kind) for draft in drafts]
    text = yaml.dump(
        entries, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    )
    node, problems = tree.read("", text.encode())
    assert node is not None, problems
    return Written(text, drafts, tuple(sorted(_places(node, ()))))


class _Dumper(yaml.SafeDumper):
    """As the tree reads it back; the same value twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))  # pyright: ignore[reportUnknownMemberType]  # PyYAML declares no type here


_Dumper.add_representer(Decimal, _decimal)  # pyright: ignore[reportUnknownMemberType]  # PyYAML declares no type here


def _in_order(value: Any, wanted: Any) -> Any:
    """Fields in the order of the model: the id first, what a statement rests on last."""
    if isinstance(value, list):
        return [_in_order(item, shapes.type_at(wanted, (0,))) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    fields = cast("Mapping[str, Any]", value)
    order = [name for name in shapes.fields_of(wanted) if name not in _GROUNDS]
    order = ["id", *order, *_GROUNDS]
    named = sorted(fields, key=lambda name: order.index(name) if name in order else len(order))
    return {name: _in_order(fields[name], shapes.type_at(wanted, (name,))) for name in named}


def _nested(draft: Draft, plan: Plan) -> dict[str, Any]:
    data: dict[str, Any] = {}
    fixed = plan.mapping.fixed
    for path, value in fixed.items():
        if MEMBERS not in path and _has_part(path, draft, plan):
            _set(data, path, value)
    for path, value in draft.flat.items():
        if not path.endswith(MEMBERS):
            _set(data, path, value)
            continue
        of_all = {name.removeprefix(f"{path}."): fixed[name] for name in fixed if name.startswith(path)}
        members: list[dict[str, Any]] = []
        for said in value:
            members.append({})
            for name, part in {**of_all, **said}.items():
                _set(members[-1], name, part)
        _set(data, path.removesuffix(MEMBERS), members)
    return data


def _has_part(path: str, draft: Draft, plan: Plan) -> bool:
    """A fixed `statutory.confidence` says nothing where the row gives no statutory term."""
    part, point, _ = path.rpartition(".")
    beside = [name for name in plan.mapping.columns if name.startswith(f"{part}.")] if point else []
    return not beside or any(name in draft.flat for name in beside)


def _set(data: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for step in above:
        below = data.get(step)
        data[step] = cast("dict[str, Any]", dict(cast("Any", below)) if isinstance(below, Mapping) else {})
        data = data[step]
    data[last] = value


def _places(node: tree.Node, path: Path) -> Iterator[tuple[tuple[int, int], Path]]:
    yield (node.position.line, node.position.column), path
    if isinstance(node, tree.Table):
        for key, below in node.fields.items():
            yield (node.keys[key].line, node.keys[key].column), (*path, key)
            yield from _places(below, (*path, key))
    elif isinstance(node, tree.List):
        for index, below in enumerate(node.items):
            yield from _places(below, (*path, index))

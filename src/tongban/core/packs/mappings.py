"""How the columns of a table become fields of entries: the file behind `tongban pack import`.

    columns:
      id: {column: 实施编码, prefix: water-}
      name.zh: 事项名称
      promised.amount: {column: 承诺时限, pattern: '(\\d+)个工作日'}
      requires[].material: {column: 材料, split: 、, values: {申请表: application-form}}
    fixed:
      confidence: recalled
      requires[].confidence: recalled
    ignore: [备注]

A point leads into a field. `[]` after a list says that each row adds a member to it: rows with the same id are one
entry, as in the lists that hold a row for each material.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field

from tongban.core.packs import kinds, shapes, tree
from tongban.core.packs.content import Merged, key_of
from tongban.core.packs.model_base import Model
from tongban.core.packs.names import did_you_mean
from tongban.core.packs.pack import Position, Problem

MEMBERS: Final = "[]"
_PATH: Final = re.compile(r"[a-z_]+(\.[a-z_]+)*(\[\](\.[a-z_]+)+)?")


def _named(written: Any) -> Any:
    return {"column": written} if isinstance(written, str) else written


class Column(Model):
    """Where a field is read, and how. A cell that is left empty leaves the field out."""

    column: Annotated[str, Field(min_length=1)]
    """Its name in the table."""
    pattern: str | None = None
    """Regular expression that the cell must match from end to end; its first group, if any, is what is read."""
    split: str | None = None
    """What parts several values in one cell."""
    values: dict[str, Any] | None = None
    """What stands in the cell -> what is written; nothing else may stand there."""
    prefix: str = ""
    """Put before what is read."""
    otherwise: Any = None
    """Written when the cell is empty."""


class Mapping(Model):
    kind: str = "services"
    """Folder of the entries."""
    sheet: str | None = None
    """Of a workbook; None: the first that is not hidden."""
    header: Annotated[int, Field(ge=1)] = 1
    """Row that names the columns."""
    columns: Annotated[dict[str, Annotated[Column, BeforeValidator(_named)]], Field(min_length=1)]
    """Path of a field -> its column."""
    fixed: dict[str, Any] = {}
    """Path of a field -> what it is in every entry whose row says nothing else."""
    ignore: tuple[str, ...] = ()
    """Columns that are left out on purpose."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping, and where each of its parts stands."""

    mapping: Mapping
    entry: Merged

    def problem(self, code: str, message: str, hint: str | None, *path: str | int) -> Problem:
        return Problem(self.entry.key_position(*path), code, message, hint)


def read(file: str, content: bytes) -> tuple[Plan | None, list[Problem]]:
    """The plan of a mapping file, or everything that is wrong with it."""
    node, problems = tree.read(file, content)
    if problems:
        return None, list(problems)
    if not isinstance(node, tree.Table):
        message, hint = "a mapping file is a mapping of fields to columns", "begin with columns:"
        return None, [Problem(Position(file, 1, 1), "wrong-type", message, hint)]
    entry = Merged("mapping", file.rpartition("/")[2], node, {})
    mapping, found = shapes.read(entry, Mapping)
    if mapping is None or found:
        return None, found
    plan = Plan(mapping, entry)
    found = list(_wrong(plan))
    return (None, found) if found else (plan, [])


def _wrong(plan: Plan) -> Iterator[Problem]:
    mapping = plan.mapping
    if mapping.kind not in kinds.KINDS:
        hint = did_you_mean(mapping.kind, kinds.KINDS) or f"one of {', '.join(kinds.KINDS)}"
        yield plan.problem(
            "unknown-kind", f'there is no kind of content called "{mapping.kind}"', hint, "kind"
        )
        return
    model = kinds.KINDS[mapping.kind][1]
    for part in ("columns", "fixed"):
        for path in getattr(mapping, part):
            if not _PATH.fullmatch(path):
                hint = "a point leads into a field, [] stands after a list: requires[].material"
                yield plan.problem("wrong-path", f'"{path}" is not the path of a field', hint, part, path)
            elif (wrong := _unknown(model, steps(path))) is not None:
                step, known = wrong
                hint = did_you_mean(step, known) or f"fields here: {', '.join(known)}"
                yield plan.problem("unknown-field", f'there is no field "{path}"', hint, part, path)
    key = key_of(mapping.kind)
    if key not in mapping.columns:
        yield plan.problem("missing-field", f"no column gives the {key}", f"add {key}: ...", "columns")
    for path, column in mapping.columns.items():
        if column.pattern is not None and _pattern_fails(column.pattern):
            message = "the pattern is not a regular expression"
            yield plan.problem("wrong-pattern", message, None, "columns", path, "pattern")


def steps(path: str) -> tuple[str | int, ...]:
    """`requires[].material` -> ("requires", 0, "material")."""
    first, members, rest = path.partition(MEMBERS)
    below = (0, *rest.removeprefix(".").split(".")) if members else ()
    return *first.split("."), *below


def _unknown(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, list[str]] | None:
    """The first step of a path that leads nowhere, and where it could have led."""
    for index, step in enumerate(path):
        known = shapes.fields_of(shapes.type_at(model, path[:index]))
        if isinstance(step, str) and step not in known:
            return step, list(known)
    return None


def _pattern_fails(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return True
    return False

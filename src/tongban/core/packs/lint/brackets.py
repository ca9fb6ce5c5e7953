"""Mistakes in bracket tables and relations."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model_rules, parameters
from tongban.core.packs.content import NOUNS, Content, Merged
from tongban.core.packs.lint import vocabulary
from tongban.core.packs.pack import Problem
from tongban.core.rules import types


def bracket_tables(content: Content) -> Iterator[Problem]:
    """Values of the wrong type, rows that do not rise, two tables for one day, and a name that is taken."""
    for merged, table in content.entries("bracket-tables", model_rules.BracketTable):
        yield from taken(content, merged, ("facts", "parameters"))
        if not table.values:
            hint = "add {valid_from: ..., rows: [...]}"
            yield merged.problem("no-value", "the table has no rows", hint, path=("values",))
        yield from vocabulary.succession(merged, table.values)
        try:
            kind = parameters.table_type(table)
        except ValueError as error:
            yield merged.problem("bracket-type", str(error), "change of or gives", path=("of",))
            continue
        for index, dated in enumerate(table.values):
            yield from _rows(merged, kind, ("values", index, "rows"), dated.rows)


def relations(content: Content) -> Iterator[Problem]:
    """Fields that contradict themselves or stand twice, and a name that is taken."""
    for merged, relation in content.entries("relations", model_rules.Relation):
        yield from taken(content, merged, ("facts", "parameters", "bracket-tables"))
        yield from vocabulary.repeated(merged, ("fields",), "id", (field.id for field in relation.fields))
        for index, field in enumerate(relation.fields):
            yield from vocabulary.fact_type(merged, field, ("fields", index))
            yield from vocabulary.fact_range(merged, field, ("fields", index))


def taken(content: Content, merged: Merged, folders: tuple[str, ...]) -> Iterator[Problem]:
    """A problem when an entry of these folders has the name already: rules use one name for one thing."""
    for folder in folders:
        if merged.id in content.known(folder):
            message = f"a {NOUNS[folder]} has the same name"
            hint = "rules use one name for one thing; rename one of them"
            yield merged.problem("name-clash", message, hint, path=("id",))


def _rows(
    merged: Merged, kind: types.Table, path: tuple[str | int, ...], rows: tuple[model_rules.BracketRow, ...]
) -> Iterator[Problem]:
    before: object = None
    for index, row in enumerate(rows):
        sides = (("at_least", kind.key, row.at_least), ("value", kind.value, row.value))
        for name, type, raw in sides:
            here = (*path, index, name)
            if open_amount := vocabulary.yuan_problem(type.kind, raw):
                yield merged.problem("parameter-value", open_amount, path=here)
            try:
                value = types.read(type, raw)
            except types.BadValue as error:
                hint = f"the type is {types.describe(type)}"
                yield merged.problem("parameter-value", str(error), hint, path=here)
                continue
            if name == "at_least":
                if before is not None and value <= before:  # type: ignore[operator]  # of one ordered type
                    message = f"the rows must rise, and {row.at_least} does not come after the row before it"
                    yield merged.problem("bracket-order", message, "put the rows in order", path=here)
                before = value

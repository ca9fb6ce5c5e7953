"""What a pack can say for its rules beyond single facts and numbers: bracket tables."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from tongban.core.packs.model_base import Cited, Id, Model, Name, SpeaksOf
from tongban.core.values.text import Bilingual

OnUndefined = Literal["refer", "no"]
"""What a rule says when it has no value although everything is known; see `rules.rule.OnUndefined`."""


class Column(Model):
    """The type of one side of a bracket table."""

    type: Annotated[str, StringConstraints(pattern=r"^(boolean|integer|decimal\(\d\)|money|date|text)$")]
    unit: str | None = None


class BracketRow(Model):
    """From `at_least` up to the next row's, the table gives `value`. Money is written in yuan: 1000.00."""

    at_least: Any
    value: Any


class DatedBrackets(Cited):
    valid_from: date
    valid_to: date | None = None
    """First day on which the rows no longer hold; None: until further notice."""
    rows: Annotated[tuple[BracketRow, ...], Field(min_length=1)]
    """In rising order."""


class BracketTable(Cited):
    """Graduated values that law sets: a tax, a contribution, a grant by size. Read by `bracket` and `slices`."""

    id: Name
    label: Bilingual
    of: Column
    """What is looked up: a number, money or a date."""
    gives: Column
    values: tuple[DatedBrackets, ...]


class RelationField(Model):
    """What is said about each member."""

    id: Name
    label: Bilingual
    type: Annotated[str, StringConstraints(pattern=r"^(boolean|integer|decimal\(\d\)|money|date|text|code)$")]
    codes: Id | None = None
    unit: str | None = None
    minimum: int | None = None
    """In the field's unit; money in whole yuan."""
    maximum: int | None = None
    max_length: int = 200
    sensitivity: Literal[1, 2, 3, 4] = 2
    speaks_of: SpeaksOf | None = None


class Relation(Cited):
    """Members of a subject (children, employees, premises). A rule gathers them: COUNT, SUM, MIN, MAX, ..."""

    id: Name
    subject: Literal["person", "household", "enterprise", "project", "place"]
    label: Bilingual
    member: Bilingual
    """One of them: "child"."""
    question: Bilingual | None = None
    help: Bilingual | None = None
    most: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Most members a subject can state."""
    fields: Annotated[tuple[RelationField, ...], Field(min_length=1)]


RULE_KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    # folder: (attribute of Pack, model)
    "bracket-tables": ("bracket_tables", BracketTable),
    "relations": ("relations", Relation),
}

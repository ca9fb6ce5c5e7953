"""What a pack can say for its rules beyond single facts and numbers: bracket tables."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from tongban.core.packs.model import Cited, Model, Name
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


RULE_KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    # folder: (attribute of Pack, model)
    "bracket-tables": ("bracket_tables", BracketTable),
}

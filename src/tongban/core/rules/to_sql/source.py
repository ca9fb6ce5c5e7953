"""Where a statement finds its facts.

    Source(
        table=("public", "shops"),
        key="id",
        columns={"area": ColumnRef("area"), "rent": ColumnRef("rent_fen", known="rent_told")},
        relations={"rooms": RelationRef(("public", "rooms"), "shop_id", {"size": ColumnRef("size")})},
    )

What columns hold: BOOLEAN for conditions, BIGINT for whole numbers and for money (fen), DECIMAL(p, s) for
decimals, with the s of the fact's type, DATE, VARCHAR for codes and texts. Values are inside the declared ranges,
and have at most 18 digits where none is declared: the widths of intermediate numbers rest on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

TableName = str | tuple[str, ...]
"""A table, or (schema, table), or (catalogue, schema, table)."""


class NullMeans(StrEnum):
    """What a NULL in a column says."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column that holds a fact, or a field of a member."""

    name: str
    known: str | None = None
    """A boolean column beside it: true where the fact is known (a NULL is then absent), else it is unknown."""
    null_means: NullMeans = NullMeans.ABSENT
    """What a NULL says where there is no such column."""


@dataclass(frozen=True, slots=True)
class RelationRef:
    """A table with a row for each member of a relation. A subject without rows has no members."""

    table: TableName
    foreign_key: str
    """Its column that holds the key of the subject."""
    columns: Mapping[str, ColumnRef]
    """By field. A field that is missing here is unknown of every member."""
    known: str | None = None
    """A boolean column of the subjects' table: true where the members are known, else the relation is unknown."""
    order: str | None = None
    """A column that orders the members of a subject, different for each and never NULL. Of several reasons why a
    result is undefined the first member's is given; without an order, the one that comes first in the rule."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table with a row for each subject."""

    table: TableName
    key: str
    """Its column that tells subjects apart; unique, never NULL."""
    columns: Mapping[str, ColumnRef]
    """By fact. A fact that is missing here is unknown of every subject."""
    relations: Mapping[str, RelationRef] = field(default_factory=dict[str, RelationRef])
    """By relation. One that is missing here is unknown of every subject."""

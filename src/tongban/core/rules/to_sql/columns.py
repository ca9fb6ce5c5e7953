"""How a column of a table becomes what is known of a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from tongban.core.rules import exact
from tongban.core.rules.states import Parameters
from tongban.core.rules.to_sql.dialects import Dialect
from tongban.core.rules.to_sql.layers import Layers
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans, Source
from tongban.core.rules.to_sql.terms import ABSENT, KNOWN, OPEN, UNDEFINED, Outcome, Term
from tongban.core.rules.types import MAX_DIGITS, Kind, Range, Type

NUMERIC: Final = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})


class Reasons:
    """Why results are undefined; each has a code."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def code(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return UNDEFINED + self.texts.index(text)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for a whole statement."""

    dialect: Dialect
    source: Source
    parameters: Parameters
    reasons: Reasons
    ranges: Mapping[str, Range]

    def column(self, layers: Layers, alias: str, column: ColumnRef | None, name: str, type: Type) -> Outcome:
        """A fact or field, read by the lowest select from the table with this alias.

        `name` is its name in the declared ranges. Without a column it is unknown of all.
        """
        if column is None:
            return Outcome(Term(self.dialect.null(type.kind), atom=True), frozenset({OPEN}))
        raw = f"{alias}.{self.dialect.identifier(column.name)}"
        value = self.dialect.from_decimal(raw, type.scale) if type.kind is Kind.DECIMAL else raw
        stem = name.rpartition(".")[2]
        low, high = self._ends(name, type)
        if column.known is None:
            missing = ABSENT if column.null_means is NullMeans.ABSENT else OPEN
            term = replace(layers.read(value, stem), low=low, high=high)
            return Outcome(term, frozenset({KNOWN, missing}))
        known = f"{alias}.{self.dialect.identifier(column.known)}"
        term = replace(layers.read(f"CASE WHEN {known} THEN {value} END", stem), low=low, high=high)
        code = (
            f"CASE WHEN {known} AND {raw} IS NOT NULL THEN {KNOWN} WHEN {known} THEN {ABSENT} ELSE {OPEN} END"
        )
        return Outcome(term, frozenset({KNOWN, ABSENT, OPEN}), layers.read(code, f"{stem}_status"))

    def _ends(self, name: str, type: Type) -> tuple[int, int]:
        """What it is at least and at most, as a scaled number."""
        if type.kind not in NUMERIC:
            return 0, 0
        most, declared = 10**MAX_DIGITS - 1, self.ranges.get(name, Range())
        low, high = (
            int(exact.to_fraction(end) * 10**type.scale) if isinstance(end, int | Decimal) else None
            for end in (declared.low, declared.high)
        )
        return max(-most, -most if low is None else low), min(most, most if high is None else high)

"""What DuckDB, PostgreSQL and Spark write differently, and the one door for names and texts.

Where the three agree, `emit` writes the SQL itself. Measured differences that matter here:

    DuckDB      DECIMAL products overflow early, `/` makes a float: numbers travel as BIGINT and HUGEINT
    PostgreSQL  flattens nested selects, which doubles what is used twice at each level: OFFSET 0 keeps them apart
    Spark       `div` gives a BIGINT, `/` of decimals rounds to six digits, ${...} in a text is replaced;
                without ANSI mode it wraps in silence, so `base/engines` turns that on
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tongban.core.rules.to_sql.source import TableName
from tongban.core.rules.types import Kind

NARROW: Final = 2**63 - 1
"""The greatest number a BIGINT holds (and its negative)."""
WIDE_DIGITS: Final = 38
"""Most digits of an exact whole number in DuckDB and Spark. PostgreSQL's numeric has no end that matters."""

_PLAIN: Final = re.compile(r"[\w .,:;+=@#%&()/-]*")
"""Texts that every dialect reads as they are, between single quotes."""


class BadName(ValueError):
    """A name or text that the engine cannot hold. The message says which, and why."""


class Engine(StrEnum):
    DUCKDB = "duckdb"
    POSTGRESQL = "postgresql"
    SPARK = "spark"

    @property
    def label(self) -> str:
        return {"duckdb": "DuckDB", "postgresql": "PostgreSQL", "spark": "Spark"}[self]


@dataclass(frozen=True, slots=True)
class Dialect:
    engine: Engine
    wide: str
    """The type of whole numbers beyond BIGINT."""
    digits: int | None
    """Most digits that `wide` holds; None for any number."""
    quote: str
    common: str
    """What stands between AS and the select of a WITH, so that it is not stored first."""
    fence: str
    """What stands at the end of a select that must not be merged with the one around it."""

    # -- the one door for names and texts ------------------------------------------------------------------

    def identifier(self, name: str) -> str:
        """A quoted name. Raises BadName."""
        _check(name, "name")
        if not name:
            raise BadName("A name in SQL cannot be empty.")
        if self.engine is Engine.POSTGRESQL and len(name.encode()) > 63:
            raise BadName(f"PostgreSQL cuts names after 63 bytes, and {name!r} is longer.")
        if self.engine is Engine.SPARK and "${" in name:
            raise BadName(f"Spark would replace what stands in ${{...}} in the name {name!r}.")
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def text(self, value: str) -> str:
        """A literal text. Raises BadName."""
        _check(value, "text")
        if _PLAIN.fullmatch(value):
            return f"'{value}'"
        match self.engine:
            case Engine.DUCKDB:
                return "'" + value.replace("'", "''") + "'"
            case Engine.POSTGRESQL:
                if "\\" not in value:
                    return "'" + value.replace("'", "''") + "'"
                return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
            case Engine.SPARK:  # whatever its settings for backslashes and variables are
                return f"CAST(X'{value.encode().hex().upper()}' AS STRING)"

    def table(self, name: TableName) -> str:
        parts = (name,) if isinstance(name, str) else name
        return ".".join(self.identifier(part) for part in parts)

    def date(self, value: date) -> str:
        return f"DATE '{value.isoformat()}'"

    # -- numbers -------------------------------------------------------------------------------------------

    def whole(self, wide: bool) -> str:
        """The type of whole numbers."""
        return self.wide if wide else "BIGINT"

    def divide(self, above: str, below: str, wide: bool) -> str:
        """The whole quotient, rounded towards zero. Both are atoms, and not negative."""
        match self.engine:
            case Engine.DUCKDB:
                return f"{above} // {below}"
            case Engine.POSTGRESQL:
                return f"div({above}, {below})" if wide else f"{above} / {below}"
            case Engine.SPARK:
                if not wide:
                    return f"{above} div {below}"
                return f"CAST(({above} - {above} % {below}) / {below} AS {self.wide})"

    def quotient_digits(self) -> int | None:
        """Most digits of a whole quotient."""
        return 32 if self.engine is Engine.SPARK else self.digits

    def decimal(self, scale: int) -> str:
        """The type of results with digits after the point."""
        return f"DECIMAL({WIDE_DIGITS}, {scale})" if self.digits else "NUMERIC"

    def from_decimal(self, column: str, scale: int) -> str:
        """The scaled whole number of a column with `scale` digits after the point."""
        if scale == 0:
            return f"CAST({column} AS BIGINT)"
        match self.engine:
            case Engine.DUCKDB:  # or the product would stay within 18 digits
                return f"CAST(CAST({column} AS DECIMAL({20 + scale}, {scale})) * {10**scale} AS BIGINT)"
            case _:
                return f"CAST({column} * {10**scale} AS BIGINT)"

    def to_decimal(self, number: str, scale: int, digits: int) -> str:
        """The decimal of a scaled whole number of at most so many digits; `number` is an atom."""
        if scale == 0:
            return f"CAST({number} AS {self.decimal(0)})"
        unit = f"0.{'1':0>{scale}}"
        match self.engine:
            case Engine.POSTGRESQL:
                return f"{number} * {unit}"
            case Engine.DUCKDB:
                room = WIDE_DIGITS - scale
            case Engine.SPARK:
                room = WIDE_DIGITS - scale - 1
        if digits <= room:
            return f"CAST({number} AS DECIMAL({room}, 0)) * CAST({unit} AS DECIMAL({scale}, {scale}))"
        power = str(10**scale)
        whole = (
            f"{number} // {power}"
            if self.engine is Engine.DUCKDB
            else f"({number} - {number} % {power}) / {power}"
        )
        rest = f"CAST({number} % {power} AS DECIMAL(18, 0)) * CAST({unit} AS DECIMAL({scale}, {scale}))"
        return f"CAST({whole} AS {self.decimal(scale)}) + CAST({rest} AS {self.decimal(scale)})"

    # -- dates ---------------------------------------------------------------------------------------------

    def days(self, start: str, end: str) -> str:
        difference = f"datediff({end}, {start})" if self.engine is Engine.SPARK else f"{end} - {start}"
        return f"CAST({difference} AS BIGINT)"

    def add_months(self, start: str, months: str) -> str:
        """The day so many months later, or the last of that month. The result has to be in the years 1 to 9999."""
        match self.engine:
            case Engine.DUCKDB:
                return f"CAST({start} + to_months(CAST({months} AS INTEGER)) AS DATE)"
            case Engine.POSTGRESQL:
                return f"CAST({start} + make_interval(months => CAST({months} AS INTEGER)) AS DATE)"
            case Engine.SPARK:
                return f"add_months({start}, CAST({months} AS INT))"

    # -- groups --------------------------------------------------------------------------------------------

    def first(self, value: str, order: str, where: str) -> str:
        """Of a group, the value that comes first among those where the condition holds."""
        match self.engine:
            case Engine.DUCKDB:
                return f"arg_min({value}, {order}) FILTER (WHERE {where})"
            case Engine.POSTGRESQL:
                return f"(array_agg({value} ORDER BY {order}) FILTER (WHERE {where}))[1]"
            case Engine.SPARK:
                return f"min_by({value}, {order}) FILTER (WHERE {where})"

    def null(self, kind: Kind) -> str:
        match kind:
            case Kind.BOOLEAN:
                type = "BOOLEAN"
            case Kind.DATE:
                type = "DATE"
            case Kind.TEXT | Kind.CODE:
                type = "STRING" if self.engine is Engine.SPARK else "VARCHAR"
            case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY:
                type = "BIGINT"
        return f"CAST(NULL AS {type})"


DUCKDB: Final = Dialect(Engine.DUCKDB, "HUGEINT", WIDE_DIGITS, '"', "NOT MATERIALIZED ", "")
POSTGRESQL: Final = Dialect(Engine.POSTGRESQL, "NUMERIC", None, '"', "NOT MATERIALIZED ", " OFFSET 0")
SPARK: Final = Dialect(Engine.SPARK, "DECIMAL(38, 0)", WIDE_DIGITS, "`", "", "")
DIALECTS: Final = {dialect.engine: dialect for dialect in (DUCKDB, POSTGRESQL, SPARK)}


def _check(text: str, what: str) -> None:
    if "\x00" in text:
        raise BadName(f"A {what} in SQL cannot hold the character NUL: {text!r}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadName(f"A {what} in SQL cannot hold half a character: {text!r}.") from None

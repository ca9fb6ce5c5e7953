"""Columns of a statement, and the layer in which each is computed.

    WITH subject AS (SELECT s.id AS key, s.area AS area ... FROM shops s),
    step_1 AS (SELECT p.*, area * 2 AS sum_1 FROM subject p),
    step_2 AS (SELECT p.*, LEAST(sum_1, rent) AS call_1 FROM step_1 p) ...

A term that is used twice gets a column in the layer above the columns it reads. So no text is written twice, and
the text of a statement grows with its rules and not faster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tongban.core.rules.to_sql.dialects import Dialect
from tongban.core.rules.to_sql.source import TableName
from tongban.core.rules.to_sql.terms import Term


@dataclass(frozen=True, slots=True)
class Select:
    name: str
    """Of the table that it makes, quoted."""
    columns: tuple[str, ...]
    come_from: tuple[str, ...]
    """FROM and all that follows, line by line."""

    def text(self, indent: str = "") -> str:
        """Laid out in lines. Names and texts may have line ends of their own, so nothing is split here."""
        columns = f",\n{indent}  ".join(self.columns)
        return f"\n{indent}".join((f"{indent}SELECT", f"  {columns}", *self.come_from))


class Names:
    """Names that are taken; new ones differ from all of them, by more than capitals."""

    def __init__(self, *taken: str) -> None:
        self._taken = {name.lower() for name in taken}

    def new(self, stem: str, *, numbered: bool = False) -> str:
        """A name like the stem, which is any text: what is more than letters and digits is left out."""
        stem = stem if re.fullmatch(r"[a-z][a-z0-9_]{0,40}", stem) else "column"
        number, name = int(numbered), f"{stem}_1" if numbered else stem
        while name in self._taken:
            number += 1
            name = f"{stem}_{number}"
        self._taken.add(name)
        return name


class Layers:
    """The selects over one base table, each over the one before it."""

    def __init__(self, dialect: Dialect, tables: Names, base: str, step: str) -> None:
        self.base: list[str] = []
        """What the lowest select gives: `expression AS name`."""
        self._dialect = dialect
        self._tables = tables
        self._columns = Names()
        self._base, self._step = tables.new(base), step
        self._steps: list[list[str]] = []
        self._held: dict[str, Term] = {}

    def read(self, expression: str, stem: str) -> Term:
        """A new column of the lowest select."""
        name = self._dialect.identifier(self._columns.new(stem))
        self.base.append(f"{expression} AS {name}")
        return Term(name, 0, atom=True)

    def hold(self, term: Term, stem: str) -> Term:
        """The term as an atom, which it may be already."""
        if term.atom:
            return term
        if found := self._held.get(term.sql):
            return replace(term, sql=found.sql, depth=found.depth, atom=True)
        name = self._dialect.identifier(self._columns.new(stem, numbered=True))
        while len(self._steps) <= term.depth:
            self._steps.append([])
        self._steps[term.depth].append(f"{term.sql} AS {name}")
        held = replace(term, sql=name, depth=term.depth + 1, atom=True)
        self._held[term.sql] = held
        return held

    def tables(self, come_from: tuple[str, ...]) -> list[Select]:
        """The selects, from the lowest, which is FROM and JOIN as given."""
        quoted = self._dialect.identifier
        found = [Select(quoted(self._base), tuple(self.base), come_from)]
        for columns in self._steps:
            name = quoted(self._tables.new(self._step, numbered=True))
            below = f"FROM {found[-1].name} p{self._dialect.fence}"
            found.append(Select(name, ("p.*", *columns), (below,)))
        return found


def last_part(table: TableName) -> str:
    """The name of a table without schema: what a WITH could hide."""
    return table if isinstance(table, str) else table[-1]

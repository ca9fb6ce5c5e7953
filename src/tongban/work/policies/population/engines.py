"""The engines that rules over a population run on: the same results from each.

A batch of subjects goes in as an Arrow table, and for each rule a column of values and states comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import psycopg

from tongban.base.engines import arrow, duckdb, postgres, spark
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import Verdicts
from tongban.core.planning.versions import Versions
from tongban.core.rules.to_numpy.columns import ABSENT, KNOWN, UNDEFINED, UNKNOWN, Column, Columns
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.to_sql.dialects import Engine
from tongban.core.rules.to_sql.emit import TooWide
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans, RelationRef, Source
from tongban.core.rules.to_sql.statement import statement
from tongban.core.rules.types import Kind, Type
from tongban.work.policies.population.checking import KNOWN_SUFFIX

NAMES: Final = ("numpy", "duckdb", "postgres", "spark")
_ROW: Final = "__row"
_STATES: Final = {"known": KNOWN, "absent": ABSENT, "unknown": UNKNOWN, "undefined": UNDEFINED}


class CannotRun(RuntimeError):
    """The engine cannot compute a policy, or is not there; the message says what to do."""


Found: TypeAlias = dict[str, Verdicts]
"""What each policy comes to."""


class Runs(Protocol):
    workers: int
    """How many batches it takes side by side."""

    def compute(self, table: Any, columns: Columns, n: int) -> list[Found]:
        """Of each version what its policies come to. Any thread may ask."""
        ...


class Reading(Protocol):
    needs: Needs


def columns_of(table: Any, matcher: Reading) -> Columns:
    """The batch as NumPy reads it; a NULL is not known. Raises ColumnUnfit."""
    refs = {
        name: ColumnRef(
            name,
            name + KNOWN_SUFFIX if name + KNOWN_SUFFIX in table.column_names else None,
            NullMeans.UNKNOWN,
        )
        for name in (*matcher.needs.facts, *matcher.needs.fields)
        if name in table.column_names
    }
    inside = {
        f"{name}.{one}": ColumnRef(one, None, NullMeans.UNKNOWN) for name, one in _inside(table, matcher)
    }
    return arrow.columns(table, matcher.needs, {**refs, **inside})


def _inside(table: Any, matcher: Reading) -> Iterator[tuple[str, str]]:
    """The fields of the relations that are there."""
    for name, fields in matcher.needs.fields.items():
        if name in table.column_names:
            there = {one.name for one in table.schema.field(name).type.value_type}
            yield from ((name, one) for one in fields if one in there)


def engine(name: str, versions: Versions, url: str | None = None) -> Runs:
    """Raises CannotRun."""
    if name == "numpy":
        return _NumPy(versions)
    if name == "postgres":
        if url is None:
            raise CannotRun("For the engine postgres name the database: --url postgresql://...")
        kind, run = Engine.POSTGRESQL, _postgres(url)
    else:
        kind, run = {"duckdb": (Engine.DUCKDB, duckdb.run), "spark": (Engine.SPARK, spark.run)}[name]
    return _Statements(versions, kind, run)


class _NumPy:
    workers = 2

    def __init__(self, versions: Versions) -> None:
        self._versions, self._program, self._preparing = versions, program(versions.rules), Lock()

    def compute(self, table: Any, columns: Columns, n: int) -> list[Found]:
        judges = self._versions.judges(columns, n)
        with self._preparing:
            task = self._program.prepare(columns, self._versions.parameters, n)
        task.give(judges)
        return judges.found


class _Statements:
    """One statement for each policy of each version."""

    workers = 1

    def __init__(self, versions: Versions, kind: Engine, run: Callable[[str, Any], Any]) -> None:
        self._versions, self._kind, self._run = versions, kind, run
        self._written: dict[tuple[int, str, Any], str] = {}

    def compute(self, table: Any, columns: Columns, n: int) -> list[Found]:
        tables = _tables(table, self._versions)
        return [
            self._version(number, matcher, tables, columns, n)
            for number, matcher in enumerate(self._versions.matchers)
        ]

    def _version(
        self, number: int, matcher: Matcher, tables: Mapping[str, Any], columns: Columns, n: int
    ) -> Found:
        judge = matcher.judge(columns, n)
        for name in matcher.conditions:
            rules = matcher.rules_of(name)
            renamed = {f"r{place}": rule for place, rule in enumerate(rules.values())}
            try:
                found = self._run(self._statement(number, name, renamed, tables), tables)
            except duckdb.EngineMissing as error:
                raise CannotRun(str(error)) from error
            found = found.sort_by(_ROW)
            for place, rule in enumerate(rules):
                judge.put_column(rule, _column(found, f"r{place}", rules[rule].type))
        return judge.found

    def _statement(
        self, number: int, policy: str, rules: Mapping[str, Any], tables: Mapping[str, Any]
    ) -> str:
        shape = number, policy, tuple((name, tuple(table.column_names)) for name, table in tables.items())
        if shape not in self._written:
            source = _source(tables, self._versions)
            try:
                self._written[shape] = statement(
                    rules, source, self._versions.matchers[number].parameters, self._kind
                )
            except TooWide as error:
                raise CannotRun(f"{policy}: {error} Or use the engine numpy.") from error
        return self._written[shape]


def _tables(table: Any, matcher: Reading) -> dict[str, Any]:
    """`subjects`, and a table for each relation, as statements read them."""
    import pyarrow
    import pyarrow.compute as compute

    rows = pyarrow.array(np.arange(table.num_rows, dtype=np.int64))
    subjects, found = {_ROW: rows}, dict[str, Any]()
    for name in table.column_names:
        fact = name.removesuffix(KNOWN_SUFFIX)
        if fact not in matcher.needs.fields:
            type = matcher.needs.facts[fact]
            subjects[name] = table[name] if name != fact else _held(table[name].combine_chunks(), type)
        elif name == fact:
            whole = table[name].combine_chunks()
            whole = whole.chunk(0) if hasattr(whole, "chunks") else whole
            subjects[name + KNOWN_SUFFIX] = whole.is_valid()
            members = compute.list_flatten(whole)
            parents = compute.list_parent_indices(whole).cast(pyarrow.int64())
            fields = {
                one: _held(compute.struct_field(members, one), matcher.needs.fields[name][one])
                for relation, one in _inside(table, matcher)
                if relation == name
            }
            places = pyarrow.array(np.arange(len(members), dtype=np.int64))
            found[f"of_{name}"] = pyarrow.table({_ROW: parents, "__place": places, **fields})
    return {"subjects": pyarrow.table(subjects), **found}


def _held(array: Any, type: Type) -> Any:
    """As statements want it: whole fen, decimals of the fact's own digits, plain texts."""
    import pyarrow
    import pyarrow.compute as compute

    kinds = pyarrow.types
    if hasattr(array, "chunks"):
        array = array.combine_chunks()
    if kinds.is_dictionary(array.type):
        array = array.cast(pyarrow.string())
    if type.kind is Kind.MONEY and kinds.is_decimal(array.type):
        return compute.multiply(array, pyarrow.scalar(100)).cast(pyarrow.int64())
    if type.kind in (Kind.MONEY, Kind.INTEGER):
        return array.cast(pyarrow.int64())
    if type.kind is Kind.DECIMAL:
        return array.cast(pyarrow.decimal128(18, type.scale))
    return array.cast(pyarrow.string()) if type.kind in (Kind.TEXT, Kind.CODE) else array


def _source(tables: Mapping[str, Any], matcher: Reading) -> Source:
    names = tables["subjects"].column_names

    def ref(name: str, there: list[str]) -> ColumnRef:
        known = name + KNOWN_SUFFIX
        return ColumnRef(name, known if known in there else None, NullMeans.UNKNOWN)

    return Source(
        table="subjects",
        key=_ROW,
        columns={name: ref(name, names) for name in matcher.needs.facts if name in names},
        relations={
            name: RelationRef(
                f"of_{name}", _ROW,
                {one: ref(one, []) for one in fields if one in tables[f"of_{name}"].column_names},
                known=name + KNOWN_SUFFIX, order="__place",
            )
            for name, fields in matcher.needs.fields.items()
            if f"of_{name}" in tables
        },
    )  # fmt: skip


def _column(found: Any, name: str, type: Type) -> Column:
    states = np.array([_STATES[state] for state in found[f"{name}_state"].to_pylist()], np.uint8)
    values = found[f"{name}_value"].to_pylist()
    if type.kind is Kind.BOOLEAN:
        return Column(np.array([bool(value) for value in values], np.bool_), states)
    return Column(np.array([int(value or 0) for value in values], np.int64), states)


def _postgres(url: str) -> Callable[[str, Any], Any]:
    """Copies the batch into tables of a session and asks there."""
    import pyarrow

    try:
        session = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise CannotRun(f"The database cannot be reached: {str(error).strip()}") from error
    loaded: list[Any] = [None]

    def run(statement: str, tables: Any) -> Any:
        if loaded[0] is not tables:
            for name, table in tables.items():
                postgres.load(session, name, table)
            loaded[0] = tables
        cursor = session.execute(statement.encode())
        names = [column.name for column in cursor.description or ()]
        return pyarrow.Table.from_pylist([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    return run

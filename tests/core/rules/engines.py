"""The engines that have to agree: what each of them says of the same rules and the same subjects.

    given = Given(layout, rows, parameters)
    DuckDB().states({"r0": rule}, given)["r0"]     one state for each row, or TooWide instead of a list

A `Layout` says how a table tells what is known of each fact: by a column beside it, by NULL, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Protocol

import psycopg
import pyarrow
from tests.core.rules.subjects import FACTS, RELATIONS

from tongban.base.engines import duckdb, postgres, spark
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Brackets, Facts, Known, Members, Parameters, State, Unknown
from tongban.core.rules.to_numpy import columns
from tongban.core.rules.to_numpy import program as numpy_program
from tongban.core.rules.to_python import programs
from tongban.core.rules.to_sql import results
from tongban.core.rules.to_sql.dialects import Engine
from tongban.core.rules.to_sql.emit import TooWide
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans, RelationRef, Source
from tongban.core.rules.to_sql.statement import statement as write_statement
from tongban.core.rules.types import Kind, Type

Found = Mapping[str, list[State] | TooWide]

BESIDE, NULL_ABSENT, NULL_UNKNOWN, NOWHERE = "beside", "null-absent", "null-unknown", "nowhere"


@dataclass(frozen=True)
class Layout:
    """How each fact, field ("children.born") and relation is told; a relation is never told by NULL."""

    told: Mapping[str, str]

    @classmethod
    def everything(cls) -> Layout:
        """What a subject can be is all told."""
        return cls({name: BESIDE for name, _ in _columns()} | dict.fromkeys(RELATIONS, BESIDE))

    @classmethod
    def some(cls, random: Random) -> Layout:
        """Told in different ways, and now and then not at all."""
        ways = [BESIDE, NULL_ABSENT, NULL_ABSENT, NULL_UNKNOWN, NULL_UNKNOWN]
        told = {name: random.choice(ways) if random.random() < 0.97 else NOWHERE for name, _ in _columns()}
        relations = {name: random.choice([BESIDE, NULL_ABSENT, NULL_ABSENT]) for name in RELATIONS}
        return cls(
            told | {name: way if random.random() < 0.95 else NOWHERE for name, way in relations.items()}
        )

    def fitted(self, facts: Facts) -> Facts:
        """The facts as far as the layout can tell them."""
        fitted: dict[str, Any] = {}
        for name in (*FACTS, *RELATIONS):
            found = self._fitted(name, facts.get(name))
            if isinstance(found, Members):
                rows = (
                    {
                        key: value
                        for key in RELATIONS[name]
                        if (value := self._fitted(f"{name}.{key}", row.get(key)))
                    }
                    for row in found.rows
                )
                found = Members(tuple(rows))
            if found is not None:
                fitted[name] = found
        return fitted

    def _fitted(self, name: str, found: Any) -> Any:
        match self.told[name]:
            case "null-absent":
                return ABSENT if found is None else found
            case "null-unknown":
                return None if found == ABSENT else found
            case "nowhere":
                return None
            case _:
                return found

    @cached_property
    def source(self) -> Source:
        relations = {
            name: RelationRef(
                name,
                "subject",
                {key: ref for key in fields if (ref := self._column(f"{name}.{key}"))},
                known=f"{name}_known" if self.told[name] == BESIDE else None,
                order="place",
            )
            for name, fields in RELATIONS.items()
            if self.told[name] != NOWHERE
        }
        columns = {name: ref for name in FACTS if (ref := self._column(name))}
        return Source("subjects", "id", columns, relations)

    def _column(self, name: str) -> ColumnRef | None:
        column = name.rpartition(".")[2]
        match self.told[name]:
            case "beside":
                return ColumnRef(column, known=f"{column}_known")
            case "null-absent":
                return ColumnRef(column)
            case "null-unknown":
                return ColumnRef(column, null_means=NullMeans.UNKNOWN)
            case _:
                return None


@dataclass(frozen=True)
class Given:
    """Subjects, and the parameters of the date in question."""

    layout: Layout
    rows: Sequence[Facts]
    parameters: Parameters

    @cached_property
    def columns(self) -> columns.Columns:
        return columns.columns(FACTS, RELATIONS, self.rows)

    @cached_property
    def tables(self) -> dict[str, pyarrow.Table]:
        """What the statements read; the key of a subject is its place among the rows."""
        return tables(self.rows, FACTS, RELATIONS)


class Adapter(Protocol):
    name: str
    tells_facts: bool
    """Whether it says which facts keep a result open."""

    def states(self, rules: Mapping[str, Rule], given: Given) -> Found: ...


class Interpreter:
    name = "interpreter"
    tells_facts = True

    def states(self, rules: Mapping[str, Rule], given: Given) -> Found:
        return {
            name: [evaluate(rule, row, given.parameters) for row in given.rows]
            for name, rule in rules.items()
        }


class Python:
    name = "python"
    tells_facts = True

    def states(self, rules: Mapping[str, Rule], given: Given) -> Found:
        program = programs.program(rules)
        found = [program.run(row, given.parameters) for row in given.rows]
        return {name: [states[name] for states in found] for name in rules}


class NumPy:
    name = "numpy"
    tells_facts = False

    def states(self, rules: Mapping[str, Rule], given: Given) -> Found:
        rows = range(len(given.rows))
        found = numpy_program.program(rules).run(given.columns, given.parameters, len(rows))
        return {
            name: [columns.state_at(rule.type, found[name], row) for row in rows]
            for name, rule in rules.items()
        }


class _Statements:
    """Runs one statement for all rules together; those that are too wide are left out."""

    engine: Engine
    tells_facts = False

    def states(self, rules: Mapping[str, Rule], given: Given) -> Found:
        found: dict[str, list[State] | TooWide] = {}
        possible: dict[str, Rule] = {}
        for name, rule in rules.items():
            try:
                write_statement({name: rule}, given.layout.source, given.parameters, self.engine)
                possible[name] = rule
            except TooWide as refusal:
                found[name] = refusal
        if possible:
            rows = sorted(
                self.rows(
                    write_statement(possible, given.layout.source, given.parameters, self.engine), given
                ),
                key=lambda row: row["id"],
            )
            assert [row["id"] for row in rows] == list(range(len(given.rows)))
            for name, rule in possible.items():
                found[name] = [results.state(rule.type, row, name) for row in rows]
        return found

    def rows(self, statement: str, given: Given) -> list[dict[str, Any]]:
        raise NotImplementedError


class DuckDB(_Statements):
    name = "duckdb"
    engine = Engine.DUCKDB

    def rows(self, statement: str, given: Given) -> list[dict[str, Any]]:
        return duckdb.run(statement, given.tables).to_pylist()


class Spark(_Statements):
    name = "spark"
    engine = Engine.SPARK

    def __init__(self) -> None:
        """Made for many small statements: nothing is compiled, and there is one partition."""
        spark.session(
            {
                "spark.sql.codegen.wholeStage": "false",
                "spark.sql.codegen.factoryMode": "NO_CODEGEN",
                "spark.sql.adaptive.enabled": "false",
                "spark.sql.shuffle.partitions": "1",
                "spark.default.parallelism": "1",
                "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            }
        )

    def rows(self, statement: str, given: Given) -> list[dict[str, Any]]:
        return spark.run(statement, given.tables).to_pylist()


class PostgreSQL(_Statements):
    """On temporary tables of one session."""

    name = "postgresql"
    engine = Engine.POSTGRESQL

    def __init__(self, url: str) -> None:
        self._session = psycopg.connect(url, autocommit=True)
        self._loaded: Given | None = None

    def rows(self, statement: str, given: Given) -> list[dict[str, Any]]:
        if self._loaded is not given:
            self.load(given.tables)
            self._loaded = given
        return self.run(statement)

    def load(self, found: Mapping[str, pyarrow.Table]) -> None:
        for name, table in found.items():
            postgres.load(self._session, name, table)

    def run(self, statement: str) -> list[dict[str, Any]]:
        cursor = self._session.execute(statement.encode())
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def close(self) -> None:
        self._session.close()


def same(state: State, right: State, adapter: Adapter) -> bool:
    """Equal, in type and digits too."""
    if isinstance(state, Unknown) and isinstance(right, Unknown):
        return state == right or not adapter.tells_facts
    return state == right and repr(state) == repr(right)


# -- tables ------------------------------------------------------------------------------------------------


def tables(
    rows: Sequence[Facts], facts: Mapping[str, Type], relations: Mapping[str, Mapping[str, Type]]
) -> dict[str, pyarrow.Table]:
    """`subjects` with a key `id`, and a table for each relation with `subject` and `place`.

    Beside each fact and relation x stands x_known.
    """
    flags = [f"{name}_known" for name in relations]
    subjects = [
        {"id": number, **_told(row, facts), **{f"{name}_known": name in row for name in relations}}
        for number, row in enumerate(rows)
    ]
    found = {"subjects": _table(subjects, facts, ["id"], flags)}
    for relation, fields in relations.items():
        members = [
            {"subject": number, "place": place, **_told(member, fields)}
            for number, row in enumerate(rows)
            for place, member in enumerate(_members(row, relation))
        ]
        found[relation] = _table(members, fields, ["subject", "place"], [])
    return found


def _columns() -> Iterator[tuple[str, Type]]:
    yield from FACTS.items()
    for relation, fields in RELATIONS.items():
        for name, type in fields.items():
            yield f"{relation}.{name}", type


def _told(row: Facts | Mapping[str, Any], types: Mapping[str, Type]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in types:
        found = row.get(name)
        told[name] = found.value if isinstance(found, Known) else None
        told[f"{name}_known"] = found is not None
    return told


def _members(row: Facts, relation: str) -> tuple[Mapping[str, Any], ...]:
    found = row.get(relation)
    return found.rows if isinstance(found, Members) else ()


def _table(
    rows: list[dict[str, Any]], types: Mapping[str, Type], numbers: list[str], flags: list[str]
) -> pyarrow.Table:
    fields = [(name, pyarrow.int64()) for name in numbers] + [(name, pyarrow.bool_()) for name in flags]
    for name, type in types.items():
        fields += [(name, _arrow(type)), (f"{name}_known", pyarrow.bool_())]
    return pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(fields))


def _arrow(type: Type) -> pyarrow.DataType:
    match type.kind:
        case Kind.BOOLEAN:
            return pyarrow.bool_()
        case Kind.INTEGER | Kind.MONEY:
            return pyarrow.int64()
        case Kind.DECIMAL:
            return pyarrow.decimal128(18, type.scale)
        case Kind.DATE:
            return pyarrow.date32()
        case Kind.TEXT | Kind.CODE:
            return pyarrow.string()


# -- for people --------------------------------------------------------------------------------------------


def to_json(value: Facts | Parameters) -> str:
    """Facts or parameters on one line, to reproduce a disagreement with."""
    return json.dumps({name: _plain(found) for name, found in sorted(value.items())}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    match value:
        case Known():
            return _plain(value.value)
        case Members():
            return [{key: _plain(found) for key, found in row.items()} for row in value.rows]
        case Brackets():
            return {
                "lower": [_plain(low) for low in value.lower],
                "values": [_plain(v) for v in value.values],
            }
        case bool() | int():
            return value
        case _ if value == ABSENT:
            return None
        case _:
            return str(value)

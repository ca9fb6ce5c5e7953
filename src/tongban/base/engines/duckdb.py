"""DuckDB: statements of rules over whole populations, in this process.

    run(statement, {"shops": arrow_table, "rooms": Path("rooms.parquet")})

Needs the extra `engines`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow

Rows = Iterable[Mapping[str, object]]
Tables = Mapping[str, "pyarrow.Table | Path | list[dict[str, Any]]"]
"""What a statement reads, by the name of the table: an Arrow table, a Parquet file, or rows."""


class EngineMissing(RuntimeError):
    """An engine is not installed; the message says how to install it."""


def run(statement: str, tables: Tables) -> pyarrow.Table:
    """The whole result. Raises EngineMissing, and duckdb.Error for what DuckDB refuses."""
    with _session(tables) as session:
        return session.sql(statement).to_arrow_table()


@contextmanager
def _session(tables: Tables) -> Iterator[duckdb.DuckDBPyConnection]:
    duckdb, pyarrow = _modules()
    # or a table that is not given would be looked for among the variables of Python
    with (
        duckdb.connect(config={"python_enable_replacements": "false"}) as connection,
        connection.cursor() as session,
    ):
        for name, table in tables.items():
            if isinstance(table, Path):
                session.read_parquet(str(table)).create_view(name)
            else:
                session.register(name, pyarrow.Table.from_pylist(table) if isinstance(table, list) else table)
        yield session


def _modules() -> tuple[Any, Any]:
    try:
        import duckdb
        import pyarrow
    except ImportError as error:
        raise EngineMissing(
            "DuckDB is not installed. Install it with: pip install 'tongban[engines]'"
        ) from error
    return duckdb, pyarrow

"""Adding many rows at once, several times faster than one statement for them: the COPY of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models


def add(rows: Sequence[models.Model]) -> None:
    """Add new rows of one model, all of them or none; a key that the database numbers is left to it, and not read back.

    Raises IntegrityError as any other insert.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [one for one in meta.concrete_fields if not isinstance(one, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(one.column) for one in fields)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        statement = f"COPY {connection.ops.quote_name(meta.db_table)} ({columns}) FROM STDIN"
        with cursor.copy(statement) as sink:
            for row in rows:
                sink.write_row(
                    [one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields]
                )

"""`tongban rule sql`: the statement that a database evaluates a rule with, for all its subjects at once."""

from __future__ import annotations

from typing import Final

import click

from tongban.core.rules import ir
from tongban.core.rules.to_sql.dialects import BadName, Engine
from tongban.core.rules.to_sql.emit import TooWide
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans, RelationRef, Source
from tongban.core.rules.to_sql.statement import statement
from tongban.doors.cli.rules import given
from tongban.doors.cli.rules.given import Given

_DIALECTS: Final = {"duckdb": Engine.DUCKDB, "postgres": Engine.POSTGRESQL, "spark": Engine.SPARK}


@click.command()
@given.rule
@click.option("--dialect", type=click.Choice(list(_DIALECTS)), default="duckdb", show_default=True)
@click.option(
    "--table",
    default="subjects",
    show_default=True,
    help="Table with a row for each subject and a column for each fact.",
)
@click.option("--key", default="id", show_default=True, help="Its column that tells subjects apart.")
@click.option(
    "--member-key",
    default="subject_id",
    show_default=True,
    help="Column with the subject in the table of a relation, which has the relation's name.",
)
@click.option(
    "--null",
    "null_means",
    type=click.Choice(["absent", "unknown"]),
    default="unknown",
    show_default=True,
    help="What a NULL in a column says.",
)
def sql(given: Given, dialect: str, table: str, key: str, member_key: str, null_means: str) -> None:
    """Print the SQL that evaluates RULE for every row of a table: columns result_state, result_value, result_reason."""
    means = NullMeans(null_means)
    relations: dict[str, dict[str, ColumnRef]] = {}
    for part in ir.walk(given.rule.root):
        if isinstance(part, ir.Aggregate):
            relations.setdefault(part.relation, {})
        elif isinstance(part, ir.Member):
            relations.setdefault(part.relation, {})[part.name] = ColumnRef(part.name, null_means=means)
    source = Source(
        table=tuple(table.split(".")),
        key=key,
        columns={
            part.name: ColumnRef(part.name, null_means=means)
            for part in ir.walk(given.rule.root)
            if isinstance(part, ir.Fact)
        },
        relations={name: RelationRef(name, member_key, columns) for name, columns in relations.items()},
    )
    try:
        click.echo(statement({"result": given.rule}, source, given.parameters, _DIALECTS[dialect]), nl=False)
    except (TooWide, BadName) as error:
        raise click.ClickException(str(error)) from error

"""`tongban rule table`: a decision table as the rule that it says."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from tongban.base.kit import workbooks
from tongban.base.kit.terminal import terminal_language
from tongban.core.packs import tree
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.rules.formatting import format_rule
from tongban.core.rules.tables import sources as rows
from tongban.core.rules.tables.in_chinese import in_chinese
from tongban.core.rules.tables.table import Policy, TableProblem, read_table
from tongban.core.rules.tables.texts import to_rule_text
from tongban.doors.cli.rules import given, sources
from tongban.doors.cli.rules.given import echo

_POLICIES = {policy.value.replace(" ", "-"): policy for policy in Policy}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--policy",
    type=click.Choice(list(_POLICIES)),
    default="unique",
    show_default=True,
    help="Which rows count when several take a subject.",
)
@given.words
def table(file: Path, policy: str, place: str | None, pack: Path | None, vocabulary: Path | None) -> None:
    """Print the rule of each output of the decision table in FILE (CSV, YAML or Excel), or what is wrong with it.

    Gaps and overlaps between the rows are found and shown with an example. Exit 1 when there is a problem.
    """
    words = vocabulary_of(sources.pack_of(place, pack, vocabulary))
    found, problems = read_table(_rows(file), _POLICIES[policy])
    if found is None:
        _refuse(file, problems)
    written = to_rule_text(found, words)
    if written.problems:
        _refuse(file, written.problems)
    for problem in written.warnings:
        echo(_shown(file, problem), err=True)
    for name, text in written.texts.items():
        if len(written.texts) > 1:
            echo(f"-- {name}")
        echo(format_rule(text).text or text)


def _rows(file: Path) -> list[list[str]]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    try:
        if file.suffix == ".xlsx":
            return workbooks.rows(content)
        if file.suffix in (".yaml", ".yml"):
            return rows.from_mappings(_items(file, content))
        return rows.from_csv(content.decode("utf-8-sig"))
    except (rows.BadSource, workbooks.BadWorkbook) as error:
        raise click.ClickException(f"{file}: {error}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text.") from error


def _items(file: Path, content: bytes) -> list[dict[str, object]]:
    node, problems = tree.read(str(file), content)
    if problems:
        sources.refuse(problems)
    items = sources.plain(node) if node else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise click.ClickException(f"{file}: a table in YAML is a list with a mapping for each row.")
    return items


def _refuse(file: Path, problems: tuple[TableProblem, ...]) -> NoReturn:
    for problem in problems:
        echo(_shown(file, problem), err=True)
    raise click.exceptions.Exit(1)


def _shown(file: Path, problem: TableProblem) -> str:
    """In the language of the terminal."""
    problem = in_chinese(problem) if terminal_language() == "zh" else problem
    place = "".join(f":{number}" for number in (problem.row, problem.column) if number)
    return f"{file}{place}: {problem.message}" + (f"\n    {problem.hint}" if problem.hint else "")

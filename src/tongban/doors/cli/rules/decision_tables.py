"""`tongban rule table`: a decision table as the rule that it says, printed or written into a pack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from tongban.base.kit import spreadsheets
from tongban.base.kit.terminal import terminal_language
from tongban.core.packs import tree
from tongban.core.packs.lexicon import spoken_of, vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.rules.formatting import format_rule
from tongban.core.rules.tables import sources as rows
from tongban.core.rules.tables.in_chinese import in_chinese
from tongban.core.rules.tables.table import DecisionTable, Policy, TableProblem, read_table
from tongban.core.rules.tables.texts import to_rule_text
from tongban.core.rules.types import Type
from tongban.doors.cli.rules import given, placing, sources
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
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook; needed when several hold something.")
@click.option("--output", metavar="NAME", help="The output that is meant, of several.")
@click.option(
    "--into", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a pack: its words are used, and the rule is written into it.",
)  # fmt: skip
@click.option(
    "--as", "address", metavar="ADDRESS",
    help="Where it is to stand there, such as policies/ID#amount or services/ID#conditions.ID.",
)  # fmt: skip
@click.option(
    "--file", "name",
    help="Content file, without .yaml, for an entry that only a layer below holds; else the entry's id.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Put it in the place of another rule that stands there.")
@click.option("--dry-run", is_flag=True, help="Say what would change, check it, and write nothing.")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of what is said; that of the terminal by default."
)  # fmt: skip
@given.words
def table(
    file: Path,
    policy: str,
    sheet: str | None,
    output: str | None,
    folder: Path | None,
    address: str | None,
    name: str | None,
    replace: bool,
    dry_run: bool,
    lang: str | None,
    place: str | None,
    pack: Path | None,
    vocabulary: Path | None,
) -> None:
    """Print the rule of each output of the decision table in FILE (CSV, YAML or Excel), or what is wrong with it.

    Gaps and overlaps between the rows are found and shown with an example. Exit 1 when there is a problem.

    With --into and --as one output becomes a rule of a pack. What changes is shown; nothing is written unless the whole
    pack passes its checks.
    """
    asked = _File(file, lang or terminal_language())
    _require_together(folder, address, name, replace=replace, dry_run=dry_run)
    if folder is not None and (place, pack, vocabulary) != (None, None, None):
        raise click.UsageError(
            "--into says which words are used: leave out --pack, --place and --vocabulary."
        )
    if folder is None or address is None:
        found = asked.table(sheet, _POLICIES[policy])
        words = sources.pack_of(place, pack, vocabulary)
        texts = asked.texts(found, words, {})
        _print(texts if output is None else {asked.output(found, output): texts[output]})
        return
    into = placing.Into(folder, address, asked.language)
    found = asked.table(sheet, _POLICIES[policy])
    chosen = asked.output(found, output)
    texts = asked.texts(found, into.pack, {chosen: into.place.expect})
    into.write(texts[chosen], name, came_from=asked.place(), replace=replace, dry_run=dry_run)


def _require_together(
    folder: Path | None, address: str | None, name: str | None, *, replace: bool, dry_run: bool
) -> None:
    if (folder is None) != (address is None):
        raise click.UsageError("--into PACK and --as ADDRESS go together.")
    if folder is None and (name is not None or replace or dry_run):
        raise click.UsageError(
            "--file, --replace and --dry-run are for a rule that is written: --into PACK --as ADDRESS."
        )


def _print(texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        if len(texts) > 1:
            echo(f"-- {name}")
        echo(format_rule(text).text or text)


class _File:
    """A file with a table, and the language in which one speaks of it."""

    def __init__(self, file: Path, language: str) -> None:
        self._file, self.language = file, language
        self._sheet: str | None = None

    def table(self, sheet: str | None, policy: Policy) -> DecisionTable:
        """Exit 1 with what is wrong with its shape. Raises ClickException for what is no table."""
        found, problems = read_table(self._rows(sheet), policy)
        if found is None:
            self._refuse(problems)
        return found

    def texts(self, table: DecisionTable, words: Pack, expect: Mapping[str, Type]) -> dict[str, str]:
        """The rule of each output. Exit 1 with everything that is wrong with the table."""
        written = to_rule_text(table, vocabulary_of(words), expect, spoken_of(words))
        if written.problems:
            self._refuse(written.problems)
        for problem in written.warnings:
            echo(self._shown(problem), err=True)
        return written.texts

    def output(self, table: DecisionTable, name: str | None) -> str:
        """The output of this name, or the only one."""
        known = [output for _, output in table.outputs]
        if name in known:
            return name
        if name is None and len(known) == 1:
            return known[0]
        listed = ", ".join(f"'{one}'" for one in known)
        if name is None:
            raise self._error(
                f"表有几个输出：{listed}。用 --output 说明是哪一个。",
                f"The table has several outputs: {listed}. --output says which is meant.",
            )
        raise self._error(
            f"表里没有输出“{name}”。有这些：{listed}。",
            f"The table has no output '{name}'. Its outputs: {listed}.",
        )

    def place(self, row: int | None = None, column: int | None = None) -> str:
        return spreadsheets.place(str(self._file), self._sheet, row, column)

    def _rows(self, sheet: str | None) -> list[list[str]]:
        try:
            content = self._file.read_bytes()
        except OSError as error:
            raise click.ClickException(f"{self._file}: {error.strerror}") from error
        if sheet is not None and not spreadsheets.is_workbook(self._file.name):
            raise self._error(
                "文件不是工作簿，没有工作表：去掉 --sheet。",
                "The file is no workbook and has no sheets: leave out --sheet.",
            )
        try:
            if self._file.suffix.lower() in (".yaml", ".yml"):
                return rows.from_mappings(self._items(content))
            found = spreadsheets.read(self._file.name, content, sheet, only=True)
        except rows.BadSource as bad:
            raise self._error(spreadsheets.in_chinese(str(bad)), str(bad)) from bad
        except spreadsheets.BadTable as bad:
            told = spreadsheets.told(str(self._file), bad, self.language)
            if bad.code == "several-sheets":
                told += "用 --sheet 说明。" if self.language == "zh" else " --sheet says which."
            raise click.ClickException(told) from bad
        self._sheet = found.sheet
        return found.rows

    def _items(self, content: bytes) -> list[dict[str, object]]:
        node, problems = tree.read(str(self._file), content)
        if problems:
            sources.refuse(problems, self.language)
        items = sources.plain(node) if node else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self._error(
                "YAML 里的表是一个列表，每一行是一个键值表。",
                "A table in YAML is a list with a mapping for each row.",
            )
        return items

    def _error(self, chinese: str, english: str) -> click.ClickException:
        return click.ClickException(f"{self.place()}: {chinese if self.language == 'zh' else english}")

    def _refuse(self, problems: tuple[TableProblem, ...]) -> NoReturn:
        for problem in problems:
            echo(self._shown(problem), err=True)
        raise click.exceptions.Exit(1)

    def _shown(self, problem: TableProblem) -> str:
        problem = in_chinese(problem) if self.language == "zh" else problem
        where = self.place(problem.row, problem.column)
        return f"{where}: {problem.message}" + (f"\n    {problem.hint}" if problem.hint else "")

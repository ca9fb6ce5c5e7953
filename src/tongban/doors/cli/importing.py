"""`tongban pack import FILE --mapping MAP --into PACK`: entries out of a spreadsheet."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from tongban.base.directory import sources
from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import packs, scaffold

if TYPE_CHECKING:
    from tongban.core.packs.importing import Draft, Written
    from tongban.core.packs.mappings import Plan
    from tongban.core.packs.pack import Problem

MAX_ROWS = 20_000
MAX_CHARACTERS = 10_000_000


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", "mapping_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="Which column is which field; docs/recipes/import-services.md shows one.",
)  # fmt: skip
@click.option(
    "--into", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True,
    help="Folder of the pack.",
)  # fmt: skip
@click.option(
    "--file", "name", help="Name of the content file, without .yaml; else that of FILE, or 'imported'."
)
@click.option(
    "--rest", type=click.Path(dir_okay=False, path_type=Path), help="CSV for the rows that do not fit."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of problems; that of the terminal by default."
)
def import_(
    file: Path,
    mapping_file: Path,
    folder: Path,
    name: str | None,
    rest: Path | None,
    dry_run: bool,
    lang: str | None,
) -> None:
    """Add entries to a pack from a table (CSV, or .xlsx), and say what did not fit.

    What fits is written at the end of one content file; other lines stay as they are. An entry that the pack has
    already is left alone. Exit 1 when a row did not fit.
    """
    from tongban.core.packs import importing, mappings

    plan, problems = mappings.read(str(mapping_file), mapping_file.read_bytes())
    if plan is None:
        _refuse(problems, lang)
    rows = _rows(file, plan.mapping.sheet, lang or terminal_language())
    taken = importing.take(str(file), rows, plan)
    if not isinstance(taken, importing.Taken):
        _refuse(taken, lang)
    scaffold.require_id(name or _named(file))
    pack = _Into(folder, plan, name or _named(file), lang)
    new = [draft for draft in taken.drafts if draft.id not in pack.held]
    there = [draft for draft in taken.drafts if draft.id in pack.held]
    written, found = pack.fitting(new)
    fitting = {draft.id for draft in written.drafts}
    left_out = taken.left_out | {row for draft in new if draft.id not in fitting for row in draft.rows}
    misfits = sorted((*taken.problems, *found), key=lambda one: (one.position.line, one.position.column))
    for problem in (*misfits, *taken.unread, *map(importing.there_already, there)):
        click.echo(packs.told(problem, lang))
    if rest is not None and left_out and not dry_run:
        _write_rest(rest, rows, plan.mapping.header, left_out, misfits, lang)
    if written.drafts and not dry_run:
        pack.add(written)
    verb = "would be written" if dry_run else "written"
    where = f" to {pack.target}" if written.drafts else ""
    click.echo(
        f"{plan.mapping.kind}: {len(written.drafts)} {verb}{where}, {len(there)} there already; "
        f"rows left out: {len(left_out)}."
    )
    if rest is not None and left_out and not dry_run:
        click.echo(f"The rows left out are in {rest}. Mend them, and import that file with the same mapping.")
    sys.exit(1 if left_out else 0)


class _Into:
    """The pack that is added to."""

    def __init__(self, folder: Path, plan: Plan, name: str, language: str | None) -> None:
        root = folder.resolve()
        self.target = folder / plan.mapping.kind / f"{name}.yaml"
        self._plan, self._layer, self._language = plan, root.name, language
        self._path = f"{root.name}/{plan.mapping.kind}/{name}.yaml"
        packs.read_clean(folder, language)  # what is wrong already is mended first
        self._files = sources.read_layers(root.parent, root.name, packs.folder())
        self._before = self._files.get(self._path, b"").decode()
        if self._before and not self._before.endswith("\n"):
            self._before += "\n"
        content = packs.read(folder).content
        assert content is not None
        self.held = frozenset(content.known(plan.mapping.kind))

    def fitting(self, drafts: Sequence[Draft]) -> tuple[Written, list[Problem]]:
        """The drafts with which the pack stays without problems, and what is wrong with the others, by cell.

        Exits when something else in the pack goes wrong by them.
        """
        from tongban.core.packs import importing, loader

        told: list[Problem] = []
        while True:
            written = importing.write(drafts, self._plan)
            if not written.drafts:
                return written, told
            files = {**self._files, self._path: (self._before + written.text).encode()}
            problems = loader.load(files, self._layer).problems
            if not problems:
                return written, told
            own = [one for one in problems if one.position.file == self._path]
            if not own:
                _refuse(problems, self._language)
            wrong: set[str] = set()
            for problem in own:
                line = problem.position.line - self._before.count("\n")
                draft, cell = written.came_from(line, problem.position.column)
                wrong.add(draft.id)
                told.append(importing.at(problem, cell))
            drafts = [draft for draft in drafts if draft.id not in wrong]

    def add(self, written: Written) -> None:
        self.target.parent.mkdir(exist_ok=True)
        self.target.write_text(self._before + written.text, encoding="utf-8")


def _rows(file: Path, sheet: str | None, language: str) -> list[list[str]]:
    from tongban.base.kit import spreadsheets

    try:
        found = spreadsheets.read(
            file.name, file.read_bytes(), sheet, rows=MAX_ROWS, characters=MAX_CHARACTERS
        )
    except spreadsheets.BadTable as bad:
        raise click.ClickException(spreadsheets.told(str(file), bad, language)) from bad
    return found.rows


def _named(file: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    return name if re.match(r"[a-z]", name) else "imported"


def _write_rest(
    rest: Path,
    rows: list[list[str]],
    header: int,
    left_out: frozenset[int],
    problems: Sequence[Problem],
    lang: str | None,
) -> None:
    from tongban.base.kit import sheets
    from tongban.core.packs.importing import WHY

    why: dict[int, list[str]] = {}
    for problem in problems:
        why.setdefault(problem.position.line, []).append(packs.told(problem, lang).message)
    names = rows[header - 1]
    at = names.index(WHY) if WHY in names else len(names)
    kept = [[*row[:at], *[""] * (at - len(row))] for row in rows]
    body = [[*kept[number - 1], "; ".join(dict.fromkeys(why.get(number, [])))] for number in sorted(left_out)]
    first, *above = reversed(kept[:header])
    lines = [*reversed(above), [*first, WHY], *body]
    rest.write_text(sheets.MARK + sheets.text(lines[0], lines[1:]), encoding="utf-8", newline="")


def _refuse(problems: Sequence[Problem], language: str | None) -> NoReturn:
    for problem in problems:
        click.echo(packs.told(problem, language))
    click.echo(f"{len(problems)} problems. Nothing is written.", err=True)
    sys.exit(1)

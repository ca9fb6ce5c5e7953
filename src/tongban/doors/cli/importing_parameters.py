"""`tongban pack import-parameters FOLDER --into PACK`: parameters that OpenFisca's YAML holds."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tongban.base.directory import sources
from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import packs, scaffold

if TYPE_CHECKING:
    from tongban.core.packs.importing import Draft, Written
    from tongban.core.packs.openfisca import LeftOut, Source, Taken
    from tongban.core.packs.openfisca_values import Counted
    from tongban.core.packs.pack import Problem

ENDINGS = (".yaml", ".yml")
MOST_VALUES = 3_000
"""In one content file; more go into a second one, for a file of a pack has a largest size."""
FULL = 1_000_000
"""Bytes from which nothing more is written into a content file."""


class _Unit(click.ParamType):
    name = "NAME=TYPE[:UNIT]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from tongban.core.packs.openfisca_values import parse_unit

        if isinstance(value, tuple):
            return value
        try:
            return parse_unit(value)
        except ValueError:
            self.fail(
                f"{value!r} is no unit. Write currency-EUR=money, smic=number, persons=number:person or none=ratio.",
                param,
                ctx,
            )


@click.command("import-parameters")
@click.argument("path", metavar="FOLDER_OR_FILE", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True,
    help="Folder of the pack.",
)  # fmt: skip
@click.option("--prefix", default="", help="Put before every name, with a _.")
@click.option(
    "--unit", "units", type=_Unit(), multiple=True,
    help="What a unit of the files is: money, ratio, number, or number:UNIT of ours. 'none' is where they name none.",
)  # fmt: skip
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out values that are over on this day."
)
@click.option(
    "--file", "name", help="Name of the content files, without .yaml; else that of what is read, or 'imported'."
)  # fmt: skip
@click.option("--rest", type=click.Path(dir_okay=False, path_type=Path), help="CSV for what does not fit.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of what is said; that of the terminal by default."
)  # fmt: skip
def import_parameters(
    path: Path,
    folder: Path,
    prefix: str,
    units: Sequence[tuple[str, Counted]],
    since: datetime | None,
    name: str | None,
    rest: Path | None,
    dry_run: bool,
    lang: str | None,
) -> None:
    """Add parameters and bracket tables to a pack from OpenFisca's YAML, and say what did not fit.

    A folder is read with all that is in it. What fits is written at the end of a file of parameters/ and one of
    bracket-tables/. What the pack has already is left alone. Exit 1 when something did not fit.
    """
    from tongban.core.packs import openfisca

    language = lang or terminal_language()
    if prefix and not re.fullmatch(r"[a-z][a-z0-9_]*", prefix):
        raise click.ClickException(f"--prefix {prefix!r} is not of small letters, digits and _.")
    name = name or _named(path)
    scaffold.require_id(name)
    into = _Into(folder, name, language)
    settings = openfisca.Settings(dict(units), prefix, since.date() if since else None)
    taken = openfisca.take(_sources(path), settings)
    there = into.sort_out(taken)
    written = into.fitting(taken)
    left_out = sorted(taken.left_out, key=lambda one: (one.why.position.file, one.why.position.line))
    for problem in (*(one.why for one in left_out), *taken.notes):
        click.echo(_told(problem, language))
    if not dry_run:
        into.add(written)
    if rest is not None and left_out and not dry_run:
        _write_rest(rest, left_out, language)
    for line in _summary(taken, written, there, since, dry_run=dry_run, chinese=language == "zh"):
        click.echo(line)
    if left_out and not dry_run:
        click.echo(_where_the_rest_is(rest, chinese=language == "zh"))
    sys.exit(1 if left_out else 0)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one content file is to hold."""

    folder: str
    target: Path
    key: str
    """As the layers call it."""
    before: str
    written: Written


class _Into:
    """The pack that is added to."""

    def __init__(self, folder: Path, name: str, language: str) -> None:
        root = folder.resolve()
        packs.read_clean(folder, language)  # what is wrong already is mended first
        self._files = sources.read_layers(root.parent, root.name, packs.folder())
        content = packs.read(folder).content
        assert content is not None
        self._content = content
        self._folder, self._layer, self._name, self._language = folder, root.name, name, language

    def sort_out(self, taken: Taken) -> dict[str, int]:
        """Takes away what the pack has already or cannot name so; how many of each folder it has with the same values."""
        from tongban.core.packs import kinds, openfisca

        there: dict[str, int] = dict.fromkeys(openfisca.FOLDERS, 0)
        for folder in openfisca.FOLDERS:
            known = self._content.known(folder)
            for draft in list(taken.drafts[folder]):
                if draft.id in known:
                    held: Any = self._content.get(folder, kinds.KINDS[folder][1], draft.id)
                    if openfisca.is_same(folder, draft, held):
                        there[folder] += 1
                        taken.drafts[folder].remove(draft)
                    else:
                        taken.leave_out(draft, openfisca.differs(draft))
                elif problem := openfisca.name_taken(self._content, folder, draft):
                    taken.leave_out(draft, problem)
        return there

    def fitting(self, taken: Taken) -> list[_Part]:
        """The files with which the pack stays without problems; what is wrong with others is taken away.

        Exits when something else in the pack goes wrong by them.
        """
        from tongban.core.packs import importing, loader

        while True:
            parts = list(self._parts(taken))
            new = {part.key: (part.before + part.written.text).encode() for part in parts}
            problems = loader.load({**self._files, **new}, self._layer).problems if parts else ()
            if not problems:
                return parts
            wrong: dict[str, tuple[Draft, Problem]] = {}
            for problem in problems:
                part = next((part for part in parts if part.key == problem.position.file), None)
                line = problem.position.line - part.before.count("\n") if part else 0
                if part is None or line < 1:
                    continue
                draft, cell = part.written.came_from(line, problem.position.column)
                wrong.setdefault(draft.id, (draft, importing.at(problem, cell)))
            if not wrong:
                _refuse(problems, self._language)
            for draft, problem in wrong.values():
                taken.leave_out(draft, problem)

    def _parts(self, taken: Taken) -> Iterator[_Part]:
        from tongban.core.packs import openfisca

        for folder, drafts in taken.drafts.items():
            left, number = list(drafts), 0
            while left:
                number += 1
                name = self._name if number == 1 else f"{self._name}-{number}"
                key = f"{self._layer}/{folder}/{name}.yaml"
                before = self._files.get(key, b"").decode()
                if len(before.encode()) > FULL:
                    continue
                if before and not before.endswith("\n"):
                    before += "\n"
                taking, values = 0, 0
                while taking < len(left) and (not taking or values < MOST_VALUES):
                    values += sum(len(one.get("rows", (1,))) for one in left[taking].flat["values"])
                    taking += 1
                written = openfisca.write(folder, left[:taking])
                yield _Part(folder, self._folder / folder / f"{name}.yaml", key, before, written)
                left = left[taking:]

    def add(self, parts: Sequence[_Part]) -> None:
        for part in parts:
            part.target.parent.mkdir(exist_ok=True)
            part.target.write_text(part.before + part.written.text, encoding="utf-8")


def _sources(path: Path) -> list[Source]:
    from tongban.core.packs.openfisca import Source

    try:
        if path.is_file():
            return [Source(str(path), (path.stem,), path.read_bytes())]
        files = sorted(file for file in path.rglob("*") if file.suffix in ENDINGS and file.is_file())
        if not files:
            raise click.ClickException(f"{path}: no YAML file is in this folder.")
        return [
            Source(str(file), file.relative_to(path).with_suffix("").parts, file.read_bytes())
            for file in files
        ]
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def _named(path: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", path.resolve().stem.lower()).strip("-")
    return name if re.match(r"[a-z]", name) else "imported"


def _summary(
    taken: Taken,
    parts: Sequence[_Part],
    there: dict[str, int],
    since: datetime | None,
    *,
    dry_run: bool,
    chinese: bool,
) -> Iterator[str]:
    names = {"parameters": "参数", "bracket-tables": "分档表"}
    for folder, count in there.items():
        own = [part for part in parts if part.folder == folder]
        written = sum(len(part.written.drafts) for part in own)
        where = ", ".join(str(part.target) for part in own)
        if chinese:
            verb = "将写入" if dry_run else "已写入"
            yield f"{names[folder]}：{verb} {written} 个{f'到 {where}' if where else ''}，原来就有 {count} 个。"
        else:
            verb = "would be written" if dry_run else "written"
            yield f"{folder}: {written} {verb}{f' to {where}' if where else ''}, {count} there already."
    written_ids = {draft.id for part in parts for draft in part.written.drafts}
    if single := len(taken.one_language & written_ids):
        yield (
            f"{single} 个名称只有一种语言，另一种先照抄：请翻译。"
            if chinese
            else f"Labels in one language, which stands for the other too: {single}. Translate them."
        )
    if taken.unread:
        fields = ", ".join(f"{field} {count}" for field, count in taken.unread.most_common())
        yield f"内容包没有地方放的字段：{fields}。" if chinese else f"No place in a pack for: {fields}."
    if since and taken.over:
        day = since.date()
        yield (
            f"到 {day} 已失效，没有读：{taken.over}。"
            if chinese
            else f"Over on {day}, not read: {taken.over}."
        )
    count = len(taken.left_out)
    yield f"没有导入：{count}。" if chinese else f"Left out: {count}."


def _where_the_rest_is(rest: Path | None, *, chinese: bool) -> str:
    if rest is None:
        hint = "--rest FILE"
        return (
            f"用 {hint} 可以把没有导入的存成 CSV。" if chinese else f"{hint} keeps what was left out, as CSV."
        )
    return f"没有导入的在 {rest}。" if chinese else f"What was left out is in {rest}."


def _write_rest(rest: Path, left_out: Sequence[LeftOut], language: str) -> None:
    from tongban.base.kit import sheets
    from tongban.core.packs import openfisca
    from tongban.core.packs.importing import WHY

    columns = ["文件 file", "行 line", "名称 name", "位置 path", "值 value", WHY]
    rows = [[*cells, _told(why, language).message] for *cells, why in openfisca.rest(left_out)]
    rest.write_text(sheets.MARK + sheets.text(columns, rows), encoding="utf-8", newline="")


def _told(problem: Problem, language: str) -> Problem:
    if language != "zh":
        return problem
    from tongban.core.packs.in_chinese_openfisca import in_chinese_of_import

    return in_chinese_of_import(problem)


def _refuse(problems: Sequence[Problem], language: str) -> NoReturn:
    for problem in problems:
        click.echo(_told(problem, language))
    click.echo(
        f"{len(problems)} 个问题，什么也没有写。"
        if language == "zh"
        else f"{len(problems)} problems. Nothing is written.",
        err=True,
    )
    sys.exit(1)

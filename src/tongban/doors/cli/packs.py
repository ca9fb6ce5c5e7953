"""`tongban pack lint | test | schema`; what asks packs what they say is in `reading`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tongban.base.directory import loading, sources
from tongban.base.kit import terminal
from tongban.doors.cli import lazily

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tongban.core.packs.loader import Loaded
    from tongban.core.packs.pack import Pack, Problem


class Commands(lazily.Lazy):
    """`lint`, `test` and `schema` are here; the others lie with what they are about."""

    places = {
        "add": "tongban.doors.cli.installing:add",
        "add-event": "tongban.doors.cli.scaffold:add_event",
        "add-service": "tongban.doors.cli.scaffold:add_service",
        "compare": "tongban.doors.cli.reading:compare_places",
        "diff": "tongban.doors.cli.reading:diff",
        "export": "tongban.doors.cli.exporting:export",
        "fetch": "tongban.doors.cli.peers:fetch",
        "freeze": "tongban.doors.cli.installing:freeze",
        "gaps": "tongban.doors.cli.reading:gaps",
        "import": "tongban.doors.cli.importing:import_",
        "import-parameters": "tongban.doors.cli.importing_parameters:import_parameters",
        "impact": "tongban.doors.cli.reading:show_impact",
        "install": "tongban.doors.cli.peers:install",
        "list": "tongban.doors.cli.installing:list_",
        "migrate": "tongban.doors.cli.migrating:migrate",
        "new": "tongban.doors.cli.scaffold:new",
        "prove": "tongban.doors.cli.proving:prove",
        "remove": "tongban.doors.cli.installing:remove",
        "show": "tongban.doors.cli.reading:show",
        "watch": "tongban.doors.cli.watching:watch",
    }


@click.group(cls=Commands)
def pack() -> None:
    """Law and services as content: check it, try it."""


def read(path: Path) -> Loaded:
    """The merged pack at a folder such as `packs/cn-qingqu`; layers below it are sibling folders, or lie in the packs
    folder of this installation."""
    from tongban.core.packs import loader

    found = path.resolve()
    return loader.load(_files(found), found.name)


def _known(path: Path) -> loading.Found:
    """The same without what its layers say; at once when the same files were found sound before."""
    found = path.resolve()
    return loading.load(_files(found), found.name)


def _files(path: Path) -> dict[str, bytes]:
    return sources.read_layers(path.parent, path.name, folder())


def read_clean(path: Path, language: str | None = None) -> Pack:
    """The pack, or exit 1 with every problem, in the language of the terminal if none is given."""
    loaded = _known(path)
    if loaded.pack is None:
        for problem in loaded.problems:
            layer = problem.position.file.split("/")[0]
            click.echo(f"{sources.holder(layer, path.parent, folder())}/{told(problem, language)}")
        click.echo(f"{len(loaded.problems)} problems.", err=True)
        sys.exit(1)
    return loaded.pack


def told(problem: Problem, language: str | None = None) -> Problem:
    """The problem as it is shown: in the language of the terminal if none is given."""
    if (language or terminal.terminal_language()) != "zh":
        return problem
    from tongban.core.packs.in_chinese import in_chinese

    return in_chinese(problem)


def folder() -> Path:
    """The folder that holds the packs of this installation."""
    from tongban.base.kit import environment

    return Path(environment.text("TONGBAN_PACKS") or environment.default_packs())


def of_place(place: str | None, path: Path | None) -> Pack:
    """The pack that `--pack PATH` or `--place P` names; without either the uppermost of the packs folder."""
    if path is not None:
        return read_clean(path)
    if place is None:
        return read_clean(folder() / sources.top_layer(folder()))
    for manifest in sorted(folder().glob("*/pack.yaml")):
        loaded = _known(manifest.parent)
        if loaded.pack is not None and place in (
            loaded.pack.manifest.jurisdiction,
            loaded.pack.manifest.id,
            *loaded.pack.places,
        ):
            return loaded.pack
    raise click.ClickException(
        f"No pack in {folder()} is for the place {place!r}. Give a division code or a pack id, or --pack PATH."
    )


@pack.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of problems; that of the terminal by default."
)
@click.option(
    "--official", is_flag=True, help="Refuse too whatever nobody has confirmed in its source, and list it."
)
def lint(path: Path, lang: str | None, official: bool) -> None:
    """Check a pack: every problem at once, with file and line. Exit 1 when there is any."""
    found = read_clean(path, lang)
    if official:
        _require_confirmed(path, found, lang)
    layers = " > ".join(layer.id for layer in found.layers)
    click.echo(
        f"{layers}: {len(found.life_events)} life events, {len(found.services)} services, {len(found.facts)} facts, "
        f"{len(found.rules)} rules, {len(found.tests)} tests. No problems."
    )
    click.echo(f"digest {found.digest}")
    _tell_flags(path, found, lang)


def _tell_flags(path: Path, found: Pack, language: str | None) -> None:
    """What the fair competition review would object to and no ground answers for. It is told, and refuses nothing."""
    from tongban.core.packs.lint import fair_competition

    if not fair_competition.is_flagged(found):
        return
    content = read(path).content  # again, with where everything stands
    flags = fair_competition.flags(content, found) if content else ()
    _show(path, flags, language)
    if (language or terminal.terminal_language()) == "zh":
        click.echo(f"公平竞争审查要看 {len(flags)} 处。", err=True)
    else:
        click.echo(f"{len(flags)} for the fair competition review to look at.", err=True)


def _require_confirmed(path: Path, found: Pack, language: str | None) -> None:
    """Exit 1 with every entry and number of the pack that is not `confirmed`, and all that the fair competition review
    would have to look at."""
    from tongban.core.packs.lint import fair_competition
    from tongban.core.packs.official import unconfirmed, undated

    content = read(path).content
    if content is None:
        return
    problems = (
        *unconfirmed(content),
        *undated(content),
        *fair_competition.flags(content, found),
    )
    _show(path, problems, language)
    if problems:
        click.echo(f"{len(problems)} problems.", err=True)
        sys.exit(1)


def _show(path: Path, problems: Iterable[Problem], language: str | None) -> None:
    for problem in problems:
        layer = problem.position.file.split("/")[0]
        holder = sources.holder(layer, path.resolve().parent, folder())
        click.echo(f"{holder}/{told(problem, language)}")


@pack.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--untouched", is_flag=True, help="List each rule and number that no test touches.")
def test(path: Path, untouched: bool) -> None:
    """Run the tests of a pack and of every layer below it, and say what they cover. Exit 1 when one fails."""
    from tongban.core.planning import coverage, packtests

    found = read_clean(path)
    outcomes = packtests.run_tests(found, all_layers=True)
    for outcome in outcomes:
        click.echo(f"{'ok  ' if outcome.ok else 'FAIL'} {outcome.layer}: {outcome.name}")
        for difference in outcome.differences:
            click.echo(f"       {difference}")
    failed = sum(not outcome.ok for outcome in outcomes)
    click.echo(f"{len(outcomes) - failed} passed, {failed} failed")
    tests = [one for layer in found.layer_tests.values() for one in layer]
    covered = coverage.coverage(found, tests)
    numbers = len(found.parameters) + len(found.bracket_tables)
    click.echo(
        f"covered: {covered.done} of {len(covered.rules)} rules met and failed with every branch, "
        f"{numbers - len(covered.unread)} of {numbers} numbers read"
    )
    if untouched:
        for rule in covered.rules:
            if rule.missing:
                click.echo(f"  {rule.address}: {', '.join(rule.missing)}")
        for name in covered.unread:
            click.echo(f"  {name}: never read")
    elif covered.done < len(covered.rules) or covered.unread:
        click.echo("  --untouched lists the others")
    sys.exit(1 if failed or not outcomes else 0)


@pack.command("schema")
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path))
def write_schema(target: Path) -> None:
    """Write the JSON Schema of every kind of content into FOLDER, for editors."""
    from tongban.core.packs import schema

    target.mkdir(parents=True, exist_ok=True)
    for name, document in schema.schemas().items():
        (target / f"{name}.schema.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    click.echo(f"{len(schema.schemas())} schemas in {target}")

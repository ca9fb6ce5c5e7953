"""`tongban pack prove`: what nobody can meet and what never decides anything, in every rule of a pack."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from tongban.base.kit.terminal import terminal_language
from tongban.core.packs import proofs, rule_texts
from tongban.core.rules.prove.logic import ProverMissing
from tongban.doors.cli import packs
from tongban.doors.cli.rules import given, sources

_NOT_A_MISTAKE = "cannot-tell"


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date of the parameters; today by default."
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language; that of the terminal by default.")
def prove(path: Path, at: datetime | None, lang: str | None) -> None:
    """Look for parts of rules that nobody can meet or that never matter, with a subject that shows it.

    Needs the prover: pip install 'tongban[prove]'. Exit 1 when something is found.
    """
    loaded = packs.read(path)
    pack = loaded.pack or packs.read_clean(path)
    assert loaded.content is not None  # a pack that could be loaded has been read
    rules = list(rule_texts.compiled(loaded.content, pack))
    day = sources.day_of(pack, at)
    try:
        with click.progressbar(length=len(rules), label=f"{len(rules)} rules", file=sys.stderr) as bar:
            found = list(
                proofs.proofs(loaded.content, pack, day, lang or terminal_language(), lambda: bar.update(1))
            )
    except ProverMissing as error:
        raise click.ClickException(str(error)) from error
    for problem in found:
        given.echo(f"{path.parent}/{problem}")
    mistakes = [problem for problem in found if problem.code != _NOT_A_MISTAKE]
    click.echo(f"{len(rules)} rules, {len(mistakes)} findings, {len(found) - len(mistakes)} not decided.")
    sys.exit(1 if mistakes else 0)

"""`tongban pack migrate --dry-run`: what another pack would change for each running case."""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import installing

if TYPE_CHECKING:
    from tongban.core.values.text import Bilingual
    from tongban.work.cases.moving import Move

Row = tuple[str, str, str, str, str, str]
"""Application, life event, from, to, what changes, which."""


@click.command()
@click.option("--dry-run", is_flag=True, help="Show it. Nothing else is possible: running cases keep theirs.")
@click.option("--to", "target", metavar="DIGEST", help="An installed pack; else the one in force.")
@click.option("--csv", "as_csv", is_flag=True, help="A row for each change, as CSV.")
def migrate(dry_run: bool, target: str | None, as_csv: bool) -> None:
    """Show for each running case what would change under another pack. Answers that it cannot read are kept."""
    installing.start()
    from django.utils.translation import gettext as _

    if not dry_run:
        raise click.ClickException(
            _("Running cases keep the pack they were submitted under. See what would change: --dry-run")
        )
    from tongban.base.directory import installing as installed
    from tongban.base.directory import queries as directory
    from tongban.work.cases import moving

    acting = installing.acting_for("packs compared for running cases")
    pack = directory.pack(installed.version_named(target, acting.now).digest) if target else None
    found = list(moving.moves(acting, pack))
    rows = [row for move in found for row in rows_of(move)]
    if as_csv:
        head = [_("application"), _("life event"), _("from"), _("to"), _("what changes"), _("which")]
        csv.writer(sys.stdout).writerows([head, *rows])
        return
    _show(rows)
    click.echo(
        _("Running applications: %(running)s, under another pack: %(others)s, of those that would change: %(changed)s. Nothing was written.")
        % {"running": moving.running(), "others": len(found), "changed": sum(move.any for move in found)}
    )  # fmt: skip


def rows_of(move: Move) -> Iterator[Row]:
    """One row for each change; one that says so where there is none."""
    from django.utils.translation import gettext as _

    event = move.before.life_events[move.event].name
    head = move.number, said(event), _version(move.before), _version(move.after)
    if move.event_gone:
        yield (*head, _("the life event is gone"), move.event)
    for what, which in _of_plan(move):
        yield (*head, what, which)
    for one in move.told:
        yield (*head, _("service"), f"{said(one.name)}: {said(one.what)}")
    for answer in move.unread:
        fact = move.before.facts.get(answer.fact)
        label = f"{answer.fact} ({said(fact.label)})" if fact else answer.fact
        yield (*head, _("answer kept, no longer read"), f"{label}: {answer.code}")
    if not move.any:
        yield (*head, _("nothing"), "")


def _of_plan(move: Move) -> Iterator[tuple[str, str]]:
    from django.utils.translation import gettext as _

    changes = move.changes
    if changes is None:
        return
    for what, names, entries in (
        (_("service added"), changes.added_services, move.after.services),
        (_("service dropped"), changes.dropped_services, move.before.services),
        (_("material added"), changes.added_materials, move.after.materials),
        (_("material dropped"), changes.dropped_materials, move.before.materials),
    ):
        for name in names:
            yield what, f"{name} ({said(entries[name].name)})"
    if changes.days_change:
        yield _("promised working days"), f"{changes.days_change:+}"


def said(text: Bilingual) -> str:
    """In the language of the terminal."""
    return text.zh if terminal_language() == "zh" else text.en


def _version(pack: Any) -> str:
    """With the beginning of the digest: two packs may have one version."""
    return f"{pack.manifest.id} {pack.manifest.version} {pack.digest.removeprefix('sha256:')[:8]}"


def _show(rows: list[Row]) -> None:
    """Each application once, with its changes below it: a number that is folded cannot be copied."""
    for (number, event, before, after), of_one in itertools.groupby(rows, lambda row: row[:4]):
        click.echo(f"{number}  {event}  {before} → {after}")
        for *_head, what, which in of_one:
            click.echo(f"    {what}  {which}".rstrip())

"""`tongban retention due | holds | destroy`: what will be destroyed, what is held, and the daily job by hand."""

from __future__ import annotations

import csv
import sys
from datetime import timedelta

import click


@click.group()
def retention() -> None:
    """How long files are kept, and what is destroyed when."""


@retention.command()
@click.option(
    "--days", type=click.IntRange(0, 36525), default=90, show_default=True, help="How far to look ahead."
)
@click.option("--csv", "as_csv", is_flag=True, help="A row for each file, as CSV.")
def due(days: int, as_csv: bool) -> None:
    """List the files that will be destroyed in the next DAYS days. Numbers and ids only, no names."""
    from django.conf import settings
    from django.utils import timezone

    from tongban.base.kit.acting import system
    from tongban.work.cases import retention as retaining

    acting = system(timezone.now(), settings.PLACE, "what will be destroyed", time_zone=settings.TIME_ZONE)
    lines = retaining.foreseen(acting, acting.today + timedelta(days=days))
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(["application", "material", "upload", "due", "class", "held"])
        for line in lines:
            writer.writerow([
                line.application.number, line.material, line.upload, line.due.day.isoformat(), line.due.under.id,
                "yes" if line.held else "",
            ])  # fmt: skip
        return
    count = held = 0
    for line in lines:
        count, held = count + 1, held + line.held
        note = "  HELD" if line.held else ""
        click.echo(f"{line.due.day}  {line.application.number}  {line.material} ({line.due.under.id}){note}")
    click.echo(
        f"{count} files are due by {acting.today + timedelta(days=days)}; a legal hold keeps {held} of them."
    )


@retention.command("holds")
def list_holds() -> None:
    """List the legal holds that stand. Officers set and lift them on the portal, under /office/retention."""
    from tongban.base.files import holds

    found = list(holds.standing())
    for hold in found:
        click.echo(f"{hold.set_at:%Y-%m-%d}  {hold.organisation}  record {hold.root}")
    click.echo(f"{len(found)} holds stand.")


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only count.")
def destroy(dry_run: bool) -> None:
    """Destroy what is due today or earlier, as the job of every night does. What is gone does not come back."""
    from django.conf import settings
    from django.utils import timezone

    from tongban.base.kit.acting import system
    from tongban.work.cases import retention as retaining
    from tongban.work.cases.actions import retiring

    now = timezone.now()
    if dry_run:
        acting = system(now, settings.PLACE, "what will be destroyed", time_zone=settings.TIME_ZONE)
        count = sum(not line.held for line in retaining.foreseen(acting, acting.today))
        click.echo(f"{count} files would be destroyed.")
        return
    click.echo(
        f"{retiring.destroy_due(now=now)} files were destroyed; each left a tombstone and an entry in the audit."
    )

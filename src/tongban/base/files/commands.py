"""`tongban files status | scan | renew-key | reseal`: for whoever runs this node."""

from __future__ import annotations

import json
import sys

import click

SHOWN = 20


@click.group()
def files() -> None:
    """What people handed in: scanned for malware, encrypted on disk."""


@files.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def status(as_json: bool) -> None:
    """Count files by the state of their scan and say what is in the way. Exit 1 when something is.

    Names of files are never printed.
    """
    from django.conf import settings

    from tongban.base.files import queries, store
    from tongban.base.kit import keys

    counts, troubled = queries.counts(), queries.troubled(SHOWN)
    stuck = bool(counts.get("failed") or (counts.get("unscanned") and settings.SCANNER in ("", "none")))
    if as_json:
        click.echo(json.dumps({
            "scanner": settings.SCANNER, "key": keys.ring(store.RING)[-1], "counts": counts, "stuck": stuck,
            "troubled": [
                {"id": str(row.id), "scan": row.scan, "malware": row.malware, "attempts": row.scan_attempts, "problem": row.scan_problem}
                for row in troubled
            ],
        }, indent=2, ensure_ascii=False))  # fmt: skip
        sys.exit(1 if stuck else 0)
    click.echo(f"Scanner: {settings.SCANNER}. Key in use: {keys.ring(store.RING)[-1]}.")
    for state, n in counts.items():
        click.echo(f"{state:9} {n}")
    for row in troubled:
        click.echo(f"{row.scan.upper():9} {row.id}: {row.malware or row.scan_problem}")
    if stuck:
        click.echo("Some files cannot be used before they are scanned: mend the scanner, then `tongban files scan --failed`.")  # fmt: skip
    sys.exit(1 if stuck else 0)


@files.command()
@click.option(
    "--exempt", is_flag=True, help="Files taken in while no scanner was set up. Blocked until scanned."
)
@click.option("--failed", is_flag=True, help="Files that the scanner gave no finding on.")
@click.option("--infected", is_flag=True, help="Files with malware, where the scanner may have been wrong.")
def scan(exempt: bool, failed: bool, infected: bool) -> None:
    """Have files scanned once more by the worker. Say which."""
    from django.utils import timezone

    from tongban.base.files import checking
    from tongban.base.files.scanning import BadScannerAddress

    chosen = {"exempt": exempt, "failed": failed, "infected": infected}
    states = tuple(state for state, wanted in chosen.items() if wanted)
    if not states:
        raise click.UsageError("Say which files: --exempt, --failed, --infected.")
    try:
        queued = checking.queue_again(now=timezone.now(), states=states)
    except BadScannerAddress as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{queued} files wait for the scanner. See `tongban files status`.")


@files.command("renew-key")
def renew_key() -> None:
    """Make a new key for files. New ones lie under it at once; `tongban files reseal` brings the others."""
    from tongban.base.files import store
    from tongban.base.kit import environment, keys

    number = keys.renew(store.RING)
    click.echo(
        f"Key {number} is in use; back up {environment.home() / 'keys'} now. Then: tongban files reseal"
    )


@files.command()
@click.option("--dry-run", is_flag=True, help="Only count.")
def reseal(dry_run: bool) -> None:
    """Encrypt every file under the key in use. May be stopped and run again: it goes on where it was.

    Exit 1 when a file is missing or damaged; the others are done all the same.
    """
    from tongban.base.files import resealing

    report = resealing.reseal(dry_run=dry_run)
    for problem in report.problems:
        click.echo(f"PROBLEM  {problem}", err=True)
    click.echo(
        f"{report.done} files {'would be' if dry_run else 'were'} encrypted anew, {report.current} lie under the key in use, "
        f"{len(report.problems)} could not be read."
    )
    sys.exit(1 if report.problems else 0)

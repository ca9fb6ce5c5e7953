"""`tongban audit verify | seal`."""

from __future__ import annotations

import json
import sys

import click


@click.group()
def audit() -> None:
    """The tamper-evident record of who did what."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(as_json: bool) -> None:
    """Recompute every hash and compare it with the seals. Exit 1 when anything was changed."""
    from tongban.base.audit.verify import verify as run

    report = run()
    if as_json:
        click.echo(json.dumps({
            "sound": report.sound, "entries": report.entries, "chains": report.chains, "seals": report.seals,
            "unsealed": report.unsealed, "faults": [{"chain": f.chain, "sequence": f.sequence, "kind": f.kind, "message": f.message} for f in report.faults],
        }, indent=2))  # fmt: skip
    else:
        for fault in report.faults:
            click.echo(f"{fault.kind.upper()}  chain {fault.chain}, entry {fault.sequence}: {fault.message}")
        click.echo(
            f"{report.entries} entries in {report.chains} chains recomputed, {report.seals} seals checked; "
            f"{report.unsealed} entries are newer than the last seal."
        )
        for key in sorted(report.keys):
            click.echo(f"Sealed with key {key}: compare it with the fingerprint at /audit/seals.")
        click.echo(
            "The audit is whole." if report.sound else f"The audit is NOT whole: {len(report.faults)} faults."
        )
    sys.exit(0 if report.sound else 1)


@audit.command()
def seal() -> None:
    """Seal all chains now instead of waiting for the nightly seal."""
    from django.utils import timezone

    from tongban.base.audit import actions

    sealed = actions.seal(now=timezone.now())
    click.echo(f"Seal {sealed.number} covers {sealed.heads} chains." if sealed else "Nothing new to seal.")

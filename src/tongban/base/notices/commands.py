"""`tongban notice status`: what is on its way out of the portal, and what could not be delivered."""

from __future__ import annotations

import json
import sys

import click

SHOWN = 20


@click.group()
def notice() -> None:
    """Notices by mail and text message, beside the inbox on the portal."""


@notice.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def status(as_json: bool) -> None:
    """Count what was sent, waits or was given up, and say why. Exit 1 when a channel delivers nothing.

    Addresses are never printed: the operator mends the way, not the person's address.
    """
    from tongban.base.notices import channels, queries

    counts, troubled = queries.sending_counts(), queries.troubled_sendings(SHOWN)
    offered = channels.offered()
    stuck = [
        name
        for name in offered
        if not counts.get((name, "sent")) and any(row.channel == name and row.attempts for row in troubled)
    ]
    if as_json:
        click.echo(json.dumps({
            "channels": list(offered),
            "counts": [{"channel": channel, "state": state, "count": n} for (channel, state), n in counts.items()],
            "troubled": [
                {"id": str(row.id), "channel": row.channel, "state": row.state, "attempts": row.attempts,
                 "problem": row.problem, "next_at": row.next_at.isoformat() if row.state == "waiting" else None}
                for row in troubled
            ],
            "stuck": stuck,
        }, indent=2, ensure_ascii=False))  # fmt: skip
        sys.exit(1 if stuck else 0)
    if not offered:
        click.echo("No channel is set up: notices are in the inbox only. Set TONGBAN_MAIL or TONGBAN_SMS.")
    for (channel, state), n in counts.items():
        click.echo(f"{channel:5} {state:9} {n}")
    for row in troubled:
        when = f", next attempt {row.next_at:%Y-%m-%d %H:%M} UTC" if row.state == "waiting" else ""
        click.echo(f"{row.state.upper():9} {row.channel} after {row.attempts} attempts: {row.problem}{when}")
    for name in stuck:
        click.echo(f"Nothing was ever delivered by {name}: check its settings, then run `tongban doctor`.")
    sys.exit(1 if stuck else 0)

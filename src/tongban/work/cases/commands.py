"""`tongban decision replay NUMBER`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click


@click.group()
def decision() -> None:
    """Decisions and why they came out as they did."""


@decision.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def replay(number: str, as_json: bool) -> None:
    """Recompute the decision of case NUMBER from its stored facts and pack. Exit 1 when anything differs."""
    from tongban.work.cases import replay as replays

    found = replays.decision_of(number.strip().upper())
    if found is None:
        raise click.ClickException(
            f"There is no decision for case {number}. A case number looks like 990100-20261125-000042-K-01."
        )
    result = replays.replay(found)
    if as_json:
        click.echo(
            json.dumps({"case": found.case.number, "outcome": found.outcome, **asdict(result)}, indent=2)
        )
    else:
        click.echo(
            f"Case {found.case.number}: {found.outcome} on {found.decided_on}, pack {found.pack_digest}."
        )
        for difference in result.differences:
            change = f" was {difference.stored}, is {difference.now}" if difference.stored else ""
            click.echo(f"{difference.kind.upper()}  {difference.about}{change}")
        if result.sources:
            click.echo(f"Rests on {', '.join(result.sources)}.")
        if result.engine != result.engine_now:
            click.echo(f"Decided with {result.engine}; replayed with {result.engine_now}.")
        click.echo(
            f"{result.conditions} conditions replayed: same result, same reasons."
            if result.same
            else f"{result.conditions} conditions replayed: {len(result.differences)} differences."
        )
    sys.exit(0 if result.same else 1)

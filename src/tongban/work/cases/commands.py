"""`tongban decision replay NUMBER`, `tongban decision explain NUMBER`, `tongban inspection verify NUMBER`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tongban.work.cases import models
    from tongban.work.cases.explaining import Told


@click.group()
def decision() -> None:
    """Decisions and why they came out as they did."""


@decision.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def replay(number: str, as_json: bool) -> None:
    """Recompute the decision of case NUMBER from its stored facts and pack. Exit 1 when anything differs."""
    from tongban.work.cases import replay as replays

    found = _decision(number)
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


@decision.command()
@click.argument("number")
@click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True, help="Language."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def explain(number: str, lang: str, as_json: bool) -> None:
    """Say why the decision of case NUMBER came out as it did: conditions, what was found, whose word it is, articles.

    Everything is told as it was stored; values of highly protected facts are withheld.
    """
    from tongban.work.cases import explaining

    found = _decision(number)
    languages = explaining.LANGUAGES if lang == "both" else (lang,)
    told = [explaining.told(found, language) for language in languages]
    if as_json:
        click.echo(json.dumps({one.language: _as_json(one) for one in told}, indent=2, ensure_ascii=False))
        return
    for position, one in enumerate(told):
        if position:
            click.echo()
        _print(one)


def _decision(number: str) -> models.Decision:
    from tongban.work.cases import replay as replays

    found = replays.decision_of(number.strip().upper())
    if found is None:
        raise click.ClickException(
            f"There is no decision for case {number}. A case number looks like 990100-20261125-000042-K-01."
        )
    return found


def _print(one: Told) -> None:
    zh = one.language == "zh"
    click.echo(f"{one.number}  {one.service}{'：' if zh else ': '}{one.outcome} ({one.by}, {one.on})")
    click.echo(f"{'理由：' if zh else 'Reasons: '}{one.reasons}")
    click.echo("为什么要办：" if zh else "Why it applies:")
    click.echo(one.why_it_applies.as_text())
    if one.conditions:
        click.echo("条件：" if zh else "Conditions:")
    for condition in one.conditions:
        click.echo(condition.as_text())
    if one.articles:
        click.echo(("依据：" if zh else "Legal basis: ") + ("；" if zh else "; ").join(one.articles))


def _as_json(one: Told) -> dict[str, Any]:
    return {
        "number": one.number, "service": one.service, "outcome": one.outcome, "by": one.by, "on": one.on.isoformat(),
        "reasons": one.reasons, "why_it_applies": one.why_it_applies.as_json(),
        "conditions": [condition.as_json() for condition in one.conditions], "articles": list(one.articles),
    }  # fmt: skip


@click.group()
def inspection() -> None:
    """Inspections and who was drawn for them."""


@inspection.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(number: str, as_json: bool) -> None:
    """Draw again who goes to the inspections of case NUMBER, from what is written down. Exit 1 when anything differs."""
    from tongban.work.cases import visits

    found = visits.of_number(number.strip().upper())
    if not found:
        raise click.ClickException(
            f"There is no inspection in case {number}. A case number looks like 990100-20261125-000042-K-01."
        )
    proofs = [(one, visits.prove(one)) for one in found]
    if as_json:
        told = [
            {"inspection": str(one.id), "pool": one.pool, "seed": one.seed, "entry": one.entry, "going": one.going, **asdict(proof)}
            for one, proof in proofs
        ]  # fmt: skip
        click.echo(json.dumps(told, indent=2))
    else:
        for one, proof in proofs:
            click.echo(
                f"{one.appointed_at.isoformat(timespec='minutes')}: {len(one.going)} of {len(one.pool)} officers, "
                f"seed {one.seed[:12]}… of audit entry {one.entry}: "
                + ("drawn again, the same officers go." if proof.holds else "DIFFERS.")
            )
    sys.exit(0 if all(proof.holds for _one, proof in proofs) else 1)

"""`tongban policy allot`: what a policy sets aside, shared out among everybody to whom it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tongban.base.kit import sheets
from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import packs, plans

if TYPE_CHECKING:
    from tongban.core.packs.model_data import Policy
    from tongban.work.policies.population.allotting import Share


@click.command()
@click.argument("policy_id", metavar="POLICY")
@click.option(
    "--population",
    required=True,
    metavar="SOURCE",
    help="A Parquet or CSV file, or the URL of a PostgreSQL database.",
)
@click.option("--table", help="Of a database: the table.")
@click.option("--key", default="id", show_default=True, help="Column that tells the subjects apart.")
@click.option(
    "--available", help="What there is, in yuan or in units of the offer; the budget of the year by default."
)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date; today at the place by default.")
@click.option("--pack", "path", type=click.Path(exists=True, path_type=Path), help="Folder of a pack.")
@click.option("--place", help="Or the place whose pack it is.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV of all shares."
)
def allot(
    policy_id: str, population: str, table: str | None, key: str, available: str | None, at: datetime | None, path: Path | None,
    place: str | None, out: Path,
) -> None:  # fmt: skip
    """Share out the money of POLICY, or the places that it offers: first come, by score, or the same share for all.

    The order is that of the policy's budget; those who come first in the population came first.
    """
    from tongban.base.engines import arrow
    from tongban.core.packs.lexicon import vocabulary_of
    from tongban.core.planning.population import Matcher, TooManyFacts
    from tongban.doors.cli.policies import policies_of, progress
    from tongban.work.policies.population import allotting, sources
    from tongban.work.policies.population.checking import Checker

    pack = packs.of_place(place, path)
    day = plans.day_of(pack, at)
    kind = pack.policies[policy_id].subject if policy_id in pack.policies else "enterprise"
    (policy,) = policies_of(pack, (policy_id,), kind, day)
    budget = next((one for one in policy.budget if one.year == day.year), None)
    if budget is None:
        raise click.ClickException(f"{policy_id} sets nothing aside for {day.year}. Try another --at.")
    try:
        matcher = Matcher.of_pack(pack, [policy], day)
        allotting.reads(pack, policy, matcher)
        source = sources.open_source(population, table)
        checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, key)
        checker.look_over(source.columns())
        there = budget.total_fen if available is None else _amount(policy, available)
        with progress(source.size()) as told:
            shares, rejected = allotting.share_out(
                source, checker, matcher, pack, policy, budget, there, told
            )
    except (sources.BadSource, TooManyFacts, arrow.ColumnUnfit) as error:
        raise click.ClickException(str(error)) from error
    out.write_text(_table(policy, shares), encoding="utf-8", newline="")
    _tell(policy, shares, there, rejected, out)


def _amount(policy: Policy, typed: str) -> int:
    try:
        number = Decimal(typed.replace(",", ""))
        whole = number * 100 if policy.is_money else number
        if whole != whole.to_integral_value() or whole < 0:
            raise InvalidOperation
    except InvalidOperation:
        raise click.ClickException(
            f"'{typed}' cannot be what there is: give a number that is not negative."
        ) from None
    return int(whole)


def _table(policy: Policy, shares: Sequence[Share]) -> str:
    rows = [(one.subject, policy.written(one.amount), one.score, policy.written(one.given)) for one in shares]
    return sheets.MARK + sheets.text(("subject", "amount", "score", "given"), rows)


def _tell(policy: Policy, shares: Sequence[Share], available: int, rejected: int, out: Path) -> None:
    given = sum(one.given for one in shares)
    served, whole = sum(one.given > 0 for one in shares), sum(0 < one.given == one.amount for one in shares)
    amount, left = policy.written(given), policy.written(available - given)
    if terminal_language() == "zh":
        click.echo(
            f"符合 {len(shares):,} 家（人），分到 {served:,}，其中足额 {whole:,}；共 {amount}，余 {left}。明细在 {out}。"
        )
    else:
        click.echo(
            f"Due to {len(shares):,}; given to {served:,}, in full to {whole:,}: {amount} in all, {left} left. All shares are in {out}."
        )
    if rejected:
        click.echo(
            f"Rows that could not be read, and are left out: {rejected:,}; `tongban policy match` says why."
        )

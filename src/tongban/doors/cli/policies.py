"""`tongban policy match | simulate`, with `ask` elsewhere: policies over a whole population, as they are and as they might be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tongban.base.kit.terminal import terminal_language, width
from tongban.core.values import money
from tongban.doors.cli import lazily, packs, plans, simulated

if TYPE_CHECKING:
    from tongban.core.packs.model_data import Policy
    from tongban.core.packs.pack import Pack
    from tongban.core.planning.population import Matcher
    from tongban.work.policies.population.again import Again
    from tongban.work.policies.population.rows import Count
    from tongban.work.policies.population.run import Outcome
    from tongban.work.policies.population.sources import Source


class Commands(lazily.Lazy):
    """`match`, `result` and `simulate` are here."""

    places = {
        "allot": "tongban.doors.cli.allotting:allot",
        "ask": "tongban.doors.cli.advising:ask",
        "cliffs": "tongban.doors.cli.cliffs:cliffs",
    }


@click.group(cls=Commands)
def policy() -> None:
    """Whom policies are meant for."""


def _over_a_population(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say who is looked at, for which policies, on which day."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_NODE: Final = "node"
_OPTIONS: Final = (
    click.option(
        "--population", required=True, metavar="SOURCE",
        help="A Parquet or CSV file with a row for each subject, the URL of a PostgreSQL database, or `node`: whom this node knows.",
    ),
    click.option("--table", help="Of a database: the table."),
    click.option("--key", default="id", show_default=True, help="Column that tells the subjects apart."),
    click.option("--policy", "chosen", multiple=True, help="Only this policy; can be given several times."),
    click.option(
        "--subject", type=click.Choice(["enterprise", "person"]), default="enterprise", show_default=True,
        help="What the rows are.",
    ),
    click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date; today at the place by default."),
    click.option("--pack", "path", type=click.Path(exists=True, path_type=Path), help="Folder of a pack."),
    click.option("--place", help="Or the place whose pack it is."),
)  # fmt: skip


_ENGINE: Final = click.option(
    "--engine",
    type=click.Choice(["numpy", "duckdb", "postgres", "spark"]),
    default="numpy",
    show_default=True,
)
_URL: Final = click.option(
    "--url", help="Database for the engine postgres; that of the population by default."
)


@policy.command()
@_over_a_population
@_ENGINE
@_URL
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the result."
)
@click.option(
    "--since",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A result to bring up to date: policies that changed are run over everybody, the others over those who changed.",
)
@click.option(
    "--changed",
    metavar="FILE",
    help="With --since: the rows of the subjects whose facts changed. Without it they are found.",
)
def match(
    population: str, table: str | None, key: str, chosen: tuple[str, ...], subject: str, at: datetime | None, engine: str,
    url: str | None, path: Path | None, place: str | None, out: Path, since: Path | None, changed: str | None,
) -> None:  # fmt: skip
    """Find everybody to whom a policy is due, who lacks one condition, and of whom something is not known.

    Columns bear the names of facts. A value that is missing is not known, and counts neither for nor against anybody.
    An interrupted run goes on where it stopped when the command is given again.
    """
    from tongban.base.engines.arrow import ColumnUnfit
    from tongban.core.packs.lexicon import vocabulary_of
    from tongban.core.planning import population as planning
    from tongban.work.policies.population import again, engines, run, sources
    from tongban.work.policies.population.checking import Checker

    if changed and since is None:
        raise click.ClickException("--changed says who changed since a result: name it with --since.")
    pack = packs.of_place(place, path)
    day = plans.day_of(pack, at)
    database = url or (population if "://" in population else None)
    try:
        policies = policies_of(pack, chosen, subject, day)
        matcher = planning.Matcher.of_pack(pack, policies, day)
        source = (
            _of_node(pack, policies, matcher, subject, key)
            if population == _NODE
            else sources.open_source(population, table)
        )
        checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, key)
        _warn(matcher, checker.look_over(source.columns()))
        if since is not None:
            others = sources.open_source(changed) if changed else None
            with progress(None) as told:
                found = again.run_again(
                    since, source, others, checker, matcher, engine, out, url=database, progress=told
                )
            _tell_again(pack, found, out)
            return
        with progress(source.size()) as told:
            outcome = run.run(source, checker, matcher, engine, out, url=database, progress=told)
    except (sources.BadSource, run.OtherRun, engines.CannotRun, planning.TooManyFacts, ColumnUnfit) as error:
        raise click.ClickException(str(error)) from error
    _tell(pack, outcome, out)


@policy.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for all rows as plain files."
)
def result(folder: Path, out: Path | None) -> None:
    """Read a result of `match`, with everything that it was brought up to date with."""
    from tongban.work.policies.population import again, run, sources

    try:
        counts, whole = again.counts(folder), again.not_money(folder)
        rows = again.write(folder, out) if out is not None else None
    except (run.OtherRun, sources.BadSource) as error:
        raise click.ClickException(str(error)) from error
    chinese = terminal_language() == "zh"
    header = (
        ("政策", "符合", "金额（元）", "差一条", "缺数据")
        if chinese
        else ("policy", "due to", "yuan", "one condition short", "needs data")
    )
    lines = [
        (name, f"{one.eligible:,}", "–" if name in whole else money.written(one.amount_fen, grouped=True), f"{one.near:,}", f"{one.needs_data:,}")
        for name, one in counts.items()
    ]  # fmt: skip
    _columns([header, *lines])
    if rows is not None:
        click.echo(f"{rows:,} 行写入 {out}。" if chinese else f"{rows:,} rows are in {out}.")


@policy.command()
@_over_a_population
@click.option(
    "--set", "said", multiple=True, metavar="NAME=VALUE", help="A parameter as it might be; money in yuan."
)
@click.option(
    "--sweep", metavar="NAME=V1,V2,...", help="The same for each of several values of one parameter."
)
@click.option(
    "--against", type=click.Path(exists=True, path_type=Path), help="Folder of the pack as it might be."
)
@click.option("--by", help="Column that groups the subjects: size, trade, district.")
@_ENGINE
@_URL
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV of all effects.")
def simulate(
    population: str, table: str | None, key: str, chosen: tuple[str, ...], subject: str, at: datetime | None,
    said: tuple[str, ...], sweep: str | None, against: Path | None, by: str | None, engine: str, url: str | None,
    path: Path | None, place: str | None, out: Path | None,
) -> None:  # fmt: skip
    """Try a change before it is made: what it costs, who gets more and who gets less."""
    from tongban.base.engines.arrow import ColumnUnfit
    from tongban.core.packs.lexicon import vocabulary_of
    from tongban.core.planning import changed
    from tongban.core.planning import population as planning
    from tongban.core.planning.versions import Versions
    from tongban.work.policies.population import engines, simulation, sources
    from tongban.work.policies.population.checking import Checker

    pack = packs.of_place(place, path)
    other = packs.read_clean(against) if against else pack
    day = plans.day_of(pack, at)
    try:
        before = planning.Matcher.of_pack(pack, policies_of(pack, chosen, subject, day), day)
        scenarios = _scenarios(said, sweep, against)
        afters = [
            _after(other, policies_of(other, chosen, subject, day), day, values)
            for values in scenarios.values()
        ]
        _only_changed(before, afters)
        source = sources.open_source(population, table)
        checker = Checker.of(pack, Versions((before, *afters)).needs, vocabulary_of(pack).ranges, key)
        checker.beside = by
        _warn(before, checker.look_over(source.columns()))
        with progress(source.size()) as told:
            found, rejected = simulation.simulate(
                source, checker, before, afters, engine=engine, url=url or (population if "://" in population else None),
                progress=told,
            )  # fmt: skip
    except (
        sources.BadSource, engines.CannotRun, planning.TooManyFacts, ColumnUnfit, changed.BadChange,
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
    effects = dict(zip(scenarios, found, strict=True))
    simulated.tell(pack, effects, by)
    simulated.tell_shared((pack, other), before.conditions)
    if out is not None:
        out.write_text(simulated.as_csv(pack, effects), encoding="utf-8", newline="")
        click.echo(f"All effects are in {out}.")
    if rejected:
        click.echo(
            f"Rows that could not be read, and are left out: {rejected:,}; `tongban policy match` says why."
        )


def _of_node(pack: Pack, policies: list[Policy], matcher: Matcher, kind: str, key: str) -> Source:
    """The subjects of this node. Raises DatabaseUnavailable where it has no database."""
    from tongban.doors.cli import boot

    boot.django()
    from django.utils import timezone

    from tongban.base.kit.acting import system
    from tongban.work.policies import evidence
    from tongban.work.policies.population.node import Node

    manifest = pack.manifest
    acting = system(
        timezone.now(), manifest.jurisdiction, evidence.PURPOSE, "policy match", manifest.time_zone
    )
    return Node(acting, pack, tuple(policies), matcher, kind, key)


@contextmanager
def progress(size: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal, or a count where it is not known beforehand how many there are."""
    if size:
        with click.progressbar(length=size, label="Subjects", file=sys.stderr) as bar:
            yield bar.update
        return
    done = 0

    def counted(rows: int) -> None:
        nonlocal done
        done += rows
        if sys.stderr.isatty():
            click.echo(f"\rSubjects: {done:,}", nl=False, err=True)

    yield counted
    if sys.stderr.isatty():
        click.echo(err=True)


def _scenarios(said: tuple[str, ...], sweep: str | None, against: Path | None) -> dict[str, dict[str, str]]:
    """By its name: the parameters that are other in it."""
    fixed = dict(_pair(text) for text in said)
    if sweep is None:
        if not fixed and against is None:
            raise click.ClickException(
                "Say what might change: --set NAME=VALUE, --sweep NAME=V1,V2 or --against PACK."
            )
        return {", ".join(f"{name}={value}" for name, value in fixed.items()) or str(against): fixed}
    name, values = _pair(sweep)
    return {f"{name}={value.strip()}": {**fixed, name: value.strip()} for value in values.split(",")}


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise click.ClickException(f"Write NAME=VALUE, and not '{text}'.")
    return name.strip(), value.strip()


def _after(pack: Pack, policies: list[Policy], day: date, values: dict[str, str]) -> Matcher:
    from tongban.core.planning.changed import with_values
    from tongban.core.planning.population import Matcher

    made = Matcher.of_pack(pack, policies, day)
    made.parameters = with_values(pack, made.parameters, values)
    return made


def _only_changed(before: Matcher, afters: list[Matcher]) -> None:
    """Leaves out the policies that no change touches. Raises ClickException when none is left."""
    touched = {
        name for after in afters for name in before.conditions
        if name in after.conditions and after.digest(name) != before.digest(name)
    }  # fmt: skip
    if not touched:
        raise click.ClickException("None of these policies would come to anything else by it.")
    for one in (before, *afters):
        one.keep(touched)


def policies_of(pack: Pack, chosen: tuple[str, ...], subject: str, day: date) -> list[Policy]:
    """Those that are in force on the day for a subject of the kind. Raises ClickException when there is none."""
    from tongban.core.packs.names import did_you_mean
    from tongban.core.planning.calculator import in_force

    for name in chosen:
        if name not in pack.policies:
            hint = did_you_mean(name, pack.policies)
            raise click.ClickException(
                f"There is no policy '{name}' in the pack." + (f" ({hint})" if hint else "")
            )
    wanted = [pack.policies[name] for name in chosen] if chosen else list(pack.policies.values())
    found = [one for one in wanted if one.subject == subject and in_force(one, day)]
    if not found:
        raise click.ClickException(
            f"No policy for a subject of the kind '{subject}' is in force on {day}. Try --at or --subject."
        )
    return found


def _warn(matcher: Matcher, unknown: tuple[str, ...]) -> None:
    for name, gaps in matcher.without_value().items():
        click.echo(
            f"{name}: no value on {matcher.at} for {', '.join(gaps)}. Nobody gets anything by it.", err=True
        )
    if unknown:
        click.echo(f"Without a column, so not known of anybody: {', '.join(unknown)}", err=True)


def _tell(pack: Pack, outcome: Outcome, out: Path) -> None:
    language = terminal_language()
    chinese = language == "zh"
    header = ("政策", "符合", "金额（元）", "差一条", "缺数据", "不符合", "转人工") if chinese else (
        "policy", "due to", "yuan", "one condition short", "needs data", "not due", "for a person"
    )  # fmt: skip
    rows = [header]
    for name, count in outcome.counts.items():
        policy = pack.policies[name]
        yuan = money.written(count.amount_fen, grouped=True) if policy.is_money else "–"
        numbers = (count.near, count.needs_data, count.not_due, count.referred)
        rows.append(
            (
                pack.policies[name].name.get(language),
                f"{count.eligible:,}",
                yuan,
                *(f"{n:,}" for n in numbers),
            )
        )
    _columns(rows)
    for name, count in outcome.counts.items():
        _tell_more(pack, name, count, language)
    if outcome.resumed:
        click.echo(f"Rows that were done before: {outcome.resumed:,}.")
    click.echo(f"Subjects: {outcome.subjects:,}. The result is in {out}.")
    if outcome.rejected:
        click.echo(f"Rows that could not be read: {outcome.rejected:,}; {out / 'rejected.csv'} says why.")
        sys.exit(1)


def _columns(rows: list[tuple[str, ...]]) -> None:
    """A table whose first column is words and whose others are numbers."""
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [row[0] + " " * (widths[0] - width(row[0]))]
        cells += [" " * (widths[place] - width(row[place])) + row[place] for place in range(1, len(row))]
        click.echo("  ".join(cells))


def _tell_again(pack: Pack, found: Again, out: Path) -> None:
    """What was run again, and how to read the whole."""
    chinese = terminal_language() == "zh"
    for outcome in (found.policies, found.subjects):
        if outcome is not None:
            _tell(pack, outcome, out)
    if found.found is not None:
        who = found.found
        click.echo(
            f"情况变了的或新来的：{who.changed:,}；不在了的：{who.gone:,}" if chinese
            else f"Subjects that are new or changed: {who.changed:,}. Gone: {who.gone:,}."
        )  # fmt: skip
        if who.rejected:
            click.echo(
                f"读不出的行：{who.rejected:,}，见 {out}/rejected.csv" if chinese
                else f"Rows that could not be read: {who.rejected:,}; they are in {out}/rejected.csv."
            )  # fmt: skip
    elif not found.changed and found.subjects is None:
        click.echo("没有政策变了，人也没有变。" if chinese else "No policy changed, and nobody did.")
    told = f"tongban policy result {out}"
    click.echo(f"合并后的结果：{told}" if chinese else f"The whole result: {told}")


def _tell_more(pack: Pack, name: str, count: Count, language: str) -> None:
    """Which condition is missed most, and which fact is wanting most."""
    policy = pack.policies[name]
    labels = {one.id: one.label.get(language) for one in policy.conditions}
    for condition, times in count.near_by.most_common(3):
        click.echo(f"  {policy.name.get(language)}: {times:,} × {labels[condition]}")
    for fact, times in count.missing.most_common(3):
        label = pack.facts[fact].label.get(language) if fact in pack.facts else fact
        click.echo(f"  {policy.name.get(language)}: {times:,} × ? {label}")

"""`tongban policy cliffs`: where one more yuan, or one more person, loses more than a yuan, and who stands just below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tongban.base.kit import sheets
from tongban.base.kit.terminal import terminal_language, width
from tongban.core.packs import parameters
from tongban.core.packs.lexicon import lexicon_of, vocabulary_of
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import cliffs as planning
from tongban.core.planning import stacking, together
from tongban.core.planning.calculator import AMOUNT
from tongban.core.planning.cliffs import Cliff, Found, Turned
from tongban.core.planning.stacking import Combination, Part
from tongban.core.rules import ir
from tongban.core.rules.narrate.phrases import Phrases
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Value
from tongban.core.rules.types import Kind, Type, parse_type
from tongban.core.values import money
from tongban.doors.cli import packs, plans

if TYPE_CHECKING:
    from tongban.work.policies.population.standing import Standing

BAR = 24
_MONEY = parse_type("money")
_CONDITIONS = (ir.Compare, ir.Between, ir.In)
_REFUSED = {
    "unknown-fact": "内容包里没有事实“{fact}”。",
    "not-a-number": "“{fact}”不是数字或金额，看不出断崖。",
    "not-read": "这些政策都没有用到“{fact}”。",
    "not-money": "有的政策给的不是钱，看不出断崖。",
    "empty-range": "在这个范围里“{fact}”取不到两个值。",
}


@click.command()
@click.option(
    "--policy",
    "chosen",
    multiple=True,
    required=True,
    help="A policy; several count as the best that may be had together.",
)
@click.option("--fact", required=True, help="The number or the money that grows.")
@click.option(
    "--facts", "facts_file", type=click.Path(path_type=Path), help="What else is known: YAML of fact: value."
)
@click.option(
    "--population", metavar="SOURCE", help="Instead: a Parquet or CSV file of subjects, or a PostgreSQL URL."
)
@click.option("--table", help="Of a database: the table.")
@click.option("--key", default="id", show_default=True, help="Column that tells the subjects apart.")
@click.option(
    "--within",
    type=click.FloatRange(0, 100),
    default=5,
    show_default=True,
    help="Of a population: how far below a cliff one stands near it, in percent.",
)
@click.option("--from", "low", metavar="VALUE", help="Least value that is looked at; money in yuan.")
@click.option("--to", "high", metavar="VALUE", help="Greatest value that is looked at; money in yuan.")
@click.option(
    "--step",
    type=click.Choice(["yuan", "fen"]),
    default="yuan",
    show_default=True,
    help="What one more may lose without being a cliff.",
)
@click.option(
    "--subject",
    type=click.Choice(["enterprise", "person"]),
    default="enterprise",
    show_default=True,
    help="For whom the policies are.",
)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date; today at the place by default.")
@click.option("--pack", "path", type=click.Path(exists=True, path_type=Path), help="Folder of a pack.")
@click.option("--place", help="Or the place whose pack it is.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV of what is found.")
def cliffs(
    chosen: tuple[str, ...], fact: str, facts_file: Path | None, population: str | None, table: str | None, key: str,
    within: float, low: str | None, high: str | None, step: str, subject: str, at: datetime | None, path: Path | None,
    place: str | None, out: Path | None,
) -> None:  # fmt: skip
    """Find every place at which one more yuan (person, month) of a fact loses more than a yuan.

    With --facts for one subject: each cliff with both sides and the condition that turns. With --population: how many stand
    just below each place that is the same for everybody, and how many of them would lose by stepping over it.
    """
    from tongban.doors.cli.policies import policies_of

    if facts_file is not None and population is not None:
        raise click.UsageError("Give --facts for one subject or --population for many, and not both.")
    pack = packs.of_place(place, path)
    day = plans.day_of(pack, at)
    policies = policies_of(pack, chosen, subject, day)
    speech = Speech(lexicon_of(pack), terminal_language())
    try:
        if population is not None:
            share = Fraction(str(within)) / 100
            _of_many(pack, policies, fact, day, population, table, key, share, speech, out)
            return
        facts = plans.facts_from(pack, facts_file)
        grid = planning.grid_of(pack, policies, fact)
        found = planning.cliffs(
            pack, policies, fact, facts, day,
            low=_number(low, grid.type, "--from"), high=_number(high, grid.type, "--to"),
            more_than_fen=planning.YUAN if step == "yuan" else 1,
        )  # fmt: skip
    except planning.CannotLook as refused:
        zh = _REFUSED[refused.reason].format(fact=fact)
        raise click.ClickException(speech.say(zh, str(refused))) from refused
    except planning.NeedsData as wanting:
        labels = speech.listed(f"{speech.label(name)} ({name})" for name in sorted(wanting.missing))
        zh, en = (
            f"还要知道：{labels}。写进 --facts 的文件。",
            f"Also needed: {labels}. Put them into the file of --facts.",
        )
        raise click.ClickException(speech.say(zh, en)) from wanting
    _Telling(pack, policies, fact, day, speech).tell(found)
    if out is not None:
        _write(
            out,
            (
                "at",
                "beyond",
                "policy",
                "before_yuan",
                "after_yuan",
                "lost_yuan",
                "turned",
                "taken_before",
                "taken_after",
                "kind",
            ),
            _rows(found),
            speech,
        )


def _number(text: str | None, type: Type, option: str) -> Fraction | None:
    if text is None:
        return None
    try:
        value = Fraction(text.replace(",", "").replace("_", ""))
    except (ValueError, ZeroDivisionError) as error:
        raise click.BadParameter(f"'{text}' is no number.", param_hint=option) from error
    return value * 100 if type.kind is Kind.MONEY else value


class _Telling:
    """One subject on the terminal: two steps for each cliff, then what turns there."""

    def __init__(self, pack: Pack, policies: Sequence[Policy], fact: str, day: date, speech: Speech) -> None:
        self._pack, self._policies, self._fact, self._speech = pack, policies, fact, speech
        self._phrases = Phrases(speech, {}, parameters.resolve(pack, day))

    def tell(self, found: Found) -> None:
        say, value = self._speech.say, self._speech.value
        names = self._speech.listed(one.name.get(self._speech.language) for one in self._policies)
        low, high = value(found.type, found.low), value(found.type, found.high)
        label = self._speech.label(self._fact)
        click.echo(say(f"{names}：{label}从 {low} 到 {high}", f"{names}: {label} from {low} to {high}"))
        if not found.cliffs:
            click.echo(say("没有断崖。", "No cliff."))
        most = (
            max((abs(fen) for one in found.cliffs for fen in (one.before_fen, one.after_fen)), default=0) or 1
        )
        wide = max((width(value(found.type, one.beyond)) for one in found.cliffs), default=0)
        for cliff in found.cliffs:
            click.echo()
            lost = say(f"少了 {_yuan(cliff.lost_fen)} 元", f"{_yuan(cliff.lost_fen)} yuan less")
            click.echo(_step(value(found.type, cliff.at), wide, cliff.before_fen, most, "┐"))
            click.echo(_step(value(found.type, cliff.beyond), wide, cliff.after_fen, most, f"┘ {lost}"))
            for line in (*self._why(cliff), *self._combined(cliff, found.type)):
                click.echo(f"  {line}")
        for slide in found.slides:
            first, last, lost = (
                value(found.type, slide.first),
                value(found.type, slide.last),
                _yuan(slide.lost_fen),
            )
            zh = f"从 {first} 到 {last}，每多一个单位都要少一元以上，一共少 {lost} 元。"
            en = f"From {first} to {last} every further unit loses more than a yuan, {lost} yuan in all."
            click.echo("\n" + say(zh, en))
        for first, last in found.open:
            ends = value(found.type, first), value(found.type, last)
            zh = f"从 {ends[0]} 到 {ends[1]} 取整的台阶太多，没有逐个看；用 --from 和 --to 缩小范围。"
            en = f"From {ends[0]} to {ends[1]} there are too many steps of rounding to look at each; narrow it with --from and --to."
            click.echo("\n" + say(zh, en))
        if any(one.effect in together.COSTS for one in self._policies):
            click.echo("\n" + say("要交的钱记作负数。", "What is to be paid counts below nothing."))
        _tell_shared(self._policies, self._speech, found.exact)

    def _why(self, cliff: Cliff) -> Iterable[str]:
        say, language = self._speech.say, self._speech.language
        for turned in cliff.turned:
            policy = self._pack.policies[turned.policy]
            before, after = (_yuan(fen) for fen in cliff.by_policy[turned.policy])
            name = policy.name.get(language)
            yield say(f"{name}：{before} 元 → {after} 元", f"{name}: {before} yuan → {after} yuan")
            if turned.place == AMOUNT:
                what = say("金额", "the amount")
            else:
                label = next(one.label.get(language) for one in policy.conditions if one.id == turned.place)
                what = say(f"条件“{label}”", f"the condition “{label}”")
            words = self._speech.listed(self._words(node) for node in turned.nodes)
            yield say(f"  变的是{what}", f"  what turns is {what}") + (
                say(f"：{words}", f": {words}") if words else ""
            )

    def _combined(self, cliff: Cliff, type: Type) -> Iterable[str]:
        """What is taken on either side, where not all of it goes together on one of them."""
        say = self._speech.say
        for number, made in zip((cliff.at, cliff.beyond), cliff.combined or (), strict=False):
            at = self._speech.value(type, number)
            taken = self._speech.listed(self._part(part) for part in made.parts if part.taken)
            taken = taken or say("没有", "nothing")
            yield say(f"{at} 时合起来最多拿：{taken}", f"at {at} the most that goes together is {taken}")

    def _part(self, part: Part) -> str:
        name = self._pack.policies[part.policy].name.get(self._speech.language)
        pays, of = _yuan(part.pays_fen), _yuan(part.amount_fen)
        if part.pays_fen == part.amount_fen:
            return self._speech.say(f"{name} {pays} 元", f"{name} {pays} yuan")
        return self._speech.say(f"{name} {pays} 元（单独是 {of} 元）", f"{name} {pays} yuan (alone {of})")

    def _words(self, node: ir.Node) -> str:
        said = self._phrases.condition(node) if isinstance(node, _CONDITIONS) else self._phrases.words(node)
        return self._speech.tidy(said)


def _step(value: str, wide: int, fen: int, most: int, end: str) -> str:
    bar = "█" * max(1 if fen else 0, round(BAR * abs(fen) / most))
    return f"{' ' * (wide - width(value))}{value} │{bar}{' ' * (BAR - len(bar))} {_yuan(fen):>18} {end}"


def _rows(found: Found) -> Iterable[Sequence[Any]]:
    for one in found.cliffs:
        turned = "; ".join(f"{each.policy}/{_place(each)}" for each in one.turned)
        taken = [_taken_cell(made) for made in one.combined] if one.combined else [None, None]
        amounts = [_cell(fen) for fen in (one.before_fen, one.after_fen, one.lost_fen)]
        yield (
            _plain(found.type, one.at),
            _plain(found.type, one.beyond),
            one.policy,
            *amounts,
            turned,
            *taken,
            "cliff",
        )
    for slide in found.slides:
        amounts = [_cell(fen) for fen in (slide.before_fen, slide.after_fen, slide.lost_fen)]
        yield (
            _plain(found.type, slide.first),
            _plain(found.type, slide.last),
            None,
            *amounts,
            None,
            None,
            None,
            "slide",
        )


def _place(turned: Turned) -> str:
    return turned.place.removeprefix("/")


def _taken_cell(made: Combination) -> str:
    return "; ".join(f"{part.policy}={_cell(part.pays_fen)}" for part in made.parts if part.taken)


def _tell_shared(policies: Iterable[Policy], speech: Speech, exact: bool) -> None:
    """Which policies are not simply added up."""
    say = speech.say
    for cluster in stacking.clusters(policies):
        names = speech.listed(one.name.get(speech.language) for one in cluster)
        if len(cluster) > 1:
            zh, en = (
                f"不能简单相加，按合起来最多能拿的算：{names}",
                f"Not added up, but counted as the most that may be had together: {names}",
            )
        else:
            zh, en = f"按封顶数算：{names}", f"Counted up to the cap of its group: {names}"
        click.echo("\n" + say(zh, en))
    if not exact:
        zh = f"互相影响的政策超过 {stacking.EXACT} 项，没有逐一试过所有组合，合起来可能还能多拿一些。"
        en = f"More than {stacking.EXACT} policies bear on each other, and not every combination was tried: more may be had together."
        click.echo(say(zh, en))


# -- a population --------------------------------------------------------------------------------------------


def _of_many(
    pack: Pack, policies: Sequence[Policy], fact: str, day: date, population: str, table: str | None, key: str,
    within: Fraction, speech: Speech, out: Path | None,
) -> None:  # fmt: skip
    from tongban.base.engines import arrow
    from tongban.core.planning.population import Matcher, TooManyFacts
    from tongban.work.policies.population import engines, sources
    from tongban.work.policies.population.checking import Checker
    from tongban.work.policies.population.standing import standing

    try:
        matcher = Matcher.of_pack(pack, policies, day)
        source = sources.open_source(population, table)
        checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, key)
        if wanting := checker.look_over(source.columns()):
            names = ", ".join(wanting)
            click.echo(
                speech.say(
                    f"没有这些列，所以都不知道：{names}",
                    f"Without a column, so not known of anybody: {names}",
                ),
                err=True,
            )
        found = standing(source, checker, pack, policies, fact, day, within=within)
    except (
        arrow.ColumnUnfit, sources.BadSource, engines.CannotRun, TooManyFacts,
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
    kind = planning.grid_of(pack, policies, fact).type
    _tell_many(found, kind, speech, within)
    _tell_shared(policies, speech, found.exact)
    if out is not None:
        rows = [
            (_plain(kind, one.at), one.near, one.losing, _cell(one.lost_fen), one.open)
            for one in found.places
        ]
        _write(out, ("at", "near", "losing", "lost_yuan", "open"), rows, speech)


def _tell_many(found: Standing, kind: Type, speech: Speech, within: Fraction) -> None:
    say = speech.say
    percent = float(within * 100)
    head = (
        say("分界", "place"), say(f"下方 {percent:g}% 以内", f"within {percent:g} % below"), say("跨过去会吃亏", "lose by it"),
        say("一共少（元）", "yuan lost"), say("说不准", "cannot tell"), "",
    )  # fmt: skip
    shown = [one for one in found.places if one.losing] or [one for one in found.places if one.open]
    most = max((one.losing for one in shown), default=0) or 1
    rows: list[tuple[str, ...]] = [head]
    for one in shown:
        bar = "█" * round(BAR * one.losing / most)
        counts = f"{one.near:,}", f"{one.losing:,}", _yuan(one.lost_fen), f"{one.open:,}"
        rows.append((speech.value(kind, one.at), *counts, bar))
    widths = [max(width(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        cells = [" " * (widths[column] - width(text)) + text for column, text in enumerate(row[:-1])]
        click.echo("  ".join((*cells, row[-1])).rstrip())
    zh = f"共 {found.subjects:,} 个，其中 {found.losing:,} 个站在断崖下面；{found.unknown:,} 个不知道这一项。"
    en = f"Subjects: {found.subjects:,}. Just below a cliff: {found.losing:,}. The fact is not known of {found.unknown:,}."
    click.echo(say(zh, en))
    if found.others:
        names = speech.listed(sorted(map(speech.label, found.others)))
        zh, en = (
            f"随这些情况移动的分界没有看：{names}",
            f"Places that move with these were not looked at: {names}",
        )
        click.echo(say(zh, en))
    if found.rejected:
        click.echo(say(f"读不出的行：{found.rejected:,}", f"Rows that could not be read: {found.rejected:,}"))


# -- figures -------------------------------------------------------------------------------------------------


def _write(out: Path, head: Sequence[str], rows: Iterable[Sequence[Any]], speech: Speech) -> None:
    out.write_text(sheets.MARK + sheets.text(head, rows), encoding="utf-8", newline="")
    click.echo(speech.say(f"已写入 {out}。", f"All of it is in {out}."))


def _yuan(fen: int) -> str:
    return money.written(fen, grouped=True)


def _cell(fen: int) -> Decimal:
    """Yuan as a number: a text that begins with a minus could be taken for a formula."""
    return Decimal(fen).scaleb(-2)


def _plain(type: Type, value: Value) -> Decimal:
    number = Decimal(str(value))
    return number.scaleb(-2) if type.kind is Kind.MONEY else number

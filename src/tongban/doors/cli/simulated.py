"""What a change would do, on the terminal and as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from tongban.base.kit import sheets
from tongban.base.kit.terminal import terminal_language, width

if TYPE_CHECKING:
    from tongban.core.packs.pack import Pack
    from tongban.core.planning.changed import Effect
    from tongban.work.policies.population.simulation import Effects

BAR = 24
_MONEY = ("cost_before", "cost_after", "won", "lost")


def tell(pack: Pack, found: Mapping[str, Effects], by: str | None) -> None:
    """One table for each policy: a line for each scenario and group, with a bar for what it costs."""
    from tongban.core.planning.changed import Effect

    language = terminal_language()
    chinese = language == "zh"
    header = (
        ("", "之前", "之后", "金额之前（元）", "金额之后（元）", "变多", "变少", "说不准", "") if chinese else
        ("", "due before", "due after", "yuan before", "yuan after", "get more", "get less", "cannot tell", "")
    )  # fmt: skip
    amounts = ("数量之前", "数量之后") if chinese else ("amount before", "amount after")
    in_units = (*header[:3], *amounts, *header[5:])
    for policy in dict.fromkeys(name for effects in found.values() for name in effects):
        lines: list[tuple[str, Effect]] = []
        for scenario, effects in found.items():
            whole = Effect()
            for effect in effects.get(policy, {}).values():
                whole.add(effect)
            lines.append((scenario, whole))
            if by is not None:
                named = sorted(
                    effects.get(policy, {}).items(),
                    key=lambda one: -abs(one[1].cost_after - one[1].cost_before),
                )
                lines += [(f"  {_group(pack, by, name, language)}", effect) for name, effect in named]
        most = max((line.cost_after for _, line in lines), default=0) or 1
        of_policy = header if pack.policies[policy].is_money else in_units
        rows = [of_policy, *(_row(pack, policy, name, effect, most) for name, effect in lines)]
        click.echo(pack.policies[policy].name.get(language))
        widths = [max(width(row[place]) for row in rows) for place in range(len(header))]
        for row in rows:
            first = row[0] + " " * (widths[0] - width(row[0]))
            rest = [
                " " * (widths[place] - width(row[place])) + row[place] for place in range(1, len(row) - 1)
            ]
            click.echo("  ".join((first, *rest, row[-1])).rstrip())
        click.echo()


def tell_shared(packs: Iterable[Pack], names: Collection[str]) -> None:
    """Says of which policies the columns must not be added up: in one of the packs they exclude, cap or top up each other."""
    from tongban.core.planning import stacking

    language = terminal_language()
    told = {
        tuple(one.name.get(language) for one in cluster)
        for pack in packs
        for cluster in stacking.clusters(pack.policies[name] for name in names if name in pack.policies)
        if len(cluster) > 1
    }
    for labels in sorted(told):
        click.echo(
            f"金额是每项政策单独算的；这几项不能简单相加：{'、'.join(labels)}"
            if language == "zh"
            else f"Amounts are each policy's own; these are not simply added up for one subject: {', '.join(labels)}"
        )


def _group(pack: Pack, by: str, code: str, language: str) -> str:
    """A group in words, where it is a code of a fact of the pack."""
    if not code:
        return "未知" if language == "zh" else "not known"
    fact = pack.facts.get(by)
    codes = pack.code_lists.get(fact.codes or "") if fact else None
    labels = {item.code: item.label.get(language) for item in codes.items} if codes else {}
    return labels.get(code, code)


def as_csv(pack: Pack, found: Mapping[str, Effects]) -> str:
    """Every scenario, policy and group as a row; money in yuan, months and units as they are."""
    from tongban.core.planning.changed import Effect

    names = [one.name for one in fields(Effect)]
    rows = [
        (
            scenario,
            policy,
            group,
            *(
                _written(pack, policy, getattr(effect, n)) if n in _MONEY else getattr(effect, n)
                for n in names
            ),
        )
        for scenario, effects in found.items()
        for policy, groups in effects.items()
        for group, effect in groups.items()
    ]
    return sheets.MARK + sheets.text(("change", "policy", "group", *names), rows)


def _row(pack: Pack, policy: str, name: str, effect: Effect, most: int) -> tuple[str, ...]:
    costs = (_written(pack, policy, one, grouped=True) for one in (effect.cost_before, effect.cost_after))
    told = (f"{effect.winners:,}", f"{effect.losers:,}", f"{effect.open:,}")
    bar = "█" * round(BAR * effect.cost_after / most)
    return (name, f"{effect.before:,}", f"{effect.after:,}", *costs, *told, bar)


def _written(pack: Pack, policy: str, amount: int, *, grouped: bool = False) -> str:
    return pack.policies[policy].written(amount, grouped=grouped)

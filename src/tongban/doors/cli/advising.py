"""`tongban policy ask`: the questions that settle most policies first, and a ladder of what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from tongban.base.kit.terminal import terminal_language
from tongban.core.packs.lexicon import lexicon_of
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import Result
from tongban.core.planning.ladder import Ladder, Rung
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Facts
from tongban.core.rules.types import parse_type
from tongban.doors.cli import packs, plans
from tongban.doors.cli.asking import as_yaml
from tongban.doors.cli.rules import interview
from tongban.doors.cli.rules.given import echo

_MONEY = parse_type("money")


@click.command()
@click.option(
    "--subject", type=click.Choice(["enterprise", "person"]), default="enterprise", show_default=True,
    help="For whom it is asked.",
)  # fmt: skip
@click.option("--policy", "chosen", multiple=True, help="Only this policy; can be given several times.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date; today at the place by default.")
@click.option(
    "--facts", "facts_file", type=click.Path(path_type=Path), help="What is known: YAML of fact: value."
)
@click.option("--pack", "path", type=click.Path(exists=True, path_type=Path), help="Folder of a pack.")
@click.option("--place", help="Or the place whose pack it is.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File for the answers.")
def ask(
    subject: str, chosen: tuple[str, ...], at: datetime | None, facts_file: Path | None, path: Path | None,
    place: str | None, out: Path | None,
) -> None:  # fmt: skip
    """Ask what decides which policies are meant for one firm or person, and show what is due and what is one step away.

    Type ? if you do not know, - if there is none, < to go back. Ctrl+D ends it with what is known so far.
    """
    from tongban.doors.cli.policies import policies_of

    pack = packs.of_place(place, path)
    day = plans.day_of(pack, at)
    talk = _Talk(pack, policies_of(pack, chosen, subject, day), day)
    facts = talk.hold(plans.facts_from(pack, facts_file))
    echo("")
    for line in as_lines(talk.ladder.rungs(facts), pack, talk.speech):
        echo(line)
    if out is not None:
        out.write_text(as_yaml(pack, facts), encoding="utf-8")
        echo(talk.speech.say(f"\n回答已存入 {out}。", f"\nThe answers are in {out}."))


class _Talk:
    def __init__(self, pack: Pack, policies: Sequence[Policy], day: date) -> None:
        self.speech = Speech(lexicon_of(pack), terminal_language())
        self._pack = pack
        self.ladder = Ladder(pack, policies, day)

    def hold(self, facts: Facts) -> Facts:
        return interview.converse(facts, self._open, self._ask, self._tell, self.speech)

    def _open(self, facts: Facts, asked: frozenset[str]) -> list[str]:
        return [one.name for one in self.ladder.questions(facts) if one.name not in asked]

    def _ask(self, names: Sequence[str], facts: Facts) -> interview.Answer:
        pack, speech, name = self._pack, self.speech, names[0]
        question = next(one for one in self.ladder.questions(facts) if one.name == name)
        policies = list(dict.fromkeys(goal.partition("/")[0] for goal in question.goals))
        told = speech.listed(pack.policies[one].name.get(speech.language) for one in policies[:3])
        told += speech.say("等", " and others") if len(policies) > 3 else ""
        head = (
            f"\n最多还有 {len(names)} 个问题 · 关系到：{told}",
            f"\nAt most {len(names)} questions left · bears on: {told}",
        )
        echo(speech.say(*head))
        if name not in pack.relations:
            return interview.ask_for(pack.facts[name], pack, speech)
        return interview.members(self.ladder.fields_of(name), pack, pack.relations[name], speech, back=True)

    def _tell(self, before: Facts, after: Facts) -> None:
        echo(f"  {self._standing(after)}")

    def _standing(self, facts: Facts) -> str:
        """How it stands after an answer, in a line."""
        found = self.ladder.rungs(facts)
        due = [rung for rung in found if rung.found.result is Result.ELIGIBLE]
        near, open_ = (
            sum(rung.found.result is result for rung in found) for result in (Result.NEAR, Result.NEEDS_DATA)
        )
        return self.speech.say(
            f"符合 {len(due)} 项，差一条 {near} 项，未定 {open_} 项",
            f"due: {len(due)}, one step away: {near}, open: {open_}",
        )


def as_lines(found: Sequence[Rung], pack: Pack, speech: Speech) -> list[str]:
    """The ladder for a terminal: each policy with its amount, or with what is missing."""
    heads = {
        Result.ELIGIBLE: speech.say("符合", "Due"),
        Result.NEAR: speech.say("差一步", "One step away"),
        Result.NEEDS_DATA: speech.say("还不能确定", "Still open"),
        Result.NOT: speech.say("不符合", "Not for you"),
    }
    lines: list[str] = []
    for result, head in heads.items():
        rungs = [rung for rung in found if rung.found.result is result]
        if rungs:
            lines += ["", f"{head} ({len(rungs)})"]
            lines += [f"  {_line(rung, pack, speech)}" for rung in rungs]
    return lines[1:]


def _line(rung: Rung, pack: Pack, speech: Speech) -> str:
    language = speech.language
    name, colon = rung.policy.name.get(language), speech.say("：", ": ")
    match rung.found.result:
        case Result.ELIGIBLE:
            return f"{name}{colon}{_amount(rung.found.amount_fen or 0, rung.policy, speech)}"
        case Result.NEEDS_DATA:
            labels = [
                speech.label(fact)
                for fact in rung.found.missing
                if fact in pack.facts or fact in pack.relations
            ]
            most = rung.bounds.high if rung.bounds else None
            up_to = (
                speech.say("，最多 ", ", up to ") + _amount(most, rung.policy, speech)
                if isinstance(most, int) and not isinstance(most, bool)
                else ""
            )
            return f"{name}{up_to}{colon}{speech.say('还要知道 ', 'to be known: ')}{speech.listed(labels)}"
        case _:
            return f"{name}{colon}{speech.listed(one.label.get(language) for one in rung.unmet)}"


def _amount(found: int, policy: Policy, speech: Speech) -> str:
    """What an amount is: money, money that is saved or has to be paid, or months."""
    if policy.effect == "months":
        return speech.say(f"{found} 个月", f"{found} months")
    if policy.effect == "units":
        return f"{found:,} {policy.unit.get(speech.language) if policy.unit else ''}".rstrip()
    yuan = speech.value(_MONEY, found)
    match policy.effect:
        case "tax-saved":
            return speech.say(f"少缴 {yuan}", f"{yuan} saved")
        case "tax-due" | "levy":
            return speech.say(f"应缴 {yuan}", f"{yuan} to pay")
        case "payment":
            return yuan

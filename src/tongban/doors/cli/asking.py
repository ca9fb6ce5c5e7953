"""`tongban ask EVENT`: the questions of a life event, one after the other, and the plan that comes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
import yaml

from tongban.base.kit.terminal import terminal_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.lexicon import lexicon_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import diff
from tongban.core.planning import plan as planning
from tongban.core.planning.model import Plan, Question
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Absent, Facts, Known
from tongban.doors.cli import packs, plans
from tongban.doors.cli.rules import interview
from tongban.doors.cli.rules.given import echo


@click.command()
@click.argument("event")
@click.option("--place", help="Division code or pack id; the uppermost pack by default.")
@click.option("--pack", "path", type=click.Path(path_type=Path), help="Folder of a pack instead of a place.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date; today at the place by default.")
@click.option(
    "--facts", "facts_file", type=click.Path(path_type=Path), help="What is known: YAML of fact: value."
)
@click.option("--held", multiple=True, help="Licence kind or registry resource at hand; may be repeated.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the answers; `plan --facts` reads it.",
)
def ask(
    event: str, place: str | None, path: Path | None, at: datetime | None, facts_file: Path | None, held: tuple[str, ...],
    out: Path | None,
) -> None:  # fmt: skip
    """Ask what EVENT depends on, no more than that, and show the plan.

    After each answer it is told what it adds and what it spares. Type ? if you do not know, - if there is none, < to go
    back. Ctrl+D ends it with what is known so far.
    """
    pack = packs.of_place(place, path)
    plans.require_event(pack, event)
    given = [plans.held_of(pack, name) for name in held]
    day = plans.day_of(pack, at)
    talk = _Talk(pack, lambda facts: planning.plan(pack, event, facts, given, day))
    facts = talk.hold(plans.facts_from(pack, facts_file))
    echo("")
    echo(plans.as_text(talk.plan_of(facts), pack, talk.speech.language))
    if out is not None:
        out.write_text(as_yaml(pack, facts), encoding="utf-8")
        echo(talk.speech.say(f"\n回答已存入 {out}。", f"\nThe answers are in {out}."))


class _Talk:
    def __init__(self, pack: Pack, plan_of: Callable[[Facts], Plan]) -> None:
        self.speech = Speech(lexicon_of(pack), terminal_language())
        self.plan_of = plan_of
        self._pack = pack

    def hold(self, facts: Facts) -> Facts:
        """Asks until nothing is left that is worth asking, or nobody answers any more; what is known then."""
        say = self.speech.say
        echo(
            say(
                "不知道输入 ?，没有输入 -，返回上一题输入 <。",
                "Type ? if you do not know, - if there is none, < to go back.",
            ),
            err=True,
        )
        before: list[tuple[Facts, frozenset[str]]] = []
        skipped: frozenset[str] = frozenset()
        plan = self.plan_of(facts)
        while open_ := self._open(plan, skipped):
            try:
                answer = self._answer(open_, len(open_))
            except interview.Back:
                if before:
                    facts, skipped = before.pop()
                    plan = self.plan_of(facts)
                else:
                    echo(say("  这是第一题。", "  This is the first question."))
                continue
            except (click.Abort, EOFError):
                break
            before.append((facts, skipped))
            if answer is None:
                skipped |= {open_[0].fact}
                continue
            facts = {**facts, open_[0].fact: answer}
            plan, earlier = self.plan_of(facts), plan
            self._tell(diff.changes(earlier, plan))
        return facts

    def _open(self, plan: Plan, skipped: frozenset[str]) -> list[Question]:
        """Those that decide first; those that can wait only when nothing else is left."""
        asked = [
            one for one in plan.questions if one.fact not in skipped and self._pack.facts[one.fact].question
        ]
        return [one for one in asked if not one.later] or asked

    def _answer(self, open_: list[Question], left: int) -> Known | Absent | None:
        say, language = self.speech.say, self.speech.language
        question = open_[0]
        fact = self._pack.facts[question.fact]
        names = self.speech.listed(self._pack.services[one].name.get(language) for one in question.services)
        echo(say(f"\n还有 {left} 个问题 · 关系到：{names}", f"\nQuestions left: {left} · bears on: {names}"))
        if fact.help:
            echo(f"  {fact.help.get(language)}")
        return interview.value(
            interview.question(self._pack, fact.id, self.speech), fact, self._pack, self.speech, back=True
        )  # type: ignore[return-value]

    def _tell(self, changes: diff.Changes) -> None:
        pack, language = self._pack, self.speech.language
        for sign, services, materials in (
            ("+", changes.added_services, changes.added_materials),
            ("−", changes.dropped_services, changes.dropped_materials),
        ):
            names = [pack.services[one].name for one in services] + [
                pack.materials[one].name for one in materials
            ]
            for name in names:
                echo(f"  {sign} {name.get(language)}")


def as_yaml(pack: Pack, facts: Facts) -> str:
    """What is known, as a file of facts: money as text in yuan, what there is none of as null."""
    said = packfacts.write_facts(pack, facts)
    for name, value in said.items():
        if name in pack.facts and pack.facts[name].type == "money" and isinstance(value, int):
            said[name] = f"{value // 100}.{value % 100:02}"
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False)

"""`tongban ask EVENT`: the questions of a life event, one after the other, and the plan that comes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click
import yaml

from tongban.base.kit.terminal import terminal_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.lexicon import lexicon_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import diff, why
from tongban.core.planning import plan as planning
from tongban.core.planning.model import Plan, Question
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Absent, Facts, Known, Members
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
    back, why to see why it is asked. Ctrl+D ends it with what is known so far.
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
        self._given: dict[str, Known | Absent | Members] = {}
        """What was answered before a step back."""

    def hold(self, facts: Facts) -> Facts:
        echo(
            self.speech.say("想知道为什么问，输入 为什么。", "Type why to see why a question is asked."),
            err=True,
        )
        return interview.converse(facts, self._open, self._ask, self._tell, self.speech)

    def _open(self, facts: Facts, asked: frozenset[str]) -> list[str]:
        """What is open now; what can wait only when nothing else is left."""
        left = [one for one in self.plan_of(facts).questions if one.fact not in asked]
        return [one.fact for one in left if not one.later] or [one.fact for one in left]

    def _ask(self, names: Sequence[str], facts: Facts) -> interview.Answer:
        say, language, left = self.speech.say, self.speech.language, len(names)
        fact = self._pack.facts[names[0]]
        question = next(one for one in self.plan_of(facts).questions if one.fact == fact.id)
        told = self.speech.listed(self._pack.services[one].name.get(language) for one in question.services)
        echo(say(f"\n还有 {left} 个问题 · 关系到：{told}", f"\nQuestions left: {left} · bears on: {told}"))
        while True:
            try:
                return interview.ask_for(fact, self._pack, self.speech, why=True)
            except interview.AsksWhy:
                self._explain(question)

    def _explain(self, question: Question) -> None:
        """Why it is asked, and what could answer it instead."""
        say, language, pack = self.speech.say, self.speech.language, self._pack
        for one in why.of_question(question, pack):
            named = [name for article in one.articles if (name := _article(pack, article, language))]
            echo(f"  · {one.text.get(language)}" + (f"  [{self.speech.listed(named)}]" if named else ""))
        instead = self.speech.listed(name.get(language) for name in why.records(question, pack))
        if instead:
            echo(
                say(
                    f"  · 经您同意，也可以从这里取得：{instead}",
                    f"  · With your consent it can come from: {instead}",
                )
            )

    def _tell(self, before: Facts, after: Facts) -> None:
        """What the answer adds and drops; of one that was changed, against the answer before."""
        pack, language, say = self._pack, self.speech.language, self.speech.say
        (name,) = [one for one in after if after[one] != before.get(one)] or [""]
        earlier = self._given.get(name)
        if earlier is not None and earlier != after.get(name):
            echo(say("  与之前的回答相比：", "  Compared with your earlier answer:"))
            before = {**before, name: earlier}
        self._given[name] = after[name]
        changes = diff.changes(self.plan_of(before), self.plan_of(after))
        for sign, services, materials in (
            ("+", changes.added_services, changes.added_materials),
            ("−", changes.dropped_services, changes.dropped_materials),
        ):
            names = [pack.services[one].name for one in services] + [
                pack.materials[one].name for one in materials
            ]
            for name in names:
                echo(f"  {sign} {name.get(language)}")


def _article(pack: Pack, article: str, language: str) -> str:
    act, _, number = article.partition("#")
    return f"{pack.laws[act].name.get(language)} {number}" if act in pack.laws else ""


def as_yaml(pack: Pack, facts: Facts) -> str:
    """What is known, as a file of facts: money as text in yuan, what there is none of as null."""
    said = packfacts.write_facts(pack, facts)
    for name, value in said.items():
        if name in pack.facts and pack.facts[name].type == "money" and isinstance(value, int):
            said[name] = f"{value // 100}.{value % 100:02}"
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False)

"""An interview in the terminal: the question that settles most is asked next, until what is known is enough."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import click

from tongban.core.packs import facts as packfacts
from tongban.core.packs import model, model_rules
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning.ladder import COSTS, RELATION_COST
from tongban.core.rules import ir
from tongban.core.rules.ask import Goal, Interview
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Members, Parameters
from tongban.core.rules.types import BadValue, Kind, Type
from tongban.doors.cli.rules.given import echo

_YES: Final = frozenset({"yes", "y", "true", "是", "对"})
_NO: Final = frozenset({"no", "n", "false", "否", "不"})
_DO_NOT_KNOW, _NONE = "?", "-"
BACK: Final = "<"
WHY: Final = frozenset({"why", "为什么", "為什麼"})

Answer = Known | Absent | Members | None
"""None: the one asked does not know."""
Ask = Callable[[str], Answer]
"""Gets the name of a fact or relation."""


def hold(rule: Rule, facts: Facts, parameters: Parameters, pack: Pack, ask: Ask) -> tuple[Facts, int]:
    """Asks until nothing that is asked can settle anything; what is known then, and how many questions it took."""
    costs = {name: COSTS[fact.effort] for name, fact in pack.facts.items()}
    costs |= dict.fromkeys(pack.relations, RELATION_COST)
    interview = Interview({"rule": Goal(rule)}, facts, parameters, costs)
    skipped: set[str] = set()
    asked = 0
    while questions := [question for question in interview.questions() if question.name not in skipped]:
        name = questions[0].name
        asked += 1
        answer = ask(name)
        skipped.add(
            name
        )  # of a member a field may still not be known: that is no reason to ask for all of them again
        if answer is not None:
            interview.answer(name, answer)
    return interview.facts, asked


def converse(
    facts: Facts,
    open_: Callable[[Facts, frozenset[str]], Sequence[str]],
    ask: Callable[[Sequence[str], Facts], Answer],
    tell: Callable[[Facts, Facts], None],
    speech: Speech,
) -> Facts:
    """Somebody at a terminal is asked until nothing is open or nobody answers any more; what is known then.

    `open_` gives the names worth asking for, best first, without those that were passed over. `ask` asks for the first of
    them and may raise Back. `tell` says what an answer has changed, from the facts before and after it.
    """
    echo(
        speech.say(
            "不知道输入 ?，没有输入 -，返回上一题输入 <。",
            "Type ? if you do not know, - if there is none, < to go back.",
        ),
        err=True,
    )
    before: list[tuple[Facts, frozenset[str]]] = []
    asked: frozenset[str] = frozenset()
    while names := open_(facts, asked):
        try:
            answer = ask(names, facts)
        except Back:
            if before:
                facts, asked = before.pop()
            else:
                echo(speech.say("  这是第一题。", "  This is the first question."))
            continue
        except (click.Abort, EOFError):
            break
        before.append((facts, asked))
        asked |= {names[0]}  # of a member a field may still not be known, and nobody is asked twice
        if answer is not None:
            earlier, facts = facts, {**facts, names[0]: answer}
            tell(earlier, facts)
    return facts


def from_file(answers: Facts, pack: Pack, speech: Speech) -> Ask:
    """Answers that are written down; each question is shown with what was found."""

    def ask(name: str) -> Answer:
        state = answers.get(name)
        shown = speech.say("不知道", "not known") if state is None else _shown(pack, name, state, speech)
        echo(f"{question(pack, name, speech)}  {shown}")
        return state

    return ask


def from_terminal(rule: Rule, pack: Pack, speech: Speech) -> Ask:
    """Answers that somebody types; a mistake is explained and asked again."""
    say = speech.say
    echo(say("输入 ? 表示不知道，- 表示没有。", "Type ? if you do not know, - if there is none."), err=True)

    def ask(name: str) -> Answer:
        if name in pack.relations:
            return members(fields_of(rule.root, name), pack, pack.relations[name], speech)
        fact = pack.facts[name]
        return value(question(pack, name, speech), fact, pack, speech)

    return ask


def ask_for(fact: model.Fact, pack: Pack, speech: Speech, *, why: bool = False) -> Known | Absent | None:
    """One fact, with what helps to answer. Raises Back, and with `why` AsksWhy."""
    if fact.help:
        echo(f"  {fact.help.get(speech.language)}")
    return value(question(pack, fact.id, speech), fact, pack, speech, back=True, why=why)


def question(pack: Pack, name: str, speech: Speech) -> str:
    """In the words of the pack; the label where it has no question."""
    entry = pack.relations.get(name) or pack.facts[name]
    return entry.question.get(speech.language) if entry.question else speech.label(name)


def fields_of(root: ir.Node, relation: str) -> frozenset[str]:
    """The fields of a relation that a rule reads."""
    parts = (part for part in ir.walk(root) if isinstance(part, ir.Member))
    return frozenset(part.name for part in parts if part.relation == relation)


def members(
    read: Collection[str], pack: Pack, relation: model_rules.Relation, speech: Speech, *, back: bool = False
) -> Answer:
    """How many there are, and of each these fields. With `back`, `<` raises Back."""
    say = speech.say
    head = question(pack, relation.id, speech)
    while True:
        raw = _typed(head + say("（有几项？）", " (how many?)"))
        if back and raw == BACK:
            raise Back
        if raw == _DO_NOT_KNOW:
            return None
        if raw == _NONE:
            return ABSENT
        if raw.isdecimal() and int(raw) <= relation.most:
            break
        echo(say(f"请输入 0 至 {relation.most} 的整数。", f"Type a whole number from 0 to {relation.most}."))
    fields = [field for field in relation.fields if field.id in read]
    rows: list[dict[str, Known | Absent]] = []
    for number in range(1, int(raw) + 1):
        row: dict[str, Known | Absent] = {}
        for field in fields:
            label = speech.label(f"{relation.id}.{field.id}")
            answer = value(f"  {relation.member.get(speech.language)} {number}: {label}", field, pack, speech)
            if answer is not None:
                row[field.id] = answer
        rows.append(row)
    return Members(tuple(rows))


class Back(Exception):
    """The one asked wants to answer the question before again."""


class AsksWhy(Exception):
    """The one asked wants to know why before answering."""


def value(
    head: str, fact: model.Fact | model_rules.RelationField, pack: Pack, speech: Speech, *, back: bool = False,
    why: bool = False,
) -> Known | Absent | None:  # fmt: skip
    """What somebody types; a mistake is explained and asked again. With `back`, `<` raises Back; with `why`, the word
    itself raises AsksWhy."""
    while True:
        raw = _typed(f"{head} {_hint(fact, pack, speech)}".rstrip())
        if back and raw == BACK:
            raise Back
        if why and raw.lower().rstrip("?？") in WHY:
            raise AsksWhy
        if raw == _DO_NOT_KNOW:
            return None
        if raw == _NONE:
            return ABSENT
        try:
            return Known(packfacts.read_value(fact, pack.code_lists, _raw(fact, pack, raw, speech)))
        except BadValue as error:
            echo(f"  {error}")


def _typed(head: str) -> str:
    return str(click.prompt(head, prompt_suffix="  ")).strip()


def _hint(fact: model.Fact | model_rules.RelationField, pack: Pack, speech: Speech) -> str:
    say = speech.say
    match fact.type:
        case "boolean":
            hint = say("是/否", "yes/no")
        case "money":
            hint = say("元", "yuan")
        case "date":
            hint = say("年-月-日", "year-month-day")
        case "code":
            items = pack.code_lists[fact.codes or ""].items
            hint = speech.listed(
                f"{number} {item.label.get(speech.language)}" for number, item in enumerate(items, 1)
            )
        case _:
            hint = speech.unit(fact.unit)
    return f"[{hint}]" if hint else ""


def _raw(fact: model.Fact | model_rules.RelationField, pack: Pack, typed: str, speech: Speech) -> Any:
    """What was typed, as `read_value` takes it: a code by its number or label, yes and no in both languages."""
    if fact.type == "boolean":
        return True if typed.lower() in _YES else False if typed.lower() in _NO else typed
    if fact.type == "code":
        items = pack.code_lists[fact.codes or ""].items
        if typed.isdecimal() and 0 < int(typed) <= len(items) and all(i.code != typed for i in items):
            return items[int(typed) - 1].code
        return next((item.code for item in items if typed in (item.label.zh, item.label.en)), typed)
    return typed


def _shown(pack: Pack, name: str, state: Known | Absent | Members, speech: Speech) -> str:
    type = vocabulary_of(pack).facts.get(name, Type(Kind.TEXT))
    return speech.result(type, state)

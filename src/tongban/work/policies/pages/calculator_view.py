"""The ladder of the calculator in words: what is due, one step away, open, or not for the one who asks, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext

from tongban.base.kit import forms
from tongban.base.kit.templatetags import kit
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import Fact
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import Result
from tongban.core.planning.ladder import Rung
from tongban.core.planning.stacking import Part
from tongban.core.rules import explain
from tongban.core.rules.states import Members
from tongban.core.rules.types import BadValue
from tongban.work.policies import words
from tongban.work.policies.calculator.advice import Advice
from tongban.work.policies.calculator.situation import Situation
from tongban.work.policies.pages import view

GROUPS: Final = (
    # result: (heading, icon, tone, what is said where there is none)
    (
        Result.ELIGIBLE,
        msg("Due to you"),
        "circle-check",
        "ok",
        msg("Nothing yet. Each answer may change that."),
    ),
    (Result.NEAR, msg("One step away"), "circle-arrow-up", "warn", msg("Nothing lacks just one condition.")),
    (Result.NEEDS_DATA, msg("Still open"), "circle-question-mark", "info", msg("Nothing is open any more.")),
    (Result.NOT, msg("Not for you"), "circle-x", "line", msg("Nothing is ruled out yet.")),
)
MOST_NAMES: Final = 3
"""Policies that a question is said to bear on; of the others it says that there are more."""


@dataclass(frozen=True, slots=True)
class Item:
    """One policy on the ladder."""

    policy: Policy
    result: str
    amount: str
    """What it is, or can still be; empty where it is not due."""
    missing: tuple[str, ...]
    unmet: tuple[str, ...]
    conditions: tuple[view.Condition, ...]
    """With what each was judged by; only where they are shown at once."""
    last_day: date | None
    """On which it can still arise."""
    organ: Any
    note: str
    """How it goes together with the others that are due; empty where it is simply paid."""


@dataclass(frozen=True, slots=True)
class Group:
    result: str
    heading: str
    icon: str
    tone: str
    empty: str
    items: tuple[Item, ...]
    """The first of them, where there are many."""
    total: int


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that was given, or a value that was found."""

    name: str
    label: str
    value: str
    source: str
    passed: bool = False


def groups(
    pack: Pack, advice: Advice, situation: Situation, place: str, *, most: int | None = None
) -> list[Group]:
    """The ladder, best rung first. Conditions stand with what is due and what is one step away. With `most` no more on
    any rung but the best."""
    parts = {part.policy: part for part in advice.together.parts}
    found = {name: entry for name, entry in situation.found.items() if name not in situation.answers}
    made: list[Group] = []
    for result, heading, icon, tone, empty in GROUPS:
        rungs = advice.of(result)
        shown = rungs if result is Result.ELIGIBLE else rungs[:most]
        items = tuple(item(pack, rung, found, place, parts.get(rung.policy.id)) for rung in shown)
        made.append(Group(result.value, _(heading), icon, tone, _(empty), items, len(rungs)))
    return made


def item(
    pack: Pack, rung: Rung, found: Mapping[str, Mapping[str, Any]], place: str, part: Part | None = None, *, whole: bool = False
) -> Item:  # fmt: skip
    policy, result = rung.policy, rung.found.result
    shown = whole or result in (Result.ELIGIBLE, Result.NEAR)
    findings = {name: explain.to_json(f) for name, f in rung.found.conditions.items()} if shown else None
    ends = date.fromisoformat(policy.valid_to) - timedelta(days=1) if policy.valid_to else None
    return Item(
        policy, result.value, amount(rung), tuple(view.fact_names(pack, rung.found.missing)),
        tuple(in_language(one.label) for one in rung.unmet),
        tuple(view.conditions(pack, policy, findings, found)) if shown else (), ends,
        view.organ_in_charge(pack, policy, place), _note(pack, part),
    )  # fmt: skip


def amount(rung: Rung) -> str:
    """What a policy comes to, in words; where it is open, how much it can be at most."""
    if rung.found.amount_fen is not None:
        return in_words(rung.policy, rung.found.amount_fen)
    high = rung.bounds.high if rung.bounds else None
    if rung.found.result is not Result.NEEDS_DATA or not isinstance(high, int) or isinstance(high, bool):
        return ""
    return _("up to %(amount)s") % {"amount": in_words(rung.policy, high)} if high > 0 else ""


def in_words(policy: Policy, value: int) -> str:
    """What is given, saved or has to be paid."""
    amount = {"amount": words.amount(policy, value)}
    match policy.effect:
        case "tax-saved":
            return _("%(amount)s saved") % amount
        case "tax-due" | "levy":
            return _("%(amount)s to pay") % amount
        case "payment" | "months" | "units":
            return amount["amount"]


def told(pack: Pack, situation: Situation) -> list[Told]:
    """What was said and found, in the order of the saying; what was found last."""
    lines = [
        Told(name, label, value_text(pack, name, value), "")
        for name, value in situation.answers.items()
        for label in view.fact_names(pack, [name])
    ]
    passed = [
        Told(name, label, _("You do not know"), "", passed=True)
        for name in situation.last if name in situation.passed
        for label in view.fact_names(pack, [name])
    ]  # fmt: skip
    found = [
        Told(name, label, view.stored_value(pack, name, entry), view.source_text(pack, entry))
        for name, entry in situation.found.items() if name not in situation.answers
        for label in view.fact_names(pack, [name])
    ]  # fmt: skip
    return lines + found + passed


def bears_on(pack: Pack, goals: Iterable[str]) -> str:
    """The policies that a question can still change, in words."""
    names = list(dict.fromkeys(goal.partition("/")[0] for goal in goals))
    shown = _(", ").join(in_language(pack.policies[name].name) for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return shown if more <= 0 else ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % {
        "names": shown, "n": more,
    }  # fmt: skip


def changes(before: Advice, after: Advice) -> str:
    """What an answer has changed, in a line; empty where nothing came of it."""
    earlier = {rung.policy.id: rung for rung in before.rungs}
    words = {result: heading for result, heading, *_rest in GROUPS}
    said = [
        _("%(policy)s: %(result)s") % {
            "policy": in_language(rung.policy.name),
            "result": " ".join(filter(None, (_(words[rung.found.result]), amount(rung)))),
        }
        for rung in after.rungs
        if rung.policy.id in earlier and earlier[rung.policy.id].found.result is not rung.found.result
    ]  # fmt: skip
    if len(said) <= MOST_NAMES:
        return _("; ").join(said)
    more = len(said) - MOST_NAMES
    rest = ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
    return _("; ").join((*said[:MOST_NAMES], rest))


def value_text(pack: Pack, name: str, value: Any) -> str:
    """An answer as the one who gave it reads it; of a list how many there are, and what is said of each."""
    if name in pack.relations:
        return _members_text(pack, name, value)
    fact = pack.facts.get(name)
    if fact is None:
        return ""
    if value is None:
        return _("none")
    return forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), _typed(pack, fact, value))


def _members_text(pack: Pack, name: str, value: Any) -> str:
    relation = pack.relations[name]
    state = packfacts.read_facts(pack, {name: value})[0].get(name)
    if not isinstance(state, Members) or not state.rows:
        return _("none")
    rows = []
    for row in value:
        fields = {one.id: one for one in relation.fields}
        parts = [
            forms.answer_text(as_fact(relation, fields[one]), pack.code_lists.get(fields[one].codes or ""), _typed(pack, fields[one], raw))
            for one, raw in row.items() if one in fields
        ]  # fmt: skip
        rows.append(_(", ").join(filter(None, parts)) or _("not known"))
    return f"{len(rows)}: " + _("; ").join(rows)


def _typed(pack: Pack, field: Any, raw: Any) -> Any:
    """None for what the pack does not understand any more."""
    try:
        return None if raw is None else packfacts.read_value(field, pack.code_lists, raw)
    except BadValue:
        return None


def as_fact(relation: Any, field: Any) -> Any:
    """A field of a relation as the forms take a fact."""
    names = ("id", "type", "codes", "label", "unit", "minimum", "maximum", "max_length", "sensitivity")
    said = {name: getattr(field, name) for name in names}
    return Fact.model_construct(**said, subject=relation.subject, question=None, help=None, unit_label=None)


def _note(pack: Pack, part: Part | None) -> str:
    if part is None or part.why is None:
        return ""
    others = _(", ").join(in_language(pack.policies[name].name) for name in part.with_)
    said = {"others": others, "amount": kit.yuan(part.pays_fen)}
    match part.why:
        case "difference" if part.taken:
            return _("Beside %(others)s it pays the difference: %(amount)s.") % said
        case "cap" if part.taken:
            return _("Beside %(others)s the limit they share leaves %(amount)s.") % said
        case "lower":
            return _("Not added to %(others)s: only the higher is paid.") % said
        case "excluded":
            return _("Cannot be held together with %(others)s, which come to more.") % said
        case "difference" | "cap":
            return _("Adds nothing to %(others)s.") % said
        case "held":
            return ""

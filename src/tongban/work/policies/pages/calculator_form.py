"""One question of the calculator as a form, and its answer read back: a fact, or a list of members with their fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from tongban.base.kit import forms
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.ask import Question
from tongban.work.policies.calculator.advice import Advice
from tongban.work.policies.calculator.situation import Situation
from tongban.work.policies.pages import calculator_view as shown

COUNT: Final = "count"
MOST_ROWS: Final = 30
"""Members that are asked for one by one on a page."""
_MAY_BE_NONE: Final = ("date", "text")
"""Types of which there can be none: of an amount or a number that is 0, and a code list has its own word for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the page draws it."""

    name: str
    label: str
    help: str
    bears_on: str
    field: dict[str, Any] | None
    """Of a fact."""
    count: dict[str, Any] | None = None
    """Of a relation, as long as nobody has said how many there are."""
    rows: tuple[tuple[dict[str, Any], ...], ...] = ()
    """Of a relation: the fields of each member."""
    may_be_none: bool = False
    many: int = 0
    """Of a relation: how many members it was said to have."""
    errors: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    value: Any = None
    """As `packfacts.read_facts` reads it."""
    typed: QueryDict | None = None
    errors: dict[str, str] = field(default_factory=dict[str, str])
    """Name of a field to what is wrong with it."""
    rows: int | None = None
    """Of a relation: for how many members fields are wanted next."""


def ask(
    pack: Pack, advice: Advice, situation: Situation, name: str, given: Answered | None = None
) -> Asked | None:
    """None for a name that nobody may be asked for."""
    question = next((one for one in advice.questions if one.name == name), Question(name, 0, ()))  # type: ignore[arg-type]
    bears = shown.bears_on(pack, question.goals or _goals_of(advice, name))
    now = situation.answers.get(name, situation.found.get(name, {}).get("value"))
    if name in pack.relations:
        return _ask_members(pack, advice, name, now, bears, given)
    fact = pack.facts.get(name)
    if fact is None:
        return None
    state = packfacts.read_facts(pack, {name: now})[0].get(name) if now is not None else None
    value = getattr(state, "value", None)
    error = (given.errors if given else {}).get(name, "")
    if given and given.typed is not None:
        value = given.typed.get(name, "")
    drawn = forms.field_of(fact, pack.code_lists.get(fact.codes or ""), value=value, error=error, name=name)
    return Asked(
        name, in_language(fact.question or fact.label), in_language(fact.help), bears, drawn, may_be_none=fact.type in _MAY_BE_NONE,
        errors=tuple(forms.errors_of([drawn])),
    )  # fmt: skip


def read(pack: Pack, advice: Advice, name: str, post: QueryDict) -> Answered:
    """What a form sent for the question `name`."""
    if name in pack.relations:
        return _read_members(pack, advice, name, post)
    fact = pack.facts[name]
    value, error = forms.read(
        fact, pack.code_lists.get(fact.codes or ""), post.get(name, "").replace("\x00", "")
    )
    if value is None:
        missing = error or _("Give an answer, or say that you do not know.")
        return Answered(typed=post, errors={name: missing})
    return Answered(types.write(packfacts.type_of(fact), value))


def _goals_of(advice: Advice, name: str) -> tuple[str, ...]:
    return tuple(goal for goal, one in advice.ladder.goals.items() if name in one.rule.facts)


def _ask_members(
    pack: Pack, advice: Advice, name: str, now: Any, bears: str, given: Answered | None
) -> Asked:
    relation = pack.relations[name]
    errors = given.errors if given else {}
    label, help_ = in_language(relation.question or relation.label), in_language(relation.help)
    many = given.rows if given and given.rows is not None else None
    typed = given.typed if given else None
    if many is None:
        count = {
            "name": COUNT, "id": f"field-{COUNT}", "kind": "number", "label": _("How many are there?"), "short": _("Number"),
            "hint": _("Write 0 if there are none."), "value": typed.get(COUNT, "") if typed else (len(now) if isinstance(now, list) else ""),
            "error": errors.get(COUNT, ""), "required": True, "inputmode": "numeric", "options": [], "unit": "",
            "described_by": f"{COUNT}-hint" + (f" {COUNT}-error" if COUNT in errors else ""),
        }  # fmt: skip
        return Asked(name, label, help_, bears, None, count, errors=tuple(forms.errors_of([count])))
    rows = []
    for number in range(many):
        row = []
        for one in _fields(pack, advice, name):
            key = f"{number}.{one.id}"
            before = now[number].get(one.id) if isinstance(now, list) and number < len(now) else None
            value = typed.get(key, "") if typed and key in typed else _value(pack, one, before)
            fact = shown.as_fact(relation, one)
            row.append(
                forms.field_of(
                    fact, pack.code_lists.get(one.codes or ""), value=value, error=errors.get(key, ""), name=key,
                    required=False,
                )
            )  # fmt: skip
        rows.append(tuple(row))
    wrong = forms.errors_of([drawn for row in rows for drawn in row])
    return Asked(name, label, help_, bears, None, None, tuple(rows), many=many, errors=tuple(wrong))


def _read_members(pack: Pack, advice: Advice, name: str, post: QueryDict) -> Answered:
    """How many there are; when that is known, the fields of each. A field that is left empty is not known."""
    relation = pack.relations[name]
    most = min(relation.most, MOST_ROWS)
    raw = post.get(COUNT, "").strip()
    if not raw.isdecimal() or int(raw) > most:
        return Answered(typed=post, errors={COUNT: _("Give a whole number from 0 to %(n)d.") % {"n": most}})
    many = int(raw)
    if many == 0:
        return Answered([])
    if "rows" not in post:
        return Answered(rows=many)
    errors: dict[str, str] = {}
    members: list[dict[str, Any]] = []
    for number in range(many):
        row: dict[str, Any] = {}
        for one in _fields(pack, advice, name):
            key = f"{number}.{one.id}"
            fact = shown.as_fact(relation, one)
            value, error = forms.read(
                fact, pack.code_lists.get(one.codes or ""), post.get(key, "").replace("\x00", "")
            )
            if error:
                errors[key] = error
            elif value is not None:
                row[one.id] = types.write(packfacts.type_of(one), value)
        members.append(row)
    return Answered(members, typed=post if errors else None, errors=errors, rows=many if errors else None)


def _fields(pack: Pack, advice: Advice, name: str) -> list[Any]:
    read_ = advice.ladder.fields_of(name)
    return [one for one in pack.relations[name].fields if one.id in read_]


def _value(pack: Pack, field: Any, raw: Any) -> Any:
    try:
        return None if raw is None else packfacts.read_value(field, pack.code_lists, raw)
    except types.BadValue:
        return None

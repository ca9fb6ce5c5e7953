"""The policy calculator over HTTP: facts in, the ladder, the questions that are left and the best combination out.

Open to everybody: it reads nothing about anybody, and keeps nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid
from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.planning.ladder import Rung
from tongban.core.planning.stacking import Part
from tongban.work.policies.api import Problem, Text
from tongban.work.policies.calculator import situation as situations
from tongban.work.policies.calculator.advice import advise
from tongban.work.policies.calculator.ladders import policies_of

router = Router(tags=["policies"])
MOST_FACTS = 500


class AssessIn(Schema):
    subject: Annotated[Literal["enterprise", "person"], Field(description="For whom it is asked")]
    facts: Annotated[
        dict[str, Any],
        Field(
            description="Fact or relation to its value: money in yuan, dates as year-month-day; null: there is none"
        ),
    ] = {}
    policies: Annotated[
        list[str], Field(description="Only these; all in force by default", max_length=500)
    ] = []
    at: Annotated[date | None, Field(description="Civil date of the place; today by default")] = None


class RungOut(Schema):
    policy: str
    name: Text
    result: Annotated[
        Literal["eligible", "near", "needs-data", "not"], Field(description="Rung of the ladder")
    ]
    effect: str
    amount: Annotated[
        int | None,
        Field(description="In fen; for the effect `months` a number of months. Only where eligible"),
    ]
    at_most: Annotated[int | None, Field(description="What it can still be, where the policy sets a limit")]
    unmet: Annotated[list[str], Field(description="Conditions that are known not to be met")]
    missing: Annotated[list[str], Field(description="Facts that can still settle it")]
    conditions: Annotated[dict[str, str], Field(description="Condition to pass, fail, unknown or undefined")]
    articles: list[str]
    valid_to: Annotated[str | None, Field(description="First day on which nothing can arise")]


class QuestionOut(Schema):
    name: str
    label: Text
    question: Text | None
    type: Annotated[str, Field(description="Of a fact its type; `list` of a relation")]
    policies: Annotated[list[str], Field(description="What it can still change")]


class PartOut(Schema):
    policy: str
    pays_fen: int
    taken: bool
    why: str | None
    beside: Annotated[list[str], Field(description="The policies on whose account it pays less or nothing")]


class TogetherOut(Schema):
    total_fen: int
    exact: Annotated[bool, Field(description="Whether every lawful combination was looked at")]
    parts: list[PartOut]


class AdviceOut(Schema):
    at: date
    ladder: list[RungOut]
    questions: Annotated[
        list[QuestionOut], Field(description="Best first; empty when every policy is settled")
    ]
    together: Annotated[TogetherOut, Field(description="The best lawful combination of what is due")]


@router.post(
    "/policies/assess",
    auth=None,
    response={200: AdviceOut, 404: Problem, 422: Problem},
    operation_id="assess_policies",
    summary="All policies for one subject: due, one step away, open, not due",
)
@route.public
def assess_policies(request: HttpRequest, body: AssessIn) -> dict[str, Any]:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    at = body.at or acting.today
    only = _known_policies(pack, body, at)
    situation = situations.Situation(body.subject, only=only)
    for name, value in _checked(pack, body.facts).items():
        situation = situation.answer(name, value)
    found = advise(pack, situation, at)
    return {
        "at": at,
        "ladder": [_rung(rung) for rung in found.rungs],
        "questions": [_question(pack, one.name, one.goals) for one in found.questions],
        "together": {
            "total_fen": found.together.total_fen, "exact": found.together.exact,
            "parts": [_part(part) for part in found.together.parts],
        },
    }  # fmt: skip


def _known_policies(pack: Pack, body: AssessIn, at: date) -> tuple[str, ...]:
    there = {policy.id for policy in policies_of(pack, body.subject, at)}
    wrong = [name for name in body.policies if name not in there]
    if wrong:
        message = _("On this day no such policy is in force for this kind of subject: %(names)s") % {
            "names": ", ".join(wrong[:5])
        }
        raise Invalid(message, fields={"policies": message})
    return tuple(dict.fromkeys(body.policies))


def _checked(pack: Pack, raw: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are kept. Raises Invalid with what is wrong with each."""
    if len(raw) > MOST_FACTS:
        message = _("At most %(n)d facts can be sent.") % {"n": MOST_FACTS}
        raise Invalid(message, fields={"facts": message})
    known: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in raw.items():
        facts, wrong = packfacts.read_facts(pack, {name: _exact(value)})
        if wrong:
            problems[f"facts.{name}"] = str(wrong[0].message)
        known |= packfacts.write_facts(pack, facts)
    if problems:
        raise Invalid(_("Some facts cannot be read."), fields=problems)
    return known


def _exact(value: Any) -> Any:
    """Numbers as texts, as packs write them: of money, a text is yuan, and a number would be fen."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [
            {key: _exact(one) for key, one in row.items()} if isinstance(row, dict) else row for row in value
        ]
    return value


def _rung(rung: Rung) -> dict[str, Any]:
    high = rung.bounds.high if rung.bounds else None
    return {
        "policy": rung.policy.id, "name": _text(rung.policy.name), "result": rung.found.result.value,
        "effect": rung.policy.effect, "amount": rung.found.amount_fen,
        "at_most": high if isinstance(high, int) and not isinstance(high, bool) else None,
        "unmet": [one.id for one in rung.unmet], "missing": list(rung.found.missing),
        "conditions": {name: finding.outcome for name, finding in rung.found.conditions.items()},
        "articles": list(rung.policy.articles), "valid_to": rung.policy.valid_to,
    }  # fmt: skip


def _question(pack: Pack, name: str, goals: tuple[str, ...]) -> dict[str, Any]:
    entry = pack.relations.get(name) or pack.facts[name]
    kind = "list" if name in pack.relations else str(packfacts.type_of(pack.facts[name]))
    return {
        "name": name, "label": _text(entry.label), "question": _text(entry.question) if entry.question else None,
        "type": kind, "policies": list(dict.fromkeys(goal.partition("/")[0] for goal in goals)),
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    return {
        "policy": part.policy, "pays_fen": part.pays_fen, "taken": part.taken, "why": part.why, "beside": list(part.with_),
    }  # fmt: skip


def _text(text: Any) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}

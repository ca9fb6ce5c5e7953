"""Replaying a decision: the same facts under the same pack must give the same findings for the same reasons.

    replay(decision) -> Replay(same=True, differences=())

Only what the decision row holds is used, the pack by its digest included; nothing is read from the application as it
is today. Why the service applies is not replayed: that trace was fixed on submission, before any correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs import facts as packfacts
from tongban.core.packs import parameters
from tongban.core.packs.pack import Pack
from tongban.core.rules import explain
from tongban.work.cases import access, models
from tongban.work.cases.actions import decisions


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which the replay departs from what is stored. Holds no value of a fact."""

    kind: str
    """`pack`, `fact`, `missing`, `added`, `outcome`, `reasons`, `granted` or `commitment`."""
    about: str
    """Id of the condition, name of the fact, or digest of the pack."""
    stored: str = ""
    now: str = ""
    """Outcomes of a condition, where those differ."""


@dataclass(frozen=True, slots=True)
class Replay:
    same: bool
    differences: tuple[Difference, ...]
    conditions: int
    """How many conditions were computed anew."""
    engine: str
    """Engine that made the stored trace."""
    engine_now: str
    sources: tuple[str, ...] = ()
    """Whose word the facts are: `answer`, `licence:<kind>`, `registry:<id>`, and `@<node>` for another place's."""


def replay(decision: models.Decision) -> Replay:
    """Recompute the findings of a decision and compare outcome and trace of every condition."""
    try:
        pack = directory.pack(decision.pack_digest)
    except (ObjectDoesNotExist, ValueError):
        return _result(decision, [Difference("pack", decision.pack_digest)], 0)
    stored: Mapping[str, Any] = decision.findings["conditions"]
    now, differences = _recompute(decision, pack)
    for name in sorted({*stored, *now}):
        if name not in now or name not in stored:
            differences.append(Difference("missing" if name in stored else "added", name))
        elif stored[name]["outcome"] != now[name]["outcome"]:
            differences.append(Difference("outcome", name, stored[name]["outcome"], now[name]["outcome"]))
        elif stored[name] != now[name]:
            differences.append(Difference("reasons", name))
    differences += _commitment(decision, pack)
    if decision.automatic and any(finding["outcome"] != "pass" for finding in now.values()):
        differences.append(
            Difference("granted", decision.case.number)
        )  # the rules alone would not have granted it
    return _result(decision, differences, len(now))


def _commitment(decision: models.Decision, pack: Pack) -> list[Difference]:
    """Whether what was decided on commitment still goes that way by the facts of the decision, and was signed."""
    stored = decision.findings.get("commitment")
    if stored is None:
        return []
    service = pack.services[decision.case.service]
    variant = next((one for one in service.variants if one.id == stored["variant"]), None)
    if variant is None or not variant.on_commitment or not stored["signed"]:
        return [Difference("commitment", stored["variant"])]
    facts = packfacts.read_facts(pack, {name: entry["value"] for name, entry in decision.facts.items()})[0]
    values = parameters.resolve(pack, decision.case.application.submitted_on)
    now = explain.to_json(explain.explain(pack.rule(variant.when), facts, values))
    if stored["finding"]["outcome"] != now["outcome"]:
        return [Difference("commitment", variant.id, stored["finding"]["outcome"], now["outcome"])]
    return [] if stored["finding"] == now else [Difference("reasons", variant.id)]


def decision_of(number: str) -> models.Decision | None:
    """The decision of a case, for whoever runs this node."""
    return _decisions().filter(case__number=number).first()


def open_to(acting: Acting) -> QuerySet[models.Decision]:
    """Decisions whose replay the one who acts may see.

    Officers: of the cases they may read. Auditors: of their place; pages show them ids and outcomes, never a fact.
    """
    if acting.role == "auditor":
        return _decisions().filter(case__place=acting.place)
    return _decisions().filter(case__in=access.cases(acting))


def _decisions() -> QuerySet[models.Decision]:
    return models.Decision.objects.select_related("case__application").order_by("-decided_at", "-id")


def _recompute(decision: models.Decision, pack: Pack) -> tuple[dict[str, Any], list[Difference]]:
    facts, problems = packfacts.read_facts(
        pack, {name: entry["value"] for name, entry in decision.facts.items()}
    )
    unreadable = sorted(set(decision.facts) - set(facts)) if problems else []
    values = parameters.resolve(pack, decision.case.application.submitted_on)
    conditions = pack.services[decision.case.service].conditions
    now = {c.id: explain.to_json(explain.explain(pack.rule(c.rule), facts, values)) for c in conditions}
    return now, [Difference("fact", name) for name in unreadable]


def _result(decision: models.Decision, differences: list[Difference], conditions: int) -> Replay:
    sources = sorted({_source(entry) for entry in decision.facts.values()})
    return Replay(
        not differences, tuple(differences), conditions, decision.engine, decisions.ENGINE, tuple(sources)
    )


def _source(entry: Mapping[str, Any]) -> str:
    named = entry["source"] if entry["source"] == "answer" else f"{entry['source']}:{entry['source_id']}"
    return f"{named}@{entry['from']['node']}" if "from" in entry else named

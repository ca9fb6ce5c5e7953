"""One policy for one subject on one day: each condition with its reasons, and the amount to the fen. Pure.

    assess(pack, policy, facts, at) -> Assessment(result="eligible", amount_fen=1_000_000, ...)

What is not known never counts for or against anybody: such a policy needs data, and says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from tongban import __version__
from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.rules import explain
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.explain import Finding
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Known, State, Unknown

ENGINE = f"rules-1/{__version__}"
"""Trace format and version of the engine that made it."""
AMOUNT: Final = "/amount"
"""Under which the amount stands beside the conditions of a policy; no id of a condition."""


class Result(StrEnum):
    ELIGIBLE = "eligible"
    NEAR = "near"
    """Exactly one condition is not met, and every other is."""
    NEEDS_DATA = "needs-data"
    """Nothing speaks against it, and something is not known."""
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Assessment:
    result: Result
    conditions: Mapping[str, Finding]
    """Condition id to what the rules find, in the pack's order."""
    amount: Finding
    amount_fen: int | None
    """None unless eligible."""
    failing: str | None
    """The one condition that is not met, when near."""
    missing: tuple[str, ...]
    """Facts that could still settle it, by name."""


def assess(pack: Pack, policy: Policy, facts: Facts, at: date) -> Assessment:
    """Raises KeyError for a policy that the pack does not hold."""
    values = parameters.resolve(pack, at)
    rules = rules_of(pack, policy)
    findings = {name: explain.explain(rule, facts, values) for name, rule in rules.items()}
    return settled(policy, findings, {name: evaluate(rule, facts, values) for name, rule in rules.items()})


def rules_of(pack: Pack, policy: Policy) -> dict[str, Rule]:
    """By id the conditions in the pack's order, and the amount under `AMOUNT`."""
    return {one.id: pack.condition(one) for one in policy.conditions} | {AMOUNT: pack.amount(policy.id)}


def settled(policy: Policy, findings: Mapping[str, Finding], states: Mapping[str, State]) -> Assessment:
    """What the findings and the states of `rules_of` come to."""
    conditions = {one.id: findings[one.id] for one in policy.conditions}
    failed = [name for name, finding in conditions.items() if finding.outcome in ("fail", "undefined")]
    missing: frozenset[str] = frozenset()
    fen: int | None = None
    if failed:
        one = len(failed) == 1 and conditions[failed[0]].outcome == "fail"
        others = all(f.outcome == "pass" for name, f in conditions.items() if name not in failed)
        result = Result.NEAR if one and others else Result.NOT
    else:
        open_ = (states[name] for name in (*conditions, AMOUNT))
        missing = frozenset[str]().union(*(state.facts for state in open_ if isinstance(state, Unknown)))
        result, fen = (Result.NEEDS_DATA, None) if missing else _amount(states[AMOUNT])
    near = failed[0] if result is Result.NEAR else None
    return Assessment(result, conditions, findings[AMOUNT], fen, near, tuple(sorted(missing)))


def facts_read(pack: Pack, policy: Policy) -> frozenset[str]:
    """Names of the facts that decide about a policy, its amount or its place in line: nothing else may be read for it."""
    rules = [*(pack.rule(condition.rule) for condition in policy.conditions), pack.amount(policy.id)]
    rules += [pack.score(policy.id)] if policy.score is not None else []
    return frozenset(name for rule in rules for name in rule.facts)


def in_force(policy: Policy, at: date) -> bool:
    """Whether an entitlement can arise on the day; `valid_to` is the first day on which none can."""
    begins = date.fromisoformat(policy.valid_from)
    return begins <= at and (policy.valid_to is None or at < date.fromisoformat(policy.valid_to))


def articles_of(policy: Policy) -> list[str]:
    """Every article that the policy or one of its conditions cites, each once."""
    cited = (
        *policy.articles,
        *(article for condition in policy.conditions for article in condition.articles),
    )
    return list(dict.fromkeys(cited))


def to_json(assessment: Assessment) -> dict[str, Any]:
    """The findings as an entitlement keeps them."""
    return {
        "conditions": {name: explain.to_json(finding) for name, finding in assessment.conditions.items()},
        "amount": explain.to_json(assessment.amount),
    }


def _amount(state: object) -> tuple[Result, int | None]:
    """An amount that is absent, undefined, zero or negative is no entitlement."""
    if isinstance(state, Known) and isinstance(state.value, int) and state.value > 0:
        return Result.ELIGIBLE, state.value
    return Result.NOT, None

"""All policies for one subject: what is due, what is one step away, what is still open, what is not for it. Pure.

goals = ladder.goals(pack, policies)             # for `rules.ask.Interview`
ladder.rungs(pack, policies, facts, at)          # best first
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy, PolicyCondition
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.calculator import Assessment, Result
from tongban.core.rules import ir
from tongban.core.rules.ask import Goal
from tongban.core.rules.bounds import Bounds, bounds
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts
from tongban.core.rules.types import Kind, Type

_ORDER: Final = (Result.ELIGIBLE, Result.NEAR, Result.NEEDS_DATA, Result.NOT)


@dataclass(frozen=True, slots=True)
class Rung:
    policy: Policy
    found: Assessment
    bounds: Bounds | None
    """What the amount can still be, where that is open and nothing speaks against it."""
    unmet: tuple[PolicyCondition, ...]
    """The conditions that are known not to be met."""


def goals(pack: Pack, policies: Iterable[Policy]) -> dict[str, Goal]:
    """Of each policy whether all of its conditions hold, and its amount as long as none has failed.

    A policy that a condition shuts out is asked about no more.
    """
    found: dict[str, Goal] = {}
    for policy in policies:
        rules = [pack.condition(one) for one in policy.conditions]
        found[policy.id] = Goal(rules[0] if len(rules) == 1 else _all(rules))
        found[f"{policy.id}/amount"] = Goal(pack.amount(policy.id), only_if=policy.id)
    return found


def rungs(pack: Pack, policies: Iterable[Policy], facts: Facts, at: date) -> list[Rung]:
    """Each policy assessed: first what is due, the largest amounts first; then what lacks one condition; then what is
    open; then the rest."""
    values = parameters.resolve(pack, at)
    found: list[Rung] = []
    for policy in policies:
        assessed = calculator.assess(pack, policy, facts, at)
        open_ = assessed.result is Result.NEEDS_DATA
        unmet = tuple(
            one for one in policy.conditions if assessed.conditions[one.id].outcome in ("fail", "undefined")
        )
        limits = bounds(pack.amount(policy.id), facts, values) if open_ else None
        found.append(Rung(policy, assessed, limits, unmet))
    return sorted(found, key=lambda rung: (_ORDER.index(rung.found.result), -(rung.found.amount_fen or 0)))


def _all(rules: list[Rule]) -> Rule:
    """One condition that holds when all of these do."""
    root = ir.And(tuple(rule.root for rule in rules), type=Type(Kind.BOOLEAN), line=1, column=1)
    return Rule(
        " AND ".join(f"({rule.text})" for rule in rules),
        root.type,
        root,
        frozenset[str]().union(*(rule.facts for rule in rules)),
        frozenset[str]().union(*(rule.parameters for rule in rules)),
        rules[0].on_undefined,
        {name: one for rule in rules for name, one in rule.ranges.items()},
    )

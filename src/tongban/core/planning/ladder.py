"""All policies for one subject: what is due, what is one step away, what is still open, what is not for it. Pure.

ladder = Ladder(pack, policies, at)      # once: its rules are compiled
ladder.rungs(facts)                      # best first
ladder.questions(facts)                  # what settles most, first
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy, PolicyCondition
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.calculator import AMOUNT, Assessment, Result
from tongban.core.rules import ir
from tongban.core.rules.ask import Goal, Interview, Question
from tongban.core.rules.bounds import Bounds, bounds
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts
from tongban.core.rules.to_python.programs import program
from tongban.core.rules.types import Kind, Range, Type

COSTS: Final[Mapping[str, int]] = {"tap": 1, "type": 2, "look-up": 4}
"""Of an answer, by the effort that the pack says it takes."""
RELATION_COST: Final = 4
_ORDER: Final = (Result.ELIGIBLE, Result.NEAR, Result.NEEDS_DATA, Result.NOT)


@dataclass(frozen=True, slots=True)
class Rung:
    policy: Policy
    found: Assessment
    _limits: Callable[[], Bounds] | None
    unmet: tuple[PolicyCondition, ...]
    """The conditions that are known not to be met."""

    @property
    def bounds(self) -> Bounds | None:
        """What the amount can still be, where that is open and nothing speaks against it. An end that is set by nothing but
        how much a fact may be declared to be is no end: that a refund can be as large as a firm says nothing. Worked out
        when asked for."""
        return self._limits() if self._limits is not None else None


class Ladder:
    """Keeps nothing of the subjects that it was asked about."""

    def __init__(self, pack: Pack, policies: Iterable[Policy], at: date) -> None:
        """Raises KeyError for a policy that the pack does not hold."""
        self.pack = pack
        self.policies = tuple(policies)
        self.at = at
        self.values = parameters.resolve(pack, at)
        """Parameters and tables of the day."""
        self.goals = _goals(pack, self.policies)
        rules = {
            f"{policy.id} {name}": rule
            for policy in self.policies
            for name, rule in calculator.rules_of(pack, policy).items()
        }
        self._program = program({name: goal.rule for name, goal in self.goals.items()} | rules)
        self._amounts = {policy.id: _without_ceilings(pack.amount(policy.id)) for policy in self.policies}
        self._costs = {name: COSTS[fact.effort] for name, fact in pack.facts.items()}
        self._costs |= dict.fromkeys(pack.relations, RELATION_COST)

    def rungs(self, facts: Facts) -> list[Rung]:
        """Each policy assessed: first what is due, the largest amounts first; then what lacks one condition; then what
        is open; then the rest."""
        states = self._program.run(facts, self.values)
        findings = self._program.trace(facts, self.values)
        found: list[Rung] = []
        for policy in self.policies:
            names = {name: f"{policy.id} {name}" for name in (*(one.id for one in policy.conditions), AMOUNT)}
            assessed = calculator.settled(
                policy,
                {name: findings[key] for name, key in names.items()},
                {name: states[key] for name, key in names.items()},
            )
            open_ = assessed.result is Result.NEEDS_DATA
            unmet = tuple(
                one
                for one in policy.conditions
                if assessed.conditions[one.id].outcome in ("fail", "undefined")
            )
            limits = None
            if open_:
                rule, amount = self._amounts[policy.id], states[names[AMOUNT]]
                limits = partial(bounds, rule, facts, self.values, state=amount)
            found.append(Rung(policy, assessed, limits, unmet))
        return sorted(
            found, key=lambda rung: (_ORDER.index(rung.found.result), -(rung.found.amount_fen or 0))
        )

    def questions(self, facts: Facts) -> list[Question]:
        """What can still change a rung, best first. A policy that a condition shuts out is asked about no more. What
        elsewhere only an office may say is asked too: nothing is decided by the answer."""
        return Interview(self.goals, facts, self.values, self._costs, run=self._program.run).questions()

    @property
    def facts(self) -> frozenset[str]:
        """Names of the facts and relations that any of the policies reads."""
        return frozenset[str]().union(*(goal.rule.facts for goal in self.goals.values()))

    def fields_of(self, relation: str) -> frozenset[str]:
        """The fields of a relation that any of the policies reads."""
        roots = (goal.rule.root for goal in self.goals.values())
        parts = (part for root in roots for part in ir.walk(root) if isinstance(part, ir.Member))
        return frozenset(part.name for part in parts if part.relation == relation)


def _goals(pack: Pack, policies: Iterable[Policy]) -> dict[str, Goal]:
    """Of each policy whether all of its conditions hold, and its amount as long as none has failed."""
    found: dict[str, Goal] = {}
    for policy in policies:
        rules = [pack.condition(one) for one in policy.conditions]
        found[policy.id] = Goal(rules[0] if len(rules) == 1 else _all(rules))
        found[policy.id + AMOUNT] = Goal(pack.amount(policy.id), only_if=policy.id)
    return found


def _without_ceilings(rule: Rule) -> Rule:
    """The rule for facts that may be as large as they like."""
    return replace(rule, ranges={name: Range(one.low, None) for name, one in rule.ranges.items()})


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

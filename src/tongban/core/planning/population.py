"""Policies for a whole population: for each subject what `calculator.assess` says of it, column by column. Pure.

matcher = Matcher.of_pack(pack, policies, at)
judge = matcher.judge(columns, n)
program(matcher.rules).prepare(columns, matcher.parameters, n).give(judge)
judge.found["job-stability-refund"].eligible
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.verdicts import Judge, Reading, Verdicts
from tongban.core.rules import serial
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Brackets, Parameters
from tongban.core.rules.to_numpy.columns import Column, Columns
from tongban.core.rules.to_numpy.given import Needs, needs
from tongban.core.rules.types import Kind

MAX_FACTS: Final = 62
"""Most facts of one policy: what is missing is kept as bits."""


class TooManyFacts(ValueError):
    """A policy reads more facts than are told apart."""


class Matcher:
    """The rules of policies on one day, and how their results come together."""

    def __init__(
        self,
        conditions: Mapping[str, Mapping[str, Rule]],
        amounts: Mapping[str, Rule],
        parameters: Parameters,
        at: date,
    ) -> None:
        """By policy: its conditions in their order, and its amount in money. Raises TooManyFacts."""
        self.at = at
        self.parameters: Parameters = parameters
        self.conditions = {name: tuple(of_one) for name, of_one in conditions.items()}
        """By policy: the names of its conditions, in their order."""
        self.rules: dict[str, Rule] = {}
        self.facts: dict[str, tuple[str, ...]] = {}
        """By policy: the facts and relations that it reads."""
        for name, of_one in conditions.items():
            rules = {
                **{f"{name} {condition}": rule for condition, rule in of_one.items()},
                name: amounts[name],
            }
            self.rules |= rules
            read = sorted(frozenset[str]().union(*(rule.facts for rule in rules.values())))
            if len(read) > MAX_FACTS:
                raise TooManyFacts(f"The policy {name} reads {len(read)} facts; {MAX_FACTS} are the most.")
            self.facts[name] = tuple(read)
        self.needs: Needs = needs(rule.root for rule in self.rules.values())
        """The columns that are read, with their types."""

    @classmethod
    def of_pack(cls, pack: Pack, policies: Iterable[Policy], at: date) -> Matcher:
        """Policies of a pack on one day. Raises TooManyFacts."""
        chosen = {policy.id: policy for policy in policies}
        conditions = {
            name: {one.id: pack.condition(one) for one in policy.conditions}
            for name, policy in chosen.items()
        }
        return cls(conditions, {name: pack.amount(name) for name in chosen}, parameters.resolve(pack, at), at)

    def keep(self, policies: Collection[str]) -> None:
        """Leaves out all other policies."""
        for name in [name for name in self.conditions if name not in policies]:
            for rule in self.rules_of(name):
                del self.rules[rule]
            del self.conditions[name], self.facts[name]
        self.needs = needs(rule.root for rule in self.rules.values())

    def rules_of(self, policy: str) -> dict[str, Rule]:
        """Those of one policy: its conditions in their order, then its amount."""
        names = *(f"{policy} {condition}" for condition in self.conditions[policy]), policy
        return {name: self.rules[name] for name in names}

    def is_money(self, policy: str) -> bool:
        """Whether its amounts are fen; otherwise months or units."""
        return self.rules[policy].type.kind is Kind.MONEY

    def without_value(self) -> dict[str, tuple[str, ...]]:
        """Policies that read a parameter or table without a value on the day, and which."""
        found = {
            name: tuple(
                sorted(
                    {p for rule in self.rules_of(name).values() for p in rule.parameters}
                    - self.parameters.keys()
                )
            )
            for name in self.conditions
        }
        return {name: gaps for name, gaps in found.items() if gaps}

    def digest(self, policy: str) -> str:
        """Of everything that the results of a policy rest on beside the subjects: its rules and numbers on the day."""
        rules = self.rules_of(policy)
        read = sorted({p for rule in rules.values() for p in rule.parameters})
        values = {name: _plain(self.parameters.get(name)) for name in read}
        said = json.dumps([serial.to_json(rules), values, self.at.isoformat()], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()

    def judge(self, columns: Columns, n: int, policies: Iterable[str] | None = None) -> Judge:
        """Takes the results of the rules for `n` subjects, made of these columns. Without `policies`: of all."""
        chosen = self.conditions if policies is None else policies
        readings = {
            name: Reading({rule: one.facts for rule, one in self.rules_of(name).items()}, self.facts[name])
            for name in chosen
        }
        return Judge(readings, columns, self.needs.fields, n)

    def verdicts(self, policy: str, found: Mapping[str, Column], columns: Columns, n: int) -> Verdicts:
        """What a policy comes to, from the results of its rules for `n` subjects and the columns they were made of.

        Raises OverflowError for an amount of more than 18 digits.
        """
        judge = self.judge(columns, n, [policy])
        for rule in self.rules_of(policy):
            judge.put_column(rule, found[rule])
        return judge.found[policy]


def _plain(value: Any) -> Any:
    if isinstance(value, Brackets):
        return [[str(part) for part in value.lower], [str(part) for part in value.values]]
    return None if value is None else str(value)

"""Policies for a whole population: for each subject what `calculator.assess` says of it, column by column. Pure.

matcher = Matcher(pack, policies, at)
found = program(matcher.rules).run(columns, matcher.parameters, n)
matcher.verdicts("job-stability-refund", found, columns, n).results
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import Result
from tongban.core.rules import serial
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Brackets, Parameters
from tongban.core.rules.to_numpy.columns import (
    KNOWN,
    UNDEFINED,
    UNKNOWN,
    Column,
    Columns,
    MemberColumns,
)
from tongban.core.rules.to_numpy.given import Needs, needs
from tongban.core.rules.types import Kind

RESULTS: Final = (Result.NOT, Result.ELIGIBLE, Result.NEAR, Result.NEEDS_DATA)
"""What a code of `Verdicts.results` stands for."""
NOT, ELIGIBLE, NEAR, NEEDS_DATA = range(4)
MAX_FACTS: Final = 62
"""Most facts of one policy: what is missing is kept as bits."""

Flags = NDArray[np.bool_]


class TooManyFacts(ValueError):
    """A policy reads more facts than are told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """One policy for many subjects."""

    results: NDArray[np.uint8]
    """Places in `RESULTS`."""
    amounts: NDArray[np.int64]
    """In fen; 0 unless eligible."""
    failing: NDArray[np.int16]
    """Where near: the place of the condition that is not met. Else -1."""
    missing: NDArray[np.int64]
    """Where data is needed: bits of the facts (in the order of `Matcher.facts`) that are not known and that a rule reads
    which is open. Those that cannot settle it among them are left out by the calculator for one subject, not here."""
    referred: int
    """Of how many a condition or the amount has no value although all is known: a person looks at them."""


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

    def verdicts(self, policy: str, found: Mapping[str, Column], columns: Columns, n: int) -> Verdicts:
        """What a policy comes to, from the results of its rules for `n` subjects and the columns they were made of.

        Raises OverflowError for an amount of more than 18 digits.
        """
        *conditions, amount = self.rules_of(policy)
        failed = np.zeros(n, np.uint8)  # how many, up to two
        open_, referred = (np.zeros(n, np.bool_) for _ in range(2))
        unmet: list[Flags] = []
        for name in conditions:
            state = found[name].states
            undefined = state == UNDEFINED
            no = found[name].values.astype(np.bool_, copy=False) & (state == KNOWN)
            open_now = state == UNKNOWN
            no |= open_now
            np.logical_not(no, out=no)  # neither met nor open: failed, for want of a value perhaps
            np.minimum(failed + no, 2, out=failed)
            open_ |= open_now
            if undefined.any():
                referred |= undefined
            unmet.append(no)
        state = found[amount].states
        none_failed = failed == 0
        passed = none_failed & ~open_
        results = np.full(n, NOT, np.uint8)
        near = (failed == 1) & ~open_ & ~referred  # what has no value is no near miss
        results[near] = NEAR
        wanting = none_failed & (open_ | (state == UNKNOWN))
        results[wanting] = NEEDS_DATA
        fen = np.where(state == KNOWN, found[amount].values, 0).astype(np.int64, copy=False)
        due = passed & (state == KNOWN) & (fen > 0)
        results[due] = ELIGIBLE
        referred |= passed & (state == UNDEFINED)
        place = np.full(n, -1, np.int16)
        rows = np.flatnonzero(near)
        for number, no in enumerate(unmet):
            place[rows[no[rows]]] = number
        return Verdicts(
            results, np.where(due, fen, 0), place,
            self._missing(policy, wanting, found, columns, n), int(np.count_nonzero(referred)),
        )  # fmt: skip

    def _missing(
        self, policy: str, wanting: Flags, found: Mapping[str, Column], columns: Columns, n: int
    ) -> NDArray[np.int64]:
        bits = np.zeros(n, np.int64)
        if not wanting.any():
            return bits
        facts = self.facts[policy]
        unknown = {name: not_known(columns.get(name), n, self.needs.fields.get(name, ())) for name in facts}
        for name, rule in self.rules_of(policy).items():
            is_open = wanting & (found[name].states == UNKNOWN)
            for fact in rule.facts:
                bits |= np.left_shift((is_open & unknown[fact]).astype(np.int64), facts.index(fact))
        return bits


def not_known(column: Column | MemberColumns | None, n: int, fields: Iterable[str] = ()) -> Flags:
    """Of which subjects a fact is not known; of a relation, whether itself or one of these fields of some member."""
    if column is None:
        return np.ones(n, np.bool_)
    none = np.zeros(n, np.bool_)
    if isinstance(column, Column):
        return none if column.state is None else column.state == UNKNOWN
    found = none if column.state is None else column.state == UNKNOWN
    inside = np.zeros(int(column.offsets[-1]), np.bool_)
    for name in fields:
        field = column.fields.get(name)
        if field is None:
            inside[:] = True
        elif field.state is not None:
            inside |= field.state == UNKNOWN
    totals = np.concatenate([np.zeros(1, np.int64), np.cumsum(inside)])
    return found | (totals[column.offsets[1:]] > totals[column.offsets[:-1]])


def total(amounts: NDArray[np.int64]) -> int:
    """The exact sum, also where it is more than an int64 holds: the halves of the words do not wrap."""
    return (int(np.sum(amounts >> 32)) << 32) + int(np.sum(amounts & 0xFFFFFFFF))


def _plain(value: Any) -> Any:
    if isinstance(value, Brackets):
        return [[str(part) for part in value.lower], [str(part) for part in value.values]]
    return None if value is None else str(value)

"""Certificates: which facts settle a result, and which smallest changes would give another.

    area >= 60 AND cold_dishes, where area is 45 and cold dishes are known

    why      area: with it the result is false, whatever the others are
    changes  area: 45, at least 60

A relation counts as one fact in `why`, and is not changed in `changes`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.changes.change import Way
from tongban.core.rules.changes.search import Search
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Absent, Facts, Known, Parameters, Undefined, Unknown, Value
from tongban.core.rules.types import Kind

MAX_SETS: Final = 2_000
"""Most sets of facts that `why` looks at to find a smaller one than the first it found."""
MAX_EVALUATIONS: Final = 20_000
"""Most evaluations that `changes` makes, of the rule or of a part of it; about a third of a second."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Known facts that alone settle a result, whatever all others are."""

    state: Known | Absent | Undefined
    """The result."""
    facts: tuple[str, ...]
    """Facts and relations, in the order in which the rule reads them. None can be left out."""
    smallest: bool
    """Whether it is certain that no other set has fewer."""


def why(rule: Rule, facts: Facts, parameters: Parameters) -> Grounds | None:
    """A smallest set of known facts that settles the result; None while the result is unknown.

    It comes from leaving out one fact after the other, and then from trying all smaller sets, as long as they are
    at most `MAX_SETS`.
    """
    state = evaluate(rule, facts, parameters)
    if isinstance(state, Unknown):
        return None
    read = [name for name in ir.facts(rule.root) if name in facts]

    def settles(names: Collection[str]) -> bool:
        return evaluate(rule, {name: facts[name] for name in names}, parameters) == state

    found = list(read)
    for name in reversed(read):
        fewer = [other for other in found if other != name]
        if settles(fewer):
            found = fewer
    looked = 0
    for size in range(len(found)):
        for names in combinations(read, size):
            looked += 1
            if looked > MAX_SETS:
                return Grounds(state, tuple(found), smallest=False)
            if settles(names):
                return Grounds(state, names, smallest=True)
    return Grounds(state, tuple(found), smallest=True)


def changes(
    rule: Rule,
    facts: Facts,
    parameters: Parameters,
    *,
    wanted: Value | None = None,
    fixed: Collection[str] = (),
    codes: Mapping[str, frozenset[str]] | None = None,
    limit: int = MAX_EVALUATIONS,
) -> list[Way]:
    """The smallest changes that would make a condition true, or give an amount that is absent or undefined.

    Those of the fewest facts, at most three, and of them the nearest first; each was evaluated and does. Facts that
    are not known yet are changed too, which means that they have to be so. `wanted` is another value than true, or
    one that an amount is to have. `fixed` are facts that nobody can change: an age. `codes` are the code lists by
    id; of a list that is not given, only the codes that the rule mentions are tried.

    Empty when the result is already as wanted, and when no way was found: the search tries the values at which a
    part of the rule switches over, and ends after `limit` evaluations. Raises TypeError when a value is not of its
    declared type.
    """
    if wanted is None and rule.type.kind is Kind.BOOLEAN:
        wanted = True
    return Search(rule, facts, parameters, wanted, codes or {}, limit).ways(fixed)

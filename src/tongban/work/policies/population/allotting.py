"""Sharing out what a policy sets aside among everybody in a population to whom it is due: money, or places of an offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tongban.core.packs.model_data import Budget, Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.allotment import allot
from tongban.core.planning.population import Matcher
from tongban.core.rules.rule import Rule
from tongban.core.rules.to_numpy.columns import KNOWN
from tongban.core.rules.to_numpy.given import needs
from tongban.core.rules.to_numpy.program import program
from tongban.work.policies.population import engines
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.sources import Source


@dataclass(frozen=True, slots=True)
class Share:
    subject: str
    amount: int
    """What the rules come to, in fen or units."""
    score: int
    """0 where the policy has none, or it is not known."""
    given: int


def reads(pack: Pack, policy: Policy, matcher: Matcher) -> None:
    """Lets the matcher of one policy read the facts of its score too."""
    if policy.score is not None:
        roots = (rule.root for rule in (*matcher.rules.values(), pack.score(policy.id)))
        matcher.needs = needs(roots)


def share_out(
    source: Source, checker: Checker, matcher: Matcher, pack: Pack, policy: Policy, budget: Budget, available: int,
    progress: Callable[[int], None] = lambda _rows: None,
) -> tuple[list[Share], int]:  # fmt: skip
    """A share for everybody to whom the policy is due, in the order of the source; and how many rows were rejected.

    Raises BadSource and what the engine raises.
    """
    rules: dict[str, Rule] = dict(matcher.rules)
    if policy.score is not None:
        rules["score"] = pack.score(policy.id)
    ready = program(rules)
    keys: list[str] = []
    amounts: list[int] = []
    scores: list[int] = []
    rejected = 0
    for batch in source.batches(checker.wanted()):
        checked = checker.check(batch)
        rejected += len({one.row for one in checked.rejected})
        progress(batch.table.num_rows)
        n = len(checked.keys)
        if not n:
            continue
        columns = engines.columns_of(checked.table, matcher)
        found = ready.run(columns, matcher.parameters, n)
        verdicts = matcher.verdicts(policy.id, found, columns, n)
        places = verdicts.eligible
        keys += checked.keys.take(places).to_pylist()
        amounts += verdicts.amounts.tolist()
        scores += _points(found.get("score"), places)
    given = allot(amounts, available, budget.order, scores=scores, partial=budget.partial)
    shares = [Share(*one) for one in zip(keys, amounts, scores, given, strict=True)]
    return shares, rejected + len(source.torn.rows)


def _points(column: Any, places: Any) -> list[int]:
    if column is None:
        return [0] * len(places)
    known = column.states[places] == KNOWN
    return [int(one) for one in np.where(known, column.values[places], 0)]

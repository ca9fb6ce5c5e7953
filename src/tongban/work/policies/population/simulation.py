"""A population before and after a change, in one pass over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from tongban.core.planning.changed import Effect, effects
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import Verdicts
from tongban.core.rules.to_numpy.given import Needs
from tongban.work.policies.population import engines
from tongban.work.policies.population.checking import Checked, Checker
from tongban.work.policies.population.sources import Source

NOT_KNOWN: Final = ""
"""Group of the subjects whose group is not known."""

Effects: TypeAlias = dict[str, dict[str, Effect]]
"""By policy, then by group; without groups there is one, `NOT_KNOWN`."""


def needs(matchers: Sequence[Matcher]) -> Needs:
    """The columns that any of them reads."""
    facts = {name: type for one in matchers for name, type in one.needs.facts.items()}
    relations: dict[str, dict[str, Any]] = {}
    for one in matchers:
        for name, fields in one.needs.fields.items():
            relations.setdefault(name, {}).update(fields)
    return Needs(facts, relations)


def simulate(
    source: Source,
    checker: Checker,
    before: Matcher,
    afters: Sequence[Matcher],
    *,
    engine: str = "numpy",
    url: str | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> tuple[list[Effects], int]:
    """The effect of each of `afters` beside `before`, on the policies that both hold; and how many rows were rejected.

    The checker names the column of the groups (`beside`). Raises BadSource and what the engine raises.
    """
    found: list[Effects] = [
        {name: {} for name in one.conditions if name in before.conditions} for one in afters
    ]
    runs = [engines.engine(engine, one, url) for one in (before, *afters)]
    rejected = 0
    for batch in source.batches(checker.wanted()):
        checked = checker.check(batch)
        rejected += len({one.row for one in checked.rejected})
        progress(batch.table.num_rows)
        n = len(checked.keys)
        if not n:
            continue
        names, groups = _groups(checked, n)
        first, *others = (
            _verdicts(one, run, checked, n) for one, run in zip((before, *afters), runs, strict=True)
        )
        for made, after in zip(found, others, strict=True):
            for policy, by_group in made.items():
                for name, effect in zip(
                    names, effects(first[policy], after[policy], groups, len(names)), strict=True
                ):
                    by_group.setdefault(name, Effect()).add(effect)
    return found, rejected + len(source.torn.rows)


def _verdicts(matcher: Matcher, run: engines.Runs, checked: Checked, n: int) -> dict[str, Verdicts]:
    columns = engines.columns_of(checked.table, matcher)
    return dict(run.prepare(checked.table, columns, n)())


def _groups(checked: Checked, n: int) -> tuple[list[str], Any]:
    """Names of the groups, and the place of each subject's among them."""
    if checked.beside is None:
        return [NOT_KNOWN], np.zeros(n, np.int64)
    coded = checked.beside.fill_null(NOT_KNOWN).dictionary_encode()
    return [str(one) for one in coded.dictionary.to_pylist()], coded.indices.to_numpy(
        zero_copy_only=False
    ).astype(np.int64)

"""A population before and after a change, in one pass over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np

from tongban.core.planning.changed import Effect, effects
from tongban.core.planning.population import Matcher
from tongban.core.planning.versions import Versions
from tongban.core.rules.to_numpy.chunks import side_by_side
from tongban.work.policies.population import engines, keys
from tongban.work.policies.population.checking import Checked, Checker
from tongban.work.policies.population.sources import Source

NOT_KNOWN: Final = ""
"""Group of the subjects whose group is not known."""

_Batch: TypeAlias = dict[str, dict[str, Effect]]
Effects: TypeAlias = dict[str, dict[str, Effect]]
"""By policy, then by group; without groups there is one, `NOT_KNOWN`."""


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
    versions = Versions([before, *afters])
    run = engines.engine(engine, versions, url)
    rejected = 0
    checker.differ = keys.differ_in(source, checker.key)

    def batches() -> Iterator[Callable[[], list[_Batch]]]:
        nonlocal rejected
        for batch in source.batches(checker.wanted()):
            checked = checker.check(batch)
            rejected += len({one.row for one in checked.rejected})
            progress(batch.table.num_rows)
            if len(checked.keys):
                yield partial(_effects, checked, versions, run)

    for one in side_by_side(batches(), run.workers):
        for made, more in zip(found, one, strict=True):
            for policy, by_group in made.items():
                for name, effect in more[policy].items():
                    by_group.setdefault(name, Effect()).add(effect)
    return found, rejected + len(source.torn.rows)


def _effects(checked: Checked, versions: Versions, run: engines.Runs) -> list[_Batch]:
    """Of each version but the first: by policy and group."""
    n = len(checked.keys)
    columns = engines.columns_of(checked.table, versions)
    before, *afters = run.compute(checked.table, columns, n)
    names, groups = _groups(checked, n)
    return [
        {
            name: dict(zip(names, effects(before[name], verdicts, groups, len(names)), strict=True))
            for name, verdicts in after.items()
            if name in before
        }
        for after in afters
    ]


def _groups(checked: Checked, n: int) -> tuple[list[str], Any]:
    """Names of the groups, and the place of each subject's among them."""
    if checked.beside is None:
        return [NOT_KNOWN], np.zeros(n, np.int64)
    coded = checked.beside.fill_null(NOT_KNOWN).dictionary_encode()
    return [str(one) for one in coded.dictionary.to_pylist()], coded.indices.to_numpy(
        zero_copy_only=False
    ).astype(np.int64)

"""How many subjects of a population stand just below a cliff: a little more of one number, and they lose by it.

Looked at are the places that are the same for everybody (`taxable_income <= 3000000`); whether one loses there, and how much,
is reckoned for each subject with all else that is known of it, and of several policies for the best lawful combination of
what is due to it. Places that move with other facts (layoffs by staff) differ from subject to subject and are not looked
at; their facts are named. Nor are those at which only the combination turns: they come with the amounts of each subject.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import cliff_places, cliffs, stacking
from tongban.core.planning.population import Matcher
from tongban.core.planning.together import Together
from tongban.core.planning.verdicts import total
from tongban.core.planning.versions import Versions
from tongban.core.rules.states import Value
from tongban.core.rules.to_numpy.columns import KNOWN, Column, Columns
from tongban.work.policies.population import engines
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.sources import Source

_HUGE: Final = 2**62
"""Values of a fact beyond this are not compared with places."""


@dataclass(slots=True)
class Below:
    """One place, and who stands within reach below it, those at the place itself among them."""

    at: Value
    beyond: Value
    near: int = 0
    """How many stand there."""
    losing: int = 0
    """How many of them would lose more than a yuan by stepping over it."""
    lost_fen: int = 0
    """By how much, all together."""
    open: int = 0
    """Of how many it cannot be told, because something else is not known."""


@dataclass(frozen=True, slots=True)
class Standing:
    places: tuple[Below, ...]
    """In rising order, those without anybody too."""
    subjects: int
    losing: int
    """How many stand below some cliff, each counted once."""
    unknown: int
    """Of how many the fact is not known."""
    rejected: int
    """Rows that could not be read."""
    others: frozenset[str]
    """Facts by which further places move, which are not looked at."""
    exact: bool
    """Whether no lawful combination pays more than what was reckoned (`stacking.EXACT`)."""


def standing(
    source: Source,
    checker: Checker,
    pack: Pack,
    policies: Sequence[Policy],
    fact: str,
    at: date,
    *,
    within: Fraction,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Standing:
    """`within` is a share of the place: with 1/20 of 3,000,000 whoever has from 2,850,000 on.

    Raises CannotLook, BadSource and what the engine raises.
    """
    matcher = Matcher.of_pack(pack, policies, at)
    grid = cliffs.grid_of(pack, policies, fact)
    lasts, others = cliff_places.fixed(cliffs.roots(pack, policies), fact, matcher.parameters, grid)
    found = [Below(grid.value(last), grid.value(last + 1)) for last in lasts]
    together = Together(pack, policies)
    run = engines.engine("numpy", Versions([matcher]))
    whole = Standing(tuple(found), 0, 0, 0, 0, others, exact=True)
    for batch in source.batches(checker.wanted()):
        checked = checker.check(batch)
        progress(batch.table.num_rows)
        whole = replace(whole, rejected=whole.rejected + len({one.row for one in checked.rejected}))
        n = len(checked.keys)
        if not n:
            continue
        columns = engines.columns_of(checked.table, matcher)
        known, values = _values(columns.get(fact), n)
        anywhere = np.zeros(n, np.bool_)
        for below, last in zip(found, lasts, strict=True):
            near = known & (values <= last) & (values >= _from(last, within))
            below.near += int(np.count_nonzero(near))
            if not near.any():
                continue
            sides = [
                _due(matcher, run, checked.table, columns, fact, number, n) for number in (last, last + 1)
            ]
            told = near & sides[0][1] & sides[1][1]
            worth = [_worth(due, told, together) for due, _ in sides]
            lost = np.where(told, worth[0] - worth[1], 0)
            losing = lost > cliffs.YUAN
            below.losing += int(np.count_nonzero(losing))
            below.lost_fen += total(np.where(losing, lost, 0))
            below.open += int(np.count_nonzero(near & ~told))
            anywhere |= losing
        whole = replace(
            whole,
            subjects=whole.subjects + n,
            losing=whole.losing + int(np.count_nonzero(anywhere)),
            unknown=whole.unknown + int(np.count_nonzero(~known)),
        )
    return replace(whole, rejected=whole.rejected + len(source.torn.rows), exact=together.exact)


def _from(last: int, within: Fraction) -> int:
    """The least value that is within reach, also of a place below nothing."""
    return last - int(abs(last) * within)


def _values(column: Any, n: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Of which subjects the fact is known, and what it is."""
    if not isinstance(column, Column):
        return np.zeros(n, np.bool_), np.zeros(n, np.int64)
    known = column.states == KNOWN
    fits = known & (column.values < _HUGE) & (column.values > -_HUGE)
    return known, np.where(fits, column.values, _HUGE).astype(np.int64)


def _due(
    matcher: Matcher, run: engines.Runs, table: Any, columns: Columns, fact: str, number: int, n: int
) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.bool_]]:
    """What each policy alone comes to for each subject if the fact were this, and of which subjects that can be told."""
    shifted = {**columns, fact: Column(np.full(n, number, np.int64))}
    told = np.ones(n, np.bool_)
    (found,) = run.compute(table, shifted, n)
    for verdicts in found.values():
        told[verdicts.wanting] = False
    return {name: verdicts.due for name, verdicts in found.items()}, told


def _worth(
    due: Mapping[str, NDArray[np.int64]], asked: NDArray[np.bool_], together: Together
) -> NDArray[np.int64]:
    """What all policies come to for each of the subjects that are asked for: the sum, and where policies bear on each other
    and several of them are due (or one that has a cap) the combination, subject by subject.
    """
    worth = np.zeros(len(asked), np.int64)
    for name, amounts in due.items():
        worth += together.sign(name) * amounts
    for place, cluster in enumerate(together.clusters):
        amounts = np.stack([due[policy.id] for policy in cluster])
        several = np.count_nonzero(amounts, axis=0) > 1
        for policy, of_one in zip(cluster, amounts, strict=True):
            if stacking.capped(policy):
                several |= of_one > 0
        rows = np.flatnonzero(asked & several)
        kinds, which = np.unique(amounts[:, rows], axis=1, return_inverse=True)
        less = [together.less(place, tuple(one)) for one in kinds.T.tolist()]
        worth[rows] -= np.array(less, np.int64)[which.reshape(-1)]
    return worth

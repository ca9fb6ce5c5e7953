"""What a change of numbers or of a text would do to a population: who gets more, who gets less, what it costs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tongban.core.packs import parameters
from tongban.core.packs.names import did_you_mean
from tongban.core.packs.pack import Pack
from tongban.core.planning.verdicts import Verdicts
from tongban.core.rules.states import Parameters
from tongban.core.rules.types import BadValue, read

Amounts = NDArray[np.int64]


class BadChange(ValueError):
    """A number that cannot be set; the message says what to do."""


@dataclass(slots=True)
class Effect:
    """Of one policy on some subjects, before against after. Money in fen."""

    subjects: int = 0
    before: int = 0
    """To how many it was due."""
    after: int = 0
    cost_before: int = 0
    cost_after: int = 0
    winners: int = 0
    """How many get more, those who had nothing among them."""
    losers: int = 0
    """How many get less, those who get nothing any more among them."""
    won: int = 0
    lost: int = 0
    """By how much, all together."""
    open: int = 0
    """Of how many it cannot be told, before or after, because something is not known."""

    def add(self, other: Effect) -> None:
        for one in fields(Effect):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def effects(before: Verdicts, after: Verdicts, groups: NDArray[np.int64], count: int) -> list[Effect]:
    """One effect for each of `count` groups; `groups` says of each subject which is its own."""
    change, told = after.due - before.due, np.ones(len(groups), np.bool_)
    told[before.wanting] = told[after.wanting] = False
    change[~told] = 0
    winners, losers = np.flatnonzero(change > 0), np.flatnonzero(change < 0)
    who = {
        "subjects": slice(None), "before": before.eligible, "after": after.eligible,
        "winners": winners, "losers": losers, "open": np.flatnonzero(~told),
    }  # fmt: skip
    counted = {name: np.bincount(groups[places], minlength=count) for name, places in who.items()}
    sums = {
        "cost_before": _summed(before.amounts, groups[before.eligible], count),
        "cost_after": _summed(after.amounts, groups[after.eligible], count),
        "won": _summed(change[winners], groups[winners], count),
        "lost": _summed(-change[losers], groups[losers], count),
    }
    return [
        Effect(**{name: int(found[group]) for name, found in {**counted, **sums}.items()})
        for group in range(count)
    ]


def with_values(pack: Pack, values: Parameters, said: Mapping[str, str]) -> Parameters:
    """Parameters with others in their place, as people type them. Raises BadChange."""
    changed = dict(values)
    for name, text in said.items():
        parameter = pack.parameters.get(name)
        if parameter is None and name in pack.bracket_tables:
            raise BadChange(
                f"'{name}' is a bracket table, and only single numbers can be set. Change it in a layer."
            )
        if parameter is None:
            hint = did_you_mean(name, pack.parameters)
            raise BadChange(f"There is no parameter '{name}'." + (f" ({hint})" if hint else ""))
        try:
            changed[name] = read(parameters.type_of(parameter), text)
        except BadValue as error:
            raise BadChange(f"{name}: '{text}' cannot be its value. {error}") from error
    return changed


def _summed(amounts: Amounts, groups: NDArray[np.int64], count: int) -> list[int]:
    """Exact sums by group, also where they are more than an int64 holds: the halves of the words do not wrap."""
    high, low = np.zeros((2, count), np.int64)
    np.add.at(high, groups, amounts >> 32)
    np.add.at(low, groups, amounts & 0xFFFFFFFF)
    return [(int(above) << 32) + int(below) for above, below in zip(high, low, strict=True)]

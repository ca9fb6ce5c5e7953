"""What a part of a rule comes out as for a subject, as terms; and how outcomes combine.

There is nothing unknown here: a subject of the prover is complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.core.rules.prove.calendar import Day
from tongban.core.rules.prove.logic import Term, World


@dataclass(frozen=True, slots=True)
class Outcome:
    undefined: Term
    absent: Term
    """Counts only where it is not undefined."""
    value: Any
    """A term, or a `Day`, or a `Ratio`; counts only where it is neither."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two whole numbers; the lower one is more than 0 wherever the ratio counts."""

    above: Term
    below: Term


def missing(world: World, outcome: Outcome) -> Term:
    """Absent, and not undefined."""
    return world.all(world.no(outcome.undefined), outcome.absent)


def known(world: World, outcome: Outcome) -> Term:
    return world.no(world.any(outcome.undefined, outcome.absent))


def holds(world: World, outcome: Outcome) -> Term:
    """Whether a condition is known to be true."""
    return world.all(known(world, outcome), outcome.value)


def fails(world: World, outcome: Outcome) -> Term:
    """Whether a condition is known to be false."""
    return world.all(known(world, outcome), world.no(outcome.value))


def choose(world: World, condition: Term, then: Outcome, otherwise: Outcome) -> Outcome:
    return Outcome(
        world.choose(condition, then.undefined, otherwise.undefined),
        world.choose(condition, then.absent, otherwise.absent),
        either(world, condition, then.value, otherwise.value),
    )


def either(world: World, condition: Term, then: Any, otherwise: Any) -> Any:
    """Of two values of one kind."""
    if isinstance(then, Day):
        month = world.choose(condition, then.month, otherwise.month)
        return Day(month, world.choose(condition, then.day, otherwise.day))
    return world.choose(condition, then, otherwise)


def strict(world: World, parts: Iterable[Outcome], value: Any, *, undefined: Term = False) -> Outcome:
    """Undefined if a part is, or the operation is; else absent if a part is."""
    parts = list(parts)
    return Outcome(
        world.any(undefined, *(part.undefined for part in parts)),
        world.any(*(part.absent for part in parts)),
        value,
    )


def junction(world: World, parts: Sequence[Outcome], *, decisive: bool) -> Outcome:
    """AND (decided by false) and OR (decided by true)."""
    decided = world.any(*((holds if decisive else fails)(world, part) for part in parts))
    undecided = world.no(decided)
    undefined = world.all(undecided, world.any(*(part.undefined for part in parts)))
    absent = world.all(undecided, world.any(*(part.absent for part in parts)))
    return Outcome(undefined, absent, decided if decisive else undecided)

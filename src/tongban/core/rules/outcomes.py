"""What a part of a rule comes out as while it is evaluated, and how outcomes combine.

An open outcome says what could settle it and whether it could still turn out undefined: that is what keeps a
definite result from being given too early.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tongban.core.rules.functions import Inner
from tongban.core.rules.states import ABSENT, Absent, Undefined


@dataclass(frozen=True, slots=True)
class Is:
    value: Inner


@dataclass(frozen=True, slots=True)
class Open:
    """Not settled: what could settle it, and whether it could turn out undefined."""

    facts: frozenset[str]
    partial: bool = False


Outcome: TypeAlias = Is | Absent | Undefined | Open


def junction(outcomes: Iterable[Outcome], *, decisive: bool) -> Outcome:
    """AND (decided by false) and OR (decided by true)."""
    seen: list[Outcome] = []
    for outcome in outcomes:
        if outcome == Is(decisive):
            return outcome
        seen.append(outcome)
    if any(isinstance(outcome, Open) for outcome in seen):
        return opened(seen)
    undefined = next((outcome for outcome in seen if isinstance(outcome, Undefined)), None)
    return undefined or (ABSENT if ABSENT in seen else Is(not decisive))


def unsettled(outcomes: Sequence[Outcome], *, partial: bool = False) -> Absent | Undefined | Open | None:
    """What a strict operation on these comes out as unless all are known, and then None.

    Undefined goes before absent; what is open and could be undefined goes before both. `partial` says that the
    operation itself can be undefined on known values.
    """
    for outcome in outcomes:
        if isinstance(outcome, Open) and outcome.partial:
            return opened(outcomes)
        if isinstance(outcome, Undefined):
            return outcome
    if any(isinstance(outcome, Absent) for outcome in outcomes):
        return ABSENT
    if any(isinstance(outcome, Open) for outcome in outcomes):
        return opened(outcomes, partial=partial)
    return None


def first_or_open(reached: list[Outcome]) -> Outcome:
    """Of the outcomes that could be the result, the only one if nothing before it is open."""
    if any(isinstance(outcome, Open) for outcome in reached):
        return opened(reached)
    return reached[0] if reached else ABSENT


def opened(outcomes: Iterable[Outcome], *, partial: bool = False) -> Open:
    """Open, by whatever is open among these."""
    outcomes = list(outcomes)
    names = frozenset[str]().union(*(outcome.facts for outcome in outcomes if isinstance(outcome, Open)))
    return Open(names, partial or may_be_undefined(outcomes))


def may_be_undefined(outcomes: Iterable[Outcome]) -> bool:
    return any(isinstance(o, Undefined) or (isinstance(o, Open) and o.partial) for o in outcomes)


def all_the_same(outcomes: list[Outcome]) -> bool:
    return all(outcome == outcomes[0] and not isinstance(outcome, Open) for outcome in outcomes)

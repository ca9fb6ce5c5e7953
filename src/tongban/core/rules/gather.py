"""What the members of a relation come to: see `ir.Aggregate` for the meaning."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from tongban.core.rules import ir, outcomes
from tongban.core.rules.exact import plain
from tongban.core.rules.functions import Inner
from tongban.core.rules.ir import Aggregation
from tongban.core.rules.outcomes import Is, Open, Outcome
from tongban.core.rules.states import ABSENT, Absent, Undefined

_IDLE: Final = {Aggregation.SUM: Is(0), Aggregation.BOOL_OR: Is(False), Aggregation.BOOL_AND: Is(True)}
"""Operands that change nothing, let through or not."""


def contribution(function: Aggregation, where: Outcome, operand: Outcome) -> Outcome | None:
    """What one member adds; None for nothing. For COUNT the operand is 1."""
    match where:
        case Absent():
            return None
        case Undefined():
            return where
        case Is(value=value):
            return operand if value and not isinstance(operand, Absent) else None
        case Open():
            if isinstance(operand, Absent) or operand == _IDLE.get(function):
                return where if where.partial else None
            return outcomes.opened([where, operand])


def total(node: ir.Aggregate, contributions: Sequence[Outcome]) -> Outcome:
    """What the contributions of all members come to."""
    match node.function:
        case Aggregation.BOOL_OR:
            return outcomes.junction(contributions, decisive=True)
        case Aggregation.BOOL_AND:
            return outcomes.junction(contributions, decisive=False)
        case _:
            found = outcomes.unsettled(contributions)
            values = [outcome.value for outcome in contributions if isinstance(outcome, Is)]
            return found or _fold(node.function, values)


def _fold(function: Aggregation, values: list[Inner]) -> Outcome:
    match function:
        case Aggregation.MIN:
            return Is(min(values)) if values else ABSENT  # type: ignore[type-var]  # all of one ordered type
        case Aggregation.MAX:
            return Is(max(values)) if values else ABSENT  # type: ignore[type-var]
        case _:
            return Is(plain(sum((v for v in values if isinstance(v, int | Fraction)), start=0)))

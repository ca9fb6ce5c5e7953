"""Between what a result lies while something is unknown: interval evaluation.

    income * 0.1, income declared from 0 to 1,000,000  ->  from 0 to 100,000, or absent

**Soundness.** The result of every completion of the facts lies inside, as long as the completion stays inside the
declared ranges. A relation's own range is the number of its members; one that is absent has none. Bounds may be
wider than need be where a fact stands in several places, but a condition that the ranges decide is decided, and
what cannot be reached is left out: `CASE WHEN income > 100 THEN a ELSE b END` is b when income ends at 50, and
inside a branch a fact is known to meet the branch's condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.intervals import spans, walk
from tongban.core.rules.intervals.spans import Among, Possible, Span
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import (
    ABSENT,
    Absent,
    Facts,
    Known,
    Parameters,
    State,
    Undefined,
    Unknown,
    Value,
)
from tongban.core.rules.types import Kind, Range, Type


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a rule can come out as; `low` and `high` are of the rule's type."""

    low: Value | None
    """The least number, amount or date; None where there is no end, and for other types."""
    high: Value | None
    values: frozenset[Value] | None
    """For conditions, texts and codes: what is possible; None where anything is, and for ordered types."""
    may_be_known: bool
    """Whether it can have a value at all."""
    may_be_absent: bool
    may_be_undefined: bool

    @property
    def may_be_true(self) -> bool:
        return self.may_be_known and (self.values is None or True in self.values)

    @property
    def may_be_false(self) -> bool:
        return self.may_be_known and (self.values is None or False in self.values)

    @property
    def settled(self) -> Known | Absent | None:
        """The one result that is left, unless that is undefined; None when there are several."""
        if self.may_be_undefined or (self.may_be_absent and self.may_be_known):
            return None
        if self.may_be_absent:
            return ABSENT
        if self.values is not None:
            return Known(next(iter(self.values))) if len(self.values) == 1 else None
        return Known(self.low) if self.low is not None and self.low == self.high else None


def bounds(
    rule: Rule,
    facts: Facts,
    parameters: Parameters,
    *,
    within: Mapping[str, Range] | None = None,
    state: State | None = None,
) -> Bounds:
    """The bounds of a rule. A definite result is both ends: low = high.

    `within` frees facts, known or not: each has a value, somewhere in this range and in its declared one. `state` is what the
    rule comes to without it, for those who know that already. Raises TypeError when a value is not of its declared type.
    """
    if not within:
        state = evaluate(rule, facts, parameters) if state is None else state
        if not isinstance(state, Unknown):
            return _bounds(rule.type, _definite(rule.type, state))
    free = dict(within or {})
    known = {name: state for name, state in facts.items() if name not in free}
    found = walk.of(rule, known, parameters, free)
    if found.undefined and rule.on_undefined is OnUndefined.NO:
        if rule.type.kind is Kind.BOOLEAN:
            found = Possible(spans.union((found.values, spans.truths(False))), found.absent)
        else:
            found = Possible(found.values, absent=True)
    return _bounds(rule.type, found)


def _definite(type: Type, state: State) -> Possible:
    match state:
        case Known(value=value):
            return Possible(spans.single(type, value))
        case Absent():
            return Possible(absent=True)
        case Undefined() | Unknown():
            return spans.UNDEFINED


def _bounds(type: Type, found: Possible) -> Bounds:
    low, high, values = None, None, None
    match found.values:
        case Span():
            low, high = (
                _end(type, found.values, found.values.low),
                _end(type, found.values, found.values.high),
            )
        case Among(values=listed) if listed is not None:
            values = frozenset[Value](listed)
        case _:
            pass
    return Bounds(low, high, values, found.values is not None, found.absent, found.undefined)


def _end(type: Type, span: Span, end: spans.Number | None) -> Value | None:
    """The first and the last day that a date can hold are no bounds, unless nothing else is possible."""
    endless = type.kind is Kind.DATE and end in (spans.FIRST_DAY, spans.LAST_DAY) and not span.single
    return None if end is None or endless else spans.outer(type, end)

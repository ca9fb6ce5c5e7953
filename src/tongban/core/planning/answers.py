"""Answers to try on a question, with the share of people who give each.

wants_gas     yes 0.2, no 0.8                the pack says `priors: {yes: 0.2}`
trade         freight, coach, ...            each code as often as the next
area          299, 300, 301                  rules compare it with 300: one answer for each side
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tongban.core.packs import facts as packfacts
from tongban.core.planning.situation import Situation
from tongban.core.rules import ir, types
from tongban.core.rules.states import Brackets, Known, Value
from tongban.core.rules.types import BadValue

MOST: Final = 12
"""Answers tried on one question; the codes of a longer list are tried up to here."""
MOST_EDGES: Final = 3
Answers = tuple[tuple[Known, Fraction], ...]


def answers(fact: str, rules: Collection[str], situation: Situation) -> Answers:
    """None at all for a fact whose values the rules do not name: a text that is only compared with another."""
    declared = situation.pack.facts[fact]
    if declared.type == "boolean":
        named = {"yes": Known(True), "no": Known(False)}
    elif declared.codes:
        items = situation.pack.code_lists[declared.codes].items[:MOST]
        named = {item.code: Known(item.code) for item in items}
    else:
        tried = tuple(_around(fact, rules, situation))
        return tuple((Known(value), Fraction(1, len(tried))) for value in tried)
    if not declared.priors:
        return tuple((state, Fraction(1, len(named))) for state in named.values())
    shares = packfacts.priors(declared, list(named))
    return tuple((state, shares[name]) for name, state in named.items())


def _around(fact: str, rules: Collection[str], situation: Situation) -> Iterator[Value]:
    """Just below, at and just above whatever the rules compare the fact with."""
    type = packfacts.type_of(situation.pack.facts[fact])
    edges = list(dict.fromkeys(edge for text in rules for edge in _edges(fact, text, situation)))[:MOST_EDGES]
    tried: dict[Value, None] = {}
    for edge in edges:
        for value in _beside(edge):
            try:
                tried[types.read(type, value)] = None
            except BadValue:
                continue  # a threshold finer than the fact, or past the calendar: nothing lies there
    yield from tried


def _edges(fact: str, text: str, situation: Situation) -> Iterator[Value]:
    for part in ir.walk(situation.pack.rule(text).root):
        if not isinstance(part, ir.Compare | ir.Between | ir.In):
            continue
        inside = ir.children(part)
        if not any(isinstance(one, ir.Fact) and one.name == fact for one in inside):
            continue
        for one in inside:
            if isinstance(one, ir.Literal):
                yield one.value
            elif isinstance(one, ir.Parameter):
                value = situation.parameters.get(one.name)
                if value is not None and not isinstance(value, Brackets):
                    yield value


def _beside(edge: Value) -> tuple[Value, ...]:
    if isinstance(edge, bool | str):
        return (edge, "") if isinstance(edge, str) else (edge,)
    if isinstance(edge, date):
        return tuple(edge + timedelta(days=n) for n in (-1, 0, 1)) if date.min < edge < date.max else (edge,)
    step = 1 if isinstance(edge, int) else Decimal(1)
    return (edge - step, edge, edge + step)

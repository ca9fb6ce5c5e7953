"""What the random rules are about: a vocabulary, and random subjects of whom more or less is known.

Values come from small pools on purpose: zeros, halves, month ends and equal values have to meet often.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from tests.core.rules.meaning import Nothing

from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Value
from tongban.core.rules.types import Vocabulary, parse_type

CODES = {"kinds": frozenset({"noodle", "cafe", "bar"})}
FACTS = {
    "open_air": parse_type("boolean"),
    "cold_dishes": parse_type("boolean"),
    "music": parse_type("boolean"),
    "area": parse_type("integer"),
    "kitchen": parse_type("integer"),
    "seats": parse_type("integer"),
    "ratio": parse_type("decimal(2)"),
    "income": parse_type("money"),
    "cost": parse_type("money"),
    "opened": parse_type("date"),
    "closed": parse_type("date"),
    "name": parse_type("text"),
    "kind": parse_type("code", codes="kinds"),
}
PARAMETERS = {
    "least_area": parse_type("integer"),
    "rate": parse_type("decimal(3)"),
    "cap": parse_type("money"),
    "cutoff": parse_type("date"),
    "allowed": parse_type("boolean"),
}
VOCABULARY = Vocabulary(facts=FACTS, parameters=PARAMETERS, code_lists=CODES)
TYPES = FACTS | PARAMETERS

DAYS = [
    date(2000, 1, 31),
    date(2000, 2, 29),
    date(2000, 3, 1),
    date(2001, 2, 28),
    date(2000, 6, 30),
    date(2000, 12, 31),
    date(1, 1, 1),
    date(9999, 12, 31),
]
POOLS: dict[str, list[Value]] = {
    "boolean": [False, True],
    "integer": [-1, 0, 0, 1, 2, 3],
    "decimal2": [Decimal(text) for text in ("-0.50", "0.00", "0.00", "0.25", "1.00", "2.01")],
    "decimal3": [Decimal(text) for text in ("-1.500", "0.000", "0.125", "0.333", "1.000")],
    "money": [-50, 0, 0, 33, 50, 100, 150],
    "date": [*DAYS],
    "text": ["", "A", "a'b"],
    "code": sorted(CODES["kinds"]),
}


def pick(random: Random, name: str) -> Value:
    """A value of the fact or parameter."""
    type = TYPES[name]
    return random.choice(POOLS[f"decimal{type.scale}" if type.kind == "decimal" else type.kind])


def state(random: Random, name: str) -> Known | Absent:
    return ABSENT if random.random() < 0.25 else Known(pick(random, name))


def some_facts(random: Random, names: Iterable[str]) -> Facts:
    """Of a share of the facts, which is itself random, what is known."""
    share = random.choice([0.0, 0.3, 0.6, 0.9])
    return {name: state(random, name) for name in sorted(names) if random.random() < share}


def complete(random: Random, names: Iterable[str], facts: Facts) -> Facts:
    """The same facts, and something for each of the others."""
    return {**{name: state(random, name) for name in sorted(names) if name not in facts}, **facts}


def parameters(random: Random) -> dict[str, Value]:
    """Values of the parameters; now and then one has none."""
    return {name: pick(random, name) for name in PARAMETERS if random.random() < 0.9}


def environment(facts: Facts, given: dict[str, Value]) -> dict[str, Any]:
    """What a `meaning` reads: every fact and parameter, decimals as fractions."""
    plain = {name: state.value if isinstance(state, Known) else None for name, state in facts.items()}
    undefined = {name: Nothing(f"no value of '{name}' for this date") for name in PARAMETERS}
    return {
        name: Fraction(value) if isinstance(value, Decimal) else value
        for name, value in (plain | undefined | given).items()
    }

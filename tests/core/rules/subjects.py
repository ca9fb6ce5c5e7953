"""What the random rules are about: a vocabulary, and random subjects of whom more or less is known.

Values come from small pools on purpose: zeros, halves, month ends and equal values have to meet often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from tests.core.rules.meaning import Nothing

from tongban.core.rules.states import ABSENT, Absent, Brackets, Facts, Known, Members, Value
from tongban.core.rules.types import Table, Type, Vocabulary, parse_type

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
RELATIONS = {
    "children": {
        "born": parse_type("date"),
        "grade": parse_type("integer"),
        "fee": parse_type("money"),
        "boards": parse_type("boolean"),
    },
    "rooms": {
        "size": parse_type("decimal(2)"),
        "owned": parse_type("boolean"),
        "kind": parse_type("code", codes="kinds"),
    },
}
TABLES = {
    "bands": Table(parse_type("money"), parse_type("decimal(2)")),
    "prices": Table(parse_type("integer"), parse_type("money")),
    "periods": Table(parse_type("date"), parse_type("integer")),
}
VOCABULARY = Vocabulary(
    facts=FACTS, parameters=PARAMETERS, code_lists=CODES, relations=RELATIONS, tables=TABLES
)
TYPES = FACTS | PARAMETERS
READABLE = (*FACTS, *RELATIONS)
"""Everything that a subject can hold."""

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


def pick(random: Random, type: Type) -> Value:
    """A value of the type."""
    return random.choice(POOLS[f"decimal{type.scale}" if type.kind == "decimal" else type.kind])


def field(random: Random, type: Type) -> Known | Absent:
    return ABSENT if random.random() < 0.25 else Known(pick(random, type))


def state(random: Random, name: str) -> Known | Absent | Members:
    """Something for a fact; all about the members of a relation."""
    fields = RELATIONS.get(name)
    if fields is None:
        return field(random, TYPES[name])
    if random.random() < 0.1:
        return ABSENT
    rows = ({key: field(random, type) for key, type in fields.items()} for _ in range(random.randint(0, 3)))
    return Members(tuple(rows))


def forgetful(random: Random, found: Known | Absent | Members) -> Known | Absent | Members:
    """The same, with some of what is known about members left out."""
    if not isinstance(found, Members) or random.random() < 0.5:
        return found
    rows = ({key: known for key, known in row.items() if random.random() < 0.7} for row in found.rows)
    return Members(tuple(rows))


def some_facts(random: Random, names: Iterable[str]) -> Facts:
    """Of a share of the facts, which is itself random, what is known."""
    share = random.choice([0.0, 0.3, 0.6, 0.9])
    known = {name: state(random, name) for name in sorted(names) if random.random() < share}
    return {name: forgetful(random, found) for name, found in known.items()}


def complete(random: Random, names: Iterable[str], facts: Facts) -> Facts:
    """The same facts, and something for everything else."""
    found = {**{name: state(random, name) for name in sorted(names) if name not in facts}, **facts}
    return {name: _all_about(random, name, known) for name, known in found.items()}


def unsettled(names: Iterable[str], facts: Facts) -> list[str]:
    """Those of the names of whom something is still unknown."""
    return sorted(name for name in names if name not in facts or not _is_all(name, facts[name]))


def _is_all(name: str, known: Known | Absent | Members) -> bool:
    return not isinstance(known, Members) or all(row.keys() == RELATIONS[name].keys() for row in known.rows)


def _all_about(random: Random, name: str, known: Known | Absent | Members) -> Known | Absent | Members:
    if not isinstance(known, Members):
        return known
    fields = RELATIONS[name].items()
    return Members(
        tuple({key: row.get(key) or field(random, type) for key, type in fields} for row in known.rows)
    )


def parameters(random: Random) -> dict[str, Value | Brackets]:
    """Values of the parameters and tables; now and then one has none."""
    values = {name: pick(random, type) for name, type in PARAMETERS.items()}
    tables = {name: brackets(random, table) for name, table in TABLES.items()}
    return {name: value for name, value in (values | tables).items() if random.random() < 0.9}


def brackets(random: Random, table: Table) -> Brackets:
    lower = sorted({pick(random, table.key) for _ in range(random.randint(1, 3))})  # type: ignore[type-var]
    return Brackets(tuple(lower), tuple(pick(random, table.value) for _ in lower))


def environment(facts: Facts, given: Mapping[str, Value | Brackets]) -> dict[str, Any]:
    """What a `meaning` reads: every fact and parameter, decimals as fractions, members as dictionaries."""
    undefined = {name: Nothing(f"no value of '{name}' for this date") for name in [*PARAMETERS, *TABLES]}
    return undefined | {name: _plain(value) for name, value in (dict(facts) | dict(given)).items()}


def _plain(value: Any) -> Any:
    match value:
        case Known():
            return _plain(value.value)
        case Absent():
            return None
        case Members():
            return [{key: _plain(known) for key, known in row.items()} for row in value.rows]
        case Brackets():
            return list(zip(map(_plain, value.lower), map(_plain, value.values), strict=True))
        case Decimal():
            return Fraction(value)
        case _:
            return value

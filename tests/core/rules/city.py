"""A small readable vocabulary: what a city asks about a food shop."""

from __future__ import annotations

from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import Rule
from tongban.core.rules.types import Table, Type, Vocabulary, parse_type

BOOLEAN = parse_type("boolean")
VOCABULARY = Vocabulary(
    facts={
        "area": parse_type("decimal(1)", unit="m2"),
        "kitchen": parse_type("decimal(1)", unit="m2"),
        "seats": parse_type("integer", unit="person"),
        "staff": parse_type("integer", unit="person"),
        "score": parse_type("integer"),
        "cold_dishes": BOOLEAN,
        "open_kitchen": BOOLEAN,
        "kind": parse_type("code", codes="food-kinds"),
        "district": parse_type("code", codes="districts"),
        "shop_name": parse_type("text"),
        "invested": parse_type("money"),
        "rent": parse_type("money"),
        "opened": parse_type("date"),
        "moved": parse_type("date"),
    },
    parameters={
        "least_area": parse_type("decimal(1)", unit="m2"),
        "share": parse_type("decimal(3)"),
        "cap": parse_type("money"),
        "trial": parse_type("integer", unit="months"),
    },
    relations={
        "children": {"born": parse_type("date"), "at_school": BOOLEAN},
        "premises": {
            "area": parse_type("decimal(1)", unit="m2"),
            "rent": parse_type("money"),
            "owned": BOOLEAN,
        },
    },
    tables={
        "tax": Table(parse_type("money"), parse_type("decimal(3)")),
        "grants": Table(parse_type("integer", unit="person"), parse_type("money")),
    },
    code_lists={
        "food-kinds": frozenset({"noodles", "hotpot", "bakery"}),
        "districts": frozenset(f"5901{n:02}" for n in range(1, 20)),
    },
)


def rule(text: str, expect: Type | None = None) -> Rule:
    checked = compile_rule(text, VOCABULARY, expect=expect)
    assert checked.rule, checked.problems
    return checked.rule

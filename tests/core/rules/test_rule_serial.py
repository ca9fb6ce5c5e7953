"""Checked rules survive JSON exactly, and nothing else is taken for them."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rules import strategies
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import CODES, FACTS, PARAMETERS, RELATIONS, TABLES
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules import ir, serial
from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.to_python import programs
from tongban.core.rules.types import Range, Vocabulary

RANGES = {"area": Range(0, None), "children.fee": Range(None, 100)}
VOCABULARY = Vocabulary(FACTS, PARAMETERS, CODES, RELATIONS, TABLES, RANGES)
EVERYTHING = (
    "NOT music AND (area >= 60 OR kind NOT IN ('bar', 'cafe')) AND opened BETWEEN cutoff AND DATE '2001-02-28'",
    "CASE WHEN closed IS NULL THEN ROUND(income / seats, 0) WHEN ratio > 0.50 THEN -cost ELSE 1.5 END",
    "LEAST(bracket(area, prices), ROUND(slices(income, bands), 2), COALESCE(cap, 0))",
    "SUM(children.fee) FILTER (WHERE children.boards AND children.grade > 2) + cost",
    "add_months(opened, COUNT(rooms))",
    "name = 'it''s \u540d \U0001f600' OR name <> ''",
)


def rule_of(text: str) -> Rule:
    checked = compile_rule(text, VOCABULARY)
    assert checked.rule, checked.problems
    return checked.rule


def through_json(rules: dict[str, Rule]) -> dict[str, Rule]:
    return serial.from_json(json.loads(json.dumps(serial.to_json(rules))))


def assert_same(read: dict[str, Rule], rules: dict[str, Rule]) -> None:
    """Equal, and alike in what equality does not look at: places, and 1.50 is not 1.5."""
    assert read == rules
    assert list(read) == list(rules)
    for name, rule in rules.items():
        pairs = zip(ir.walk(read[name].root), ir.walk(rule.root), strict=True)
        assert all((a.line, a.column, repr(a)) == (b.line, b.column, repr(b)) for a, b in pairs)


@examples(250)
@given(st.lists(strategies.rules, min_size=1, max_size=3), st.sampled_from(OnUndefined))
def test_rules_survive_json(samples: list[Sample], on_undefined: OnUndefined) -> None:
    rules = {
        str(number): replace(compiled(sample), on_undefined=on_undefined)
        for number, sample in enumerate(samples)
    }
    assert_same(through_json(rules), rules)


def test_every_kind_of_node_survives_json_and_so_do_ranges() -> None:
    rules = {text: rule_of(text) for text in EVERYTHING}
    assert_same(through_json(rules), rules)
    assert rules[EVERYTHING[0]].ranges == {"area": Range(0, None)}
    kinds = {type(node) for rule in rules.values() for node in ir.walk(rule.root)}
    assert kinds == set(ir.Node.__args__)


def test_the_form_is_the_one_that_is_written_down() -> None:
    assert serial.to_json({"large": rule_of("area > 60")}) == {
        "format": 1,
        "types": [["boolean", 0, None, None], ["integer", 0, None, None]],
        "ranges": [[0, None]],
        "rules": {
            "large": {
                "text": "area > 60",
                "type": 0,
                "on_undefined": "refer",
                "ranges": {"area": 0},
                "root": ["compare", 0, 1, 1, ">", ["fact", 1, 1, 1, "area"], ["literal", 1, 1, 8, 60]],
            }
        },
    }


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "rules",
        {},
        {"format": 0, "types": [], "ranges": [], "rules": {}},
        {"format": 1, "types": [["float", 0, None, None]], "ranges": [], "rules": {}},
        {"format": 1, "types": [["integer", "0", None, None]], "ranges": [], "rules": {}},
        {"format": 1, "types": [["code", 0, 7, None]], "ranges": [], "rules": {}},
        {"format": 1, "types": [], "ranges": [[1.5, None]], "rules": {}},
        {"format": 1, "types": [], "ranges": [], "rules": []},
        {"format": 1, "types": [], "ranges": [], "rules": {"a": {}}},
    ],
)
def test_other_data_is_refused(data: Any) -> None:
    with pytest.raises(serial.NotRules):
        serial.from_json(data)


@pytest.mark.parametrize(
    "root",
    [
        None,
        ["fact", 0, 1, 1],
        ["fact", 0, 1, 1, 7],
        ["fact", 0, 1, 1, "area", "more"],
        ["fact", -1, 1, 1, "area"],
        ["fact", 9, 1, 1, "area"],
        ["fact", True, 1, 1, "area"],
        ["fact", 0, "1", 1, "area"],
        ["exec", 0, 1, 1, "area"],
        ["literal", 0, 1, 1, None],
        ["literal", 0, 1, 1, 1.5],
        ["literal", 0, 1, 1, {"decimal": "NaN"}],
        ["literal", 0, 1, 1, {"decimal": "one"}],
        ["literal", 0, 1, 1, {"date": "2026-02-30"}],
        ["not", 0, 1, 1, "area"],
        ["compare", 0, 1, 1, "; raise SystemExit", ["fact", 0, 1, 1, "a"], ["fact", 0, 1, 1, "b"]],
        ["arithmetic", 0, 1, 1, "**", ["fact", 0, 1, 1, "a"], ["fact", 0, 1, 1, "b"]],
        ["call", 0, 1, 1, "exec", [["fact", 0, 1, 1, "a"]]],
        ["round", 0, 1, 1, ["fact", 0, 1, 1, "a"], -1],
        ["round", 0, 1, 1, ["fact", 0, 1, 1, "a"], "2"],
        ["isnull", 0, 1, 1, ["fact", 0, 1, 1, "a"], 1],
        ["in", 0, 1, 1, ["fact", 0, 1, 1, "a"], [["fact", 0, 1, 1, "b"]], False],
        ["case", 0, 1, 1, [[["fact", 0, 1, 1, "a"]]], ["fact", 0, 1, 1, "b"]],
        ["aggregate", 0, 1, 1, "avg", "children", None, None],
        ["bracket", 0, 1, 1, ["fact", 0, 1, 1, "a"], "t", 0, 5, False],
    ],
)
def test_a_node_of_another_shape_is_refused(root: Any) -> None:
    data = serial.to_json({"": rule_of("music")})
    data["rules"][""]["root"] = root
    with pytest.raises(serial.NotRules):
        serial.from_json(data)


def test_nodes_without_end_are_refused() -> None:
    data = serial.to_json({"": rule_of("music")})
    root = data["rules"][""]["root"]
    for _ in range(5000):
        root = ["not", 0, 1, 1, root]
    data["rules"][""]["root"] = root
    with pytest.raises(serial.NotRules):
        serial.from_json(data)


@examples(300)
@given(strategies.rules, SEEDS)
def test_damaged_data_is_read_or_refused_and_never_becomes_other_code(sample: Sample, seed: int) -> None:
    random = Random(seed)
    data = copy.deepcopy(serial.to_json({"": compiled(sample)}))
    damage(random, data)
    try:
        rules = serial.from_json(json.loads(json.dumps(data)))
    except serial.NotRules:
        return
    try:
        text = programs.text(rules)
    except (TypeError, ValueError, AssertionError):
        return  # well shaped, and not well typed: that is taken on trust
    assert "evil" not in text.replace("'evil()'", "")


def damage(random: Random, data: Any) -> None:
    """One thing in it becomes another."""
    holders = [data]
    for holder in holders:
        inside = holder.values() if isinstance(holder, dict) else holder
        holders += [part for part in inside if isinstance(part, dict | list) and part]
    holder = random.choice(holders)
    key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
    other = random.choice(holders)
    holder[key] = random.choice(
        [None, True, 0, -1, 3, "evil()", [], {}, {"decimal": "evil()"}, 1.5, copy.deepcopy(other)]
    )

"""Which facts settle a result, and which smallest changes would give another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from tests.core.rules import strategies, subjects
from tests.core.rules.city import VOCABULARY, rule
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import CODES, TYPES
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules.certify import Grounds, changes, why
from tongban.core.rules.changes.change import Change, Form, Way
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Members, Undefined, Unknown, Value
from tongban.core.rules.types import Kind, Range, Vocabulary, parse_type
from tongban.core.values.text import Bilingual

PARAMETERS = {"least_area": Decimal("60.0"), "share": Decimal("0.300"), "cap": 1_000_000_00, "trial": 6}


def facts(**values: Any) -> Facts:
    return {name: ABSENT if value is None else Known(value) for name, value in values.items()}


def ways(text: str, known: Facts, **options: Any) -> list[Way]:
    return changes(rule(text), known, PARAMETERS, codes=VOCABULARY.code_lists, **options)


def said(text: str, known: Facts, **options: Any) -> list[str]:
    """The ways in English."""
    found = ways(text, known, **options)
    return ["; ".join(f"{change.name}: {change.words.en}" for change in way.changes) for way in found]


# -- why ---------------------------------------------------------------------------------------------------


def test_one_false_condition_is_why_all_of_it_is_false() -> None:
    known = facts(cold_dishes=True, area=Decimal("45.0"), seats=5)
    found = why(rule("cold_dishes AND area >= 60 AND seats > 2"), known, {})
    assert found == Grounds(Known(False), ("area",), smallest=True)


def test_all_true_conditions_are_why_all_of_it_is_true() -> None:
    known = facts(cold_dishes=True, area=Decimal("75.0"), score=3)
    found = why(rule("cold_dishes AND area >= least_area"), known, PARAMETERS)
    assert found == Grounds(Known(True), ("cold_dishes", "area"), smallest=True)


def test_the_smaller_of_two_reasons_is_given() -> None:
    text = "staff > 1 AND (seats > 1 OR score > 1) OR cold_dishes AND FALSE"
    known = facts(staff=0, seats=0, score=0, cold_dishes=True)
    assert why(rule(text), known, {}) == Grounds(Known(False), ("staff",), smallest=True)
    text = "(staff > 1 OR seats > 1) AND (score > 1 OR seats > 1 OR staff > 1)"
    assert why(rule(text), facts(staff=2, seats=2, score=2), {}) == Grounds(
        Known(True), ("staff",), smallest=True
    )
    text = "(staff > 1 AND score > 1) OR seats > 1"  # leaving out from the end finds the pair first
    assert why(rule(text), facts(staff=2, score=2, seats=2), {}) == Grounds(
        Known(True), ("seats",), smallest=True
    )


def test_what_is_undefined_and_what_is_absent_have_grounds_too() -> None:
    known = facts(staff=1, seats=0)
    assert why(rule("staff / seats > 1"), known, {}) == Grounds(
        Undefined("division by zero"), ("seats",), True
    )
    assert why(rule("invested + rent"), facts(invested=None, rent=5), {}) == Grounds(
        ABSENT, ("invested",), True
    )
    assert why(rule("area >= least_area"), facts(area=Decimal("1.0")), {}) == Grounds(
        Undefined("no value of 'least_area' for this date"), (), True
    )


def test_what_is_unknown_has_none() -> None:
    assert why(rule("area >= 60"), {}, {}) is None


def test_a_relation_is_one_fact() -> None:
    checked = compile_rule("COUNT(children) > 1 AND open_air", subjects.VOCABULARY)
    assert checked.rule
    known: Facts = {"children": Members(({}, {})), "open_air": Known(True)}
    assert why(checked.rule, known, {}) == Grounds(Known(True), ("children", "open_air"), True)


def test_many_facts_are_not_all_tried() -> None:
    text = " AND ".join(f"{name} IS NOT NULL" for name in VOCABULARY.facts)
    known = facts(**dict.fromkeys(VOCABULARY.facts, None)) | facts(
        area=Decimal("1.0"), kitchen=Decimal("1.0"), seats=1, staff=1, score=1, cold_dishes=True, open_kitchen=True,
        kind="bakery", district="590101", shop_name="A", invested=1, rent=1, opened=date(2020, 1, 1),
        moved=date(2020, 1, 1),
    )  # fmt: skip
    found = why(rule(text), known, {})
    assert found
    assert found.facts == tuple(VOCABULARY.facts)
    assert not found.smallest


# -- changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("area >= 60 AND cold_dishes", facts(area=Decimal("45.0"), cold_dishes=True), ["area: at least 60.0"]),
        ("area > 60", facts(area=Decimal("45.0")), ["area: at least 60.1"]),
        ("area < 60", facts(area=Decimal("75.0")), ["area: at most 59.9"]),
        ("area >= least_area", facts(area=Decimal("45.0")), ["area: at least 60.0"]),
        ("area = 60", facts(area=Decimal("45.0")), ["area: 60.0"]),
        ("area <> 60", facts(area=Decimal("60.0")), ["area: at least 60.1"]),
        ("seats BETWEEN 10 AND 20", facts(seats=50), ["seats: from 10 to 20"]),
        ("seats NOT BETWEEN 10 AND 20", facts(seats=12), ["seats: at most 9"]),
        ("seats >= 10 AND seats * 3 <> 999", facts(seats=0), ["seats: 10"]),  # and not 333
        ("seats * 2 - 7 > 20", facts(seats=0), ["seats: at least 14"]),
        ("score IS NULL", facts(score=1), ["score: none"]),
        ("score IS NOT NULL", facts(score=None), ["score: 0"]),
        ("NOT cold_dishes", facts(cold_dishes=True), ["cold_dishes: no"]),
        ("cold_dishes", facts(), ["cold_dishes: yes"]),
        ("invested >= 10000.50", facts(invested=0), ["invested: at least 10000.50 yuan"]),
        ("opened < DATE '2020-03-01'", facts(opened=date(2021, 1, 1)), ["opened: on 2020-02-29 or before"]),
        ("add_months(opened, 1) = DATE '2020-02-29'", facts(opened=date(2020, 5, 5)), ["opened: from 2020-01-29 to 2020-01-31"]),
        ("kind IN ('noodles', 'hotpot')", facts(kind="bakery"), ["kind: one of 'hotpot', 'noodles'"]),
        ("kind <> 'bakery' AND kind <> 'hotpot'", facts(kind="bakery"), ["kind: 'noodles'"]),
        ("shop_name <> 'A'", facts(shop_name="A"), ["shop_name: other than 'A'"]),
        ("shop_name = 'A'", facts(shop_name="B"), ["shop_name: 'A'"]),
        ("shop_name <> '?'", facts(shop_name="?"), ["shop_name: other than '?'"]),
        ("staff / seats >= 0.5", facts(staff=3, seats=10), ["seats: from 1 to 6", "staff: at least 5"]),
        ("ROUND(staff / seats, 2)", facts(staff=1, seats=0), ["seats: at least 1"]),
        ("invested + rent", facts(invested=None, rent=1), ["invested: 0 yuan"]),
        ("COALESCE(score, 0) >= 60", facts(score=None), ["score: at least 60"]),
        ("area >= 60 OR seats >= 10", facts(area=Decimal("50.0"), seats=9), ["seats: at least 10", "area: at least 60.0"]),
        ("CASE WHEN area < 50 THEN FALSE ELSE seats > 3 END", facts(area=Decimal("40.0"), seats=9), ["area: at least 50.0"]),
        ("score = 1 AND score = 2", facts(score=0), []),
        ("FALSE", facts(), []),
    ],
)  # fmt: skip
def test_the_smallest_change_is_found_and_said_plainly(text: str, known: Facts, expected: list[str]) -> None:
    assert said(text, known) == expected


def test_two_and_three_facts_change_together_where_one_is_not_enough() -> None:
    text = "area >= 60 AND cold_dishes AND (seats > 10 OR staff > 3)"
    known = facts(area=Decimal("45.0"), cold_dishes=True, seats=0, staff=3)
    assert said(text, known) == [
        "area: at least 60.0; staff: at least 4",
        "area: at least 60.0; seats: at least 11",
    ]
    known = facts(area=Decimal("45.0"), cold_dishes=False, seats=0, staff=3)
    assert said(text, known, fixed=["staff"]) == ["area: at least 60.0; cold_dishes: yes; seats: at least 11"]
    assert said(text + " AND score > 1", {**known, "score": Known(0)}) == []  # four are too many


def test_facts_that_depend_on_each_other_change_together() -> None:
    known = facts(area=Decimal("10.0"), kitchen=Decimal("5.0"))
    assert said("area + kitchen >= 60 AND area <= 50", known) == ["kitchen: at least 50.0"]
    text = "area + kitchen >= 60 AND area = 12 AND kitchen <= 50"
    assert said(text, known) == ["area: 12.0; kitchen: from 48.0 to 50.0"]
    text = "area + kitchen >= 60 AND area <= 20 AND kitchen <= 45"
    assert said(text, known) == ["area: 20.0; kitchen: from 40.0 to 45.0"]
    text = "area + kitchen >= 60 AND (area = 12 OR area = 14) AND kitchen <= 47"
    assert said(text, known) == ["area: 14.0; kitchen: from 46.0 to 47.0"]
    text = "area + kitchen <= 30 AND area >= 12 AND kitchen >= 14"  # up to 16 and up to 18 do not go together
    assert said(text, known) == ["area: 12.0; kitchen: 14.0"]


def test_what_nobody_can_change_is_left_alone() -> None:
    text = "years_between(opened, moved) >= 18"
    known = facts(opened=date(2010, 2, 28), moved=date(2020, 1, 1))
    assert said(text, known, fixed={"moved"}) == ["opened: on 2002-01-01 or before"]
    assert said(text, known, fixed={"opened"}) == ["moved: on 2028-02-28 or later"]
    assert said(text, known, fixed={"opened", "moved"}) == []


def test_another_result_can_be_wanted() -> None:
    assert said("area >= 60", facts(area=Decimal("75.0")), wanted=False) == ["area: at most 59.9"]
    assert said("rent * 2", facts(rent=5), wanted=1000_00) == ["rent: 500 yuan"]
    assert said("kind", facts(kind="bakery"), wanted="hotpot") == ["kind: 'hotpot'"]
    assert said(
        "CASE WHEN cold_dishes THEN kind ELSE 'bakery' END", facts(kind="hotpot"), wanted="hotpot"
    ) == ["cold_dishes: yes"]
    assert said("rent * 2", facts(rent=5), wanted=11) == []


def test_what_is_wanted_already_needs_no_change() -> None:
    assert said("area >= 60", facts(area=Decimal("60.0"))) == []
    assert said("rent", facts(rent=5)) == []


def test_a_declared_range_limits_the_changes() -> None:
    ranged = Vocabulary(
        facts={"age": parse_type("integer"), "income": parse_type("money")},
        parameters={},
        code_lists={},
        ranges={"age": Range(0, 150), "income": Range(low=0)},
    )
    checked = compile_rule("age >= 200 OR income < 100 AND income >= 0 OR age < 3 AND age > -10", ranged)
    assert checked.rule
    found = changes(checked.rule, facts(age=5, income=500_00), {})
    assert [[(c.name, c.form, c.low, c.high) for c in way.changes] for way in found] == [
        [("age", Form.AT_MOST, None, 2)],
        [("income", Form.AT_MOST, None, 99_99)],
    ]


def test_too_many_choices_that_go_together_are_not_all_tried() -> None:
    many = frozenset("abcdefghij")
    lists = Vocabulary(
        facts={"trade": parse_type("code", codes="trades"), "size": parse_type("code", codes="sizes")},
        parameters={},
        code_lists={"trades": many, "sizes": many},
    )
    checked = compile_rule("trade <> 'a' AND size <> 'a'", lists)
    assert checked.rule
    [way] = changes(checked.rule, facts(trade="a", size="a"), {}, codes=lists.code_lists)
    assert [change.form for change in way.changes] == [Form.EXACTLY, Form.EXACTLY]


def test_the_forms_are_said_in_both_languages() -> None:
    money, day = parse_type("money"), parse_type("date")
    change = Change("x", money, Known(5), Known(100_00), Form.AT_LEAST, low=100_00)
    assert change.words == Bilingual("不少于100元", "at least 100 yuan")
    change = Change("x", day, None, Known(date(2020, 1, 2)), Form.BETWEEN, date(2020, 1, 2), date(2020, 1, 3))
    assert change.words == Bilingual("在2020-01-02至2020-01-03之间", "from 2020-01-02 to 2020-01-03")
    change = Change("x", day, None, Known(date(2020, 1, 2)), Form.AT_MOST, high=date(2020, 1, 2))
    assert change.words == Bilingual("不晚于2020-01-02", "on 2020-01-02 or before")
    change = Change("x", parse_type("integer"), None, Known(3), Form.AT_MOST, high=3)
    assert change.words == Bilingual("不超过3", "at most 3")


def test_a_search_ends_where_it_is_told_to() -> None:
    text = (
        " AND ".join(f"{a} * {b} = 7919" for a, b in combinations(["seats", "staff"], 2))
        + " AND score * score = 2"
    )
    known = facts(seats=1, staff=1, score=1)
    assert said(text, known, limit=0) == []
    assert said(text, known, limit=300) == []
    near = "area >= 60 OR seats * staff = 7919"
    assert said(near, {**known, **facts(area=Decimal("1.0"))}, limit=150) == ["area: at least 60.0"]


def test_a_relation_is_not_changed() -> None:
    checked = compile_rule("COUNT(children) > 1 OR area > 3", subjects.VOCABULARY)
    assert checked.rule
    found = changes(checked.rule, {"children": Members(()), "area": Known(1)}, {})
    assert [change.name for way in found for change in way.changes] == ["area"]
    with pytest.raises(TypeError):
        changes(checked.rule, {"children": Members(()), "area": Members(())}, {})


# -- properties --------------------------------------------------------------------------------------------


@examples(150)
@given(strategies.rules, SEEDS)
def test_grounds_settle_the_result_and_none_of_them_can_be_left_out(sample: Sample, seed: int) -> None:
    one, random = compiled(sample), Random(seed)
    for _ in range(5):
        parameters = subjects.parameters(random)
        known = subjects.some_facts(random, one.facts)
        found = why(one, known, parameters)
        state = evaluate(one, known, parameters)
        assert (found is None) == isinstance(state, Unknown)
        if found is None:
            continue
        assert found.smallest
        alone = {name: known[name] for name in found.facts}
        assert evaluate(one, alone, parameters) == found.state == state
        for _ in range(4):
            assert evaluate(one, subjects.complete(random, one.facts, alone), parameters) == state
        for names in combinations(sorted(known), max(len(found.facts) - 1, 0)):
            if found.facts:
                assert evaluate(one, {name: known[name] for name in names}, parameters) != state


def single_changes(one: Rule, known: Facts, fixed: set[str]) -> Iterator[Facts]:
    """The facts with one of them changed to each value of its pool."""
    for name in sorted(one.facts - fixed):
        if name in TYPES:
            kind = TYPES[name]
            pool = subjects.POOLS[f"decimal{kind.scale}" if kind.kind == "decimal" else kind.kind]
            for state in (ABSENT, *map(Known, pool)):
                yield {**known, name: state}


def some_value(random: Random, change: Change) -> Known | Absent:
    """One of the values that are said to do."""
    if change.form is Form.ONE_OF:
        return Known(random.choice(change.values))
    if change.form is Form.OTHER_THAN:
        return Known(random.choice([text for text in ("?", "other", "B") if text not in change.values]))
    if change.low is None and change.high is None:
        return change.after
    near = change.low if change.low is not None else change.high
    assert near is not None
    steps = random.choice([0, 1, 2, 99, 12345]) * (1 if change.low is not None else -1)
    moved = _moved(change.type.kind, change.type.scale, near, steps)
    if change.low is not None and change.high is not None:
        moved = min(moved, change.high)  # type: ignore[type-var]
    return Known(moved)


def _moved(kind: Kind, scale: int, value: Value, steps: int) -> Value:
    if isinstance(value, date):
        return date.fromordinal(min(max(value.toordinal() + steps, 1), date.max.toordinal()))
    return value + Decimal(steps).scaleb(-scale) if kind is Kind.DECIMAL else value + steps  # type: ignore[operator]


@examples(200)
@given(strategies.conditions(3), SEEDS)
def test_a_proposed_change_makes_it_true_and_nothing_smaller_was_overlooked(
    sample: Sample, seed: int
) -> None:
    one, random = compiled(sample), Random(seed)
    for _ in range(3):
        parameters = subjects.parameters(random)
        known = subjects.complete(random, one.facts, subjects.some_facts(random, one.facts))
        known = {name: state for name, state in known.items() if random.random() < 0.9}
        fixed = {name for name in one.facts if random.random() < 0.1}
        state = evaluate(one, known, parameters)
        found = changes(one, known, parameters, fixed=fixed, codes=CODES, limit=4_000)
        if state == Known(True):
            assert found == []
            continue
        assert len({len(way.changes) for way in found}) <= 1
        assert [way.distance for way in found] == sorted(way.distance for way in found)
        for way in found:
            names = {change.name for change in way.changes}
            assert len(names) == len(way.changes) <= 3
            assert not names & fixed
            for pick in (lambda change: change.after, *(lambda change: some_value(random, change),) * 4):
                changed = {**known, **{change.name: pick(change) for change in way.changes}}
                assert evaluate(one, changed, parameters) == Known(True), (way, changed, known)
            assert all(change.before == known.get(change.name) != change.after for change in way.changes)
            assert all(change.words.en and change.words.zh for change in way.changes)
        if not found or len(found[0].changes) > 1:
            for changed in single_changes(one, known, fixed):
                assert evaluate(one, changed, parameters) != Known(True), (sample, changed, known, parameters)


@examples(80)
@given(strategies.amounts(2), SEEDS)
def test_a_proposed_change_gives_an_amount_where_there_was_none(sample: Sample, seed: int) -> None:
    one, random = compiled(sample), Random(seed)
    for _ in range(3):
        parameters = subjects.parameters(random)
        known = subjects.complete(random, one.facts, {})
        for way in changes(one, known, parameters, codes=CODES, limit=2_000):
            changed = {**known, **{change.name: some_value(random, change) for change in way.changes}}
            assert isinstance(evaluate(one, changed, parameters), Known)
            assert not isinstance(evaluate(one, known, parameters), Known)
            assert isinstance(way.distance, Fraction)

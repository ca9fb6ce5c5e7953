"""Between what a result lies while something is unknown, by example and by property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from tests.core.rules import strategies, subjects
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import RELATIONS, TYPES
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules import ir
from tongban.core.rules.bounds import Bounds, bounds
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import (
    ABSENT,
    Absent,
    Brackets,
    Facts,
    Known,
    Members,
    State,
    Undefined,
    Unknown,
    Value,
)
from tongban.core.rules.types import Kind, Range, Table, Vocabulary, parse_type

MONEY, BOOLEAN, DATE = parse_type("money"), parse_type("boolean"), parse_type("date")
VOCABULARY = Vocabulary(
    facts={
        "income": MONEY,
        "rent": MONEY,
        "area": parse_type("decimal(1)"),
        "seats": parse_type("integer"),
        "staff": parse_type("integer"),
        "fixed": parse_type("integer"),
        "licensed": BOOLEAN,
        "kind": parse_type("code", codes="kinds"),
        "born": DATE,
        "day": DATE,
    },
    parameters={"cap": MONEY, "months": parse_type("integer")},
    code_lists={"kinds": frozenset({"noodle", "bar"})},
    relations={"children": {"born": DATE, "fee": MONEY, "boards": BOOLEAN}},
    tables={"tax": Table(MONEY, parse_type("decimal(2)")), "classes": Table(parse_type("integer"), MONEY)},
    ranges={
        "income": Range(0, 1_000_000_00),
        "area": Range(Decimal("0.0"), Decimal("50.0")),
        "seats": Range(0, 100),
        "staff": Range(low=0),
        "fixed": Range(5, 5),
        "born": Range(date(1990, 1, 31), date(2000, 12, 31)),
        "day": Range(date(2026, 1, 1), date(2026, 12, 31)),
        "children": Range(0, 4),
        "children.fee": Range(0, 500_00),
    },
)
PARAMETERS: dict[str, Value | Brackets] = {
    "cap": 3_000_00,
    "months": 6,
    "tax": Brackets((0, 36_000_00, 144_000_00), (Decimal("0.03"), Decimal("0.10"), Decimal("0.20"))),
    "classes": Brackets((10, 50), (100_00, 900_00)),
}


def rule(text: str, on_undefined: OnUndefined = OnUndefined.REFER) -> Rule:
    checked = compile_rule(text, VOCABULARY, on_undefined=on_undefined)
    assert checked.rule, checked.problems
    return checked.rule


def found(text: str, on_undefined: OnUndefined = OnUndefined.REFER, **facts: Any) -> Bounds:
    states = {n: v if isinstance(v, Members) else ABSENT if v is None else Known(v) for n, v in facts.items()}
    return bounds(rule(text, on_undefined), states, PARAMETERS)


def ends(text: str, **facts: Any) -> tuple[Value | None, Value | None]:
    one = found(text, **facts)
    return one.low, one.high


def outcomes(text: str, **facts: Any) -> set[str]:
    """In words, what a condition can come out as."""
    one = found(text, **facts)
    flags = {
        "true": one.may_be_true,
        "false": one.may_be_false,
        "absent": one.may_be_absent,
        "undefined": one.may_be_undefined,
    }
    return {name for name, possible in flags.items() if possible}


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("ROUND(income * 0.1, 2)", 0, 100_000_00),
        ("cap - income", 3_000_00 - 1_000_000_00, 3_000_00),
        ("LEAST(income, cap)", 0, 3_000_00),
        ("GREATEST(income, cap)", 3_000_00, 1_000_000_00),
        ("income + rent", None, None),
        ("staff + 1", 1, None),
        ("-staff", None, 0),
        ("ABS(staff - 3)", 0, None),
        ("seats * (seats - 50)", -5_000, 5_000),
        ("staff * (seats - 50)", None, None),
        ("area * 2", Decimal("0.0"), Decimal("100.0")),
        ("ROUND(area / (seats + 1), 2)", Decimal("0.00"), Decimal("50.00")),
        ("FLOOR(seats / 3)", 0, 33),
        ("CEIL(100 / seats)", 1, 100),
        ("FLOOR(10 / staff)", 0, 10),
        ("years_between(born, day)", 25, 36),
        ("months_between(born, DATE '2000-12-31')", 0, 131),
        ("days_between(day, DATE '2027-01-01')", 1, 365),
        ("add_months(born, 1)", date(1990, 2, 28), date(2001, 1, 31)),
        ("add_months(born, months)", date(1990, 7, 31), date(2001, 6, 30)),
        ("add_months(day, seats)", date(2026, 1, 1), date(2035, 4, 30)),
        ("ROUND(slices(income, tax), 2)", 0, 183_080_00),
        ("bracket(seats, classes)", 100_00, 900_00),
        ("bracket(LEAST(seats, 20), classes)", 100_00, 100_00),
        ("COUNT(children)", 0, 4),
        ("SUM(children.fee)", 0, 2_000_00),
        ("MAX(children.fee)", 0, 500_00),
        ("COUNT(children) FILTER (WHERE children.fee > 600)", 0, 0),
    ],
)
def test_bounds_follow_from_the_declared_ranges(text: str, low: Value | None, high: Value | None) -> None:
    assert ends(text) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("CASE WHEN area > 60 THEN income ELSE cap END", 3_000_00, 3_000_00),
        ("CASE WHEN area >= 0 OR area IS NULL THEN 1 ELSE 2 END", 1, 1),
        ("CASE WHEN income <= cap THEN income ELSE cap END", 0, 3_000_00),
        (
            "CASE WHEN income < 5000 THEN cap WHEN income >= 5000 THEN income - 5000 ELSE cap * 2 END",
            0,
            995_000_00,
        ),
        ("CASE WHEN licensed AND seats BETWEEN 10 AND 20 THEN seats ELSE 10 END", 10, 20),
        ("CASE WHEN seats IN (3, 7) THEN seats ELSE 5 END", 3, 7),
        ("CASE WHEN area < 10 THEN area ELSE 0.5 END", Decimal("0.0"), Decimal("9.9")),
        ("COALESCE(income, -5)", -500, 1_000_000_00),
        ("COALESCE(seats, 200)", 0, 200),
        ("CASE WHEN seats = 0.5 THEN 1 ELSE 2 END", 2, 2),  # there are whole seats only
        ("CASE WHEN seats IS NULL THEN 1 WHEN seats <> 0.5 THEN 2 ELSE 3 END", 1, 2),
        ("SUM(children.fee) FILTER (WHERE children.fee >= 100 AND children.fee < 200)", 0, 4 * 199_99),
    ],
)
def test_a_branch_holds_only_what_can_reach_it(text: str, low: Value, high: Value) -> None:
    one = found(text)
    assert (one.low, one.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("area > 60", {"false", "absent"}),
        ("area <= 50", {"true", "absent"}),
        ("area > 60 OR area IS NULL OR area <= 60", {"true"}),
        ("area = 50", {"true", "false", "absent"}),
        ("area = 51", {"false", "absent"}),
        ("seats > 5 AND seats < 3", {"false", "absent"}),
        ("seats > 5 AND NOT seats > 5", {"false", "absent"}),
        ("seats <> 0 AND income / seats > 50", {"true", "false", "absent"}),
        ("income / seats > 50", {"true", "false", "absent", "undefined"}),
        ("income / (seats + 1) >= 0", {"true", "absent"}),
        ("seats / (seats - 101) > 0", {"false", "absent"}),
        ("kind = 'bar'", {"true", "false", "absent"}),
        ("kind IN ('bar') AND kind IN ('noodle')", {"false", "absent"}),
        ("kind IS NULL", {"true", "false"}),
        ("income IS NULL AND income > 5", {"false", "absent"}),
        ("seats BETWEEN 200 AND 300", {"false", "absent"}),
        ("seats BETWEEN 50 AND staff AND seats < 20", {"false", "absent"}),
        ("kind = 'bar' AND kind NOT IN ('bar', 'noodle')", {"false", "absent"}),
        ("seats NOT BETWEEN 200 AND 300", {"true", "absent"}),
        ("seats IN (100, 101)", {"true", "false", "absent"}),
        ("seats IN (101, 102)", {"false", "absent"}),
        ("COUNT(children) <= 4", {"true"}),
        ("COUNT(children) > 4", {"false"}),
        ("BOOL_OR(children.fee > 600)", {"false"}),
        ("BOOL_AND(children.fee <= 500)", {"true"}),
        ("BOOL_OR(children.fee / seats > 1)", {"true", "false", "undefined"}),
    ],
)
def test_a_condition_that_the_ranges_decide_is_decided(text: str, expected: set[str]) -> None:
    assert outcomes(text) == expected


def test_what_is_known_about_members_counts() -> None:
    rows = Members(({"fee": Known(100_00)}, {"fee": ABSENT}, {"boards": Known(True)}))
    assert ends("SUM(children.fee)", children=rows) == (100_00, 600_00)
    assert ends("MIN(children.fee)", children=rows) == (0, 100_00)
    assert ends("MAX(children.fee)", children=rows) == (100_00, 500_00)
    assert ends("COUNT(children) FILTER (WHERE children.boards)", children=rows) == (1, 3)
    boarding = found("MIN(children.fee) FILTER (WHERE children.boards)", children=rows)
    assert (boarding.low, boarding.high, boarding.may_be_absent) == (0, 500_00, True)
    assert outcomes("BOOL_AND(children.boards)", children=rows) == {"true", "false"}
    assert outcomes("BOOL_OR(children.boards)", children=rows) == {"true"}


def test_a_relation_that_is_absent_has_no_members() -> None:
    assert ends("COUNT(children) + seats", children=None) == (0, 100)


def test_a_filter_that_is_undefined_for_anybody_makes_all_undefined() -> None:
    text = "COUNT(children) FILTER (WHERE children.fee / (COALESCE(fixed, 5) - 5) > 1) > 0"
    assert outcomes(text, children=Members(({},))) == {"undefined"}
    assert outcomes(text) == {"false", "undefined"}
    assert outcomes("children_are_many AND licensed".replace("children_are_many", text)) == {
        "false",
        "undefined",
    }


def test_a_known_result_is_both_ends() -> None:
    assert ends("income * 2", income=5) == (10, 10)
    assert outcomes("area >= 5 AND licensed", area=Decimal("4.0")) == {"false"}
    assert found("income / seats > 1", seats=0).may_be_undefined
    nothing = found("rent + income", rent=None)
    assert nothing == Bounds(None, None, None, may_be_known=False, may_be_absent=True, may_be_undefined=False)
    assert nothing.settled == ABSENT


def test_what_a_rule_says_for_undefined_is_applied() -> None:
    assert outcomes("income / seats > 50") >= {"undefined"}
    no = found("income / seats > 50", OnUndefined.NO, income=0)
    assert (no.may_be_true, no.may_be_false, no.may_be_undefined) == (False, True, False)
    amount = found("ROUND(income / seats, 2)", OnUndefined.NO, income=100)
    assert (amount.low, amount.high, amount.may_be_absent, amount.may_be_undefined) == (1, 100, True, False)


def test_one_result_that_is_left_is_settled() -> None:
    assert found("COUNT(children) > 4").settled == Known(False)
    assert found("bracket(COUNT(children), classes)").settled is None
    assert found("area > 60").settled is None
    assert found("kind").settled is None
    assert found("CASE WHEN licensed THEN 7 ELSE seats * 0 + 7 END").settled is None  # seats may be absent


def test_a_freed_fact_has_a_value_inside_its_range() -> None:
    facts: Facts = {"area": Known(Decimal("3.0")), "licensed": Known(True)}
    one = rule("area > 10 AND licensed")
    assert bounds(one, facts, {}).settled == Known(False)
    assert bounds(one, facts, {}, within={"area": Range(Decimal("10.1"))}).settled == Known(True)
    assert bounds(one, facts, {}, within={"area": Range(Decimal("10.0"))}).settled is None


def test_a_deeply_nested_rule_is_bounded_in_time() -> None:
    inner = rule("seats > 1 OR (seats <> 7 AND area < 8)").root
    for n in range(60):
        first, second = (
            rule(f"staff > {200 - n}").root,
            rule(f"seats <= {99 - n} AND area < {50 - n / 2:.1f}").root,
        )
        both = ir.And((inner, second), type=BOOLEAN, line=1, column=1)
        inner = ir.Or((both, first), type=BOOLEAN, line=1, column=1)
    deep = replace(rule("seats > staff AND area > 0"), root=inner)
    assert bounds(deep, {}, {}).may_be_true


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError):
        found("income > 5", rent=1, income=Members(()))
    with pytest.raises(TypeError):
        found("COUNT(children) > seats", children=1)
    with pytest.raises(TypeError):
        found("seats > staff", seats="many")
    one = rule("licensed AND seats > staff AND COUNT(children) > area")
    wrong = {"seats": Members(()), "staff": Known("many"), "licensed": Known(5), "children": Known(1)}
    for name, state in wrong.items():
        with pytest.raises(TypeError):
            bounds(one, {name: state}, {}, within={"area": Range()})


# -- properties --------------------------------------------------------------------------------------------


def ranges(random: Random) -> dict[str, Range]:
    """Ranges of some facts and fields, out of the pools that their values come from; and of some relations."""
    fields = {
        f"{relation}.{name}": type for relation, names in RELATIONS.items() for name, type in names.items()
    }
    chosen: dict[str, Range] = {}
    for name, type in ({name: TYPES[name] for name in subjects.FACTS} | fields).items():
        if type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DATE) and random.random() < 0.7:
            low, high = sorted([subjects.pick(random, type), subjects.pick(random, type)])  # type: ignore[type-var]
            chosen[name] = random.choice([Range(low, high), Range(low), Range(high=high)])
    for relation in RELATIONS:
        if random.random() < 0.5:
            chosen[relation] = Range(0, random.randint(0, 3))
    return chosen


def inside(random: Random, facts: Facts, declared: Mapping[str, Range]) -> Facts:
    """The facts, with what lies outside its range put inside."""
    return {name: _inside(random, name, state, declared) for name, state in facts.items()}


def _inside(random: Random, name: str, state: Any, declared: Mapping[str, Range]) -> Any:
    if isinstance(state, Members):
        most = declared.get(name, Range()).high
        rows = state.rows if most is None else state.rows[: int(most)]  # type: ignore[arg-type]
        kept = ({key: _field(random, f"{name}.{key}", s, declared) for key, s in row.items()} for row in rows)
        return Members(tuple(kept))
    return _field(random, name, state, declared)


def _field(random: Random, name: str, state: Known | Absent, declared: Mapping[str, Range]) -> Known | Absent:
    if not isinstance(state, Known) or name not in declared:
        return state
    one, value = declared[name], state.value
    if one.low is not None and value < one.low:  # type: ignore[operator]
        value = one.low
    if one.high is not None and value > one.high:  # type: ignore[operator]
        value = one.high
    return Known(value)


def holds(one: Bounds, state: State) -> bool:
    match state:
        case Known(value=bool() | str() as value):
            return one.may_be_known and (one.values is None or value in one.values)
        case Known(value=value):
            above = one.low is None or one.low <= value  # type: ignore[operator]
            return one.may_be_known and above and (one.high is None or value <= one.high)  # type: ignore[operator]
        case Absent():
            return one.may_be_absent
        case Undefined():
            return one.may_be_undefined
        case Unknown():
            return False


def chosen(sample: Sample, random: Random) -> Rule:
    """The rule, with ranges, and something to say for undefined."""
    return replace(
        compiled(sample),
        ranges=ranges(random),
        on_undefined=random.choice([OnUndefined.REFER, OnUndefined.NO]),
    )


@examples(500)
@given(strategies.rules, SEEDS)
def test_bounds_hold_the_result_of_every_completion_inside_the_ranges(sample: Sample, seed: int) -> None:
    random = Random(seed)
    one = chosen(sample, random)
    for _ in range(5):
        parameters = subjects.parameters(random)
        facts = inside(random, subjects.some_facts(random, one.facts), one.ranges)
        limits = bounds(one, facts, parameters)
        for _ in range(8):
            completion = inside(random, subjects.complete(random, one.facts, facts), one.ranges)
            state = evaluate(one, completion, parameters)
            assert holds(limits, state), (limits, state, facts, completion, one.ranges)


@examples(250)
@given(strategies.rules, SEEDS)
def test_a_definite_result_is_the_only_one_inside_its_bounds(sample: Sample, seed: int) -> None:
    random = Random(seed)
    one = chosen(sample, random)
    for _ in range(6):
        parameters = subjects.parameters(random)
        facts = inside(random, subjects.some_facts(random, one.facts), one.ranges)
        state = evaluate(one, facts, parameters)
        limits = bounds(one, facts, parameters)
        if isinstance(state, Undefined):
            assert limits == Bounds(
                None, None, None, may_be_known=False, may_be_absent=False, may_be_undefined=True
            )
        elif not isinstance(state, Unknown):
            assert limits.settled == state
        elif limits.settled:  # the ranges settle what the facts alone do not
            completion = inside(random, subjects.complete(random, one.facts, facts), one.ranges)
            assert evaluate(one, completion, parameters) == limits.settled


@examples(150)
@given(strategies.rules, SEEDS)
def test_bounds_hold_for_facts_freed_inside_a_range(sample: Sample, seed: int) -> None:
    random = Random(seed)
    one = compiled(sample)
    ordered = [n for n in sorted(one.facts) if n in TYPES and TYPES[n].kind not in (Kind.TEXT, Kind.CODE)]
    for _ in range(5):
        parameters = subjects.parameters(random)
        facts = subjects.complete(random, one.facts, {})
        free = {name: Range() for name in ordered if random.random() < 0.5}
        limits = bounds(one, facts, parameters, within=free)
        for _ in range(6):
            other = {**facts, **{name: Known(subjects.pick(random, TYPES[name])) for name in free}}
            assert holds(limits, evaluate(one, other, parameters))

"""What a rule means, by example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.rules.city import VOCABULARY, rule

from tongban.core.rules.ask import open_facts
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import OnUndefined
from tongban.core.rules.states import ABSENT, Absent, Brackets, Known, Members, State, Undefined, Unknown
from tongban.core.rules.types import Type, parse_type

MONEY = parse_type("money")


def result(text: str, expect: Type | None = None, **facts: Any) -> State:
    """Facts by name: a plain value is known, None is absent, a missing one is unknown."""
    states = {name: _state(value) for name, value in facts.items()}
    parameters = {"least_area": Decimal("60.0"), "share": Decimal("0.300"), "cap": 1_000_000_00, "trial": 6}
    return evaluate(rule(text, expect), states, parameters)


def _state(value: Any) -> Known | Absent | Members:
    if isinstance(value, list):
        return Members(tuple({name: _member(field) for name, field in row.items()} for row in value))
    return _member(value)


def _member(value: Any) -> Known | Absent:
    return ABSENT if value is None else Known(value)


def unknown(*names: str) -> Unknown:
    return Unknown(frozenset(names))


@pytest.mark.parametrize("left", [False, True, None, ...])
@pytest.mark.parametrize("right", [False, True, None, ...])
def test_and_and_or_are_those_of_kleene(left: Any, right: Any) -> None:
    facts = {n: v for n, v in [("cold_dishes", left), ("open_kitchen", right)] if v is not ...}
    both = result("cold_dishes AND open_kitchen", **facts)
    either = result("NOT (NOT cold_dishes OR NOT open_kitchen)", **facts)
    assert both == either  # de Morgan
    if False in (left, right):
        assert both == Known(False)
    elif ... in (left, right):
        assert isinstance(both, Unknown)
    else:
        assert both == (ABSENT if None in (left, right) else Known(True))


def test_a_false_condition_settles_and_whatever_the_others_are() -> None:
    assert result("cold_dishes AND score > 5 AND staff / seats > 1", cold_dishes=False, seats=0) == Known(
        False
    )


def test_a_rule_that_divides_by_zero_is_undefined_and_says_so() -> None:
    assert result("staff / seats >= 2", staff=4, seats=0) == Undefined("division by zero")
    assert result("staff / seats >= 2", staff=None, seats=0) == Undefined("division by zero")


def test_a_rule_that_divides_by_zero_whatever_is_answered_asks_nothing() -> None:
    assert result("staff / seats >= 2", seats=0) == Undefined("division by zero")
    assert open_facts(rule("staff / seats >= 2"), {"seats": Known(0)}, {}) == frozenset()


def test_an_undefined_part_leaves_an_and_open_while_another_part_can_still_be_false() -> None:
    assert result("staff / seats > 2 AND cold_dishes", staff=1, seats=0) == unknown("cold_dishes")
    assert result("staff / seats > 2 AND cold_dishes", staff=1, seats=0, cold_dishes=True) == Undefined(
        "division by zero"
    )


def test_a_parameter_without_a_value_on_the_date_makes_its_rule_undefined() -> None:
    state = evaluate(rule("area >= least_area"), {}, {})
    assert state == Undefined("no value of 'least_area' for this date")


def test_of_several_reasons_the_first_in_the_text_is_given_once_it_is_settled() -> None:
    ratio = rule("ROUND(staff / seats) / trial > 1")
    assert evaluate(ratio, {}, {}) == unknown("staff", "seats")
    assert evaluate(ratio, {"seats": Known(0)}, {}) == Undefined("division by zero")
    assert evaluate(ratio, {"seats": Known(1)}, {}) == Undefined("no value of 'trial' for this date")


def test_absent_is_not_unknown() -> None:
    assert result("COALESCE(score, 0) = 0", score=None) == Known(True)
    assert result("COALESCE(score, 0) = 0") == unknown("score")
    assert result("score = 0", score=None) == ABSENT
    assert result("score IS NULL", score=None) == Known(True)
    assert result("score IS NULL") == unknown("score")


def test_a_comparison_with_an_absent_side_is_absent_though_the_other_side_is_unknown() -> None:
    assert result("score > seats * 2", score=None) == ABSENT
    assert result("score > ROUND(staff / seats)", score=None) == unknown(
        "staff", "seats"
    )  # could be undefined


def test_least_of_an_absent_value_is_absent() -> None:
    assert result("LEAST(score, 3) = 3", score=None) == ABSENT


def test_a_case_asks_only_for_what_its_open_branches_need() -> None:
    text = "CASE WHEN cold_dishes THEN seats > 10 WHEN open_kitchen THEN staff > 2 ELSE score > 1 END"
    assert result(text) == unknown("cold_dishes", "seats", "open_kitchen", "staff", "score")
    assert result(text, cold_dishes=False, open_kitchen=True) == unknown("staff")
    assert result(text, cold_dishes=True, seats=11) == Known(True)
    assert result(text, cold_dishes=None, open_kitchen=None, score=2) == Known(True)


def test_a_case_whose_branches_agree_does_not_ask_which() -> None:
    assert result("CASE WHEN cold_dishes THEN score ELSE 7 END", score=7) == Known(7)


def test_ratios_are_compared_exactly() -> None:
    assert result("score / 30 >= 0.1", score=3) == Known(True)
    assert result("staff / seats = 0.333", staff=1, seats=3) == Known(False)
    assert result("staff / seats < -0.5", staff=1, seats=-1) == Known(True)
    assert result("staff / seats <= score / 3", staff=1, seats=3, score=1) == Known(True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ROUND(score / 2)", 3),
        ("ROUND(-score / 2)", -3),
        ("ROUND(score / 3, 2)", Decimal("1.67")),
        ("ROUND(score / 8, 2)", Decimal("0.63")),
        ("ROUND(score * 0.5, 0)", 3),
        ("ROUND(score, 2)", Decimal("5.00")),
        ("FLOOR(-score / 2)", -3),
        ("CEIL(-score / 2)", -2),
        ("ABS(-score)", 5),
        ("score - -3", 8),
        ("0.1 + 0.2", Decimal("0.3")),
        ("score * 0.10", Decimal("0.50")),
    ],
)  # fmt: skip
def test_numbers_are_exact_and_halves_go_away_from_zero(text: str, value: Any) -> None:
    found = result(text, score=5)
    assert found == Known(value)
    assert isinstance(found, Known)
    assert str(found.value) == str(value)  # the digits too


def test_large_products_lose_no_digit() -> None:
    big = 123456789012345678
    assert result("score * score * score", score=big) == Known(big**3)
    assert result("score * 0.000000001", score=big) == Known(Decimal("123456789.012345678"))


def test_a_plain_number_beside_money_is_yuan() -> None:
    assert result("invested >= 1000.50", invested=100050) == Known(True)
    assert result("invested + 0.01 = rent", invested=1, rent=2) == Known(True)
    assert result("invested IN (1, 2.50)", invested=250) == Known(True)
    assert result("CASE WHEN cold_dishes THEN 1000 ELSE 0 END", MONEY, cold_dishes=True) == Known(100000)
    assert result("COALESCE(invested, 5)", invested=None) == Known(500)
    assert result("LEAST(ROUND(invested * share, 2), cap)", MONEY, invested=1005) == Known(302)  # 3.015 yuan


def test_money_is_rounded_to_fen_or_to_yuan() -> None:
    assert result("ROUND(invested / 3, 2)", invested=100) == Known(33)
    assert result("ROUND(invested * 0.5, 0)", invested=100) == Known(100)  # half a yuan is rounded up
    assert result("invested / rent > 0.3", invested=31, rent=100) == Known(True)
    assert result("invested / seats > 0.3", invested=61, seats=2) == Known(True)


def test_months_end_on_the_corresponding_day() -> None:
    assert result("add_months(opened, 1)", opened=date(2026, 1, 31)) == Known(date(2026, 2, 28))
    assert result(
        "months_between(opened, moved)", opened=date(2026, 1, 31), moved=date(2026, 2, 28)
    ) == Known(1)
    assert result(
        "months_between(opened, moved)", opened=date(2026, 1, 30), moved=date(2026, 3, 29)
    ) == Known(1)
    assert result("years_between(opened, moved)", opened=date(2008, 2, 29), moved=date(2026, 2, 27)) == Known(
        17
    )
    assert result("years_between(opened, moved)", opened=date(2008, 2, 29), moved=date(2026, 2, 28)) == Known(
        18
    )
    assert result("days_between(opened, moved)", opened=date(2026, 1, 1), moved=date(2026, 1, 1)) == Known(0)
    assert result("add_months(opened, 120000)", opened=date(2026, 1, 1)) == Undefined(
        "a date outside the years 1 to 9999"
    )


def test_a_value_that_is_not_of_its_type_is_a_fault_of_the_caller() -> None:
    for bad in (1.5, True, Decimal("1.5"), "1"):
        with pytest.raises(TypeError):
            result("score > 1", score=bad)
    with pytest.raises(TypeError):
        result("area > 1", area=Decimal("1.55"))


def test_a_tautology_stays_unknown() -> None:
    """Kleene's logic does not see it; a lint will."""
    assert result("score > 5 OR score <= 5") == unknown("score")


def test_units_of_products_and_ratios_are_followed() -> None:
    assert rule("ROUND(area / seats, 1)").type.unit == "m2/person"
    assert rule("ROUND(area / kitchen, 1)").type.unit is None
    assert rule("area * kitchen").type.unit == "m2*m2"
    assert rule("seats * area / seats >= least_area").type == parse_type("boolean")
    assert rule("months_between(opened, moved) >= trial").parameters == {"trial"}


def test_a_rule_lists_what_it_reads() -> None:
    found = rule("cold_dishes AND area >= least_area OR invested > cap")
    assert found.facts == {"cold_dishes", "area", "invested"}
    assert found.parameters == {"least_area", "cap"}


def test_yuan_times_a_number_is_an_amount_where_money_is_wanted() -> None:
    state = result("3600 * COUNT(children) + 100.50", MONEY, children=[{}, {}])
    assert state == Known(7300_50)
    assert result("ROUND(0.25 * area, 2)", MONEY, area=Decimal("10.0")) == Known(2_50)
    assert result("invested > 1000 * staff", invested=300_000, staff=2) == Known(True)
    assert result(
        "CASE WHEN cold_dishes THEN 100 * staff ELSE 0 END", MONEY, cold_dishes=True, staff=3
    ) == Known(300_00)
    with pytest.raises(AssertionError, match="must be an amount of money"):
        rule("area + 5", MONEY)


def test_members_are_gathered_and_an_unknown_one_matters_only_where_it_can() -> None:
    babies = "COUNT(children) FILTER (WHERE children.born >= DATE '2024-01-01')"
    born = {"born": date(2025, 1, 1)}
    assert result(f"{babies} = 2", children=[born, born, {"born": date(2020, 1, 1)}]) == Known(True)
    assert result(f"{babies} = 2", children=[born, {}]) == unknown("children")
    assert result(f"{babies} = 2", children=[born, {"born": None}]) == Known(False)
    assert result(f"{babies} = 0", children=None) == Known(True)  # it is known that there are none
    assert result(f"{babies} = 0") == unknown("children")
    assert result("BOOL_OR(children.at_school)", children=[{}, {"at_school": True}]) == Known(True)
    assert result("BOOL_AND(children.at_school)", children=[{}, {"at_school": True}]) == unknown("children")
    rents = "SUM(premises.rent) FILTER (WHERE NOT premises.owned) > 100"
    assert result(rents, premises=[{"rent": 200_00, "owned": False}, {"rent": 0}]) == Known(True)
    assert result(rents, premises=[{"rent": 200_00, "owned": False}, {"rent": 1}]) == unknown("premises")
    assert result("MAX(premises.area) IS NULL", premises=[]) == Known(True)


def test_a_bracket_table_gives_its_value_or_the_sum_of_its_slices() -> None:
    tax = {"tax": Brackets((0, 3000_00, 12000_00), (Decimal("0.030"), Decimal("0.100"), Decimal("0.200")))}

    def of(text: str, fen: int) -> State:
        return evaluate(rule(text), {"invested": Known(fen)}, tax)

    assert of("bracket(invested, tax) = 0.1", 3000_00) == Known(True)
    assert of("bracket(invested, tax) = 0.03", 2999_99) == Known(True)
    assert of("ROUND(slices(invested, tax), 2) = 990", 12000_00) == Known(True)
    assert of("ROUND(slices(invested, tax), 2) = 1190", 13000_00) == Known(True)
    assert of("ROUND(slices(invested, tax), 2) = 0", -5) == Known(True)
    assert of("bracket(invested, tax) = 0.1", -5) == Undefined("it lies below the first bracket of 'tax'")
    assert evaluate(rule("bracket(invested, tax) = 0.1"), {}, {}) == Undefined(
        "no value of 'tax' for this date"
    )
    assert evaluate(rule("bracket(invested, tax) = 0.1"), {}, tax) == unknown("invested")


def test_what_a_rule_says_when_undefined_is_applied_to_the_whole() -> None:
    text, facts = "staff / seats > 2", {"staff": Known(4), "seats": Known(0)}
    strict = compile_rule(text, VOCABULARY, on_undefined=OnUndefined.NO).rule
    assert strict
    assert evaluate(strict, facts, {}) == Known(False)
    assert evaluate(rule(text), facts, {}) == Undefined("division by zero")
    amount = compile_rule("ROUND(rent / seats, 2)", VOCABULARY, on_undefined=OnUndefined.NO).rule
    assert amount
    assert evaluate(amount, {"rent": Known(100), "seats": Known(0)}, {}) == ABSENT

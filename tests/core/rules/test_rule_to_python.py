"""Many rules as one Python function: the same states and findings as those of each rule alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rules import strategies, subjects
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import READABLE, VOCABULARY
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.explain import explain
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import ABSENT, Brackets, Facts, Known, Members, Parameters, Undefined, Unknown
from tongban.core.rules.to_python import programs
from tongban.core.rules.types import Type, Vocabulary, parse_type

KEY = b"a key of sixteen bytes or more"


def check(rules: dict[str, Rule], facts: Facts, parameters: Parameters) -> None:
    program = programs.program(rules)
    assert program.run(facts, parameters) == {n: evaluate(r, facts, parameters) for n, r in rules.items()}
    assert program.trace(facts, parameters) == {n: explain(r, facts, parameters) for n, r in rules.items()}


# -- agreement ---------------------------------------------------------------------------------------------


@examples(300)
@given(strategies.rules, SEEDS)
def test_a_program_gives_every_subject_the_state_that_evaluation_gives(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    program = programs.program({"": rule})
    for turn in range(12):
        given_parameters = subjects.parameters(random)
        facts = subjects.some_facts(random, rule.facts)
        if turn % 4 == 0:
            facts = subjects.complete(random, READABLE, facts)
        found = program.run(facts, given_parameters)[""]
        assert found == evaluate(rule, facts, given_parameters), (facts, given_parameters)
        if isinstance(found, Known):
            assert type(found.value) in (bool, int, Decimal, date, str)
            assert str(found) == str(evaluate(rule, facts, given_parameters))  # 1.50 is not 1.5
        if isinstance(found, Unknown):
            assert type(found.facts) is frozenset


@examples(80)
@given(st.lists(st.tuples(strategies.rules, st.sampled_from(OnUndefined)), min_size=2, max_size=6), SEEDS)
def test_rules_compiled_together_do_not_disturb_each_other(
    pairs: list[tuple[Sample, OnUndefined]], seed: int
) -> None:
    random = Random(seed)
    rules = {
        str(number): replace(compiled(sample), on_undefined=on_undefined)
        for number, (sample, on_undefined) in enumerate(pairs)
    }
    for _ in range(3):
        check(rules, subjects.some_facts(random, READABLE), subjects.parameters(random))


@examples(100)
@given(strategies.conditions(3), SEEDS)
def test_a_trace_gives_every_condition_the_finding_that_explaining_gives(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    program = programs.program({"": rule})
    for _ in range(6):
        facts, given_parameters = subjects.some_facts(random, rule.facts), subjects.parameters(random)
        assert program.trace(facts, given_parameters)[""] == explain(rule, facts, given_parameters)


@examples(60)
@given(strategies.rules, SEEDS)
def test_a_dumped_program_says_the_same(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    facts, given_parameters = subjects.some_facts(random, rule.facts), subjects.parameters(random)
    program = programs.program({"": rule})
    loaded = programs.load(programs.dump(program, KEY), KEY)
    assert loaded.names == program.names
    assert loaded.run(facts, given_parameters) == program.run(facts, given_parameters)
    assert loaded.trace(facts, given_parameters) == program.trace(facts, given_parameters)
    assert programs.load(programs.dump(loaded, KEY), KEY).names == program.names


def rule_of(text: str, vocabulary: Vocabulary = VOCABULARY, expect: Type | None = None) -> Rule:
    checked = compile_rule(text, vocabulary, expect=expect)
    assert checked.rule, checked.problems
    return checked.rule


CORNERS = [
    "cost / income >= 1",
    "income / cost < ratio",
    "seats / area <= kitchen / seats",
    "-1 / area < 2 / -3",
    "1 / 2 >= ratio",
    "1 / 3 > 1 / 4 AND music",
    "COUNT(rooms) FILTER (WHERE area > 1 AND rooms.owned) = 1",
    "income / 3 = cost",
    "ROUND(income / seats, 0) > cost",
    "CEIL(ratio / area) = FLOOR(ratio * ratio)",
    "area * 100000000000000000 * area > 1",
    "CASE WHEN music THEN 1 WHEN open_air THEN 1.5 WHEN cold_dishes THEN ratio ELSE area END",
    "COALESCE(area, ratio, kitchen, 0)",
    "LEAST(area, kitchen, seats, 2) + GREATEST(ratio, area, kitchen)",
    "GREATEST(area, area)",
    "music AND music",
    "TRUE",
    "COALESCE(3, area)",
    "3 IS NULL",
    "kind IN ('bar', 'bar')",
    "opened IN (DATE '2000-01-31', DATE '2001-02-28')",
    "area NOT IN (1, 2, 2.5)",
    "COUNT(children) = COUNT(children) FILTER (WHERE children.boards) OR music",
    "SUM(rooms.size) > 1 AND MIN(rooms.size) < area AND MAX(rooms.size) > area",
    "BOOL_AND(rooms.size / seats > 1) OR BOOL_OR(rooms.owned)",
    "bracket(ratio, prices) > cap AND ROUND(slices(income, bands), 2) <= cost",
]


@pytest.mark.parametrize("text", CORNERS)
def test_the_corners_of_the_language_agree_too(text: str) -> None:
    rule, random = rule_of(text), Random(text)
    for _ in range(150):
        facts = subjects.some_facts(random, rule.facts)
        check({"": rule}, facts, subjects.parameters(random))
        check({"": rule}, subjects.complete(random, READABLE, facts), subjects.parameters(random))


def test_a_number_is_given_with_the_digits_that_are_expected_of_the_rule() -> None:
    rules = {"wide": rule_of("area + ratio", expect=parse_type("decimal(4)")), "whole": rule_of("area")}
    found = programs.program(rules).run({"area": Known(-1), "ratio": Known(Decimal("0.99"))}, {})
    assert {name: str(state) for name, state in found.items()} == {
        "wide": "Known(value=Decimal('-0.0100'))",
        "whole": "Known(value=-1)",
    }


def test_amounts_stay_exact_beyond_every_machine_number() -> None:
    facts = {"income": Known(10**17 + 1), "ratio": Known(Decimal("9999999999999999.99"))}
    rule = rule_of("ROUND(income * ratio * ratio, 2)")
    found = programs.program({"": rule}).run(facts, {})[""]
    assert found == evaluate(rule, facts, {})
    assert isinstance(found, Known)
    assert isinstance(found.value, int)
    assert found.value > 10**48


def test_a_fact_of_two_types_in_two_packs_is_read_as_each() -> None:
    other = Vocabulary(facts={"area": parse_type("decimal(1)")}, parameters={}, code_lists={})
    rules = {"whole": rule_of("area > 1"), "tenths": rule_of("area > 1.5", other)}
    check(rules, {"area": Known(2)}, {})
    with pytest.raises(TypeError, match="'area' is integer"):
        programs.program(rules).run({"area": Known(Decimal("1.6"))}, {})


def test_a_program_of_no_rules_says_nothing() -> None:
    check({}, {}, {})


@pytest.mark.parametrize(
    ("text", "facts", "parameters"),
    [
        ("area > 1", {"area": Known("1")}, {}),
        ("area > 1", {"area": Known(True)}, {}),
        ("area > 1", {"area": Members(())}, {}),
        ("ratio > 1", {"ratio": Known(Decimal("0.001"))}, {}),
        ("ratio > 1", {"ratio": Known(False)}, {}),
        ("ratio > 1", {"ratio": Known(1.5)}, {}),
        ("music", {"music": Known(1)}, {}),
        ("name = 'A'", {"name": Known(date(2000, 1, 1))}, {}),
        ("opened > cutoff", {"opened": Known("2000-01-01")}, {}),
        ("area > least_area", {"area": Known(1)}, {"least_area": Decimal("1.5")}),
        ("area > least_area", {"area": Known(1)}, {"least_area": Brackets((1,), (1,))}),
        ("bracket(area, prices) > 1", {"area": Known(1)}, {"prices": Brackets((1,), ("A",))}),
        ("COUNT(children) > 1", {"children": Known(1)}, {}),
        ("SUM(children.grade) > 1", {"children": Members(({"grade": Known("A")},))}, {}),
    ],
)
def test_a_value_of_another_type_is_refused_as_evaluation_refuses_it(
    text: str, facts: Facts, parameters: Parameters
) -> None:
    rule = rule_of(text)
    with pytest.raises(TypeError):
        evaluate(rule, facts, parameters)
    with pytest.raises(TypeError):
        programs.program({"": rule}).run(facts, parameters)


def test_numbers_and_texts_of_their_own_classes_are_taken_as_what_they_are() -> None:
    class Code(str):
        __slots__ = ()

    class Count(int):
        pass

    rules = {"code": rule_of("kind = 'bar'"), "count": rule_of("area + 1")}
    check(rules, {"kind": Known(Code("bar")), "area": Known(Count(2))}, {})
    check(rules, {"kind": Known(Code("cafe")), "area": ABSENT}, {})
    check({"": rule_of("ratio + 1")}, {"ratio": Known(2)}, {})


# -- dumps -------------------------------------------------------------------------------------------------


def test_only_what_was_sealed_with_the_key_is_loaded() -> None:
    data = programs.dump(programs.program({"": rule_of("area > 1")}), KEY)
    with pytest.raises(programs.NotLoadable, match="key"):
        programs.load(data, KEY + b"?")
    for place in (0, 20, 40, 60, len(data) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(programs.NotLoadable):
            programs.load(bytes(changed), KEY)
    for cut in (b"", data[:10], data[:40], data[:-1], data + b"?"):
        with pytest.raises(programs.NotLoadable):
            programs.load(cut, KEY)
    with pytest.raises(ValueError, match="16 bytes"):
        programs.dump(programs.program({}), b"short")


def test_what_another_release_dumped_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = programs.dump(programs.program({"": rule_of("area > 1")}), KEY)
    monkeypatch.setattr(programs, "_HEADER", data[:14] + b"\xff" + data[15:19])
    with pytest.raises(programs.NotLoadable, match="release"):
        programs.load(data, KEY)


def test_undefined_says_why_and_no_is_said_where_the_rule_says_so() -> None:
    condition, amount = rule_of("area / kitchen > 1"), rule_of("ROUND(income / seats, 2)")
    rules = {
        "condition": condition,
        "amount": amount,
        "no": replace(condition, on_undefined=OnUndefined.NO),
        "none": replace(amount, on_undefined=OnUndefined.NO),
    }
    facts = {"area": Known(1), "kitchen": Known(0), "income": ABSENT, "seats": Known(0)}
    zero = Undefined("division by zero")
    found = programs.program(rules).run(facts, {})
    assert found == {"condition": zero, "amount": zero, "no": Known(False), "none": ABSENT}
    check(rules, facts, {})

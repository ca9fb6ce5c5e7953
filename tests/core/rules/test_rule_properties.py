"""What holds for every rule, whatever is known: the promises of `core/rules`."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.core.rules import strategies, subjects
from tests.core.rules.meaning import Nothing, Sample
from tests.core.rules.subjects import READABLE, VOCABULARY

from tongban.core.rules import ir
from tongban.core.rules.ask import open_facts
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.explain import Finding, explain, from_json, to_json
from tongban.core.rules.printing import print_node
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Absent, Known, State, Undefined, Unknown
from tongban.core.rules.types import Kind

SEEDS = st.integers(0, 2**32)
"""Of random subjects: many for each rule cost less than the rule itself."""
OUTCOMES = {Unknown: "unknown", Undefined: "undefined", Absent: "fail"}


def examples(count: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=checks)


def compiled(sample: Sample) -> Rule:
    checked = compile_rule(sample.text, VOCABULARY)
    assert checked.rule, checked.problems
    return checked.rule


def same(state: State, value: Any) -> bool:
    """Whether the engine's state is what the naive meaning says."""
    match state:
        case Known(value=Decimal() as number):
            return Fraction(number) == value
        case Known():
            return state.value == value and isinstance(value, bool) == isinstance(state.value, bool)
        case Absent():
            return value is None
        case Undefined():
            return value == Nothing(state.reason)
        case Unknown():
            return False


@examples(300)
@given(strategies.rules, SEEDS)
def test_a_rule_over_complete_facts_means_what_its_naive_reading_means(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    for _ in range(12):
        given_parameters = subjects.parameters(random)
        facts = subjects.complete(random, READABLE, {})
        state = evaluate(rule, facts, given_parameters)
        assert same(state, sample.meaning(subjects.environment(facts, given_parameters))), (state, facts)


@examples(450)
@given(strategies.rules, SEEDS)
def test_a_definite_result_is_the_result_of_every_completion(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    for _ in range(10):
        given_parameters = subjects.parameters(random)
        facts = subjects.some_facts(random, rule.facts)
        state = evaluate(rule, facts, given_parameters)
        if isinstance(state, Unknown):
            assert state.facts
            assert state.facts <= set(subjects.unsettled(rule.facts, facts))
            continue
        for _ in range(8 if subjects.unsettled(rule.facts, facts) else 0):
            completion = subjects.complete(random, rule.facts, facts)
            assert evaluate(rule, completion, given_parameters) == state, (facts, completion)


@examples(250)
@given(strategies.rules, SEEDS)
def test_open_facts_are_none_exactly_when_the_result_is_definite_and_only_ever_shrink(
    sample: Sample, seed: int
) -> None:
    rule, random = compiled(sample), Random(seed)
    for _ in range(8):
        given_parameters = subjects.parameters(random)
        facts = dict(subjects.some_facts(random, rule.facts))
        before = open_facts(rule, facts, given_parameters)
        while before:
            assert isinstance(evaluate(rule, facts, given_parameters), Unknown)
            name = random.choice(subjects.unsettled(rule.facts, facts))  # open or not: it never adds one
            facts[name] = subjects.complete(random, [name], facts)[name]
            after = open_facts(rule, facts, given_parameters)
            assert after <= before - {name}
            before = after
        assert not isinstance(evaluate(rule, facts, given_parameters), Unknown)


@examples(250)
@given(strategies.rules, SEEDS)
def test_a_fact_that_is_not_open_cannot_change_the_result(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    for _ in range(8):
        given_parameters = subjects.parameters(random)
        facts = subjects.some_facts(random, rule.facts)
        closed = rule.facts - open_facts(rule, facts, given_parameters)
        first = subjects.complete(random, rule.facts, facts)
        other = subjects.complete(random, rule.facts, facts)
        second = {name: (other if name in closed else first)[name] for name in first}
        assert evaluate(rule, first, given_parameters) == evaluate(rule, second, given_parameters)


@examples(150)
@given(strategies.conditions(3), SEEDS)
def test_an_explanation_says_what_evaluation_says_and_survives_json(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    facts, given_parameters = subjects.some_facts(random, rule.facts), subjects.parameters(random)
    state = evaluate(rule, facts, given_parameters)
    finding = explain(rule, facts, given_parameters)
    passes = "pass" if state == Known(True) else "fail"
    assert finding.outcome == OUTCOMES.get(type(state), passes)
    assert finding.absent == isinstance(state, Absent)
    assert from_json(json.loads(json.dumps(to_json(finding)))) == finding
    for leaf in leaves(finding):
        read = compile_rule(leaf.text, VOCABULARY).rule
        assert read
        assert {use.name for use in leaf.facts} == read.facts
        assert {use.name for use in leaf.parameters} == read.parameters


def leaves(finding: Finding) -> list[Finding]:
    if not finding.children:
        return [finding]
    assert not finding.facts
    assert not finding.parameters
    return [leaf for child in finding.children for leaf in leaves(child)]


@examples(200)
@given(strategies.rules)
def test_a_printed_rule_compiles_to_the_same_rule(sample: Sample) -> None:
    rule = compiled(sample)
    again = compile_rule(print_node(rule.root), VOCABULARY, expect=rule.type)
    assert again.rule, again.problems
    assert again.rule.root == rule.root
    assert again.rule.type == rule.type
    assert print_node(again.rule.root) == print_node(rule.root)


@examples(80)
@given(strategies.rules)
def test_every_node_knows_a_place_inside_the_text(sample: Sample) -> None:
    rule = compiled(sample)
    for node in ir.walk(rule.root):
        assert node.line == 1
        assert 1 <= node.column <= len(rule.text)
        if isinstance(node, ir.Fact | ir.Parameter):
            assert rule.text[node.column - 1 :].startswith(node.name)


WORDS = (
    "( ) , + - * / = <> < CASE WHEN THEN ELSE END AND OR NOT IN IS NULL BETWEEN area kind 'noodle' 1 0.5 DATE IF "
    "'2026-01-01' ROUND( COALESCE( ; : ? SELECT FROM AS LIKE FILTER OVER INTERVAL CAST( -- /* */ \" ` [ ] { } . %"
)


@examples(400)
@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join))
@example("\r<")
def test_any_text_is_compiled_or_refused_with_a_place_and_never_crashes(text: str) -> None:
    checked = compile_rule(text, VOCABULARY)
    assert (checked.rule is None) == bool(checked.problems)
    lines = text.split("\n")
    for problem in checked.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message.endswith((".", "?"))
    assert not checked.rule or checked.rule.type.kind in Kind


def test_the_generator_reaches_the_whole_language() -> None:
    seen: set[str] = set()

    @examples(600)
    @given(strategies.rules)
    def collect(sample: Sample) -> None:
        for node in ir.walk(compiled(sample).root):
            seen.add(node.function if isinstance(node, ir.Call | ir.Aggregate) else type(node).__name__)

    collect()
    kinds = {kind.__name__ for kind in ir.Node.__args__ if kind not in (ir.Call, ir.Aggregate)}
    names = kinds | set(ir.Function) | set(ir.Aggregation)
    assert seen == names

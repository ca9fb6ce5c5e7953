"""What a rule must be where it stands: the type that is wanted of it, and what its author is told otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tongban.core.rules import syntax
from tongban.core.rules.bounds import bounds
from tongban.core.rules.certify import changes
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.exact import to_decimal, to_fraction
from tongban.core.rules.explain import explain, from_json, to_json
from tongban.core.rules.intervals.spans import Among, Span, meet, without
from tongban.core.rules.leftovers import words
from tongban.core.rules.narrate.lexicon import Lexicon
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.narrate.subjects import subject_in_words
from tongban.core.rules.narrate.ways import tell_way
from tongban.core.rules.parse import parse
from tongban.core.rules.prove.claims import are_different
from tongban.core.rules.prove.lint import lint
from tongban.core.rules.prove.logic import World
from tongban.core.rules.states import ABSENT, Brackets, Known, Members, Undefined
from tongban.core.rules.types import Range, Table, Vocabulary, parse_type

VOCABULARY = Vocabulary(
    facts={
        "area": parse_type("decimal(1)"),
        "staff": parse_type("integer"),
        "open": parse_type("boolean"),
        "kind": parse_type("code", codes="kinds"),
        "rent": parse_type("money"),
        "since": parse_type("date"),
        "name": parse_type("text"),
    },
    parameters={"waiting": parse_type("integer", unit="days"), "share": parse_type("decimal(4)")},
    relations={"children": {"born": parse_type("date"), "at_school": parse_type("boolean")}},
    code_lists={"kinds": frozenset({"noodles", "hotpot"})},
    tables={"names": Table(parse_type("integer"), parse_type("text"))},
)


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("CASE WHEN open THEN -100 ELSE 50 END", "money", -10000),
        ("COALESCE(rent, 100)", "money", 200),
        ("COALESCE(100, 200)", "money", 10000),
        ("LEAST(100, 200)", "money", 10000),
        ("ABS(-100)", "money", 10000),
        ("-(100)", "money", -10000),
        ("1000 + 300 * COUNT(children)", "money", 130000),
        ("COUNT(children) * 300", "money", 30000),
        ("1000 - LEAST(300, 20)", "money", 98000),
        ("ROUND(1000 + 0.5 * COUNT(children), 0)", "money", 100100),
        ("CASE WHEN open THEN 'noodles' ELSE kind END", "code", "noodles"),
        ("12", "decimal(2)", Decimal("12.00")),
    ],
)
def test_literals_become_what_is_wanted_of_the_rule(text: str, wanted: str, value: object) -> None:
    expect = parse_type(wanted, codes="kinds" if wanted == "code" else None)
    checked = compile_rule(text, VOCABULARY, expect=expect)
    assert checked.rule is not None, checked.problems
    facts = {
        "open": Known(True),
        "rent": Known(200),
        "kind": Known("hotpot"),
        "children": Members(({"born": Known(date(2020, 1, 1)), "at_school": Known(True)},)),
    }
    assert evaluate(checked.rule, facts, {}) == Known(value)


@pytest.mark.parametrize(
    ("text", "wanted", "code", "hint"),
    [
        ("staff", "boolean", "wrong-type", "Compare it with a value."),
        ("area * 2", "integer", "wrong-type", "Round it: ROUND(x), FLOOR(x) or CEIL(x)."),
        ("staff", "money", "wrong-type", "Write the amount as one plain number in yuan."),
        ("area + 5", "money", "wrong-type", "Write the amount as one plain number in yuan."),
        ("ROUND(area / 3, 2)", "money", "wrong-type", "Write the amount as one plain number in yuan."),
        ("'2026-01-31'", "date", "wrong-type", "A date is written DATE '2026-01-31'."),
        ("since", "text", "wrong-type", None),
        ("share", "decimal(2)", "too-many-decimals", "Write ROUND(..., 2)."),
        (
            "rent * share",
            "money",
            "too-many-decimals",
            "Write ROUND(..., 2) for whole fen, ROUND(..., 0) for yuan.",
        ),
        ("100.005", "money", "too-many-decimals", None),
        ("kind = 'sushi'", "boolean", "unknown-code", "Its codes are hotpot, noodles."),
        ("slices(staff, names) = 1", "boolean", "wrong-type", "Write bracket(...) for the value itself."),
        ("SUM(staff) > 1", "boolean", "no-relation", None),
        ("bool_or(open)", "boolean", "no-relation", "For example BOOL_OR(children.at_school)."),
        ("COUNT(staff) > 1", "boolean", "no-relation", "Write COUNT(children)."),
        ("since > 5", "boolean", "wrong-type", "A date is written DATE '2026-01-31'."),
        (
            "since > staff",
            "boolean",
            "wrong-type",
            "Use add_months, days_between, months_between or years_between.",
        ),
        (
            "rent > staff",
            "boolean",
            "wrong-type",
            "An amount is written as one plain number in yuan, or is a fact or parameter of money.",
        ),
        ("open > 5", "boolean", "wrong-type", None),
        ("MIN(children.born, children.born)", "date", "wrong-arguments", "Write LEAST."),
        ("every(children.at_school)", "boolean", "unknown-function", "Write BOOL_AND."),
    ],
)
def test_a_rule_of_another_type_is_refused_with_what_to_do(
    text: str, wanted: str, code: str, hint: str | None
) -> None:
    (problem,) = compile_rule(text, VOCABULARY, expect=parse_type(wanted)).problems
    assert (problem.code, problem.hint) == (code, hint)


def test_a_unit_that_is_wanted_is_the_unit_that_is_given() -> None:
    days, months = parse_type("integer", unit="days"), parse_type("integer", unit="months")
    assert compile_rule("waiting", VOCABULARY, expect=days).rule is not None
    (problem,) = compile_rule("waiting", VOCABULARY, expect=months).problems
    assert problem.code == "wrong-unit"


def test_a_bracket_table_has_values_and_rises() -> None:
    with pytest.raises(ValueError, match="one value for each lower end"):
        Brackets((1, 2), (1,))
    with pytest.raises(ValueError, match="at least one"):
        Brackets((), ())
    with pytest.raises(ValueError, match="rise"):
        Brackets((2, 1), (1, 1))


def test_numbers_are_exact_or_are_refused() -> None:
    with pytest.raises(TypeError):
        to_fraction(0.1)  # type: ignore[arg-type]  # facts come from outside
    with pytest.raises(ValueError, match="more than 1 digits"):
        to_decimal(Decimal("0.55"), 1)
    assert to_decimal(to_fraction(Decimal("0.5")), 2) == Decimal("0.50")


def test_a_relation_is_a_list_and_a_value_is_none() -> None:
    rule = compile_rule("COUNT(children) > 0", VOCABULARY).rule
    assert rule
    with pytest.raises(TypeError, match="list of members"):
        evaluate(rule, {"children": Known(1)}, {})


def test_fields_of_relations_are_found_wherever_they_stand() -> None:
    text = (
        "CASE WHEN COUNT(children) FILTER (WHERE children.at_school AND children.born IN (DATE '2020-01-01')) > 1"
        " THEN bool_and(children.born BETWEEN since AND since) ELSE NOT bool_or(children.at_school) END"
    )
    expression, problems = parse(text)
    assert expression is not None
    assert not problems
    assert {(field.relation, field.name) for field in syntax.fields(expression)} == {
        ("children", "at_school"),
        ("children", "born"),
    }
    assert "filter" in list(words(expression))


def test_a_subject_is_told_in_a_line_with_its_members() -> None:
    facts = {
        "area": Known(Decimal("45.0")),
        "children": Members(({"born": Known(date(2020, 1, 1)), "at_school": ABSENT},)),
    }
    told = subject_in_words(facts, VOCABULARY, Speech(Lexicon(VOCABULARY), "en"))
    assert told == "area 45.0, children 1 listed (children.born 2020-01-01, children.at_school none)"


@pytest.mark.parametrize("damaged", [1.5, ["x"], {"decimal": 5}, {"unheard": "of"}])
def test_an_explanation_that_was_damaged_is_not_read(damaged: object) -> None:
    rule = compile_rule("area >= share", VOCABULARY).rule
    assert rule
    told = to_json(explain(rule, {"area": Known(Decimal("1.0"))}, {"share": Decimal("0.5000")}))
    assert from_json(told).text == "area >= share"
    told["parameters"][0]["value"] = damaged
    with pytest.raises(ValueError, match="is no value"):
        from_json(told)


def test_what_would_change_a_result_needs_facts_of_their_types() -> None:
    rule = compile_rule("staff > 5", VOCABULARY).rule
    assert rule
    with pytest.raises(TypeError, match="cannot be a list of members"):
        changes(rule, {"staff": Members(())}, {})


@pytest.mark.parametrize(
    "text",
    ["open = married", "open <> married", "since <> moved", "LEAST(staff, 3) = GREATEST(staff, 4)"],
)
def test_a_proof_finds_a_subject_for_a_comparison_of_any_type(text: str) -> None:
    words = Vocabulary(
        {**VOCABULARY.facts, "married": parse_type("boolean"), "moved": parse_type("date")}, {}, {}
    )
    rule = compile_rule(text, words).rule
    assert rule
    assert [finding.code for finding in lint(rule, {})] == (["never-true"] if "LEAST" in text else [])


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("logical_or(children.at_school)", "unknown-function", "Write BOOL_OR."),
        ("slices(area * area, rates) > 5", "too-many-decimals", "Round the first argument: ROUND(x, 2)."),
        ("SUM(staff) > 5", "no-relation", None),
    ],
)
def test_more_that_is_refused(text: str, code: str, hint: str | None) -> None:
    words = Vocabulary(
        VOCABULARY.facts | {"area": parse_type("decimal(9)")},
        {},
        {},
        relations={"papers": {"read": parse_type("boolean")}},
        tables={"rates": Table(parse_type("decimal(9)"), parse_type("decimal(9)"))},
    )
    (problem,) = compile_rule(text, words, expect=parse_type("boolean")).problems
    assert (problem.code, problem.hint) == (code, hint)


def test_a_negated_choice_of_literals_becomes_money() -> None:
    rule = compile_rule("-(CASE WHEN open THEN 1 ELSE 2.50 END)", VOCABULARY, expect=parse_type("money")).rule
    assert rule
    assert evaluate(rule, {"open": Known(False)}, {}) == Known(-250)


def test_a_part_that_was_refused_asks_for_no_words() -> None:
    assert list(words(syntax.Refused(line=1, column=1))) == []
    assert list(syntax.fields(syntax.Refused(line=1, column=1))) == []


def test_what_two_sets_of_values_have_in_common() -> None:
    either, one, other = Among(None), Among(frozenset({"a", "b"})), Among(frozenset({"c"}))
    assert meet(either, one) == meet(one, either) == one
    assert meet(one, other) is None
    assert meet(Span(1, 5), Span(3, None)) == Span(3, 5)
    assert meet(Span(1, 2), Span(3, 4)) is None
    with pytest.raises(TypeError, match="one type"):
        meet(Span(1, 2), one)
    assert without(one, Among(frozenset({"a"})), 1) == Among(frozenset({"b"}))
    assert without(other, other, 1) is None
    assert without(either, other, 1) == either
    assert without(Span(1, 5), Span(1, 1), 1) == Span(2, 5)
    assert without(Span(1, 5), Span(5, 5), 1) == Span(1, 4)
    assert without(Span(1, 1), Span(1, 1), 1) is None
    assert without(Span(1, 5), one, 1) == Span(1, 5)


def test_two_reasons_for_being_undefined_are_no_difference() -> None:
    assert not are_different(Undefined("division by zero"), Undefined("no parameter"))
    assert are_different(Undefined("division by zero"), Known(True))


def test_a_code_that_must_not_be_any_of_all_there_is_cannot_be_met() -> None:
    rule = compile_rule("kind NOT IN ('noodles', 'hotpot')", VOCABULARY).rule
    assert rule
    found = lint(rule, {}, codes={"kinds": frozenset({"noodles", "hotpot"})})
    assert [finding.code for finding in found] == ["never-true"]


def test_a_way_out_is_told_with_both_of_its_ends() -> None:
    rule = compile_rule("staff BETWEEN 3 AND 5 AND area > 1", VOCABULARY).rule
    assert rule
    ways = changes(rule, {"staff": Known(9), "area": Known(Decimal("2.0"))}, {})
    assert [[change.name for change in way.changes] for way in ways] == [["staff"]]
    assert tell_way(ways[0], Speech(Lexicon(VOCABULARY), "en")) == "staff: from 3 to 5 (now 9)"
    assert tell_way(ways[0], Speech(Lexicon(VOCABULARY), "zh")) == "staff：在 3 至 5 之间（现为 9）"


def test_a_unit_that_is_only_divided_by_cancels_out() -> None:
    words = Vocabulary(
        {"density": parse_type("decimal(2)", unit="1/m2"), "area": parse_type("decimal(1)", unit="m2")},
        {},
        {},
    )
    assert compile_rule("density * area > 2", words).rule is not None
    (problem,) = compile_rule("density > area", words).problems
    assert problem.code == "wrong-unit"


def test_what_is_known_beforehand_needs_no_model() -> None:
    world = World()
    assert world.value(None, True) is True
    assert world.value(None, 5) == 5


def test_all_that_a_range_holds_is_ruled_out_one_after_the_other() -> None:
    words = Vocabulary(
        {"staff": parse_type("integer"), "rent": parse_type("money")}, {}, {}, ranges={"staff": Range(1, 2)}
    )
    rule = compile_rule("CASE WHEN staff NOT IN (1, 2) THEN rent ELSE 5 END", words).rule
    assert rule
    found = bounds(rule, {}, {})
    assert (found.low, found.high) == (500, 500)

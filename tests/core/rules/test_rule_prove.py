"""What can be proved about rules and tables: by example, and against random subjects."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rules import strategies, subjects
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import CODES
from tests.core.rules.test_rule_bounds import PARAMETERS, VOCABULARY, inside, ranges, rule
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate, evaluate_node
from tongban.core.rules.printing import print_node
from tongban.core.rules.prove import calendar
from tongban.core.rules.prove.calendar import Day
from tongban.core.rules.prove.difference import Difference, Verdict, diff
from tongban.core.rules.prove.encode import Encoding
from tongban.core.rules.prove.findings import CODES as FINDINGS
from tongban.core.rules.prove.findings import Finding
from tongban.core.rules.prove.lint import lint, without
from tongban.core.rules.prove.logic import ProverMissing, World
from tongban.core.rules.prove.outcome import holds
from tongban.core.rules.prove.questions import UNTOLD, Found, Prover, Scene, Side
from tongban.core.rules.prove.subject import Subject, Texts
from tongban.core.rules.prove.tables import check_rows
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import (
    ABSENT,
    Absent,
    Brackets,
    Facts,
    Known,
    Members,
    Parameters,
    State,
    Undefined,
    Unknown,
    Value,
)
from tongban.core.rules.types import Kind, Range, Table, Vocabulary, parse_type

CODE_LISTS = VOCABULARY.code_lists
WIDE = Vocabulary(
    facts={"area": parse_type("integer"), "open_air": parse_type("boolean")},
    parameters={},
    code_lists={},
    relations={"rooms": {"size": parse_type("integer"), "owned": parse_type("boolean")}},
    tables={"fees": Table(parse_type("integer"), parse_type("integer"))},
)


def wide(text: str) -> Rule:
    """A rule about which nothing is declared."""
    checked = compile_rule(text, WIDE)
    assert checked.rule, checked.problems
    return checked.rule


def found(text: str, on_undefined: OnUndefined = OnUndefined.REFER) -> list[tuple[str, str]]:
    """(code, what the text says from there on) of each finding."""
    return [
        (one.code, text[one.column - 1 :])
        for one in lint(rule(text, on_undefined), PARAMETERS, codes=CODE_LISTS)
    ]


def codes(text: str) -> list[str]:
    return [code for code, _ in found(text)]


# -- lint --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seats > 5 AND seats < 3", [("never-true", "seats > 5 AND seats < 3")]),
        ("area > 60", [("never-true", "area > 60")]),
        ("licensed AND NOT licensed", [("never-true", "licensed AND NOT licensed")]),
        ("kind = 'bar' AND kind = 'noodle'", [("never-true", "kind = 'bar' AND kind = 'noodle'")]),
        ("years_between(born, day) >= 37", [("never-true", "years_between(born, day) >= 37")]),
        ("area / seats > 51", [("never-true", "area / seats > 51")]),
        ("COUNT(children) > 4", [("never-true", "COUNT(children) > 4")]),
        ("income IS NULL AND income > 5", [("never-true", "income IS NULL AND income > 5")]),
        ("licensed AND area > 60", [("never-true", "licensed AND area > 60"), ("never-true", "area > 60")]),
        ("licensed OR seats > 5 AND (area > 60 OR staff > 1)", [("never-true", "area > 60 OR staff > 1)")]),
        ("licensed OR staff > 3 AND staff < 4", [("never-true", "staff > 3 AND staff < 4")]),
        ("COUNT(children) >= 0", [("always-true", "COUNT(children) >= 0")]),
        ("area > 5 OR area <= 5 OR area IS NULL", [("always-true", "area > 5 OR area <= 5 OR area IS NULL")]),
        ("seats > 5 OR seats <= 5", [("never-false", "seats > 5 OR seats <= 5")]),
        ("licensed AND (rent > 5 OR rent <= 5)", [("never-false", "rent > 5 OR rent <= 5)")]),
        ("kind = 'bar' OR kind = 'noodle'", [("never-false", "kind = 'bar' OR kind = 'noodle'")]),
        ("add_months(born, 1) > born", [("never-false", "add_months(born, 1) > born")]),
        ("income / seats >= 0", [("never-false", "income / seats >= 0")]),
        ("seats > 5 AND seats > 3", [("operand-never-matters", "seats > 3")]),
        ("seats > 3 AND seats > 5", [("operand-never-matters", "seats > 3 AND seats > 5")]),
        ("licensed OR licensed AND seats > 3", [("operand-never-matters", "licensed AND seats > 3")]),
        ("licensed OR staff > 1 OR licensed", [("operand-never-matters", "licensed")]),
        ("licensed AND TRUE", [("operand-never-matters", "TRUE")]),
        ("CASE WHEN area > 5 THEN 1 WHEN area > 9 THEN 2 ELSE 3 END", [("branch-never-taken", "area > 9 THEN 2 ELSE 3 END")]),
        ("CASE WHEN area > 5 THEN CASE WHEN area < 5 THEN 1 ELSE 2 END ELSE 3 END", [("branch-never-taken", "area < 5 THEN 1 ELSE 2 END ELSE 3 END")]),
        ("CASE WHEN area > 5 THEN 1 WHEN area <= 5 THEN 2 WHEN area IS NULL THEN 3 ELSE seats END", [("else-never-taken", "seats END")]),
        ("CASE WHEN area > 5 THEN 1 WHEN area <= 5 THEN 2 ELSE 3 END", []),  # it may be absent
        ("ROUND(income / (seats - seats), 2)", [("never-value", "ROUND(income / (seats - seats), 2)")]),
        ("COUNT(children) FILTER (WHERE children.fee > 600)", [("filter-never-true", "children.fee > 600)")]),
        ("bracket(seats, classes)", [("bracket-gap", "seats, classes)")]),
        ("bracket(staff + 11, classes)", []),
        ("bracket(COUNT(children) * 5, classes)", [("bracket-gap", "COUNT(children) * 5, classes)")]),
        ("bracket(COUNT(children), classes)", [("never-value", "bracket(COUNT(children), classes)")]),
        ("CASE WHEN seats < 10 OR seats IS NULL THEN 0 ELSE bracket(seats, classes) END", []),
        ("CASE WHEN seats < 11 THEN bracket(seats, classes) ELSE 0 END", [("bracket-gap", "seats, classes) ELSE 0 END")]),
        ("ROUND(slices(income, tax), 2)", []),
        ("area >= 10 AND licensed AND (seats > 3 OR staff > 3)", []),
        ("TRUE", []),
        ("licensed", []),
        ("months / seats > 1 OR licensed", []),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_found_at_its_place(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text) == expected


def test_a_condition_that_is_never_false_stays_unknown_and_asks() -> None:
    text = "seats > 5 OR seats <= 5"
    assert isinstance(evaluate(rule(text), {}, {}), Unknown)
    [one] = lint(rule(text), PARAMETERS)
    assert one.facts == {"seats": ABSENT}
    assert "asks for seats" in one.message.en
    assert "seats" in one.message.zh


def test_what_a_rule_says_for_undefined_counts() -> None:
    assert found("income / seats >= 0", OnUndefined.NO) == []  # no seats: not met
    assert found("income / (seats - seats) >= 0", OnUndefined.NO) == [
        ("never-true", "income / (seats - seats) >= 0")
    ]


def test_a_parameter_without_a_value_makes_a_rule_that_nobody_can_meet() -> None:
    assert [one.code for one in lint(rule("rent <= cap"), {})] == ["never-true"]


def test_the_members_of_a_relation_are_not_counted_on() -> None:
    """What holds for a few members of a relation is no proof."""
    assert [one.code for one in lint(wide("COUNT(rooms) > 40"), {})] == []
    assert [one.code for one in lint(wide("COUNT(rooms) FILTER (WHERE rooms.owned) > COUNT(rooms)"), {})] == [
        "cannot-tell"
    ]
    assert [one.code for one in lint(wide("COUNT(rooms) > 9000"), {})] == ["cannot-tell"]
    assert [one.code for one in lint(wide("COUNT(rooms) < 0"), {})] == ["never-true"]
    assert [one.code for one in lint(wide("BOOL_OR(rooms.owned) AND COUNT(rooms) < 0"), {})] == [
        "never-true",
        "never-true",
    ]
    assert [one.code for one in lint(wide("SUM(rooms.size) > 3 AND area < 0 AND area > 0"), {})] == [
        "never-true"
    ]


def test_what_cannot_be_told_is_said() -> None:
    hard = "seats * staff = 7919 AND seats > 1 AND staff > 1"
    [one] = lint(rule(hard), PARAMETERS, effort=20_000)
    assert (one.code, one.column) == ("cannot-tell", 1)
    harder = " AND ".join(f"({hard} OR seats = {n})" for n in range(6))
    assert "cannot-tell" in [one.code for one in lint(rule(harder), PARAMETERS, effort=2_000)]


def test_without_any_effort_the_bounds_of_a_rule_still_prove_something() -> None:
    def hardly(text: str, on_undefined: OnUndefined = OnUndefined.REFER) -> list[str]:
        return [one.code for one in lint(rule(text, on_undefined), PARAMETERS, effort=1)]

    assert hardly("seats * staff < 0") == ["never-true"]
    assert hardly("seats * staff >= 0") == ["cannot-tell"]
    assert hardly("income / seats >= 0", OnUndefined.NO) == ["cannot-tell"]
    assert hardly("licensed AND bracket(seats, classes) > 100") == ["cannot-tell"]
    assert hardly("bracket(seats, classes)") == ["cannot-tell"]
    assert hardly("CASE WHEN licensed THEN bracket(seats, classes) ELSE cap END") == ["cannot-tell"]


def test_no_gap_is_seen_below_a_bracket_table_where_nothing_is_declared() -> None:
    assert lint(wide("bracket(area, fees)"), {"fees": Brackets((0,), (1,))}) == []


def test_a_text_that_nothing_mentions_is_really_another() -> None:
    texts = Texts()
    assert texts.number("?1") == 0
    assert (texts.text(0), texts.text(1), texts.text(2)) == ("?1", "??1", "?2")


def test_the_same_question_has_the_same_answer() -> None:
    texts = [
        "seats * staff = 91 AND seats > 1 AND staff > 1",
        "rent > 5 OR rent <= 5",
        "bracket(seats, classes)",
    ]
    for text in texts:
        assert lint(rule(text), PARAMETERS, effort=50_000) == lint(rule(text), PARAMETERS, effort=50_000)


def test_findings_stand_in_the_order_of_the_text() -> None:
    text = "licensed\n  AND area > 60\n  AND (rent > 5 OR rent <= 5)"
    places = [(one.code, one.line, one.column) for one in lint(rule(text), PARAMETERS)]
    assert places == [("never-true", 1, 1), ("never-true", 2, 7), ("never-false", 3, 8)]


def test_nobody_is_shown_whom_evaluation_does_not_confirm() -> None:
    prover = Prover([Side(rule("licensed"), {})])

    def met(scene: Scene) -> Any:
        return holds(scene.world, scene.encodings[0].whole)

    assert prover.find(met, lambda facts: evaluate(rule("licensed"), facts, {}) == Known(True)) == Found(
        {"licensed": Known(True)}
    )
    assert prover.find(met, lambda facts: False) is UNTOLD


def test_without_the_library_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(ProverMissing, match=r"pip install tongban\[prove\]"):
        lint(rule("licensed"), PARAMETERS)


# -- tables ------------------------------------------------------------------------------------------------


def rows(*texts: str, **options: Any) -> list[Finding]:
    return check_rows([rule(text) for text in texts], PARAMETERS, codes=CODE_LISTS, **options)


def test_a_gap_between_rows_is_shown_by_a_subject() -> None:
    [gap] = rows("area < 30", "area > 30")
    assert (gap.code, gap.facts) == ("gap", {"area": Known(Decimal("30.0"))})
    [gap] = rows("area <= 29.8", "area >= 30")
    assert gap.facts == {"area": Known(Decimal("29.9"))}
    assert rows("area < 30", "area >= 30") == []
    assert rows("kind = 'bar'", "kind = 'noodle'") == []
    assert [one.code for one in check_rows([rule("kind = 'bar'"), rule("kind = 'noodle'")], PARAMETERS)] == [
        "gap"
    ]
    assert rows("area < 30", "area > 30", complete=False) == []
    assert rows() == []


def test_what_is_absent_is_a_gap_only_where_rows_ask_for_it() -> None:
    assert rows("area < 30", "area >= 30") == []
    [gap] = rows(
        "area < 30 OR area IS NULL", "area >= 30 AND licensed", "area >= 30 AND NOT licensed AND seats > 1"
    )
    assert gap.facts
    assert gap.facts["licensed"] == Known(False)
    [gap] = rows("area IS NULL AND licensed", "area IS NOT NULL")
    assert gap.facts == {"area": ABSENT, "licensed": Known(False)}


def test_rows_that_overlap_are_shown_by_a_subject_each() -> None:
    overlaps = rows("area <= 30", "area >= 30", "area > 40 AND seats > 90", "area IS NULL")
    assert [one.rows for one in overlaps] == [(1, 2), (2, 3)]
    assert {one.code for one in overlaps} == {"overlap"}
    assert overlaps[0].facts == {"area": Known(Decimal("30.0")), "seats": overlaps[0].facts["seats"]}  # type: ignore[index]
    assert "rows 1, 2" in overlaps[0].message.en
    [all_three] = rows("licensed", "licensed", "licensed", complete=False)
    assert all_three.rows == (1, 2, 3)


def test_a_row_for_nobody_is_found() -> None:
    dead = rows("area < 30", "area > 60", "area >= 30")
    assert [(one.code, one.rows) for one in dead] == [("row-never-true", (2,))]
    assert [(one.code, one.rows) for one in rows("area < 30", "area < 20", "area >= 10", first=True)] == [
        ("row-never-reached", (2,))
    ]


def test_a_table_that_is_too_hard_is_said_to_be() -> None:
    hard = "seats * staff = 7919 AND seats > 1 AND staff > 1"
    told = check_rows([rule(hard), rule("licensed")], PARAMETERS, effort=20_000)
    assert {one.code for one in told} == {"cannot-tell", "gap"} or {one.code for one in told} == {
        "cannot-tell"
    }


# -- diff --------------------------------------------------------------------------------------------------


def change(old: str, new: str, **parameters: Value) -> Difference | Verdict:
    return diff(rule(old), rule(new), PARAMETERS, {**PARAMETERS, **parameters}, codes=CODE_LISTS)


def test_a_subject_whose_result_changes_is_shown() -> None:
    assert change("area >= 10", "area > 10") == Difference(
        {"area": Known(Decimal("10.0"))}, Known(True), Known(False)
    )
    found = change("LEAST(income, cap)", "LEAST(income, cap)", cap=3_000_01)
    assert isinstance(found, Difference)
    assert (found.before, found.after) == (Known(3_000_00), Known(3_000_01))
    found = change("years_between(born, day) >= 30", "days_between(born, day) >= 10957")
    assert isinstance(found, Difference)
    assert found.before != found.after
    found = change("area / seats > 3", "area > 3 * seats")
    assert isinstance(found, Difference)
    assert found.facts["seats"] == Known(0)
    found = change("CASE WHEN income / seats > 1 THEN 1 ELSE 1 END", "1")
    assert isinstance(found, Difference)
    assert (found.before, found.after) == (Undefined("division by zero"), Known(1))
    found = change("income", "COALESCE(income, 0)")
    assert found == Difference({"income": ABSENT}, ABSENT, Known(0))
    found = change("SUM(children.fee)", "SUM(children.fee) FILTER (WHERE children.fee > 1)")
    assert isinstance(found, Difference)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("area >= 10 AND licensed", "licensed AND NOT area < 10"),
        ("NOT (licensed OR seats > 3)", "NOT licensed AND seats <= 3"),
        ("ROUND(income * 0.3, 2)", "ROUND(income * 0.30, 2)"),
        ("seats + seats", "seats * 2"),
        ("years_between(born, day) >= 30", "months_between(born, day) >= 360"),
        ("years_between(born, day) >= 30", "add_months(born, 360) <= day"),
        ("area / (seats + 1) > 3", "area > 3 * (seats + 1)"),
        (
            "ROUND(slices(income, tax), 2)",
            "CASE WHEN income < 36000 THEN ROUND(income * 0.03, 2) WHEN income < 144000 "
            "THEN ROUND(income * 0.1, 2) - 2520 ELSE ROUND(income * 0.2, 2) - 16920 END",
        ),
        ("SUM(children.fee)", "SUM(children.fee) FILTER (WHERE children.fee > 0)"),
        (
            "COUNT(children) FILTER (WHERE children.boards)",
            "COUNT(children) FILTER (WHERE NOT NOT children.boards)",
        ),
        ("kind = 'bar'", "kind <> 'noodle'"),
        (
            "licensed AND income / (seats - seats) > 1",
            "CASE WHEN NOT licensed THEN FALSE ELSE income / (seats - seats) > 1 AND licensed END",
        ),
        ("income / (seats - seats) > 1", "months / (seats - seats) > 1 AND income / (seats - seats) > 1"),
    ],
)
def test_versions_that_mean_the_same_are_equal(old: str, new: str) -> None:
    assert change(old, new) is Verdict.EQUAL


def test_a_date_of_the_calendar_can_be_the_difference() -> None:
    found = change("add_months(add_months(born, 1), 1)", "add_months(born, 2)")
    assert isinstance(found, Difference)
    born = found.facts["born"]
    assert isinstance(born, Known)
    assert isinstance(born.value, date)
    assert born.value.day > 28


def test_an_unlimited_relation_is_equal_only_by_proof() -> None:
    old, new = wide("COUNT(rooms) > 1 AND open_air"), wide("open_air AND COUNT(rooms) > 1")
    assert diff(old, new, {}, {}) is Verdict.EQUAL
    old, new = wide("BOOL_OR(rooms.owned)"), wide("COUNT(rooms) FILTER (WHERE rooms.owned) > 0")
    assert diff(old, new, {}, {}) is Verdict.CANNOT_TELL  # true, but not of a few members only
    old, new = wide("SUM(rooms.size) > 900 OR open_air"), wide("open_air")
    assert isinstance(diff(old, new, {}, {}), Difference)


def test_versions_over_different_things_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        change("licensed", "seats")
    with pytest.raises(ValueError, match="of another type"):
        diff(rule("area > 1"), wide("area > 1"), {}, {})


# -- properties --------------------------------------------------------------------------------------------


def ranged(sample: Sample, random: Random) -> Rule:
    return replace(
        compiled(sample),
        ranges=ranges(random) if random.random() < 0.7 else {},
        on_undefined=random.choice([OnUndefined.REFER, OnUndefined.NO]),
    )


def somebody(random: Random, names: frozenset[str], one: Rule) -> Facts:
    return inside(random, subjects.complete(random, names, {}), one.ranges)


def pairs(world: World, subject: Subject, facts: Facts) -> list[tuple[Any, Any]]:
    """Variables of the prover with the values that they have for these facts."""
    context = world._context
    bound: list[tuple[Any, Any]] = []

    def put(variable: Any, state: Known | Absent) -> None:
        bound.append((variable.absent, z3.BoolVal(isinstance(state, Absent), context)))
        value = state.value if isinstance(state, Known) else None
        if isinstance(variable.value, Day):
            day = calendar.day_of(value if isinstance(value, date) else date.min)
            bound.append((variable.value.month, z3.IntVal(day.month, context)))
            bound.append((variable.value.day, z3.IntVal(day.day, context)))
        elif variable.type.kind is Kind.BOOLEAN:
            bound.append((variable.value, z3.BoolVal(bool(value), context)))
        elif isinstance(value, str):
            bound.append((variable.value, z3.IntVal(subject.texts.number(value), context)))
        else:
            number = Fraction(value or 0) * 10**variable.type.scale
            bound.append((variable.value, z3.IntVal(int(number), context)))

    for name, variable in subject._facts.items():
        put(variable, facts[name])  # type: ignore[arg-type]
    for relation, counts in subject._counts.items():
        state = facts[relation]
        members = state.rows if isinstance(state, Members) else ()
        for index, count in enumerate(counts):
            bound.append((count, z3.IntVal(int(index < len(members)), context)))
            for name, variable in subject._fields.get((relation, index), {}).items():
                put(variable, members[index][name] if index < len(members) else ABSENT)
    return bound


def outcome(world: World, subject: Subject, encoding: Encoding, one: Rule, facts: Facts) -> State:
    found, bound = encoding.whole, pairs(world, subject, facts)

    def constant(term: Any) -> Any:
        return world.constant(z3.substitute(term, *bound) if z3.is_expr(term) else term)

    if constant(found.undefined):
        return Undefined("")
    if constant(found.absent):
        return ABSENT
    if isinstance(found.value, Day):
        return Known(calendar.date_of(constant(found.value.month), constant(found.value.day)))
    value = constant(found.value)
    assert value is not None
    match one.type.kind:
        case Kind.BOOLEAN:
            return Known(bool(value))
        case Kind.TEXT | Kind.CODE:
            return Known(subject.texts.text(value))
        case _:
            return Known(Decimal(value).scaleb(-one.root.type.scale))


def alike(one: State, other: State) -> bool:
    return one == other or (isinstance(one, Undefined) and isinstance(other, Undefined))


_WORLD = World()


@examples(100)
@given(strategies.rules, SEEDS)
def test_what_the_prover_computes_with_is_what_evaluation_says(sample: Sample, seed: int) -> None:
    random = Random(seed)
    one, parameters = ranged(sample, random), subjects.parameters(random)
    world = _WORLD
    subject = Subject(world, {}, CODES, summed=subjects.RELATIONS)  # single members: the rows below are
    encoding = Encoding(world, subject, one, parameters)
    assert encoding.whole
    for _ in range(5):
        facts = subjects.complete(random, one.facts, {})
        state = evaluate(one, facts, parameters)
        assert alike(outcome(world, subject, encoding, one, facts), state), (state, facts, parameters)


def reached(node: ir.Node, facts: Facts, parameters: Parameters) -> Iterator[ir.Node]:
    """The parts that a subject gets to: of a CASE only one value. Nothing inside aggregates."""
    yield node
    match node:
        case ir.Case():
            for condition, value in node.branches:
                yield from reached(condition, facts, parameters)
                state = evaluate_node(condition, condition.type, facts, parameters)
                if isinstance(state, Undefined):
                    return
                if state == Known(True):
                    yield from reached(value, facts, parameters)
                    return
            yield from reached(node.otherwise, facts, parameters)
        case ir.Aggregate():
            return
        case _:
            for child in ir.children(node):
                yield from reached(child, facts, parameters)


def refuted(one: Finding, part: ir.Node, whole: Rule, facts: Facts, parameters: Parameters) -> bool:
    """Whether this subject shows that a finding is wrong."""
    if one.code == "filter-never-true":
        relation = next(
            n for n in ir.walk(whole.root) if isinstance(n, ir.Aggregate) and n.where is part
        ).relation
        place = {"line": 1, "column": 1, "type": parse_type("integer")}
        counted = ir.Aggregate(ir.Aggregation.COUNT, relation, None, part, **place)  # type: ignore[arg-type]
        return evaluate_node(counted, counted.type, facts, parameters) not in (
            Known(0),
            Undefined("division by zero"),
        )
    if not any(other is part for other in reached(whole.root, facts, parameters)):
        return False
    is_root = part is whole.root
    state = (
        evaluate(whole, facts, parameters) if is_root else evaluate_node(part, part.type, facts, parameters)
    )
    match one.code:
        case "never-true" | "branch-never-taken":
            return state == Known(True)
        case "never-false":
            return state == Known(False)
        case "always-true":
            return state != Known(True)
        case "never-value":
            return isinstance(state, Known)
        case "else-never-taken":
            return True
        case _:
            return False


def parts_of(one: Rule, found: list[Finding]) -> dict[int, ir.Node]:
    """Index of each finding to the part that it is about."""
    return {
        index: node
        for index, finding in enumerate(found)
        for node in ir.walk(one.root)
        if ((node.line, node.column) == (finding.line, finding.column) and f"“{print_node(node)}”" in finding.message.en)
        or (finding.code == "else-never-taken" and (node.line, node.column) == (finding.line, finding.column))
    }  # fmt: skip


@examples(40)
@given(strategies.conditions(2) | strategies.results(2), SEEDS)
def test_what_is_found_in_a_rule_holds_for_every_subject(sample: Sample, seed: int) -> None:
    random = Random(seed)
    one, parameters = ranged(sample, random), subjects.parameters(random)
    found = lint(one, parameters, codes=CODES, effort=100_000)
    parts = parts_of(one, found)
    idle = frozenset(id(parts[i]) for i, each in enumerate(found) if each.code == "operand-never-matters")
    simpler = replace(one, root=without(one.root, idle))
    for each in found:
        assert each.code in FINDINGS
        assert each.message.en.endswith(".")
        assert each.message.zh.endswith("。")
    for _ in range(25):
        facts = somebody(random, one.facts, one)
        for index, each in enumerate(found):
            assert not refuted(each, parts[index], one, facts, parameters), (each, facts)
        assert alike(evaluate(one, facts, parameters), evaluate(simpler, facts, parameters))
    for index, each in enumerate(found):
        if each.facts is not None and each.code == "never-false":
            root = parts[index] is one.root
            part = parts[index]
            state = (
                evaluate(one, each.facts, parameters)
                if root
                else evaluate_node(part, part.type, each.facts, parameters)
            )
            assert state != Known(True)
        if each.code == "bracket-gap":
            assert each.facts is not None


def wrapped(sample: Sample, random: Random) -> str:
    """Another text that means the same."""
    text = f"({sample.text})"
    kind = compiled(sample).type.kind
    if kind is Kind.BOOLEAN:
        return random.choice(
            [f"NOT (NOT {text})", f"{text} AND TRUE", f"FALSE OR {text}", f"COALESCE({text}, {text})"]
        )
    if kind is Kind.DATE:
        return random.choice([f"COALESCE({text}, {text})", f"add_months({text}, 0)"])
    return random.choice(
        [f"{text} + 0", f"0 + {text}", f"COALESCE({text}, {text})", f"-(-{text})", f"ABS(0) + {text}"]
    )


@examples(40)
@given(st.tuples(strategies.results(1), strategies.results(2)), SEEDS)
def test_a_difference_is_one_and_equal_is_equal_for_every_subject(
    samples: tuple[Sample, Sample], seed: int
) -> None:
    random = Random(seed)
    old = ranged(samples[0], random)
    other = compiled(samples[1])
    if random.random() < 0.6 or other.type.kind is not old.type.kind:
        checked = compile_rule(wrapped(samples[0], random), subjects.VOCABULARY, expect=old.type)
        other = checked.rule or old
    new = replace(other, ranges=old.ranges, on_undefined=old.on_undefined)
    parameters = subjects.parameters(random)
    later = parameters if random.random() < 0.7 else subjects.parameters(random)
    verdict = diff(old, new, parameters, later, codes=CODES, effort=200_000)
    if isinstance(verdict, Difference):
        assert evaluate(old, verdict.facts, parameters) == verdict.before
        assert evaluate(new, verdict.facts, later) == verdict.after
        assert not alike(verdict.before, verdict.after)
        assert within(verdict.facts, old.ranges)
        return
    for _ in range(40):
        facts = somebody(random, old.facts | new.facts, old)
        same = alike(evaluate(old, facts, parameters), evaluate(new, facts, later))
        assert same or verdict is Verdict.CANNOT_TELL, facts


def within(facts: Facts, declared: Mapping[str, Range]) -> bool:
    return inside(Random(0), facts, declared) == facts


@examples(25)
@given(st.lists(strategies.conditions(1), min_size=2, max_size=4), SEEDS)
def test_what_is_found_in_a_table_holds_for_every_subject(samples: list[Sample], seed: int) -> None:
    random = Random(seed)
    declared = ranges(random)
    table = [replace(compiled(sample), ranges=declared) for sample in samples]
    parameters = subjects.parameters(random)
    first = random.random() < 0.5
    found = check_rows(table, parameters, first=first, codes=CODES, effort=100_000)
    names = frozenset(name for row in table for name in row.facts)

    def taking(facts: Facts) -> list[int]:
        return [n for n, row in enumerate(table, start=1) if evaluate(row, facts, parameters) == Known(True)]

    for each in found:
        if each.code == "gap":
            assert each.facts is not None
            assert taking(each.facts) == []
        if each.code == "overlap":
            assert each.facts is not None
            assert tuple(taking(each.facts)) == each.rows
    told = {each.code for each in found}
    for _ in range(30):
        facts = inside(random, subjects.complete(random, names, {}), declared)
        rows_ = taking(facts)
        for each in found:
            if each.code == "row-never-true":
                assert each.rows[0] not in rows_
            if each.code == "row-never-reached":
                assert each.rows[0] not in rows_[:1]
        if not told & {"cannot-tell", "overlap"} and not first:
            assert len(rows_) <= 1
        complete = not any(isinstance(state, Absent) for state in facts.values())
        if not told & {"cannot-tell", "gap"} and complete and not rows_:
            assert any(isinstance(evaluate(row, facts, parameters), Undefined) for row in table) or any(
                isinstance(state, Members) for state in facts.values()
            )

"""Rules over many subjects in NumPy: for each subject what `evaluate` says, however large the numbers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from tests.core.rules import fuzz, strategies, subjects
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import FACTS, RELATIONS, VOCABULARY
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules import dates
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import (
    ABSENT,
    Brackets,
    Facts,
    Known,
    Members,
    Parameters,
    State,
    Undefined,
    Unknown,
)
from tongban.core.rules.to_numpy import columns, machine
from tongban.core.rules.to_numpy.chunks import run_chunks, tally_chunks
from tongban.core.rules.to_numpy.columns import Column, Columns, MemberColumns
from tongban.core.rules.to_numpy.program import Program, program
from tongban.core.rules.to_numpy.tallies import Tally
from tongban.core.rules.types import Table, Vocabulary, parse_type

pytestmark = pytest.mark.filterwarnings("error")

MOST = 10**18 - 1
"""The largest number that a fact holds, without its point."""


def rule(
    text: str, vocabulary: Vocabulary = VOCABULARY, on_undefined: OnUndefined = OnUndefined.REFER
) -> Rule:
    checked = compile_rule(text, vocabulary, on_undefined=on_undefined)
    assert checked.rule, checked.problems
    return checked.rule


def given_columns(people: Sequence[Facts]) -> Columns:
    return columns.columns(FACTS, RELATIONS, people)


def states(of: Rule, column: Column) -> list[State]:
    return [columns.state_at(of.type, column, place) for place in range(len(column.values))]


def agree(rules: Mapping[str, Rule], people: Sequence[Facts], parameters: Parameters) -> Program:
    """Every rule gives for each of the people what `evaluate` gives, in value, digits and reason."""
    made = program(rules)
    found = made.run(given_columns(people), parameters, len(people))
    for name, one in rules.items():
        for state, facts in zip(states(one, found[name]), people, strict=True):
            expected = evaluate(one, facts, parameters)
            if isinstance(expected, Unknown):
                expected = Unknown(frozenset())
            assert repr(state) == repr(expected), (one.text, facts, parameters)
    return made


@examples(200)
@given(strategies.rules, SEEDS)
def test_every_row_is_what_evaluate_says(sample: Sample, seed: int) -> None:
    one, random = compiled(sample), Random(seed)
    for _ in range(3):
        people = [subjects.some_facts(random, one.facts) for _ in range(20)]
        agree({"rule": one}, people, subjects.parameters(random))


@pytest.mark.parametrize("number", range(3))
def test_every_row_is_what_evaluate_says_at_the_ends_of_what_facts_hold(number: int) -> None:
    """Several rules together, subjects with extreme numbers and days, both answers to what is undefined."""
    for batch in fuzz.batches(number, 60, rows=25):
        agree(batch.rules, batch.given.rows, batch.given.parameters)


# -- nothing wraps -----------------------------------------------------------------------------------------

WIDE = Vocabulary(
    facts={
        **{name: parse_type("integer") for name in "abc"},
        **{name: parse_type("money") for name in ("m", "k")},
        **{name: parse_type("decimal(9)") for name in "xyz"},
    },
    parameters={"p": parse_type("integer")},
    code_lists={},
    relations={"parts": {"n": parse_type("integer"), "w": parse_type("money")}},
)
_EXTREMES = (MOST, -MOST, MOST - 1, 1 - MOST, 0, 1, -1, 10**9)
_WIDE_RULES = (
    "a * b * c",
    "a * b * c * p",
    "(a + b) * (b - c)",
    "a * b - c * c",
    "a * b * c > b * c * a + 1",
    "a * b = c * c",
    "a / b >= c",
    "a / b < b / c",
    "ROUND(a * b / c)",
    "ROUND(a * x * y, 3)",
    "FLOOR(a * b / c)",
    "CEIL(a * b / c)",
    "ABS(a * b) - ABS(c)",
    "-(a * b * c)",
    "LEAST(a * b, b * c, c)",
    "GREATEST(a * b * c, a)",
    "CASE WHEN a > b THEN a * b * c ELSE c END",
    "COALESCE(a * b * c, b)",
    "a * b BETWEEN c AND c * c",
    "ROUND(m * x, 2)",
    "ROUND(m * x, 0) + k",
    "ROUND(m / a, 2)",
    "m / k >= a",
    "LEAST(ROUND(m * x, 2), k)",
    "x * y >= 0.000000001",
    "SUM(parts.n * parts.n) > a * b",
    "SUM(parts.w)",
    "MIN(parts.n * a * b)",
    "MAX(parts.n * parts.n * parts.n)",
)


def _wide_value(random: Random, name: str) -> Any:
    number = random.choice(_EXTREMES)
    return Decimal(number).scaleb(-9) if name in "xyz" else number


@pytest.mark.parametrize("text", _WIDE_RULES)
def test_no_number_wraps_however_large_its_factors(text: str) -> None:
    random, one = Random(text), rule(text, WIDE)
    people: list[Facts] = []
    for _ in range(150):
        rows = tuple(
            {"n": Known(random.choice(_EXTREMES)), "w": Known(random.choice(_EXTREMES))}
            for _ in range(random.randint(0, 3))
        )
        facts = {name: Known(_wide_value(random, name)) for name in WIDE.facts if random.random() < 0.9}
        people.append({**facts, "parts": Members(rows)})
    given = columns.columns(WIDE.facts, WIDE.relations, people)
    found = program({"r": one}).run(given, {"p": MOST}, len(people))["r"]
    for state, facts in zip(states(one, found), people, strict=True):
        expected = evaluate(one, facts, {"p": MOST})
        assert repr(state) == repr(Unknown(frozenset()) if isinstance(expected, Unknown) else expected), facts


def test_what_does_not_fit_64_bits_comes_out_in_python_ints() -> None:
    one = rule("a * b * c", WIDE)
    given = {name: Column(np.array([MOST, 2])) for name in "abc"}
    found = program({"r": one}).run(given, {}, 2)["r"]
    assert found.values.dtype == object
    assert found.values.tolist() == [MOST**3, 8]
    assert program({"r": one}).tally(given, {}, 2)["r"].total == MOST**3 + 8


@pytest.mark.parametrize("low", [127, 128, 2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**63 - 1, 2**63])
@pytest.mark.parametrize("sign", [1, -1])
def test_sums_and_products_are_right_on_both_sides_of_every_width(low: int, sign: int) -> None:
    values = [sign * (low + step) for step in (-2, -1, 0, 1)]
    people: list[Facts] = [
        {"a": Known(v), "b": Known(w), "c": Known(1)} for v in values for w in (1, -1, 2, low)
    ]
    texts = [
        "a + b",
        "a - b",
        "a * b",
        "-a",
        "ABS(a)",
        "LEAST(a, b)",
        "a > b",
        "a >= b",
        "a < 128",
        "a > 2147483646",
        "a <= 32767",
        "a >= -32768",
        "a <> 2147483648",
        "a = 129",
        "a <> b",
        "a + c",
        "a - c",
    ]
    rules = {text: rule(text, WIDE) for text in texts}
    found = program(rules).run(columns.columns(WIDE.facts, {}, people), {}, len(people))
    for text, one in rules.items():
        assert states(one, found[text]) == [evaluate(one, facts, {}) for facts in people], text


def test_a_column_may_be_of_any_whole_type() -> None:
    one = rule("area * 2 - 1")
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, object):
        given = {"area": Column(np.array([0, 1, 100], dtype))}
        assert program({"r": one}).run(given, {}, 3)["r"].values.tolist() == [-1, 1, 199]
    huge = {"area": Column(np.array([2**64 - 1], np.uint64))}
    assert program({"r": one}).run(huge, {}, 1)["r"].values.tolist() == [2**65 - 3]


def test_what_stands_in_rows_that_are_not_known_does_not_matter() -> None:
    one = rule("ROUND(income / area, 2)")
    state = np.array([columns.UNKNOWN, columns.KNOWN, columns.ABSENT], np.uint8)
    given = {
        "income": Column(np.array([-(2**63), 100, 2**63 - 1]), state),
        "area": Column(np.array([2**63 - 1, 3, 0]), state),
    }
    made = program({"r": one})
    assert states(one, made.run(given, {}, 3)["r"]) == [Unknown(frozenset()), Known(33), ABSENT]
    assert not made.prepare(given, {}, 3).plan.is_wide
    days = {"opened": Column(np.array([-(2**62), 0, 2**62]), state)}
    later = rule("add_months(opened, 1)")
    assert states(later, program({"r": later}).run(days, {}, 3)["r"])[1] == Known(date(1970, 2, 1))


def test_a_wide_chunk_does_not_make_the_others_slow() -> None:
    one = rule("a * b", WIDE)
    made = program({"r": one})

    def wide(*values: int) -> bool:
        given = {name: Column(np.array(values)) for name in "ab"}
        task = made.prepare(given, {}, len(values))
        assert task.run()["r"].values.tolist() == [value * value for value in values]
        return task.plan.is_wide

    assert [wide(1, 2), wide(1, MOST), wide(3, 4), wide(1, MOST - 1), wide(2**31, 1)] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_a_sum_over_many_does_not_wrap_either() -> None:
    made = program({"r": rule("a", WIDE)})
    for value in (2**62, -(2**62), 2**31, -1):
        values = np.full(1000, value)
        assert made.tally({"a": Column(values)}, {}, 1000)["r"] == Tally(known=1000, total=1000 * value)


# -- states ------------------------------------------------------------------------------------------------

_MIXED = (
    "CASE WHEN open_air AND area / seats > 1 THEN 1 WHEN music OR area / kitchen > 1 THEN 2 ELSE 3 END",
    "CASE WHEN open_air THEN area / seats > 1 WHEN music THEN area / kitchen > 1 ELSE kitchen / seats > 1 END",
    "CASE WHEN open_air THEN ROUND(area / seats) ELSE ROUND(area / kitchen) END IS NULL",
    "COALESCE(ROUND(area / seats), ROUND(area / kitchen), seats)",
    "area > least_area OR ratio > rate OR area / seats > 1 OR music",
    "area > least_area AND ratio > rate AND area / seats > 1 AND open_air",
    "NOT (music AND (open_air OR cold_dishes)) AND COALESCE(music, open_air)",
    "ROUND(area / seats) + least_area > ROUND(kitchen / seats) + ROUND(rate)",
    "add_months(opened, seats) > add_months(closed, area * 120000) AND opened < cutoff",
    "bracket(area, prices) + bracket(seats, prices) > cap",
    "BOOL_OR(children.grade / seats > 1) OR BOOL_AND(children.boards) FILTER (WHERE children.grade / area > 1)",
    "SUM(children.grade) FILTER (WHERE open_air AND children.grade / seats > 1)",
    "MIN(children.born) FILTER (WHERE children.grade > seats) < opened",
    "COUNT(rooms) FILTER (WHERE rooms.size > ratio OR rooms.kind = kind)",
    "CASE WHEN open_air THEN ROUND(area / seats) WHEN area / seats > 1 THEN 1 ELSE 2 END",
    "SUM(CASE WHEN children.boards THEN ROUND(children.grade / seats) ELSE least_area END)",
    "BOOL_OR(CASE WHEN children.boards THEN children.grade / seats > 1 ELSE seats > least_area END)",
)


@pytest.mark.parametrize("on_undefined", list(OnUndefined))
@pytest.mark.parametrize("text", _MIXED)
def test_states_combine_as_evaluate_combines_them(text: str, on_undefined: OnUndefined) -> None:
    """Every subject knows something else, so that all states meet in every operation."""
    random, one = Random(text), rule(text, on_undefined=on_undefined)
    for share in (0.3, 0.6, 0.9):
        people: list[Facts] = [
            {
                name: subjects.forgetful(random, subjects.state(random, name))
                for name in sorted(one.facts)
                if random.random() < share
            }
            for _ in range(150)
        ]
        for _ in range(2):
            agree({"r": one}, people, subjects.parameters(random))


@pytest.mark.parametrize(
    "text",
    ["COUNT(rooms)", "SUM(rooms.size)", "MAX(rooms.size)", "BOOL_OR(rooms.owned)", "BOOL_AND(rooms.owned)"],
)
def test_a_relation_or_field_without_a_column_is_unknown(text: str) -> None:
    rules = {"r": rule(text), "s": rule(f"{text} FILTER (WHERE open_air)")}
    people: list[Facts] = [{"open_air": Known(True)}, {"open_air": Known(False)}, {"open_air": ABSENT}, {}]
    given = {"open_air": given_columns(people)["open_air"]}
    states_of = {name: [evaluate(one, facts, {}) for facts in people] for name, one in rules.items()}
    found = program(rules).run(given, {}, len(people))
    assert {name: [*map(type, states(one, found[name]))] for name, one in rules.items()} == {
        name: [*map(type, expected)] for name, expected in states_of.items()
    }
    fieldless = {"rooms": MemberColumns(np.array([0, 2, 2]), {})}
    people = [{"rooms": Members(({}, {}))}, {"rooms": Members(())}]
    for state, facts in zip(
        states(rules["r"], program(rules).run(fieldless, {}, 2)["r"]), people, strict=True
    ):
        assert type(state) is type(evaluate(rules["r"], facts, {}))


def test_brackets_hold_values_of_any_type() -> None:
    types = {
        "t": parse_type("text"),
        "b": parse_type("boolean"),
        "d": parse_type("date"),
        "x": parse_type("decimal(2)"),
    }
    key = parse_type("decimal(1)")
    vocabulary = Vocabulary(
        {"a": parse_type("decimal(3)")},
        {},
        {},
        tables={name: Table(key, type) for name, type in types.items()},
    )
    values: dict[str, tuple[Any, ...]] = {
        "t": ("low", "middle", "high"),
        "b": (True, False, True),
        "d": (date.min, date(2000, 2, 29), date.max),
        "x": (Decimal("0.25"), Decimal("-1.00"), Decimal("7.50")),
    }
    lower = (Decimal("-0.5"), Decimal("0.0"), Decimal("2.5"))
    parameters = {name: Brackets(lower, held) for name, held in values.items()}
    texts = [*(f"bracket(a, {name})" for name in types), "slices(a, x)"]
    rules = {text: rule(text, vocabulary) for text in texts}
    people: list[Facts] = [
        {"a": Known(Decimal(text))}
        for text in ("-9.000", "-0.501", "-0.500", "-0.001", "0.000", "2.499", "2.500", "9.125")
    ]
    found = program(rules).run(columns.columns(vocabulary.facts, {}, people), parameters, len(people))
    for text, one in rules.items():
        assert repr(states(one, found[text])) == repr([evaluate(one, facts, parameters) for facts in people])


# -- dates -------------------------------------------------------------------------------------------------


def _days(random: Random) -> Iterator[date]:
    """Ends of months, neighbours of them, and any others, in the years 1 to 9999."""
    for _ in range(1500):
        year, month = (
            random.choice([1, 4, 1900, 1999, 2000, 2023, 2024, 9999, random.randint(1, 9999)]),
            random.randint(1, 12),
        )
        first = date(year, month, 1)
        later = random.choice([0, 1, 26, 27, 28, 29, 30, random.randint(0, 30)])
        yield date.fromordinal(min(first.toordinal() + later, date.max.toordinal()))


def test_months_years_and_days_between_are_counted_as_dates_counts_them() -> None:
    random = Random(7)
    starts, ends = list(_days(random)), list(_days(random))
    ends[:500] = [
        date.fromordinal(max(1, min(start.toordinal() + random.randint(-70, 70), date.max.toordinal())))
        for start in starts[:500]
    ]
    people: list[Facts] = [
        {"opened": Known(a), "closed": Known(b)} for a, b in zip(starts, ends, strict=True)
    ]
    counted = {
        "months_between": dates.months_between,
        "years_between": dates.years_between,
        "days_between": dates.days_between,
    }
    for name, count in counted.items():
        one = rule(f"{name}(opened, closed)")
        found = program({"r": one}).run(given_columns(people), {}, len(people))["r"]
        assert found.values.tolist() == [count(a, b) for a, b in zip(starts, ends, strict=True)]
        for fixed in (
            date(2024, 2, 29),
            date(1, 1, 1),
            date(9999, 12, 31),
            date(2023, 2, 28),
            date(2023, 4, 30),
        ):
            for text, first in (
                (f"{name}(opened, DATE '{fixed}')", True),
                (f"{name}(DATE '{fixed}', opened)", False),
            ):
                one = rule(text)
                found = program({"r": one}).run(given_columns(people), {}, len(people))["r"]
                assert found.values.tolist() == [
                    count(a, fixed) if first else count(fixed, a) for a in starts
                ]


def test_months_are_added_as_dates_adds_them() -> None:
    random = Random(8)
    starts = list(_days(random))
    months = [
        random.choice([0, 1, -1, 11, 12, -12, 120, random.randint(-130_000, 130_000), MOST, -MOST])
        for _ in starts
    ]
    people: list[Facts] = [
        {"opened": Known(a), "seats": Known(n)} for a, n in zip(starts, months, strict=True)
    ]
    one = rule("add_months(opened, seats)")
    found = states(one, program({"r": one}).run(given_columns(people), {}, len(people))["r"])
    for state, start, count in zip(found, starts, months, strict=True):
        later = dates.add_months(start, count)
        assert state == (Known(later) if later else Undefined("a date outside the years 1 to 9999"))
    for fixed in (1, -1, 24, 1200, 119_987, -119_987, 119_988):
        one = rule(f"add_months(opened, {fixed})")
        found = states(one, program({"r": one}).run(given_columns(people), {}, len(people))["r"])
        for state, start in zip(found, starts, strict=True):
            later = dates.add_months(start, fixed)
            assert state == (Known(later) if later else Undefined("a date outside the years 1 to 9999"))


def test_days_are_counted_from_1970() -> None:
    one = rule("opened")
    given = {"opened": Column(np.array(["2024-02-29", "0001-01-01"], "datetime64[D]").astype(np.int64))}
    assert states(one, program({"r": one}).run(given, {}, 2)["r"]) == [
        Known(date(2024, 2, 29)),
        Known(date.min),
    ]


# -- texts -------------------------------------------------------------------------------------------------


def test_the_same_text_is_the_same_whatever_the_categories_of_its_column() -> None:
    vocabulary = Vocabulary({name: parse_type("text") for name in "st"}, {"u": parse_type("text")}, {})
    given = {
        "s": Column(np.array([0, 1, 2, 2], np.int8), None, ("x", "y", "z")),
        "t": Column(np.array([3, 1, 0, 4]), None, ("z", "y", "never", "x", "x")),
    }
    rules = {
        text: rule(text, vocabulary)
        for text in (
            "s = t",
            "s <> 'y'",
            "t IN ('z', 'x', 'w')",
            "s = u",
            "CASE WHEN s = 'x' THEN t WHEN s = 'y' THEN 'new' ELSE u END",
        )
    }
    found = program(rules).run(given, {"u": "z"}, 4)
    values = [
        [columns.state_at(one.type, found[text], place) for place in range(4)] for text, one in rules.items()
    ]
    known = [
        [True, True, True, False],
        [True, False, True, True],
        [True, False, True, True],
        [False, False, True, True],
        ["x", "new", "z", "z"],
    ]
    assert values == [[Known(value) for value in row] for row in known]


# -- many chunks -------------------------------------------------------------------------------------------


def _population(random: Random, count: int) -> list[Facts]:
    return [subjects.some_facts(random, subjects.READABLE) for _ in range(count)]


_TOGETHER = {
    "share": rule("income / cost >= 0.5 AND (area > 1 OR kind IN ('bar', 'cafe'))"),
    "due": rule("ROUND(slices(income, bands), 2)"),
    "children": rule("COUNT(children) FILTER (WHERE children.grade > seats)"),
    "refused": rule("ratio / area > 1", on_undefined=OnUndefined.NO),
    "name": rule("COALESCE(name, 'none')"),
}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_chunks_come_in_order_and_together_are_one_run(workers: int) -> None:
    random = Random(3)
    parameters = {**subjects.parameters(random), "bands": subjects.brackets(random, subjects.TABLES["bands"])}
    parts = [_population(random, size) for size in (7, 40, 1, 0, 40, 40, 3)]
    made = program(_TOGETHER)
    chunks = ((given_columns(part), len(part)) for part in parts)
    found: dict[str, list[State]] = {name: [] for name in _TOGETHER}
    for results in run_chunks(made, chunks, parameters, workers):
        for name, one in _TOGETHER.items():
            found[name] += states(one, results[name])
    everybody = [facts for part in parts for facts in part]
    whole = program(_TOGETHER).run(given_columns(everybody), parameters, len(everybody))
    assert found == {name: states(one, whole[name]) for name, one in _TOGETHER.items()}
    assert tally_chunks(made, ((given_columns(part), len(part)) for part in parts), parameters, workers) == {
        name: _tally(one, found[name]) for name, one in _TOGETHER.items()
    }


def _tally(of: Rule, found: list[State]) -> Tally:
    kinds = [
        sum(isinstance(state, kind) for state in found) for kind in (Known, Unknown, type(ABSENT), Undefined)
    ]
    values = [state.value for state in found if isinstance(state, Known)]
    holds = sum(value is True for value in values)
    return Tally(*kinds, holds, sum(value for value in values if type(value) is int))


def test_no_more_chunks_are_taken_than_are_being_worked_on() -> None:
    taken: list[int] = []

    def chunks() -> Iterator[tuple[Columns, int]]:
        for number in range(10):
            taken.append(number)
            yield {"area": Column(np.full(3, number))}, 3

    running = run_chunks(program({"r": rule("area + 1")}), chunks(), {}, workers=2)
    for number, found in enumerate(running):
        assert found["r"].values.tolist() == [number + 1] * 3
        assert len(taken) <= number + 3


def test_a_chunk_at_fault_raises_where_it_stands() -> None:
    chunks: list[tuple[Columns, int]] = [
        ({"area": Column(np.array([1]))}, 1),
        ({"area": Column(np.array([1.5]))}, 1),
    ]
    running = run_chunks(program({"r": rule("area + 1")}), chunks, {}, workers=1)
    with pytest.raises(TypeError, match="the column 'area' is integer and cannot hold float64"):
        list(running)


def test_blocks_of_a_chunk_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the members of relations are more in one block than in the one before."""
    random = Random(5)
    everybody = _population(random, 100)
    parameters = {**subjects.parameters(random), "bands": subjects.brackets(random, subjects.TABLES["bands"])}
    monkeypatch.setattr(machine, "BLOCK", 7)
    made = agree(_TOGETHER, everybody, parameters)
    whole = made.tally(given_columns(everybody), parameters, 100)
    monkeypatch.setattr(machine, "BLOCK", 1000)
    assert program(_TOGETHER).tally(given_columns(everybody), parameters, 100) == whole


def test_a_plan_is_used_again_for_a_chunk_that_it_covers_only() -> None:
    made = program({"r": rule("area * 3 > seats")})
    state = np.array([columns.KNOWN, columns.ABSENT], np.uint8)

    def plan(area: Column, seats: int = 0) -> object:
        task = made.prepare({"area": area, "seats": Column(np.array([seats, seats]))}, {}, 2)
        task.run()
        return task.plan

    first = plan(Column(np.array([1, 100])))
    assert plan(Column(np.array([2, 99]))) is first
    second = plan(Column(np.array([2, 100]), state))
    assert second is not first
    assert plan(Column(np.array([2, 100])), 1_000_000) is not second
    assert len({id(plan(Column(np.array([2, n])))) for n in range(3, 100)}) == 1


def test_parameters_of_another_date_are_another_plan() -> None:
    one = rule("area >= least_area")
    made = program({"r": one})
    given = {"area": Column(np.array([1, 2]))}
    assert made.run(given, {"least_area": 2}, 2)["r"].values.tolist() == [False, True]
    assert made.run(given, {"least_area": 1}, 2)["r"].values.tolist() == [True, True]
    nothing = Undefined("no value of 'least_area' for this date")
    assert states(one, made.run(given, {}, 2)["r"]) == [nothing, nothing]


# -- less work ---------------------------------------------------------------------------------------------


def _lines(texts: Sequence[str], given: Columns) -> int:
    return len(program({text: rule(text) for text in texts}).prepare(given, {}, 2).plan.lines)


def test_what_rules_have_in_common_is_worked_out_once() -> None:
    given = {name: Column(np.array([1, 200])) for name in ("area", "seats", "kitchen")}
    one = _lines(["area * seats + kitchen > 100"], given)
    assert (
        _lines(["area * seats + kitchen > 100", "kitchen + seats * area > 100"], given) == one + 1
    )  # given out
    assert _lines(["area * seats + kitchen > 100", "area * seats + kitchen > 101"], given) == one + 3


def test_what_is_all_known_costs_no_states() -> None:
    known = {name: Column(np.array([1, 200])) for name in ("area", "seats")}
    state = np.array([0, 1], np.uint8)
    unknown = {name: Column(np.array([1, 200]), state) for name in ("area", "seats")}
    texts = ["area > 100 AND seats > 50 OR area < seats"]
    assert _lines(texts, known) == 2 + 3 * 2 + 2 + 1  # loaded, compared and packed, joined, given out
    assert _lines(texts, unknown) > _lines(texts, known)
    found = program({"r": rule(texts[0])})
    assert found.run(known, {}, 2)["r"].state is None
    assert found.run(unknown, {}, 2)["r"].state is not None


def test_what_the_bounds_decide_is_not_compared() -> None:
    given = {name: Column(np.array([1, 200])) for name in ("area", "seats")}
    assert _lines(["area + seats > 1000"], given) == 1


def test_arrays_are_free_again_when_nothing_needs_them() -> None:
    """A thousand intermediate results in the memory of a few."""
    sums = " AND ".join(f"(area * {n} - seats) * kitchen > {n}" for n in range(2, 60))
    days = " AND ".join(f"add_months(opened, {n}) > closed" for n in range(2, 60))
    rows = 1000
    given = {name: Column(np.arange(rows)) for name in ("area", "seats", "kitchen", "opened", "closed")}

    class Nowhere:
        def put(self, *_: object) -> None: ...

    for text in (sums, days):
        task = program({"r": rule(text)}).prepare(given, {}, rows)
        worker = machine.Machine(task.plan)
        worker.run(task.given, Nowhere())
        assert len(task.plan.lines) > 150
        assert worker.bytes <= 12 * 8 * rows


def test_many_reasons_for_being_undefined_are_kept_apart() -> None:
    names = [f"p{n}" for n in range(40)]
    vocabulary = Vocabulary({"a": parse_type("integer")}, {name: parse_type("integer") for name in names}, {})
    branches = " ".join(f"WHEN a = {n} THEN {name}" for n, name in enumerate(names))
    one = rule(f"CASE {branches} ELSE 0 END", vocabulary)
    found = program({"r": one}).run({"a": Column(np.arange(41))}, {}, 41)["r"]
    expected = [Undefined(f"no value of '{name}' for this date") for name in names]
    assert states(one, found) == [*expected, Known(0)]


def test_a_rule_without_facts_and_a_program_without_rules_run_too() -> None:
    fixed = {"r": rule("1 + 1"), "s": rule("cap"), "t": rule("open_air")}
    found = program(fixed).run({}, {"cap": 5}, 2)
    assert [states(one, found[name]) for name, one in fixed.items()] == [
        [Known(2)] * 2, [Known(5)] * 2, [Unknown(frozenset())] * 2,
    ]  # fmt: skip
    assert program({}).run({}, {}, 3) == {}
    assert program(fixed).run({}, {}, 0)["r"].values.tolist() == []


# -- refusals ----------------------------------------------------------------------------------------------

_ONES = np.array([1, 1])
_KNOWN = np.zeros(2, np.uint8)


@pytest.mark.parametrize(
    ("text", "column", "error", "words"),
    [
        ("area > 1", Column(np.array([1.0, 2.0])), TypeError, "the column 'area' is integer and cannot hold float64"),
        ("area > 1", Column(np.array([True, False])), TypeError, "the column 'area' is integer and cannot hold bool"),
        ("area > 1", Column(np.array([1, True], object)), TypeError, "the column 'area' is integer and cannot hold object"),
        ("area > 1", Column(np.array([1])), ValueError, r"the column 'area' has the shape \(1,\), and 2 rows are wanted"),
        ("area > 1", Column(_ONES, _KNOWN[:1]), ValueError, "the states of 'area' are not 2 small numbers"),
        ("area > 1", Column(_ONES, _KNOWN + 3), ValueError, "the states of 'area' are KNOWN, UNKNOWN or ABSENT"),
        ("area > 1", MemberColumns(np.zeros(3, int), {}), TypeError, "the fact 'area' is integer and cannot be a list of members"),
        ("music", Column(_ONES), TypeError, "the column 'music' is boolean and cannot hold int64"),
        ("opened > closed", Column(_ONES * 10**7), ValueError, "the column 'opened' has a day outside the years 1 to 9999"),
        ("name = 'A'", Column(_ONES, None, ("A",)), ValueError, "the column 'name' holds a text that is not among its categories"),
        ("name = 'A'", Column(_ONES - 2, None, ("A",)), ValueError, "the column 'name' holds a text that is not among its categories"),
        ("name = 'A'", Column(_ONES), ValueError, "the column 'name' holds a text that is not among its categories"),
        ("COUNT(rooms) > 1", Column(_ONES), TypeError, "the relation 'rooms' is a list of members, not a value"),
        ("COUNT(rooms) > 1", MemberColumns(_ONES, {}), ValueError, "the offsets of 'rooms' are not 3 whole numbers"),
        ("COUNT(rooms) > 1", MemberColumns(np.array([0, 2, 1]), {}), ValueError, "the offsets of 'rooms' begin with 0 and never fall"),
        ("COUNT(rooms) > 1", MemberColumns(np.array([1, 1, 1]), {}), ValueError, "the offsets of 'rooms' begin with 0 and never fall"),
        ("COUNT(rooms) > 1", MemberColumns(np.array([0, 1, 1]), {}, _KNOWN + 1), ValueError, "'rooms' has members of a subject of whom it is not known"),
        ("SUM(rooms.size) > 1", MemberColumns(np.array([0, 1, 3]), {"size": Column(_ONES)}), ValueError, r"the column 'rooms.size' has the shape \(2,\), and 3 rows"),
    ],
)  # fmt: skip
def test_a_column_that_cannot_be_is_refused(
    text: str, column: Any, error: type[Exception], words: str
) -> None:
    (name,) = {"opened > closed": ("opened",)}.get(text, rule(text).facts)
    with pytest.raises(error, match=words):
        program({"r": rule(text)}).run({name: column}, {}, 2)


@pytest.mark.parametrize(
    ("text", "parameters", "words"),
    [
        ("area > least_area", {"least_area": Decimal("1.5")}, "the parameter 'least_area' is integer and cannot be"),
        ("area > least_area", {"least_area": True}, "the parameter 'least_area' is integer and cannot be True"),
        ("ratio > rate", {"rate": Decimal("0.0001")}, "the parameter 'rate' is decimal and cannot be"),
        ("opened > cutoff", {"cutoff": "2024-01-01"}, "the parameter 'cutoff' is date and cannot be"),
        ("income > cap", {"cap": Brackets((0,), (1,))}, "the parameter 'cap' is money and cannot be a bracket table"),
        ("bracket(area, prices) > 0", {"prices": Brackets((0,), (Decimal("0.5"),))}, "the bracket table 'prices' is money and cannot be"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_refused(text: str, parameters: Parameters, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        program({"r": rule(text)}).run({}, parameters, 2)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"area": Known(Decimal("1.5"))}, "a value is integer and cannot be"),
        ({"area": Members(())}, "the fact 'area' is integer and cannot be a list of members"),
        ({"rooms": Known(1)}, "the relation 'rooms' is a list of members, not a value"),
    ],
)
def test_facts_that_cannot_be_are_refused(facts: Facts, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        given_columns([facts])


def test_warnings_are_errors_here() -> None:
    """Numbers that divide by zero or wrap in NumPy would warn; none of the tests above lets them."""
    with pytest.raises(RuntimeWarning):
        np.floor_divide(_ONES, _ONES * 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.floor_divide(_ONES, _ONES * 0).tolist() == [0, 0]


def test_every_day_of_the_tables_is_the_day_of_the_calendar() -> None:
    """One day in a hundred, and all of the years about 2000."""
    ordinals = [
        *range(1, date.max.toordinal(), 97),
        *range(date(1999, 1, 1).toordinal(), date(2002, 1, 1).toordinal()),
    ]
    days = [date.fromordinal(n) for n in ordinals]
    people: list[Facts] = [{"opened": Known(day)} for day in days]
    rules = {
        "month": rule("months_between(DATE '0001-01-01', opened)"),
        "same": rule("add_months(opened, 0)"),
        "first": rule(
            "days_between(opened, add_months(DATE '0001-01-01', months_between(DATE '0001-01-01', opened)))"
        ),
    }
    found = program(rules).run(given_columns(people), {}, len(people))
    assert found["month"].values.tolist() == [(day.year - 1) * 12 + day.month - 1 for day in days]
    assert states(rules["same"], found["same"]) == [Known(day) for day in days]
    assert found["first"].values.tolist() == [1 - day.day for day in days]

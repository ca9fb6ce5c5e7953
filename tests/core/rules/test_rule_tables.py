"""Decision tables mean what their rows say, and what is wrong with them is said by row and column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from tests.core.rules.city import VOCABULARY as CITY

from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import Known
from tongban.core.rules.tables import cells, conditions
from tongban.core.rules.tables.sources import BadSource, from_csv, from_mappings
from tongban.core.rules.tables.table import DecisionTable, Policy, TableProblem, read_table
from tongban.core.rules.tables.texts import TableText, to_rule_text
from tongban.core.rules.types import Range, Type, Vocabulary, parse_type

KIND = parse_type("code", codes="food-kinds")
MONEY = parse_type("money")


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n")]


def table(text: str, policy: Policy = Policy.UNIQUE) -> DecisionTable:
    found, problems = read_table(rows(text), policy)
    assert found, problems
    return found


def written(
    text: str,
    policy: Policy = Policy.UNIQUE,
    expect: dict[str, Type] | None = None,
    vocabulary: Vocabulary = CITY,
) -> TableText:
    return to_rule_text(table(text, policy), vocabulary, expect)


def only_text(
    text: str,
    policy: Policy = Policy.UNIQUE,
    expect: dict[str, Type] | None = None,
    vocabulary: Vocabulary = CITY,
) -> str:
    result = written(text, policy, expect, vocabulary)
    assert not result.problems
    (only,) = result.texts.values()
    assert compile_rule(only, vocabulary, expect=next(iter((expect or {}).values()), None)).rule
    return only


def messages(result: TableText) -> list[str]:
    return [problem.message for problem in result.problems]


# -- what is written --------------------------------------------------------------------------------------


def test_a_table_is_written_as_a_case_one_row_a_line() -> None:
    result = written("""
        kind            | area  | -> fee
        noodles, hotpot | < 60  | 100
        noodles, hotpot | >= 60 | 250.50
        bakery          | -     | rent
        else            |       | 0
    """)
    assert result.texts == {
        "fee": "CASE\n"
        "  WHEN kind IN ('noodles', 'hotpot') AND area < 60 THEN 100\n"
        "  WHEN kind IN ('noodles', 'hotpot') AND area >= 60 THEN 250.50\n"
        "  WHEN kind = 'bakery' THEN rent\n"
        "  ELSE 0\n"
        "END"
    }
    assert result.table.source[1] == ("noodles, hotpot", "< 60", "100")


def test_each_output_is_an_expression_of_its_own() -> None:
    result = written("""
        open_kitchen | -> fee | -> kind | # article
        TRUE         | 100    | noodles | art. 4
        FALSE        | 50     | bakery  | art. 5
        null         | 0      | hotpot  |
    """, expect={"fee": MONEY, "kind": KIND})  # fmt: skip
    assert result.texts == {
        "fee": "CASE\n  WHEN open_kitchen THEN 100\n  WHEN NOT open_kitchen THEN 50\n  ELSE 0\nEND",
        "kind": "CASE\n  WHEN open_kitchen THEN 'noodles'\n  WHEN NOT open_kitchen THEN 'bakery'\n"
        "  ELSE 'hotpot'\nEND",
    }


def test_the_last_column_is_the_output_where_none_is_marked() -> None:
    assert only_text("score | points\n< 5 | 1\nelse | 2") == "CASE\n  WHEN score < 5 THEN 1\n  ELSE 2\nEND"


CELLS = [
    ("score", "-", "TRUE"),
    ("score", "", "TRUE"),
    ("score", "5", "score = 5"),
    ("score", "-5", "score = -5"),
    ("score", "＜ ５", "score < 5"),
    ("score", "≥5", "score >= 5"),
    ("score", "<> 5", "score <> 5"),
    ("score", "!= 5", "score <> 5"),
    ("score", "[1..5]", "score BETWEEN 1 AND 5"),
    ("score", "(1..5]", "(score > 1 AND score <= 5)"),
    ("score", "]1..5[", "(score > 1 AND score < 5)"),
    ("score", "[1..5)", "(score >= 1 AND score < 5)"),
    ("score", "1, 2, 3", "score IN (1, 2, 3)"),
    ("score", "1，2、3", "score IN (1, 2, 3)"),
    ("score", "1, > 5", "(score = 1 OR score > 5)"),
    ("score", "null", "score IS NULL"),
    ("score", "NULL, 1", "(score IS NULL OR score = 1)"),
    ("score", "not(null)", "score IS NOT NULL"),
    ("score", "<> null", "score IS NOT NULL"),
    ("score", "not(1)", "score <> 1"),
    ("score", "not(1, 2)", "score NOT IN (1, 2)"),
    ("score", "not([1..5])", "score NOT BETWEEN 1 AND 5"),
    ("score", "not((1..5])", "NOT ((score > 1 AND score <= 5))"),
    ("score", "not(null, 5)", "NOT (score IS NULL OR score = 5)"),
    ("score", "not(not(5))", "NOT (score <> 5)"),
    ("area", "< least_area", "area < least_area"),
    ("area", "least_area, 5", "(area = least_area OR area = 5)"),
    ("invested", ">= 1000.50", "invested >= 1000.50"),
    ("opened", "2026-01-31", "opened = DATE '2026-01-31'"),
    ("opened", "< DATE '2026-01-31'", "opened < DATE '2026-01-31'"),
    ("opened", "[2026-01-01..2026-12-31]", "opened BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'"),
    ("open_kitchen", "true", "open_kitchen"),
    ("open_kitchen", "FALSE", "NOT open_kitchen"),
    ("open_kitchen", "<> false", "open_kitchen"),
    ("open_kitchen", "not(true)", "NOT (open_kitchen)"),
    ("open_kitchen", "true, null", "(open_kitchen OR open_kitchen IS NULL)"),
    ("kind", "noodles", "kind = 'noodles'"),
    ("kind", "'noodles', \"hotpot\"", "kind IN ('noodles', 'hotpot')"),
    ("kind", "not(noodles)", "kind <> 'noodles'"),
    ("district", "590101", "district = '590101'"),
    ("shop_name", "Old Wang", "shop_name = 'Old Wang'"),
    ("shop_name", "'O''Hara', \"it's\"", "shop_name IN ('O''Hara', 'it''s')"),
    ("shop_name", "'null'", "shop_name = 'null'"),
    ("shop_name", "not a", "shop_name = 'not a'"),
    ("area >= 60", "TRUE", "(area >= 60)"),
    ("area >= 60 OR open_kitchen", "FALSE", "NOT (area >= 60 OR open_kitchen)"),
    ("area + kitchen", "> 60", "(area + kitchen) > 60"),
    ("invested / rent", "[0.5..2]", "((invested / rent) >= 0.5 AND (invested / rent) <= 2)"),
    ("invested / rent", "1, 2", "((invested / rent) = 1 OR (invested / rent) = 2)"),
    ("invested * 0.055", "> 100", "(invested * 0.055) > 100"),
    ("opened IS NULL", "TRUE", "(opened IS NULL)"),
]


@pytest.mark.parametrize(("name", "cell", "expected"), CELLS)
def test_a_cell_is_written_as_a_condition(name: str, cell: str, expected: str) -> None:
    text = only_text(f"{name} | -> x\n{cell} | 1\nelse | 2", Policy.FIRST)
    assert text == f"CASE\n  WHEN {expected} THEN 1\n  ELSE 2\nEND"


def test_a_row_of_several_tests_joins_them_with_and_and_a_row_of_none_is_true() -> None:
    text = only_text("score | seats | -> x\n1, > 5 | < 3 | 1\n- | - | 2", Policy.FIRST)
    assert text == "CASE\n  WHEN (score = 1 OR score > 5) AND seats < 3 THEN 1\n  ELSE 2\nEND"


def test_a_table_of_one_row_that_takes_everything_is_its_output() -> None:
    assert only_text("score | -> x\n- | 2 * 3") == "2 * 3"


def test_a_sum_is_a_sum_of_cases() -> None:
    assert only_text("score | -> x\n< 5 | 1\n- | 2", Policy.SUM) == (
        "CASE WHEN score < 5 THEN 1 ELSE 0 END\n+ CASE WHEN TRUE THEN 2 ELSE 0 END"
    )


def test_a_sum_with_an_else_row_counts_it_only_where_no_row_does() -> None:
    assert only_text("score | -> x\n< 5 | 1\n> 3 | 2\nelse | 9", Policy.SUM) == (
        "CASE WHEN score < 5 OR score > 3 THEN\n"
        "CASE WHEN score < 5 THEN 1 ELSE 0 END\n+ CASE WHEN score > 3 THEN 2 ELSE 0 END\nELSE 9 END"
    )


def test_a_long_sum_is_not_too_deep() -> None:
    lines = "\n".join(f"{number} | {number}" for number in range(80))
    text = only_text(f"score | -> x\n{lines}", Policy.SUM)
    rule = compile_rule(text, CITY).rule
    assert rule
    assert evaluate(rule, {"score": Known(77)}, {}) == Known(77)


def test_a_count_does_not_look_at_the_output() -> None:
    assert only_text("score | -> x\n< 5 | nonsense (\n- |", Policy.COUNT) == (
        "CASE WHEN score < 5 THEN 1 ELSE 0 END\n+ CASE WHEN TRUE THEN 1 ELSE 0 END"
    )


def test_the_most_of_fixed_values_is_the_first_in_their_order() -> None:
    text = "score | -> x\n< 5 | -1\n> 3 | 20.5\n7 | 3\nelse | 0"
    assert only_text(text, Policy.MAX) == (
        "CASE\n  WHEN score > 3 THEN 20.5\n  WHEN score = 7 THEN 3\n  WHEN score < 5 THEN -1\n  ELSE 0\nEND"
    )
    assert only_text(text, Policy.MIN).startswith("CASE\n  WHEN score < 5 THEN -1\n")


def test_the_least_of_expressions_gives_a_row_that_does_not_count_the_value_of_one_that_does() -> None:
    assert only_text("score | -> x\n< 5 | rent\n> 3 | invested\nelse | 0", Policy.MIN) == (
        "CASE WHEN score < 5 OR score > 3 THEN LEAST(CASE WHEN score < 5 THEN rent ELSE invested END,\n"
        "  CASE WHEN score > 3 THEN invested ELSE CASE WHEN score < 5 THEN rent ELSE invested END END)\n"
        "ELSE 0 END"
    )


def test_a_date_and_a_quoted_text_under_an_output_are_read_as_they_look() -> None:
    assert "THEN DATE '2026-01-31'" in only_text("score | -> day\n1 | 2026-01-31\nelse | 2026-02-01")
    assert "THEN 'it''s'" in only_text("score | -> note\n1 | \"it's\"\nelse | 'x'")


def test_what_looks_like_a_remark_inside_a_text_is_a_text() -> None:
    text = only_text("score | shop_name | -> n\n1 | '--' | '/* x */ --'\nelse | | ''")
    assert text == "CASE\n  WHEN score = 1 AND shop_name = '--' THEN '/* x */ --'\n  ELSE ''\nEND"


def test_a_plain_word_under_a_text_output_is_a_text_unless_it_is_a_name() -> None:
    text = only_text("score | -> n\n1 | Old Wang\nelse | shop_name", expect={"n": parse_type("text")})
    assert text == "CASE\n  WHEN score = 1 THEN 'Old Wang'\n  ELSE shop_name\nEND"


# -- what is refused --------------------------------------------------------------------------------------

SHAPES = [
    ("", "Row 1: The first row names the inputs and the outputs."),
    ("-> x\n1", "Row 1: The table has no input, only an output."),
    ("score | -> x", "Row 1: The table has no rows."),
    ("score | | -> x\n1|2|3", "Row 1, column 2: This column has no name."),
    ("score | score | -> x\n1|2|3", "Row 1, column 'score': This name is there twice."),
    ("score | -> x\n1|2|3", "Row 2: This row has more cells than there are names in row 1."),
    ("score | -> x\nelse|2\n3|4", "Row 3: The else row is the last one."),
    ("score | seats | -> x\nelse|2|3", "Row 2, column 'seats': An else row has no tests."),
]


@pytest.mark.parametrize(("text", "message"), SHAPES)
def test_a_table_that_is_no_table_is_refused_by_row_and_column(text: str, message: str) -> None:
    found, problems = read_table(rows(text))
    assert found is None
    assert message in [problem.message.rstrip() for problem in problems] or message in [
        f"Row 1: {problem.message}" for problem in problems
    ]


REFUSED = [
    ("aera | -> x\n5 | 1\nelse | 2", "Row 1, column 'aera': There is no fact or parameter 'aera'."),
    (
        "score | -> x\n5 | 1\nelse | aera",
        "Row 3, column 'x': There is no fact or parameter 'aera'.",
    ),
    (
        "score | -> x\n5 | 1\n< sco | 2\nelse | 3",
        "Row 3, column 'score': There is no fact or parameter 'sco'.",
    ),
    (
        "score | kind | -> x\n5 | noodle | 1\nelse | | 2",
        "Row 2, column 'kind': 'noodle' is not in the code list 'food-kinds'.",
    ),
    (
        "score | -> x\n'5' | 1\nelse | 2",
        "Row 2, column 'score': This is a text, and it stands beside a whole number.",
    ),
    (
        "opened | -> x\n5 | 1\nelse | 2",
        "Row 2, column 'opened': This is a whole number, and it stands beside a date.",
    ),
    (
        "kind | -> x\n< hotpot | 1\nelse | 2",
        "Row 2, column 'kind': Only numbers, money and dates have an order, and this is a code of the list "
        "'food-kinds'.",
    ),
    (
        "score | -> x\n5 | 1\n6 | 'a'\nelse | 3",
        "Row 3, column 'x': This is a text, and it stands beside a whole number.",
    ),
    ("score | -> x\n5 |\nelse | 2", "Row 2, column 'x': The cell of a result is empty."),
    ("score | -> x\n[5..| 1\nelse | 2", "Row 2, column 'score': The cell breaks off."),
    (
        f"score | -> x\n{'1,' * 251}1| 1\nelse | 2",
        "Row 2, column 'score': A cell has at most 500 characters.",
    ),
    (f"score | -> x\n{'1,' * 100}1| 1\nelse | 2", "Row 2, column 'score': A cell has at most 100 values."),
    ("score | -> x\n1, -| 1\nelse | 2", "Row 2, column 'score': '-' cannot be read here."),
    ("score | -> x\n[5..6| 1\nelse | 2", "Row 2, column 'score': A range ends with ] or )."),
    ("score | -> x\n[5, 6]| 1\nelse | 2", "Row 2, column 'score': A range is written [1..5]."),
    ("score | -> x\n5 6| 1\nelse | 2", "Row 2, column 'score': '6' is not expected here."),
    ("score | -> x\n5,| 1\nelse | 2", "Row 2, column 'score': The cell breaks off."),
    ("score | -> x\n<,5| 1\nelse | 2", "Row 2, column 'score': A value is missing before ','."),
    ("score | -> x\nnot(5| 1\nelse | 2", "Row 2, column 'score': There is no ) for this not(."),
    ("score | -> x\n5; DROP| 1\nelse | 2", "Row 2, column 'score': ';' cannot be read here."),
    ("score | -> x\n'5| 1\nelse | 2", "Row 2, column 'score': A quote is not closed."),
    ("score | -> x\n> null| 1\nelse | 2", "Row 2, column 'score': '>' cannot stand before null."),
    ("score | -> x\n[null..5]| 1\nelse | 2", "Row 2, column 'score': null cannot stand here."),
    ("opened | -> x\n2026-02-30| 1\nelse | 2", "Row 2, column 'opened': '2026-02-30' is not a date."),
    ("kind | -> x\n[noodles]| 1\nelse | 2", "Row 2, column 'kind': A value is missing before '['."),
    (
        "invested / rent | -> x\n1, null | 1\nelse | 2",
        "Row 2, column 'invested / rent': null cannot stand under a division.",
    ),
    (
        "score | -> x\n5 | 1 ELSE 2 END OR CASE WHEN TRUE THEN 1\nelse | 2",
        "Row 2, column 'x': There is no CASE for this END.",
    ),
    (
        "score | -> x\n5 | 1 -- one\nelse | 2",
        "Row 2, column 'x': A remark cannot stand in a cell of a table.",
    ),
    (
        "score | -> x\n5 | 1 /* one */\nelse | 2",
        "Row 2, column 'x': A remark cannot stand in a cell of a table.",
    ),
    (
        "score -- s | -> x\n5 | 1\nelse | 2",
        "Row 1, column 'score -- s': A remark cannot stand in a cell of a table.",
    ),
    (
        "score = 1) OR (score | -> x\n5 | 1\nelse | 2",
        "Row 1, column 'score = 1) OR (score': There is no ( for this ).",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_mistake_in_a_cell_is_refused_by_row_and_column(text: str, message: str) -> None:
    result = written(text)
    assert message in messages(result)
    assert result.texts == {}


def test_every_mistake_is_reported_in_the_order_of_the_table_and_once() -> None:
    result = written("""
        aera | score | -> x | -> y
        5    | 1     | cap + | 1
        6    | 2     | 1    | aera
    """)
    places = [(problem.row, problem.column, problem.code) for problem in result.problems]
    assert places == [(1, 1, "unknown-name"), (2, 3, "unreadable"), (3, 4, "unknown-name")]


def test_a_table_whose_rule_is_too_long_is_refused() -> None:
    lines = "\n".join(f"{number} | 'a text of some length, number {number}'" for number in range(100))
    result = written(f"score | -> x\n{lines}\nelse | 'none'")
    assert messages(result)[0].startswith("Column 'x': The rule has ")


def test_a_table_has_a_limit_of_rows_and_columns() -> None:
    for given_rows in ([["score", "-> x"], *[["1", "1"]] * 200], [["score"] * 41, ["1"] * 41]):
        _, problems = read_table(given_rows)
        assert [problem.code for problem in problems] == ["too-long"]


# -- overlaps, gaps, conflicts ------------------------------------------------------------------------------


def test_rows_of_a_unique_table_that_take_one_subject_are_shown_with_it() -> None:
    result = written("""
        kind            | invested  | -> x
        noodles         | <= 1000   | 1
        noodles, bakery | >= 1000   | 2
        else            |           | 3
    """)
    (problem,) = result.problems
    assert problem == TableProblem(
        "overlap",
        "Row 3: This row takes a subject that row 2 takes too: kind noodles, invested 1000.",
        3,
        None,
        "Of a unique table no two rows may. Part the rows, or use the policy first.",
        {"kind": "noodles", "invested": 100_000},
    )


def test_a_subject_that_no_row_takes_is_shown() -> None:
    result = written("score | open_kitchen | -> x\n< 5 | - | 1\n> 5 | TRUE, FALSE | 2\n5, null | - | 3")
    (problem,) = result.problems
    assert problem.message == "No row takes this subject: score 6, open_kitchen absent."
    assert problem.subject == {"score": 6, "open_kitchen": None}


def test_numbers_lie_as_far_apart_as_their_type_says() -> None:
    """Between 4 and 5 no whole number is missing, but an area of 4.5 is."""
    assert not written("score | -> x\n<= 4 | 1\n>= 5 | 2\nnull | 3").problems
    assert messages(written("area | -> x\n<= 4 | 1\n>= 5 | 2\nnull | 3")) == [
        "No row takes this subject: area 4.1."
    ]
    assert messages(written("area | -> x\n<= 4.15 | 1\n>= 4.2 | 2\nnull | 3")) == []
    assert messages(written("invested | -> x\n<= 4 | 1\n>= 4.02 | 2\nnull | 3")) == [
        "No row takes this subject: invested 4.01."
    ]
    assert messages(written("invested / rent | -> x\n< 4 | 1\n> 4 | 2")) == [
        "No row takes this subject: invested / rent 4."
    ]


def test_declared_ranges_and_code_lists_bound_what_can_be_missing() -> None:
    bounded = Vocabulary(CITY.facts, CITY.parameters, CITY.code_lists, ranges={"score": Range(0, 10)})
    assert not written("score | -> x\n[0..5] | 1\n[6..10] | 2\nnull | 3", vocabulary=bounded).problems
    assert written("score | -> x\n[0..5] | 1\n[6..9] | 2\nnull | 3", vocabulary=bounded).problems
    assert not written("kind | -> x\nnoodles | 1\nhotpot, bakery | 2\nnull | 3").problems
    assert messages(written("shop_name | -> x\nother | 1\nnull | 3")) == [
        "No row takes this subject: shop_name others."
    ]


def test_what_is_never_absent_needs_no_row_for_it() -> None:
    assert not written("opened IS NULL | -> x\nTRUE | 1\nFALSE | 2").problems
    assert not written("COALESCE(score, 0) | -> x\n< 5 | 1\n>= 5 | 2").problems
    assert not written("cap | -> x\n< 5 | 1\n>= 5 | 2").problems
    assert not written("COUNT(children) | -> x\n< 5 | 1\n>= 5 | 2").problems
    assert messages(written("MAX(premises.rent) | -> x\n< 5 | 1\n>= 5 | 2")) == [
        "No row takes this subject: MAX(premises.rent) absent."
    ]
    case = "CASE WHEN open_kitchen THEN 1 ELSE score END"
    assert messages(written(f"{case} | -> x\n< 5 | 1\n>= 5 | 2")) == [
        f"No row takes this subject: {case} absent."
    ]
    assert not written(f"{case.replace('score', '2')} | -> x\n< 5 | 1\n>= 5 | 2").problems


def test_rows_of_an_any_table_may_overlap_where_they_say_the_same() -> None:
    assert not written("score | -> x\n< 5 | 2\n> 3 | 2.0\nelse | 0", Policy.ANY).problems
    assert not written("score | -> x\n< 5 | rent + cap\n> 3 | rent  +  cap\nelse | 0", Policy.ANY).problems
    assert written("score | -> x\n< 5 | rent + cap\n> 3 | rent\nelse | 0", Policy.ANY).problems
    assert messages(written("score | -> x\n< 5 | 2\n> 3 | 2.5\nelse | 0", Policy.ANY)) == [
        "Row 3, column 'x': Row 2 takes the same subject and says something else: score 4."
    ]


def test_rows_told_apart_by_names_are_unique_where_that_holds_for_all_their_values() -> None:
    for pair in (
        ("< least_area", ">= least_area"),
        ("[5..least_area]", "> least_area"),
        ("not(least_area)", "least_area"),
        ("(kitchen..least_area)", "<= kitchen"),
        ("< 5", "[5..least_area]"),
    ):
        lines = "\n".join(f"{cell} | {number}" for number, cell in enumerate(pair))
        assert not written(f"area | -> x\n{lines}\nelse | 0").problems, pair


@pytest.mark.parametrize(
    "pair",
    [
        ("<= least_area", ">= least_area"),
        ("< least_area", "> kitchen"),
        ("< least_area", "> 5"),
        ("< 5", "[least_area..5]"),
        ("(least_area..5)", "(4.9..kitchen)"),
    ],
)
def test_rows_that_some_values_of_names_bring_together_are_not_unique(pair: tuple[str, str]) -> None:
    lines = "\n".join(f"{cell} | {number}" for number, cell in enumerate(pair))
    bounds = {"area": Range(None, Decimal(100))}
    vocabulary = Vocabulary(CITY.facts, CITY.parameters, CITY.code_lists, ranges=bounds)
    problems = written(f"area | -> x\n{lines}\nelse | 0", vocabulary=vocabulary).problems
    together = pair != ("(least_area..5)", "(4.9..kitchen)")  # between 4.9 and 5 lies no area
    assert [problem.message for problem in problems] == together * [
        "Row 3: Whether this row takes a subject that row 2 takes too depends on names in their cells."
    ]
    assert not written(f"area | -> x\n{lines}\nelse | 0", Policy.FIRST).problems


def test_rows_of_an_any_table_told_apart_only_by_names_may_not_differ() -> None:
    given_rows = "area | -> x | -> y\n< least_area | 1 | 5\n> kitchen | 2 | 5\nelse | 0 | 0"
    assert messages(written(given_rows, Policy.ANY)) == [
        "Row 3, column 'x': Whether row 2 says something else of a subject depends on names in their cells."
    ]


def test_no_more_than_twenty_pairs_of_rows_are_spoken_of() -> None:
    lines = "\n".join(f"< {number} | {number}" for number in range(1, 30))
    assert len(written(f"score | -> x\n{lines}\nelse | 0").problems) == 20


def test_values_of_a_subject_are_written_as_authors_write_them() -> None:
    names = "open_kitchen | invested | opened | invested / rent | area"
    found = written(
        f"{names} | -> x\nTRUE | 5 | 2026-01-31 | (0..1) | 0.5 | 1\nTRUE | 5 | - | - | - | 2\nelse|||||3"
    )
    assert messages(found) == [
        "Row 3: This row takes a subject that row 2 takes too: open_kitchen true, invested 5, opened 2026-01-31, "
        "invested / rent 0.5, area 0.5."
    ]
    third = written("invested / rent | -> x\n(0.3..0.4) | 1\n(0..1) | 2\nelse | 3")
    assert [problem.subject for problem in third.problems] == [{"invested / rent": "0.35"}]
    third = written("area | -> x\n0.5 | 1\n(0..1) | 2\nelse | 3")
    assert [problem.subject for problem in third.problems] == [{"area": Decimal("0.5")}]


def test_any_value_is_no_condition() -> None:
    given_header, _ = conditions.header(1, "score", CITY)
    assert given_header
    assert conditions.condition(cells.Anything(), given_header) == "TRUE"
    assert not cells.asks_for_absence(cells.Anything())


def test_columns_without_a_name_at_the_end_are_left_out() -> None:
    assert table("score | -> x | |\n5 | 1 | |\n | | |\nelse | 2 | |").lines[0].number == 2
    (problem,) = read_table([["score", "-> x"], ["5", "1", "", "y"]])[1]
    assert problem.code == "shape"


def test_the_most_of_one_expression_is_the_expression() -> None:
    assert only_text("score | -> x\n- | rent", Policy.MAX) == "rent"
    assert only_text("score | -> x\n5 | rent\nelse | 0", Policy.MAX) == (
        "CASE WHEN score = 5 THEN rent\nELSE 0 END"
    )


def test_a_row_that_nobody_reaches_is_a_warning() -> None:
    result = written("score | -> x\n< 5 | 1\n>= 5, null | 2\n7 | 3\nelse | 0", Policy.FIRST)
    assert [warning.message for warning in result.warnings] == ["Row 4: No subject reaches this row."]
    assert result.texts
    assert written("score | -> x\n[5..1] | 1\nelse | 0").warnings


def test_a_search_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.core.rules.tables.regions.MAX_STEPS", 3)
    result = written(
        "score | seats | -> x\n< 5 | - | 1\n>= 5, null | < 3 | 2\n- | >= 3, null | 3", Policy.FIRST
    )
    assert messages(result) == [
        "Whether every subject is taken by a row cannot be told: the table is too large."
    ]


def test_a_large_table_is_looked_at_in_time_or_given_up_with_a_message() -> None:
    random = Random(1)
    names = " | ".join(f"score + {column}" for column in range(12))
    lines = "\n".join(
        " | ".join([*(f"[{(low := random.randrange(40))}..{low + 25}]" for _ in range(12)), "1"])
        for _ in range(18)
    )
    result = to_rule_text(table(f"{names} | -> x\n{lines}", Policy.ANY), CITY)
    assert [problem.code for problem in result.problems] in (["gap"], ["too-long"])


# -- where rows come from -----------------------------------------------------------------------------------


def test_rows_are_read_from_csv() -> None:
    assert from_csv('\ufeffkind,-> fee\r\n"noodles, hotpot",100\r\n') == [
        ["kind", "-> fee"],
        ["noodles, hotpot", "100"],
    ]
    assert from_csv("kind;-> fee\nnoodles;1") == [["kind", "-> fee"], ["noodles", "1"]]
    assert from_csv("a\t-> b\n'-\t'=1") == [["a", "-> b"], ["-", "=1"]]
    assert from_csv("a,-> b\n'-',1") == [["a", "-> b"], ["'-'", "1"]]


@pytest.mark.parametrize("text", ['a,b\n"1,2', "x" * 200_001], ids=["quote", "size"])
def test_a_file_that_is_no_csv_is_refused(text: str) -> None:
    with pytest.raises(BadSource):
        from_csv(text)


def test_what_a_spreadsheet_program_is_given_comes_back_the_same() -> None:
    from tongban.base.kit import sheets

    body = [["score", "-> x"], ["-", "-5"], ["= 5", "'text'"], ["'-'", "1"]]
    assert from_csv(sheets.text(body[0], body[1:])) == body


def test_rows_are_read_from_a_yaml_list_of_mappings() -> None:
    items = [
        {"kind": "noodles", "music": True, "-> fee": 100},
        {"kind": "hotpot", "seats": "< 5", "-> fee": 0.05},
        {"kind": None, "seats": "null", "day": date(2026, 1, 31), "-> fee": Decimal("1.50")},
    ]
    assert from_mappings(items) == [
        ["kind", "music", "-> fee", "seats", "day"],
        ["noodles", "TRUE", "100", "", ""],
        ["hotpot", "", "0.05", "< 5", ""],
        ["", "", "1.50", "null", "2026-01-31"],
    ]


@pytest.mark.parametrize(
    "raw", [[1], {"a": 1}, 0.1234567890123456789, float("nan"), float("inf"), Decimal("NaN")]
)
def test_a_value_that_is_no_cell_is_refused(raw: object) -> None:
    with pytest.raises(BadSource):
        from_mappings([{"a": raw}])

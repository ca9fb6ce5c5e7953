"""Statements for the three engines: their text, and what no engine may be asked.

The statements in `golden/sql` are about a small table of food shops. Each is also run, on DuckDB and PostgreSQL,
and gives what the interpreter gives. After a deliberate change: `make golden`, and read the difference.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet
from tests.core.rules.engines import PostgreSQL, same, tables

from tongban.base.engines import duckdb, spark
from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import ABSENT, Brackets, Facts, Known, Members, State, Undefined, Unknown
from tongban.core.rules.to_sql import results
from tongban.core.rules.to_sql.dialects import DIALECTS, BadName, Engine
from tongban.core.rules.to_sql.emit import TooWide
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans, RelationRef, Source
from tongban.core.rules.to_sql.statement import statement
from tongban.core.rules.types import Kind, Range, Table, Type, Vocabulary, parse_type

GOLDEN = Path(__file__).parent / "golden" / "sql"

VOCABULARY = Vocabulary(
    facts={
        "area": parse_type("decimal(1)"),
        "seats": parse_type("integer"),
        "staff": parse_type("integer"),
        "open_kitchen": parse_type("boolean"),
        "cold_dishes": parse_type("boolean"),
        "kind": parse_type("code", codes="kinds"),
        "name": parse_type("text"),
        "rent": parse_type("money"),
        "income": parse_type("money"),
        "opened": parse_type("date"),
        "applied": parse_type("date"),
        "score": parse_type("decimal(0)"),
        "never_told": parse_type("integer"),
    },
    parameters={
        "least_area": parse_type("decimal(1)"),
        "share": parse_type("decimal(2)"),
        "cap": parse_type("money"),
        "not_yet": parse_type("money"),
    },
    code_lists={"kinds": frozenset({"noodles", "hotpot", "bakery"})},
    relations={
        "children": {"born": parse_type("date"), "fee": parse_type("money"), "boards": parse_type("boolean")},
        "premises": {"size": parse_type("decimal(1)"), "owned": parse_type("boolean")},
        "cars": {"weight": parse_type("integer")},
    },
    tables={
        "tax": Table(parse_type("money"), parse_type("decimal(2)")),
        "grade": Table(parse_type("integer"), parse_type("money")),
        "era": Table(parse_type("date"), parse_type("code", codes="kinds")),
        "missing": Table(parse_type("money"), parse_type("decimal(2)")),
    },
    ranges={
        "area": Range(Decimal("0.0"), Decimal("99999.9")),
        "seats": Range(0, 10000),
        "staff": Range(0, 10000),
        "rent": Range(0, 10**12),
        "income": Range(-(10**12), 10**12),
        "children.fee": Range(0, 10**8),
        "premises.size": Range(Decimal("0.0"), Decimal("99999.9")),
    },
)
PARAMETERS = {
    "least_area": Decimal("60.0"),
    "share": Decimal("0.30"),
    "cap": 500_000,
    "tax": Brackets((0, 3_000_000, 10_000_000), (Decimal("0.03"), Decimal("0.10"), Decimal("0.20"))),
    "grade": Brackets((1, 20, 50), (100_000, 200_000, 300_000)),
    "era": Brackets((date(1000, 1, 1), date(2024, 1, 31)), ("hotpot", "bakery")),
}
SOURCE = Source(
    table="subjects",
    key="id",
    columns={
        "area": ColumnRef("area"),
        "seats": ColumnRef("seats"),
        "staff": ColumnRef("staff", null_means=NullMeans.UNKNOWN),
        "open_kitchen": ColumnRef("open_kitchen"),
        "cold_dishes": ColumnRef("cold_dishes", known="cold_dishes_known"),
        "kind": ColumnRef("kind"),
        "name": ColumnRef("name"),
        "rent": ColumnRef("rent"),
        "income": ColumnRef("income", known="income_known"),
        "opened": ColumnRef("opened"),
        "applied": ColumnRef("applied"),
        "score": ColumnRef("score"),
    },
    relations={
        "children": RelationRef(
            "children",
            "subject",
            {
                "born": ColumnRef("born"),
                "fee": ColumnRef("fee"),
                "boards": ColumnRef("boards", known="boards_known"),
            },
            order="place",
        ),
        "premises": RelationRef(
            "premises", "subject", {"size": ColumnRef("size")}, known="premises_known", order="place"
        ),
    },
)

CASES: dict[str, dict[str, str]] = {
    "a-money-threshold": {"due": "rent <= 5000.50"},
    "and": {"due": "open_kitchen AND area >= least_area AND kind IN ('noodles', 'hotpot')"},
    "or-not": {"due": "NOT open_kitchen OR kind <> 'bakery'"},
    "and-with-something-unknown": {"due": "open_kitchen AND cold_dishes"},
    "between": {"due": "seats BETWEEN 10 AND 40"},
    "between-ends-that-may-be-absent": {"due": "rent BETWEEN 0 AND income"},
    "a-ratio": {"due": "rent / income <= share"},
    "two-ratios": {"due": "area / seats < rent / income"},
    "a-rounded-share": {"amount": "ROUND(rent * share, 2)"},
    "a-rounded-ratio": {"amount": "ROUND(rent / seats, 0)"},
    "floor-and-ceil": {"floor": "FLOOR(area / 2)", "ceil": "CEIL(area)"},
    "least-and-greatest": {"amount": "LEAST(rent, GREATEST(income, cap))"},
    "a-difference": {"amount": "ABS(rent - 2 * income)"},
    "coalesce": {"amount": "COALESCE(rent, 0)"},
    "coalesce-over-something-unknown": {"amount": "COALESCE(income, rent, 0)"},
    "is-null": {"due": "income IS NULL AND rent IS NOT NULL"},
    "case": {"amount": "CASE WHEN area >= 100 THEN 3000 WHEN area >= least_area THEN 1500 ELSE 0 END"},
    "case-on-something-unknown": {"amount": "CASE WHEN cold_dishes THEN rent ELSE cap END"},
    "an-age": {"due": "years_between(opened, applied) >= 3"},
    "months": {"due": "months_between(opened, DATE '2026-01-31') > 6"},
    "a-day-months-later": {"day": "add_months(opened, seats)"},
    "days": {"due": "days_between(opened, applied) <= 30"},
    "a-bracket": {"amount": "bracket(seats, grade)"},
    "slices": {"amount": "ROUND(slices(income, tax), 2)"},
    "count": {"due": "COUNT(children) FILTER (WHERE years_between(children.born, applied) < 3) >= 2"},
    "sum-with-facts-of-the-subject": {"amount": "SUM(children.fee) FILTER (WHERE children.fee < rent)"},
    "members-of-whom-something-is-unknown": {"amount": "SUM(children.fee) FILTER (WHERE children.boards)"},
    "a-relation-that-may-be-unknown": {"due": "BOOL_OR(premises.size > area)"},
    "a-field-that-no-table-tells": {"due": "BOOL_AND(premises.owned)"},
    "max-of-members": {"day": "MAX(children.born)"},
    "a-parameter-without-a-value": {"due": "rent > not_yet", "amount": "COALESCE(not_yet, rent)"},
    "a-fact-that-no-table-tells": {"due": "never_told > 3 AND open_kitchen"},
    "condition-and-amount": {"due": "area / seats >= 1.5", "amount": "CASE WHEN area / seats >= 1.5 THEN rent ELSE 0 END"},
}  # fmt: skip
ODD = [
    "score",
    "score * seats + 1",
    "score / 7 > 142857142857142857",
    # literals alone, which engines would compute in 32 bits
    "ROUND(income / FLOOR(CASE WHEN FALSE THEN area ELSE 1999999999 END / 2), 0)",
    "ROUND(CASE WHEN FALSE THEN seats ELSE 2000000000 END / 3) * 3 > seats",
    "CEIL(CASE WHEN FALSE THEN seats ELSE -2000000000 END / 3) * 4 > seats",
    "LEAST(CASE WHEN FALSE THEN seats ELSE 2000000000 END, 2000000001) * 3 > seats",
    "ROUND(slices(CASE WHEN FALSE THEN rent ELSE cap END, tax) * 10000, 2)",
    "ROUND(slices(CASE WHEN FALSE THEN rent ELSE 0 * cap END, tax) * 10000, 2)",
    "SUM(cars.weight) > 3",
    "COUNT(cars) FILTER (WHERE FALSE)",
    "MIN(cars.weight) FILTER (WHERE FALSE)",
    "COALESCE(MIN(cars.weight) FILTER (WHERE FALSE), seats)",
    "COALESCE(MIN(cars.weight) FILTER (WHERE FALSE), MAX(cars.weight) FILTER (WHERE FALSE))",
    "CASE WHEN MIN(cars.weight) FILTER (WHERE FALSE) > 1 THEN 1 ELSE 2 END",
    "CASE WHEN cold_dishes THEN 1.5 WHEN NOT cold_dishes THEN 2.5 ELSE seats END",
    "CASE WHEN TRUE THEN rent ELSE cap END",
    "CASE WHEN open_kitchen THEN rent WHEN 1 < 2 THEN cap ELSE income END",
    "CASE WHEN 1 = 2 THEN rent WHEN cold_dishes THEN cap ELSE cap END",
    "CASE WHEN cold_dishes THEN TRUE ELSE FALSE END",
    "CASE WHEN rent > not_yet THEN 1 ELSE 2 END",
    "CASE WHEN cold_dishes THEN 1 WHEN rent > not_yet THEN 2 ELSE 3 END",
    "CASE WHEN cold_dishes THEN ROUND(1 / seats) WHEN seats / staff > 1 THEN 1 ELSE 1 END",
    "CASE WHEN area / seats > 1 THEN 1 ELSE 2 END",
    "COALESCE(MIN(premises.size) FILTER (WHERE area > 0 AND FALSE), area)",
    "COALESCE(never_told > 1, seats / staff > 1, open_kitchen)",
    "COALESCE(cold_dishes, seats / staff > 1)",
    "COALESCE(cold_dishes, cold_dishes)",
    "never_told IS NULL",
    "(cold_dishes AND rent > not_yet) IS NULL",
    "ROUND(seats, 2)",
    "ROUND(area * share, 0)",
    "ROUND(rent * 2, 0)",
    "FLOOR(seats)",
    "FLOOR(seats / -7)",
    "CEIL(seats / staff)",
    "seats / -7 < staff",
    "seats / staff > 2 AND seats / -7 > staff / -3",
    "seats / (staff - staff) > 1",
    "never_told / seats > 1",
    "seats / never_told > 1",
    "ROUND(never_told / seats)",
    "bracket(opened, era)",
    "bracket(income, missing)",
    "bracket(never_told, grade)",
    "slices(never_told * rent, tax) > rent",
    "ROUND(slices(rent * 0.5, tax), 2)",
    "LEAST(opened, applied, DATE '2024-02-01')",
    "LEAST(rent, 0)",
    "open_kitchen = cold_dishes",
    "name = 'a'",
    "TRUE AND open_kitchen",
    "FALSE AND never_told > 1",
    "NOT (never_told > 1)",
    "-never_told",
    "COUNT(children)",
    "COUNT(premises) FILTER (WHERE open_kitchen)",
    "COUNT(premises) FILTER (WHERE seats / staff > 1)",
    "SUM(premises.size) FILTER (WHERE seats / staff > 1)",
    "SUM(children.fee * seats) FILTER (WHERE children.boards)",
    "SUM(seats) FILTER (WHERE children.boards)",
    "SUM(2) FILTER (WHERE children.boards)",
    "SUM(0) FILTER (WHERE premises.owned)",
    "MAX(3) FILTER (WHERE children.boards)",
    "MIN(premises.size) FILTER (WHERE premises.owned OR area > 50)",
    "BOOL_OR(TRUE) FILTER (WHERE children.boards)",
    "BOOL_AND(children.fee / seats > 1) FILTER (WHERE children.boards)",
    "BOOL_AND(premises.owned AND cold_dishes)",
    "SUM(ROUND(children.fee / seats, 2) + bracket(seats, grade)) FILTER (WHERE children.boards)",
]
"""Also run, but of no use to a reader."""
SHOPS: list[Facts] = [
    {
        "area": Known(Decimal("60.5")), "seats": Known(20), "staff": Known(3), "open_kitchen": Known(True),
        "cold_dishes": Known(True), "kind": Known("noodles"), "name": Known("a"), "rent": Known(500050),
        "income": Known(1666833), "score": Known(Decimal(10**18 - 1)), "opened": Known(date(2024, 1, 31)), "applied": Known(date(2024, 2, 29)),
        "children": Members((
            {"born": Known(date(2023, 2, 28)), "fee": Known(100), "boards": Known(True)},
            {"born": Known(date(2021, 3, 1)), "fee": Known(999999), "boards": ABSENT},
            {"born": ABSENT, "fee": Known(0)},
        )),
        "premises": Members(({"size": Known(Decimal("60.6"))},)),
    },
    {
        "area": Known(Decimal("100.0")), "seats": Known(0), "open_kitchen": Known(False), "cold_dishes": ABSENT,
        "kind": Known("bakery"), "name": ABSENT, "rent": Known(0), "income": Known(-5),
        "opened": Known(date(9999, 12, 31)), "applied": Known(date(2024, 2, 29)),
        "children": Members(({"born": Known(date(2024, 2, 29)), "fee": Known(7)},)), "premises": Members(()),
    },
    {
        "area": ABSENT, "seats": Known(50), "staff": Known(0), "open_kitchen": ABSENT, "kind": ABSENT,
        "name": ABSENT, "rent": ABSENT, "income": Known(0), "opened": Known(date(1, 1, 1)), "applied": ABSENT,
        "children": Members(()),
    },
    {
        "area": Known(Decimal("0.1")), "seats": Known(19), "open_kitchen": Known(True), "cold_dishes": Known(False),
        "kind": Known("hotpot"), "name": Known("b"), "rent": Known(10**12), "income": ABSENT,
        "opened": Known(date(2021, 2, 28)), "applied": Known(date(2024, 2, 28)), "children": Members(()),
        "premises": Members(({"size": ABSENT}, {"size": Known(Decimal("0.1"))})),
    },
]  # fmt: skip


def rule(text: str, **given: Any) -> Rule:
    checked = compile_rule(text, VOCABULARY, **given)
    assert checked.rule, checked.problems
    return checked.rule


def rules(case: str) -> dict[str, Rule]:
    return {name: rule(text) for name, text in CASES[case].items()}


# -- golden ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("case", CASES)
def test_golden_statements_are_these(case: str, engine: Engine) -> None:
    head = "".join(f"-- {name}: {text}\n" for name, text in CASES[case].items())
    found = head + statement(rules(case), SOURCE, PARAMETERS, engine)
    expected = GOLDEN / f"{case}.{engine}.sql"
    if os.environ.get("GOLDEN"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_no_golden_statement_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{c}.{engine}.sql" for c in CASES for engine in Engine
    }


# -- the golden statements run, and mean what the interpreter says -----------------------------------------


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    session = PostgreSQL(os.environ["TONGBAN_DATABASE_URL"])
    yield session
    session.close()


def as_told(source: Source, facts: Facts) -> Facts:
    """What the tables of the source tell of a subject."""
    told: dict[str, Any] = {}
    for name, column in source.columns.items():
        found = _told(column, facts.get(name))
        if found is not None:
            told[name] = found
    for name, relation in source.relations.items():
        members = facts.get(name)
        if isinstance(members, Members):
            rows = ({key: found for key, column in relation.columns.items() if (found := _told(column, row.get(key)))}
                    for row in members.rows)  # fmt: skip
            told[name] = Members(tuple(rows))
        elif relation.known is None:
            told[name] = Members(())
    return told


def _told(column: ColumnRef, found: Any) -> Any:
    if column.known is not None:
        return found
    if column.null_means is NullMeans.ABSENT:
        return ABSENT if found is None else found
    return None if found == ABSENT else found


def run(
    given: Mapping[str, Rule],
    source: Source,
    engine: Engine,
    found: Mapping[str, Any],
    session: PostgreSQL,
    parameters: Mapping[str, Any] = PARAMETERS,
) -> list[dict[str, State]]:
    """The states of all rules for the subjects of the tables, by DuckDB or PostgreSQL."""
    sql = statement(given, source, parameters, engine)
    if engine is Engine.DUCKDB:
        rows = duckdb.run(sql, found).to_pylist()
    else:
        session.load(found)
        rows = session.run(sql)
    rows.sort(key=lambda row: row[source.key])
    return [{name: results.state(one.type, row, name) for name, one in given.items()} for row in rows]


class _SQL:
    tells_facts = False


@pytest.mark.parametrize("no", [False, True])
def test_every_statement_gives_what_the_interpreter_gives(postgresql: PostgreSQL, no: bool) -> None:
    on_undefined = OnUndefined.NO if no else OnUndefined.REFER
    given = {
        f"{case}-{name}": rule(text, on_undefined=on_undefined)
        for case, of_case in CASES.items()
        for name, text in of_case.items()
    } | {f"odd-{number}": rule(text, on_undefined=on_undefined) for number, text in enumerate(ODD)}
    found = tables(SHOPS, VOCABULARY.facts, VOCABULARY.relations)
    for engine in (Engine.DUCKDB, Engine.POSTGRESQL):
        for row, facts in zip(run(given, SOURCE, engine, found, postgresql), SHOPS, strict=True):
            for name, one in given.items():
                right = evaluate(one, as_told(SOURCE, facts), PARAMETERS)
                assert same(row[name], right, _SQL), (engine, one.text, facts, row[name], right)


def test_the_golden_rules_come_out_in_every_state() -> None:
    states = {
        type(evaluate(rule(text), as_told(SOURCE, facts), PARAMETERS))
        for of_case in CASES.values()
        for text in of_case.values()
        for facts in SHOPS
    }
    assert states == {Known, Unknown, Undefined, type(ABSENT)}


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POSTGRESQL])
def test_of_several_reasons_the_first_member_gives_one(engine: Engine, postgresql: PostgreSQL) -> None:
    text = "SUM(CASE WHEN children.boards THEN ROUND(children.fee / (seats - seats)) ELSE not_yet END)"
    rows = [
        {"subject": 1, "place": place, "fee": 5, "boards": place == 1, "boards_known": True}
        for place in (2, 1)
    ]
    found = {
        "subjects": pyarrow.table({"id": [1], "seats": [3]}),
        "children": pyarrow.Table.from_pylist(rows),
    }
    source = replace(SOURCE, columns={"seats": ColumnRef("seats")})
    assert run({"r": rule(text)}, source, engine, found, postgresql) == [{"r": Undefined("division by zero")}]
    relation = replace(SOURCE.relations["children"], order=None)
    source = replace(source, relations={"children": relation})
    ((found_state,),) = (row.values() for row in run({"r": rule(text)}, source, engine, found, postgresql))
    assert isinstance(found_state, Undefined)


# -- names and texts ---------------------------------------------------------------------------------------

HOSTILE = [
    "x'; DROP TABLE subjects; --",
    'x"; DROP TABLE subjects; --',
    "x` FROM subjects; --",
    "\\'; SELECT 1; --",
    "a\\",
    "a\\\\'b",
    "*/ 1 /*",
    "${env:HOME}",
    "$1 $$ %s %(x)s :x ? {x}",
    "a\nb\r\tc",
    "\u202e反\u2028",
    "''",
    "😀",
    "x.y",
    "Area",
    " ",
]


def fact(name: str, type: Type) -> ir.Fact:
    return ir.Fact(name, type=type, line=1, column=1)


def equals(name: str, text: str) -> Rule:
    """name = 'text', whatever they are."""
    boolean, of_text = Type(Kind.BOOLEAN), Type(Kind.TEXT)
    literal = ir.Literal(text, type=of_text, line=1, column=1)
    root = ir.Compare("=", fact(name, of_text), literal, type=boolean, line=1, column=1)
    return Rule("", boolean, root, frozenset({name}), frozenset())


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POSTGRESQL])
def test_a_hostile_text_is_a_text_and_a_hostile_name_is_a_name(
    engine: Engine, postgresql: PostgreSQL
) -> None:
    for hostile in HOSTILE:
        source = Source(hostile, f"{hostile}1", {hostile: ColumnRef(f"{hostile}2", known=f"{hostile}3")})
        names = [f"{hostile}1", f"{hostile}2", f"{hostile}3"]
        subjects = pyarrow.table([[1, 2], [hostile, hostile + "x"], [True, True]], names=names)
        given = {hostile: equals(hostile, hostile)}
        states = run(given, source, engine, {hostile: subjects}, postgresql)
        assert [row[hostile] for row in states] == [Known(True), Known(False)], hostile


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POSTGRESQL])
def test_a_reason_may_hold_any_name(engine: Engine, postgresql: PostgreSQL) -> None:
    money, boolean = Type(Kind.MONEY), Type(Kind.BOOLEAN)
    subjects = pyarrow.table({"id": [1], "rent": [5]})
    for hostile in HOSTILE:
        parameter = ir.Parameter(hostile, type=money, line=1, column=1)
        root = ir.Compare("=", fact("rent", money), parameter, type=boolean, line=1, column=1)
        given = {"r": Rule("", boolean, root, frozenset({"rent"}), frozenset({hostile}))}
        source = Source("subjects", "id", {"rent": ColumnRef("rent")})
        (row,) = run(given, source, engine, {"subjects": subjects}, postgresql)
        assert row["r"] == Undefined(f"no value of '{hostile}' for this date")


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("bad", ["", "a\x00b", "\ud800"])
def test_what_no_engine_can_hold_as_a_name_is_refused(engine: Engine, bad: str) -> None:
    for source in (Source(bad, "id", {}), Source("t", bad, {}), Source(("s", bad), "id", {})):
        with pytest.raises(BadName):
            statement({"r": rule("open_kitchen")}, source, {}, engine)
    with pytest.raises(BadName):
        statement(
            {"r": rule("open_kitchen")}, Source("t", "id", {"open_kitchen": ColumnRef(bad)}), {}, engine
        )
    if bad:
        with pytest.raises(BadName):
            statement({"r": equals("name", bad)}, SOURCE, {}, engine)


def test_a_name_that_an_engine_would_change_is_refused() -> None:
    with pytest.raises(BadName, match="63 bytes"):
        DIALECTS[Engine.POSTGRESQL].identifier("事" * 22)
    assert DIALECTS[Engine.DUCKDB].identifier("事" * 22) == '"' + "事" * 22 + '"'
    with pytest.raises(BadName, match="Spark"):
        DIALECTS[Engine.SPARK].identifier("a${env:HOME}")


def test_two_columns_of_the_result_cannot_have_one_name() -> None:
    given = rule("open_kitchen")
    for names in (["r", "R"], ["a", "a_state"]):
        statement(dict.fromkeys(["r"], given), SOURCE, {}, Engine.DUCKDB)
        clash = dict.fromkeys(names, given)
        if names == ["a", "a_state"]:
            source, clash = replace(SOURCE, key="a_state"), {"a": given}
        else:
            source = SOURCE
        with pytest.raises(ValueError, match="same name"):
            statement(clash, source, {}, Engine.DUCKDB)


def test_tables_named_like_parts_of_the_statement_do_not_get_in_its_way(postgresql: PostgreSQL) -> None:
    found = {
        "subject": pyarrow.table({"key": [1], "step_1": [20], "key_status": [True]}),
        "step_1": pyarrow.table({"key": [1, 1], "order": [1, 2], "subject": [3, 4]}),
    }
    vocabulary = Vocabulary(
        {"seats": parse_type("integer")}, {}, {}, {"children": {"n": parse_type("integer")}}
    )
    source = Source(
        "subject",
        "key",
        {"seats": ColumnRef("step_1", known="key_status")},
        {"children": RelationRef("step_1", "key", {"n": ColumnRef("subject")}, order="order")},
    )
    one = compile_rule("LEAST(seats / 2 >= 3 AND TRUE, TRUE)", vocabulary).rule
    one = compile_rule("CASE WHEN seats / 2 >= 3 THEN SUM(children.n) ELSE 0 END", vocabulary).rule
    assert one
    for engine in (Engine.DUCKDB, Engine.POSTGRESQL):
        assert run({"r": one}, source, engine, found, postgresql) == [{"r": Known(7)}]


# -- widths ------------------------------------------------------------------------------------------------

PLAIN = replace(VOCABULARY, ranges={})


def unranged(text: str) -> Rule:
    checked = compile_rule(text, PLAIN)
    assert checked.rule, checked.problems
    return checked.rule


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.SPARK])
def test_a_number_that_does_not_fit_is_refused_with_the_part_and_what_to_do(engine: Engine) -> None:
    with pytest.raises(TooWide) as refused:
        statement({"r": unranged("open_kitchen OR\n  seats * staff * staff > 1")}, SOURCE, {}, engine)
    label = {"duckdb": "DuckDB", "spark": "Spark"}[engine]
    assert str(refused.value) == (
        f"Line 2, column 3: seats * staff * staff needs numbers of 54 digits, and {label} computes with at most 38. "
        "Declare the ranges of the facts in it, or round a part of it first with ROUND."
    )
    assert (refused.value.line, refused.value.column) == (2, 3)
    assert "38 位" in refused.value.text.zh
    assert statement({"r": rule("seats * staff * staff > 1")}, SOURCE, {}, engine)  # 10,000 of each at most


def test_postgresql_goes_on(postgresql: PostgreSQL) -> None:
    most = 10**18 - 1
    found = {"subjects": pyarrow.table({"id": [1], "seats": [most], "staff": [-most]})}
    source = Source("subjects", "id", {"seats": ColumnRef("seats"), "staff": ColumnRef("staff")})
    given = {"r": unranged("seats * staff * staff")}
    assert run(given, source, Engine.POSTGRESQL, found, postgresql) == [{"r": Known(most**3)}]


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POSTGRESQL])
def test_the_greatest_numbers_are_exact(engine: Engine, postgresql: PostgreSQL) -> None:
    most = 10**18 - 1
    found = {
        "subjects": pyarrow.table(
            {
                "id": [1, 2],
                "seats": [most, -most],
                "staff": [most, most],
                "area": pyarrow.array([Decimal(most).scaleb(-1), Decimal(-most).scaleb(-1)]).cast(
                    pyarrow.decimal128(18, 1)
                ),
            }
        )
    }
    source = Source("subjects", "id", {name: ColumnRef(name) for name in ("seats", "staff", "area")})
    given = {f"r{number}": unranged(text) for number, text in enumerate(
        ["seats * staff", "seats * area", "ROUND(seats / staff, 9)", "ROUND(seats * staff / 7)", "FLOOR(area / 3)",
         "CEIL(seats * staff / 10)", "area", "-area - seats", "seats / staff >= 1"]
    )}  # fmt: skip
    facts = [
        {"seats": Known(s * most), "staff": Known(most), "area": Known(Decimal(s * most).scaleb(-1))}
        for s in (1, -1)
    ]
    states = run(given, source, engine, found, postgresql)
    for row, of_row in zip(facts, states, strict=True):
        assert of_row == {name: evaluate(one, row, {}) for name, one in given.items()}


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POSTGRESQL])
@pytest.mark.parametrize(
    "text", ["seats * staff", "seats + staff", "ROUND(seats * 100 / staff)", "SUM(children.fee)"]
)
def test_a_value_outside_its_range_is_an_error_or_right_but_never_wraps(
    engine: Engine, text: str, postgresql: PostgreSQL
) -> None:
    most = 2**63 - 1
    found = {
        "subjects": pyarrow.table({"id": [1], "seats": [most], "staff": [most]}),
        "children": pyarrow.table({"subject": [1, 1], "place": [0, 1], "fee": [most, most]}),
    }
    source = Source(
        "subjects",
        "id",
        {"seats": ColumnRef("seats"), "staff": ColumnRef("staff")},
        {"children": RelationRef("children", "subject", {"fee": ColumnRef("fee")})},
    )
    fee = Members(({"fee": Known(most)}, {"fee": Known(most)}))
    right = evaluate(rule(text), {"seats": Known(most), "staff": Known(most), "children": fee}, {})
    found_state: State | str
    try:
        ((found_state,),) = [
            row.values() for row in run({"r": rule(text)}, source, engine, found, postgresql)
        ]
    except Exception as error:
        found_state = str(error)
    assert found_state == right or "out of range" in str(found_state).lower()


def test_a_result_with_too_many_digits_is_refused_too() -> None:
    checked = compile_rule("seats * staff", PLAIN, expect=parse_type("decimal(9)"))
    assert checked.rule
    with pytest.raises(TooWide, match="45 digits"):
        statement({"r": checked.rule}, SOURCE, {}, Engine.DUCKDB)
    assert statement({"r": checked.rule}, SOURCE, {}, Engine.POSTGRESQL)


def test_spark_divides_fewer_digits_than_it_adds() -> None:
    given = {"r": unranged("FLOOR(seats * staff / seats)")}
    with pytest.raises(TooWide, match="at most 32"):
        statement(given, SOURCE, {}, Engine.SPARK)
    assert statement(given, SOURCE, {}, Engine.DUCKDB)


# -- size --------------------------------------------------------------------------------------------------


def nested(shape: str, depth: int) -> Rule:
    text = "area"
    for number in range(depth):
        text = shape.format(x=text, n=number)
    return rule(f"{text} > 3")


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(
    "shape",
    [
        "LEAST({x}, area + {n})",
        "CASE WHEN cold_dishes THEN {x} ELSE area + {n} END",
        "COALESCE({x}, never_told, area)",
        "ROUND({x} / seats, 2)",
    ],
)
def test_the_text_of_a_statement_grows_no_faster_than_its_rule(shape: str, engine: Engine) -> None:
    sizes = [len(statement({"r": nested(shape, depth)}, SOURCE, PARAMETERS, engine)) for depth in (6, 12, 18)]
    assert sizes[2] - sizes[1] < 1.2 * (sizes[1] - sizes[0]) + 200


def test_a_wide_rule_has_a_text_in_proportion() -> None:
    def size(count: int) -> int:
        parts = " OR ".join(f"(income > {n} AND cold_dishes)" for n in range(count))
        return len(statement({"r": rule(parts)}, SOURCE, PARAMETERS, Engine.POSTGRESQL))

    assert size(80) - size(40) < 1.2 * (size(40) - size(20)) * 2


def test_a_deep_rule_runs_quickly_on_postgresql(postgresql: PostgreSQL) -> None:
    """Without the fences between its layers this takes longer than a lifetime."""
    found = tables(SHOPS, VOCABULARY.facts, VOCABULARY.relations)
    given = {"r": nested("CASE WHEN cold_dishes THEN {x} ELSE area + {n} END", 18)}
    states = run(given, SOURCE, Engine.POSTGRESQL, found, postgresql)
    for row, facts in zip(states, SHOPS, strict=True):
        assert same(row["r"], evaluate(given["r"], as_told(SOURCE, facts), PARAMETERS), _SQL)


# -- results -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "row"),
    [
        ("boolean", ("known", None, None)),
        ("boolean", ("known", 1, None)),
        ("integer", ("known", Decimal("0.5"), None)),
        ("integer", ("known", True, None)),
        ("date", ("known", "2024-01-01", None)),
        ("money", ("absent", 5, None)),
        ("money", ("undefined", None, None)),
        ("money", ("never", None, None)),
    ],
)
def test_a_row_that_no_statement_gives_is_refused(type: str, row: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError):
        results.state(parse_type(type), dict(zip(["r_state", "r_value", "r_reason"], row, strict=True)), "r")


# -- the engines -------------------------------------------------------------------------------------------


def test_duckdb_reads_arrow_rows_and_parquet_and_nothing_else(tmp_path: Path) -> None:
    rows = [{"id": 1, "open_kitchen": True}, {"id": 2, "open_kitchen": False}]
    table = pyarrow.Table.from_pylist(rows)
    parquet.write_table(table, tmp_path / "it's.parquet")
    sql = statement({"r": rule("open_kitchen")}, Source("shops", "id", SOURCE.columns), {}, Engine.DUCKDB)
    for shops in (rows, table, tmp_path / "it's.parquet"):
        answer = duckdb.run(sql, {"shops": shops}).to_pylist()
        assert sorted((row["id"], row["r_value"]) for row in answer) == [(1, True), (2, False)]
    shops = table  # a variable of this name is no table
    with pytest.raises(Exception, match="shops does not exist"):
        duckdb.run(sql, {})


def test_an_engine_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "_sessions", [])
    for module, run_one, extra in (("duckdb", duckdb.run, "engines"), ("pyspark.sql", spark.run, "spark")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(duckdb.EngineMissing, match=rf"pip install 'tongban\[{extra}\]'"):
            run_one("SELECT 1", {})
    monkeypatch.undo()
    monkeypatch.setattr(spark, "_sessions", [])
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(duckdb.EngineMissing, match="openjdk-17-jre-headless"):
        spark.run("SELECT 1", {})

"""The text of a decision table means what its rows mean, over random tables and random rows.

Rows are read here a second time: each cell carries what it means as a function, and rows are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import ABSENT, Absent, Known, State, Undefined
from tongban.core.rules.tables.table import Policy, read_table
from tongban.core.rules.tables.texts import to_rule_text
from tongban.core.rules.types import Vocabulary, parse_type

FACTS = {
    "seats": parse_type("integer"),
    "ratio": parse_type("decimal(1)"),
    "income": parse_type("money"),
    "cost": parse_type("money"),
    "opened": parse_type("date"),
    "music": parse_type("boolean"),
    "kind": parse_type("code", codes="kinds"),
    "name": parse_type("text"),
}
VOCABULARY = Vocabulary(FACTS, {}, {"kinds": frozenset({"a", "b", "c"})})
DAYS = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 1)]
POOLS: dict[str, list[Any]] = {
    "seats": [-1, 0, 1, 2, 3, 4, 5],
    "ratio": [Fraction(number, 10) for number in (-1, 0, 4, 5, 6, 10)],
    "income": [-1, 0, 49, 50, 51, 100, 101],
    "cost": [0, 50, 100],
    "opened": [date(2026, 1, 30), *DAYS],
    "music": [True, False],
    "kind": ["a", "b", "c"],
    "name": ["x", "it's", "other"],
}
Env = dict[str, Any]
UNDEFINED = "undefined"


@dataclass(frozen=True)
class Column:
    text: str
    meaning: Callable[[Env], Any]
    values: list[tuple[str, Any]]
    """(as a cell says it, value)"""
    ordered: bool


def _ratio(env: Env) -> Any:
    if env["cost"] == 0 and env["cost"] is not None:
        return UNDEFINED
    return None if None in (env["income"], env["cost"]) else Fraction(env["income"]) / env["cost"]


def _sum(env: Env) -> Any:
    return None if env["seats"] is None else env["seats"] + 2


COLUMNS = [
    Column("seats", lambda env: env["seats"], [(str(n), n) for n in range(4)], True),
    Column("ratio", lambda env: env["ratio"], [("0.5", Fraction(1, 2)), ("0", 0), ("0.45", Fraction(9, 20))], True),
    Column("income", lambda env: env["income"], [("0.5", 50), ("1", 100), ("0", 0)], True),
    Column("opened", lambda env: env["opened"], [(day.isoformat(), day) for day in DAYS[:3]], True),
    Column("seats + 2", _sum, [(str(n), n) for n in (2, 3, 4)], True),
    Column("income / cost", _ratio, [("1", 1), ("0.5", Fraction(1, 2)), ("2", 2)], True),
    Column("music", lambda env: env["music"], [("true", True), ("FALSE", False)], False),
    Column("kind", lambda env: env["kind"], [("a", "a"), ("'b'", "b"), ('"c"', "c")], False),
    Column("name", lambda env: env["name"], [("x", "x"), ("'it''s'", "it's")], False),
]  # fmt: skip


@dataclass(frozen=True)
class Cell:
    text: str
    holds: Callable[[Any], bool | None]
    """None where the value is absent and that is not asked for."""


def _strict(predicate: Callable[[Any], bool]) -> Callable[[Any], bool | None]:
    return lambda value: None if value is None else predicate(value)


@st.composite
def cells(draw: st.DrawFn, column: Column, depth: int = 2) -> Cell:
    shapes = ["any", "value", "value", *(["list", "not"] if depth else [])]
    shapes += ["null"] * ("/" not in column.text)
    shape = draw(st.sampled_from(shapes + ["compared", "range", "range"] * column.ordered))
    if shape == "any" and depth == 2:
        return Cell(draw(st.sampled_from(["", "-"])), lambda value: True)
    (text, wanted), (high_text, high) = (draw(st.sampled_from(column.values)) for _ in range(2))
    match shape:
        case "null":
            return Cell("null", lambda value: value is None)
        case "compared":
            return {
                "<": Cell(f"< {text}", _strict(lambda value: value < wanted)),
                ">=": Cell(f">={text}", _strict(lambda value: value >= wanted)),
            }[draw(st.sampled_from(["<", ">="]))]
        case "range":
            low_in, high_in = draw(st.booleans()), draw(st.booleans())
            return Cell(
                f"{'[' if low_in else '('}{text}..{high_text}{']' if high_in else ')'}",
                _strict(
                    lambda value: (
                        (value >= wanted if low_in else value > wanted)
                        and (value <= high if high_in else value < high)
                    )
                ),
            )
        case "list" if depth:
            parts = draw(st.lists(cells(column, depth - 1), min_size=2, max_size=3))
            return Cell(", ".join(part.text for part in parts), lambda value: _or(parts, value))
        case "not" if depth:
            part = draw(cells(column, depth - 1))
            return Cell(f"not({part.text})", lambda value: _not(part.holds(value)))
        case _:
            return Cell(text, _strict(lambda value: value == wanted))


def _or(parts: list[Cell], value: Any) -> bool | None:
    answers = [part.holds(value) for part in parts]
    return True if True in answers else None if None in answers else False


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _takes(columns: list[Column], row: list[Cell], env: Env) -> Any:
    """True, False or undefined."""
    answers = [
        UNDEFINED if (value := column.meaning(env)) == UNDEFINED and cell.text not in ("", "-") else cell.holds(value)
        for column, cell in zip(columns, row, strict=True)
    ]  # fmt: skip
    if False in answers:
        return False
    return UNDEFINED if UNDEFINED in answers else None not in answers


@dataclass(frozen=True, repr=False)
class Drawn:
    columns: list[Column]
    body: list[list[Cell]]
    outputs: list[tuple[str, Callable[[Env], Any]]]
    otherwise: bool

    @property
    def rows(self) -> list[list[str]]:
        names = [*(column.text for column in self.columns), "-> out"]
        body = [[*(cell.text for cell in row), text] for row, (text, _) in zip(self.body, self.outputs, strict=True)]  # fmt: skip
        last = [["else", *[""] * (len(self.columns) - 1), "7"]] if self.otherwise else []
        return [names, *body, *last]

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in self.rows)


OUTPUTS: list[tuple[str, Callable[[Env], Any]]] = [
    ("1", lambda _: 1),
    ("2", lambda _: 2),
    ("-3", lambda _: -3),
    ("0.5", lambda _: Fraction(1, 2)),
    ("seats", lambda env: env["seats"]),
    ("ratio * 2", lambda env: None if env["ratio"] is None else env["ratio"] * 2),
]


@st.composite
def tables(draw: st.DrawFn, fixed: bool = False, rows: int = 4) -> Drawn:
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique_by=lambda c: c.text))
    body = draw(
        st.lists(st.tuples(*(cells(column) for column in columns)).map(list), min_size=1, max_size=rows)
    )
    outputs = [draw(st.sampled_from(OUTPUTS[: 4 if fixed or draw(st.booleans()) else 6])) for _ in body]
    return Drawn(columns, body, outputs, draw(st.booleans()))


def environment(random: Random) -> Env:
    return {name: None if random.random() < 0.2 else random.choice(pool) for name, pool in POOLS.items()}


def state(name: str, value: Any) -> Known | Absent:
    if value is None:
        return ABSENT
    return Known(Decimal(int(value * 10)).scaleb(-1) if name == "ratio" else value)


def meaning(drawn: Drawn, policy: Policy, env: Env) -> Any:
    """What the table says; None where it says nothing. Rows are looked at one by one."""
    takes = [_takes(drawn.columns, row, env) for row in drawn.body]
    values = [output[1](env) for output in drawn.outputs]
    if policy in (Policy.UNIQUE, Policy.FIRST, Policy.ANY):
        for taken, value in zip(takes, values, strict=True):
            if taken is not False:
                return UNDEFINED if taken == UNDEFINED else value
        return 7 if drawn.otherwise else None
    if UNDEFINED in takes:
        return UNDEFINED
    taken_values = [value for taken, value in zip(takes, values, strict=True) if taken]
    if policy is Policy.COUNT:
        taken_values = [1] * len(taken_values)
    if not taken_values and (drawn.otherwise or policy in (Policy.MIN, Policy.MAX)):
        return 7
    if None in taken_values:
        return None
    return {Policy.MIN: min, Policy.MAX: max}.get(policy, sum)(taken_values)


def says(found: State, value: Any) -> bool:
    match found:
        case Known():
            return not isinstance(value, str) and value is not None and Fraction(found.value) == value  # type: ignore[arg-type]
        case Absent():
            return value is None
        case Undefined():
            return value == UNDEFINED
        case _:
            return False


def examples(count: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=checks)


@examples(250)
@given(tables(), st.sampled_from(list(Policy)), st.integers(0, 2**32))
def test_the_text_of_a_table_means_what_its_rows_mean(drawn: Drawn, policy: Policy, seed: int) -> None:
    source, problems = read_table(drawn.rows, policy)
    assert source, problems
    result = to_rule_text(source, VOCABULARY)
    assert result.table.source == tuple(map(tuple, drawn.rows))
    if result.problems:
        assert {problem.code for problem in result.problems} <= {"overlap", "gap", "conflict"}
        return
    rule = compile_rule(result.texts["out"], VOCABULARY).rule
    assert rule
    random = Random(seed)
    for _ in range(25):
        env = environment(random)
        found = evaluate(rule, {name: state(name, value) for name, value in env.items()}, {})
        expected = meaning(drawn, policy, env)
        if expected == UNDEFINED and policy in (Policy.UNIQUE, Policy.ANY, Policy.MIN, Policy.MAX):
            continue  # a complete table is written without its last condition, and fixed values in their order
        assert says(found, expected), (found, expected, env, result.texts)


PLAIN = [column for column in COLUMNS if column.text in POOLS]


@st.composite
def plain_tables(draw: st.DrawFn) -> Drawn:
    """Tables over facts of which the pools hold a value from every region."""
    columns = draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3, unique_by=lambda c: c.text))
    body = draw(st.lists(st.tuples(*(cells(column) for column in columns)).map(list), min_size=1, max_size=5))
    return Drawn(columns, body, [draw(st.sampled_from(OUTPUTS[:3])) for _ in body], False)


@examples(150)
@given(plain_tables())
def test_overlaps_gaps_and_conflicts_are_those_of_trying_every_subject(drawn: Drawn) -> None:
    overlapping, conflicting, gaps = set(), set(), False
    reached: set[int] = set()
    for values in product(*([*POOLS[column.text], None] for column in drawn.columns)):
        env = dict(zip((column.text for column in drawn.columns), values, strict=True))
        taken = [index for index, row in enumerate(drawn.body) if _takes(drawn.columns, row, env)]
        gaps |= not taken
        reached |= set(taken[:1])
        for first, second in ((a, b) for a in taken for b in taken if a < b):
            overlapping.add((first, second))
            if drawn.outputs[first][0] != drawn.outputs[second][0]:
                conflicting.add(second + 2)
    found = {policy: to_rule_text(read_table(drawn.rows, policy)[0], VOCABULARY) for policy in Policy}  # type: ignore[arg-type]
    codes = [problem.code for problem in found[Policy.UNIQUE].problems]
    assert codes.count("overlap") == len(overlapping)
    assert ("gap" in codes) == gaps
    any_problems = found[Policy.ANY].problems
    assert {problem.row for problem in any_problems if problem.code == "conflict"} == conflicting
    unreached = {warning.row for warning in found[Policy.FIRST].warnings}
    assert unreached == {index + 2 for index in range(len(drawn.body))} - {index + 2 for index in reached}
    for problem in found[Policy.UNIQUE].problems:
        subject = {name: _shown(name, value) for name, value in problem.subject.items()}
        takes = [_takes(drawn.columns, row, subject) for row in drawn.body]
        assert takes.count(True) == 0 if problem.code == "gap" else takes.count(True) >= 2


def _shown(name: str, value: Any) -> Any:
    return Fraction(value) if name == "ratio" and value is not None else value


def test_a_table_that_is_complete_says_something_of_everybody() -> None:
    rows = [
        ["seats", "music", "-> x"],
        ["< 3", "-", "1"],
        [">= 3, null", "TRUE", "2"],
        [">= 3, null", "not(TRUE), null", "3"],
    ]
    source, problems = read_table(rows)
    assert source, problems
    text = to_rule_text(source, VOCABULARY).texts["x"]
    rule = compile_rule(text, VOCABULARY).rule
    assert rule
    for seats, music in product([*POOLS["seats"], None], [True, False, None]):
        found = evaluate(rule, {"seats": state("seats", seats), "music": state("music", music)}, {})
        assert isinstance(found, Known)

"""The text that rules become: nothing of a pack runs in it, and it is the same every time."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rules import strategies
from tests.core.rules.meaning import Sample
from tests.core.rules.test_rule_properties import compiled, examples
from tests.core.rules.test_rule_to_python import CORNERS, KEY, check, rule_of

from tongban.core.rules import ir
from tongban.core.rules.ir import Aggregation, Function
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Brackets, Known, Members, Parameters
from tongban.core.rules.to_python import programs
from tongban.core.rules.types import Kind, Type

GOLDEN = Path(__file__).parent / "golden" / "python"
BOOLEAN, INTEGER, TEXT = (Type(kind) for kind in (Kind.BOOLEAN, Kind.INTEGER, Kind.TEXT))
PLACE = {"line": 1, "column": 1}
NAMES = re.compile(
    r"[fkpqtuorvxD][0-9]+|[am]|facts|parameters|tables|relations|FACTS|PARAMETERS|TABLES|RELATIONS|FIELDS"
)
CALLS = {
    *(
        "strict",
        "strict_partial",
        "both",
        "either",
        "ratio",
        "case",
        "coalesce",
        "half_away",
        "half_away_ratio",
    ),
    *("gather_sum", "gather_min", "gather_max", "gather_or", "gather_and", "bracket", "slices", "field"),
    *("add_months", "months_between", "years_between", "days_between", "date", "type", "abs", "min", "max"),
}
HOSTILE = [
    "__import__('os').system('false')",
    "class",
    "f0",
    "True",
    "'); raise SystemExit  #",
    "a\nraise SystemExit\n",
    'a"""\\',
    "{facts}",
    "\\N{BULLET}",
    "名\u2028字",
    "\ud800",
    "x" * 5000,
    "",
]


def names_in(text: str) -> set[str]:
    """What the text names, having made sure that it is made of nothing but harmless statements."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        assert not isinstance(
            node, ast.Attribute | ast.Subscript | ast.Import | ast.JoinedStr | ast.Lambda
        ) or (isinstance(node, ast.Attribute) and node.attr == "append" and ast.unparse(node.value) == "a"), (
            ast.unparse(node)
        )
        if isinstance(node, ast.Constant):
            assert type(node.value) in (int, str, bool, type(None))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@examples(80)
@given(st.lists(strategies.rules, min_size=1, max_size=4))
def test_a_text_names_nothing_but_what_it_made_and_what_it_may_call(samples: list[Sample]) -> None:
    text = programs.text({str(number): compiled(sample) for number, sample in enumerate(samples)})
    assert text.isascii()
    for name in names_in(text) - CALLS - {"bool", "int", "str"}:
        assert NAMES.fullmatch(name), name


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_and_texts_are_looked_up_and_compared_and_never_run(name: str) -> None:
    other = name + "?"
    fact, literal = ir.Fact(name, type=TEXT, **PLACE), ir.Literal(name, type=TEXT, **PLACE)
    parameter = ir.Parameter(other, type=TEXT, **PLACE)
    member = ir.Member(name, other, type=INTEGER, **PLACE)
    total = ir.Aggregate(Aggregation.SUM, "r" + name, member, None, type=INTEGER, **PLACE)
    looked_up = ir.Bracket(total, "t" + name, INTEGER, TEXT, False, type=TEXT, **PLACE)
    roots = {
        name: ir.Compare("=", fact, literal, type=BOOLEAN, **PLACE),
        "given": ir.Compare("<>", fact, parameter, type=BOOLEAN, **PLACE),
        "one of": ir.In(fact, (literal, ir.Literal(other, type=TEXT, **PLACE)), type=BOOLEAN, **PLACE),
        "table": looked_up,
    }
    rules = {
        key: Rule("", root.type, root, frozenset(ir.facts(root)), frozenset(ir.parameters(root)))
        for key, root in roots.items()
    }
    text = programs.text(rules)
    assert text.isascii()
    assert {n for n in names_in(text) - CALLS - {"bool", "int", "str"} if not NAMES.fullmatch(n)} == set()
    relation = Members(({other: Known(3)}, {other: ABSENT}))
    given_parameters: Parameters = {other: other, "t" + name: Brackets((1,), (name,))}
    check(rules, {name: Known(name), "r" + name: relation}, given_parameters)
    check(rules, {name: Known(other)}, {})
    found = programs.program(rules).run({name: Known(name), "r" + name: relation}, given_parameters)
    assert found == {name: Known(True), "given": Known(True), "one of": Known(True), "table": Known(name)}
    loaded = programs.load(programs.dump(programs.program(rules), KEY), KEY)
    assert loaded.run({}, {}) == programs.program(rules).run({}, {})


@examples(40)
@given(st.lists(strategies.rules, min_size=1, max_size=4))
def test_the_same_rules_give_the_same_text(samples: list[Sample]) -> None:
    first, second = (
        {str(number): compiled(sample) for number, sample in enumerate(samples)} for _ in range(2)
    )
    assert programs.text(first) == programs.text(second)


def test_what_two_rules_ask_is_written_once() -> None:
    one = programs.text({"a": rule_of("area * 3 > 6 AND music")})
    both = programs.text({"a": rule_of("area * 3 > 6 AND music"), "b": rule_of("music OR area * 3 > 6.0")})
    assert both.count(" * 3") == one.count(" * 3") == 1
    assert both.count("> 6") == 2  # 6.0 has another scale
    assert both.count("k1") == one.count("k1")


def test_a_part_of_a_loop_is_not_taken_for_a_part_of_another() -> None:
    """The same node object in two places, as hand-made rules may have it."""
    field = ir.Member("rooms", "size", type=Type(Kind.DECIMAL, 2), **PLACE)
    one, other = (
        ir.Aggregate(function, "rooms", field, None, type=field.type, **PLACE)
        for function in (Aggregation.MIN, Aggregation.MAX)
    )
    root = ir.Compare("<", one, other, type=BOOLEAN, **PLACE)
    rule = Rule("", BOOLEAN, root, frozenset({"rooms"}), frozenset())
    rows = ({"size": Known(Decimal("2.00"))}, {"size": Known(Decimal("1.00"))})
    check({"": rule}, {"rooms": Members(rows)}, {})
    check({"": rule}, {"rooms": Members(rows[:1])}, {})


def test_a_quotient_stands_nowhere_else() -> None:
    seats = ir.Fact("seats", type=INTEGER, **PLACE)
    root = ir.Negate(ir.Quotient(seats, seats, type=INTEGER, **PLACE), type=INTEGER, **PLACE)
    with pytest.raises(TypeError, match="quotient"):
        programs.text({"": Rule("", INTEGER, root, frozenset({"seats"}), frozenset())})


# -- golden texts ------------------------------------------------------------------------------------------

CASES = {
    "conditions": {
        "shop": "NOT music AND (area >= least_area OR kind IN ('noodle', 'bar')) AND ratio > 0.5",
        "again": "area >= least_area OR kind = 'cafe' OR opened BETWEEN cutoff AND DATE '2001-02-28'",
    },
    "amounts": {
        "share": "LEAST(ROUND(income * rate, 2), cap)",
        "yuan": "ROUND(income / seats, 0)",
        "graded": "CASE WHEN ratio > 1 THEN cap WHEN music THEN income ELSE 0.5 END",
        "assumed": "COALESCE(cost, 0) + income",
    },
    "ratios": {
        "share": "cost / income >= 0.03",
        "both": "area / kitchen < seats / area",
        "negative": "area / -3 < ratio",
        "floor": "FLOOR(ratio / area) + CEIL(ratio)",
    },
    "dates": {
        "age": "years_between(opened, cutoff) >= 3 AND days_between(opened, closed) < 100",
        "later": "add_months(opened, seats * 2) <= closed AND add_months(DATE '9999-12-31', 1) > closed",
        "none": "closed IS NULL OR opened IS NOT NULL",
    },
    "relations": {
        "young": "COUNT(children) FILTER (WHERE children.born > cutoff AND music) >= 2",
        "fees": "SUM(children.fee) FILTER (WHERE NOT children.boards)",
        "any": "BOOL_OR(rooms.owned OR rooms.size / seats > 1)",
    },
    "brackets": {
        "price": "bracket(ratio, prices)",
        "tax": "ROUND(slices(income, bands), 2)",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_a_golden_text_is_what_the_rules_become(case: str) -> None:
    written = golden(case)
    expected = GOLDEN / f"{case}.py.txt"
    if os.environ.get("GOLDEN"):
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_text(written, encoding="utf-8")
    assert written == expected.read_text(encoding="utf-8")


def test_golden_texts_that_change_go_with_another_format() -> None:
    """Dumps are named by their rules: those of a release that wrote other texts have to be told apart."""
    digest = hashlib.sha256("".join(map(golden, CASES)).encode()).hexdigest()
    written = f"{programs.FORMAT} {digest}\n"
    expected = GOLDEN / "format.txt"
    last = expected.read_text(encoding="utf-8") if expected.exists() else ""
    if last != written and last.split(" ")[0] == str(programs.FORMAT):
        pytest.fail("the texts of programs changed: raise FORMAT in to_python/programs.py")
    if os.environ.get("GOLDEN"):
        expected.write_text(written, encoding="utf-8")
    assert written == expected.read_text(encoding="utf-8")


def golden(case: str) -> str:
    rules = {name: rule_of(text) for name, text in CASES[case].items()}
    head = "".join(f"# {name}: {text}\n" for name, text in CASES[case].items())
    return f"{head}\n{programs.text(rules)}"


def test_the_rules_that_are_tried_reach_every_function_that_a_text_can_call() -> None:
    texts = [*CORNERS, *(text for case in CASES.values() for text in case.values())]
    called = {name for text in texts for name in names_in(programs.text({"": rule_of(text)})) & CALLS}

    @examples(150)
    @given(strategies.rules)
    def collect(sample: Sample) -> None:
        called.update(names_in(programs.text({"": compiled(sample)})) & CALLS)

    collect()
    assert called == CALLS
    assert {function.value for function in Function} - called == {"floor", "ceil", "least", "greatest"}

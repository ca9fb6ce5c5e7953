"""All engines on random rules and random subjects, for as long as you like.

    python -m tests.core.rules.fuzz --minutes 20
    python -m tests.core.rules.fuzz --engines spark,postgresql --seed 7

Every rule is evaluated by the interpreter for every subject, and by each engine; the states have to be the same.
Prints counts, and of a disagreement the smallest part of the rule and of the facts that still shows it.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.core.rules import strategies, subjects
from tests.core.rules.engines import (
    Adapter,
    DuckDB,
    Given,
    Interpreter,
    Layout,
    NumPy,
    PostgreSQL,
    Python,
    Spark,
    same,
    to_json,
)
from tests.core.rules.subjects import FACTS, PARAMETERS, RELATIONS, VOCABULARY

from tongban.base.engines import postgres
from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.printing import print_node
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import (
    Absent,
    Brackets,
    Facts,
    Known,
    Members,
    Parameters,
    State,
    Value,
)
from tongban.core.rules.to_sql.emit import TooWide
from tongban.core.rules.types import Kind, Range, Type, Vocabulary

ROWS = 40
RULES = 12
"""Of one batch: they share a vocabulary, a layout of the tables, subjects and parameters."""


# -- random rules and subjects -----------------------------------------------------------------------------

_LIMITS = {Kind.INTEGER: 10**6, Kind.DECIMAL: Decimal(10**4), Kind.MONEY: 10**14}
"""Of the declared ranges. 10^14 fen are 10^12 yuan."""
RANGED = replace(
    VOCABULARY,
    ranges={
        name: Range(-_LIMITS[type.kind], _LIMITS[type.kind])
        for name, type in [
            *FACTS.items(),
            *(
                (f"{relation}.{name}", type)
                for relation, fields in RELATIONS.items()
                for name, type in fields.items()
            ),
        ]
        if type.kind in _LIMITS
    },
)
EXTREME_DAYS = [
    date(1, 1, 1),
    date(9999, 12, 31),
    date(9999, 12, 1),
    date(1, 12, 31),
    date(2024, 2, 29),
    date(1900, 2, 28),
]


_SHAPES = (strategies.results, strategies.conditions, strategies.numbers, strategies.amounts)


@dataclass(frozen=True)
class Batch:
    rules: Mapping[str, Rule]
    given: Given
    vocabulary: Vocabulary


_RULES = st.one_of(strategies.results(2), *(make(depth) for depth in (3, 4, 5) for make in _SHAPES))


def texts(number: int, count: int) -> list[str]:
    """Random rules, the same ones for the same number; somewhat fewer, as some come twice."""
    found: dict[str, None] = {}

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_RULES)
    def collect(sample: Any) -> None:
        found.setdefault(sample.text)

    collect()
    return [*found]


_SMALL = (
    "months_between(opened, closed)",
    "years_between(closed, opened)",
    "days_between(opened, closed)",
    "add_months(opened, seats)",
    "add_months(closed, -1)",
    "add_months(DATE '2024-01-31', area)",
    "FLOOR(ratio / seats)",
    "CEIL(income / cost)",
    "FLOOR(ratio)",
    "CEIL(ratio)",
    "ROUND(ratio, 1)",
    "ROUND(area / seats, 2)",
    "ROUND(income / seats, 0)",
    "ROUND(income * ratio, 1)",
    "area / seats >= ratio",
    "income / cost < area / seats",
    "income / cost = ratio",
    "income BETWEEN cost AND cap",
    "area BETWEEN kitchen AND 2",
    "LEAST(area, ratio, 1)",
    "GREATEST(income, cost)",
    "GREATEST(opened, closed)",
    "ABS(ratio - area)",
    "COALESCE(income, cost)",
    "COALESCE(area / seats >= 1, music)",
    "CASE WHEN music THEN area WHEN open_air THEN seats ELSE area END",
    "CASE WHEN music THEN ROUND(1 / seats) WHEN area / seats > 1 THEN 1 ELSE 1 END",
    "CASE WHEN area / seats > 1 OR music THEN income ELSE cost END",
    "bracket(area, prices)",
    "bracket(opened, periods)",
    "ROUND(slices(income, bands), 2)",
    "ROUND(area / seats) IS NULL OR name = 'A'",
    "kind NOT IN ('noodle', 'bar')",
    "COUNT(children) FILTER (WHERE years_between(children.born, opened) < 3)",
    "SUM(children.grade) FILTER (WHERE children.boards)",
    "SUM(children.fee) FILTER (WHERE children.grade / seats >= 1)",
    "MIN(children.born)",
    "MAX(rooms.size) FILTER (WHERE rooms.owned OR music)",
    "BOOL_OR(children.grade / area > 1) FILTER (WHERE children.boards)",
    "BOOL_AND(rooms.size > ratio)",
)
"""One thing each: most faults show in these."""
_BESIDE = {
    Kind.BOOLEAN: [
        "({x}) = music",
        "({x}) AND music",
        "CASE WHEN {x} THEN area ELSE seats END",
        "COALESCE({x}, music)",
    ],
    Kind.INTEGER: ["({x}) < seats", "({x}) + seats", "({x}) / seats > 1", "COALESCE({x}, seats)"],
    Kind.DECIMAL: ["({x}) >= ratio", "({x}) - ratio", "ROUND(ratio / ({x}), 1)", "LEAST({x}, ratio)"],
    Kind.MONEY: [
        "({x}) <> income",
        "({x}) - income",
        "({x}) / income > 1",
        "CASE WHEN music THEN {x} ELSE income END",
    ],
    Kind.DATE: ["({x}) > opened", "months_between({x}, opened)", "COALESCE({x}, opened)"],
    Kind.TEXT: ["({x}) = name"],
    Kind.CODE: ["({x}) = kind"],
}
"""Beside a fact: whether something open could be undefined only shows there."""
_GREATER = (
    "({a}) AND ({b}) AND ({c})",
    "({a}) OR ({b}) OR NOT ({c})",
    "CASE WHEN {a} THEN {b} WHEN {b} THEN {c} ELSE {a} END",
    "({x}) / ({y}) >= ({z})",
    "({x}) / ({y}) < ({y}) / ({z})",
    "({x}) BETWEEN ({y}) AND ({z})",
    "COALESCE({a}, {b}, {c})",
    "({a}) = ({b})",
    "CASE WHEN {a} THEN {x} WHEN {b} THEN {y} ELSE {z} END",
    "CASE WHEN {a} THEN {x} WHEN {b} THEN {x} WHEN {c} THEN {y} ELSE {x} END",
    "COALESCE({x}, {y}, {z})",
    "LEAST({x}, {y}, {z})",
    "GREATEST({x}, {y})",
)


def _greater(random: Random, rules: Sequence[Rule], vocabulary: Vocabulary) -> Rule | None:
    """A rule made of others, if they go together."""
    one = random.choice(rules)
    if random.random() < 0.5:
        text = random.choice(_BESIDE[one.type.kind]).format(x=one.text)
    else:
        conditions = [rule.text for rule in rules if rule.type.kind is Kind.BOOLEAN] or ["music"]
        values = [rule.text for rule in rules if rule.type.kind is one.type.kind]
        text = random.choice(_GREATER).format(
            **{name: random.choice(conditions) for name in "abc"},
            **{name: random.choice(values) for name in "xyz"},
        )
    return compile_rule(text, vocabulary, on_undefined=random.choice([*OnUndefined])).rule


def batches(number: int, count: int, rows: int = ROWS) -> Iterator[Batch]:
    """About so many random rules, in batches: a third as they come, the rest made of them and of small ones."""
    third, random = RULES // 3, Random(number)
    found = texts(number, count // 3)
    random.shuffle(found)  # neighbours are alike
    for start in range(0, len(found), third):
        vocabulary = random.choice([VOCABULARY, RANGED, RANGED])
        written = [*found[start : start + third], *random.sample(_SMALL, third)]
        rules = [_compiled(text, vocabulary, random.choice([*OnUndefined])) for text in written]
        for _ in range(third):
            if greater := _greater(random, rules, vocabulary):
                rules.append(greater)
        layout = random.choice([Layout.everything(), Layout.some(random), Layout.some(random)])
        extreme = random.choice([0.0, 0.1, 0.5])
        given = [layout.fitted(_facts(random, vocabulary, extreme)) for _ in range(rows)]
        named = {f"r{index}": rule for index, rule in enumerate(rules)}
        yield Batch(named, Given(layout, given, _parameters(random, extreme)), vocabulary)


def _compiled(text: str, vocabulary: Vocabulary, on_undefined: OnUndefined) -> Rule:
    checked = compile_rule(text, vocabulary, on_undefined=on_undefined)
    assert checked.rule, checked.problems
    return checked.rule


def _facts(random: Random, vocabulary: Vocabulary, extreme: float) -> Facts:
    facts = subjects.some_facts(random, subjects.READABLE)
    if random.random() < 0.3:
        facts = subjects.complete(random, subjects.READABLE, facts)
    return {name: _stretched(random, name, found, vocabulary, extreme) for name, found in facts.items()}


def _stretched(
    random: Random, name: str, found: Known | Absent | Members, vocabulary: Vocabulary, extreme: float
) -> Known | Absent | Members:
    """Now and then the most that a fact can hold, instead of what it holds."""
    if isinstance(found, Members):
        fields = RELATIONS[name]
        return Members(
            tuple(
                {
                    key: _stretched_value(random, f"{name}.{key}", fields[key], known, vocabulary, extreme)
                    for key, known in row.items()
                }
                for row in found.rows
            )
        )
    return _stretched_value(random, name, FACTS[name], found, vocabulary, extreme) if name in FACTS else found


def _stretched_value(
    random: Random, name: str, type: Type, found: Known | Absent, vocabulary: Vocabulary, extreme: float
) -> Known | Absent:
    if isinstance(found, Absent) or random.random() >= extreme:
        return found
    if type.kind is Kind.DATE:
        return Known(
            random.choice([*EXTREME_DAYS, date.fromordinal(random.randint(1, date.max.toordinal()))])
        )
    if type.kind not in _LIMITS:
        return found
    most = 10**18 - 1
    declared = vocabulary.ranges.get(name)
    if declared:
        assert isinstance(declared.high, int | Decimal)
        most = int(declared.high * 10**type.scale)
    number = random.choice(
        [most, -most, most - 1, random.randint(-most, most), random.randint(-most, most) // 10**6]
    )
    return Known(Decimal(number).scaleb(-type.scale) if type.kind is Kind.DECIMAL else number)


def _parameters(random: Random, extreme: float) -> dict[str, Value | Brackets]:
    found = subjects.parameters(random)
    for name, type in PARAMETERS.items():
        if name in found and random.random() < extreme and type.kind in _LIMITS:
            number = random.choice([10**9, -(10**9), 999_999])
            found[name] = Decimal(number).scaleb(-type.scale) if type.kind is Kind.DECIMAL else number
    return found


# -- comparing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disagreement:
    engine: str
    rule: Rule
    facts: Facts
    parameters: Parameters
    layout: Layout
    expected: State
    found: State | str
    """What the engine says, or how it fails."""

    def __str__(self) -> str:
        told = {name: self.layout.told[name] for name in sorted(self.rule.facts)}
        return (
            f"{self.engine} disagrees\n  rule        {self.rule.text}\n  type        {self.rule.type}, on_undefined "
            f"{self.rule.on_undefined}\n  facts       {to_json(self.facts)}\n  parameters  {to_json(self.parameters)}\n"
            f"  told        {told}\n  interpreter {self.expected}\n  {self.engine:<11} {self.found}"
        )


class Tally:
    """Of each engine: rules, rules x subjects, and rules refused as too wide."""

    def __init__(self) -> None:
        self.rules: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def __str__(self) -> str:
        return "\n".join(
            f"{name:<12} {self.rules[name]:>8,} rules {self.states[name]:>12,} rules x subjects "
            f"{self.refused[name]:>7,} too wide {self.seconds[name]:>7.0f} s"
            for name in self.seconds
        )


def compare(batch: Batch, adapters: Sequence[Adapter], tally: Tally) -> list[Disagreement]:
    """What the adapters say otherwise than the interpreter."""
    expected = Interpreter().states(batch.rules, batch.given)
    found: list[Disagreement] = []
    for adapter in adapters:
        begun = time.monotonic()
        answer = _answer(adapter, batch)
        tally.seconds[adapter.name] += time.monotonic() - begun
        for name, rule in batch.rules.items():
            states, right = answer[name], expected[name]
            assert not isinstance(right, TooWide)
            if isinstance(states, TooWide):
                tally.refused[adapter.name] += 1
                continue
            if isinstance(states, str):
                found.append(_disagreement(adapter, rule, batch, 0, right[0], states))
                continue
            tally.rules[adapter.name] += 1
            tally.states[adapter.name] += len(states)
            assert len(states) == len(right)
            wrong = next((i for i, state in enumerate(states) if not same(state, right[i], adapter)), None)
            if wrong is not None:
                found.append(_disagreement(adapter, rule, batch, wrong, right[wrong], states[wrong]))
    return found


def _answer(adapter: Adapter, batch: Batch) -> Mapping[str, list[State] | TooWide | str]:
    """By rule: its states, or what the engine cannot do with it, which it says of one rule at a time."""
    try:
        return adapter.states(batch.rules, batch.given)
    except Exception:
        answer: dict[str, list[State] | TooWide | str] = {}
        for name, rule in batch.rules.items():
            try:
                answer |= adapter.states({name: rule}, batch.given)
            except Exception as error:
                answer[name] = _told(error)
        return answer


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:400]}"


def _disagreement(
    adapter: Adapter, rule: Rule, batch: Batch, row: int, right: State, found: State | str
) -> Disagreement:
    given = batch.given
    return Disagreement(adapter.name, rule, given.rows[row], given.parameters, given.layout, right, found)


def smallest(found: Disagreement, adapter: Adapter, vocabulary: Vocabulary) -> Disagreement:
    """The same disagreement about less: parts of the rule, then fewer facts."""
    while smaller := next(_smaller(found, adapter, vocabulary), None):
        found = smaller
    return found


def _smaller(found: Disagreement, adapter: Adapter, vocabulary: Vocabulary) -> Iterator[Disagreement]:
    for part in list(ir.walk(found.rule.root))[1:]:
        checked = compile_rule(print_node(part), vocabulary, on_undefined=found.rule.on_undefined)
        if checked.rule:
            yield from _still(replace(found, rule=checked.rule), adapter)
    if found.rule.on_undefined is OnUndefined.NO:
        yield from _still(replace(found, rule=replace(found.rule, on_undefined=OnUndefined.REFER)), adapter)
    needed = {name: known for name, known in found.facts.items() if name in found.rule.facts}
    if len(needed) < len(found.facts):
        fitted = found.layout.fitted(needed)
        if len(fitted) < len(found.facts):
            yield from _still(replace(found, facts=fitted), adapter)
    for name, known in found.facts.items():
        for less in _less(known):
            yield from _still(replace(found, facts={**found.facts, name: less}), adapter)


def _less(known: Known | Absent | Members) -> list[Known | Absent | Members]:
    if not isinstance(known, Members):
        return []
    rows = known.rows
    return [Members(rows[:index] + rows[index + 1 :]) for index in range(len(rows))]


def _still(found: Disagreement, adapter: Adapter) -> Iterator[Disagreement]:
    """The disagreement, if it is still one."""
    given = Given(found.layout, [found.facts], found.parameters)
    rules = {"r": found.rule}
    (right,) = Interpreter().states(rules, given)["r"]
    try:
        states = adapter.states(rules, given)["r"]
    except Exception as error:  # an engine may refuse a statement: that is a disagreement too
        yield replace(found, expected=right, found=_told(error))
        return
    if not isinstance(states, TooWide) and not same(states[0], right, adapter):
        yield replace(found, expected=right, found=states[0])


# -- for as long as you like -------------------------------------------------------------------------------


def adapters(names: Sequence[str]) -> list[Adapter]:
    """The engines of these names; PostgreSQL is the one of the settings, or one of its own for the time being."""
    made: dict[str, Callable[[], Adapter]] = {
        "python": Python,
        "numpy": NumPy,
        "duckdb": DuckDB,
        "postgresql": lambda: PostgreSQL(_database()),
        "spark": Spark,
    }
    return [made[name]() for name in names]


def _database() -> str:
    if url := os.environ.get("TONGBAN_DATABASE_URL"):
        return url
    folder = tempfile.mkdtemp(prefix="tongban-fuzz-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return postgres.start(Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.core.rules.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument(
        "--engines", default="python,numpy,duckdb,postgresql", help="names with commas between them"
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="of the first round; the next has the next number"
    )
    given = parser.parse_args()
    number = given.seed if given.seed is not None else int.from_bytes(os.urandom(3), "big")
    engines, tally, end = adapters(given.engines.split(",")), Tally(), time.monotonic() + given.minutes * 60
    found: dict[tuple[str, str], Disagreement] = {}
    print(f"first seed {number}", flush=True)
    while time.monotonic() < end:
        for batch in batches(number, 240):
            for disagreement in compare(batch, engines, tally):
                engine = next(engine for engine in engines if engine.name == disagreement.engine)
                least = smallest(disagreement, engine, batch.vocabulary)
                if (least.engine, least.rule.text) not in found:
                    found[least.engine, least.rule.text] = least
                    print(f"seed {number}: {least}", flush=True)
            if time.monotonic() >= end:
                break
        number += 1
        print(f"-- before seed {number}\n{tally}", flush=True)
    print(f"{len(found)} disagreements")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

"""Policies over a population: for each subject what the calculator says of it, on every engine, and nothing lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pyarrow
import pytest
from tests.work.policies import peopled
from tests.work.policies.peopled import (
    AT,
    matched,
    matcher_of,
    population,
    rows_of,
    subject,
)

from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.verdicts import RESULTS, Verdicts, not_known
from tongban.core.rules.states import ABSENT, Facts, Known, Members
from tongban.core.rules.to_numpy import machine
from tongban.core.rules.to_numpy.columns import Column, columns
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.types import Kind, Type


@pytest.fixture(scope="module")
def city() -> Pack:
    return peopled.city()


def same(one: Verdicts, other: Verdicts) -> bool:
    """Also where one of them was made block by block."""
    return (
        bool(np.all(one.results == other.results) and np.all(one.due == other.due))
        and sorted(zip(one.near.tolist(), one.failing.tolist(), strict=True))
        == sorted(zip(other.near.tolist(), other.failing.tolist(), strict=True))
        and dict(zip(one.wanting.tolist(), one.missing.tolist(), strict=True))
        == dict(zip(other.wanting.tolist(), other.missing.tolist(), strict=True))
        and (one.subjects, one.referred) == (other.subjects, other.referred)
    )


@pytest.mark.parametrize("block", [machine.BLOCK, 77])
@pytest.mark.parametrize("kind", ["enterprise", "person"])
def test_each_subject_gets_what_the_calculator_says(
    city: Pack, kind: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "BLOCK", block)
    matcher, random = matcher_of(city, kind), Random(20261126)
    people = [subject(random, city, matcher, random.choice([0.5, 0.9, 1])) for _ in range(300)]
    relations = {name: dict(fields) for name, fields in matcher.needs.fields.items()}
    given = columns(matcher.needs.facts, relations, people)
    made = program(matcher.rules)
    judge = matcher.judge(given, len(people))
    made.prepare(given, matcher.parameters, len(people)).give(judge)
    results = made.run(given, matcher.parameters, len(people))
    seen: set[str] = set()
    for name in matcher.conditions:
        policy = city.policies[name]
        verdicts = judge.found[name]
        assert same(verdicts, matcher.verdicts(name, results, given, len(people)))
        found, due = verdicts.results, verdicts.due
        fails = dict(zip(verdicts.near.tolist(), verdicts.failing.tolist(), strict=True))
        lacks = dict(zip(verdicts.wanting.tolist(), verdicts.missing.tolist(), strict=True))
        for place, facts in enumerate(people):
            wanted = calculator.assess(city, policy, facts, AT)
            result = RESULTS[found[place]]
            assert result is wanted.result, (name, facts)
            assert due[place] == (wanted.amount_fen or 0), (name, facts)
            failing = policy.conditions[fails[place]].id if place in fails else None
            assert failing == wanted.failing, (name, facts)
            missing = {fact for bit, fact in enumerate(matcher.facts[name]) if lacks.get(place, 0) >> bit & 1}
            assert missing >= set(wanted.missing), (name, facts)
            assert bool(missing) is bool(wanted.missing), (name, facts)
            assert not any(isinstance(facts.get(fact), Known) for fact in missing), (name, facts)
            seen.add(result.value)
    assert seen == {"eligible", "near", "needs-data", "not"}


def test_a_member_of_whom_a_field_is_not_known_makes_the_relation_not_known() -> None:
    people: list[Facts] = [
        {"hires": Members(({"paid": Known(1)},))}, {"hires": Members(({},))}, {"hires": Members(())}, {"hires": ABSENT}, {},
    ]  # fmt: skip
    given = columns({}, {"hires": {"paid": Type(Kind.INTEGER)}}, people)["hires"]
    assert not_known(given, 5, ["paid"]).tolist() == [False, True, False, False, True]
    assert not_known(given, 5, ["paid", "other"]).tolist() == [True, True, False, False, True]
    assert not_known(None, 2).tolist() == [True, True]
    assert not_known(Column(pyarrow.array([1]).to_numpy()), 1).tolist() == [False]


# -- every engine --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_every_engine_gives_the_same_row_for_row(city: Pack, tmp_path: Path, engine: str) -> None:
    source = str(population(city, matcher_of(city), tmp_path / "firms.parquet", 150))
    wanted = matched(city, source, tmp_path / "numpy")
    found = matched(city, source, tmp_path / engine, engine)
    assert rows_of(tmp_path / engine) == rows_of(tmp_path / "numpy")
    assert found == wanted
    assert {row["result"] for row in rows_of(tmp_path / "numpy")} == {"eligible", "near", "needs-data"}


# -- sources -------------------------------------------------------------------------------------------------

"""Whatever a rule is computed with, it comes to the same: on random rules and random subjects.

The interpreter is what the others are compared with; that it means what the language says is in
`test_rule_properties`. For longer: `make fuzz`. Spark: `test_rule_spark`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.core.rules import fuzz
from tests.core.rules.engines import Adapter, DuckDB, NumPy, PostgreSQL, Python


@pytest.fixture(scope="module")
def engines() -> Iterator[list[Adapter]]:
    postgresql = PostgreSQL(os.environ["TONGBAN_DATABASE_URL"])
    yield [Python(), NumPy(), DuckDB(), postgresql]
    postgresql.close()


def agree(engines: list[Adapter], seed: int, count: int) -> fuzz.Tally:
    tally = fuzz.Tally()
    for batch in fuzz.batches(seed, count):
        for found in fuzz.compare(batch, engines, tally):
            engine = next(engine for engine in engines if engine.name == found.engine)
            pytest.fail(str(fuzz.smallest(found, engine, batch.vocabulary)))
    return tally


def test_all_engines_agree_on_a_few_rules(engines: list[Adapter]) -> None:
    agree(engines, seed=20261126, count=60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_all_engines_agree(engines: list[Adapter], seed: int) -> None:
    tally = agree(engines, seed, count=240)
    for engine in engines:  # few rules are left out, and the rules are no trifles
        assert tally.rules[engine.name] > 0.85 * tally.rules["python"]
    assert tally.rules["python"] > 100
    assert tally.refused["postgresql"] == tally.refused["numpy"] == 0


def test_the_random_subjects_bring_rules_to_every_state() -> None:
    kinds: set[str] = set()
    for batch in fuzz.batches(1, 40):
        answer = fuzz.Interpreter().states(batch.rules, batch.given)
        kinds |= {
            type(state).__name__ for states in answer.values() if isinstance(states, list) for state in states
        }
    assert kinds == {"Known", "Absent", "Unknown", "Undefined"}

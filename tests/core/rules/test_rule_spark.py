"""Spark says of five hundred random rules what the interpreter says: a fixed corpus, always the same.

For longer, and with other rules: `make fuzz-spark`.
"""

from __future__ import annotations

from itertools import count

import pyarrow
import pytest
from tests.core.rules import fuzz
from tests.core.rules.engines import Spark, same, tables
from tests.core.rules.test_rule_to_sql import (
    CASES,
    HOSTILE,
    ODD,
    PARAMETERS,
    SHOPS,
    SOURCE,
    VOCABULARY,
    as_told,
    equals,
    rule,
)

from tongban.base.engines import spark
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import Known
from tongban.core.rules.to_sql import results
from tongban.core.rules.to_sql.dialects import BadName, Engine
from tongban.core.rules.to_sql.source import ColumnRef, Source
from tongban.core.rules.to_sql.statement import statement

pytestmark = pytest.mark.slow
CORPUS = 500
"""Rules, of about forty subjects each."""


@pytest.fixture(scope="module")
def engine() -> Spark:
    return Spark()


def test_spark_agrees_on_the_corpus(engine: Spark) -> None:
    tally = fuzz.Tally()
    batches = (batch for seed in count(100) for batch in fuzz.batches(seed, 240))
    while tally.rules["spark"] < CORPUS:
        batch = next(batches)
        for found in fuzz.compare(batch, [engine], tally):
            pytest.fail(str(fuzz.smallest(found, engine, batch.vocabulary)))
    assert tally.refused["spark"] < CORPUS / 20


def test_the_golden_rules_mean_the_same_on_spark(engine: Spark) -> None:
    found = tables(SHOPS, VOCABULARY.facts, VOCABULARY.relations)
    texts = [*(text for of_case in CASES.values() for text in of_case.values()), *ODD]
    for start in range(0, len(texts), 12):
        given = {f"r{number}": rule(text) for number, text in enumerate(texts[start : start + 12])}
        rows = spark.run(statement(given, SOURCE, PARAMETERS, Engine.SPARK), found).to_pylist()
        for row in rows:
            for name, one in given.items():
                right = evaluate(one, as_told(SOURCE, SHOPS[row["id"]]), PARAMETERS)
                assert same(results.state(one.type, row, name), right, engine), (one.text, row)


def test_a_hostile_text_is_a_text_on_spark_too(engine: Spark) -> None:
    for hostile in HOSTILE:
        subjects = pyarrow.table({"id": [1, 2], "name": [hostile, hostile + "x"]})
        source = Source("subjects", "id", {"name": ColumnRef("name")})
        sql = statement({"r": equals("name", hostile)}, source, {}, Engine.SPARK)
        rows = spark.run(sql, {"subjects": subjects}).to_pylist()
        assert sorted((row["id"], row["r_value"]) for row in rows) == [(1, True), (2, False)], hostile


def test_a_hostile_name_is_a_name_on_spark_too(engine: Spark) -> None:
    for hostile in HOSTILE:
        source = Source("subjects", f"{hostile}1", {hostile: ColumnRef(f"{hostile}2")})
        given = {hostile: equals(hostile, "a")}
        if "${" in hostile:
            with pytest.raises(BadName):
                statement(given, source, {}, Engine.SPARK)
            continue
        subjects = pyarrow.table([[1, 2], ["a", "b"]], names=[f"{hostile}1", f"{hostile}2"])
        rows = spark.run(statement(given, source, {}, Engine.SPARK), {"subjects": subjects}).to_pylist()
        states = [results.state(given[hostile].type, row, hostile) for row in rows]
        assert states == [Known(True), Known(False)]

"""A population as people write it: read, or set apart with what is wrong, or refused before anything begins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow
import pytest
from pyarrow import parquet
from tests.work.policies import peopled
from tests.work.policies.peopled import (
    AT,
    GOOD,
    HEAD,
    REFUND,
    csv,
    matched,
    rows_of,
)

from tongban.core.packs.pack import Pack
from tongban.core.planning.population import Matcher
from tongban.work.policies.population import sources


@pytest.fixture(scope="module")
def city() -> Pack:
    return peopled.city()


@pytest.fixture
def refund(city: Pack) -> Matcher:
    return Matcher.of_pack(city, [city.policies[REFUND]], AT)


def test_money_in_a_csv_file_is_yuan(city: Pack, refund: Matcher, tmp_path: Path) -> None:
    outcome = matched(city, csv(tmp_path, GOOD), tmp_path / "out", matcher=refund)
    (row,) = rows_of(tmp_path / "out")
    assert (row["subject"], row["result"], row["amount_fen"]) == ("E1", "eligible", 57_600_30)
    assert outcome.counts[REFUND].amount_fen == 57_600_30


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_as_spreadsheets_write_it_is_read(
    city: Pack, refund: Matcher, tmp_path: Path, encoding: str
) -> None:
    matched(
        city, csv(tmp_path, GOOD.replace("E1", "面馆"), encoding=encoding), tmp_path / "out", matcher=refund
    )
    assert rows_of(tmp_path / "out")[0]["subject"] == "面馆"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("E2,-1,0,10,5,small", "unemployment_insured_months", "-1 is below the least value"),
        ("E2,12,0,10,-5,small", "unemployment_premium_last_year", "-5 is below the least value"),
        ("E2,12,0,10,NaN,small", "unemployment_premium_last_year", "'NaN'"),
        ("E2,twelve,0,10,5,small", "unemployment_insured_months", "'twelve'"),
        ("E2,12,0,10,5.005,small", "unemployment_premium_last_year", "'5.005'"),
        ("E2,12,0,10,5,enormous", "firm_size", "'enormous'"),
        (",12,0,10,5,small", "id", "the key is empty"),
        ("E1,12,0,10,5,small", "id", "another row before it has the same key"),
        ("E2,12,0,10,5,small,more", "", "another number of values than there are columns"),
        ("E2,12", "", "another number of values than there are columns"),
    ],
)
def test_a_row_that_cannot_be_is_set_apart_and_the_others_go_on(
    city: Pack, refund: Matcher, tmp_path: Path, line: str, column: str, reason: str
) -> None:
    source = csv(tmp_path, GOOD, line, GOOD.replace("E1", "E3"))
    outcome = matched(city, source, tmp_path / "out", matcher=refund)
    assert (outcome.subjects, outcome.rejected) == (2, 1)
    assert [row["subject"] for row in rows_of(tmp_path / "out")] == ["E1", "E3"]
    told = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert told[0] == "row,key,column,reason"
    assert len(told) == 2
    assert told[1].startswith("3,")
    assert column in told[1]
    assert reason in told[1]


def test_rows_are_numbered_as_a_spreadsheet_counts_them(city: Pack, refund: Matcher, tmp_path: Path) -> None:
    bad = "E9,-1,0,10,5,small"
    matched(city, csv(tmp_path, "torn", bad, GOOD, "torn", "torn", bad), tmp_path / "out", matcher=refund)
    told = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sorted(line.split(",")[0] for line in told[1:]) == ["2", "3", "5", "6", "7", "7"]


@pytest.mark.parametrize(
    ("columns_", "message"),
    [
        ({"name": ["a"]}, "There is no column 'id' that tells the subjects apart. Name it: --key COLUMN."),
        ({"id": [1.5]}, "The column of keys holds double. Keys are texts or whole numbers."),
        (
            {"id": ["a"], "layoffs_last_year": [date(2025, 1, 1)]},
            "The column 'layoffs_last_year' holds date32[day], and what is wanted is a whole number",
        ),
        ({"id": ["a"], "layoffs_last_year": [[1]]}, "The column 'layoffs_last_year' holds list"),
    ],
)
def test_a_column_that_cannot_be_meant_stops_everything_before_it_begins(
    city: Pack, refund: Matcher, tmp_path: Path, columns_: dict[str, list[Any]], message: str
) -> None:
    path = tmp_path / "firms.parquet"
    parquet.write_table(pyarrow.table(columns_), path)
    with pytest.raises(sources.BadSource) as refused:
        matched(city, str(path), tmp_path / "out", matcher=refund)
    assert str(refused.value).startswith(message)
    assert not list((tmp_path / "out").glob("part-*"))


def test_floats_are_read_as_they_are_shown_and_what_is_no_number_is_set_apart(
    city: Pack, refund: Matcher, tmp_path: Path
) -> None:
    path = tmp_path / "firms.parquet"
    made = {
        "id": [1, 2, 3], "unemployment_insured_months": [12.0, 12.0, 12.0], "layoffs_last_year": [0, 0, 0],
        "staff_insured_last_year": [10, 10, 10], "unemployment_premium_last_year": [96000.1, float("nan"), float("inf")],
        "firm_size": ["small"] * 3,
    }  # fmt: skip
    parquet.write_table(pyarrow.table(made), path)
    outcome = matched(city, str(path), tmp_path / "out", matcher=refund)
    assert outcome.rejected == 2
    assert [(row["subject"], row["amount_fen"]) for row in rows_of(tmp_path / "out")] == [("1", 57_600_06)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD.encode("utf-16"), "is written in UTF-16. Save it as CSV in UTF-8."),
        (b"  \n", "is empty."),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "firms.csv"
    path.write_bytes(content)
    with pytest.raises(sources.BadSource, match=message):
        sources.open_source(str(path))


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    for source, message in (
        (str(tmp_path / "none.csv"), "There is no file"),
        (str(tmp_path / "a.parquet"), "cannot be read as Parquet"),
        (str(tmp_path), "There is no file"),
        ("postgresql://localhost/x", "name the table"),
    ):
        with pytest.raises(sources.BadSource, match=message):
            sources.open_source(source)


@pytest.fixture
def database() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(os.environ["TONGBAN_DATABASE_URL"], autocommit=True) as session:
        session.execute('CREATE SCHEMA IF NOT EXISTS "order"')
        yield session
        session.execute('DROP SCHEMA "order" CASCADE')


def test_a_table_of_a_database_is_read_whatever_its_names_are(
    city: Pack, refund: Matcher, tmp_path: Path, database: psycopg.Connection[Any]
) -> None:
    database.execute(
        'CREATE TABLE "order"."select" ("group" text, unemployment_insured_months int, layoffs_last_year int,'
        " staff_insured_last_year int, unemployment_premium_last_year numeric, firm_size text)"
    )
    database.execute(
        """INSERT INTO "order"."select" VALUES ('a', 12, 0, 10, 96000.50, 'small'), ('b', 12, 0, 10, NULL, 'small')"""
    )
    url = os.environ["TONGBAN_DATABASE_URL"]
    matched(city, url, tmp_path / "out", matcher=refund, key="group", table="order.select")
    assert [(row["subject"], row["result"], row["missing"]) for row in rows_of(tmp_path / "out")] == [
        ("a", "eligible", None),
        ("b", "needs-data", "unemployment_premium_last_year"),
    ]
    with pytest.raises(sources.BadSource, match="cannot be read"):
        sources.open_source(url, "order.nothing").columns()


# -- going on --------------------------------------------------------------------------------------------------

"""Policies over a population: for each subject what the calculator says of it, on every engine, and nothing lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psycopg
import pyarrow
import pytest
from pyarrow import parquet

from tongban.base.directory import sources as directory
from tongban.core.packs import loader
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import RESULTS, Verdicts, not_known
from tongban.core.rules.states import ABSENT, Facts, Known, Members
from tongban.core.rules.to_numpy import machine
from tongban.core.rules.to_numpy.columns import Column, columns
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.types import Kind, Range, Type
from tongban.work.policies.population import parts, sources
from tongban.work.policies.population import run as running
from tongban.work.policies.population.checking import Checker

ROOT = Path(__file__).resolve().parents[3]
AT = date(2025, 6, 1)
REFUND = "job-stability-refund"


@pytest.fixture(scope="module")
def city() -> Pack:
    found = loader.load(directory.read_layers(ROOT / "packs", "cn-qingqu"), "cn-qingqu").pack
    assert found is not None
    return found


def matcher_of(pack: Pack, subject: str = "enterprise", at: date = AT) -> Matcher:
    policies = [
        one for one in pack.policies.values() if one.subject == subject and calculator.in_force(one, at)
    ]
    assert policies
    return Matcher.of_pack(pack, policies, at)


def value(random: Random, type: Type, range: Range | None, codes: Mapping[str, frozenset[str]]) -> Any:
    """A value of the type inside its range, often where a policy of the pack changes its mind."""
    low = range.low if range and range.low is not None else 0
    high = range.high if range and range.high is not None else low
    match type.kind:
        case Kind.BOOLEAN:
            return random.random() < 0.6
        case Kind.CODE:
            return random.choice(sorted(codes[type.codes or ""]))
        case Kind.TEXT:
            return random.choice(["甲", "乙"])
        case Kind.DATE:
            return date(random.randint(1950, 2025), random.randint(1, 12), random.randint(1, 28))
    wanted = random.choice([0, 1, 2, 3, 6, 11, 12, 30, 31, 100, 300, 2_000_000, 18_000_000])
    wanted = wanted * 100 if type.kind is Kind.MONEY else wanted
    most = int(high) if range and range.high is not None else wanted  # type: ignore[arg-type]
    found = max(int(low), min(wanted, most))  # type: ignore[arg-type]
    return Decimal(found) if type.kind is Kind.DECIMAL else found


def subject(random: Random, pack: Pack, matcher: Matcher, known: float = 0.85) -> Facts:
    words = vocabulary_of(pack)
    found: dict[str, Any] = {}
    for name, type in matcher.needs.facts.items():
        if random.random() < known:
            found[name] = Known(value(random, type, words.ranges.get(name), words.code_lists))
        elif random.random() < 0.2:
            found[name] = ABSENT
    for name, fields in matcher.needs.fields.items():
        if random.random() < known:
            found[name] = Members(
                tuple(
                    {
                        one: Known(value(random, type, words.ranges.get(f"{name}.{one}"), words.code_lists))
                        for one, type in fields.items()
                        if random.random() < 0.95
                    }
                    for _ in range(random.randint(0, 3))
                )
            )
    return found


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


def population(pack: Pack, matcher: Matcher, path: Path, rows: int) -> Path:
    """A Parquet file of subjects, with relations as lists and one column in yuan."""
    random = Random(7)
    people = [subject(random, pack, matcher) for _ in range(rows)]
    made: dict[str, Any] = {"id": [f"E{number:05}" for number in range(rows)]}
    types: list[tuple[str, Any]] = [("id", pyarrow.string())]
    for name, type in matcher.needs.facts.items():
        held = [facts[name].value if isinstance(facts.get(name), Known) else None for facts in people]  # type: ignore[union-attr]
        in_yuan = name == "unemployment_premium_last_year"
        made[name] = [None if one is None else Decimal(one) / 100 for one in held] if in_yuan else held
        types.append((name, pyarrow.decimal128(16, 2) if in_yuan else arrow_type(type)))
    for name, fields in matcher.needs.fields.items():
        made[name] = [
            [{one: row[one].value if one in row else None for one in fields} for row in facts[name].rows]  # type: ignore[union-attr]
            if isinstance(facts.get(name), Members)
            else None
            for facts in people
        ]
        types.append(
            (name, pyarrow.list_(pyarrow.struct([(one, arrow_type(type)) for one, type in fields.items()])))
        )
    parquet.write_table(pyarrow.table(made, schema=pyarrow.schema(types)), path)
    return path


def arrow_type(type: Type) -> Any:
    return {
        Kind.BOOLEAN: pyarrow.bool_(), Kind.INTEGER: pyarrow.int32(), Kind.MONEY: pyarrow.int64(), Kind.DATE: pyarrow.date32(),
        Kind.DECIMAL: pyarrow.decimal128(16, type.scale), Kind.TEXT: pyarrow.string(), Kind.CODE: pyarrow.string(),
    }[type.kind]  # fmt: skip


def matched(
    pack: Pack, source: str, out: Path, engine: str = "numpy", *, matcher: Matcher | None = None, key: str = "id",
    table: str | None = None,
) -> running.Outcome:  # fmt: skip
    matcher = matcher or matcher_of(pack)
    checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, key)
    found = sources.open_source(source, table)
    checker.look_over(found.columns())
    return running.run(found, checker, matcher, engine, out, url=os.environ["TONGBAN_DATABASE_URL"])


def rows_of(out: Path) -> list[dict[str, Any]]:
    found = [
        row for part in sorted(out.glob("part-*.parquet")) for row in parquet.read_table(part).to_pylist()
    ]
    return sorted(found, key=lambda row: (row["subject"], row["policy"]))


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_every_engine_gives_the_same_row_for_row(city: Pack, tmp_path: Path, engine: str) -> None:
    source = str(population(city, matcher_of(city), tmp_path / "firms.parquet", 150))
    wanted = matched(city, source, tmp_path / "numpy")
    found = matched(city, source, tmp_path / engine, engine)
    assert rows_of(tmp_path / engine) == rows_of(tmp_path / "numpy")
    assert found == wanted
    assert {row["result"] for row in rows_of(tmp_path / "numpy")} == {"eligible", "near", "needs-data"}


# -- sources -------------------------------------------------------------------------------------------------

HEAD = "id,unemployment_insured_months,layoffs_last_year,staff_insured_last_year,unemployment_premium_last_year,firm_size"
GOOD = "E1,12,0,10,96000.50,small"


@pytest.fixture
def refund(city: Pack) -> Matcher:
    return Matcher.of_pack(city, [city.policies[REFUND]], AT)


def csv(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "firms.csv"
    path.write_bytes("\n".join((HEAD, *lines, "")).encode(encoding))
    return str(path)


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


class Dies(Exception):
    pass


def test_an_interrupted_run_goes_on_and_comes_to_the_same(
    city: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROWS", 20)
    monkeypatch.setattr(parts, "BATCHES", 2)
    source = str(population(city, matcher_of(city), tmp_path / "firms.parquet", 150))
    whole = matched(city, source, tmp_path / "whole")
    add = running._Book.add

    def dies(self: Any, part: Any) -> None:
        if len(self.parts) == 2:
            raise Dies  # the power fails before the manifest is written
        add(self, part)

    monkeypatch.setattr(running._Book, "add", dies)
    with pytest.raises(Dies):
        matched(city, source, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "run.json").read_text())["finished"] is False
    monkeypatch.setattr(running._Book, "add", add)
    again = matched(city, source, tmp_path / "out")
    assert again.resumed == 80
    assert rows_of(tmp_path / "out") == rows_of(tmp_path / "whole")
    assert again.counts == whole.counts
    assert json.loads((tmp_path / "out" / "run.json").read_text())["finished"] is True
    assert not list((tmp_path / "out").glob("*.part"))


def test_a_source_that_ends_halfway_keeps_what_was_finished(
    city: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROWS", 20)
    monkeypatch.setattr(parts, "BATCHES", 2)
    path = population(city, matcher_of(city), tmp_path / "firms.parquet", 150)
    batches = sources.Parquet.batches

    def breaks(self: Any, wanted: frozenset[str]) -> Iterator[sources.Batch]:
        for number, batch in enumerate(batches(self, wanted)):
            if number == 5:
                raise sources.BadSource("firms cannot be read on after row 100: the disk is gone")
            yield batch

    monkeypatch.setattr(sources.Parquet, "batches", breaks)
    with pytest.raises(sources.BadSource, match="after row 100"):
        matched(city, str(path), tmp_path / "out")
    assert len(list((tmp_path / "out").glob("part-*.parquet"))) >= 1
    monkeypatch.setattr(sources.Parquet, "batches", batches)
    assert matched(city, str(path), tmp_path / "out").subjects == 150


def test_a_folder_with_another_run_or_other_things_is_left_alone(
    city: Pack, refund: Matcher, tmp_path: Path
) -> None:
    source = csv(tmp_path, GOOD)
    matched(city, source, tmp_path / "out", matcher=refund)
    other = Matcher.of_pack(city, [city.policies[REFUND]], date(2025, 7, 1))
    with pytest.raises(running.OtherRun, match="are others now"):
        matched(city, source, tmp_path / "out", matcher=other)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(running.OtherRun, match="holds no run"):
        matched(city, source, tmp_path / "mine", matcher=refund)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_finished_run_is_told_again_and_touched_no_more(
    city: Pack, refund: Matcher, tmp_path: Path
) -> None:
    source = csv(tmp_path, GOOD, "torn", "E9,-1,0,10,5,small")
    first = matched(city, source, tmp_path / "out", matcher=refund)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()}
    again = matched(city, source, tmp_path / "out", matcher=refund)
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()
    } == before
    assert (again.subjects, again.rejected, again.counts) == (first.subjects, first.rejected, first.counts)
    assert first.rejected == 2


@pytest.mark.parametrize("what", ["ROWS", "BATCHES"])
def test_parts_of_another_size_are_not_gone_on_with(
    city: Pack, refund: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    source = csv(tmp_path, GOOD)
    matched(city, source, tmp_path / "out", matcher=refund)
    monkeypatch.setattr(sources if what == "ROWS" else parts, what, 3)
    with pytest.raises(running.OtherRun):
        matched(city, source, tmp_path / "out", matcher=refund)


def test_the_checks_are_part_of_what_a_run_is(city: Pack, refund: Matcher) -> None:
    ranges = vocabulary_of(city).ranges
    one, other = (Checker.of(city, refund.needs, of, "id") for of in (ranges, {}))
    assert one.digest() == Checker.of(city, refund.needs, ranges, "id").digest()
    assert one.digest() != other.digest()


def test_the_digest_of_a_policy_rests_on_its_rules_and_its_numbers(city: Pack, refund: Matcher) -> None:
    assert refund.digest(REFUND) == Matcher.of_pack(city, [city.policies[REFUND]], AT).digest(REFUND)
    assert refund.digest(REFUND) != Matcher.of_pack(city, [city.policies[REFUND]], date(2025, 7, 1)).digest(
        REFUND
    )
    changed = Matcher.of_pack(city, [city.policies[REFUND]], AT)
    changed.parameters = {**changed.parameters, "refund_rate_sme": Decimal("0.7")}
    assert changed.digest(REFUND) != refund.digest(REFUND)

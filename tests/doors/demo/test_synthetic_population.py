"""A synthetic population: the same for a seed, within the pack's ranges, and such that policies find some and not others."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from pyarrow import compute, parquet

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import in_force
from tongban.core.planning.population import Matcher
from tongban.doors.cli import packs
from tongban.doors.cli.main import cli
from tongban.doors.demo.synthetic import population
from tongban.work.policies.population import run, sources
from tongban.work.policies.population.checking import Checker

ROOT = Path(__file__).resolve().parents[3]
AT = date(2026, 11, 1)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.read_clean(ROOT / "packs/cn-qingqu")


@pytest.fixture(scope="module", params=["enterprise", "person"])
def drawn(
    request: pytest.FixtureRequest, pack: Pack, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("drawn") / "all.parquet"
    population.write(pack, request.param, path, rows=20_000, seed=7, at=AT)
    return request.param, path


def matched(pack: Pack, kind: str, path: Path, out: Path) -> tuple[Matcher, Any]:
    wanted = [p for p in pack.policies.values() if p.subject == kind and in_force(p, AT)]
    matcher = Matcher.of_pack(pack, wanted, AT)
    checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, "id")
    source = sources.open_source(str(path))
    assert checker.look_over(source.columns()) == ()
    return matcher, run.run(source, checker, matcher, "numpy", out)


def test_every_row_is_read_and_every_policy_finds_some_and_not_others(
    drawn: tuple[str, Path], pack: Pack, tmp_path: Path
) -> None:
    kind, path = drawn
    matcher, outcome = matched(pack, kind, path, tmp_path / "out")
    assert outcome.rejected == 0
    assert outcome.subjects == 20_000
    assert set(outcome.counts) == set(matcher.conditions)
    for name, count in outcome.counts.items():
        assert count.eligible > 0, name
        assert count.near + count.not_due > 0, name
    assert sum(count.needs_data > 0 for count in outcome.counts.values()) > len(outcome.counts) * 0.8


def test_the_same_seed_gives_the_same_rows_however_many_are_written(
    pack: Pack, tmp_path: Path, drawn: tuple[str, Path]
) -> None:
    kind, path = drawn
    few, other = tmp_path / "few.parquet", tmp_path / "other.parquet"
    population.write(pack, kind, few, rows=1_000, seed=7, at=AT)
    population.write(pack, kind, other, rows=1_000, seed=8, at=AT)
    first = parquet.read_table(path).slice(0, 1_000)
    assert parquet.read_table(few).to_pylist() == first.to_pylist()
    assert parquet.read_table(other).to_pylist() != first.to_pylist()


def test_more_than_a_block_has_keys_of_its_own(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    population.write(pack, "person", path, rows=population.BLOCK + 10, seed=1, at=AT)
    keys = parquet.read_table(path, columns=["id"])["id"]
    assert len(keys.unique()) == population.BLOCK + 10
    assert keys[-1].as_py() == f"P{population.BLOCK + 10:09}"


def test_facts_of_a_firm_go_together(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "firms.parquet"
    population.write(pack, "enterprise", path, rows=20_000, seed=3, at=AT, unknown=0)
    table = parquet.read_table(path)

    def rank(name: str) -> Any:
        return np.argsort(np.argsort(table[name].to_numpy()))

    def together(one: str, two: str) -> float:
        return float(np.corrcoef(rank(one), rank(two))[0, 1])

    assert together("staff_last_year", "unemployment_premium_last_year") > 0.9
    assert together("staff_now", "vat_sales") > 0.5
    assert together("average_wage_last_year", "area") < 0.1
    hi_tech = compute.not_equal(table["hi_tech_status"].cast("string"), "none")
    spends = compute.greater(table["rd_expensed"], 0)
    assert compute.sum(compute.and_not(hi_tech, spends)).as_py() == 0
    small = compute.mean(compute.less(table["staff_now"], 20)).as_py()
    assert 0.7 < small < 0.97


def test_a_share_of_each_fact_is_not_known_and_what_is_none_is_told_apart(drawn: tuple[str, Path]) -> None:
    kind, path = drawn
    table = parquet.read_table(path)
    for name in table.column_names:
        if name in ("id", "district") or name.endswith("__known") or f"{name}__known" in table.column_names:
            continue
        if table[name].type.__class__.__name__ == "ListType":
            continue
        assert 0.02 < table[name].null_count / len(table) < 0.04, name
    if kind == "person":
        known = table["disability_grade__known"]
        assert 0.95 < compute.mean(known).as_py() < 0.99
        assert table["disability_grade"].null_count > 15_000


def ran(*words: object, language: str = "en_US.UTF-8") -> Any:
    given = ["demo", "population", "--pack", str(ROOT / "packs/cn-qingqu"), *map(str, words)]
    return CliRunner().invoke(cli, given, env={"LC_ALL": language})


def test_the_command_says_what_it_wrote_and_writes_over_nothing(tmp_path: Path) -> None:
    done = ran("--enterprises", 500, "--persons", 0, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "500 rows" in done.output
    assert not (tmp_path / "person.parquet").exists()
    again = ran("--enterprises", 500, "--persons", 0, "--out", tmp_path)
    assert again.exit_code == 1
    assert "is there already" in again.output
    forced = ran("--enterprises", 400, "--persons", 0, "--out", tmp_path, "--force", language="zh_CN.UTF-8")
    assert "400 行" in forced.output
    assert "Say how many" in ran("--enterprises", 0, "--persons", 0, "--out", tmp_path).output
    assert not list(tmp_path.glob("*.part"))

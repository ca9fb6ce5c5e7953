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
from tongban.doors.demo.synthetic import draws, population
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
        beside = ("id", "district", "industry", "size", "age_band")
        if name in beside or name.endswith("__known") or f"{name}__known" in table.column_names:
            continue
        assert 0.02 < table[name].null_count / len(table) < 0.04, name
    if kind == "person":
        known = table["disability_grade__known"]
        assert 0.95 < compute.mean(known).as_py() < 0.99
        assert table["disability_grade"].null_count > 15_000


def test_columns_to_group_by_are_known_of_everybody(drawn: tuple[str, Path]) -> None:
    kind, path = drawn
    table = parquet.read_table(path)
    for name in ("district", "industry", "size") if kind == "enterprise" else ("district", "age_band"):
        assert table[name].null_count == 0
        assert len(table[name].unique()) > 1
    if kind == "enterprise":
        trade = table["trade"].cast("string")
        assert compute.all(compute.equal(trade, table["industry"].cast("string"))).as_py()


def test_parents_are_grown_and_founders_are_of_the_age_for_it(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    population.write(pack, "person", path, rows=20_000, seed=3, at=AT, unknown=0)
    table = parquet.read_table(path)
    born = table["born_on"].to_numpy().astype("datetime64[D]")
    children = table["children"].combine_chunks()
    of_child = compute.struct_field(children.flatten(), "born").to_numpy(zero_copy_only=False)
    parent = np.repeat(born, np.diff(children.offsets.to_numpy()))
    at_birth = (of_child.astype("datetime64[D]") - parent).astype(int) / 365.25
    assert len(at_birth) > 1_000
    assert at_birth.min() > 19.9
    assert at_birth.max() < 46.1
    founds = table["own_firm_months"].to_numpy() > 0
    age = (np.datetime64(AT) - born).astype(int) / 365.25
    begun = age - table["own_firm_months"].to_numpy() / 12
    assert founds.sum() > 100
    assert begun[founds].min() > 17.9
    graduate = compute.fill_null(compute.equal(table["founder_kind"].cast("string"), "graduate"), False)
    assert 0 < begun[graduate.to_numpy()].max() < 30
    assert not (founds & table["registered_jobless"].to_numpy()).any()


OTHERS = ("packs/cn", "packs/cn-chengxiu", "packs/cn-qingqu-restaurant", "packs-two/cn-lanxi")


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("kind", ["enterprise", "person"])
def test_it_draws_for_another_pack_too_also_for_policies_not_yet_in_force(
    other: str, kind: str, tmp_path: Path
) -> None:
    read = packs.read_clean(ROOT / other)
    path = tmp_path / "other.parquet"
    population.write(read, kind, path, rows=3_000, seed=2, at=AT)
    assert rejected(read, kind, path, tmp_path / "out") == 0


def foreign(kind: str, pack: Pack) -> Any:
    """Draws for every fact of policies what it cannot be: of another type, or a code that is not in its list."""

    def draw(block: draws.Block) -> None:
        for name, fact in pack.facts.items():
            texts = np.full(block.n, "foreign", dtype=object)
            block.columns[name] = np.arange(block.n) if fact.type == "text" else texts
        for name in pack.relations:
            block.members[name] = np.full(block.n, 3), {}

    return draw


@pytest.mark.parametrize("kind", ["enterprise", "person"])
@pytest.mark.parametrize("declared", ["nothing", "foreign"])
def test_what_is_not_declared_or_does_not_fit_is_drawn_from_type_range_and_list(
    kind: str, declared: str, pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = foreign(kind, pack) if declared == "foreign" else lambda _block: None
    monkeypatch.setitem(population._DRAWS, kind, draw)
    path = tmp_path / "other.parquet"
    population.write(pack, kind, path, rows=3_000, seed=2, at=AT)
    assert rejected(pack, kind, path, tmp_path / "out") == 0


def rejected(pack: Pack, kind: str, path: Path, out: Path) -> int:
    matcher = Matcher.of_pack(pack, [p for p in pack.policies.values() if p.subject == kind], AT)
    checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, "id")
    source = sources.open_source(str(path))
    assert checker.look_over(source.columns()) == ()
    return run.run(source, checker, matcher, "numpy", out).rejected


def test_no_list_is_longer_than_the_pack_lets_it_be(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = pack.relations["children"].most

    def draw(block: draws.Block) -> None:
        counts = np.full(block.n, most + 5)
        place = np.tile(np.arange(most + 5), block.n)
        block.put_members("children", counts, born=place, lawful=place >= 0, claimed_by_other=place < 0)

    monkeypatch.setitem(population._DRAWS, "person", draw)
    path = tmp_path / "many.parquet"
    population.write(pack, "person", path, rows=200, seed=1, at=AT, unknown=0.1)
    lists = parquet.read_table(path)["children"].to_pylist()
    assert None in lists
    days = [[(one["born"] - date(1970, 1, 1)).days for one in members] for members in lists if members]
    assert len(days) > 100
    assert all(one == list(range(most)) for one in days)


def test_a_draft_that_fails_leaves_nothing_and_the_file_before_it_stands(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    population.write(pack, "person", path, rows=10, seed=1, at=AT)
    before = path.read_bytes()

    def full(_rows: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        population.write(pack, "person", path, rows=10, seed=2, at=AT, progress=full)
    assert [one.name for one in tmp_path.iterdir()] == ["p.parquet"]
    assert path.read_bytes() == before


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


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("--unknown", "nan"), "--unknown is a share from 0 to 0.9"),
        (("--unknown", "2"), "is not in the range"),
        (("--enterprises", "-1"), "is not in the range"),
        (("--at", "0001-01-01"), "--at is a day from 1970-01-01 on"),
    ],
)
def test_bad_options_are_refused_in_plain_words_and_nothing_is_written(
    said: tuple[str, str], told: str, tmp_path: Path
) -> None:
    done = ran("--enterprises", 10, "--persons", 0, "--out", tmp_path / "new", *said)
    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit)
    assert told in done.output
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = ran("--enterprises", 10, "--persons", 0, "--out", tmp_path / "file" / "inside")
    assert isinstance(done.exception, SystemExit)
    assert "cannot be made" in done.output


def test_the_bar_is_not_among_what_is_said(tmp_path: Path) -> None:
    done = ran("--enterprises", 10, "--persons", 10, "--out", tmp_path)
    assert len(done.stdout.splitlines()) == 2
    assert "Enterprises" in done.stderr
    assert "Persons" in done.stderr

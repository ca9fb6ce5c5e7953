"""A large file matched by several processes comes to what one process makes of it, and goes on where it stopped."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import in_force
from tongban.core.planning.population import Matcher
from tongban.doors.cli import packs
from tongban.doors.demo.synthetic import population
from tongban.work.policies.population import parts, processes, run, sources
from tongban.work.policies.population.checking import Checker

ROOT = Path(__file__).resolve().parents[3]
AT = date(2026, 11, 1)
ROWS, GROUP = 3_000, 500


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.read_clean(ROOT / "packs/cn-qingqu")


@pytest.fixture(scope="module")
def firms(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six groups of rows; two rows cannot be read."""
    folder = tmp_path_factory.mktemp("firms")
    population.write(pack, "enterprise", folder / "drawn.parquet", rows=ROWS, seed=3, at=AT)
    table = parquet.read_table(folder / "drawn.parquet")
    staff = table["staff_now"].to_pylist()
    staff[700] = staff[2_999] = -1
    place = table.schema.get_field_index("staff_now")
    table = table.set_column(place, "staff_now", pyarrow.array(staff, table["staff_now"].type))
    parquet.write_table(table, folder / "firms.parquet", row_group_size=GROUP)
    return folder / "firms.parquet"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of one group, and few rows are many."""
    monkeypatch.setattr(sources, "ROWS", GROUP // 2)
    monkeypatch.setattr(parts, "BATCHES", 2)
    monkeypatch.setattr(processes, "MANY", 2 * ROWS)
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 2)


def matched(pack: Pack, path: Path, out: Path) -> run.Outcome:
    wanted = [one for one in pack.policies.values() if one.subject == "enterprise" and in_force(one, AT)]
    matcher = Matcher.of_pack(pack, wanted, AT)
    checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, "id")
    return run.run(sources.open_source(str(path)), checker, matcher, "numpy", out)


def rows(out: Path) -> Counter[tuple[Any, ...]]:
    return Counter(
        tuple(row.values())
        for part in sorted(out.glob("part-*.parquet"))
        for row in parquet.read_table(part, schema=None).to_pylist()
    )


def manifest(out: Path) -> dict[str, Any]:
    return json.loads((out / "run.json").read_text(encoding="utf-8"))


@pytest.fixture
def alone(pack: Pack, firms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What one process makes of it."""
    with monkeypatch.context() as patch:
        patch.setattr(processes, "MANY", 10**9)
        matched(pack, firms, tmp_path / "alone")
    assert manifest(tmp_path / "alone")["split"] is False
    return tmp_path / "alone"


def test_two_processes_come_to_the_same(pack: Pack, firms: Path, alone: Path, tmp_path: Path) -> None:
    found = matched(pack, firms, tmp_path / "out")
    assert manifest(tmp_path / "out")["split"] is True
    assert [part["number"] for part in manifest(tmp_path / "out")["parts"]] == [0, 1, 2, 3, 4, 5]
    assert (found.subjects, found.rejected) == (ROWS - 2, 2)
    assert rows(tmp_path / "out") == rows(alone)
    for name in ("rejected.csv", "needs.json"):
        assert (tmp_path / "out" / name).read_bytes() == (alone / name).read_bytes()
    text = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["row", "701", "3000"]
    known = [parquet.read_table(path) for path in sorted((tmp_path / "out").glob("known-*.parquet"))]
    one = [parquet.read_table(path) for path in sorted(alone.glob("known-*.parquet"))]
    assert pyarrow.concat_tables(known).equals(pyarrow.concat_tables(one))


def test_it_goes_on_with_the_parts_that_are_missing(
    pack: Pack, firms: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = run._Book.add

    def dies(self: Any, part: Any) -> None:
        if len(self.parts) == 2:
            raise KeyboardInterrupt
        add(self, part)

    with monkeypatch.context() as patch:
        patch.setattr(run._Book, "add", dies)
        with pytest.raises(KeyboardInterrupt):
            matched(pack, firms, tmp_path / "out")
    assert len(manifest(tmp_path / "out")["parts"]) == 2
    again = matched(pack, firms, tmp_path / "out")
    assert 0 < again.resumed < ROWS
    assert (again.subjects, again.rejected) == (ROWS - 2, 2)
    assert rows(tmp_path / "out") == rows(alone)


def test_a_group_that_cannot_be_read_leaves_the_others(pack: Pack, firms: Path, tmp_path: Path) -> None:
    with parquet.ParquetFile(firms) as file:
        column = file.schema_arrow.get_field_index("taxable_income")
        chunk = file.metadata.row_group(3).column(column)
    broken, content = tmp_path / "broken.parquet", bytearray(firms.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    broken.write_bytes(content)
    with pytest.raises(sources.BadSource, match=r"cannot be read on after row 1,500"):
        matched(pack, broken, tmp_path / "out")
    there = [part["number"] for part in manifest(tmp_path / "out")["parts"]]
    assert there
    assert 3 not in there


def test_a_process_that_is_killed_is_told(
    pack: Pack, firms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying(processes.ProcessPoolExecutor):
        def submit(self, call: Any, /, *given: Any) -> Any:  # type: ignore[override]
            return super().submit(processes.os._exit, 9)

    monkeypatch.setattr(processes, "ProcessPoolExecutor", Dying)
    with pytest.raises(processes.engines.CannotRun, match="give the command again"):
        matched(pack, firms, tmp_path / "out")


def test_little_work_doubtful_keys_and_large_groups_stay_in_one_process(
    pack: Pack, firms: Path, tmp_path: Path
) -> None:
    source = sources.open_source(str(firms))
    checker = Checker.of(pack, Matcher.of_pack(pack, [], AT).needs, {}, "id")
    checker.differ = True
    assert processes.worth_it(source, checker, "numpy", 2)
    assert not processes.worth_it(source, checker, "duckdb", 2)
    assert not processes.worth_it(source, checker, "numpy", 1)
    checker.differ = False
    assert not processes.worth_it(source, checker, "numpy", 2)
    checker.differ = True
    parquet.write_table(parquet.read_table(firms), tmp_path / "whole.parquet", row_group_size=ROWS)
    large = sources.open_source(str(tmp_path / "whole.parquet"))
    for limit, expected in ((ROWS, True), (ROWS - 1, False)):
        assert _with_limit(large, checker, limit) is expected


def _with_limit(source: Any, checker: Checker, limit: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_GROUPS", limit)
        return processes.worth_it(source, checker, "numpy", 2)

"""Keys of subjects: every row has one of its own, looked up beforehand or batch by batch with the same answer."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from tongban.work.policies.population import keys, sources

TEXTS = ["91330100MA2B", "91330100MA2C", "甲", " 甲", "a" * 300]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([TEXTS], True), ([TEXTS, ["92"]], True), ([TEXTS, ["甲"]], False), ([["a", "a"]], False), ([["a", ""]], False),
        ([["a", "  "]], False), ([["a", None]], False), ([[1, 2], [3]], True), ([[1, 2], [2]], False),
        ([[-1, 2**63 - 1]], True), ([[0, None]], False), ([], True), ([[]], True),
    ],
)  # fmt: skip
def test_all_keys_differ(columns: list[list[Any]], expected: bool) -> None:
    typed = [pyarrow.array(one, pyarrow.string() if one == [] else None) for one in columns]
    assert keys.all_differ(typed) is expected


@pytest.mark.parametrize("seed", range(20))
def test_batch_by_batch_each_key_is_found_that_came_before(seed: int) -> None:
    random = Random(seed)
    textual, before, seen = random.random() < 0.5, set[Any](), keys.Seen([])
    for _ in range(30):
        batch = [random.randrange(400) for _ in range(random.randrange(1, 40))]
        told: list[Any] = [f"E{one}" for one in batch] if textual else batch
        wanted = []
        for one in told:
            wanted.append(one in before)
            before.add(one)
        assert seen.again(pyarrow.array(told)).tolist() == wanted


def test_a_file_is_looked_up_once_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, looked = tmp_path / "firms.parquet", list[int]()

    def counting(columns: Any) -> bool:
        looked.append(1)
        return before(columns)

    before = keys.all_differ
    monkeypatch.setattr(keys, "all_differ", counting)
    parquet.write_table(pyarrow.table({"id": np.arange(100)}), path)
    for _ in range(3):
        assert keys.differ_in(sources.open_source(str(path)), "id")
    parquet.write_table(pyarrow.table({"id": [1] * 101}), path)
    assert not keys.differ_in(sources.open_source(str(path)), "id")
    assert len(looked) == 2


def test_nobody_looks_ahead_in_a_table_that_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("id\n1\n2\n")
    assert not keys.differ_in(sources.open_source(str(path)), "id")


@pytest.mark.parametrize("column", [pyarrow.array([1.5]), pyarrow.array([[1]])])
def test_numbers_with_fractions_and_lists_are_no_keys(column: Any) -> None:
    with pytest.raises(sources.BadSource, match="Keys are texts or whole numbers"):
        keys.all_differ([column])

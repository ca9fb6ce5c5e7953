"""`tongban policy match` from a terminal: what it tells, and what it refuses in plain words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.work.policies.peopled import GOOD, REFUND, ROOT, csv

from tongban.doors.cli.main import cli


def ran(*words: object) -> Any:
    return CliRunner().invoke(cli, ["policy", "match", *map(str, words)], env={"LC_ALL": "en_US.UTF-8"})


def test_the_command_tells_how_many_and_what_is_wanting(tmp_path: Path) -> None:
    source = csv(
        tmp_path, GOOD, "E2,11,0,10,5,small", "E3,12,0,10,,small", "E4,12,0,0,5,small", "E5,12,x,0,5,small"
    )
    done = ran(
        "--population", source, "--policy", REFUND, "--at", "2025-06-01", "--out", tmp_path / "out", "--pack", ROOT / "packs/cn"
    )  # fmt: skip
    assert done.exit_code == 1, done.output
    words = " ".join(done.output.split())
    assert "Job-stability refund of 2025 1 57,600.30 1 1 1 1" in words
    assert "1 × Unemployment premiums were paid for 12 months" in words
    assert "1 × ? Unemployment premium" in words
    assert "Subjects: 4. The result is in" in words
    assert "Rows that could not be read: 1;" in words


def test_a_policy_that_is_not_there_or_not_in_force_is_said(tmp_path: Path) -> None:
    source = csv(tmp_path, GOOD)
    given = ("--population", source, "--out", tmp_path / "out", "--pack", ROOT / "packs/cn")
    assert "did you mean" in ran(*given, "--policy", "job-stability-refunds").output
    assert "is in force on 1980-01-01" in ran(*given, "--policy", REFUND, "--at", "1980-01-01").output


def test_facts_without_a_column_are_named(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("id,firm_size\na,small\n", encoding="utf-8")
    done = ran(
        "--population", path, "--policy", REFUND, "--at", "2025-06-01", "--out", tmp_path / "out", "--pack", ROOT / "packs/cn"
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Without a column, so not known of anybody: layoffs_last_year" in done.output


def test_without_the_extra_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    source = csv(tmp_path, GOOD)
    given = ("--population", source, "--policy", REFUND, "--at", "2025-06-01", "--pack", ROOT / "packs/cn")
    done = ran(*given, "--engine", "duckdb", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "pip install 'tongban[engines]'" in done.output
    assert not list((tmp_path / "out").glob("part-*.parquet"))
    assert ran(*given, "--out", tmp_path / "other").exit_code == 0

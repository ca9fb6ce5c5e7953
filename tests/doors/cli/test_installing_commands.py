"""`tongban pack add | list | remove | freeze` from a terminal: what is told, and what is written only then."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.base.directory.test_installing import ORGANS
from tests.core.packs import shop_pack

from tongban.base.directory import installing, loading, models, queries
from tongban.doors.cli import boot
from tongban.doors.cli.main import cli

pytestmark = pytest.mark.django_db

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The database and Django run already; packs lie in a folder of this test."""
    monkeypatch.setattr(boot, "django", lambda: None)
    monkeypatch.setenv("TONGBAN_PACKS", str(tmp_path / "installed"))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    yield
    loading.forget()
    queries.pack.cache_clear()


@pytest.fixture
def run() -> Run:
    def ran(*words: object) -> Result:
        return CliRunner().invoke(cli, ["pack", *map(str, words)])

    return ran


def archive(path: Path, city: dict[str, str] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, data in shop_pack.files(city=ORGANS if city is None else city).items():
            made.writestr(name, data)
    return path


def test_an_archive_is_added_listed_and_cannot_be_removed_while_in_force(run: Run, tmp_path: Path) -> None:
    done = run("add", archive(tmp_path / "city.zip"))
    assert done.exit_code == 0, done.output
    assert "city 1.2.0" in done.output
    assert "In force for 990100 from" in done.output
    assert "nothing changes" in run("add", tmp_path / "city.zip").output
    assert run("list").output.splitlines()[1].endswith("in force")
    refused = run("remove", "city@1.2.0")
    assert refused.exit_code == 1
    assert "in force for 990100" in str(refused.exception)
    assert models.PackVersion.objects.count() == 1


def test_a_dry_run_tells_the_same_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    done = run("add", archive(tmp_path / "city.zip"), "--dry-run", "--from", "2999-01-01")
    assert done.exit_code == 0, done.output
    assert "from 2999-01-01 00:00. Nothing was written." in done.output
    assert not models.PackVersion.objects.exists()
    assert "No pack is installed here" in run("list").output


def test_what_is_to_come_is_listed_and_can_be_taken_back(run: Run, tmp_path: Path) -> None:
    run("add", archive(tmp_path / "city.zip"), "--from", "2999-01-01")
    (row,) = json.loads(run("list", "--json").output)
    assert [period["state"] for period in row["periods"]] == ["scheduled"]
    assert "is removed" in run("remove", row["digest"][:20]).output
    assert not models.InForce.objects.exists()


def test_a_place_without_bindings_is_told_each_of_them(run: Run, tmp_path: Path) -> None:
    path = archive(tmp_path / "bare.zip", {})
    for words in (("add", path), ("add", path, "--dry-run")):
        refused = run(*words)
        assert refused.exit_code == 1
        assert "authority unbound: market (Market regulation)" in refused.output
        assert "needed by: event open-shop, service receipt, service shop-permit" in refused.output
        assert "--incomplete" in refused.output
    assert not models.PackVersion.objects.exists()
    assert "Nothing was written" in run("add", path, "--dry-run", "--incomplete").output


def test_the_terminal_is_spoken_to_in_chinese(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    told = run("add", archive(tmp_path / "bare.zip", {})).output
    assert "主管部门未绑定：market（市场监管）。" in told
    assert "没有写入任何内容。" in told
    assert "Market regulation" not in told


def test_a_pack_with_mistakes_is_told_them_all(run: Run, tmp_path: Path) -> None:
    bad = {**ORGANS, "services/x.yaml": "- {id: x, nonsense: 1}\n"}
    refused = run("add", archive(tmp_path / "bad.zip", bad))
    assert refused.exit_code == 1
    assert "city/services/x.yaml:1:" in refused.output
    assert not models.PackVersion.objects.exists()


def test_a_hostile_archive_ends_in_one_plain_line(run: Run, tmp_path: Path) -> None:
    path = archive(tmp_path / "city.zip")
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("city/../../evil.yaml", "x")
    refused = run("add", path)
    assert refused.exit_code == 1
    assert "evil.yaml” leaves its folder" in str(refused.exception)


def test_only_what_was_frozen_is_let_in(run: Run, tmp_path: Path) -> None:
    path = archive(tmp_path / "city.zip")
    assert run("add", path).exit_code == 0
    written = tmp_path / "frozen.yaml"
    assert run("freeze", "--output", written).exit_code == 0
    assert written.read_text() == run("freeze").output
    assert run("add", path, "--frozen", written).exit_code == 0
    other = {**ORGANS, "README.md": "changed"}
    refused = run("add", archive(tmp_path / "other.zip", other), "--frozen", written, "--dry-run")
    assert refused.exit_code == 1
    assert "layer city: frozen sha256:" in refused.output


def test_freezing_nothing_is_refused(run: Run) -> None:
    refused = run("freeze")
    assert refused.exit_code == 1
    assert "No pack is in force" in str(refused.exception)


def test_a_pinned_pack_is_not_removed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "records_under", lambda digest: {"cases.application": 2})
    run("add", archive(tmp_path / "city.zip"), "--from", "2999-01-01")
    assert "records of cases.application made under it: 2" in str(run("remove", "city@1.2.0").exception)
    assert models.PackVersion.objects.exists()

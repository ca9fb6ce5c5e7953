"""`tongban files`: what the operator sees and mends; `tongban doctor` on the scanner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from tests.factories.clamd import Clamd
from tests.factories.fixtures import NOON
from tests.factories.papers import pdf

from tongban.base.files import actions, checking, commands, models, queries, store
from tongban.base.kit.acting import Acting
from tongban.doors.cli import doctor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "home"))


def take_in(text: str) -> models.Upload:
    acting = Acting(uuid4(), uuid4(), None, None, None, "applicant", "990100", "own matter", NOON, "r")
    return actions.take_in(
        acting=acting, owner=uuid4(), root=uuid4(), name="林晓晨.pdf", data=pdf(text), formats=("pdf",), max_bytes=10**7
    )  # fmt: skip


def run(*arguments: str) -> Any:
    return CliRunner().invoke(commands.files, list(arguments))


def test_renewing_and_resealing_can_be_stopped_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = [take_in(str(n)) for n in range(4)]
    assert "Key 2 is in use" in run("renew-key").output
    assert "4 files would be encrypted anew" in run("reseal", "--dry-run").output
    real, done = store.reseal, []

    def stopped(digest: str) -> bool:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(digest)
        return real(digest)

    with monkeypatch.context() as patched:
        patched.setattr(store, "reseal", stopped)
        assert run("reseal").exit_code != 0
    said = run("reseal")
    assert said.exit_code == 0
    assert "2 files were encrypted anew, 2 lie under the key in use, 0 could not be read" in said.output
    assert {store.key_number(u.address) for u in uploads} == {2}
    assert [queries.content(u) for u in uploads] == [pdf(str(n)) for n in range(4)]


def test_resealing_tells_what_is_missing_and_does_the_rest() -> None:
    gone, there = take_in("gone"), take_in("there")
    run("renew-key")
    store.remove(gone.address)
    said = run("reseal")
    assert said.exit_code == 1
    assert gone.address in said.output
    assert store.key_number(there.address) == 2


def test_status_counts_and_names_nobody(settings: Any, clamd: Clamd) -> None:
    settings.SCANNER = clamd.address
    upload = take_in("a")
    clamd.mood = "garbage"
    checking.scan(upload_id=upload.id, now=NOON)
    said = run("status")
    assert "unscanned 1" in said.output
    assert "HTTP/1.1" in said.output
    assert "林晓晨" not in said.output
    assert said.exit_code == 0
    settings.SCANNER = "none"
    stuck = json.loads(run("status", "--json").output)
    assert (stuck["stuck"], stuck["counts"]["unscanned"]) == (True, 1)
    assert run("status").exit_code == 1


def test_scanning_again_needs_to_be_told_what_and_a_scanner(settings: Any, clamd: Clamd) -> None:
    take_in("a")
    assert run("scan").exit_code == 2
    refused = run("scan", "--exempt")
    assert refused.exit_code == 1
    assert "set TONGBAN_SCANNER first" in refused.output
    settings.SCANNER = clamd.address
    assert "1 files wait for the scanner" in run("scan", "--exempt").output


def test_doctor_tells_of_the_scanner(monkeypatch: pytest.MonkeyPatch, clamd: Clamd) -> None:
    for address, good, words in (
        ("", None, "docs/guide/files.md"),
        (clamd.address, True, "ClamAV 1.4.3"),
        ("clamd:/nowhere", False, "no scanner at /nowhere"),
        ("clam", False, "write clamd:/run"),
    ):
        monkeypatch.setenv("TONGBAN_SCANNER", address)
        _name, found, said = doctor._scanner()
        assert found is good
        assert words in said

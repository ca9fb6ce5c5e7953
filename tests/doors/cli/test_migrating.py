"""`tongban pack migrate --dry-run`: a row for each change of each running case, as a table and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.work.cases.officer_desk import FOOD, Desk
from tests.work.cases.officer_desk import desk as desk  # the fixture
from tests.work.cases.test_moving import LAYER, SERVICES, large_answer, layered

from tongban.base.directory import installing
from tongban.base.kit.acting import system
from tongban.doors.cli import boot
from tongban.doors.cli.main import cli


@pytest.fixture(autouse=True)
def _node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "django", lambda: None)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def migrate(*words: str) -> Result:
    return CliRunner().invoke(cli, ["pack", "migrate", *words])


@pytest.fixture
def application(desk: Desk) -> Any:
    """A running case whose place has a next pack since: a shorter term, and an answer out of range."""
    found = desk.application()
    facts = f"- {{id: {large_answer(found, desk.city.pack)}, minimum: 0, maximum: 1}}\n"
    checked = installing.check(layered(desk.city.pack, services=SERVICES, facts=facts), LAYER)
    installing.add_pack(acting=system(desk.later(hours=1), "990100", "test"), checked=checked)
    return found


def test_every_change_is_a_row_and_every_answer_is_kept(application: Any, desk: Desk) -> None:
    told = migrate("--dry-run", "--csv")
    assert told.exit_code == 0, told.output
    head, *rows = csv.reader(io.StringIO(told.output))
    assert head == ["application", "life event", "from", "to", "what changes", "which"]
    assert {row[0] for row in rows} == {application.number}
    assert all(row[3].startswith(LAYER) for row in rows)
    kept = [row[5] for row in rows if row[4] == "answer kept, no longer read"]
    assert [one.partition(" (")[0] for one in kept] == [large_answer(application, desk.city.pack)]
    assert kept[0].endswith(": too-large")
    assert any(row[4] == "service" and "now 5 working days" in row[5] for row in rows)
    answers, digest = application.answers, application.pack_digest
    application.refresh_from_db()
    assert (application.answers, application.pack_digest) == (answers, digest)


def test_the_table_ends_with_the_numbers(application: Any) -> None:
    told = migrate("--dry-run")
    assert told.exit_code == 0, told.output
    assert application.number in told.output
    assert (
        "Running applications: 1, under another pack: 1, of those that would change: 1. Nothing was written."
        in told.output
    )


def test_without_dry_run_it_says_why_not(desk: Desk) -> None:
    refused = migrate()
    assert refused.exit_code == 1
    assert "keep the pack they were submitted under" in refused.output


def test_another_pack_than_the_one_in_force_can_be_asked_about(application: Any) -> None:
    first = application.pack_digest
    told = migrate("--dry-run", "--to", first)
    assert "under another pack: 0" in told.output
    assert migrate("--dry-run", "--to", "no-such-pack").exit_code == 1


def test_it_is_told_in_chinese(application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "个工作日" in migrate("--dry-run", "--csv").output
    assert FOOD not in migrate("--dry-run", "--csv").output

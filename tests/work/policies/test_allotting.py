"""What a policy sets aside is shared out over a population: by score for an offer, never more than there is."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.rules.states import Known
from tongban.doors.cli import packs
from tongban.doors.cli.main import cli

ROOT = Path(__file__).resolve().parents[3]
AT = date(2026, 11, 1)
FACTORY = "standard-factory"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.read_clean(ROOT / "packs/cn-qingqu")


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    lines = (
        "id,trade,staff_now,hi_tech_status,sme_title", "a,manufacturing,50,none,none", "b,manufacturing,60,first,none",
        "c,machine_tools,40,none,province", "d,software,80,first,national", "e,manufacturing,3,first,none",
        "f,machine_tools,30,first,national", "g,manufacturing,10,,", "h,manufacturing,lots,none,none",
    )  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def ran(*words: object, language: str = "en_US.UTF-8") -> Any:
    given = ["policy", "allot", *map(str, words), "--pack", str(ROOT / "packs/cn-qingqu"), "--at", str(AT)]
    return CliRunner().invoke(cli, given, env={"LC_ALL": language})


def shares(path: Path) -> dict[str, tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return {row["subject"]: (row["amount"], row["score"], row["given"]) for row in rows}


def test_places_of_an_offer_go_to_the_highest_scores(firms: Path, tmp_path: Path) -> None:
    out = tmp_path / "shares.csv"
    done = ran(FACTORY, "--population", firms, "--available", "2600", "--out", out)
    assert done.exit_code == 0, done.output
    assert shares(out) == {
        "a": ("1000", "0", "0"), "b": ("1200", "2", "1200"), "c": ("800", "1", "800"), "f": ("600", "3", "600"),
        "g": ("200", "0", "0"),
    }  # fmt: skip
    assert "Due to 5; given to 3, in full to 3: 2600 in all, 0 left." in done.output
    assert "could not be read, and are left out: 1" in done.output
    chinese = ran(FACTORY, "--population", firms, "--out", out, language="zh_CN.UTF-8")
    assert "余 56200" in chinese.output


def test_what_makes_no_sense_is_said(firms: Path, tmp_path: Path) -> None:
    out = tmp_path / "shares.csv"
    assert (
        "cannot be what there is"
        in ran(FACTORY, "--population", firms, "--available", "x", "--out", out).output
    )
    assert (
        "cannot be what there is"
        in ran(FACTORY, "--population", firms, "--available=-5", "--out", out).output
    )
    assert "sets nothing aside" in ran("specialised-sme-award", "--population", firms, "--out", out).output
    assert "There is no policy" in ran("no-such", "--population", firms, "--out", out).output
    assert not out.exists()


def test_an_offer_is_told_in_its_own_unit(pack: Pack) -> None:
    policy = pack.policies[FACTORY]
    facts = {"trade": Known("manufacturing"), "staff_now": Known(10)}
    assert calculator.assess(pack, policy, facts, AT).amount_fen == 200
    done = CliRunner().invoke(
        cli, ["policy", "ask", "--policy", FACTORY, "--pack", str(ROOT / "packs/cn-qingqu"), "--at", str(AT)],
        input="10\nmanufacturing\n", env={"LC_ALL": "en_US.UTF-8"},
    )  # fmt: skip
    assert "Standard factories of the park (sample policy): 200 m²" in done.output, done.output

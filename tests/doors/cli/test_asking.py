"""`tongban ask EVENT`: no question that settles nothing, every step can be taken back, and the answers make the plan."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from tests.core.packs import shop_pack

from tongban.doors.cli.main import cli

ROOT = Path(__file__).resolve().parents[3]
CITY = str(ROOT / "packs" / "cn-qingqu")


def ran(*words: object, typed: str = "", language: str = "en_US.UTF-8") -> Any:
    return CliRunner().invoke(cli, list(map(str, words)), input=typed, env={"LC_ALL": language})


@pytest.fixture
def shop(tmp_path: Path) -> str:
    for name, content in shop_pack.files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(tmp_path / "city")


def left(output: str) -> list[int]:
    return [int(number) for number in re.findall(r"Questions left: (\d+)", output)]


def test_it_asks_until_nothing_is_left_and_shows_the_plan(tmp_path: Path, shop: str) -> None:
    out = tmp_path / "answers.yaml"
    done = ran(
        "ask", "open-shop", "--pack", shop, "--at", "2026-03-02", "--out", out, typed="50\n1\n" + "Mine\n" * 3
    )
    assert done.exit_code == 0, done.output
    assert left(done.output)[-1] == 1
    plan = ran("plan", "open-shop", "--pack", shop, "--at", "2026-03-02", "--facts", out)
    assert plan.output.strip() in done.output
    assert "Questions left" not in plan.output
    assert yaml.safe_load(out.read_text(encoding="utf-8")).keys() <= {"kind", "area", "shop_name"}


def test_what_an_answer_settles_is_not_asked_any_more(shop: str) -> None:
    large = ran("ask", "open-shop", "--pack", shop, "--at", "2026-03-02", typed="500\n" + "?\n" * 9)
    assert "+ Shop permit" in large.output
    assert "Which kind?" not in large.output.split("Materials")[0]
    small = ran("ask", "open-shop", "--pack", shop, "--at", "2026-03-02", typed="5\nHall\n" + "?\n" * 9)
    assert small.output.index("Which kind?") < small.output.index("+ Shop permit")


def test_a_step_back_takes_its_answer_away(tmp_path: Path) -> None:
    out = tmp_path / "answers.yaml"
    typed = "yes\n<\nno\n"
    done = ran("ask", "open-restaurant", "--pack", CITY, "--at", "2026-03-02", "--out", out, typed=typed)
    assert done.exit_code == 0, done.output
    assert left(done.output)[0] == left(done.output)[2]
    assert yaml.safe_load(out.read_text(encoding="utf-8")) == {"only_prepackaged": False}


def test_before_the_first_question_there_is_nothing_to_go_back_to() -> None:
    assert "This is the first question." in ran("ask", "open-restaurant", "--pack", CITY, typed="<\n").output
    assert (
        "这是第一题。"
        in ran("ask", "open-restaurant", "--pack", CITY, typed="<\n", language="zh_CN.UTF-8").output
    )


def test_an_answer_that_cannot_be_is_explained_and_asked_again(tmp_path: Path) -> None:
    known = tmp_path / "facts.yaml"
    known.write_text("only_prepackaged: true\n", encoding="utf-8")
    words = ("ask", "open-restaurant", "--pack", CITY, "--at", "2026-03-02", "--facts", known)
    done = ran(*words, typed="pizza\n1\n")
    assert "What will the shop mainly do?" in done.output.split("pizza")[0]
    assert "Choose" in done.output or "one of:" in done.output
    assert done.output.count("Questions left: 8") == 1


def test_whoever_knows_nothing_is_asked_each_question_once_and_gets_a_plan() -> None:
    done = ran("ask", "open-restaurant", "--pack", CITY, "--at", "2026-03-02", typed="?\n" * 60)
    assert done.exit_code == 0, done.output
    counts = left(done.output)
    assert 9 <= len(counts) < 60
    assert counts[-2:] == [1, 9]  # the last question, and what the plan says is still open
    assert "Compared with doing each alone" in done.output


def test_an_event_that_is_not_there_and_a_fact_that_is_wrong_are_said(tmp_path: Path, shop: str) -> None:
    assert "There is no life event 'open-bar'" in ran("ask", "open-bar", "--pack", shop).output
    bad = tmp_path / "facts.yaml"
    bad.write_text("area: big\n", encoding="utf-8")
    done = ran("ask", "open-shop", "--pack", shop, "--facts", bad)
    assert done.exit_code == 1
    assert "area" in done.output


def test_why_is_told_at_every_question_and_the_question_stays() -> None:
    words = ("ask", "open-restaurant", "--pack", CITY, "--at", "2026-03-02")
    done = ran(*words, typed="why\nno\n")
    assert "· Decides whether you need “Food business permit, new”" in done.output
    assert "[Food Safety Law 33, Food Safety Law 35" in done.output
    assert "+ Food business permit, new" in done.output
    chinese = ran(*words, typed="为什么？\n", language="zh_CN.UTF-8")
    assert "· 决定要不要办“" in chinese.output
    consent = ran(*words, typed="no\n" + "why\n?\n" * 30)
    assert "With your consent it can come from: Property registry" in consent.output


def test_an_answer_that_is_changed_shows_what_the_change_adds_and_drops() -> None:
    words = ("ask", "open-restaurant", "--pack", CITY, "--at", "2026-03-02")
    done = ran(*words, typed="yes\n<\nno\n")
    after = done.output.split("Compared with your earlier answer:")[1].split("Questions left")[0]
    assert "+ Food business permit, new" in after
    assert "− Filing for selling only prepackaged food" in after
    same = ran(*words, typed="yes\n<\nyes\n")
    assert "Compared with your earlier answer:" not in same.output

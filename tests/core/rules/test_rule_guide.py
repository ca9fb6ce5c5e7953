"""`docs/guide/rules.md` and its Chinese twin: every example is run, and both have the same ones.

A fence with a file name is a file. `rule` holds lines `rule → result`, evaluated with `shop.yaml` and `facts.yaml`;
`refused` holds lines `rule → message`. `console` holds `$ command`, each followed by all that it prints.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tongban.doors.cli.main import cli

GUIDES = Path(__file__).resolve().parents[3] / "docs" / "guide"
LANGUAGES = {"rules.md": "en_GB.UTF-8", "rules.zh.md": "zh_CN.UTF-8"}
WITH_FACTS = ["--vocabulary", "shop.yaml", "--facts", "facts.yaml", "--at", "2026-03-01"]


@dataclass(frozen=True)
class Fence:
    kind: str
    name: str
    """Of the file; empty for examples."""
    body: str
    line: int


def fences(guide: str) -> Iterator[Fence]:
    text = (GUIDES / guide).read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w+)(?: ([\w.]+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Fence(found[1], found[2] or "", found[3], text.count("\n", 0, found.start()) + 1)


def examples(fence: Fence) -> Iterator[tuple[str, str]]:
    """What is run and what it gives, of fences of examples."""
    if fence.kind in ("rule", "refused"):
        for line in fence.body.splitlines():
            text, _, result = line.partition("→")
            yield text.strip(), result.strip()
    if fence.kind == "console":
        for part in re.split(r"^\$ ", fence.body, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a guide; its files stand in the current folder."""
    for fence in fences(request.param):
        if fence.name:
            (tmp_path / fence.name).write_text(fence.body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return request.param


def run(guide: str, arguments: list[str]) -> str:
    """All that a command prints, problems included."""
    env = {
        "LANG": LANGUAGES[guide],
        "LC_ALL": "",
        "LC_MESSAGES": "",
        "TONGBAN_PACKS": os.environ["TONGBAN_PACKS"],
    }
    result = CliRunner().invoke(cli, arguments, env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def test_every_example_of_the_guide_gives_what_the_guide_says(guide: str) -> None:
    count = 0
    for fence in fences(guide):
        for given, expected in examples(fence):
            count += 1
            match fence.kind:
                case "rule":
                    found = run(guide, ["rule", "eval", given, *WITH_FACTS]).strip()
                case "refused":
                    first = run(guide, ["rule", "check", given, "--vocabulary", "shop.yaml"]).split("\n")[0]
                    found = first.split(": ", 2)[2]
                case _:
                    program, *arguments = shlex.split(given)
                    assert program == "tongban"
                    found = run(guide, arguments)
            assert found == expected, f"{guide}:{fence.line}: {given}"
    assert count > 40


def test_both_languages_have_the_same_files_and_the_same_examples() -> None:
    english, chinese = (list(fences(name)) for name in LANGUAGES)
    assert [(f.kind, f.name) for f in english] == [(f.kind, f.name) for f in chinese]
    for one, other in zip(english, chinese, strict=True):
        if one.name:
            assert one.body == other.body
        assert [given for given, _ in examples(one)] == [given for given, _ in examples(other)]


def test_every_fence_is_run_or_a_file() -> None:
    for name in LANGUAGES:
        for fence in fences(name):
            assert fence.name or list(examples(fence)), fence
        text = (GUIDES / name).read_text(encoding="utf-8")
        assert text.count("\n```") == 2 * len(list(fences(name)))

"""`docs/recipes/add-a-life-event.md`, followed to the letter by somebody who knows nothing else."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tongban.doors.cli.main import cli

RECIPE = Path(__file__).resolve().parents[2] / "docs" / "recipes" / "add-a-life-event.md"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_whoever_follows_the_recipe_has_a_life_event_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = 0
    for kind, name, body in FENCE.findall(RECIPE.read_text(encoding="utf-8")):
        if kind == "yaml" and name:
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body, encoding="utf-8")
        if kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, expected = part.partition("\n")
                commands += 1
                assert shown(command) == expected, command
    assert commands >= 8
    assert "open-bookshop" in shown("tongban plan open-bookshop --pack packs/my-town --json")


def shown(command: str) -> str:
    """What the command prints, without the digest, which changes with every word."""
    program, *arguments = shlex.split(command)
    assert program == "tongban"
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return re.sub(r"^digest .*\n", "", result.output, flags=re.MULTILINE)

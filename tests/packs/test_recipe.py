"""The recipes with commands in them, followed to the letter by somebody who knows nothing else."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tongban.doors.cli.main import cli

RECIPES = Path(__file__).resolve().parents[2] / "docs" / "recipes"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


FAILS = re.compile(r"rows left out: [1-9]|rejected\.csv says why")
"""What a command says that did not do all of it."""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_whoever_follows_the_recipe_has_a_life_event_that_works() -> None:
    assert follow("add-a-life-event.md") >= 8
    assert "open-bookshop" in shown("tongban plan open-bookshop --pack packs/my-town --json")


def test_whoever_follows_the_recipe_has_the_services_of_a_spreadsheet() -> None:
    assert follow("import-services.md") == 2
    before = Path("packs/water/services/list.yaml").read_bytes()
    again = shown("tongban pack import list.csv --mapping map.yaml --into packs/water", fails=True)
    assert "0 written, 2 there already; rows left out: 1." in again
    rest = Path("rest.csv").read_text(encoding="utf-8-sig")
    mended = rest.replace("五个工作日", "5个工作日").replace("供水报装,", "供水报装,Water connection")
    Path("rest.csv").write_text(mended, encoding="utf-8")
    more = shown("tongban pack import rest.csv --mapping map.yaml --into packs/water --file list")
    assert "services: 1 written to packs/water/services/list.yaml" in more
    assert Path("packs/water/services/list.yaml").read_bytes().startswith(before)
    shown("tongban pack lint packs/water")


def test_whoever_follows_the_recipe_has_the_rule_of_a_table_in_a_pack() -> None:
    assert follow("import-decision-table.md") == 2
    again = shown(
        "tongban rule table grant.csv --into packs/water --as policies/opening-grant#amount --lang en"
    )
    assert again == "policies/opening-grant#amount holds this rule already; nothing to write.\n"
    shown("tongban pack lint packs/water")


def test_whoever_follows_the_recipe_matches_a_population_and_tries_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert follow("match-a-population.md") == 2
    assert "E4,layoffs_last_year" in Path("result/rejected.csv").read_text(encoding="utf-8-sig")


def follow(recipe: str) -> int:
    """Writes the files of the recipe and runs its commands, each of which prints what the recipe says; their number."""
    commands = 0
    for kind, name, body in FENCE.findall((RECIPES / recipe).read_text(encoding="utf-8")):
        if name:
            target = Path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body, encoding="utf-8")
        if kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, expected = part.partition("\n")
                commands += 1
                assert shown(command, fails=bool(FAILS.search(expected))) == expected, command
    return commands


def shown(command: str, *, fails: bool = False) -> str:
    """What the command prints, without the digest, which changes with every word."""
    program, *arguments = shlex.split(command)
    assert program == "tongban"
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == fails, result.output
    return re.sub(r"^digest .*\n", "", result.stdout, flags=re.MULTILINE)

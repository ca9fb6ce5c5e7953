"""The command line loads what is run and nothing else, and every command it lists exists."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tongban.doors.cli.main import cli


def walk(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, (*path, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))


PATHS = sorted(walk(cli))


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_says_what_it_does(path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["tongban", *path, "--help"])
    shown = CliRunner().invoke(cli, [*path, "--help"], prog_name="tongban")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(f"Usage: tongban {' '.join(path)} ")
    assert len(shown.output.splitlines()) > 3


@pytest.mark.parametrize("words", ["--version", "stop --help", "doctor --help"])
def test_a_small_command_waits_for_no_parser_and_no_web_framework(words: str) -> None:
    run = (
        "import sys\n"
        "from tongban.doors.cli.main import main\n"
        f"sys.argv = ['tongban', *{words.split()!r}]\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({'sqlglot', 'django', 'rich', 'openpyxl'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_told_in_one_line() -> None:
    refused = CliRunner().invoke(cli, ["pck"])
    assert refused.exit_code == 2
    assert "No such command 'pck'" in refused.output

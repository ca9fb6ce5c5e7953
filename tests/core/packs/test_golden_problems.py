"""Broken packs and the whole of what their authors are told.

Each folder of `bad/` holds layers; the layer that no other extends is loaded. `make golden` rewrites the texts.
"""

import os
from pathlib import Path

import pytest

from tongban.core.packs.loader import load

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.name for path in BAD.iterdir() if path.is_dir())


def files_of(case: Path) -> dict[str, bytes]:
    return {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.parent != case
    }


def top_of(files: dict[str, bytes]) -> str:
    layers = {name.split("/")[0] for name in files}
    extended = {
        line.split(":")[1].strip()
        for name, content in files.items()
        if name.endswith("/pack.yaml")
        for line in content.decode().splitlines()
        if line.startswith("extends:")
    }
    return min(layers - extended or layers)


@pytest.mark.parametrize("case", CASES)
def test_a_broken_pack_is_told_every_mistake_at_once(case: str):
    files = files_of(BAD / case)
    loaded = load(files, top_of(files))
    messages = "".join(f"{problem}\n" for problem in loaded.problems)
    expected = BAD / case / "expected.txt"
    if os.environ.get("GOLDEN"):
        expected.write_text(messages, encoding="utf-8")
    assert loaded.pack is None
    assert messages == expected.read_text(encoding="utf-8")


def test_one_run_reports_an_unknown_fact_a_wrong_type_a_circle_and_too_long_a_promise():
    files = files_of(BAD / "four-at-once")
    codes = {problem.code for problem in load(files, top_of(files)).problems}
    assert codes >= {"unknown-name", "wrong-type", "circle", "promise-too-long"}

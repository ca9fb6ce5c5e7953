"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "tongban"
MODULES = [path for path in SRC.rglob("*.py") if "migrations" not in path.parts]

PLATFORM_ROLES = {"data-bureau", "hotline-centre"}
"""Roles of those who run the platform itself, in every city: rooms name them to know their own desks."""
CHINESE = ("餐饮", "面馆", "青衢", "营业执照")
"""Words of content that no module may hold; Chinese does not separate words."""


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in MODULES
        if (n := sum(1 for line in p.read_text().splitlines() if line.strip())) > 400
    }
    assert not long


def test_no_word_of_content_stands_in_the_code() -> None:
    """Names of services, facts, licences, places and organs live in packs. Only the demo people may name some."""
    words = _content_words()
    found = []
    for path in MODULES:
        if "demo" in path.relative_to(SRC).parts:
            continue
        strings = [
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not _is_docstring(node, path)
        ]
        found += [
            f"{path.relative_to(ROOT)}: {word}" for text in strings for word in _standing_in(text, words)
        ]
    assert not found


def test_the_clock_is_read_only_at_the_doors() -> None:
    allowed = {"doors", "tasks.py", "middleware.py", "commands.py", "ids.py", "pages.py", "api.py"}
    readers = []
    for path in MODULES:
        if allowed & {*path.relative_to(SRC).parts, path.name}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "timezone.now", "datetime.now", "date.today", "datetime.today", "datetime.utcnow", "time.time",
            }:  # fmt: skip
                readers.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not readers


def test_no_float_is_made_in_the_core_but_for_the_share_of_a_term() -> None:
    found = []
    for path in (SRC / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "float":
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


@pytest.mark.parametrize("broken", ["rooms", "floors", "pure", "private"])
def test_a_broken_import_contract_is_caught(broken: str, tmp_path: Path) -> None:
    """Each contract is broken once on purpose, in a copy."""
    import shutil

    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    target, line = {
        "rooms": ("records/catalogue/queries.py", "import tongban.records.licences.trust"),
        "floors": ("base/kit/ids.py", "import tongban.work.cases.numbers"),
        "pure": ("core/values/money.py", "import os"),
        "private": ("work/cases/numbers.py", "import tongban.base.identity.models"),
    }[broken]
    module = tmp_path / "src" / "tongban" / target
    text = module.read_text()
    module.write_text(
        text.replace(
            "from __future__ import annotations\n", f"from __future__ import annotations\n{line}\n", 1
        )
    )
    run = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"}, check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stdout
    assert "BROKEN" in run.stdout


def test_every_setting_is_documented() -> None:
    documented = (SRC / "config" / "settings.py").read_text().split('"""')[1]
    used = set()
    for path in MODULES:
        used |= set(re.findall(r"TONGBAN_[A-Z_]+", path.read_text()))
    internal = {"TONGBAN_AS"}
    assert {name for name in used if name not in documented} <= internal


def _content_words() -> set[str]:
    """Ids of what packs declare. Terms of the glossary and kinds of documents are the platform's own words."""
    words: set[str] = set()
    for path in (ROOT / "packs").rglob("*.yaml"):
        entries = yaml.safe_load(path.read_text())
        if path.parent.name in ("tests", "calendars", "glossary", "documents") or not isinstance(
            entries, list
        ):
            continue
        for entry in entries:
            identifier = str(entry.get("id") or entry.get("code"))
            if re.search(r"[-_0-9]", identifier) and identifier not in PLATFORM_ROLES:
                words.add(identifier)
    return words | {"restaurant", "Qingqu"}


def _standing_in(text: str, words: set[str]) -> set[str]:
    """Those words that are whole words of the text; the Chinese ones anywhere in it."""
    return words & set(re.findall(r"[\w-]+", text)) | {word for word in CHINESE if word in text}


def _is_docstring(node: ast.Constant, path: Path) -> bool:
    source = path.read_text().splitlines()
    return source[node.lineno - 1].lstrip().startswith(('"""', 'r"""'))

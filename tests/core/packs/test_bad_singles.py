"""One mistake in one file of the small sound pack (`shop_pack`), and exactly what its author is told, in both languages.

A file of `bad-singles/` names the file that is put into the pack, or in place of one of it, and holds its content (of two
where it takes two); below `-- told` stand the problems, first in English, then in Chinese. `make golden` rewrites them.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
from tests.core.packs import shop_pack
from tests.core.packs import test_golden_problems as folders

from tongban.core.packs import tree
from tongban.core.packs.in_chinese import in_chinese
from tongban.core.packs.loader import load
from tongban.core.packs.pack import Problem

HERE = Path(__file__).parent / "bad-singles"
CASES = sorted(HERE.glob("*.txt"))
CORE = Path(__file__).resolve().parents[3] / "src" / "tongban" / "core" / "packs"
ALONE = ("city/facts/", "city/materials/", "city/parameters/", "city/calendars/", "city/code-lists/")
"""Where a mistake in one entry says nothing about others."""
TOLD = "-- told\n"
NEVER_OF_A_PACK = {
    "facts.py",  # facts that are given, not declared
    "importing.py",  # of tables: test_importing
    "mappings.py",
    "official.py",  # asked for by itself: test_official
    "openfisca.py",  # of another project's files: test_openfisca
    "openfisca_scales.py",
    "openfisca_values.py",
}


def read(case: Path) -> tuple[dict[str, bytes], str]:
    """The files that are put into the pack, and what is told."""
    above, _, told = case.read_text(encoding="utf-8").partition(TOLD)
    parts = (part.partition("\n") for part in re.split("^== ", above, flags=re.MULTILINE)[1:])
    return {name: content.encode() for name, _, content in parts}, told


def problems(files: dict[str, bytes]) -> tuple[Problem, ...]:
    found = load({**shop_pack.files(), **files}, "city")
    assert found.pack is None
    return found.problems


def lines(found: tuple[Problem, ...]) -> str:
    return "".join(f"{one}\n" for one in (*found, *map(in_chinese, found)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_author_of_one_mistake_is_told_exactly_this(case: Path) -> None:
    files, told = read(case)
    found = lines(problems(files))
    if os.environ.get("GOLDEN"):
        above = case.read_text(encoding="utf-8").partition(TOLD)[0]
        case.write_text(f"{above}{TOLD}{found}", encoding="utf-8")
        return
    assert found == told


def test_there_are_eighty_and_no_two_are_the_same_mistake() -> None:
    assert len(CASES) >= 80
    told = [read(case)[1] for case in CASES]
    assert len(set(told)) == len(told)


def test_a_file_that_is_too_large_is_not_read() -> None:
    (found,) = problems({"city/laws/a.yaml": b"# " + b"x" * tree.MAX_BYTES})
    assert (found.code, found.position.file) == ("file-too-large", "city/laws/a.yaml")


@pytest.mark.parametrize(
    "content", [b"- {id: \xff}\n", "- {id: 法}\n".encode("gb18030"), "- {id: a}\n".encode("utf-16")]
)
def test_a_file_in_another_encoding_is_told_so(content: bytes) -> None:
    (found,) = problems({"city/laws/a.yaml": content})
    assert (found.code, found.position.file) == ("not-utf8", "city/laws/a.yaml")


def test_all_mistakes_come_at_once_in_the_order_of_file_and_line() -> None:
    """Of those that keep no file from being read: all others wait, since a name may stand in such a file."""
    files = shop_pack.files()
    alone: list[Problem] = []
    for case in CASES:
        (name, content), *others = read(case)[0].items()
        if not others and name.startswith(ALONE):
            own = name.replace("a.yaml", f"{case.stem}.yaml")
            files[own] = content
            alone += problems({own: content})
    found = load(files, "city").problems
    assert len(found) >= len(alone) > 15
    places = [(one.position.file, one.position.line, one.position.column) for one in found]
    assert places == sorted(places)


def test_every_kind_of_mistake_is_made_by_some_broken_pack() -> None:
    made = {one.code for case in CASES for one in problems(read(case)[0])}
    for folder in folders.CASES:
        files = folders.files_of(folders.BAD / folder)
        made |= {one.code for one in load(files, folders.top_of(files)).problems}
    made |= {"file-too-large", "not-utf8"}  # above
    assert codes() - made == set()


def codes() -> set[str]:
    """The codes that the checks of packs write out: `problem("lock", ...)`, `Problem(position, "lock", ...)`."""
    found: set[str] = set()
    for source in (*CORE.glob("*.py"), *(CORE / "lint").glob("*.py")):
        if source.name in NEVER_OF_A_PACK:
            continue
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                place = {"problem": 0, "Problem": 1}.get(name)
                if place is not None and len(call.args) > place:
                    code = call.args[place]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value:
                        found.add(code.value)
    return found

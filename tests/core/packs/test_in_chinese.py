"""What is wrong with a pack or a rule is told in Chinese too: every sentence that the checks can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.core.packs import test_golden_problems as broken
from tests.core.rules import test_rule_programs as programs

from tongban.core.packs.in_chinese import chinese, in_chinese
from tongban.core.packs.loader import load
from tongban.core.packs.pack import Position, Problem
from tongban.core.rules import in_chinese as of_rules
from tongban.core.rules.check import compile_rule
from tongban.core.values.wording import Wording
from tongban.doors.cli.main import cli

CORE = Path(__file__).resolve().parents[3] / "src" / "tongban" / "core"
SAYING = (
    *(CORE / "packs" / f"{name}.py" for name in (
        "facts", "front_matter", "importing", "layers", "loader", "mappings", "merge", "names", "parameters", "rule_texts", "shapes", "svg", "tree",
    )),
    *sorted((CORE / "packs" / "lint").glob("*.py")),
    *(CORE / "rules" / f"{name}.py" for name in (
        "check", "check_gathering", "check_operations", "leftovers", "literals", "parse", "refused_words", "spelling",
    )),
)  # fmt: skip
FRAGMENTS = {
    # parts of sentences that the table has as wholes
    "IS NULL", "… IS NULL", "FILTER (WHERE ...)", "SUM adds up a field", "MIN takes the least of a field",
    "MAX takes the greatest of a field", "BOOL_OR looks at a condition", "BOOL_AND looks at a condition",
    "adds a block:", "adds the condition", "asks for", "nothing fills", "… the field …", "fields here: ",
    "its fields: ", "one of: ", "… is a …", "…, which rests anyway", "…, which is worked anyway", "… or …",
    "the front matter holds no …: it is … of the file", "… takes … …, not ….",
    # whose it is, before what is wrong
    "… …", "… (…)", "… … (…)", "…: …", "fact …: …", "relation …: …", "…: [...]",
    "…: the list already has \"…\"", "…: the list below has no \"…\" to remove",
    "… (…): no layer below has this entry, so its list cannot be changed",
    "… …: no layer below has it, so it cannot be taken away",
    "… …: a class of retention from below is not taken away, files would be kept shorter",
    # no sentences
    "dict[str, Any]", "Mapping[str, Any]", "tuple[str, ...]", "未导入的原因 why not imported", "^---[ \\t]*$", "^<!-- *(\\w+) *-->[ \\t]*$",
}  # fmt: skip


def texts(source: Path) -> Iterator[str]:
    """Every text of a module that has a space in it, docstrings left out; what differs from case to case is `…`."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(node.value)
        if isinstance(node, ast.JoinedStr):
            skipped.update(part for part in ast.walk(node) if part is not node)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        else:
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if " " in text.strip():
            yield text


def test_everything_that_the_checks_can_say_is_in_the_table() -> None:
    untold = {text for source in SAYING for text in texts(source) if chinese(text) is None}
    assert untold == FRAGMENTS


@pytest.mark.parametrize("case", broken.CASES)
def test_every_problem_of_a_broken_pack_is_told_in_chinese(case: str) -> None:
    files = broken.files_of(broken.BAD / case)
    for problem in load(files, broken.top_of(files)).problems:
        for text in filter(None, (problem.message, problem.hint)):
            told = chinese(text)
            assert told is not None, text
            assert_same_values(text, told)


@pytest.mark.parametrize("path", programs.BAD, ids=lambda path: path.stem)
def test_every_problem_of_a_rule_is_told_in_chinese(path: Path) -> None:
    text = path.read_text(encoding="utf-8").partition(programs.LINE)[0]
    for problem in compile_rule(text, programs.VOCABULARY).problems:
        for said in filter(None, (problem.message, problem.hint)):
            told = of_rules.WORDING.chinese(said)
            assert told is not None, said
            assert_same_values(said, told)


def assert_same_values(english: str, told: str) -> None:
    """Names in quotes, days and amounts stand in both."""
    for value in re.findall(r'"([^"]+)"|\b(\d{4}-\d\d-\d\d|\d+)\b', english):
        assert any(part and part in told for part in value), (english, told)


def test_a_problem_keeps_its_place_and_its_code() -> None:
    problem = Problem(Position("city/services/a.yaml", 3, 7), "unknown-life-event", 'test a (event): there is no life event "x"', "add it to life-events/")  # fmt: skip
    assert (
        str(in_chinese(problem))
        == "city/services/a.yaml:3:7: 测试“a”（event）：没有一件事“x” (加到 life-events/)"
    )
    assert in_chinese(problem).code == problem.code


def test_what_the_table_lacks_stays_as_it_is() -> None:
    assert (
        in_chinese(Problem(Position("a"), "new", "never said before", "nor this")).message
        == "never said before"
    )


def test_a_special_sentence_comes_before_a_general_one_and_names_stay_as_written() -> None:
    wording = Wording("no $name | 没有$name\nno $$name here | 这里没有$$name\nshop | 店\none | 一")
    assert wording.chinese("no shop") == "没有shop"
    assert wording.chinese("no shop here") == "这里没有店"
    assert wording.chinese("no inn here") == "这里没有inn"
    assert wording.chinese("a shop") is None
    with pytest.raises(ValueError, match="no Chinese"):
        Wording("only English")


def test_lint_speaks_the_language_of_the_terminal_or_the_one_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack = str(broken.BAD / "names" / "land")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    terminal = CliRunner().invoke(cli, ["pack", "lint", pack])
    asked = CliRunner().invoke(cli, ["pack", "lint", pack, "--lang", "en"])
    assert (terminal.exit_code, asked.exit_code) == (1, 1)
    assert "没有" in terminal.output
    assert "there is no" in asked.output
    assert len(terminal.output.splitlines()) == len(asked.output.splitlines())


def test_a_refused_rule_is_told_in_chinese() -> None:
    shown = CliRunner().invoke(cli, ["rule", "check", "no_such_thing > 1", "--lang", "zh"])
    assert shown.exit_code == 1
    assert "没有名为“no_such_thing”的事实或参数。" in shown.output

"""Whole programs: those in `good/` mean what is written under them, those in `bad/` are refused in these words.

A program stands above the line `----`. Under it, in `good/`: its type, the values of parameters and bracket tables,
and rows of what is given (a fact that is missing is unknown, null is absent) and what the program gives. In `bad/`:
what the author is shown. Both speak of `good/vocabulary.yaml`. `refused.txt` lists every refusal by itself.

After a deliberate change of messages, rewrite `bad/` and read the difference:

    python -m tests.core.rules.test_rule_programs
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.printing import print_node
from tongban.core.rules.problems import RuleProblem, render
from tongban.core.rules.rule import OnUndefined
from tongban.core.rules.states import (
    ABSENT,
    Absent,
    Brackets,
    Known,
    Members,
    State,
    Undefined,
    Unknown,
    Value,
)
from tongban.core.rules.types import Table, Type, Vocabulary, parse_type, read

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.rule"))
BAD = sorted((HERE / "bad").glob("*.rule"))
LINE = "\n----\n"


def vocabulary() -> Vocabulary:
    raw = yaml.safe_load((HERE / "good" / "vocabulary.yaml").read_text(encoding="utf-8"))
    named = {
        group: {name: _type(type) for name, type in raw[group].items()} for group in ("facts", "parameters")
    }
    return Vocabulary(
        **named,
        code_lists={name: frozenset(codes) for name, codes in raw["code_lists"].items()},
        relations={
            relation: {name: _type(type) for name, type in fields.items()}
            for relation, fields in raw["relations"].items()
        },
        tables={name: Table(_type(raw["key"]), _type(raw["value"])) for name, raw in raw["tables"].items()},
    )


def _type(raw: Mapping[str, Any]) -> Type:
    return parse_type(raw["type"], raw.get("codes"), raw.get("unit"))


VOCABULARY = vocabulary()


def _value(type: Type, raw: Any) -> Value:
    """Amounts are written in yuan."""
    return read(type, raw if isinstance(raw, bool) or type.kind == "date" else str(raw))


def _state(type: Type, raw: Any) -> Known | Absent:
    return ABSENT if raw is None else Known(_value(type, raw))


def _facts(given: Mapping[str, Any]) -> dict[str, Known | Absent | Members]:
    facts: dict[str, Known | Absent | Members] = {}
    for name, raw in given.items():
        if name in VOCABULARY.facts:
            facts[name] = _state(VOCABULARY.facts[name], raw)
        else:
            fields = VOCABULARY.relations[name]
            members = (
                {field: _state(fields[field], value) for field, value in row.items()} for row in raw or ()
            )
            facts[name] = ABSENT if raw is None else Members(tuple(members))
    return facts


def _parameters(given: Mapping[str, Any]) -> dict[str, Value | Brackets]:
    found: dict[str, Value | Brackets] = {}
    for name, raw in given.items():
        if name in VOCABULARY.parameters:
            found[name] = _value(VOCABULARY.parameters[name], raw)
        else:
            table = VOCABULARY.tables[name]
            lower, values = zip(
                *((_value(table.key, k), _value(table.value, v)) for k, v in raw.items()), strict=True
            )
            found[name] = Brackets(lower, values)
    return found


def _expected(type: Type, raw: Any) -> State:
    match raw:
        case "absent":
            return ABSENT
        case {"unknown": names}:
            return Unknown(frozenset(names))
        case {"undefined": reason}:
            return Undefined(reason)
        case _:
            return Known(_value(type, raw))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_program_gives_what_is_written_under_it(path: Path) -> None:
    text, _, below = path.read_text(encoding="utf-8").partition(LINE)
    said = yaml.safe_load(below)
    type = parse_type(said["type"], said.get("codes"), said.get("unit"))
    policy = OnUndefined(said.get("on_undefined", "refer"))
    checked = compile_rule(text, VOCABULARY, expect=type, on_undefined=policy)
    assert checked.rule, "\n".join(render(problem, text, path.name) for problem in checked.problems)
    assert checked.rule.type == type
    again = compile_rule(print_node(checked.rule.root), VOCABULARY, expect=type)
    assert again.rule
    assert again.rule.root == checked.rule.root
    parameters = _parameters(said.get("parameters", {}))
    for row in said["rows"]:
        found = evaluate(checked.rule, _facts(row["given"]), parameters)
        assert found == _expected(type, row["gives"]), row


def refusal(path: Path) -> str:
    """What the author of a bad program is shown."""
    text = path.read_text(encoding="utf-8").partition(LINE)[0]
    problems = compile_rule(text, VOCABULARY).problems
    return "\n".join(render(problem, text, path.name) for problem in problems) or "accepted"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_program_is_refused_in_these_words(path: Path) -> None:
    below = path.read_text(encoding="utf-8").partition(LINE)[2]
    assert below == refusal(path) + "\n"


def test_there_are_programs_of_both_kinds() -> None:
    assert len(GOOD) >= 30
    assert len(BAD) >= 60


# -- where the caret stands ---------------------------------------------------------------------------------


def shown(text: str, line: int, column: int, file: str | None = None, hint: str | None = None) -> list[str]:
    return render(RuleProblem("code", "Message.", line, column, hint), text, file).split("\n")


def test_a_problem_is_shown_with_its_file_its_line_and_a_caret() -> None:
    assert shown("a\nb + cc\nd", 2, 5, "x.rule", "Hint.") == [
        "x.rule:2:5: code: Message.",
        "    b + cc",
        "        ^",
        "    Hint.",
    ]
    assert shown("a", 1, 1) == ["1:1: code: Message.", "    a", "    ^"]


def test_the_caret_stands_right_after_wide_characters_tabs_and_accents() -> None:
    assert shown("'公司ａ' x", 1, 7)[2] == "             ^"
    assert shown("\tab\tx", 1, 5)[1:] == ["    \tab\tx", "    \t  \t^"]
    assert shown("'e\u0301' x", 1, 6)[2] == "        ^"


def test_what_a_terminal_would_obey_or_hide_is_shown_as_a_sign() -> None:
    text = "\x1b[31mx\u202ey\u200bz\r"
    assert shown(text, 1, 6) == ["1:6: code: Message.", "    �[31mx�y�z", "         ^"]
    assert (
        render(RuleProblem("code", "There is no '\x1b'.", 1, 1), "x")
        == "1:1: code: There is no '�'.\n    x\n    ^"
    )


def test_a_place_after_the_end_is_shown_too() -> None:
    assert shown("abc", 1, 4) == ["1:4: code: Message.", "    abc", "       ^"]
    assert shown("", 3, 1) == ["3:1: code: Message.", "    ", "    ^"]


if __name__ == "__main__":
    for program in BAD:
        above = program.read_text(encoding="utf-8").partition(LINE)[0].removesuffix("\n")
        program.write_text(f"{above}{LINE}", encoding="utf-8")
        program.write_text(f"{above}{LINE}{refusal(program)}\n", encoding="utf-8")

"""Every refusal, with its whole message: `refused.txt` is meant to be read by someone who writes rules.

After a deliberate change, rewrite the file and read the difference:

    python -m tests.core.rules.test_rule_refusals
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.core.rules.city import BOOLEAN, VOCABULARY

from tongban.core.rules.check import compile_rule
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.types import Type, parse_type

GOLDEN = Path(__file__).with_name("refused.txt")
TYPES = {"condition": BOOLEAN, "amount": parse_type("money"), "count": parse_type("integer")}


def blocks() -> list[tuple[str, str, list[str]]]:
    """(what is wanted, text of the rule, lines of the answer)"""
    found: list[tuple[str, str, list[str]]] = []
    for block in GOLDEN.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip("\n").split("\n")
        if lines[0].startswith("#"):
            continue
        texts = [line for line in lines if line.startswith("| ") or line == "|"]
        wanted = lines[0].removeprefix("wanted: ") if lines[0].startswith("wanted: ") else "condition"
        answer = [line for line in lines if line not in texts and not line.startswith("wanted: ")]
        found.append((wanted, "\n".join(line[2:] for line in texts), answer))
    return found


def answer(text: str, expect: Type) -> list[str]:
    problems = compile_rule(text, VOCABULARY, expect=expect).problems
    return [line for problem in problems for line in _lines(problem)] or ["accepted"]


def _lines(problem: RuleProblem) -> list[str]:
    first = f"{problem.line}:{problem.column} {problem.code}: {problem.message}"
    return [first, f"    {problem.hint}"] if problem.hint else [first]


@pytest.mark.parametrize(("wanted", "text", "expected"), blocks(), ids=lambda value: str(value)[:40])
def test_a_refusal_says_where_what_and_what_instead(wanted: str, text: str, expected: list[str]) -> None:
    assert answer(text, TYPES[wanted]) == expected


if __name__ == "__main__":
    parts = [block for block in GOLDEN.read_text(encoding="utf-8").split("\n\n") if block.startswith("#")][:1]
    for wanted, text, _ in blocks():
        head = [] if wanted == "condition" else [f"wanted: {wanted}"]
        rule = ["| " + line if line else "|" for line in text.split("\n")]
        parts.append("\n".join([*head, *rule, *answer(text, TYPES[wanted])]))
    GOLDEN.write_text("\n\n".join(part.strip("\n") for part in parts) + "\n", encoding="utf-8")

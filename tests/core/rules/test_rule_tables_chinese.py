"""What is wrong with a decision table is told in Chinese too, with its place."""

from __future__ import annotations

import pytest
from tests.core.packs.test_in_chinese import CORE, texts
from tests.core.rules.city import VOCABULARY

from tongban.core.rules.tables.in_chinese import chinese, in_chinese
from tongban.core.rules.tables.table import TableProblem, read_table
from tongban.core.rules.tables.texts import to_rule_text

SAYING = ("cells", "findings", "spoken", "table", "texts")
NO_SENTENCES = {
    "DATE '…'", "CASE WHEN ", ",\n  CASE WHEN ", " ELSE 0 END", "… …", "collect sum", "collect min", "collect max",
    "collect count", "……: …", "row …", "column '…'", "column …",
}  # fmt: skip


def test_everything_that_can_be_said_of_a_table_is_in_the_table() -> None:
    said = {text for name in SAYING for text in texts(CORE / "rules" / "tables" / f"{name}.py")}
    assert {text for text in said if chinese(text) is None} == NO_SENTENCES


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["area", "fee"]], "表里没有行。"),
        ([["area", "fee"], ["< 5", "1"], ["< 3", "2"]], "第 3 行：这一行和第 2 行都适用于这个对象："),
        ([["area", "fee"], ["< 5", "1"]], "没有一行适用于这个对象："),
        ([["area", "fee"], ["[1..", "1"], ["-", "2"]], "第 2 行“area”列：格子里的内容断了。"),
    ],
)
def test_a_problem_names_its_row_and_column(rows: list[list[str]], told: str) -> None:
    found: list[TableProblem] = []
    table, problems = read_table(rows)
    found += problems
    if table is not None:
        written = to_rule_text(table, VOCABULARY)
        found += [*written.problems, *written.warnings]
    assert any(told in in_chinese(problem).message for problem in found), [
        in_chinese(p).message for p in found
    ]

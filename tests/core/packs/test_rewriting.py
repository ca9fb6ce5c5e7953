"""A field is written into a content file, and whoever compares both sees that field and nothing else."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.core.packs import rewriting, tree
from tongban.core.packs.pack import Position
from tongban.core.packs.rewriting import CannotPut

ORDER = ("id", "name", "amount", "score", "budget", "articles")
LONG = "CASE\n    WHEN kind = 'a  b' AND area < 60 THEN 1\n    ELSE 2\nEND"


def put(source: str, text: str, field: str = "amount") -> str:
    """Into the first entry of the file."""
    node, problems = tree.read("", source.encode())
    assert isinstance(node, tree.List), problems
    return rewriting.put(source, node.items[0].position, field, text, ORDER)


def changes(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


ENTRY = """\
# Of the city.
- id: grant
  name: {zh: 补贴, en: "Grant"}   # 😀 keep

  amount: %s
  # about the budget
  budget:
    - {year: 2026}   # first
- id: other
  amount: x
"""


@pytest.mark.parametrize(
    "old",
    ["small", "small  # a remark", "'small'", "CASE WHEN a\n    THEN b ELSE c END", ">-\n    CASE WHEN a\n    THEN b ELSE c END",
     ">-  # a remark\n    CASE\n\n    x\n", "|+\n      y\n", "\n    below", '"two\n    lines"', ""],
)  # fmt: skip
@pytest.mark.parametrize("text", ["large", LONG, "a = 'b: c'", "x # y", "TRUE", "100"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_what_stood_in_the_field_is_replaced_and_all_else_stays(old: str, text: str, end: str) -> None:
    before = (ENTRY % old).replace("\n", end)
    after = put(before, text)
    node, problems = tree.read("", after.encode())
    assert isinstance(node, tree.List), problems
    field = tree.at(node.items[0], ["amount"])
    assert isinstance(field, tree.Scalar)
    assert field.text == text
    head, tail = (
        before.split(f"  amount: {old}".replace("\n", end), 1) if old else (before.split("  amount:")[0], "")
    )
    assert after.startswith(head)
    assert after.endswith(tail.lstrip())
    assert after.count("# a remark") == before.count("# a remark")
    assert after.count("\r\n") == (after.count("\n") if end == "\r\n" else 0)


def test_a_short_text_stands_beside_its_field_and_a_long_one_below() -> None:
    assert changes(ENTRY % "small # x", put(ENTRY % "small # x", "large")) == [
        "-   amount: small # x",
        "+   amount: large # x",
    ]
    assert changes(ENTRY % "small # x", put(ENTRY % "small # x", LONG)) == [
        "-   amount: small # x",
        "+   amount: |- # x",
        "+     CASE",
        "+         WHEN kind = 'a  b' AND area < 60 THEN 1",
        "+         ELSE 2",
        "+     END",
    ]


def test_a_field_that_is_not_there_comes_after_those_before_it() -> None:
    assert changes(ENTRY % "small # x", put(ENTRY % "small # x", "rank", "score")) == ["+   score: rank"]
    after = put(ENTRY % "small # x", "rank", "score")
    assert after.index("score: rank") < after.index("# about the budget")
    assert (
        put("- id: a\n  budget:\n  - b: 1  # x", "r", "articles")
        == "- id: a\n  budget:\n  - b: 1  # x\n  articles: r"
    )
    assert put("- id: a\n  budget: 1\n", "r", "name") == "- id: a\n  name: r\n  budget: 1\n"


def test_between_braces_a_text_stands_in_one_line() -> None:
    source = "- {id: grant, amount: small, budget: [{year: 2026}]}  # keep\n- id: b\n"
    one = json_line = "\"CASE WHEN kind = 'a  b' AND area < 60 THEN 1 ELSE 2 END\""
    assert put(source, LONG) == source.replace("small", one)
    assert put(source, LONG, "score") == source.replace("small", f"small, score: {json_line}")
    assert put(source, LONG, "articles") == source.replace("2026}]", f"2026}}], articles: {json_line}")


def test_an_entry_of_a_layer_goes_to_the_end_of_its_file() -> None:
    assert rewriting.append("", "a", "amount", "x") == "- id: a\n  amount: x\n"
    assert rewriting.append("- id: b # y", "a", "amount", LONG).startswith(
        "- id: b # y\n- id: a\n  amount: |-\n    CASE\n"
    )
    assert rewriting.append("- id: b\r\n", "a", "amount", "x") == "- id: b\r\n- id: a\r\n  amount: x\r\n"


@pytest.mark.parametrize("source", ["- id: a\n  amount: [1]\n", "- id: a\n  amount: {b: 1}\n"])
def test_a_list_or_a_mapping_is_not_written_over(source: str) -> None:
    with pytest.raises(CannotPut):
        put(source, "x")


def test_what_is_no_list_of_entries_is_left_alone() -> None:
    for before in ("a: 1\n", "[]\n", "- [\n", "text"):
        with pytest.raises(CannotPut):
            rewriting.append(before, "a", "amount", "x")
    with pytest.raises(CannotPut):
        rewriting.put("- id: a\n", Position("", 5, 1), "amount", "x", ORDER)


LINE = some.text(
    some.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
)


@given(
    old=LINE.map(str.strip).filter(bool),
    text=some.lists(LINE.map(str.strip).filter(bool), min_size=1, max_size=4).map("\n".join),
)
def test_any_text_is_read_back_as_it_was_written_or_refused(old: str, text: str) -> None:
    before = rewriting.append("# first\n- id: b\n  x: 1\n", "a", "amount", old)
    node, _ = tree.read("", before.encode())
    assert isinstance(node, tree.List)
    after = rewriting.put(before, node.items[1].position, "amount", text, ORDER)
    found, _ = tree.read("", after.encode())
    assert isinstance(found, tree.List)
    again = tree.at(found.items[1], ["amount"])
    assert isinstance(again, tree.Scalar)
    assert again.text == text

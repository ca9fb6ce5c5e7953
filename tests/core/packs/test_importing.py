"""Entries out of a table: what is read, what is refused and where, and that nothing of a bad row counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.packs import mappings, tree
from tongban.core.packs.importing import Taken, take, write
from tongban.core.packs.in_chinese import in_chinese
from tongban.core.packs.mappings import Plan

MAP = """
columns:
  id: code
  name.zh: name
  promised.amount: days
  requires[].material: {column: material, split: 、, values: {表: form, 证: licence}}
  requires[].tier: {column: tier, values: {主: main, 次: secondary}}
  objects: {column: for, split: ;, otherwise: [person]}
fixed:
  confidence: recalled
  name.en: To be translated
  requires[].confidence: sample
  statutory.confidence: recalled
"""
HEAD = ["code", "name", "days", "material", "tier", "for"]


def plan(text: str = MAP) -> Plan:
    found, problems = mappings.read("map.yaml", text.encode())
    assert found is not None, problems
    return found


def taken(*rows: list[str], head: list[str] = HEAD, text: str = MAP) -> Taken:
    found = take("t.csv", [head, *rows], plan(text))
    assert isinstance(found, Taken), found
    return found


def entries(found: Taken, text: str = MAP) -> Any:
    node, problems = tree.read("t", write(found.drafts, plan(text)).text.encode())
    assert not problems
    return plain(node)


def plain(node: tree.Node | None) -> Any:
    if isinstance(node, tree.Table):
        return {key: plain(value) for key, value in node.fields.items()}
    if isinstance(node, tree.List):
        return [plain(item) for item in node.items]
    assert node is not None
    return node.value


def told(found: Taken) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_rows_with_one_id_are_one_entry_and_each_adds_its_material() -> None:
    found = taken(
        ["a", "甲", "5", "表", "主", "x;y"], ["a", "甲", "", "证", "次", "x;y"], ["b", "乙", "0", "", "", ""]
    )
    assert not found.problems
    first, second = entries(found)
    assert first["requires"] == [
        {"material": "form", "tier": "main", "confidence": "sample"},
        {"material": "licence", "tier": "secondary", "confidence": "sample"},
    ]
    assert first["promised"] == {"amount": 5}
    assert first["name"] == {"zh": "甲", "en": "To be translated"}
    assert first["objects"] == ["x", "y"]
    assert "statutory" in first  # no column speaks of it, so that what is fixed stands
    assert "requires" not in second
    assert next(iter(first)) == "id"
    assert list(first)[-1] == "confidence"


def test_one_tier_counts_for_all_the_materials_of_a_cell() -> None:
    (entry,) = entries(taken(["a", "甲", "5", "表、证", "次", ""]))
    assert [one["tier"] for one in entry["requires"]] == ["secondary", "secondary"]


def test_a_fixed_part_says_nothing_where_its_row_says_nothing() -> None:
    text = MAP + "  promised.confidence: recalled\n"
    first, second = entries(taken(["a", "甲", "5", "", "", ""], ["b", "乙", "", "", "", ""], text=text), text)
    assert first["promised"] == {"amount": 5, "confidence": "recalled"}
    assert "promised" not in second


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [["a", "甲", "5", "笔", "主", ""]],
            ['t.csv:2:4: column "material": the mapping does not say what "笔" is (add it under values)'],
        ),
        ([["", "甲", "5", "", "", ""]], ['t.csv:2:1: column "code": the row has no id (fill in the cell)']),
        (
            [["a", "甲", "5", "", "", ""], ["a", "乙", "5", "", "", ""]],
            [
                "t.csv:2:1: another row of a does not fit (mend that row first)",
                't.csv:3:2: column "name": an earlier row of a says "甲" (write the same in each of its rows)',
            ],
        ),
        (
            [["a", "甲", "5", "表、证、表", "主", ""]],
            [],
        ),
    ],
)
def test_a_row_that_does_not_fit_is_left_out_and_told_by_its_cell(
    rows: list[list[str]], expected: list[str]
) -> None:
    found = taken(*rows)
    assert told(found) == expected
    assert bool(found.drafts) is not bool(expected)
    assert found.left_out == (frozenset(range(2, 2 + len(rows))) if expected else frozenset())


def test_as_many_members_in_each_column_of_a_list() -> None:
    text = MAP.replace("{column: tier, values", "{column: tier, split: 、, values")
    found = taken(["a", "甲", "5", "表、证、表", "主、次", ""], text=text)
    assert told(found) == [
        't.csv:2:5: column "tier": there are 2 here, and 3 in another column of the same list (write as many in each)'
    ]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            ["code", "name", "day", "material", "tier", "for"],
            'the table has no column "days" (did you mean "day"?)',
        ),
        ([*HEAD, "name"], 'two columns are called "name" (rename one)'),
    ],
)
def test_a_table_with_other_columns_is_not_read(head: list[str], message: str) -> None:
    found = take("t.csv", [head], plan())
    assert isinstance(found, list)
    assert [str(one).partition(": ")[2] for one in found] == [message]


def test_a_table_that_ends_before_its_header_is_not_read() -> None:
    found = take("t.csv", [HEAD], plan("header: 3\n" + MAP))
    assert isinstance(found, list)
    assert str(found[0]) == "map.yaml:1:1: the table has no row 3, which is to name the columns"


def test_columns_that_nothing_reads_are_told_and_keep_nothing_out() -> None:
    found = taken(["a", "甲", "5", "", "", "", "x"], head=[*HEAD, "remark"])
    assert [str(one) for one in found.unread] == [
        't.csv:1:7: column "remark": nothing reads it (map it, or name it under ignore)'
    ]
    assert len(found.drafts) == 1
    assert not taken(["a"], head=[*HEAD, "remark"], text=MAP + "ignore: [remark]\n").unread


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "a mapping file is a mapping of fields to columns (begin with columns:)"),
        ("columns: {name.zh: x}\n", "no column gives the id (add id: ...)"),
        ("columns: {id: x, nmae.zh: x}\n", 'there is no field "nmae.zh" (did you mean "name"?)'),
        ("columns: {id: x, name.fr: x}\n", 'there is no field "name.fr" (fields here: zh, en)'),
        (
            "columns: {id: x, 'requires[]': x}\n",
            '"requires[]" is not the path of a field '
            "(a point leads into a field, [] stands after a list: requires[].material)",
        ),
        ("columns: {id: {column: x, pattern: '('}}\n", "the pattern is not a regular expression"),
        (
            "kind: sevices\ncolumns: {id: x}\n",
            'there is no kind of content called "sevices" (did you mean "services"?)',
        ),
        (
            "columns: {id: {colum: x}}\n",
            'mapping map.yaml (columns.id): the field "column" is missing (add column: ...)',
        ),
        ("columns: {id: x}\nheader: 0\n", 'mapping map.yaml (header): must be at least 1, and is "0"'),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_where_it_is_wrong(text: str, message: str) -> None:
    found, problems = mappings.read("map.yaml", text.encode())
    assert found is None
    assert str(problems[0]).partition(": ")[2] == message
    assert problems[0].position.file == "map.yaml"
    assert in_chinese(problems[0]).message != problems[0].message


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_text_of_a_cell_comes_back_from_the_file(text: str) -> None:
    found = taken(["a", text, "5", "", "", ""])
    if not text.strip():
        assert not found.drafts or "name" not in found.drafts[0].flat
        return
    (entry,) = entries(found)
    assert entry["name"]["zh"] == text.strip()


def test_every_part_of_what_is_written_leads_back_to_its_cell() -> None:
    found = taken(["a", "甲", "5", "表", "主", "x"], ["b", "乙", "7", "证", "次", "y"])
    written = write(found.drafts, plan())
    lines = written.text.split("\n")
    line = next(number for number, text in enumerate(lines, 1) if "amount: 7" in text)
    draft, cell = written.came_from(line, lines[line - 1].index("7") + 1)
    assert (draft.id, cell.line, cell.column) == ("b", 3, 3)
    draft, cell = written.came_from(line, 1)  # the whole of the row, where no cell said it
    assert (draft.id, cell.line) == ("b", 3)

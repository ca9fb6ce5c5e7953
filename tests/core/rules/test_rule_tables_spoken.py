"""A decision table may use the labels of a pack instead of its names and codes; nothing is guessed at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tongban.core.rules.tables import spoken
from tongban.core.rules.tables.in_chinese import in_chinese
from tongban.core.rules.tables.spoken import Spoken
from tongban.core.rules.tables.table import read_table
from tongban.core.rules.tables.texts import TableText, to_rule_text
from tongban.core.rules.types import Vocabulary, parse_type

VOCABULARY = Vocabulary(
    facts={
        "kind": parse_type("code", codes="kinds"),
        "area": parse_type("decimal(2)"),
        "used_area": parse_type("decimal(2)"),
        "branch": parse_type("boolean"),
    },
    parameters={"low": parse_type("money"), "high": parse_type("money")},
    code_lists={"kinds": frozenset({"noodles", "hotpot", "bar", "cafe"})},
)
SAID = Spoken(
    facts=spoken.labels([("业态", "kind"), ("Kind of shop", "kind"), ("经营面积", "area"), ("面积", "area"), ("面积", "used_area"), ("分店", "branch")]),
    values=spoken.labels([("低档", "low"), ("高档", "high"), ("档", "low"), ("档", "high")]),
    codes={"kinds": spoken.labels([("面馆", "noodles"), ("Noodle shop", "noodles"), ("火锅、烧烤店", "hotpot"), ("店", "bar"), ("店", "cafe"), ("cafe", "bar")])},
)  # fmt: skip


def written(*rows: list[str], expect: str | None = None) -> TableText:
    table, problems = read_table(rows)
    assert table, problems
    name = table.outputs[0][1]
    return to_rule_text(table, VOCABULARY, {name: parse_type(expect)} if expect else {}, SAID)


def text(*rows: list[str], expect: str | None = None) -> str:
    result = written(*rows, expect=expect)
    assert not result.problems, result.problems
    return " ".join(next(iter(result.texts.values())).split())


def test_labels_stand_for_facts_codes_and_parameters() -> None:
    found = text(
        ["业态", "经营面积", "→ 补贴"],
        ["面馆", "< 60", "低档"],
        ["not(面馆)", "-", "高档"],
        ["其余", "", "0"],
    )
    assert (
        found
        == "CASE WHEN kind = 'noodles' AND area < 60 THEN low WHEN kind <> 'noodles' THEN high ELSE 0 END"
    )


def test_letters_width_and_space_of_a_label_do_not_matter() -> None:
    assert text(["ＫＩＮＤ of  Shop", "x"], ["noodle  SHOP", "1"], ["else", "2"]) == (
        "CASE WHEN kind = 'noodles' THEN 1 ELSE 2 END"
    )


def test_a_label_with_signs_in_it_is_read_whole_or_in_quotes() -> None:
    assert "kind = 'hotpot'" in text(["kind", "x"], ["火锅、烧烤店", "1"], ["else", "2"])
    assert "kind IN ('noodles', 'hotpot')" in text(
        ["kind", "x"], ['面馆，"火锅、烧烤店"', "1"], ["else", "2"]
    )


def test_a_name_or_a_code_comes_before_a_label() -> None:
    assert "kind = 'cafe'" in text(["kind", "x"], ["cafe", "1"], ["else", "2"])


def test_true_and_false_can_be_written_in_chinese() -> None:
    found = text(["分店", "x"], ["是", "否"], ["否", "是"], ["null", "否"], expect="boolean")
    assert found == "CASE WHEN branch THEN FALSE WHEN NOT branch THEN TRUE ELSE FALSE END"


@pytest.mark.parametrize(
    ("rows", "place", "message", "hint"),
    [
        ([["面积", "x"], ["1", "1"]], (1, 1), "第 1 行“面积”列：叫“面积”的有几个：area, used_area。", "写其中一个名字。"),
        ([["业态", "x"], ["店", "1"]], (2, 1), "第 2 行“业态”列：叫“店”的有几个：bar, cafe。", "写其中一个名字。"),
        ([["业态", "x"], ["面馆, 店", "1"]], (2, 1), "第 2 行“业态”列：叫“店”的有几个：bar, cafe。", "写其中一个名字。"),
        ([["业态", "x"], ["面馆", "档"]], (2, 2), "第 2 行“x”列：叫“档”的有几个：low, high。", "写其中一个名字。"),
        ([["业态", "x"], ["面管", "1"], ["else", "2"]], (2, 1), "第 2 行“业态”列：代码表“kinds”里没有“面管”。", "是不是“面馆”？"),
        ([["营业面积", "x"], ["1", "1"]], (1, 1), "第 1 行“营业面积”列：没有名为“营业面积”的事实或参数。", "是不是“经营面积”？"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_told_with_its_cell(
    rows: list[list[str]], place: tuple[int, int], message: str, hint: str
) -> None:
    found = [in_chinese(problem) for problem in written(*rows).problems]
    assert ((found[0].row, found[0].column), found[0].message, found[0].hint) == (place, message, hint)


def test_a_subject_that_shows_a_gap_is_told_in_the_words_of_the_table() -> None:
    (problem,) = written(
        ["业态", "经营面积", "x"], ["面馆", "not(null)", "1"], ["not(面馆)", "-", "2"], ["null", "-", "3"]
    ).problems
    assert in_chinese(problem).message == "没有一行适用于这个对象：业态 noodles, 经营面积 没有。"


def test_a_gap_that_depends_on_a_parameter_is_not_told_as_one_that_is_there() -> None:
    rows = [["经营面积", "x"], ["< limit", "1"], [">= limit", "2"]]
    vocabulary = replace(VOCABULARY, parameters={**VOCABULARY.parameters, "limit": parse_type("decimal(2)")})
    table, _ = read_table([*rows, ["null", "3"]])
    assert table
    (problem,) = to_rule_text(table, vocabulary, {}, SAID).problems
    told = in_chinese(problem)
    assert told.message.startswith("有没有一行适用于这个对象，要看格子里的名称：经营面积 ")
    assert told.hint == "加“其余”行。"
    table, _ = read_table([*rows, ["其余", "3"]])
    assert table
    assert not to_rule_text(table, vocabulary, {}, SAID).problems

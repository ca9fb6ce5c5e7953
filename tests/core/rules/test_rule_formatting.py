"""The formatter changes the space between words and nothing else; labels stand beside names."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rules import strategies
from tests.core.rules.city import VOCABULARY as CITY
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import VOCABULARY
from tests.core.rules.test_rule_properties import SEEDS, WORDS, compiled, examples

from tongban.core.rules import formatting
from tongban.core.rules.check import compile_rule
from tongban.core.rules.formatting import format_rule
from tongban.core.rules.printing import print_node
from tongban.core.rules.words import Kind, annotate, labelled, words
from tongban.core.values.text import Bilingual


def formatted(text: str) -> str:
    done = format_rule(text)
    assert done.text is not None, done.problems
    return done.text


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("cold_dishes   and\n area>=60", ["cold_dishes AND area >= 60"]),
        (
            "cold_dishes and area>=least_area and (kind in ('noodles','hotpot') or not open_kitchen and score between 1 and 3)",
            [
                "cold_dishes",
                "AND area >= least_area",
                "AND (",
                "    kind IN ('noodles', 'hotpot')",
                "    OR NOT open_kitchen AND score BETWEEN 1 AND 3",
                ")",
            ],
        ),
        (
            "case when kind='noodles' then 1000 when score>20 and cold_dishes then round(rent*share,2) else 0 end",
            [
                "CASE",
                f"    WHEN kind = 'noodles'{' ' * 11}THEN 1000",
                "    WHEN score > 20 AND cold_dishes THEN ROUND(rent * share, 2)",
                "    ELSE 0",
                "END",
            ],
        ),
        ("- -1 = -( score+1 ) or score != - score", ["- -1 = -(score + 1) OR score <> -score"]),
        ("x is not null", ["x IS NOT NULL"]),
        (
            "area between 1 and 60 and not score between 1 and least(seats, staff) and cold_dishes",
            [
                "area BETWEEN 1 AND 60",
                "AND NOT score BETWEEN 1 AND LEAST(seats, staff)",
                "AND cold_dishes",
            ],
        ),
        (
            "not (cold_dishes and open_kitchen and invested >= 1000 and district = '590101')",
            [
                "NOT (",
                "    cold_dishes",
                "    AND open_kitchen",
                "    AND invested >= 1000",
                "    AND district = '590101'",
                ")",
            ],
        ),
        (
            "bool_or(children.born > date '2020-01-01') filter(where children.income < 10) and Months_Between(a, b) > 3",
            [
                "BOOL_OR(children.born > DATE '2020-01-01') FILTER (WHERE children.income < 10)",
                "AND months_between(a, b) > 3",
            ],
        ),
    ],
)
def test_a_rule_has_one_layout(text: str, layout: list[str]) -> None:
    expected = "\n".join(layout)
    assert formatted(text) == expected
    assert formatted(expected) == expected


def test_a_line_that_is_too_long_is_broken_at_signs_and_commas() -> None:
    long = "a_very_long_name_of_a_fact_that_nobody_would_type_by_hand"
    text = f"COALESCE({long}, ROUND({long} * {long}, 2)) + LEAST({long}, {long}) <= {long}"
    lines = formatted(text).split("\n")
    assert lines == [
        "COALESCE(",
        f"    {long},",
        "    ROUND(",
        f"        {long}",
        f"            * {long},",
        "        2",
        "    )",
        ")",
        "    + LEAST(",
        f"        {long},",
        f"        {long}",
        "    )",
        f"    <= {long}",
    ]


def test_comments_stay_where_they_are() -> None:
    text = """-- who may apply
    cold_dishes and -- article 3
    /* since 2026 */ area >= 60
    -- nobody knows why
    and score > 1 /* article 4 */
    -- the end"""
    assert formatted(text).split("\n") == [
        "-- who may apply",
        "cold_dishes  -- article 3",
        "/* since 2026 */",
        "AND area >= 60",
        "-- nobody knows why",
        "AND score > 1  /* article 4 */",
        "-- the end",
    ]


def test_a_text_that_is_no_rule_is_left_alone_and_its_problems_are_given() -> None:
    done = format_rule("area >= AND 3")
    assert done.text is None
    assert [problem.code for problem in done.problems] == ["unreadable"]


def test_with_a_vocabulary_names_are_checked_as_well() -> None:
    assert format_rule("are >= 3").text == "are >= 3"
    done = format_rule("are >= 3", CITY)
    assert done.text is None
    assert done.problems[0].hint == "Did you mean 'area'?"


@examples(200)
@given(strategies.rules)
def test_a_formatted_rule_is_the_same_rule_and_formatting_it_again_changes_nothing(sample: Sample) -> None:
    rule = compiled(sample)
    for text in (sample.text, print_node(rule.root)):
        layout = formatted(text)
        again = compile_rule(layout, VOCABULARY).rule
        assert again
        assert again.root == compile_rule(text, VOCABULARY).rule.root  # type: ignore[union-attr]
        assert formatted(layout) == layout
        longest = max(len(line) for line in layout.split("\n"))
        assert longest <= formatting.WIDTH


@examples(200)
@given(strategies.rules)
def test_on_one_line_a_formatted_rule_is_what_printing_writes(sample: Sample) -> None:
    printed = print_node(compiled(sample).root)
    line = re.sub(r"\s+", " ", formatted(printed))
    assert line.replace("( ", "(").replace(" )", ")") == printed.replace("( ", "(")


@examples(150)
@given(strategies.rules, SEEDS)
def test_no_comment_and_no_word_is_ever_lost(sample: Sample, seed: int) -> None:
    random, pieces = Random(seed), list[str]()
    count = 0
    for word in words(sample.text):
        if random.random() < 0.1:
            count += 1
            pieces.append(
                random.choice(
                    [f"-- c{count}\n", f"\n-- c{count}\n", f"/* c{count}\n */", f"/* /* c{count} */ */"]
                )
            )
        pieces.append(word.text)
    text = " ".join(pieces)
    layout = formatted(text)
    assert formatted(layout) == layout
    assert [w.printed for w in words(layout) if w.kind is not Kind.COMMENT] == [
        w.printed for w in words(text) if w.kind is not Kind.COMMENT
    ]
    assert sorted(re.findall(r"c\d+", layout)) == sorted(re.findall(r"c\d+", text))
    first, second = (compile_rule(t, VOCABULARY).rule for t in (text, layout))
    assert first
    assert second
    assert first.root == second.root


LABELS = {
    "area": Bilingual("经营面积", "Floor area"),
    "children.born": Bilingual("出生日期", "Day of birth"),
}


def test_labels_stand_beside_names_and_nowhere_else() -> None:
    text = "area >= 60 AND 'area' = name -- area\n AND MIN(children.born) > DATE '2020-01-01'"
    shown = annotate(text, LABELS, "zh")
    assert shown == (
        "area〔经营面积〕 >= 60 AND 'area' = name -- area\n AND MIN(children.born〔出生日期〕) > DATE '2020-01-01'"
    )
    assert annotate("area", LABELS, "en") == "area〔Floor area〕"


def test_every_word_knows_its_place_also_in_a_text_that_is_no_rule() -> None:
    for text in ("area >= 'open", "x ¥ 3 /* open", "", "a.b.c . 1.5.", "filter(where date where"):
        for part in labelled(text, LABELS):
            assert text[part.word.start : part.word.end] == part.word.text
        assert "".join(word.text for word in words(text)) == re.sub(r"\s", "", text) or "/*" in text


@examples(600)
@given(
    st.lists(
        st.sampled_from([*WORDS.split(), "area", "1", "=", "(", ")", "1e5", "x'41'", "a .b"]), max_size=12
    )
)
def test_whatever_is_a_rule_is_the_same_rule_after_formatting(parts: list[str]) -> None:
    text = " ".join(parts)
    rule, done = compile_rule(text, VOCABULARY).rule, format_rule(text)
    if rule is not None:
        assert done.text is not None
        again = compile_rule(done.text, VOCABULARY).rule
        assert again
        assert again.root == rule.root

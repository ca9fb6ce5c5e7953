"""A finding told to people: needed, found, whose word, step by step, in both languages."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from random import Random

import pytest
from hypothesis import given
from tests.core.rules import strategies, subjects
from tests.core.rules.meaning import Sample
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules import certify, ir, steps
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.explain import Finding, explain
from tongban.core.rules.narrate.findings import narrate
from tongban.core.rules.narrate.lexicon import Lexicon, Source
from tongban.core.rules.narrate.narration import Line, Narration
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.rule import OnUndefined
from tongban.core.rules.states import ABSENT, Absent, Brackets, Known, Members
from tongban.core.rules.types import Kind, Table, Type, Vocabulary, parse_type
from tongban.core.values.text import Bilingual

MONEY = parse_type("money")
VOCABULARY = Vocabulary(
    facts={
        "area": parse_type("decimal(1)", unit="m2"),
        "kitchen": parse_type("decimal(1)", unit="m2"),
        "open_air": parse_type("boolean"),
        "kind": parse_type("code", codes="kinds"),
        "rent": MONEY,
        "income": MONEY,
        "subsidy": MONEY,
        "opened": parse_type("date"),
        "day": parse_type("date"),
        "note": parse_type("text"),
    },
    parameters={
        "least_area": parse_type("decimal(1)", unit="m2"),
        "share": parse_type("decimal(2)"),
        "cap": MONEY,
    },
    code_lists={"kinds": frozenset({"noodles", "bar"})},
    relations={"children": {"born": parse_type("date"), "fee": MONEY}},
    tables={"tax": Table(MONEY, parse_type("decimal(2)"))},
)
LEXICON = Lexicon(
    VOCABULARY,
    labels={
        "area": Bilingual("经营面积", "Floor area"),
        "kitchen": Bilingual("厨房面积", "Kitchen area"),
        "open_air": Bilingual("露天经营", "Open-air trade"),
        "kind": Bilingual("业态", "Kind of shop"),
        "rent": Bilingual("月租金", "Monthly rent"),
        "income": Bilingual("年收入", "Yearly income"),
        "subsidy": Bilingual("已领补贴", "Earlier subsidy"),
        "opened": Bilingual("开业日期", "Opening day"),
        "day": Bilingual("申请日", "Day of application"),
        "least_area": Bilingual("最小面积", "Smallest area"),
        "share": Bilingual("补贴比例", "Share"),
        "cap": Bilingual("上限", "Cap"),
        "children": Bilingual("子女", "Children"),
        "children.born": Bilingual("出生日期", "Day of birth"),
        "children.fee": Bilingual("托育费", "Nursery fee"),
        "tax": Bilingual("税率表", "Tax table"),
    },
    codes={"kinds": {"noodles": Bilingual("面馆", "noodle shop"), "bar": Bilingual("酒吧", "bar")}},
    sources={"area": Source(Bilingual("营业执照", "business licence"), date(2026, 3, 1))},
    articles={"least_area": (Bilingual("《办法》第3条", "Measures, article 3"),)},
)
FACTS = {
    "area": Known(Decimal("45.0")),
    "open_air": Known(False),
    "kind": Known("bar"),
    "rent": Known(333333),
    "income": Known(8000000),
    "subsidy": ABSENT,
    "opened": Known(date(2020, 1, 31)),
    "day": Known(date(2026, 3, 1)),
    "note": Known("<b>"),
    "children": Members(
        (
            {"born": Known(date(2024, 1, 1)), "fee": Known(120000)},
            {"born": Known(date(2010, 1, 1)), "fee": Known(50000)},
            {"born": Known(date(2025, 1, 1)), "fee": ABSENT},
        )
    ),
}
PARAMETERS = {
    "least_area": Decimal("60.0"),
    "share": Decimal("0.30"),
    "cap": 150000,
    "tax": Brackets((0, 3600000, 14400000), (Decimal("0.03"), Decimal("0.10"), Decimal("0.20"))),
}


def told(
    text: str, language: str = "en", *, type: Type | None = None, lexicon: Lexicon = LEXICON, **facts: object
) -> Narration:
    checked = compile_rule(text, VOCABULARY, expect=type)
    assert checked.rule, checked.problems
    known = {name: state for name, state in {**FACTS, **facts}.items() if state is not None}
    finding = explain(checked.rule, known, PARAMETERS)
    return narrate(finding, lexicon, language, type=type)


def lines(narration: Narration) -> list[str]:
    return narration.as_text().split("\n")


def test_conditions_say_what_is_needed_and_what_was_found_with_source_and_date() -> None:
    text = "area >= least_area AND NOT open_air AND NOT (kind IN ('noodles', 'bar') OR area < kitchen)"
    assert lines(told(text)) == [
        "✗ all of these:",
        "  ✗ Floor area — needed: at least Smallest area (60.0 m²); found: 45.0 m² (business licence, 2026-03-01); not met",
        "      article: Measures, article 3",
        "  ✓ Open-air trade — needed: no; found: no; met",
        "  ✗ none of these:",
        "    ✓ Kind of shop — needed: one of noodle shop, bar; found: bar; met",
        "    ? Floor area — needed: less than Kitchen area (not known); found: 45.0 m² (business licence, 2026-03-01); open",
        "        Kitchen area: not known",
    ]
    assert lines(told(text, "zh")) == [
        "✗ 须全部符合：",
        "  ✗ 经营面积——要求：不少于最小面积（60.0 平方米）；实际：45.0 平方米（营业执照，2026-03-01）；不符合",
        "      依据：《办法》第3条",
        "  ✓ 露天经营——要求：否；实际：否；符合",
        "  ✗ 均不得符合：",
        "    ✓ 业态——要求：面馆、酒吧之一；实际：酒吧；符合",
        "    ? 经营面积——要求：小于厨房面积（未知）；实际：45.0 平方米（营业执照，2026-03-01）；待定",
        "        厨房面积：未知",
    ]


@pytest.mark.parametrize(
    ("text", "label", "needed_en", "needed_zh"),
    [
        ("area >= 60", "Floor area", "at least 60 m²", "不少于 60 平方米"),
        ("60 > area", "Floor area", "less than 60 m²", "小于 60 平方米"),
        ("NOT area <= 60", "Floor area", "more than 60 m²", "大于 60 平方米"),
        ("area <> 1", "Floor area", "anything but 1 m²", "不是 1 平方米"),
        ("area BETWEEN 1 AND 60", "Floor area", "from 1 m² to 60 m²", "在 1 平方米至 60 平方米之间"),
        ("area NOT BETWEEN 1 AND 60", "Floor area", "outside 1 m² to 60 m²", "不在 1 平方米至 60 平方米之间"),
        ("rent < 5000.5", "Monthly rent", "less than ¥5,000.50", "小于 ¥5,000.50"),
        ("opened >= DATE '2020-01-31'", "Opening day", "2020-01-31 or later", "不早于 2020-01-31"),
        ("NOT opened > day", "Opening day", "Day of application (2026-03-01) or earlier", "不晚于申请日（2026-03-01）"),
        ("opened < add_months(day, -1)", "Opening day", "before 1 month before Day of application (2026-03-01)", "早于申请日（2026-03-01）之前 1 个月"),
        ("kind = 'bar'", "Kind of shop", "bar", "酒吧"),
        ("kind IN ('bar')", "Kind of shop", "bar", "酒吧"),
        ("kind NOT IN ('bar', 'noodles')", "Kind of shop", "none of bar, noodle shop", "不属于酒吧、面馆"),
        ("open_air", "Open-air trade", "yes", "是"),
        ("open_air = FALSE", "Open-air trade", "no", "否"),
        ("open_air <> TRUE", "Open-air trade", "no", "否"),
        ("subsidy IS NULL", "Earlier subsidy", "none", "无"),
        ("subsidy IS NOT NULL", "Earlier subsidy", "some value", "有"),
        ("note <> 'x'", "note", "anything but “x”", "不是“x”"),
        ("years_between(opened, day) >= 1", "whole years from Opening day to Day of application", "at least 1 year", "不少于 1 年"),
        ("rent * 12 / income <= 0.3", "Monthly rent × 12 ÷ Yearly income", "at most 0.3", "不超过 0.3"),
        ("(area + kitchen) * 2 > 3", "(Floor area + Kitchen area) × 2", "more than 3 m²", "大于 3 平方米"),
        (
            "COUNT(children) FILTER (WHERE years_between(children.born, day) < 3 AND children.fee > 0) >= 2",
            "number of Children (where whole years from Day of birth to Day of application is less than 3 years"
            " and Nursery fee is more than ¥0)",
            "at least 2",
            "不少于 2",
        ),
        ("NOT NOT open_air", "Open-air trade", "yes", "是"),
        ("opened = day", "Opening day", "Day of application (2026-03-01)", "申请日（2026-03-01）"),
        ("area <= kitchen * share", "Floor area", "at most Kitchen area (not known) × Share (0.30)", "不超过厨房面积（未知） × 补贴比例（0.30）"),
        ("MIN(children.born) > opened", "earliest Day of birth", "after Opening day (2020-01-31)", "晚于开业日期（2020-01-31）"),
        ("MAX(children.born) > opened", "latest Day of birth", "after Opening day (2020-01-31)", "晚于开业日期（2020-01-31）"),
        ("BOOL_OR(children.fee > 0 AND NOT (children.fee > 5 OR NOT open_air))", "any of Children: Nursery fee is more than ¥0 and not (Nursery fee is more than ¥5 or Open-air trade is no)", "yes", "是"),
        ("area > area - 1", "Floor area", "more than Floor area (45.0 m²) − 1", "大于经营面积（45.0 平方米） − 1"),
        ("area / kitchen > 1", "Floor area ÷ Kitchen area", "more than 1", "大于 1"),
        ("BOOL_AND(children.fee > 0)", "every one of Children: Nursery fee is more than ¥0", "yes", "是"),
    ],
)  # fmt: skip
def test_every_kind_of_condition_has_words(text: str, label: str, needed_en: str, needed_zh: str) -> None:
    assert (told(text).line.label, told(text).line.needed) == (label, needed_en)
    assert told(text, "zh").line.needed == needed_zh


def test_an_amount_is_worked_out_step_by_step() -> None:
    text = "LEAST(ROUND(rent * share, 2), cap) - COALESCE(subsidy, 0)"
    assert lines(told(text, type=MONEY))[5:] == [
        "    worked out: [1] Monthly rent × Share (rounded to 0.01): 3,333.33 × 0.30 = 999.999, rounded to 1,000.00",
        "    worked out: [2] the least of [1] and Cap: 1,000.00, 1,500.00 → 1,000.00",
        "    worked out: [3] [2] − (Earlier subsidy (or ¥0 if there is none)): 1,000.00 − 0.00 = 1,000.00",
        "    assumed: Earlier subsidy: there is none, counted as ¥0",
    ]
    assert lines(told(text, "zh", type=MONEY))[5:] == [
        "    计算：[1] 月租金 × 补贴比例（四舍五入到 0.01）：3,333.33 × 0.30 = 999.999，四舍五入为 1,000.00",
        "    计算：[2] [1]、上限中的最小者：1,000.00、1,500.00 → 1,000.00",
        "    计算：[3] [2] − (已领补贴（没有则为 ¥0）)：1,000.00 − 0.00 = 1,000.00",
        "    假定：已领补贴：无，按 ¥0 计",
    ]


def test_a_rounding_that_changes_nothing_is_no_step_of_its_own() -> None:
    found = told("ROUND(slices(income, tax), 2) + ROUND(COALESCE(subsidy, rent), 2)", type=MONEY).line.steps
    assert [(step.label, step.worked) for step in found] == [
        ("Tax table on Yearly income, slice by slice", "36,000.00 × 0.03 + 44,000.00 × 0.10 = 5,480.00"),
        (
            "[1] + (Earlier subsidy (or Monthly rent if there is none) (rounded to 0.01))",
            "5,480.00 + 3,333.33 = 8,813.33",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("ROUND(income / 7, 2)", "80,000.00 ÷ 7 ≈ 11,428.571429, rounded to 11,428.57"),
        ("ROUND(rent, 0)", "3,333.33, rounded to 3,333.00"),
        ("ROUND(slices(income, tax), 2)", "36,000.00 × 0.03 + 44,000.00 × 0.10 = 5,480.00"),
        ("income - rent * 2", "80,000.00 − 3,333.33 × 2 = 73,333.34"),
        ("CASE WHEN kind = 'noodles' THEN 1000 WHEN area > 40 THEN 500.5 ELSE 0 END", "because Floor area is more than 40 m²: ¥500.50"),
        ("CASE WHEN kind = 'noodles' THEN 1000 ELSE 20 END", "none of the conditions holds: ¥20"),
        ("CASE WHEN kitchen > 3 THEN 1000 ELSE 20 END", "which branch holds is still open"),
        ("SUM(children.fee)", "1,200.00 + 500.00 = 1,700.00 (2 of 3 counted)"),
        ("MAX(children.fee)", "1,200.00, 500.00 = 1,200.00 (2 of 3 counted)"),
        ("SUM(children.fee) FILTER (WHERE children.born > opened AND kitchen > 1)", "not known (0 of 3 counted, 2 open)"),
        ("GREATEST(rent, cap) * 1", "3,333.33, 1,500.00 → 3,333.33"),
        ("ABS(rent - income)", "3,333.33 − 80,000.00 = −76,666.67"),
    ],
)  # fmt: skip
def test_every_kind_of_step_has_words(text: str, worked: str) -> None:
    assert told(text, type=MONEY).line.steps[0].worked == worked


@pytest.mark.parametrize(
    ("text", "worked"),
    [
        ("bracket(income, tax)", "80,000.00 lies in the bracket from 36,000.00 to below 144,000.00: 0.10"),
        (
            "bracket(income - 44000, tax)",
            "36,000.00 lies in the bracket from 36,000.00 to below 144,000.00: 0.10",
        ),
        (
            "bracket(income - 90000, tax)",
            "−10,000.00 → no value (it lies below the first bracket of Tax table)",
        ),
        ("bracket(income * 2, tax)", "160,000.00 lies in the last bracket, from 144,000.00: 0.20"),
        ("FLOOR(rent / income)", "3,333.33 ÷ 80,000.00 ≈ 0.041667, rounded down to 0"),
        ("CEIL(area)", ""),
        ("CEIL(area / 7)", "45.0 ÷ 7 ≈ 6.428571, rounded up to 7"),
        ("months_between(opened, day)", "2020-01-31 → 2026-03-01 = 73 months"),
        ("add_months(opened, 1)", "2020-01-31 + 1 month = 2020-02-29"),
        ("-area + 2 * (area - 1)", "−45.0 + 2 × (45.0 − 1) = 43.0"),
        ("area - -1", "45.0 − (−1) = 46.0"),
        ("ROUND(area / 0.0001)", "45.0 ÷ 0.0001 = 450,000"),
        ("ROUND(area / (kitchen - kitchen))", "45.0 ÷ (12.0 − 12.0) = no value (division by zero)"),
    ],
)
def test_numbers_and_dates_are_worked_out_as_well(text: str, worked: str) -> None:
    found = told(text, kitchen=Known(Decimal("12.0"))).line.steps
    assert (found[-1].worked if found else "") == worked


def test_of_members_it_is_said_how_many_counted_were_passed_over_or_are_open() -> None:
    members = Members(
        (
            {"born": Known(date(2024, 1, 1)), "fee": Known(100)},
            {"born": Known(date(2010, 1, 1))},
            {"born": Known(date(2024, 1, 1))},
            {"born": ABSENT, "fee": Known(100)},
            {"fee": Known(100)},
        )
    )
    (step,) = told("SUM(children.fee) FILTER (WHERE children.born > opened)", children=members).line.steps
    assert step.worked == "not known (1 of 5 counted, 2 open)"
    (step,) = told("SUM(children.fee)", children=None).line.steps
    assert step.worked == "not known"
    (step,) = told("COUNT(children)", children=ABSENT).line.steps
    assert step.worked == "0 (0 of 0 counted)"


def test_an_absent_value_that_decided_is_marked_as_an_assumption() -> None:
    narration = told("COALESCE(subsidy, 0) <= 5000 AND subsidy IS NULL AND income IS NOT NULL")
    assumed = [part.assumed for part in narration.line.parts]
    assert assumed == [
        ("Earlier subsidy: there is none, counted as ¥0",),
        ("Earlier subsidy: decided by there being none",),
        (),
    ]
    assert told("COALESCE(subsidy, kitchen * rent) > 5").line.assumed == ("Earlier subsidy: there is none",)
    (member,) = told("SUM(COALESCE(children.fee, 10)) > 5").line.assumed
    assert member == "Nursery fee (of 1): there is none, counted as ¥10"


def test_a_rule_that_fails_where_it_is_undefined_says_why() -> None:
    checked = compile_rule(
        "rent / (income - income) < 1 AND open_air IS NOT NULL", VOCABULARY, on_undefined=OnUndefined.NO
    )
    assert checked.rule
    finding = explain(checked.rule, FACTS, PARAMETERS)
    assert (finding.outcome, finding.reason, finding.absent) == ("fail", "division by zero", False)
    assert lines(narrate(finding, LEXICON, "en"))[:2] == [
        "✗ all of these:",
        "  why: division by zero; the rule then says no",
    ]
    assert "除数为零；按规则视为不符合" in narrate(finding, LEXICON, "zh").as_text()
    assert "<p>原因：除数为零；按规则视为不符合</p>" in narrate(finding, LEXICON, "zh").as_html()


def test_values_that_the_reader_may_not_see_are_nowhere_in_the_narration() -> None:
    lexicon = Lexicon(VOCABULARY, withheld=frozenset({"rent"}))
    for text in ("rent > 5", "rent * 12 / income < 1", "LEAST(rent, cap) + 1", "subsidy < rent"):
        narration = told(text, lexicon=lexicon)
        assert "3,333" not in narration.as_text() + narration.as_html() + json.dumps(narration.as_json())
        assert "withheld" in narration.as_text() or text == "subsidy < rent"


def test_a_stored_finding_whose_names_are_gone_is_told_by_its_text() -> None:
    finding = explain(compile_rule("area >= 60 AND NOT open_air", VOCABULARY).rule, FACTS, {})  # type: ignore[arg-type]
    empty = Lexicon(Vocabulary({}, {}, {}), labels=LEXICON.labels)
    assert lines(narrate(finding, empty, "en")) == [
        "✗ area >= 60 AND NOT open_air:",
        "  ✗ area >= 60 — not met",
        "      Floor area: 45.0",
        "  ✓ NOT open_air:",
        "    ✗ open_air — not met",
        "        Open-air trade: no",
    ]


def changed(text: str, language: str = "en") -> list[str]:
    rule = compile_rule(text, VOCABULARY).rule
    assert rule
    ways = certify.changes(rule, FACTS, PARAMETERS, codes=VOCABULARY.code_lists)
    return narrate(explain(rule, FACTS, PARAMETERS), LEXICON, language, changes=ways).as_json()["changes"]


def test_heading_articles_and_changes_stand_around_it() -> None:
    rule = compile_rule("area >= 60", VOCABULARY).rule
    assert rule
    narration = narrate(
        explain(rule, FACTS, {}),
        LEXICON,
        "en",
        heading=Bilingual("租金补贴", "Rent support"),
        articles=[Bilingual("第1条", "article 1")],
        changes=certify.changes(rule, FACTS, {}),
    )
    assert lines(narration) == [
        "✗ Rent support: not met",
        "  ✗ Floor area — needed: at least 60 m²; found: 45.0 m² (business licence, 2026-03-01)",
        "  article: article 1",
        "  what would have to change:",
        "    - Floor area: at least 60.0 m² (now 45.0 m²)",
    ]
    assert "<p>what would have to change</p><ul><li>Floor area: at least 60.0 m²" in narration.as_html()


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("kind <> 'bar' AND open_air IS NULL", ["Kind of shop: noodle shop (now bar); Open-air trade: none (now no)"], ["业态：面馆（现为酒吧）；露天经营：无（现为否）"]),
        ("rent BETWEEN 10 AND 20 AND kind IN ('noodles', 'bar')", ["Monthly rent: from ¥10 to ¥20 (now ¥3,333.33)"], ["月租金：在 ¥10 至 ¥20 之间（现为 ¥3,333.33）"]),
        ("opened < DATE '2019-01-01'", ["Opening day: 2018-12-31 or earlier (now 2020-01-31)"], ["开业日期：不晚于 2018-12-31（现为 2020-01-31）"]),
        ("rent <= 3000", ["Monthly rent: at most ¥3,000 (now ¥3,333.33)"], ["月租金：不超过 ¥3,000（现为 ¥3,333.33）"]),
        ("kind = 'noodles'", ["Kind of shop: noodle shop (now bar)"], ["业态：面馆（现为酒吧）"]),
        ("opened > DATE '2024-01-01'", ["Opening day: 2024-01-02 or later (now 2020-01-31)"], ["开业日期：不早于 2024-01-02（现为 2020-01-31）"]),
        ("subsidy > 5", ["Earlier subsidy: at least ¥5.01 (now none)"], ["已领补贴：不少于 ¥5.01（现为无）"]),
        ("open_air AND kitchen > 5", ["Open-air trade: yes (now no); Kitchen area: at least 5.1 m² (not known now)"], ["露天经营：是（现为否）；厨房面积：不少于 5.1 平方米（现未知）"]),
        ("area BETWEEN 50 AND 60", ["Floor area: from 50.0 m² to 60.0 m² (now 45.0 m²)"], ["经营面积：在 50.0 平方米至 60.0 平方米之间（现为 45.0 平方米）"]),
        ("note <> '<b>'", ["note: anything but “<b>” (now “<b>”)"], ["note：不是“<b>”（现为“<b>”）"]),
        ("subsidy IS NOT NULL OR rent IS NULL", ["Earlier subsidy: ¥0 (now none)", "Monthly rent: none (now ¥3,333.33)"], ["已领补贴：¥0（现为无）", "月租金：无（现为 ¥3,333.33）"]),
    ],
)  # fmt: skip
def test_every_kind_of_change_has_words(text: str, en: list[str], zh: list[str]) -> None:
    assert changed(text) == en
    assert changed(text, "zh") == zh


def test_a_parameter_without_a_value_on_the_day_is_said_where_it_is_needed() -> None:
    rule = compile_rule("area >= least_area AND bracket(income, tax) > 0.5", VOCABULARY).rule
    assert rule
    shown = narrate(explain(rule, FACTS, {}), LEXICON, "en").line.parts
    assert shown[0].needed == "at least Smallest area (no value on this date)"
    assert shown[0].reason == "Smallest area has no value on this date"
    assert [read.value for read in shown[1].read] == ["¥80,000", "no value on this date"]


def test_what_is_withheld_is_not_in_what_would_have_to_change() -> None:
    rule = compile_rule("rent < 5", VOCABULARY).rule
    assert rule
    lexicon = Lexicon(VOCABULARY, withheld=frozenset({"rent"}))
    ways = certify.changes(rule, FACTS, {})
    assert narrate(explain(rule, FACTS, {}), lexicon, "en", changes=ways).changes == ("rent: at most ¥4.99",)


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("m2", "5 m²"),
        ("person/m2", "5 people/m²"),
        ("kg", "5 kilograms"),
        ("kg/person", "5 kilograms/people"),
        ("lux", "5 lux"),
        ("days", "5 days"),
        ("1/m2", "5 1/m²"),
        (None, "5"),
    ],
)
def test_units_have_words_also_compound_ones(unit: str | None, shown: str) -> None:
    speech = Speech(Lexicon(VOCABULARY, units={"kg": Bilingual("千克", "kilograms")}), "en")
    assert speech.value(Type(Kind.INTEGER, unit=unit), 5) == shown


def test_numbers_are_exact_whatever_their_size() -> None:
    speech = Speech(LEXICON, "zh-hans")
    digits = Decimal("-123456789012345678901234567890.000000000000000001")
    assert (
        speech.value(Type(Kind.DECIMAL, 18), digits)
        == "−123,456,789,012,345,678,901,234,567,890.000000000000000001"
    )
    assert speech.value(MONEY, -100000000000001) == "−¥1,000,000,000,000.01"
    assert speech.reason("something new") == "something new"


class Page(HTMLParser):
    """Checks that every element is closed, and keeps the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.data: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"lang", "data-outcome"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.data.append(data)


def test_html_is_lists_of_escaped_text_without_styles() -> None:
    narration = told("note = '<script>' AND (area > 3 OR rent * 2 > 1)")
    page = Page(narration.as_html())
    assert page.tags == {"div", "ul", "li", "p", "strong", "dl", "dt", "dd"}
    assert {"“<script>”", "“<b>”", "45.0 m² (business licence, 2026-03-01)"} <= set(page.data)


def every(line: Line) -> list[Line]:
    return [line, *(inner for part in line.parts for inner in every(part))]


def leaves(finding: Finding) -> list[Finding]:
    return [leaf for child in finding.children for leaf in leaves(child)] or [finding]


@examples(250)
@given(strategies.rules, SEEDS)
def test_every_finding_can_be_told_and_nothing_that_was_read_is_left_out(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    facts, given_parameters = subjects.some_facts(random, rule.facts), subjects.parameters(random)
    finding = explain(rule, facts, given_parameters)
    lexicon = Lexicon(subjects.VOCABULARY)
    for language in ("en", "zh"):
        narration = narrate(finding, lexicon, language, type=rule.type)
        assert narration.line.outcome == finding.outcome
        told_leaves = [line for line in every(narration.line) if not line.parts]
        assert {read.name for line in told_leaves for read in line.read} == {
            use.name for leaf in leaves(finding) for use in (*leaf.facts, *leaf.parameters)
        }
        assert all(line.label and line.said for line in every(narration.line))
        text = narration.as_text()
        assert text.count("\n") + 1 >= len(told_leaves)
        json.dumps(narration.as_json())
        Page(narration.as_html())


@examples(250)
@given(strategies.rules, SEEDS)
def test_steps_end_in_the_result_and_each_holds_by_itself(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    facts, given_parameters = subjects.some_facts(random, rule.facts), subjects.parameters(random)
    done = steps.steps(rule.root, facts, given_parameters)
    kinds = (ir.Arithmetic, ir.Negate, ir.Round, ir.Call, ir.Case, ir.Coalesce, ir.Bracket, ir.Aggregate)
    assert bool(done) == isinstance(rule.root, kinds)
    if done:
        result = evaluate(rule, facts, given_parameters)
        assert done[-1].result == result or (
            isinstance(result, Known) and Decimal(str(done[-1].result.value)) == result.value  # type: ignore[union-attr]
        )
    seen: dict[ir.Node, object] = {}
    for step in done:
        for part in step.parts:
            assert seen.get(part.node, part.result) == part.result
        seen[step.node] = step.result
        if step.tally:
            assert step.tally.counted + step.tally.passed + step.tally.open == step.tally.members
        if isinstance(step.node, ir.Case) and step.taken is not None:
            assert step.parts[0].result == step.result or isinstance(step.result, Known)


@examples(250)
@given(strategies.rules, SEEDS)
def test_without_an_absent_value_nothing_is_assumed(sample: Sample, seed: int) -> None:
    rule, random = compiled(sample), Random(seed)
    facts, given_parameters = subjects.some_facts(random, rule.facts), subjects.parameters(random)
    assumed = steps.assumptions(rule.root, facts, given_parameters)
    for one in assumed:
        assert one.absent in list(ir.walk(one.node))
    present = {
        name: state
        for name, state in facts.items()
        if not isinstance(state, Absent)
        and not (isinstance(state, Members) and any(ABSENT in row.values() for row in state.rows))
    }
    unfiltered = not any(isinstance(part, ir.Aggregate) for part in ir.walk(rule.root))
    if unfiltered and len(present) == len(facts) and facts.keys() >= rule.facts:
        assert not steps.assumptions(rule.root, present, given_parameters)

"""Policies, products, complaints, indicators and goals: loaded, laid over each other, and their rules compiled."""

from datetime import date

import pytest
from tests.core.packs.shop_pack import files, load_pack

from tongban.core.packs import logs, parameters
from tongban.core.packs.facts import read_facts
from tongban.core.packs.pack import Pack
from tongban.core.rules import check, evaluate
from tongban.core.rules.states import ABSENT, Facts, Known, Undefined
from tongban.core.rules.types import Kind, Range

DATA = {
    "policies/all.yaml": """
- id: grant
  name: {zh: 补贴, en: Grant}
  summary: {zh: 补贴, en: Grant}
  authority: market
  subject: enterprise
  valid_from: 2026-01-01
  conditions: [{id: stall, label: {zh: 摊, en: Stall}, rule: kind = 'stall'}]
  amount: CASE WHEN area >= 100 THEN 1000 ELSE 500.50 END
  budget: [{year: 2026, total_fen: 100000}]
  confirm_within: {amount: 30, unit: calendar_days}
  fair_competition_review: 2025-11-20
""",
    "indicators/all.yaml": """
- id: compression
  name: {zh: 压缩率, en: Compression}
  summary: {zh: 压缩率, en: Compression}
  log: cases
  counts: closed AND statutory_days IS NOT NULL
  numerator: actual_days
  denominator: statutory_days
  complement: true
  better: higher
- id: solved
  name: {zh: 解决率, en: Solved}
  summary: {zh: 解决率, en: Solved}
  log: tickets
  counts: called_back
  numerator: solved
  denominator: "TRUE"
  better: higher
""",
    "complaints/all.yaml": """
- {id: noise, code: 010101, path: [{zh: 环境, en: Environment}], name: {zh: 噪声, en: Noise}, time_class: C, dispatch_within: {amount: 24, unit: hours}, feedback_within: {amount: 7, unit: calendar_days}, authority: market, words: [噪声]}
""",
    "elements/all.yaml": """
- {id: floor-area, name: {zh: 面积, en: Area}, definition: {zh: 面积, en: Area}, type: decimal(2)}
""",
}


def test_a_pack_without_data_has_none_and_loads_as_before():
    pack = load_pack(files())
    kinds = (pack.policies, pack.products, pack.complaints, pack.indicators, pack.goals, pack.elements)
    assert [dict(kind) for kind in kinds] == [{}] * 6


def test_an_upper_layer_changes_single_fields_and_lists_of_data_too():
    pack = load_pack(
        files(
            land=DATA,
            city={
                "complaints/all.yaml": "- {id: noise, words: {add: [太吵]}, feedback_within: {amount: 5}}",
                "policies/all.yaml": "- {id: grant, amount: '300'}",
            },
        )
    )
    assert pack.complaints["noise"].words == ("噪声", "太吵")
    assert pack.complaints["noise"].code == "010101"
    assert pack.provenance["complaints", "noise", "words"] == "city"
    assert pack.provenance["policies", "grant", "conditions"] == "land"
    assert value(pack.amount("grant"), read(pack, area=120)) == 30000


def test_data_is_part_of_the_digest():
    changed = DATA | {"elements/all.yaml": DATA["elements/all.yaml"].replace("en: Area", "en: Floor", 1)}
    digests = {load_pack(files(land=land)).digest for land in ({}, DATA, changed)}
    assert len(digests) == 3


def read(pack: Pack, **raw: object) -> Facts:
    known, problems = read_facts(pack, raw)
    assert problems == ()
    return known


def value(rule, facts: Facts, at=None) -> object:
    found = evaluate.evaluate(rule, facts, at or {})
    assert isinstance(found, Known)
    return found.value


def test_an_amount_is_money_in_fen():
    pack = load_pack(files(land=DATA))
    assert pack.amount("grant").type.kind is Kind.MONEY
    assert value(pack.amount("grant"), read(pack, area=100)) == 100_000
    assert value(pack.amount("grant"), read(pack, area=99)) == 50_050


def test_the_conditions_of_a_policy_are_rules_like_any_other():
    pack = load_pack(files(land=DATA))
    (condition,) = pack.policies["grant"].conditions
    assert value(pack.rule(condition.rule), read(pack, kind="stall")) is True
    assert value(pack.rule(condition.rule), read(pack, kind="hall")) is False


def test_an_indicator_is_three_rules_over_the_records_of_its_log():
    counts, numerator, denominator = load_pack(files(land=DATA)).indicator("compression")
    closed: Facts = {"closed": Known(True), "statutory_days": Known(20), "actual_days": Known(6)}
    assert [value(rule, closed) for rule in (counts, numerator, denominator)] == [True, 6, 20]
    assert value(counts, {"closed": Known(True), "statutory_days": ABSENT}) is False


def test_the_parts_of_a_share_may_be_true_and_false():
    _, numerator, denominator = load_pack(files(land=DATA)).indicator("solved")
    assert [rule.type.kind for rule in (numerator, denominator)] == [Kind.BOOLEAN, Kind.BOOLEAN]


@pytest.mark.parametrize("log", logs.LOGS)
def test_every_fact_of_a_log_can_stand_in_a_rule_and_has_words(log: str):
    vocabulary = logs.vocabulary(log)
    for name, measure in logs.LOGS[log].items():
        checked = check.compile_rule(name, vocabulary)
        assert checked.rule is not None, checked.problems
        assert checked.rule.facts == {name}
        assert measure.id == name
        assert measure.label.zh
        assert measure.label.en


def test_an_unknown_log_policy_or_indicator_is_refused():
    pack = load_pack(files(land=DATA))
    for refused in (logs.vocabulary, pack.amount, pack.indicator):
        with pytest.raises(KeyError):
            refused("none")


def test_amounts_read_dated_parameters():
    land = DATA | {
        "policies/all.yaml": DATA["policies/all.yaml"].replace(
            "amount: CASE WHEN area >= 100 THEN 1000 ELSE 500.50 END", "amount: fee"
        )
    }
    pack = load_pack(files(land=land))
    assert value(pack.amount("grant"), {}, parameters.resolve(pack, date(2026, 7, 1))) == 1250


TABLES = """
- id: grant_by_size
  label: {zh: 按面积补贴, en: Grant by size}
  of: {type: decimal(1), unit: m2}
  gives: {type: money}
  values:
    - {valid_from: 2026-01-01, valid_to: 2026-07-01, rows: [{at_least: 0, value: 100.00}]}
    - {valid_from: 2026-07-01, rows: [{at_least: 0, value: 100.00}, {at_least: "60.5", value: 250.50}]}
"""


def test_an_amount_reads_the_bracket_table_of_the_day():
    policies = DATA["policies/all.yaml"].replace(
        "CASE WHEN area >= 100 THEN 1000 ELSE 500.50 END", "bracket(area, grant_by_size)"
    )
    tables = {"policies/all.yaml": policies, "bracket-tables/all.yaml": TABLES}
    pack = load_pack(files(DATA | tables))
    facts, _ = read_facts(pack, {"area": "60.5"})
    rule = pack.amount("grant")
    assert rule.parameters == {"grant_by_size"}
    before, after = (
        evaluate.evaluate(rule, facts, parameters.resolve(pack, date(2026, month, 1))) for month in (6, 7)
    )
    assert (before, after) == (Known(100_00), Known(250_50))


def test_a_policy_says_what_holds_when_it_has_no_value():
    policies = DATA["policies/all.yaml"].replace("rule: kind = 'stall'", "rule: area / fee > 1")
    tables = {"policies/all.yaml": policies.replace("> 1", "> 1, on_undefined: no")}
    with pytest.raises(AssertionError, match="cannot be divided by money"):
        load_pack(files(DATA | tables))
    stated = policies.replace("area / fee > 1", "area >= large_area, on_undefined: no")
    pack = load_pack(files(DATA | {"policies/all.yaml": stated}))
    rule = pack.condition(pack.policies["grant"].conditions[0])
    assert evaluate.evaluate(rule, {}, parameters.resolve(pack, date(2020, 1, 1))) == Known(False)
    assert isinstance(evaluate.evaluate(pack.rule(rule.text), {}, {}), Undefined)


def test_a_facts_range_reaches_its_rules():
    pack = load_pack(files(DATA))
    assert pack.amount("grant").ranges["area"] == Range(1, 900)

"""A policy for firms without its review record is refused; rules that favour single firms, tax paid or an address are flagged."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.core.packs import shop_pack

from tongban.core.packs.in_chinese import chinese, in_chinese
from tongban.core.packs.lint import fair_competition
from tongban.core.packs.loader import Loaded, load
from tongban.core.packs.pack import Problem
from tongban.doors.cli.main import cli

FACTS = (
    shop_pack.LAND["facts/all.yaml"]
    + """
- {id: credit_code, subject: enterprise, type: text, speaks_of: identity, label: {zh: 信用代码, en: Credit code}, question: {zh: 代码？, en: Code?}}
- {id: parent_code, subject: enterprise, type: text, label: {zh: 母公司代码, en: Code of the parent}, question: {zh: 代码？, en: Code?}}
- {id: permit_number, subject: enterprise, type: integer, speaks_of: identity, label: {zh: 证号, en: Permit number}, question: {zh: 证号？, en: Number?}}
- {id: is_the_champion, subject: enterprise, type: boolean, speaks_of: identity, label: {zh: 是冠军, en: The champion}, question: {zh: 是吗？, en: Is it?}}
- {id: tax_last_year, subject: enterprise, type: money, speaks_of: tax-paid, label: {zh: 去年纳税, en: Tax paid last year}, question: {zh: 多少？, en: How much?}}
- {id: taxable_income, subject: enterprise, type: money, label: {zh: 应纳税所得额, en: Taxable income}, question: {zh: 多少？, en: How much?}}
- {id: registered_district, subject: enterprise, type: code, codes: kinds, speaks_of: registration, label: {zh: 注册地, en: District of registration}, question: {zh: 哪里？, en: Where?}}
"""
)
PARAMETERS = (
    shop_pack.LAND["parameters/all.yaml"]
    + """
- {id: the_firm, label: {zh: 那家, en: The firm}, type: text, values: [{valid_from: 2020-01-01, value: X}]}
"""
)
RELATIONS = """
- id: plants
  subject: enterprise
  label: {zh: 厂, en: Plants}
  member: {zh: 厂, en: Plant}
  fields:
    - {id: tax, label: {zh: 税, en: Tax}, type: money, speaks_of: tax-paid}
    - {id: number, label: {zh: 号, en: Number}, type: text, speaks_of: identity}
"""
GROUND = "{reason: {zh: 国务院批准, en: Approved by the State Council}, articles: [shop-law#3], confidence: confirmed}"


def of_policy(
    rule: str = "area > 1",
    amount: str = '"100.00"',
    review: str = "2025-11-20",
    more: str = "",
    subject: str = "enterprise",
) -> Loaded:
    policy = f"""
- id: grant
  name: {{zh: 补贴, en: Grant}}
  summary: {{zh: 补贴, en: Grant}}
  authority: market
  subject: {subject}
  valid_from: 2026-01-01
  conditions: [{{id: one, label: {{zh: 一, en: One}}, rule: "{rule}"}}]
  amount: {amount}
  confirm_within: {{amount: 30, unit: calendar_days}}
  fair_competition_review: {review}
{more}"""
    land = {
        "facts/all.yaml": FACTS,
        "parameters/all.yaml": PARAMETERS,
        "relations/all.yaml": RELATIONS,
        "policies/all.yaml": policy,
    }
    return load(shop_pack.files(land), "city")


def flags(loaded: Loaded) -> tuple[Problem, ...]:
    assert loaded.pack is not None, loaded.problems
    assert loaded.content is not None
    found = fair_competition.flags(loaded.content, loaded.pack)
    assert fair_competition.is_flagged(loaded.pack) == bool(found)
    return found


def codes(loaded: Loaded) -> list[str]:
    return [one.code for one in flags(loaded)]


# -- the record ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    ['""', '"  "', '"-"', "——", "／", "无", "暂无。", "none", "N/A", "TODO", '"todo: attach it"', "待审查", "待补充", "（待审查）",
     "审查中", "尚未审查（not yet reviewed）", "TBD", '"?"', "'...'", "no review", "not yet", "Under review", "To be done"],
)  # fmt: skip
def test_a_record_that_says_nothing_refuses_the_pack(record: str) -> None:
    loaded = of_policy(review=record)
    assert loaded.pack is None
    (problem,) = loaded.problems
    assert problem.code == "no-review"
    assert (problem.position.file, problem.position.line) == ("land/policies/all.yaml", 11)
    assert "没有公平竞争审查记录" in in_chinese(problem).message


def test_a_record_that_is_missing_refuses_the_pack() -> None:
    files = shop_pack.files({"policies/all.yaml": "- {id: grant, subject: enterprise}"})
    missing = [one for one in load(files, "city").problems if "fair_competition_review" in one.message]
    assert [one.code for one in missing] == ["missing-field"]


@pytest.mark.parametrize(
    "record",
    ["2025-11-20", "市监竞审〔2025〕12号", "所用资料没有记载（not recorded in the sources at hand）", "No objection, minute 7",
     "虚构的示例政策，没有做过真实的审查（fictional sample; no real review took place）", "无异议，2025年11月"],
)  # fmt: skip
def test_a_record_that_says_something_does_not(record: str) -> None:
    assert of_policy(review=record).pack is not None


def test_a_policy_for_persons_needs_none() -> None:
    assert of_policy(review="无", subject="person").pack is not None


def test_an_upper_layer_cannot_take_the_record_away() -> None:
    files = {f"land/{name}": text.encode() for name, text in (("facts/all.yaml", FACTS),)}
    files["land/policies/all.yaml"] = (
        Path(__file__).with_name("bad") / "relations/land/policies/all.yaml"
    ).read_bytes()
    both = shop_pack.files(city={"policies/all.yaml": '- {id: grant, fair_competition_review: "-"}'}) | files
    found = [one for one in load(both, "city").problems if one.code == "no-review"]
    assert [one.position.file for one in found] == ["city/policies/all.yaml"]


# -- single firms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "credit_code = 'A'",
        "credit_code <> 'A'",
        "'A' = credit_code",
        "credit_code IN ('A', 'B')",
        "NOT credit_code IN ('A')",
        "credit_code = the_firm",
        "COALESCE(credit_code, 'none') = 'A'",
        "credit_code = CASE WHEN area > 5 THEN 'A' ELSE 'B' END",
        "area > 5 OR (area > 2 AND credit_code = 'A')",
        "permit_number BETWEEN 17 AND 17",
        "permit_number >= 17",
        "is_the_champion",
        "NOT is_the_champion",
        "COUNT(plants) FILTER (WHERE plants.number = 'A') > 0",
    ],
)
def test_a_rule_that_picks_out_single_firms_is_flagged(rule: str) -> None:
    assert set(codes(of_policy(rule))) == {"names-a-firm"}


@pytest.mark.parametrize(
    "rule",
    [
        "credit_code IS NOT NULL",
        "credit_code = parent_code",
        "credit_code <> ''",
        "shop_name = 'inn'",
        "parent_code = 'A'",
        "area > 5",
        "COUNT(plants) > 2",
    ],
)
def test_a_rule_that_any_firm_can_meet_is_not(rule: str) -> None:
    assert codes(of_policy(rule)) == []


# -- tax paid and the place of registration ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "amount", "paths"),
    [
        ("tax_last_year >= 10000", '"100.00"', ["conditions[1].rule"]),
        ("area > 1", "ROUND(tax_last_year * 0.3, 2)", ["amount"]),
        ("tax_last_year > 1", "CASE WHEN tax_last_year > 5 THEN 9.00 ELSE 1.00 END", ["conditions[1].rule", "amount"]),
        ("SUM(plants.tax) > 5", '"100.00"', ["conditions[1].rule"]),
    ],
)  # fmt: skip
def test_money_for_tax_paid_is_flagged(rule: str, amount: str, paths: list[str]) -> None:
    found = flags(of_policy(rule, amount))
    assert [one.code for one in found] == ["rewards-tax"] * len(paths)
    for one, path in zip(found, paths, strict=True):
        assert f"policy grant ({path})" in one.message


def test_a_score_that_reads_tax_is_flagged() -> None:
    more = "  score: CASE WHEN tax_last_year > 5 THEN 2 ELSE 1 END\n"
    assert codes(of_policy(more=more)) == ["rewards-tax"]


@pytest.mark.parametrize("effect", ["tax-saved", "tax-due", "levy"])
def test_a_policy_about_tax_may_read_tax_and_no_firm_all_the_same(effect: str) -> None:
    more = f"  effect: {effect}\n"
    assert codes(of_policy("tax_last_year > 1", "ROUND(tax_last_year * 0.5, 2)", more=more)) == []
    assert codes(of_policy("credit_code = 'A'", more=more)) == ["names-a-firm"]


def test_taxable_income_is_not_tax_paid() -> None:
    assert codes(of_policy("taxable_income >= 10000", "ROUND(taxable_income * 0.1, 2)")) == []


def test_a_place_of_registration_is_flagged_whatever_the_effect() -> None:
    rule = "registered_district = 'stall'"
    assert codes(of_policy(rule)) == ["place-of-registration"]
    assert codes(of_policy(rule, more="  effect: tax-saved\n")) == ["place-of-registration"]
    assert codes(of_policy("registered_district IS NOT NULL")) == ["place-of-registration"]


def test_policies_for_persons_are_not_looked_at() -> None:
    assert codes(of_policy("tax_last_year > 1", subject="person")) == []


# -- how it is told and answered -----------------------------------------------------------------------------


def test_a_flag_says_where_and_what_in_both_languages() -> None:
    (flag,) = flags(of_policy("area > 2 AND credit_code = 'A'"))
    line = "  conditions: [{id: one, label: {zh: 一, en: One}, rule: \"area > 2 AND credit_code = 'A'\"}]"
    assert (flag.position.line, flag.position.column) == (8, line.index("credit_code") + 1)
    assert (
        flag.message
        == 'policy grant (conditions[1].rule): this picks out single firms: "credit_code" is held against fixed values'
    )
    told = in_chinese(flag)
    assert (
        told.message == "政策“grant”（conditions[1].rule）：这里挑出了个别企业：拿“credit_code”和固定的值比较"
    )
    assert told.hint
    assert "去掉它" in told.hint


def test_every_flag_has_chinese() -> None:
    found = flags(of_policy("credit_code = 'A' AND tax_last_year > 1 AND registered_district = 'stall'"))
    assert len(found) == 3
    for one in found:
        told = chinese(one.message)
        assert told is not None
        assert "“" in told


def test_a_ground_in_law_answers_for_flags() -> None:
    grounded = of_policy("credit_code = 'A'", more=f"  fair_competition_ground: {GROUND}\n")
    assert codes(grounded) == []


def test_a_ground_names_an_article_that_is_there() -> None:
    unknown = of_policy(
        "credit_code = 'A'", more=f"  fair_competition_ground: {GROUND.replace('#3', '#9')}\n"
    )
    assert [one.code for one in unknown.problems] == ["unknown-article"]
    empty = GROUND.replace("[shop-law#3]", "[]")
    none = of_policy("credit_code = 'A'", more=f"  fair_competition_ground: {empty}\n")
    assert none.pack is None


def written(folder: Path, rule: str, review: str) -> str:
    policies = {
        "facts/all.yaml": FACTS,
        "policies/all.yaml": f"""
- id: grant
  name: {{zh: 补贴, en: Grant}}
  summary: {{zh: 补贴, en: Grant}}
  authority: market
  subject: enterprise
  valid_from: 2026-01-01
  conditions: [{{id: one, label: {{zh: 一, en: One}}, rule: "{rule}"}}]
  amount: "100.00"
  confirm_within: {{amount: 30, unit: calendar_days}}
  fair_competition_review: {review}
""",
    }
    for name, content in shop_pack.files(policies).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(folder / "city")


def test_lint_tells_flags_and_refuses_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "tax_last_year > 1", "2025-11-20")
    for lang, words in (("en", "rewards the tax"), ("zh", "按企业交税多少给好处")):
        shown = CliRunner().invoke(cli, ["pack", "lint", path, "--lang", lang])
        assert shown.exit_code == 0, shown.output
        assert words in shown.output
        assert "policies/all.yaml:8:" in shown.output


def test_lint_exits_with_one_without_a_record(tmp_path: Path) -> None:
    path = written(tmp_path, "area > 1", "待审查")
    shown = CliRunner().invoke(cli, ["pack", "lint", path, "--lang", "en"])
    assert shown.exit_code == 1
    assert "no record of the fair competition review" in shown.output


def test_official_wants_a_date_or_a_document_and_no_flags(tmp_path: Path) -> None:
    path = written(tmp_path, "tax_last_year > 1", "所用资料没有记载")
    shown = CliRunner().invoke(cli, ["pack", "lint", path, "--official", "--lang", "en"])
    assert shown.exit_code == 1
    assert "names neither its date nor its document" in shown.output
    assert "rewards the tax" in shown.output


def test_the_packs_of_this_repository_have_records_and_no_flags() -> None:
    root = Path(__file__).parents[3] / "packs"
    files = {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
    loaded = load(files, "cn-qingqu")
    assert flags(loaded) == ()
    assert loaded.pack is not None
    marked = [fact.speaks_of for fact in loaded.pack.facts.values() if fact.speaks_of]
    assert marked.count("identity") == 8
    assert marked.count("tax-paid") == 8

"""`tongban policy cliffs` on a terminal: both sides of a cliff, in both languages, as a table, and who stands below it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tongban.doors.cli.main import cli

ROOT = Path(__file__).parents[3]
GIVEN = ("--policy", "small-low-profit-tax", "--fact", "taxable_income", "--at", "2026-03-02")


def ran(*words: object, language: str = "en_US.UTF-8") -> Any:
    pack = ("--pack", ROOT / "packs/cn")
    return CliRunner().invoke(cli, ["policy", "cliffs", *map(str, (*words, *pack))], env={"LC_ALL": language})


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    path = tmp_path / "firm.yaml"
    path.write_text(
        'entity: company\nstaff_by_quarter: 300\nassets_by_quarter: "50000000.00"\n', encoding="utf-8"
    )
    return path


def test_both_sides_and_what_turns_are_told(firm: Path) -> None:
    done = ran(*GIVEN, "--facts", firm)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    (before,) = (line for line in lines if line.strip().startswith("¥3,000,000 │"))
    (after,) = (line for line in lines if line.strip().startswith("¥3,000,000.01 │"))
    assert "-150,000.00" in before
    assert "-750,000.00" in after
    assert "600,000.00 yuan less" in after
    assert before.count("█") * 5 in range(after.count("█") - 3, after.count("█") + 4)
    assert "at most Highest taxable income of a small low-profit enterprise (¥3,000,000)" in done.output


def test_it_is_told_in_chinese(firm: Path) -> None:
    done = ran(*GIVEN, "--facts", firm, language="zh_CN.UTF-8")
    assert "少了 600,000.00 元" in done.output
    assert "变的是金额：年应纳税所得额不超过小型微利企业应纳税所得额上限" in done.output


def test_the_table_holds_numbers(firm: Path, tmp_path: Path) -> None:
    out = tmp_path / "cliffs.csv"
    assert ran(*GIVEN, "--facts", firm, "--out", out).exit_code == 0
    (row,) = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert row == {
        "at": "3000000.00", "beyond": "3000000.01", "policy": "small-low-profit-tax", "before_yuan": "-150000.00",
        "after_yuan": "-750000.00", "lost_yuan": "600000.00", "turned": "small-low-profit-tax/amount",
        "taken_before": "", "taken_after": "", "kind": "cliff",
    }  # fmt: skip


RELIEFS = (
    "--policy", "small-low-profit-relief", "--policy", "hi-tech-income-tax", "--fact", "taxable_income", "--at", "2026-03-02",
)  # fmt: skip


@pytest.fixture
def hi_tech(firm: Path) -> Path:
    text = firm.read_text(encoding="utf-8") + "hi_tech_status: first\nhi_tech_valid: true\n"
    firm.write_text(text, encoding="utf-8")
    return firm


def test_of_two_reliefs_the_one_that_is_left_is_told_and_reckoned_with(hi_tech: Path, tmp_path: Path) -> None:
    """20 % of 3,000,000 are saved or 10 %, and never both: 300,000 are lost, and not 600,000."""
    out = tmp_path / "cliffs.csv"
    done = ran(*RELIEFS, "--facts", hi_tech, "--out", out)
    assert done.exit_code == 0, done.output
    small, other = (
        "Income tax relief of small low-profit enterprises",
        "Income tax relief of hi-tech enterprises",
    )
    assert "300,000.00 yuan less" in done.output
    assert f"at ¥3,000,000 the most that goes together is {small} 600,000.00 yuan\n" in done.output
    assert f"at ¥3,000,000.01 the most that goes together is {other} 300,000.00 yuan\n" in done.output
    assert f"counted as the most that may be had together: {small}, {other}" in done.output
    (row,) = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert row["lost_yuan"] == "300000.00"
    assert row["taken_before"] == "small-low-profit-relief=600000.00"
    assert row["taken_after"] == "hi-tech-income-tax=300000.00"


def test_of_two_reliefs_it_is_told_in_chinese(hi_tech: Path) -> None:
    done = ran(*RELIEFS, "--facts", hi_tech, language="zh_CN.UTF-8")
    assert "¥3,000,000 时合起来最多拿：小型微利企业所得税优惠 600,000.00 元" in done.output
    assert "不能简单相加，按合起来最多能拿的算：小型微利企业所得税优惠、高新技术企业所得税优惠" in done.output


def test_of_a_population_too_only_one_of_two_reliefs_is_lost(tmp_path: Path) -> None:
    firms = tmp_path / "firms.csv"
    firms.write_text(
        "id,entity,staff_by_quarter,assets_by_quarter,taxable_income,hi_tech_status,hi_tech_valid\n"
        "a,company,10,1000000,2900000,first,true\n"
        "b,company,10,1000000,2900000,none,false\n",
        encoding="utf-8",
    )
    out = tmp_path / "out.csv"
    done = ran(*RELIEFS, "--population", firms, "--out", out)
    assert done.exit_code == 0, done.output
    assert "counted as the most that may be had together" in done.output
    rows = {row["at"]: row for row in csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())}
    assert (rows["3000000.00"]["losing"], rows["3000000.00"]["lost_yuan"]) == ("2", "900000.00")


def test_a_narrower_range_can_hold_no_cliff(firm: Path) -> None:
    assert "No cliff." in ran(*GIVEN, "--facts", firm, "--to", "3,000,000").output
    assert "没有断崖" in ran(*GIVEN, "--facts", firm, "--from", "3000000.01", language="zh").output


def test_what_is_wanting_is_named(tmp_path: Path) -> None:
    done = ran(*GIVEN)
    assert done.exit_code == 1
    assert "Also needed:" in done.output
    assert "(staff_by_quarter)" in done.output
    assert "还要知道：" in ran(*GIVEN, language="zh").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fact", "taxable_incom"), "did you mean"),
        (("--fact", "trade"), "Name one that is a number or money"),
        (("--fact", "vat_sales"), "They read: assets_by_quarter"),
        (("--from", "much"), "'much' is no number"),
        (("--facts", "a.yaml", "--population", "b.parquet"), "and not both"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_plain_words(words: tuple[str, ...], said: str) -> None:
    done = ran(*GIVEN, *words)
    assert done.exit_code != 0
    assert said in done.output


def test_of_a_population_it_is_told_how_many_stand_below(tmp_path: Path) -> None:
    firms = tmp_path / "firms.csv"
    firms.write_text(
        "id,entity,staff_by_quarter,assets_by_quarter,taxable_income\n"
        "a,company,10,1000000,2900000\n"  # near, and would lose
        "b,company,10,1000000,3000000\n"  # at the last value
        "c,company,900,1000000,2900000\n"  # near, and pays 25 % anyway
        "d,company,10,1000000,1000000\n"  # far below
        "e,company,10,1000000,3000000.01\n"  # past it
        "f,company,,1000000,2900000\n"  # cannot be told
        "g,company,10,1000000,\n",  # not known
        encoding="utf-8",
    )
    out = tmp_path / "out.csv"
    done = ran(*GIVEN, "--population", firms, "--out", out)
    assert done.exit_code == 0, done.output
    assert "Subjects: 7. Just below a cliff: 2. The fact is not known of 1." in done.output
    rows = {row["at"]: row for row in csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())}
    assert rows["3000000.00"] == {
        "at": "3000000.00", "near": "4", "losing": "2", "lost_yuan": "1200000.00", "open": "1",
    }  # fmt: skip
    wider = ran(*GIVEN, "--population", firms, "--within", "70", language="zh")
    assert "其中 3 个站在断崖下面" in wider.output

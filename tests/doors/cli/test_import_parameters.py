"""`tongban pack import-parameters` from a terminal: what it reads and writes, tells and leaves alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.core.packs import shop_pack
from tests.packs import test_recipe as recipes

from tongban.doors.cli import importing_parameters
from tongban.doors.cli.main import cli

Run = Callable[..., Result]

RATE = (
    "description: 税率\nmetadata: {label_en: Rate, unit: /1}\nvalues: {2012-01-01: 0.16, 2013-01-01: 0.13}\n"
)
SCALE = """
description: 分档
metadata: {label_en: Scale, threshold_unit: currency}
brackets: [{threshold: {2013-01-01: 0}, rate: {2013-01-01: 0.03}}, {threshold: {2013-01-01: 12000}, rate: {2013-01-01: 0.1}}]
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, text in shop_pack.files().items():
        path = tmp_path / "packs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TONGBAN_PACKS", str(tmp_path / "packs"))

    def ran(*words: object, lang: str = "en") -> Result:
        words = ("import-parameters", *words, "--into", "packs/city", "--lang", lang)
        return CliRunner().invoke(cli, ["pack", *map(str, words)])

    return ran


def put(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def in_pack() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path("packs").rglob("*") if path.is_file()}


def test_a_folder_becomes_a_file_of_each_kind_and_again_changes_nothing(run: Run) -> None:
    put("Of/taxes/rate.yaml", RATE)
    put("Of/taxes/scale.yml", SCALE)
    put("Of/README.md", "no parameter")
    done = run("Of", "--rest", "rest.csv")
    assert done.output.splitlines() == [
        "parameters: 1 written to packs/city/parameters/of.yaml, 0 there already.",
        "bracket-tables: 1 written to packs/city/bracket-tables/of.yaml, 0 there already.",
        "Left out: 0.",
    ]
    assert done.exit_code == 0
    assert not Path("rest.csv").exists()
    assert "id: taxes_scale\n" in Path("packs/city/bracket-tables/of.yaml").read_text(encoding="utf-8")
    assert CliRunner().invoke(cli, ["pack", "lint", "packs/city"]).exit_code == 0
    before = in_pack()
    again = run("Of")
    assert again.output.splitlines()[0] == "parameters: 0 written, 1 there already."
    assert again.exit_code == 0
    assert in_pack() == before


def test_words_of_the_pack_stay_and_other_numbers_are_told_and_left_alone(run: Run) -> None:
    put("Of/rate.yaml", RATE)
    assert run("Of").exit_code == 0
    target = Path("packs/city/parameters/of.yaml")
    target.write_text(target.read_text(encoding="utf-8").replace("税率", "比例"), encoding="utf-8")
    before = in_pack()
    assert "0 written, 1 there already" in run("Of").output
    put("Of/rate.yaml", RATE.replace("0.13", "0.14"))
    put("Of/more.yaml", RATE)
    done = run("Of")
    assert done.output.splitlines()[:2] == [
        "Of/rate.yaml:1:1: the pack has rate already, with other values, and it is left as it is (change it in its file, or take it out there and import again)",
        "parameters: 1 written to packs/city/parameters/of.yaml, 0 there already.",
    ]
    assert done.exit_code == 1
    assert in_pack()[str(target)].startswith(before[str(target)])
    assert b"0.14" not in in_pack()[str(target)]


def test_what_the_pack_refuses_is_told_by_its_place_in_the_file_it_came_from(run: Run) -> None:
    put("Of/area.yaml", RATE)
    put("Of/good.yaml", RATE)
    put("Of/long.yaml", f"description: L\nmetadata: {{unit: year}}\nvalues:\n  2012-01-01: {'9' * 19}\n")
    done = run("Of", "--rest", "rest.csv")
    assert done.output.splitlines() == [
        "Of/area.yaml:1:1: a fact has the same name (rename it in the files, or give --prefix)",
        "Of/long.yaml:4:15: parameter long (values[1].value): Type at most 18 digits. (the type is integer)",
        "parameters: 1 written to packs/city/parameters/of.yaml, 0 there already.",
        "bracket-tables: 0 written, 0 there already.",
        "Left out: 2.",
        "What was left out is in rest.csv.",
    ]
    assert done.exit_code == 1
    with Path("rest.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][-1] == "未导入的原因 why not imported"
    assert ["Of/area.yaml", "3", "area", "values.2013-01-01", "0.13", "a fact has the same name"] in rows
    assert [row[4] for row in rows if row[2] == "long"] == ["L", "year", "9" * 19]


def test_everything_is_said_in_chinese_too(run: Run) -> None:
    put("Of/a.yaml", "description: A\nvalues: {2012-01-01: 5}\n")
    put(
        "Of/b.yaml",
        "description: B\ndocumentation: x\nmetadata: {unit: year}\nvalues: {2012-01-01: 5, 2013-01-01: expected}\n",
    )
    done = run("Of", "--rest", "rest.csv", "--since", "2010-01-01", lang="zh")
    assert done.output.splitlines() == [
        "Of/a.yaml:2:1: 文件没有写明这些数字的单位 (写明它是什么：--unit 'none=money'（金额），或 =ratio（比例）、=number（数）、=number:单位)",
        "Of/b.yaml:4:25: 从 2013-01-01 起的数值只是预计，没有读",
        "参数：已写入 1 个到 packs/city/parameters/of.yaml，原来就有 0 个。",
        "分档表：已写入 0 个，原来就有 0 个。",
        "1 个名称只有一种语言，另一种先照抄：请翻译。",
        "内容包没有地方放的字段：documentation 1。",
        "没有导入：1。",
        "没有导入的在 rest.csv。",
    ]
    assert "文件没有写明这些数字的单位" in Path("rest.csv").read_text(encoding="utf-8-sig")


def test_a_file_a_prefix_a_unit_and_a_day(run: Run) -> None:
    put("wage.yaml", "metadata: {unit: currency-EUR}\nvalues: {1990-01-01: 1.005, 2002-01-01: 2}\n")
    put("old.yaml", "metadata: {unit: currency}\nvalues: {1990-01-01: 1, 2002-01-01: null}\n")
    asked = run("wage.yaml", "--since", "2002-01-01", "--dry-run")
    assert "--unit 'currency-EUR=money'" in asked.output
    words = ("--prefix", "fr", "--since", "2002-01-01", "--file", "france")
    done = run("wage.yaml", *words, "--unit", "currency-EUR=money")
    assert done.exit_code == 0, done.output
    assert "- id: fr_wage\n" in Path("packs/city/parameters/france.yaml").read_text(encoding="utf-8")
    over = run("old.yaml", *words)
    assert "Over on 2002-01-01, not read: 1." in over.output
    assert over.exit_code == 0


def test_a_dry_run_tells_the_same_and_writes_nothing(run: Run) -> None:
    put("Of/rate.yaml", RATE)
    put("Of/a.yaml", "values: {2012-01-01: 5}\n")
    before = in_pack()
    done = run("Of", "--dry-run", "--rest", "rest.csv")
    assert "parameters: 1 would be written to packs/city/parameters/of.yaml, 0 there already." in done.output
    assert done.exit_code == 1
    assert in_pack() == before
    assert not Path("rest.csv").exists()


def test_more_than_one_file_holds_goes_into_several(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_parameters, "MOST_VALUES", 3)
    for name in "abc":
        put(f"Of/{name}.yaml", RATE)
    first = run("Of")
    assert "3 written to packs/city/parameters/of.yaml, packs/city/parameters/of-2.yaml" in first.output
    monkeypatch.setattr(importing_parameters, "FULL", 10)
    put("Of/d.yaml", RATE)
    before = in_pack()
    assert "1 written to packs/city/parameters/of-3.yaml, 3 there already" in run("Of").output
    assert {name: text for name, text in in_pack().items() if not name.endswith("of-3.yaml")} == before
    assert CliRunner().invoke(cli, ["pack", "lint", "packs/city"]).exit_code == 0


def test_what_cannot_be_meant_is_refused_before_anything_is_read(run: Run) -> None:
    put("Of/rate.yaml", RATE)
    before = in_pack()
    assert "is no unit. Write currency-EUR=money" in run("Of", "--unit", "smic").output
    assert "--prefix 'A-b' is not of small letters" in run("Of", "--prefix", "A-b").output
    assert "'../out' cannot be an id" in run("Of", "--file", "../out").output
    Path("empty").mkdir()
    assert "empty: no YAML file is in this folder." in run("empty").output
    put("packs/city/services/bad.yaml", "- {id: x}\n")
    assert "bad.yaml" in run("Of").output
    Path("packs/city/services/bad.yaml").unlink()
    assert in_pack() == before


def test_whoever_follows_the_recipe_has_the_parameters_of_openfisca(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(recipes, "FAILS", re.compile(r"^Left out: [1-9]", re.MULTILINE))
    assert recipes.follow("import-parameters.md") == 3
    assert "AD" in Path("rest.csv").read_text(encoding="utf-8-sig")
    again = "tongban pack import-parameters parameters --into packs/water --prefix water --unit none=money --lang en"
    before = in_pack()
    assert "parameters: 0 written, 2 there already." in recipes.shown(again, fails=True)
    assert in_pack() == before
    recipes.shown("tongban pack lint packs/water")

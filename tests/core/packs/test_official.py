"""A pack is official when everything in it was confirmed in its source; what was not is listed with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.core.packs import shop_pack

from tongban.core.packs import in_chinese
from tongban.core.packs.content import Content
from tongban.core.packs.loader import load
from tongban.core.packs.official import unconfirmed
from tongban.core.packs.pack import Problem
from tongban.doors.cli.main import cli

LAND = {
    "pack.yaml": shop_pack.LAND["pack.yaml"],
    "authorities/all.yaml": "- {id: market, name: {zh: 市场监管, en: Market regulation}, confidence: confirmed}\n",
    "parameters/all.yaml": """
- id: large_area
  label: {zh: 大面积, en: Large}
  type: decimal(1)
  unit: m2
  values:
    - valid_from: 2024-01-01
      value: 60.5
      confidence: sample
  confidence: confirmed
""",
}


def content(land: dict[str, str]) -> Content:
    files = {f"land/{path}": text.encode() for path, text in land.items()}
    loaded = load(files, "land")
    assert loaded.content is not None
    assert loaded.pack is not None, loaded.problems
    return loaded.content


def found(land: dict[str, str]) -> list[tuple[str, str]]:
    return [(str(one.position), one.message) for one in unconfirmed(content(land))]


def test_a_number_that_is_a_sample_is_refused_where_it_says_so() -> None:
    assert found(LAND) == [
        (
            "land/parameters/all.yaml:9:19",
            'parameter large_area (values[1]): its confidence is "sample", not "confirmed"',
        )
    ]


def test_silence_counts_as_recalled() -> None:
    silent = {
        **LAND,
        "authorities/all.yaml": LAND["authorities/all.yaml"].replace(", confidence: confirmed", ""),
    }
    assert found(silent)[0] == (
        "land/authorities/all.yaml:1:3",
        'authority market: its confidence is "recalled", not "confirmed"',
    )


def test_a_layer_above_that_confirms_is_believed() -> None:
    files = {f"land/{path}": text.encode() for path, text in LAND.items()}
    files["city/pack.yaml"] = shop_pack.CITY["pack.yaml"].encode()
    files["city/parameters/all.yaml"] = (
        b"- {id: large_area, values: [{valid_from: 2024-01-01, value: 60.5, confidence: confirmed}]}\n"
    )
    loaded = load(files, "city")
    assert loaded.content is not None
    assert unconfirmed(loaded.content) == ()


def test_everything_of_a_whole_pack_is_told_in_order_and_in_chinese() -> None:
    loaded = load(shop_pack.files(), "city")
    assert loaded.content is not None
    problems = unconfirmed(loaded.content)
    named = {problem.message.split(":")[0] for problem in problems}
    assert {"service shop-permit", "service shop-permit (promised)", "law shop-law", "fact area"} <= named
    assert list(problems) == sorted(problems, key=lambda p: (p.position.file, p.position.line, p.position.column, p.message))  # fmt: skip
    for problem in problems:
        told: Problem = in_chinese.in_chinese(problem)
        assert told.message != problem.message
        assert told.hint != problem.hint


def test_the_command_refuses_a_sound_pack_that_is_not_official(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAN_PACKS", str(tmp_path))
    for name, text in LAND.items():
        path = tmp_path / "land" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert CliRunner().invoke(cli, ["pack", "lint", str(tmp_path / "land")]).exit_code == 0
    words = ["pack", "lint", str(tmp_path / "land"), "--official"]
    refused = CliRunner().invoke(cli, [*words, "--lang", "en"])
    assert refused.exit_code == 1
    assert f'{tmp_path}/land/parameters/all.yaml:9:19: parameter large_area (values[1]): its confidence is "sample"' in refused.output  # fmt: skip
    assert "1 problems." in refused.output
    file = tmp_path / "land" / "parameters" / "all.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("sample", "confirmed"), encoding="utf-8")
    passed = CliRunner().invoke(cli, words)
    assert passed.exit_code == 0, passed.output

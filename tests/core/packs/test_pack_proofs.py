"""What the prover says about the rules of a pack: at the file and line, with a subject, in either language."""

from __future__ import annotations

from datetime import date

import pytest
from tests.core.packs import shop_pack

from tongban.core.packs.loader import load
from tongban.core.packs.proofs import proofs

AT = date(2026, 3, 2)
SERVICES = shop_pack.LAND["services/all.yaml"]


def found(rule: str, language: str = "en", at: date = AT) -> list[str]:
    files = shop_pack.files(
        {"services/all.yaml": SERVICES.replace("area >= large_area OR kind = 'hall'", rule)}
    )
    loaded = load(files, "city")
    assert loaded.pack is not None, loaded.problems
    assert loaded.content is not None
    return [str(problem) for problem in proofs(loaded.content, loaded.pack, at, language)]


def test_sound_rules_have_no_findings_and_a_plain_true_is_meant() -> None:
    assert found("area >= large_area OR kind = 'hall'") == []
    assert found("TRUE") == []


def test_what_nobody_can_meet_is_said_where_it_stands() -> None:
    assert found("area > 10 OR area > 900") == [
        "land/services/all.yaml:8:30: service shop-permit (applies_when): “area > 900” is never true: nobody can meet it."
    ]
    (chinese,) = found("area > 10 OR area > 900", "zh")
    assert "永远不成立" in chinese


def test_the_parameters_are_those_of_the_day() -> None:
    rule = "area >= large_area AND area < 60"
    assert "never true" in found(rule)[0]
    assert found(rule, at=date(2025, 3, 3)) == []


def test_every_rule_is_counted_off() -> None:
    loaded = load(shop_pack.files(), "city")
    assert loaded.pack is not None
    assert loaded.content is not None
    steps: list[int] = []
    list(proofs(loaded.content, loaded.pack, AT, "en", lambda: steps.append(1)))
    assert len(steps) == 4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_finding_shows_a_subject(language: str) -> None:
    tables = """
- id: steps
  label: {zh: 分档, en: Steps}
  of: {type: decimal(1), unit: m2}
  gives: {type: integer}
  values: [{valid_from: 2020-01-01, rows: [{at_least: 50, value: 1}]}]
"""
    files = shop_pack.files(
        {
            "bracket-tables/all.yaml": tables,
            "services/all.yaml": SERVICES.replace(
                "area >= large_area OR kind = 'hall'", "bracket(area, steps) >= 1"
            ),
        }
    )
    loaded = load(files, "city")
    assert loaded.pack is not None, loaded.problems
    assert loaded.content is not None
    said = [str(one) for one in proofs(loaded.content, loaded.pack, AT, language)]
    assert [one for one in said if ("面积：" if language == "zh" else "Area ") in one] != [], said

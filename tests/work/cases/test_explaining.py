"""A decision is told in both languages from what its row holds, whatever has become of the pack since."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from tests.work.cases.officer_desk import FOOD, Desk

from tongban.work.cases import commands
from tongban.work.cases.actions import decisions, handling


@pytest.fixture
def decided(desk: Desk) -> Any:
    case = desk.case(FOOD)
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    decisions.decide(
        acting=desk.acting("demo-market"), number=case.number, outcome="granted", reasons="条件均已具备。"
    )
    return case


def run(*arguments: str) -> Any:
    return CliRunner().invoke(commands.decision, ["explain", *arguments])


def test_both_languages_name_outcome_conditions_sources_and_articles(decided: Any) -> None:
    said = run(decided.number)
    assert said.exit_code == 0, said.output
    zh, en = said.output.split("\n\n", 1)
    service = decided.application.cases.get(pk=decided.pk)
    assert service.number in zh
    assert "：准予 (由工作人员作出, 2026-03-02)" in zh
    assert ": granted (decided by an officer, 2026-03-02)" in en
    assert "条件均已具备。" in zh
    assert "Conditions:" in en
    assert "条件：" in zh
    assert "《" in zh
    assert "article" in en


def test_one_language_and_json(decided: Any, desk: Desk) -> None:
    assert "Conditions:" not in run(decided.number, "--lang", "zh").output
    data = json.loads(run(decided.number, "--json").output)
    assert sorted(data) == ["en", "zh"]
    row = decided.__class__.objects.get(pk=decided.pk).decision
    service = desk.city.pack.services[FOOD]  # type: ignore[attr-defined]
    assert len(data["en"]["conditions"]) == len(row.findings["conditions"]) == len(service.conditions)
    outcomes = [row.findings["conditions"][c.id]["outcome"] for c in service.conditions]
    assert [c["finding"]["outcome"] for c in data["en"]["conditions"]] == outcomes


def test_highly_protected_values_are_withheld(decided: Any, desk: Desk) -> None:
    row = decided.__class__.objects.get(pk=decided.pk).decision
    secret = {
        name: entry["value"]
        for name, entry in row.facts.items()
        if name in desk.city.pack.facts and desk.city.pack.facts[name].sensitivity > 3  # type: ignore[attr-defined]
    }
    said = run(decided.number).output
    assert secret
    assert not any(isinstance(value, str) and value and value in said for value in secret.values())


def test_an_automatic_decision_says_so_and_an_unknown_number_is_told(desk: Desk) -> None:
    automatic = desk.application().cases.filter(decision__automatic=True).first()
    assert automatic is not None
    assert "decided by rule" in run(automatic.number, "--lang", "en").output
    refused = run("990100-1")
    assert refused.exit_code == 1
    assert "There is no decision for case 990100-1." in refused.output

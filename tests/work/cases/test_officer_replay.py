"""Every decision can be replayed, and what was changed behind its back shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from tests.work.cases.officer_desk import CHECK, FOOD, Desk, text, url

from tongban.work.cases import models
from tongban.work.cases.actions import decisions, handling
from tongban.work.cases.commands import decision as command
from tongban.work.cases.replay import replay


def decided(desk: Desk) -> models.Decision:
    case = desk.case(FOOD)
    acting = desk.acting("demo-market")
    handling.accept(acting=acting, number=case.number)
    decisions.decide(acting=acting, number=case.number, outcome="granted", reasons="All is well.")
    return models.Decision.objects.get(case=case)


def test_a_decision_comes_out_again_as_it_was(desk: Desk) -> None:
    result = replay(decided(desk))
    assert result.same
    assert result.conditions == 1
    assert result.engine == result.engine_now


def test_an_automatic_decision_comes_out_again_by_rule(desk: Desk) -> None:
    assert replay(models.Decision.objects.get(case=desk.case(CHECK))).same


def test_a_later_answer_does_not_disturb_it(desk: Desk) -> None:
    decision = decided(desk)
    application = decision.case.application
    application.answers["property_usage"]["value"] = "residential"
    application.save()
    assert replay(models.Decision.objects.get(pk=decision.pk)).same


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda d: d.facts["property_usage"].update(value="residential"), "outcome"),
        (lambda d: d.facts["property_usage"].update(value="mixed"), "reasons"),
        (lambda d: d.facts.pop("property_usage"), "outcome"),
        (lambda d: d.facts["property_usage"].update(value="no such code"), "fact"),
        (lambda d: d.findings["conditions"]["premises-use"].update(outcome="fail"), "outcome"),
        (lambda d: d.findings["conditions"].pop("premises-use"), "added"),
        (
            lambda d: d.findings["conditions"].update(another=d.findings["conditions"]["premises-use"]),
            "missing",
        ),
        (lambda d: setattr(d, "pack_digest", "sha256:0000"), "pack"),
    ],
)
def test_a_change_behind_its_back_is_named(desk: Desk, change: Any, kind: str) -> None:
    decision = decided(desk)
    change(decision)
    result = replay(decision)
    assert not result.same
    assert kind in {difference.kind for difference in result.differences}


def test_a_grant_by_rule_that_the_rules_would_not_give_is_named(desk: Desk) -> None:
    decision = models.Decision.objects.get(case=desk.case(CHECK))
    decision.facts["business_scope"]["value"] = "food_sales"
    assert "granted" in {difference.kind for difference in replay(decision).differences}


def test_the_officer_sees_on_the_page_that_a_fact_was_changed(desk: Desk) -> None:
    decision = decided(desk)
    decision.facts["property_usage"]["value"] = "residential"
    decision.save()
    page = text(desk.browser("demo-market").get(url(decision.case)))
    assert "this decision no longer comes out as it is stored" in page
    assert "The premises are not registered as a dwelling" in page


def test_the_auditor_sees_numbers_and_outcomes_and_no_name_or_answer(desk: Desk) -> None:
    decision = decided(desk)
    auditor = desk.browser("demo-auditor")
    page = text(auditor.get("/audit/decisions"))
    assert decision.case.number in page
    assert "Every decision on this page comes out again" in page
    for private in ("春风面馆", "林晓晨", "All is well.", "commercial"):
        assert private not in page
    decision.facts["property_usage"]["value"] = "residential"
    decision.save()
    page = text(auditor.get("/audit/decisions", {"q": decision.case.number}))
    assert "premises-use" in page
    assert "residential" not in page
    assert desk.browser("demo-market").get("/audit/decisions").status_code == 404
    assert auditor.get(url(decision.case)).status_code == 404


def test_the_command_line_says_the_same(desk: Desk) -> None:
    found = decided(desk)
    good = CliRunner().invoke(command, ["replay", found.case.number.lower()])
    assert good.exit_code == 0
    assert "same result, same reasons" in good.output
    found.facts["property_usage"]["value"] = "residential"
    found.save()
    bad = CliRunner().invoke(command, ["replay", found.case.number, "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.output)["differences"][0]["about"] == "premises-use"
    assert CliRunner().invoke(command, ["replay", "no-such-case"]).exit_code == 1

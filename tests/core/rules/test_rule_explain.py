"""An explanation goes down to single conditions and names what each one read."""

from __future__ import annotations

from decimal import Decimal

from tests.core.rules.city import rule

from tongban.core.rules.explain import FactUse, Finding, ParameterUse, explain, from_json, to_json
from tongban.core.rules.states import ABSENT, Known, Unknown

PARAMETERS = {"least_area": Decimal("60.0")}


def test_an_explanation_follows_and_or_not_down_to_single_conditions() -> None:
    facts = {"area": Known(Decimal("45.5")), "cold_dishes": Known(True)}
    found = explain(rule("area >= least_area AND NOT (cold_dishes AND seats > 3)"), facts, PARAMETERS)
    assert found == Finding(
        outcome="fail",
        text="area >= least_area AND NOT (cold_dishes AND seats > 3)",
        children=(
            Finding(
                outcome="fail",
                text="area >= least_area",
                facts=(FactUse("area", Known(Decimal("45.5"))),),
                parameters=(ParameterUse("least_area", Decimal("60.0")),),
            ),
            Finding(
                outcome="unknown",
                text="NOT (cold_dishes AND seats > 3)",
                children=(
                    Finding(
                        outcome="unknown",
                        text="cold_dishes AND seats > 3",
                        children=(
                            Finding("pass", "cold_dishes", facts=(FactUse("cold_dishes", Known(True)),)),
                            Finding(
                                "unknown",
                                "seats > 3",
                                facts=(FactUse("seats", Unknown(frozenset({"seats"}))),),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )
    assert from_json(to_json(found)) == found


def test_an_absent_value_fails_a_condition_and_the_finding_says_that_it_is_absent() -> None:
    found = explain(rule("score > 3"), {"score": ABSENT}, {})
    assert (found.outcome, found.absent) == ("fail", True)
    assert found.facts == (FactUse("score", ABSENT),)


def test_an_undefined_condition_gives_its_reason() -> None:
    found = explain(rule("area >= least_area"), {"area": Known(Decimal("1.0"))}, {})
    assert (found.outcome, found.reason) == ("undefined", "no value of 'least_area' for this date")
    assert found.parameters == (ParameterUse("least_area", None),)


def test_is_not_null_and_not_in_are_single_conditions() -> None:
    facts = {"kind": Known("hotpot"), "score": Known(1)}
    for text in ("kind NOT IN ('bakery')", "NOT (score IS NULL)", "NOT score BETWEEN 2 AND 3"):
        found = explain(rule(text), facts, {})
        assert (found.outcome, found.children) == ("pass", ())


def test_an_amount_passes_when_it_has_a_value() -> None:
    assert explain(rule("score + 1"), {"score": Known(1)}, {}).outcome == "pass"
    assert explain(rule("score + 1"), {"score": ABSENT}, {}).outcome == "fail"
    assert explain(rule("score + 1"), {}, {}).outcome == "unknown"

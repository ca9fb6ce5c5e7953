"""An explanation goes down to single conditions and names what each one read."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.rules.city import VOCABULARY, rule

from tongban.core.rules.check import compile_rule
from tongban.core.rules.explain import FactUse, Finding, ParameterUse, explain, from_json, to_json
from tongban.core.rules.rule import OnUndefined
from tongban.core.rules.states import ABSENT, Brackets, Known, Members, Undefined, Unknown

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


def test_what_was_read_of_members_and_brackets_survives_json() -> None:
    finding = Finding(
        "pass",
        "COUNT(children) > bracket(score, grades)",
        facts=(
            FactUse("children", Members(({"born": Known(date(2020, 2, 29)), "fee": ABSENT}, {}))),
            FactUse("score", Known(5)),
            FactUse("ratio", Undefined("division by zero")),
        ),
        parameters=(ParameterUse("grades", Brackets((0, 3), (Decimal("0.5"), Decimal("1.0")))),),
    )
    assert from_json(json.loads(json.dumps(to_json(finding)))) == finding


def test_a_finding_that_was_stored_before_relations_is_still_read() -> None:
    stored = (
        '{"outcome": "undefined", "text": "area >= least_area", "absent": false, "reason": "division by zero", "facts": '
        '[{"name": "area", "state": {"known": {"decimal": "45.5"}}}, {"name": "seats", "state": {"unknown": ["seats"]}}, '
        '{"name": "kind", "state": {"absent": true}}], "parameters": [{"name": "least_area", "value": null}], "children": []}'
    )
    finding = from_json(json.loads(stored))
    assert finding.facts == (
        FactUse("area", Known(Decimal("45.5"))),
        FactUse("seats", Unknown(frozenset({"seats"}))),
        FactUse("kind", ABSENT),
    )
    assert json.loads(json.dumps(to_json(finding))) == json.loads(stored)


@pytest.mark.parametrize(
    "state",
    [
        {"known": None},
        {"known": {"brackets": [[0, 1]]}},
        {"members": [{"a": {"unknown": []}}]},
        {},
        {"absent": False},
    ],
)
def test_what_is_no_state_is_refused(state: dict[str, Any]) -> None:
    use = {"name": "x", "state": state}
    data = to_json(Finding("pass", "x")) | {"facts": [use]}
    with pytest.raises(ValueError):
        from_json(data)


def test_where_the_rule_says_no_an_undefined_whole_fails_and_its_parts_stay_undefined() -> None:
    for text, expect, absent in (("least_area > 1 OR FALSE", None, False), ("least_area * 2", None, True)):
        checked = compile_rule(text, VOCABULARY, expect=expect, on_undefined=OnUndefined.NO)
        assert checked.rule
        finding = explain(checked.rule, {}, {})
        assert (finding.outcome, finding.absent) == ("fail", absent)
        assert finding.reason == "no value of 'least_area' for this date"
        assert all(child.outcome == "undefined" for child in finding.children[:1])

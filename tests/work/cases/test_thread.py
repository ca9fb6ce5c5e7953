"""The whole thread at the level of actions: two applicants, three officers, licences, audit."""

from __future__ import annotations

from collections.abc import Callable

from tests.factories import shops
from tests.factories.fixtures import City

from tongban.base.audit.verify import verify
from tongban.records.licences import queries as licences
from tongban.work.cases.actions import decisions, handling

OFFICERS = {
    "qingqu-market-regulation": "demo-market",
    "qingqu-urban-management": "demo-urban",
    "qingqu-fire-rescue": "demo-fire",
}


def grant_all(city: City, application: object, hear: Callable[[], int]) -> None:
    """Every officer accepts and grants what lies with them, until nothing is left."""
    for _ in range(6):
        hear()
        open_cases = [c for c in application.cases.all() if c.state in ("submitted", "accepted")]
        if not open_cases:
            return
        for case in open_cases:
            acting = city.acting(OFFICERS[case.organisation])
            if case.state == "submitted":
                handling.accept(acting=acting, number=case.number)
            decisions.decide(
                acting=acting, number=case.number, outcome="granted", reasons="All conditions are met."
            )


def test_the_holder_of_a_licence_has_everything_handled_at_once(city: City, hear: Callable[[], int]) -> None:
    acting = city.acting("demo-lin", for_firm=True)
    application = shops.submitted(acting)
    states = {c.service: c.state for c in application.cases.all()}
    assert states["business-licence-check"] == "granted"  # by rule, at once
    assert {states["food-permit"], states["signboard"], states["fire-check"]} == {"submitted"}
    assert "business-registration" not in states
    grant_all(city, application, hear)
    assert {c.state for c in application.cases.all()} == {"completed"}
    held = {x.kind for x in licences.valid_of_subjects([application.subject], acting.today)}
    assert {"business_licence", "food_business_permit", "fire_safety_opinion"} <= held
    assert verify().sound


def test_the_founder_waits_for_the_business_licence_and_for_nothing_else(
    city: City, hear: Callable[[], int]
) -> None:
    acting = city.acting("demo-shen")
    application = shops.submitted(acting, answers=shops.FOUNDING)
    states = {c.service: c.state for c in application.cases.all()}
    assert states["business-registration"] == "submitted"
    assert states["food-permit"] == states["signboard"] == states["business-licence-check"] == "waiting"
    grant_all(city, application, hear)
    assert {c.state for c in application.cases.all()} == {"completed"}
    held = {x.kind: x for x in licences.valid_of_subjects([application.subject], acting.today)}
    assert {"business_licence", "food_business_permit"} <= set(held)
    assert (
        held["food_business_permit"].claims["credit_code"] == held["business_licence"].claims["credit_code"]
    )
    assert verify().sound

"""The packs that come with the platform, and a differently shaped one: free of mistakes, and true to their own tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tongban.core.packs import loader, parameters, proofs
from tongban.core.packs.facts import read_facts
from tongban.core.packs.pack import Pack
from tongban.core.planning import packtests
from tongban.core.rules import evaluate
from tongban.core.rules.states import Known
from tongban.core.values import identifiers

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "packs"
SECOND = HERE.parents[1] / "packs-two"

WEEKDAYS = 261
"""Mondays to Fridays of 2025, and of 2026."""

LAYERS: Mapping[str, tuple[Path, ...]] = {
    # the uppermost layer: the folders of all its layers, from the bottom up
    "cn": (SHIPPED / "cn",),
    "cn-qingqu-restaurant": (SHIPPED / "cn", SHIPPED / "cn-qingqu-restaurant"),
    "cn-chengxiu": (SHIPPED / "cn", SHIPPED / "cn-qingqu-restaurant", SHIPPED / "cn-chengxiu"),
    "cn-qingqu": tuple(
        SHIPPED / layer for layer in ("cn", "cn-qingqu-restaurant", "cn-chengxiu", "cn-qingqu")
    ),
    "cn-lanxi": (SHIPPED / "cn", SHIPPED / "cn-qingqu-restaurant", SECOND / "cn-lanxi"),
    "orbital": (HERE / "orbital",),
}


def loaded_layers(top: str) -> loader.Loaded:
    return loader.load(
        {
            path.relative_to(layer.parent).as_posix(): path.read_bytes()
            for layer in LAYERS[top]
            for path in sorted(layer.rglob("*"))
            if path.is_file()
        },
        top,
    )


def load(top: str) -> Pack:
    loaded = loaded_layers(top)
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.pack is not None
    return loaded.pack


@pytest.fixture(scope="module", params=LAYERS)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load(request.param)


@pytest.fixture(scope="module")
def city() -> Pack:
    return load("cn-qingqu")


@pytest.fixture(scope="module")
def other_city() -> Pack:
    return load("cn-lanxi")


def test_the_pack_passes_its_own_tests_and_those_of_the_layers_below(pack: Pack) -> None:
    outcomes = packtests.run_tests(pack, all_layers=True)

    assert {o.layer for o in outcomes} == {layer.id for layer in pack.layers}
    assert len(outcomes) >= 8 * len(pack.layers)
    assert {(o.layer, o.name): o.differences for o in outcomes if not o.ok} == {}


@pytest.mark.slow
def test_no_rule_has_a_part_that_nobody_can_meet_or_that_never_matters() -> None:
    loaded = loaded_layers("cn-qingqu")
    assert loaded.pack is not None
    assert loaded.content is not None
    assert [str(one) for one in proofs.proofs(loaded.content, loaded.pack, date(2026, 3, 2), "en")] == []


def test_without_the_layers_below_only_its_own_tests_run(pack: Pack) -> None:
    outcomes = packtests.run_tests(pack)

    assert [o.name for o in outcomes] == [test.name for test in pack.tests]
    assert {o.layer for o in outcomes} == {pack.manifest.id}


def test_every_service_of_a_complete_event_cites_law_or_says_that_it_is_a_sample(pack: Pack) -> None:
    for event in pack.life_events.values():
        for service in (pack.services[name] for name in event.services):
            grounded = service.articles or service.confidence == "sample"
            assert grounded or not event.complete, service.id


def test_an_event_that_is_not_complete_says_what_is_missing(pack: Pack) -> None:
    for event in pack.life_events.values():
        assert event.complete or len(event.gaps) > 2, event.id


def test_the_thirteen_events_of_the_national_list_are_there(city: Pack) -> None:
    complete = {event.id for event in city.life_events.values() if event.complete}

    ours = {"renew-food-permit"}  # what is on no list of one-things and needed all the same
    assert complete - ours == {"open-restaurant", "newborn", "deregistration"}
    assert len(city.life_events.keys() - ours) == 13


def test_licence_type_codes_are_owned_by_a_well_formed_credit_code(pack: Pack) -> None:
    codes = [kind.type_code for kind in pack.licences.values()]

    assert [identifiers.check_credit_code(code[:18]) for code in codes] == [None] * len(codes)
    assert len(set(codes)) == len(codes)


def test_2025_and_2026_have_248_working_days_each() -> None:
    calendar = load("cn").calendars["default"]

    for year in (2025, 2026):
        rest = sum(day.year == year for day in calendar.rest_days)
        worked = sum(day.year == year for day in calendar.working_days)
        assert WEEKDAYS - rest + worked == 248


def test_a_second_city_installs_the_layer_of_the_first_under_its_own_numbers(
    city: Pack, other_city: Pack
) -> None:
    assert [layer.id for layer in other_city.layers] == ["cn", "cn-qingqu-restaurant", "cn-lanxi"]
    assert other_city.life_events["open-restaurant"] == city.life_events["open-restaurant"]
    assert other_city.services["food-permit"].promised.amount == 9
    assert other_city.provenance["services", "food-permit", "promised"] == "cn-lanxi"
    assert other_city.provenance["services", "staff-health", "requires"] == "cn-qingqu-restaurant"
    assert other_city.provenance["services", "food-permit", "statutory"] == "cn"
    assert other_city.digest != city.digest


def test_the_two_cities_share_no_place_and_no_organ(city: Pack, other_city: Pack) -> None:
    assert not city.places.keys() & other_city.places.keys()
    codes = [o.credit_code for pack in (city, other_city) for o in pack.organisations.values()]
    assert len(set(codes)) == len(codes)


def test_the_first_city_has_a_unit_for_every_complaint(city: Pack) -> None:
    assert len(city.complaints) == 68
    bound = {organisation.authority for organisation in city.organisations.values()}
    assert {leaf.authority for leaf in city.complaints.values()} <= bound


def test_a_complaint_class_keeps_the_times_of_its_time_class(city: Pack) -> None:
    times = {
        (leaf.time_class, leaf.dispatch_within.amount, leaf.feedback_within.amount)
        for leaf in city.complaints.values()
    }
    assert times == {("A", 1, 2), ("B", 2, 24), ("C", 24, 7), ("D", 24, 15)}


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({"business_scope": "catering", "food_permit_since": "2026-03-11", "area": "120.50"}, 1_000_000),
        ({"business_scope": "catering", "food_permit_since": "2026-01-01", "area": "100"}, 1_000_000),
        ({"business_scope": "catering", "food_permit_since": "2026-03-11", "area": "99.99"}, 500_000),
        ({"business_scope": "catering", "food_permit_since": "2025-12-31", "area": "120.50"}, None),
        ({"business_scope": "food_sales", "food_permit_since": "2026-03-11", "area": "120.50"}, None),
        ({"business_scope": "catering", "food_permit_since": None, "area": "120.50"}, None),
    ],
)
def test_the_start_up_grant_is_paid_by_trade_day_and_size(
    city: Pack, facts: dict[str, str | None], due: int | None
) -> None:
    known, problems = read_facts(city, {"entity": "individual"} | facts)
    numbers = parameters.resolve(city, date(2026, 3, 12))
    policy = city.policies["start-up-grant"]

    met = [evaluate.evaluate(city.rule(c.rule), known, numbers) for c in policy.conditions]

    assert problems == ()
    assert all(finding == Known(True) for finding in met) is (due is not None)
    if due is not None:
        assert evaluate.evaluate(city.amount(policy.id), known, numbers) == Known(due)


def test_a_branch_and_a_shop_without_a_known_permit_get_no_grant_yet(city: Pack) -> None:
    known, _ = read_facts(city, {"entity": "branch", "business_scope": "catering"})
    numbers = parameters.resolve(city, date(2026, 3, 12))
    rules = {c.id: city.rule(c.rule) for c in city.policies["start-up-grant"].conditions}

    assert evaluate.evaluate(rules["no-branch"], known, numbers) == Known(False)
    assert not isinstance(evaluate.evaluate(rules["new-permit"], known, numbers), Known)


def test_six_indicators_are_declared_nationally(city: Pack, other_city: Pack) -> None:
    names = ["materials-exempted", "on-time-rate", "one-time-correction-rate", "policy-honour-rate", "real-compression", "solution-rate"]  # fmt: skip
    assert list(city.indicators) == list(other_city.indicators) == names

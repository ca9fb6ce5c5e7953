"""A pilot: in force in its district and nowhere else, checked before it begins, then promoted or withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories.fixtures import NOON, City

from tongban.base.audit import queries as audit
from tongban.base.directory import models, pilots
from tongban.base.directory import queries as directory
from tongban.base.directory.pilots import PilotRefused, Plan
from tongban.base.identity import actions as identity
from tongban.base.kit.acting import system
from tongban.base.kit.ids import uuid7
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion

CITY, HERE, THERE = "990100", "990101", "990102"
FOOD = "food-permit"
PLAN = Plan(
    service=FOOD, patch="promised: {amount: 6, extension: 5, confidence: sample}", place=HERE, comparison=THERE,
    goal="restaurants-faster", first=date(2026, 3, 2), last=date(2026, 8, 31),
)  # fmt: skip


@pytest.fixture
def leader(city: City) -> Any:
    """An officer of the organ that owns the goal."""
    account = identity.register_person(
        acting=system(NOON, CITY, "test"),
        username="data-officer",
        name="数据员",
        name_en="Data officer",
        identifier=None,
    )
    organ = next(o for o in city.pack.organisations.values() if o.authority == "data-bureau")
    identity.appoint(
        acting=system(NOON, CITY, "test"), account=account, organisation=organ.id, role="officer", place=CITY
    )
    return city.acting("data-officer")


def started(acting: Any, **changes: Any) -> Any:
    return pilots.start_pilot(acting=acting, pilot_id=uuid7(), plan=replace(PLAN, **changes))


def days(place: str | None, now: Any = NOON) -> int:
    return directory.pack_in_force(now, place).services[FOOD].promised.amount


def test_a_pilot_is_in_force_in_its_district_and_nowhere_else(leader: Any) -> None:
    usual = days(None)
    pilot = started(leader)
    assert (days(HERE), days(THERE), days(None), days(CITY)) == (6, usual, usual, usual)
    assert days(HERE, pilot.valid_to) == usual
    assert [e.action for e in audit.entries_of(pilot.id)] == ["pilot.started"]


def test_a_pilot_begins_on_its_first_day_and_not_before(leader: Any) -> None:
    pilot = started(leader, first=date(2026, 3, 9))
    assert days(HERE) == days(THERE)
    assert days(HERE, pilot.valid_from) == 6


def test_a_preview_shows_what_changes_and_saves_nothing(leader: Any) -> None:
    draft = pilots.preview(acting=leader, pilot_id=uuid7(), plan=PLAN)
    assert [(c.path, c.before, c.after) for c in draft.changes if c.path == "promised.amount"] == [
        ("promised.amount", 7, 6)
    ]
    assert draft.moved  # the city's own tests expect seven days
    assert not models.Pilot.objects.exists()


def test_starting_the_same_pilot_twice_changes_nothing(leader: Any) -> None:
    pilot_id = uuid7()
    first = pilots.start_pilot(acting=leader, pilot_id=pilot_id, plan=PLAN)
    assert pilots.start_pilot(acting=leader, pilot_id=pilot_id, plan=PLAN) == first
    assert models.Pilot.objects.count() == 1


def test_another_version_than_the_one_shown_is_not_started(leader: Any) -> None:
    with pytest.raises(StaleVersion):
        pilots.start_pilot(acting=leader, pilot_id=uuid7(), plan=PLAN, seen="sha256:other")


MISTAKES = {
    "longer than the law allows": "promised: {amount: 40}",
    "a slip of the pen": "promise: {amount: 6}",
    "no YAML": "promised: {amount: 10}\n  x",
    "nothing": "",
    "no change": 'name: {zh: 食品经营许可（新办）, en: "Food business permit, new"}',
    "another service": "- {id: signboard, promised: {amount: 1}}",
    "the service taken away": "- {id: food-permit, remove: true}",
    "a promise of another layer broken": "applies_when: area > 5000",
    "a control character": "summary: \x00",
}


def test_a_version_with_a_mistake_is_refused(leader: Any) -> None:
    for what, patch in MISTAKES.items():
        try:
            started(leader, patch=patch)
        except PilotRefused:
            continue
        pytest.fail(f"started: {what}")
    assert not models.Pilot.objects.exists()


FRAMES = (
    ("place", CITY), ("place", "110101"), ("comparison", HERE), ("first", date(2026, 3, 1)), ("last", date(2026, 3, 1)),
    ("last", date.max),
)  # fmt: skip


def test_a_pilot_needs_two_districts_and_days_to_come(leader: Any) -> None:
    for field, value in FRAMES:
        with pytest.raises(Invalid) as refused:
            started(leader, **{field: value})
        assert field in refused.value.fields


def test_two_pilots_never_meet_in_a_district_nor_in_a_comparison(leader: Any) -> None:
    started(leader)
    for changes in ({}, {"place": THERE, "comparison": "990103"}, {"place": "990103", "comparison": HERE}):
        with pytest.raises(Invalid):
            started(leader, **changes)


def test_only_the_organ_that_owns_the_goal_starts_and_decides(city: City, leader: Any) -> None:
    others = [city.acting(who) for who in ("demo-market", "demo-window", "demo-lin")]
    for other in others:
        with pytest.raises(NotFound):
            started(other)
    pilot = started(leader)
    for other in others:
        with pytest.raises(NotFound):
            pilots.promote(acting=other, pilot_id=pilot.id, reasons="good")


def test_a_promoted_version_governs_the_whole_place_and_can_be_the_base_of_the_next(
    city: City, leader: Any
) -> None:
    pilot = started(leader)
    later = city.acting("data-officer", now=NOON + timedelta(days=60))
    decided = pilots.promote(acting=later, pilot_id=pilot.id, reasons="It works.", version=pilot.version)
    assert decided.state == "promoted"
    assert {days(place, later.now) for place in (None, HERE, THERE)} == {6}
    assert days(THERE, NOON + timedelta(days=59)) == 7  # the past stays as it was
    again = pilots.start_pilot(
        acting=later, pilot_id=uuid7(), plan=replace(PLAN, first=later.today, patch="promised: {amount: 5}")
    )
    assert (days(HERE, later.now), days(None, later.now)) == (5, 6)
    assert directory.pack(again.pack_id).manifest.extends == directory.pack(again.base_id).manifest.id


def test_a_withdrawn_pilot_leaves_its_district_as_the_others(city: City, leader: Any) -> None:
    pilot = started(leader)
    later = city.acting("data-officer", now=NOON + timedelta(days=10))
    pilots.withdraw(acting=later, pilot_id=pilot.id, reasons="It does not.")
    assert days(HERE, later.now) == days(THERE, later.now)
    assert days(HERE, NOON + timedelta(days=9)) == 6
    with pytest.raises(NotNow):
        pilots.promote(acting=later, pilot_id=pilot.id, reasons="After all.")


def test_a_decision_needs_reasons_a_begun_pilot_and_the_version_that_was_seen(leader: Any) -> None:
    pilot = started(leader, first=date(2026, 4, 1))
    with pytest.raises(Invalid):
        pilots.withdraw(acting=leader, pilot_id=pilot.id, reasons=" ")
    with pytest.raises(NotNow):
        pilots.promote(acting=leader, pilot_id=pilot.id, reasons="Too early.")
    with pytest.raises(StaleVersion):
        pilots.withdraw(acting=leader, pilot_id=pilot.id, reasons="Stale.", version=9)


def test_an_unknown_district_has_no_pack(city: City) -> None:
    with pytest.raises(LookupError):
        directory.pack_in_force(NOON, "110101")


def test_the_district_in_an_address_is_the_only_one_it_names(city: City) -> None:
    named = directory.district_named
    assert named(city.pack, "青衢市云溪区青石街道南桥路18号1层") == HERE
    assert named(city.pack, "青衢市柳岸街6号") is None
    assert named(city.pack, "云溪区与青石区交界处") is None

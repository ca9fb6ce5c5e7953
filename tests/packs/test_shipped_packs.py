"""The packs that come with the platform, and a differently shaped one: free of mistakes, and true to their own tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tongban.core.packs import loader
from tongban.core.packs.pack import Pack
from tongban.core.planning import packtests
from tongban.core.values import identifiers

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "packs"

WEEKDAYS = 261
"""Mondays to Fridays of 2025, and of 2026."""

LAYERS = {
    "cn": (SHIPPED, ("cn",)),
    "cn-qingqu": (SHIPPED, ("cn", "cn-qingqu")),
    "orbital": (HERE, ("orbital",)),
}


def read(root: Path, layers: tuple[str, ...]) -> Mapping[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for layer in layers
        for path in sorted((root / layer).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module", params=LAYERS)
def pack(request: pytest.FixtureRequest) -> Pack:
    root, layers = LAYERS[request.param]
    loaded = loader.load(read(root, layers), request.param)
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.pack is not None
    return loaded.pack


def test_the_pack_passes_its_own_tests(pack: Pack) -> None:
    outcomes = packtests.run_tests(pack)

    assert len(outcomes) >= 8
    assert {o.name: o.differences for o in outcomes if not o.ok} == {}


def test_every_service_of_an_event_cites_law_or_says_that_it_is_a_sample(pack: Pack) -> None:
    for event in pack.life_events.values():
        for service in (pack.services[name] for name in event.services):
            assert service.articles or service.confidence == "sample", service.id


def test_licence_type_codes_are_owned_by_a_well_formed_credit_code(pack: Pack) -> None:
    codes = [kind.type_code for kind in pack.licences.values()]

    assert [identifiers.check_credit_code(code[:18]) for code in codes] == [None] * len(codes)
    assert len(set(codes)) == len(codes)


def test_2025_and_2026_have_248_working_days_each() -> None:
    root, layers = LAYERS["cn"]
    loaded = loader.load(read(root, layers), "cn")
    assert loaded.pack is not None
    calendar = loaded.pack.calendars["default"]

    for year in (2025, 2026):
        rest = sum(day.year == year for day in calendar.rest_days)
        worked = sum(day.year == year for day in calendar.working_days)
        assert WEEKDAYS - rest + worked == 248

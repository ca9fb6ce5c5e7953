from __future__ import annotations

from types import SimpleNamespace

import pytest
from tests.factories.fixtures import NOON, City
from tests.work.policies.grants import Town
from tests.work.policies.offers import maker, set_aside

from tongban.base.identity import middleware


@pytest.fixture
def town(city: City) -> Town:
    return Town(city)


@pytest.fixture
def lasting_town(lasting_city: City) -> Town:
    """The same with real commits, for threads."""
    return Town(lasting_city)


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests arrive at the moment that the tests live in: answers have a last day."""
    monkeypatch.setattr(middleware, "timezone", SimpleNamespace(now=lambda: NOON))


@pytest.fixture
def five(town: Town) -> Town:
    """Two to whom 5,000 is due, one to whom 10,000 is, a branch, and one of whom nothing is known."""
    town.shop()
    town.shop(area="320.00")
    town.shop()
    town.shop(entity="branch")
    town.shop(permit=None)
    return town


@pytest.fixture
def five_makers(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """In the order of the list: 3 points 400 m², then 2 points 600 m² twice, 1 point 200 m², none 300 m². 1,100 m² are there:
    the first two have them all but 100, and three stand in line."""
    for staff, points in ((15, 0), (30, 2), (20, 3), (30, 2), (10, 1)):
        maker(town, staff=staff, points=points)
    town.shop()
    set_aside(town, monkeypatch, 1_100)
    return town

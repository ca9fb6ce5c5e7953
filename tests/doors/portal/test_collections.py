"""Collections by stage of life, and what an event says about itself: its season, and what is missing in it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.directory import sources
from tongban.base.kit import words
from tongban.core.packs import loader
from tongban.core.packs.pack import Pack
from tongban.doors.portal import guide, stages

PACKS = Path(__file__).resolve().parents[3] / "packs"
LANGUAGES = {"zh-hans": "zh", "en": "en"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    top = sources.top_layer(PACKS)
    loaded = loader.load(sources.read_layers(PACKS, top), top)
    assert loaded.pack is not None, loaded.problems
    return loaded.pack


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(pack: Pack, monkeypatch: pytest.MonkeyPatch, language: str) -> Client:
    monkeypatch.setattr(directory, "pack_in_force", lambda now, place=None: pack)
    monkeypatch.setattr(audit, "is_demo", lambda: False)
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def page(visitor: Client, address: str) -> str:
    response = visitor.get(address)
    assert response.status_code == 200, address
    return unescape(response.content.decode())


def test_home_lists_every_collection_once_in_the_order_of_life(visitor: Client, pack: Pack) -> None:
    linked = re.findall(r'href="/collections/([^"]+)"', page(visitor, "/"))
    order = list(stages.NAMES)

    assert sorted(linked) == sorted(pack.collections)
    assert [order.index(pack.collections[one].stage) for one in linked] == sorted(
        order.index(one.stage) for one in pack.collections.values()
    )


def test_a_collection_lists_what_it_gathers(visitor: Client, pack: Pack, language: str) -> None:
    assert {one.id for one in pack.collections.values() if one.policies and one.services}
    for one in pack.collections.values():
        html = page(visitor, f"/collections/{one.id}")
        main = html[html.index("<main") : html.index("<aside")]
        assert re.findall(r'href="/events/([^"]+)"', main) == list(one.life_events)
        assert re.findall(r'href="/services/([^"]+)"', main) == list(one.services)
        assert re.findall(r'href="/policies/([^"]+)"', main) == list(one.policies)
        assert one.name.get(language) in main
        assert one.summary.get(language) in main


def test_an_unknown_collection_is_a_page_that_does_not_exist(visitor: Client) -> None:
    assert visitor.get("/collections/nope").status_code == 404


def test_an_event_names_the_collections_it_belongs_to(visitor: Client, pack: Pack) -> None:
    for event in pack.life_events:
        linked = set(re.findall(r'href="/collections/([^"]+)"', page(visitor, f"/events/{event}")))
        assert linked == {one.id for one in pack.collections.values() if event in one.life_events}


def test_an_event_says_plainly_what_is_missing_in_it(visitor: Client, pack: Pack, language: str) -> None:
    partly = "Declared only as far as the sources go; missing:"
    incomplete = [event for event in pack.life_events.values() if not event.complete]
    assert incomplete
    for event in pack.life_events.values():
        html = page(visitor, f"/events/{event.id}")
        assert ('id="gaps"' in html) is bool(event.gaps)
        assert all(gap.what.get(language) in html for gap in event.gaps), event.id
        if language == "en":
            assert (partly in html) is not event.complete


def test_an_event_with_a_season_says_when_it_can_be_applied_for(
    visitor: Client, pack: Pack, language: str
) -> None:
    seasonal = [event for event in pack.life_events.values() if event.season]
    assert seasonal
    for event in pack.life_events.values():
        html = page(visitor, f"/events/{event.id}")
        if event.season:
            assert event.season.get(language) in html
        elif language == "en":
            assert "When it can be applied for" not in html


def test_events_declared_in_full_come_first(visitor: Client, pack: Pack) -> None:
    linked = [pack.life_events[one] for one in re.findall(r'href="/events/([^"]+)"', page(visitor, "/"))]

    assert linked == guide.events(pack)
    whole = [event.complete for event in linked]
    assert whole == sorted(whole, reverse=True)
    assert len(set(whole)) == 2


def test_a_promised_period_says_how_far_it_can_be_trusted(visitor: Client, pack: Pack, language: str) -> None:
    one_of_each = {service.promised.confidence: service for service in pack.services.values()}
    assert len(one_of_each) > 2
    for confidence, service in one_of_each.items():
        mark = words.CONFIDENCE[confidence][0]
        html = page(visitor, f"/services/{service.id}")
        with translation.override(language):
            promised, by_law, said = (f"<dt>{gettext('Promised')}", f"<dt>{gettext('By law')}", gettext(mark))
        assert said in html[html.index(promised) : html.index(by_law)]

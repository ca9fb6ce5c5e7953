"""The glossary and the pages of a pack that explain its events and policies."""

from __future__ import annotations

import dataclasses
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.directory import sources
from tongban.core.packs import loader
from tongban.core.packs.model_guide import Knowledge
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual

PACKS = Path(__file__).resolve().parents[3] / "packs"
LANGUAGES = {"zh-hans": "zh", "en": "en"}
HOSTILE = Knowledge(
    id="hostile",
    title=Bilingual("页", "Page"),
    in_force_to=date(2020, 1, 1),
    body=Bilingual(
        "<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n**粗**",
        "<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n**bold**",
    ),
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    top = sources.top_layer(PACKS)
    loaded = loader.load(sources.read_layers(PACKS, top), top)
    assert loaded.pack is not None, loaded.problems
    knowledge = {**loaded.pack.knowledge, "hostile": HOSTILE}
    return dataclasses.replace(loaded.pack, knowledge=knowledge)


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


def test_the_glossary_explains_every_term_in_the_readers_language(
    visitor: Client, pack: Pack, language: str
) -> None:
    shown = page(visitor, "/glossary")

    assert all(term.term.get(language) in shown for term in pack.glossary.values())
    assert all(term.definition.get(language) in shown for term in pack.glossary.values())
    assert 'href="/glossary"' in shown


@pytest.mark.parametrize("words", ["食品", "個體戶", "SOLE TRADER"])
def test_the_glossary_finds_words_people_use_in_either_script_and_says_how_many(
    visitor: Client, pack: Pack, language: str, words: str
) -> None:
    shown = page(visitor, f"/glossary?q={words}")

    found = [term for term in pack.glossary.values() if f'<div id="{term.id}" data-row>' in shown]
    assert 0 < len(found) < 20
    assert f'data-counts="{len(found)}"' in shown
    if words != "食品":
        assert pack.glossary["sole-trader"] in found


def test_the_glossary_says_that_nothing_was_found_and_repeats_no_tags(visitor: Client) -> None:
    response = visitor.get("/glossary", {"q": "<b>zzz"})

    assert b"<b>zzz" not in response.content
    assert b'id="terms"' not in response.content


def test_every_event_leads_to_its_page_and_the_page_back(visitor: Client, pack: Pack, language: str) -> None:
    for event in pack.life_events:
        assert f'href="/knowledge/{event}"' in page(visitor, f"/events/{event}")
        shown = page(visitor, f"/knowledge/{event}")
        assert f'href="/events/{event}"' in shown
        assert f"<h2>{'先知道' if language == 'zh-hans' else 'Good to know'}</h2>" in shown


def test_a_page_of_a_policy_that_has_ended_leads_to_the_policy(visitor: Client) -> None:
    shown = page(visitor, "/knowledge/car-trade-in")

    assert 'href="/policies/car-trade-in"' in shown
    assert 'class="note warn mt"' in shown


def test_what_a_page_holds_runs_nothing(visitor: Client) -> None:
    response = visitor.get("/knowledge/hostile")

    assert b"<script>alert" not in response.content
    assert b'href="javascript:' not in response.content
    assert b"<strong>" in response.content


def test_there_is_no_page_without_its_text(visitor: Client) -> None:
    assert visitor.get("/knowledge/nothing").status_code == 404

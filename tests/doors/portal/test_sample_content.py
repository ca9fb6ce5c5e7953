"""Whatever nobody has confirmed in its source is shown as sample content, on the page that is about it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.fixtures import City

from tongban.base.directory import queries as directory
from tongban.base.kit import words
from tongban.core.packs.pack import Pack

SAMPLE = "Sample content"
ADDRESSES = {
    "life_events": "/events/{}", "services": "/services/{}", "laws": "/laws/{}", "knowledge": "/knowledge/{}",
    "collections": "/collections/{}", "policies": "/policies/{}",
}  # fmt: skip


@pytest.fixture
def pack(city: City) -> Pack:
    return directory.pack_in_force(city.now)


def page(client: Any, address: str) -> str:
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_only_what_is_confirmed_has_words_of_its_own() -> None:
    assert {state: name.startswith(SAMPLE) for state, (name, _tone) in words.CONFIDENCE.items()} == {
        "confirmed": False, "recalled": True, "sample": True, "design": True,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_entry_that_is_not_confirmed_is_marked_on_its_page(kind: str, pack: Pack, client: Any) -> None:
    entries = getattr(pack, kind).values()
    assert entries
    unmarked = []
    for entry in entries:
        if entry.confidence != "confirmed":
            name = words.CONFIDENCE[str(entry.confidence)][0]
            if name.replace("'", "&#x27;") not in page(client, ADDRESSES[kind].format(entry.id)):
                unmarked.append(entry.id)
    assert unmarked == []


def test_a_service_says_it_of_its_terms_too(pack: Pack, client: Any) -> None:
    """Confirmed itself, with a promise that is not."""
    mixed = [
        service
        for service in pack.services.values()
        if service.confidence == "confirmed" and service.promised.confidence != "confirmed"
    ]
    assert mixed
    for service in mixed:
        assert SAMPLE in page(client, f"/services/{service.id}"), service.id


def test_every_term_of_the_glossary_says_it(pack: Pack, client: Any) -> None:
    shown = page(client, "/glossary").count(SAMPLE)
    assert shown == sum(term.confidence != "confirmed" for term in pack.glossary.values())

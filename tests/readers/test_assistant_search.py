"""Finding what people mean, in both languages and both scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.base.directory import sources
from tongban.core.packs import loader
from tongban.core.packs.pack import Pack
from tongban.readers.assistant import folding, queries
from tongban.readers.assistant.index import Document, Index

PACKS = Path(__file__).resolve().parents[2] / "packs"


@pytest.fixture(scope="module")
def pack() -> Pack:
    top = sources.top_layer(PACKS)
    loaded = loader.load(sources.read_layers(PACKS, top), top)
    assert loaded.pack is not None, loaded.problems
    return loaded.pack


@pytest.mark.parametrize(
    "asked",
    [
        "开一家面馆",
        "開一家麵館",
        "開餐飲店",
        "我想开店",
        "怎么开饭店",
        "noodle shop",
        "restaurant",
        "I want to open a CAFÉ",
        "opening restaurants",
        "ｎｏｏｄｌｅ",
    ],
)
def test_a_restaurant_is_found_first_however_it_is_asked_for(pack: Pack, asked: str) -> None:
    best = queries.search(pack, asked, "zh-hans")[0]
    assert (best.kind, best.id) == ("event", "open-restaurant")


def test_hits_are_told_in_the_language_of_the_reader(pack: Pack) -> None:
    titles = [queries.search(pack, "面馆", language)[0].title for language in ("zh-hans", "zh-hant", "en")]
    assert titles == ["开办餐饮店", "開辦餐飲店", "Opening a restaurant"]


@pytest.mark.parametrize(
    "asked", ["", "  ", "qqq xyz", "量子力学", "the of and", "？！", "\x00", "面" * 5000]
)
def test_what_is_not_there_is_not_made_up(pack: Pack, asked: str) -> None:
    assert all(hit.score > 0 for hit in queries.search(pack, asked, "en"))
    if asked != "面" * 5000:
        assert queries.search(pack, asked, "en") == []


def test_law_is_found_with_the_article_that_fits(pack: Pack) -> None:
    best = queries.search(pack, "行政许可法", "zh-hans")[0]
    assert best.kind == "law"
    assert best.snippet


def test_every_entry_is_found_by_its_own_name(pack: Pack) -> None:
    for kind, entries in (("event", pack.life_events), ("service", pack.services), ("law", pack.laws)):
        for entry in entries.values():
            for name in (entry.name.zh, entry.name.en):
                found = [(hit.kind, hit.id) for hit in queries.search(pack, name, "en")[:3]]
                assert (kind, entry.id) in found, name


def test_two_packs_do_not_share_an_index(pack: Pack) -> None:
    assert queries._index(queries._Keyed("sha256:other", pack)) is not queries._index(
        queries._Keyed(pack.digest, pack)
    )
    assert queries._index(queries._Keyed(pack.digest, pack)) is queries._index(
        queries._Keyed(pack.digest, pack)
    )


def test_traditional_wide_and_accented_text_folds_to_the_same() -> None:
    assert folding.folded("開ＣＡＦÉ") == folding.folded("开cafe")


def test_rare_words_weigh_more_than_common_ones() -> None:
    index = Index(
        [Document("a", str(n), ((1, "permit"),)) for n in range(9)]
        + [Document("a", "rare", ((1, "permit tobacco"),))]
    )
    assert index.search("tobacco permit")[0].id == "rare"


def test_an_empty_index_answers_nothing() -> None:
    assert Index([]).search("开店") == []

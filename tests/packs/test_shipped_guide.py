"""What the national pack tells its readers: the calendar, the official documents, words and pages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tongban.base.directory import sources
from tongban.core.packs import calendars, documents, loader
from tongban.core.packs.model_guide import DocumentKind
from tongban.core.packs.pack import Pack

PACKS = Path(__file__).resolve().parents[2] / "packs"


@pytest.fixture(scope="module")
def cn() -> Pack:
    loaded = loader.load(sources.read_layers(PACKS, "cn"), "cn")
    assert loaded.pack is not None, loaded.problems
    return loaded.pack


@pytest.mark.parametrize(("year", "days"), [(2004, 252), (2019, 250), (2024, 251), (2025, 248), (2026, 248)])
def test_the_calendar_has_the_working_days_of_the_published_table(cn: Pack, year: int, days: int):
    calendar = calendars.work_calendar(cn)
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    assert sum(calendar.is_working_day(first + timedelta(step)) for step in range(length)) == days


def test_there_is_one_document_of_each_kind(cn: Pack):
    assert sorted(document.kind for document in cn.documents.values()) == sorted(DocumentKind)


def test_every_document_says_the_same_in_both_languages_and_can_be_filled(cn: Pack):
    values = {name: f"<{name}>" for name in documents.PLACEHOLDERS}
    for document in cn.documents.values():
        names = [set(documents.placeholders(document.body.get(language))) for language in ("zh", "en")]
        assert names[0] == names[1], document.id
        assert {"number", "date", "authority", "applicant"} <= names[0]
        for language in ("zh", "en"):
            filled = documents.fill(document, values, language)
            assert filled.startswith(f"# {document.title.get(language)}\n")
            assert not documents.has_stray_brace(filled)


def test_every_placeholder_is_used_by_some_document(cn: Pack):
    used = {name for document in cn.documents.values() for name in documents.placeholders(document.body.zh)}
    assert used == set(documents.PLACEHOLDERS)


def test_a_refusal_gives_reasons_and_the_right_to_reconsideration_and_litigation(cn: Pack):
    refusal = cn.documents["refusal-decision"]
    assert "administrative-licensing-law#38" in refusal.articles
    assert {"reasons", "review_body", "court"} <= set(documents.placeholders(refusal.body.zh))
    assert "行政复议" in refusal.body.zh
    assert "行政诉讼" in refusal.body.zh


def test_every_life_event_and_policy_of_the_nation_has_a_page_and_there_are_many_words(cn: Pack):
    told = {name for page in cn.knowledge.values() for name in page.about}
    assert told >= {*cn.life_events, *cn.policies}
    assert len(cn.glossary) >= 120

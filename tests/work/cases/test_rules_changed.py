"""A draft outlives months and new rules: what changed is shown in plain words, seen before submission, and no answer is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.factories import fixtures, shops
from tests.factories.fixtures import NOON, City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, current, portal, text  # noqa: F401  (a fixture)

from tongban.base.audit import queries as audit
from tongban.base.directory import actions as directory
from tongban.base.directory import sources
from tongban.base.kit.acting import system
from tongban.base.kit.refusals import Invalid, StaleVersion
from tongban.core.packs.pack import Pack
from tongban.work.cases import form, models, rules_changed
from tongban.work.cases.actions import drafts, keeping_up, submission

LATER = NOON + timedelta(days=200)
SEATS = """
- id: seats
  subject: enterprise
  type: integer
  minimum: 0
  maximum: 5000
  label: {zh: 座位数, en: Seats}
  question: {zh: 店里有多少个座位？, en: "How many seats does the shop have?"}
  sources: [{answer: true}]
"""


def install(now: datetime, *, back: bool = False) -> Pack:
    """Another version of the demo city's rules, in force from an instant on; `back`: the first one again."""
    top = sources.top_layer(fixtures.PACKS)
    files = dict(sources.read_layers(fixtures.PACKS, top))
    if not back:
        food = files["cn/services/food.yaml"].decode().replace(", food_manager_name]", "]")
        food = re.sub(r"(- id: food-permit\n(?:.*\n)*?  form: \[)", r"\1seats, ", food, count=1)
        food = food.replace("- id: food-permit\n", "- id: food-permit\n  fee_fen: 5000\n", 1)
        files["cn/services/food.yaml"] = food.encode()
        facts = files["cn/facts/restaurant.yaml"].decode() + SEATS
        files["cn/facts/restaurant.yaml"] = facts.replace(
            "做裱花蛋糕这类不再加热的糕点吗？", "做裱花蛋糕、冷加工面包这类不再加热的糕点吗？"
        ).encode()
        for name, content in files.items():
            if b"- id: shop_name\n" in content and "/facts/" in name:
                files[name] = re.sub(
                    rb"(- id: shop_name\n(?:  .*\n)*?)  max_length: \d+\n", rb"\1  max_length: 9\n", content
                )
    acting = system(now, "990100", "test")
    return directory.install_pack(acting=acting, files=files, top=top)


@pytest.fixture
def changed(city: City) -> tuple[models.Application, Pack]:
    """A draft that was ready months ago, and the rules that came in between."""
    draft = applicants.filled(city)
    return draft, install(NOON + timedelta(days=100))


def later(city: City, now: datetime = LATER) -> Any:
    return city.acting("demo-shen", now=now)


def test_a_draft_of_months_ago_is_still_there_with_every_answer(city: City) -> None:
    draft = applicants.filled(city)
    said = dict(draft.stated)
    acting = later(city, NOON + timedelta(days=400))
    again = drafts.start(acting=acting, event=applicants.EVENT)
    assert again.id == draft.id
    assert again.stated == said
    assert rules_changed.changed(again, form.pack_of(again, acting), acting.today) is None
    assert submission.missing(again, form.pack_of(again, acting), form.plan_of(again, form.pack_of(again, acting), acting.today)) == {}  # fmt: skip


def test_the_difference_names_what_is_new_gone_unfit_and_dearer(
    city: City, changed: tuple[models.Application, Pack]
) -> None:
    draft, pack = changed
    found = rules_changed.changed(current(draft), pack, later(city).today)
    assert found is not None
    assert "seats" in found.asked
    assert found.unasked == ("food_manager_name",)
    assert found.unfit == ("shop_name",)
    assert "pastry" in found.reworded
    assert [(t.after.id, t.fee_before, t.fee_after) for t in found.terms] == [("food-permit", 0, 5000)]


def test_nothing_is_submitted_before_the_changes_were_seen(
    city: City, changed: tuple[models.Application, Pack]
) -> None:
    draft, pack = changed
    acting = later(city)
    with pytest.raises(Invalid) as refused:
        submission.submit(acting=acting, application=draft.id)
    assert "changes" in refused.value.fields
    with pytest.raises(StaleVersion):
        keeping_up.see(acting=acting, application=draft.id, digest=draft.pack_digest)
    seen = keeping_up.see(acting=acting, application=draft.id, digest=pack.digest)
    assert seen.seen_digest == pack.digest
    again = keeping_up.see(acting=acting, application=draft.id, digest=pack.digest)
    assert again.version == seen.version
    entries = [e for e in audit.entries_of(draft.id) if e.action == "application.rules-seen"]
    assert len(entries) == 1
    with pytest.raises(Invalid) as still:
        submission.submit(acting=acting, application=draft.id)
    assert "changes" not in still.value.fields
    assert {"fact:seats", "fact:shop_name"} <= set(still.value.fields)


def test_no_answer_is_dropped_and_those_no_longer_asked_come_back(
    city: City, changed: tuple[models.Application, Pack]
) -> None:
    draft, pack = changed
    said = dict(draft.stated)
    acting = later(city)
    keeping_up.see(acting=acting, application=draft.id, digest=pack.digest)
    drafts.answer(acting=acting, application=draft.id, answers={"seats": "40"})
    assert {name: current(draft).stated[name] for name in said} == said
    assert "shop_name" not in current(draft).answers
    first = install(NOON + timedelta(days=201), back=True)
    back = later(city, NOON + timedelta(days=202))
    found = rules_changed.changed(current(draft), first, back.today)
    assert found is not None
    assert found.back == ("food_manager_name",)
    keeping_up.see(acting=back, application=draft.id, digest=first.digest)
    assert current(draft).answers["shop_name"]["value"] == said["shop_name"]["value"]
    assert current(draft).answers["food_manager_name"]["value"] == said["food_manager_name"]["value"]
    assert submission.submit(acting=back, application=draft.id).number


def test_a_save_does_not_pass_for_having_seen_it(
    city: City, changed: tuple[models.Application, Pack]
) -> None:
    draft, pack = changed
    drafts.answer(acting=later(city), application=draft.id, answers={"phone": "13900001234"})
    assert current(draft).pack_digest == pack.digest
    assert rules_changed.changed(current(draft), pack, later(city).today) is not None


def test_the_page_says_it_in_plain_words_and_leads_on(
    city: City, changed: tuple[models.Application, Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, pack = changed
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    client = browser(city, "demo-shen")
    assert client.get(f"/applications/{draft.id}")["Location"].endswith("/changes")
    assert "The rules have changed since you last looked." in text(
        client.get(f"/applications/{draft.id}/details")
    )
    page = text(client.get(f"/applications/{draft.id}/changes"))
    for words in (
        "How many seats does the shop have?", "青衢市青石区一禾小面", "林晓晨", "the fee is ¥50, before free of charge",
        "Answers that no longer fit", "No longer asked", "Asked in other words now",
    ):  # fmt: skip
        assert words in page, words
    gone_on = client.post(
        f"/applications/{draft.id}/changes", {"version": draft.version, "digest": pack.digest}
    )
    assert gone_on.status_code == 302
    assert not client.get(f"/applications/{draft.id}")["Location"].endswith("/changes")
    assert client.get(f"/applications/{draft.id}/changes").status_code == 302
    in_chinese = text(browser(city, "demo-shen", language="zh-hans").get(f"/applications/{draft.id}/review"))
    assert 'lang="zh-Hans"' in in_chinese


def test_rules_that_change_nothing_for_this_draft_are_never_mentioned(city: City) -> None:
    draft = applicants.filled(city)
    top = sources.top_layer(fixtures.PACKS)
    files = dict(sources.read_layers(fixtures.PACKS, top))
    files["cn/glossary/services.yaml"] += b"\n# another word\n"
    manifest = files[f"{top}/pack.yaml"].decode()
    files[f"{top}/pack.yaml"] = re.sub(r"version: \d+\.\d+\.\d+", "version: 9.9.9", manifest).encode()
    pack = directory.install_pack(
        acting=system(NOON + timedelta(days=1), "990100", "test"), files=files, top=top
    )
    assert pack.digest != draft.pack_digest
    assert submission.submit(acting=later(city, NOON + timedelta(days=2)), application=draft.id).number


def test_a_life_event_that_is_gone_leaves_what_was_filled_in_to_read_and_to_discard(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = applicants.filled(city)
    gone = form.pack_of(draft, city.acting("demo-shen"))
    without = {name: event for name, event in gone.life_events.items() if name != applicants.EVENT}
    fewer = replace(gone, life_events=without)
    monkeypatch.setattr("tongban.base.directory.queries.pack_in_force", lambda now, place=None: fewer)
    client = browser(city, "demo-shen")
    assert client.get(f"/applications/{draft.id}/questions")["Location"].endswith("/kept")
    assert shops.FOUNDING["address"] in text(client.get(f"/applications/{draft.id}/kept"))
    assert client.post(f"/applications/{draft.id}/discard", {"version": draft.version}).status_code == 302

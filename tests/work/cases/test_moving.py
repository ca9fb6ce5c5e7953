"""Before a place changes its pack it reads what that would do to each running case, and nothing moves."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.work.cases.officer_desk import FOOD, Desk

from tongban.base.directory import loading, models, sources
from tongban.base.kit.acting import system
from tongban.core.packs.pack import Pack
from tongban.work.cases import models as cases
from tongban.work.cases import moving

LAYER = "next-version"
SERVICES = f"""
- id: {FOOD}
  promised: {{amount: 5, extension: 5, confidence: sample}}
"""


def layered(pack: Pack, **changed: str) -> dict[str, bytes]:
    """The files of the pack in force with one more layer on top, which changes the folders given."""
    stored = models.PackVersion.objects.get(pk=pack.digest)
    below = sources.unzipped(bytes(stored.files))
    manifest = below[f"{stored.layer}/pack.yaml"].decode()
    manifest = manifest.replace(f"id: {stored.layer}", f"id: {LAYER}", 1)
    manifest = "\n".join(line for line in manifest.split("\n") if not line.startswith("extends:"))
    files = {f"{LAYER}/{folder.replace('_', '-')}/x.yaml": text.encode() for folder, text in changed.items()}
    seal = {f"{LAYER}/assets/{name}": data for name, data in pack.assets.items() if name == "seal.svg"}
    files |= {**below, **seal, f"{LAYER}/pack.yaml": f"extends: {stored.layer}\n{manifest}".encode()}
    return files


def on_top(pack: Pack, **changed: str) -> Pack:
    """That pack, checked and not installed."""
    found = loading.load(layered(pack, **changed), LAYER)
    assert found.pack is not None, "\n".join(map(str, found.problems))
    return found.pack


def large_answer(application: Any, pack: Pack) -> str:
    """A fact that was answered with a number above one."""
    decimals = {name for name, fact in pack.facts.items() if fact.type.startswith("decimal")}
    answers = application.answers
    return next(name for name in answers if name in decimals and Decimal(str(answers[name]["value"])) > 1)


@pytest.fixture
def acting(desk: Desk) -> Any:
    return system(desk.now, "990100", "test")


def test_under_the_same_pack_nothing_moves(desk: Desk, acting: Any) -> None:
    desk.application()
    assert list(moving.moves(acting)) == []
    assert moving.running() == 1


def test_a_changed_service_is_told_for_each_running_case(desk: Desk, acting: Any) -> None:
    application = desk.application()
    target = on_top(desk.city.pack, services=SERVICES)
    (move,) = moving.moves(acting, target)
    assert move.number == application.number
    assert [(one.id, one.mood) for one in move.told if one.id == FOOD] == [(FOOD, "better")]
    assert move.any
    assert not move.event_gone
    assert move.unread == ()


def test_an_answer_that_the_next_pack_cannot_read_is_listed_and_kept(desk: Desk, acting: Any) -> None:
    application = desk.application()
    name = large_answer(application, desk.city.pack)
    stored = json.dumps(application.answers, sort_keys=True)
    target = on_top(desk.city.pack, facts=f"- {{id: {name}, minimum: 0, maximum: 1}}\n")
    (move,) = moving.moves(acting, target)
    assert move.unread == (moving.Unread(name, "too-large"),)
    application.refresh_from_db()
    assert json.dumps(application.answers, sort_keys=True) == stored
    assert application.pack_digest == desk.city.pack.digest


def test_a_life_event_that_is_gone_is_told_instead_of_failing(desk: Desk, acting: Any) -> None:
    from dataclasses import replace

    application = desk.application()
    events = {name: one for name, one in desk.city.pack.life_events.items() if name != application.event}
    target = replace(desk.city.pack, life_events=events, digest="sha256:other")
    (move,) = moving.moves(acting, target)
    assert move.event_gone
    assert move.changes is None


def test_what_has_ended_is_left_alone(desk: Desk, acting: Any) -> None:
    desk.application()
    cases.Case.objects.update(closed_at=desk.now)
    assert list(moving.moves(acting, on_top(desk.city.pack, services=SERVICES))) == []
    assert moving.running() == 0

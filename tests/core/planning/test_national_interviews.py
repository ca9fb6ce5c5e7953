"""Interviews about the national life events, answered at random: what holds for small packs holds for the real one."""

from pathlib import Path
from typing import Any

import pytest
from bench.planning import small
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.planning.small_packs import MONDAY

from tongban.core.packs.facts import type_of
from tongban.core.planning.model import Plan
from tongban.core.planning.plan import plan
from tongban.core.rules.states import ABSENT, Known
from tongban.core.rules.types import Kind
from tongban.doors.cli import packs

NATIONAL = packs.read_clean(Path(__file__).resolve().parents[3] / "packs/cn")
OTHER = {Kind.INTEGER: 1, Kind.MONEY: 100, Kind.TEXT: "x", Kind.DATE: MONDAY}


def said(draw: Any, fact: str) -> Any:
    """Any answer to it: one of those there are, one beside a limit, or that there is none."""
    if draw(st.integers(0, 9)) == 0:
        return ABSENT
    counted = small.declared_answers(NATIONAL, fact)
    if counted:
        return Known(draw(st.sampled_from([value for value, _share in counted])))
    type = type_of(NATIONAL.facts[fact])
    return Known(OTHER.get(type.kind, draw(st.decimals(1, 900, places=type.scale))))


def deciding(found: Plan) -> set[str]:
    return {one.fact for one in found.questions if not one.required}


@pytest.mark.parametrize("event", NATIONAL.life_events)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_no_settled_question_comes_back_and_the_last_answer_leaves_none(event: str, data: Any):
    facts: dict[str, Any] = {}
    found = plan(NATIONAL, event, facts, (), MONDAY)
    for _ in NATIONAL.facts:
        if found.complete:
            break
        fact = data.draw(st.sampled_from([one.fact for one in found.questions]))
        facts[fact] = said(data.draw, fact)
        after = plan(NATIONAL, event, facts, (), MONDAY)
        assert deciding(after) <= deciding(found) - {fact}
        assert fact not in {one.fact for one in after.questions}
        found = after
    assert found.complete
    again = plan(NATIONAL, event, dict(reversed(facts.items())), (), MONDAY)
    assert again == found

"""A case moves only along the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.procedures.story import histories, story

from tongban.core.procedures.model import Event, State
from tongban.core.procedures.states import (
    CLOSED,
    EDGES,
    FINAL,
    OBJECTIONABLE,
    REVOKING,
    Marks,
    NotAllowed,
    allowed,
    in_order,
    marks_of,
    next_state,
    possible,
    replay,
)


def reachable() -> set[State]:
    found: set[State] = set()
    ahead: list[State | None] = [None]
    while ahead:
        state = ahead.pop()
        for edge in EDGES:
            if edge.from_state is state and edge.to_state not in found:
                found.add(edge.to_state)
                ahead.append(edge.to_state)
    return found


def test_every_state_can_be_reached():
    assert reachable() == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_way_out_or_is_final(state: State):
    ways = [e for e in EDGES if e.from_state is state]
    assert bool(ways) != (state in FINAL)


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
def test_every_open_state_leads_to_a_closed_one(state: State):
    ahead, seen = [e.to_state for e in EDGES if e.from_state is state], set[State]()
    while ahead:
        one = ahead.pop()
        seen.add(one)
        ahead += [e.to_state for e in EDGES if e.from_state is one and e.to_state not in seen]
    assert seen & CLOSED


def test_every_event_stands_in_the_table():
    assert {e.event for e in EDGES} == set(Event)


def test_an_event_leads_from_one_state_to_one_state_whoever_causes_it():
    for edge in EDGES:
        assert next_state(edge.from_state, edge.event) is edge.to_state


def test_no_row_stands_twice():
    assert len(EDGES) == len(set(EDGES))


@given(st.sampled_from([None, *State]), st.sampled_from(Event))
def test_what_the_table_does_not_say_is_refused_with_what_it_says(state: State | None, event: Event):
    ways = {e.event for e in EDGES if e.from_state is state}
    if event in ways:
        next_state(state, event)
        return
    with pytest.raises(NotAllowed) as refusal:
        next_state(state, event)
    assert set(refusal.value.allowed) == ways
    assert all(way in str(refusal.value) for way in ways)


def test_a_refusal_reads_like_a_sentence():
    with pytest.raises(NotAllowed) as refusal:
        next_state(State.CORRECTING, Event.GRANT)
    assert str(refusal.value) == (
        "grant cannot happen to a case that is correcting; possible: answer_correction, decline, withdraw"
    )
    with pytest.raises(NotAllowed, match="the case is closed"):
        next_state(State.WITHDRAWN, Event.WITHDRAW)


@pytest.mark.parametrize("state", [State.WAITING, State.SUBMITTED, State.CORRECTING, State.ACCEPTED])
def test_an_applicant_may_withdraw_until_the_decision(state: State):
    assert Event.WITHDRAW in allowed(state, "applicant")


def test_an_applicant_decides_nothing():
    decided = {Event.ACCEPT, Event.ACCEPT_TOLERANTLY, Event.DECLINE, Event.GRANT, Event.REFUSE, *REVOKING}
    decided |= {Event.UPHOLD, Event.OVERTURN, Event.REOPEN}
    decided |= {Event.GRANT_ON_COMMITMENT, Event.VERIFY, Event.ORDER_REMEDY}
    assert not decided & {e.event for e in EDGES if e.by == "applicant"}


def test_only_an_officer_refuses_or_ends_and_the_platform_only_grants():
    against = (Event.GRANT_ON_COMMITMENT, Event.REFUSE, Event.DECLINE, *REVOKING)
    assert {e.by for e in EDGES if e.event in against} == {"officer"}
    assert {e.by for e in EDGES if e.event is Event.GRANT} == {"officer", "system"}


def test_what_ended_for_want_of_evidence_can_wait_again_and_nothing_else():
    ended = ("submit 2026-03-02", "hold 2026-03-02", "terminate 2026-03-04")
    assert replay(story(*ended, "revive 2026-03-09", "release 2026-03-10")) is State.SUBMITTED
    assert possible(story(*ended), "system") == (Event.REVIVE,)
    for other in ("accept 2026-03-03", "hold 2026-03-03"):
        story_of = ("submit 2026-03-02", other)
        if other.startswith("hold"):
            story_of += ("release 2026-03-04", "accept 2026-03-04")
        with pytest.raises(NotAllowed):
            replay(story(*story_of, "terminate 2026-03-05", "revive 2026-03-09"))


def test_a_waiting_case_is_released_into_submission():
    assert replay(story("submit 2026-03-02", "hold 2026-03-02", "release 2026-03-04")) is State.SUBMITTED


def test_suspension_extension_and_late_materials_leave_a_case_accepted():
    events = story(
        "submit 2026-03-02",
        "accept_tolerantly 2026-03-03",
        "suspend 2026-03-04",
        "complete_materials 2026-03-05",
        "resume 2026-03-06",
        "extend 2026-03-09",
    )
    for n in range(2, len(events) + 1):
        assert replay(events[:n]) is State.ACCEPTED


@pytest.mark.parametrize(
    "extra",
    [
        ("resume 2026-03-04",),
        ("suspend 2026-03-04", "suspend 2026-03-05"),
        ("extend 2026-03-04", "extend 2026-03-05"),
    ],
    ids=["resumption of nothing", "second suspension", "second extension"],
)
def test_a_case_refuses_a(extra: tuple[str, ...]):
    with pytest.raises(NotAllowed):
        replay(story("submit 2026-03-02", "accept 2026-03-03", *extra))


ON_PROMISE = (
    "submit 2026-03-02",
    "accept 2026-03-03",
    "grant_on_commitment 2026-03-03",
    "deliver 2026-03-03",
)


@pytest.mark.parametrize(
    "extra",
    [
        ("verify 2026-03-04", "verify 2026-03-05"),
        ("verify 2026-03-04", "order_remedy 2026-03-05"),
        ("order_remedy 2026-03-04", "order_remedy 2026-03-05"),
        ("miss_verification 2026-04-04", "miss_verification 2026-04-05"),
        ("order_remedy 2026-03-04", "miss_verification 2026-04-05"),
        ("annul 2026-03-04", "verify 2026-03-05"),
        ("annul 2026-03-04", "cancel 2026-03-05"),
    ],
)
def test_a_promise_is_checked_until_it_is_found_kept_and_no_longer(extra: tuple[str, ...]):
    with pytest.raises(NotAllowed):
        replay(story(*ON_PROMISE, *extra))


def test_where_nothing_was_promised_nothing_is_checked():
    granted = story("submit 2026-03-02", "accept 2026-03-03", "grant 2026-03-04", "deliver 2026-03-04")
    assert set(possible(granted, "officer")) == {Event.ANNOUNCE_END, *REVOKING}
    assert Event.MISS_VERIFICATION not in possible(granted, "system")
    assert {Event.VERIFY, Event.ORDER_REMEDY} <= set(possible(story(*ON_PROMISE), "officer"))


def test_what_was_put_right_can_be_found_kept():
    events = story(*ON_PROMISE, "order_remedy 2026-03-09", "verify 2026-03-20")
    assert replay(events) is State.COMPLETED
    assert not marks_of(events).promised
    assert marks_of(events[:-1]) == Marks(promised=True, ordered=True)


@pytest.mark.parametrize(("event", "state"), REVOKING.items())
def test_what_was_granted_ends_by_one_of_three_and_only_an_objection_follows(event: Event, state: State):
    events = story(*ON_PROMISE, f"{event} 2026-03-09")
    assert replay(events) is state
    assert {State.COMPLETED, State.TERMINATED} | OBJECTIONABLE == CLOSED - FINAL
    assert possible(events, "applicant") == (Event.OBJECT,)
    assert possible(events, "officer") == ()


REFUSED = ("submit 2026-03-02", "accept 2026-03-03", "extend 2026-03-03", "refuse 2026-03-09")
OBJECTED = (*REFUSED, "object 2026-03-10")


def test_a_decision_stands_while_it_is_reviewed_and_the_case_goes_on_with_its_history():
    assert replay(story(*OBJECTED)) is State.REFUSED
    assert replay(story(*OBJECTED, "uphold 2026-03-12")) is State.REFUSED
    assert replay(story(*OBJECTED, "overturn 2026-03-12", "deliver 2026-03-12")) is State.COMPLETED
    again = story(
        *OBJECTED, "reopen 2026-03-12", "extend 2026-03-13", "refuse 2026-03-16", "object 2026-03-17"
    )
    assert replay(again) is State.REFUSED
    assert replay(
        story("submit 2026-03-02", "decline 2026-03-03", "object 2026-03-04", "reopen 2026-03-05")
    ) is (State.SUBMITTED)


@pytest.mark.parametrize(
    "extra",
    [
        ("uphold 2026-03-10",),
        ("object 2026-03-10", "object 2026-03-11"),
        ("object 2026-03-10", "uphold 2026-03-11", "object 2026-03-12"),
        ("object 2026-03-10", "end_objection 2026-05-20"),
        ("end_objection 2026-05-20", "object 2026-05-21"),
        ("end_objection 2026-05-20", "end_objection 2026-05-21"),
        ("miss_review 2026-03-30",),
        ("object 2026-03-10", "miss_review 2026-03-30", "miss_review 2026-03-31"),
    ],
)
def test_one_objection_is_reviewed_once(extra: tuple[str, ...]):
    with pytest.raises(NotAllowed):
        replay(story(*REFUSED, *extra))


def test_what_is_possible_follows_from_the_intervals():
    accepted = story("submit 2026-03-02", "accept 2026-03-03")
    suspended = story("submit 2026-03-02", "accept 2026-03-03", "suspend 2026-03-04")
    assert Event.SUSPEND in possible(accepted, "officer")
    assert Event.RESUME not in possible(accepted, "officer")
    assert Event.SUSPEND not in possible(suspended, "officer")
    assert Event.RESUME in possible(suspended, "officer")
    assert possible((), "applicant") == (Event.SUBMIT,)


def test_a_case_without_events_has_no_state():
    with pytest.raises(ValueError, match="no state"):
        replay(())


@given(histories(), st.randoms(use_true_random=False))
def test_a_history_leads_to_the_same_state_in_whatever_order_it_is_read(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    assert replay(shuffled) is replay(events)
    assert in_order(shuffled) == events

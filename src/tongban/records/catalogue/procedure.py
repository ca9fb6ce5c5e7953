"""Which event may follow which state of a sharing request, as one table; nothing else decides it.

    -- submit --> submitted -- check --> in-review -- grant --> granted -- provide --> provided
                                          |  ^  |
                                  ask-more|  |  +-- refuse --> refused
                                          v  |answer
                                       more-asked

The platform check and the grant of an unconditional resource are events of the system: they are logged like any
other. An extension leaves a request in review: it is an interval laid over the state. More may be asked once, as
every gap is listed at once and no condition may be invented to hold sharing up (政务数据共享条例, as summarised in
public; article not seen), and the term is extended once.

    NotAllowed(ValueError)   the event cannot happen now
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

By = Literal["asker", "steward", "system"]


class State(StrEnum):
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"  # with the steward
    MORE_ASKED = "more-asked"  # back with the asker, the clock stands still
    GRANTED = "granted"  # consent given, the interface is being made ready
    PROVIDED = "provided"  # rows can be looked up
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    SUBMIT = "submit"
    CHECK = "check"  # the platform has checked form and scope
    ASK_MORE = "ask-more"
    ANSWER = "answer"
    EXTEND = "extend"
    GRANT = "grant"
    PROVIDE = "provide"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event on a civil day of the place."""

    event: Event
    day: date


@dataclass(frozen=True, slots=True)
class Edge:
    """`from_state` None: the request does not exist yet."""

    from_state: State | None
    event: Event
    to_state: State
    by: By


EDGES: Final[tuple[Edge, ...]] = (
    Edge(None, Event.SUBMIT, State.SUBMITTED, "asker"),
    Edge(State.SUBMITTED, Event.CHECK, State.IN_REVIEW, "system"),
    Edge(State.IN_REVIEW, Event.GRANT, State.GRANTED, "system"),  # unconditional resources
    Edge(State.IN_REVIEW, Event.GRANT, State.GRANTED, "steward"),
    Edge(State.IN_REVIEW, Event.REFUSE, State.REFUSED, "steward"),
    Edge(State.IN_REVIEW, Event.ASK_MORE, State.MORE_ASKED, "steward"),
    Edge(State.IN_REVIEW, Event.EXTEND, State.IN_REVIEW, "steward"),
    Edge(State.IN_REVIEW, Event.WITHDRAW, State.WITHDRAWN, "asker"),
    Edge(State.MORE_ASKED, Event.ANSWER, State.IN_REVIEW, "asker"),
    Edge(State.MORE_ASKED, Event.WITHDRAW, State.WITHDRAWN, "asker"),
    Edge(State.GRANTED, Event.PROVIDE, State.PROVIDED, "steward"),
    Edge(State.GRANTED, Event.PROVIDE, State.PROVIDED, "system"),
)
ONCE: Final = frozenset({Event.ASK_MORE, Event.EXTEND})
"""Events that happen at most once to a request."""
OPEN: Final = frozenset({State.SUBMITTED, State.IN_REVIEW, State.MORE_ASKED})
"""Not decided yet."""


class NotAllowed(ValueError):
    """This event cannot happen to a request in this state, or happened already."""


def allowed(state: State | None, happened: Iterable[Event], by: By) -> tuple[Event, ...]:
    """What this party may do now, in the order of the table."""
    gone = frozenset(happened) & ONCE
    return tuple(e.event for e in EDGES if e.from_state is state and e.by == by and e.event not in gone)


def follow(state: State | None, event: Event, happened: Iterable[Event], by: By) -> State:
    """The state after the event. Raises NotAllowed."""
    if event in allowed(state, happened, by):
        return next(e.to_state for e in EDGES if e.from_state is state and e.event is event and e.by == by)
    raise NotAllowed(f"{event} by the {by} cannot happen to a request that is {state or 'not there yet'}")


def replay(events: Iterable[Event]) -> State:
    """The state after all these events, whoever caused them. Raises NotAllowed."""
    state: State | None = None
    seen: list[Event] = []
    for event in events:
        edge = next((e for e in EDGES if e.from_state is state and e.event is event), None)
        if edge is None or (event in ONCE and event in seen):
            raise NotAllowed(f"{event} cannot happen to a request that is {state or 'not there yet'}")
        state = edge.to_state
        seen.append(event)
    if state is None:
        raise NotAllowed("a request begins with its submission")
    return state

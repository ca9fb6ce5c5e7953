"""Which event may follow which state of a ticket, as one table; nothing else decides it.

    begun?  --report-->  received  --dispatch-->  dispatched  --contact-->  handling  --reply-->  replied
            dispatched  --object-->  disputed  --uphold-->  received     (back to be dispatched elsewhere)
                                     disputed  --reject-->  confirmed    (the same unit; it may not object again)
            replied  --call_back-->  closed  --reopen-->  reopened  --reply-->  replied

北京市接诉即办工作条例 arts. 10-15 and 23; objections as in 潍坊市12345政务服务便民热线条例 art. 22 and 24: what the
hotline has ruled stays with that unit. That is why no edge of the table leads from `confirmed` to `disputed`.

    NotAllowed(ValueError)   the event cannot happen now
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

By = Literal["resident", "clerk", "unit", "system"]


class State(StrEnum):
    RECEIVED = "received"
    DISPATCHED = "dispatched"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    """The unit objected and was told that the ticket is its own."""
    HANDLING = "handling"
    """The unit has contacted the reporter."""
    REPLIED = "replied"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    """Belongs to an older ticket of the same reporter."""


class Event(StrEnum):
    REPORT = "report"
    CLASSIFY = "classify"
    MERGE = "merge"
    SPLIT = "split"
    DISPATCH = "dispatch"
    OBJECT = "object"
    UPHOLD = "uphold"
    REJECT = "reject"
    CONTACT = "contact"
    REPLY = "reply"
    MISS = "miss"
    """A call-back that reached nobody."""
    LAPSE = "lapse"
    """The last call-back that reached nobody: the ticket closes without an answer."""
    CALL_BACK = "call_back"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a ticket. `detail` holds codes: the class, the unit, the answers of a call-back."""

    event: Event
    at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """`from_state` None: the ticket does not exist yet. Where two may act, the table has a row for each."""

    from_state: State | None
    event: Event
    to_state: State
    by: By


EDGES: Final[tuple[Edge, ...]] = (
    # -- it comes in
    Edge(None, Event.REPORT, State.RECEIVED, "resident"),
    Edge(None, Event.REPORT, State.RECEIVED, "clerk"),
    Edge(State.RECEIVED, Event.CLASSIFY, State.RECEIVED, "system"),
    Edge(State.RECEIVED, Event.CLASSIFY, State.RECEIVED, "clerk"),
    Edge(State.RECEIVED, Event.MERGE, State.MERGED, "clerk"),
    Edge(State.MERGED, Event.SPLIT, State.RECEIVED, "clerk"),
    # -- it finds its unit
    Edge(State.RECEIVED, Event.DISPATCH, State.DISPATCHED, "clerk"),
    Edge(State.DISPATCHED, Event.OBJECT, State.DISPUTED, "unit"),
    Edge(State.DISPUTED, Event.UPHOLD, State.RECEIVED, "clerk"),
    Edge(State.DISPUTED, Event.REJECT, State.CONFIRMED, "clerk"),
    # -- the unit handles it
    Edge(State.DISPATCHED, Event.CONTACT, State.HANDLING, "unit"),
    Edge(State.DISPATCHED, Event.REPLY, State.REPLIED, "unit"),
    Edge(State.CONFIRMED, Event.CONTACT, State.HANDLING, "unit"),
    Edge(State.CONFIRMED, Event.REPLY, State.REPLIED, "unit"),
    Edge(State.HANDLING, Event.CONTACT, State.HANDLING, "unit"),
    Edge(State.HANDLING, Event.REPLY, State.REPLIED, "unit"),
    # -- the reporter says how it was
    Edge(State.REPLIED, Event.MISS, State.REPLIED, "clerk"),
    Edge(State.REPLIED, Event.LAPSE, State.CLOSED, "clerk"),
    Edge(State.REPLIED, Event.CALL_BACK, State.CLOSED, "clerk"),
    Edge(State.REPLIED, Event.CALL_BACK, State.CLOSED, "resident"),
    # -- it was not over
    Edge(State.CLOSED, Event.REOPEN, State.REOPENED, "clerk"),
    Edge(State.CLOSED, Event.REOPEN, State.REOPENED, "resident"),
    Edge(State.REOPENED, Event.CONTACT, State.HANDLING, "unit"),
    Edge(State.REOPENED, Event.REPLY, State.REPLIED, "unit"),
    Edge(State.REOPENED, Event.DISPATCH, State.DISPATCHED, "clerk"),
)

OPEN: Final = tuple(s for s in State if s not in (State.CLOSED, State.MERGED))
"""States in which somebody has something to do."""
WITH_UNIT: Final = (State.DISPATCHED, State.CONFIRMED, State.HANDLING, State.REOPENED)
"""States in which the clock of the unit runs and the next step is its own."""


class NotAllowed(ValueError):
    """This event cannot happen to a ticket in this state."""

    def __init__(self, state: State | None, event: Event) -> None:
        self.state, self.event = state, event
        super().__init__(f"{event} cannot happen to a ticket that is {state or 'not there yet'}")


def next_state(state: State | None, event: Event, by: By) -> State:
    """The state after an event, by the table alone. Raises NotAllowed."""
    for edge in EDGES:
        if edge.from_state is state and edge.event is event and edge.by == by:
            return edge.to_state
    raise NotAllowed(state, event)


def allowed(state: State | None, by: By) -> tuple[Event, ...]:
    """Events that this kind of actor may cause in a state, in table order."""
    return tuple(e.event for e in EDGES if e.from_state is state and e.by == by)


def replay(happenings: Iterable[Happening]) -> State:
    """The state that a history in order leads to. Raises NotAllowed; ValueError if there is none at all."""
    state: State | None = None
    for happening in happenings:
        state = next(
            (e.to_state for e in EDGES if e.from_state is state and e.event is happening.event), None
        ) or _refuse(state, happening.event)
    if state is None:
        raise ValueError("a ticket without events has no state")
    return state


def _refuse(state: State | None, event: Event) -> State:
    raise NotAllowed(state, event)

"""Which event may follow which state, as one table; nothing else decides it.

    begun?  --submit-->  submitted  --accept-->  accepted  --grant-->  granted  --deliver-->  completed
                         submitted  --hold---->  waiting   --release-->  submitted  --request_correction-->  correcting

            completed  --annul-->  annulled     --recall-->  recalled     --cancel-->  cancelled

Suspension, extension and the hand-in of deferred materials leave a case accepted: they are intervals over
that state, not states; so are consultations with other authorities, several side by side, and an inspection on site, and
nothing is decided while one is open. So is the check of a promise on which a case was granted: it lies over the completed one. So is
the hearing of a holder before what was granted ends: told, it may state and defend, ask for a hearing, and only then be
carried out. So is an objection: what was decided stands while it is reviewed, and what the review changes is an event of
its own:

    refused       --object--> refused        --uphold--> refused    --overturn--> granted   --reopen--> accepted
    not_accepted  --object--> not_accepted   --reopen--> submitted
    annulled, recalled, cancelled  --object--> the same  --overturn--> granted

Some of them have rules of their own (`Marks`): a case is suspended once at a time, its term is extended once
(行政许可法 art. 42), a promise is checked until it is found kept.

    NotAllowed(ValueError)   the event cannot happen now; the message lists those that can
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from tongban.core.procedures.model import CaseEvent, Event, State

By = Literal["applicant", "officer", "system"]


@dataclass(frozen=True, slots=True)
class Edge:
    """`from_state` None: the case does not exist yet. Where two may act, the table has a row for each."""

    from_state: State | None
    event: Event
    to_state: State
    by: By


EDGES: Final[tuple[Edge, ...]] = (
    # -- it begins
    Edge(None, Event.SUBMIT, State.SUBMITTED, "applicant"),
    # -- it waits for the evidence that another case of the application produces
    Edge(State.WAITING, Event.RELEASE, State.SUBMITTED, "system"),
    Edge(State.WAITING, Event.WITHDRAW, State.WITHDRAWN, "applicant"),
    Edge(State.WAITING, Event.TERMINATE, State.TERMINATED, "officer"),  # nobody is left who could have it
    Edge(State.WAITING, Event.TERMINATE, State.TERMINATED, "system"),  # what it waits for was refused
    Edge(State.TERMINATED, Event.REVIVE, State.WAITING, "system"),  # and was granted after all
    # -- it is looked through (行政许可法 art. 32)
    Edge(State.SUBMITTED, Event.HOLD, State.WAITING, "system"),
    Edge(State.SUBMITTED, Event.REQUEST_CORRECTION, State.CORRECTING, "officer"),
    Edge(State.SUBMITTED, Event.ACCEPT, State.ACCEPTED, "officer"),
    Edge(State.SUBMITTED, Event.ACCEPT, State.ACCEPTED, "system"),  # on the spot, or by silence
    Edge(State.SUBMITTED, Event.ACCEPT_TOLERANTLY, State.ACCEPTED, "officer"),
    Edge(State.SUBMITTED, Event.ACCEPT_TOLERANTLY, State.ACCEPTED, "system"),  # by silence
    Edge(State.SUBMITTED, Event.DECLINE, State.NOT_ACCEPTED, "officer"),
    Edge(State.SUBMITTED, Event.WITHDRAW, State.WITHDRAWN, "applicant"),
    Edge(State.CORRECTING, Event.ANSWER_CORRECTION, State.SUBMITTED, "applicant"),
    Edge(State.CORRECTING, Event.DECLINE, State.NOT_ACCEPTED, "officer"),
    Edge(State.CORRECTING, Event.WITHDRAW, State.WITHDRAWN, "applicant"),
    Edge(State.CORRECTING, Event.WITHDRAW, State.WITHDRAWN, "system"),  # never answered
    # -- it is examined
    Edge(State.ACCEPTED, Event.COMPLETE_MATERIALS, State.ACCEPTED, "applicant"),
    Edge(State.ACCEPTED, Event.SUSPEND, State.ACCEPTED, "officer"),
    Edge(State.ACCEPTED, Event.RESUME, State.ACCEPTED, "officer"),
    Edge(State.ACCEPTED, Event.EXTEND, State.ACCEPTED, "officer"),
    Edge(State.ACCEPTED, Event.CONSULT, State.ACCEPTED, "officer"),
    Edge(
        State.ACCEPTED, Event.ANSWER_CONSULTATION, State.ACCEPTED, "officer"
    ),  # of the authority that was asked
    Edge(State.ACCEPTED, Event.LAPSE_CONSULTATION, State.ACCEPTED, "system"),
    Edge(State.ACCEPTED, Event.ORDER_INSPECTION, State.ACCEPTED, "officer"),
    Edge(State.ACCEPTED, Event.RECORD_INSPECTION, State.ACCEPTED, "officer"),
    Edge(State.ACCEPTED, Event.GRANT, State.GRANTED, "officer"),
    Edge(State.ACCEPTED, Event.GRANT, State.GRANTED, "system"),  # by rule, or a renewal by silence (art. 50)
    Edge(State.ACCEPTED, Event.GRANT_ON_COMMITMENT, State.GRANTED, "officer"),
    Edge(State.ACCEPTED, Event.REFUSE, State.REFUSED, "officer"),
    Edge(State.ACCEPTED, Event.WITHDRAW, State.WITHDRAWN, "applicant"),
    Edge(State.ACCEPTED, Event.WITHDRAW, State.WITHDRAWN, "system"),  # deferred materials never came
    Edge(State.ACCEPTED, Event.TERMINATE, State.TERMINATED, "officer"),
    Edge(State.ACCEPTED, Event.TERMINATE, State.TERMINATED, "system"),  # the same, where the pack says so
    # -- the result reaches the applicant
    Edge(State.GRANTED, Event.DELIVER, State.COMPLETED, "system"),  # electronic, at once
    # -- a promise on which it was granted is checked (优化营商环境条例 art. 40)
    Edge(State.COMPLETED, Event.VERIFY, State.COMPLETED, "officer"),
    Edge(State.COMPLETED, Event.ORDER_REMEDY, State.COMPLETED, "officer"),
    Edge(State.COMPLETED, Event.MISS_VERIFICATION, State.COMPLETED, "system"),
    # -- its holder is heard before it ends (行政许可法 arts. 7, 47, 48)
    Edge(State.COMPLETED, Event.ANNOUNCE_END, State.COMPLETED, "officer"),
    Edge(State.COMPLETED, Event.STATE_DEFENCE, State.COMPLETED, "applicant"),
    Edge(State.COMPLETED, Event.ASK_HEARING, State.COMPLETED, "applicant"),
    Edge(State.COMPLETED, Event.CLOSE_STATEMENT, State.COMPLETED, "system"),
    Edge(State.COMPLETED, Event.HOLD_HEARING, State.COMPLETED, "officer"),
    Edge(State.COMPLETED, Event.CALL_OFF_END, State.COMPLETED, "officer"),
    # -- what was granted ends (行政许可法 arts. 8, 69, 70)
    Edge(State.COMPLETED, Event.ANNUL, State.ANNULLED, "officer"),
    Edge(State.COMPLETED, Event.RECALL, State.RECALLED, "officer"),
    Edge(State.COMPLETED, Event.CANCEL, State.CANCELLED, "officer"),
    # -- the applicant objects, and another officer reviews
    Edge(State.REFUSED, Event.OBJECT, State.REFUSED, "applicant"),
    Edge(State.REFUSED, Event.END_OBJECTION, State.REFUSED, "system"),
    Edge(State.REFUSED, Event.MISS_REVIEW, State.REFUSED, "system"),
    Edge(State.REFUSED, Event.UPHOLD, State.REFUSED, "officer"),
    Edge(State.REFUSED, Event.OVERTURN, State.GRANTED, "officer"),
    Edge(State.REFUSED, Event.REOPEN, State.ACCEPTED, "officer"),
    Edge(State.NOT_ACCEPTED, Event.OBJECT, State.NOT_ACCEPTED, "applicant"),
    Edge(State.NOT_ACCEPTED, Event.END_OBJECTION, State.NOT_ACCEPTED, "system"),
    Edge(State.NOT_ACCEPTED, Event.MISS_REVIEW, State.NOT_ACCEPTED, "system"),
    Edge(State.NOT_ACCEPTED, Event.UPHOLD, State.NOT_ACCEPTED, "officer"),
    Edge(State.NOT_ACCEPTED, Event.REOPEN, State.SUBMITTED, "officer"),
    Edge(State.ANNULLED, Event.OBJECT, State.ANNULLED, "applicant"),
    Edge(State.ANNULLED, Event.END_OBJECTION, State.ANNULLED, "system"),
    Edge(State.ANNULLED, Event.MISS_REVIEW, State.ANNULLED, "system"),
    Edge(State.ANNULLED, Event.UPHOLD, State.ANNULLED, "officer"),
    Edge(State.ANNULLED, Event.OVERTURN, State.GRANTED, "officer"),
    Edge(State.RECALLED, Event.OBJECT, State.RECALLED, "applicant"),
    Edge(State.RECALLED, Event.END_OBJECTION, State.RECALLED, "system"),
    Edge(State.RECALLED, Event.MISS_REVIEW, State.RECALLED, "system"),
    Edge(State.RECALLED, Event.UPHOLD, State.RECALLED, "officer"),
    Edge(State.RECALLED, Event.OVERTURN, State.GRANTED, "officer"),
    Edge(State.CANCELLED, Event.OBJECT, State.CANCELLED, "applicant"),
    Edge(State.CANCELLED, Event.END_OBJECTION, State.CANCELLED, "system"),
    Edge(State.CANCELLED, Event.MISS_REVIEW, State.CANCELLED, "system"),
    Edge(State.CANCELLED, Event.UPHOLD, State.CANCELLED, "officer"),
    Edge(State.CANCELLED, Event.OVERTURN, State.GRANTED, "officer"),
)

ENDED: Final = frozenset({State.ANNULLED, State.RECALLED, State.CANCELLED})
"""What was granted is no longer in force."""
CLOSED: Final = frozenset(
    {State.REFUSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.TERMINATED, State.COMPLETED, *ENDED}
)
"""States in which the case itself is over: whatever follows concerns its result."""
OBJECTIONABLE: Final = frozenset({State.REFUSED, State.NOT_ACCEPTED, *ENDED})
"""What was decided against the applicant."""
FINAL: Final = CLOSED - {State.COMPLETED, State.TERMINATED} - OBJECTIONABLE
"""States that nothing follows."""
REVOKING: Final = {Event.ANNUL: State.ANNULLED, Event.RECALL: State.RECALLED, Event.CANCEL: State.CANCELLED}
DECISIONS: Final = frozenset({Event.GRANT, Event.GRANT_ON_COMMITMENT, Event.REFUSE})
"""With which an officer decides a case."""
AGAINST: Final = frozenset({Event.REFUSE, Event.DECLINE, *REVOKING})
"""Events that lead to what an applicant may object to."""


class NotAllowed(ValueError):
    """This event cannot happen to a case in this state."""

    def __init__(self, state: State | None, event: Event, allowed: tuple[Event, ...]) -> None:
        self.state, self.event, self.allowed = state, event, allowed
        possible = ", ".join(allowed) if allowed else "nothing, the case is closed"
        where = f"a case that is {state}" if state is not None else "a case that does not exist yet"
        super().__init__(f"{event} cannot happen to {where}; possible: {possible}")


@dataclass(frozen=True, slots=True)
class Marks:
    """The intervals that lie over a state, as far as they limit what may follow."""

    suspended: bool = False
    extended: bool = False
    promised: bool = False
    """Granted on a promise that nobody has found kept yet."""
    ordered: bool = False
    """A check has found something that is to be put right."""
    missed: bool = False
    """That the check, or the review, was not made in time is written down."""
    consulting: int = 0
    """Authorities that were asked and have neither answered nor let their time pass where that counts as an answer."""
    inspecting: bool = False
    """An inspection is ordered and its result is not recorded yet."""
    objected: bool = False
    settled: bool = False
    """Reviewed, or nobody objected in time: there is no second objection."""
    announced: bool = False
    """The holder is told that it is to end, and that is neither carried out nor called off."""
    stated: bool = False
    closed: bool = False
    """The time for stating and for asking for a hearing is over."""
    asked: bool = False
    """A hearing was asked for and is still to be held."""
    held: bool = False
    """It waits for evidence, or ended while it did."""

    @property
    def decidable(self) -> bool:
        """No opinion and no result from the site is awaited. It binds whoever decides; what the law brings about by
        itself, as a renewal by silence (行政许可法 art. 50), waits for nobody."""
        return not self.consulting and not self.inspecting

    def permit(self, event: Event) -> bool:
        """Nothing twice that happens once, nothing that has no beginning: a resumption of nothing, a check of no promise."""
        match event:
            case Event.SUSPEND:
                return not self.suspended
            case Event.RESUME:
                return self.suspended
            case Event.EXTEND:
                return not self.extended
            case Event.ANSWER_CONSULTATION | Event.LAPSE_CONSULTATION:
                return self.consulting > 0
            case Event.ORDER_INSPECTION:
                return not self.inspecting
            case Event.RECORD_INSPECTION:
                return self.inspecting
            case Event.VERIFY:
                return self.promised
            case Event.ORDER_REMEDY:
                return self.promised and not self.ordered
            case Event.MISS_VERIFICATION:
                return self.promised and not self.ordered and not self.missed
            case Event.OBJECT | Event.END_OBJECTION:
                return not self.objected and not self.settled
            case Event.MISS_REVIEW:
                return self.objected and not self.missed
            case Event.UPHOLD | Event.OVERTURN | Event.REOPEN:
                return self.objected
            case Event.REVIVE:
                return self.held
            case Event.ANNOUNCE_END:
                return not self.announced
            case Event.STATE_DEFENCE:
                return self.announced and not self.stated and not self.closed
            case Event.ASK_HEARING:
                return self.announced and not self.asked and not self.closed
            case Event.CLOSE_STATEMENT:
                return self.announced and not self.closed
            case Event.HOLD_HEARING:
                return self.announced and self.asked
            case Event.CALL_OFF_END:
                return self.announced
            case Event.ANNUL | Event.RECALL | Event.CANCEL:
                return not self.announced or (self.closed and not self.asked)
            case _:
                return True

    def after(self, event: Event) -> Marks:
        """The intervals once the event has happened."""
        match event:
            case Event.HOLD | Event.RELEASE:
                return replace(self, held=event is Event.HOLD)
            case Event.SUSPEND:
                return replace(self, suspended=True)
            case Event.RESUME:
                return replace(self, suspended=False)
            case Event.EXTEND:
                return replace(self, extended=True)
            case Event.CONSULT:
                return replace(self, consulting=self.consulting + 1)
            case Event.ANSWER_CONSULTATION | Event.LAPSE_CONSULTATION:
                return replace(self, consulting=self.consulting - 1)
            case Event.ORDER_INSPECTION | Event.RECORD_INSPECTION:
                return replace(self, inspecting=event is Event.ORDER_INSPECTION)
            case Event.GRANT_ON_COMMITMENT:
                return replace(self, promised=True)
            case Event.ORDER_REMEDY:
                return replace(self, ordered=True)
            case Event.MISS_VERIFICATION | Event.MISS_REVIEW:
                return replace(self, missed=True)
            case Event.VERIFY:
                return replace(self, promised=False)
            case Event.REFUSE | Event.DECLINE | Event.ANNUL | Event.RECALL | Event.CANCEL:
                return replace(
                    self, promised=False, ordered=False, missed=False, settled=False,
                    announced=False, stated=False, closed=False, asked=False,
                )  # fmt: skip
            case Event.OBJECT:
                return replace(self, objected=True)
            case Event.END_OBJECTION | Event.UPHOLD:
                return replace(self, objected=False, settled=True)
            case Event.OVERTURN | Event.REOPEN:
                return Marks()
            case Event.ANNOUNCE_END:
                return replace(self, announced=True, stated=False, closed=False, asked=False)
            case Event.STATE_DEFENCE:
                return replace(self, stated=True)
            case Event.ASK_HEARING:
                return replace(self, asked=True)
            case Event.CLOSE_STATEMENT:
                return replace(self, closed=True)
            case Event.HOLD_HEARING:
                return replace(self, asked=False, closed=True)
            case Event.CALL_OFF_END:
                return replace(self, announced=False, stated=False, closed=False, asked=False)
            case _:
                return self


def next_state(state: State | None, event: Event) -> State:
    """The state after an event, by the table alone; None is a case that does not exist yet.

    Raises NotAllowed.
    """
    for edge in EDGES:
        if edge.from_state is state and edge.event is event:
            return edge.to_state
    raise NotAllowed(state, event, _following(state))


def allowed(state: State | None, by: By) -> tuple[Event, ...]:
    """Events that this kind of actor may cause in a state, in table order."""
    return tuple(e.event for e in EDGES if e.from_state is state and e.by == by)


def possible(events: Iterable[CaseEvent], by: By) -> tuple[Event, ...]:
    """Like `allowed`, for a case with this history: minus what its intervals rule out."""
    state, marks = _walk(events)
    return tuple(
        e
        for e in allowed(state, by)
        if marks.permit(e) and (e not in DECISIONS or by == "system" or marks.decidable)
    )


def replay(events: Iterable[CaseEvent]) -> State:
    """The state that a history leads to, in whatever order it is handed over.

    Raises NotAllowed at the first event that could not happen, ValueError if there is none at all.
    """
    state, _ = _walk(events)
    if state is None:
        raise ValueError("a case without events has no state")
    return state


def marks_of(events: Iterable[CaseEvent]) -> Marks:
    """The intervals that lie over the state to which a history leads. Raises NotAllowed."""
    return _walk(events)[1]


def in_order(events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Events by instant; those of one instant in the order in which a case can meet them."""
    return tuple(sorted(events, key=lambda e: (e.at, _RANK[e.event])))


_RANK: Final = {event: rank for rank, event in enumerate(Event)}


def _walk(events: Iterable[CaseEvent]) -> tuple[State | None, Marks]:
    state: State | None = None
    marks = Marks()
    for happened in in_order(events):
        if not marks.permit(happened.event):
            open_ways = tuple(e for e in _following(state) if marks.permit(e))
            raise NotAllowed(state, happened.event, open_ways)
        state = next_state(state, happened.event)
        marks = marks.after(happened.event)
    return state, marks


def _following(state: State | None) -> tuple[Event, ...]:
    return tuple(dict.fromkeys(e.event for e in EDGES if e.from_state is state))

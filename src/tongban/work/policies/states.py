"""What can happen to an entitlement, as a table. Pure.

    found ──confirm──> confirmed ──pay──> paid
      │ ├──refuse───> refused
      │ ├──lapse────> lapsed                      (nobody answered in time)
      │ └──contest──> contested ──uphold──> upheld      (the finding stands: confirm, refuse or lapse as before)
      │                         └─withdraw─> withdrawn  (the finding was wrong: matching may find another)
    budget-exhausted ──offer──> found             (somebody gave money up)
                     └─refuse─> refused
    paid ──reclaim──> reclaimed ──repay──> repaid (a case of the policy's clawback has happened)
                         └─return──> returned     (of an offer: it is free again)

An offer that is not money goes the same way in units; it is `paid` when it is handed over.

What came out of a round can be withdrawn for as long as nothing is paid, when an objection in publicity holds. A
confirmed entitlement is due: it carries the day by which it is to be paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    FOUND = "found"
    EXHAUSTED = "budget-exhausted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CONTESTED = "contested"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    PAID = "paid"
    RECLAIMED = "reclaimed"
    REPAID = "repaid"
    RETURNED = "returned"
    """Of an offer: given back, and free for somebody else."""


class Event(StrEnum):
    FIND = "find"
    EXHAUST = "exhaust"
    """Found, and no money left to reserve."""
    OFFER = "offer"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    CONTEST = "contest"
    UPHOLD = "uphold"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    PAY = "pay"
    RECLAIM = "reclaim"
    REPAY = "repay"
    RETURN = "return"


TRANSITIONS: Final[Mapping[tuple[State | None, Event], State]] = MappingProxyType(
    {
        (None, Event.FIND): State.FOUND,
        (None, Event.EXHAUST): State.EXHAUSTED,
        (State.EXHAUSTED, Event.OFFER): State.FOUND,
        (State.EXHAUSTED, Event.REFUSE): State.REFUSED,
        (State.FOUND, Event.CONFIRM): State.CONFIRMED,
        (State.FOUND, Event.REFUSE): State.REFUSED,
        (State.FOUND, Event.LAPSE): State.LAPSED,
        (State.FOUND, Event.CONTEST): State.CONTESTED,
        (State.CONTESTED, Event.UPHOLD): State.UPHELD,
        (State.CONTESTED, Event.WITHDRAW): State.WITHDRAWN,
        (State.UPHELD, Event.CONFIRM): State.CONFIRMED,
        (State.UPHELD, Event.REFUSE): State.REFUSED,
        (State.UPHELD, Event.LAPSE): State.LAPSED,
        (State.CONFIRMED, Event.PAY): State.PAID,
        (State.PAID, Event.RECLAIM): State.RECLAIMED,
        (State.RECLAIMED, Event.REPAY): State.REPAID,
        (State.RECLAIMED, Event.RETURN): State.RETURNED,
        (State.FOUND, Event.WITHDRAW): State.WITHDRAWN,
        (State.UPHELD, Event.WITHDRAW): State.WITHDRAWN,
        (State.CONFIRMED, Event.WITHDRAW): State.WITHDRAWN,
        (State.EXHAUSTED, Event.WITHDRAW): State.WITHDRAWN,
    }
)
ANSWERABLE: Final = frozenset({State.FOUND, State.UPHELD})
"""The owner's turn, until `confirm_by`."""
RESERVING: Final = frozenset(
    {State.FOUND, State.CONTESTED, State.UPHELD, State.CONFIRMED, State.PAID, State.RECLAIMED, State.REPAID}
)
"""States whose amount is held in the budget. Money that is paid back goes to the treasury, and not into the same year
again; an offer that is given back is there for the next."""
FINAL: Final = frozenset(
    {
        State.PAID, State.REFUSED, State.WITHDRAWN, State.LAPSED, State.RECLAIMED, State.REPAID, State.RETURNED,
        State.EXHAUSTED,
    }
)  # fmt: skip
"""Nothing more is awaited before a round can be closed."""


def after(state: State | None, event: Event) -> State | None:
    """The state that an event leads to; None when it cannot happen now."""
    return TRANSITIONS.get((state, event))


def possible(state: State) -> frozenset[Event]:
    return frozenset(event for (before, event) in TRANSITIONS if before is state)

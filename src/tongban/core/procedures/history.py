"""What the events of a case mean for its clocks: the legal days, read once from first to last event.

submit 5 March, silence         -> received 5 March, accepted 5 March by silence once the notice term is over
submit, hold, release 9 March   -> received 9 March
accept 6, suspend 10, resume 13 -> accepted 6, one pause (10, 13)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tongban.core.procedures.model import CaseEvent, Event, State, Terms
from tongban.core.procedures.spans import last_day
from tongban.core.procedures.states import AGAINST, CLOSED, in_order, next_state
from tongban.core.values.calendar import DueDate, WorkCalendar

_MADE_VOID_BY_SILENCE: Final = frozenset(
    {
        Event.HOLD,
        Event.RELEASE,
        Event.REQUEST_CORRECTION,
        Event.ANSWER_CORRECTION,
        Event.ACCEPT,
        Event.ACCEPT_TOLERANTLY,
    }
)
"""Once accepted by silence, a case is neither held back, sent back nor accepted again."""


_DECIDING: Final = frozenset({Event.GRANT, Event.GRANT_ON_COMMITMENT, Event.REFUSE, Event.DECLINE})


@dataclass(slots=True)
class History:
    """The legal days of one case up to some day. All days are civil days of the place."""

    state: State | None = None
    """In law: accepted by silence counts as accepted."""
    received: date | None = None
    """Day on which the materials were received: submission, release, or the answer to a correction."""
    notify_by: DueDate | None = None
    """Last day to list defects; None once accepted or listed."""
    accepted_on: date | None = None
    deemed: bool = False
    deemed_on: date | None = None
    """First day after the notice term, on which silence had its effect."""
    pauses: tuple[tuple[date, date], ...] = ()
    """Closed suspensions as (day stopped, day resumed)."""
    paused_on: date | None = None
    """Day of a suspension that is still open, or that the end of the case cut short."""
    extended: bool = False
    tolerant_on: date | None = None
    """Day of tolerant acceptance while deferred materials are missing."""
    granted_on: date | None = None
    against_on: date | None = None
    """Day of what was decided against the applicant, as long as they may object to it."""
    objected_on: date | None = None
    """Day of an objection that is still to be reviewed."""
    promise_on: date | None = None
    """Day of a decision on a promise that is still to be checked."""
    remedy_on: date | None = None
    """Day on which a check asked for something to be put right that nobody has found put right yet."""
    correcting_on: date | None = None
    """Day of a correction notice that is still to be answered."""
    announced_on: date | None = None
    """Day on which the holder was told that what was granted is to end, while they may state and ask for a hearing."""
    hearing_asked_on: date | None = None
    """Day on which the holder asked for a hearing that is still to be held."""
    decided: bool = False
    """Something was decided, whatever a review has made of it: nothing is renewed by silence any more."""
    ended_on: date | None = None
    """Day on which the approval clock stopped for good."""


def read(events: Iterable[CaseEvent], terms: Terms, calendar: WorkCalendar, today: date) -> History:
    """The history as of the end of `today`; later events are left out.

    If no defect is listed and nothing decided by the end of the notice term, the case counts as accepted
    from the day the materials were received (行政许可法 art. 32(4)). What the office does later, be it an
    acceptance or a list of defects, no longer moves that day.
    """
    history = History()
    for happened in in_order(e for e in events if e.day <= today):
        _let_silence_speak(history, happened.day)
        _apply(history, happened, terms, calendar)
    _let_silence_speak(history, today)
    return history


def _let_silence_speak(history: History, day: date) -> None:
    due = history.notify_by
    if history.state is State.SUBMITTED and due is not None and day > due.day:
        history.state, history.deemed = State.ACCEPTED, True
        history.deemed_on = due.day + timedelta(days=1)
        history.accepted_on, history.notify_by = history.received, None


def _apply(history: History, happened: CaseEvent, terms: Terms, calendar: WorkCalendar) -> None:
    event, day = happened.event, happened.day
    if history.deemed and event in _MADE_VOID_BY_SILENCE:
        if event is Event.ACCEPT_TOLERANTLY:
            history.tolerant_on = day
        return
    if history.deemed and event is Event.DECLINE:
        history.state = State.NOT_ACCEPTED
    else:
        history.state = next_state(history.state, event)

    match event:
        case Event.SUBMIT | Event.RELEASE | Event.ANSWER_CORRECTION:
            history.received, history.correcting_on = day, None
            notice = terms.notify_missing
            history.notify_by = last_day(calendar, day, notice) if notice else None
        case Event.HOLD | Event.REQUEST_CORRECTION | Event.DECLINE:
            history.notify_by = None
            history.correcting_on = day if event is Event.REQUEST_CORRECTION else None
        case Event.REVIVE:
            history.ended_on = None
        case Event.ACCEPT | Event.ACCEPT_TOLERANTLY:
            history.accepted_on, history.notify_by = day, None
            history.tolerant_on = day if event is Event.ACCEPT_TOLERANTLY else None
        case Event.COMPLETE_MATERIALS:
            history.tolerant_on = None
        case Event.SUSPEND:
            history.paused_on = history.paused_on or day
        case Event.RESUME if history.paused_on:
            history.pauses = (*history.pauses, (history.paused_on, day))
            history.paused_on = None
        case Event.EXTEND:
            history.extended = True
        case Event.GRANT | Event.GRANT_ON_COMMITMENT:
            history.granted_on = day
            history.promise_on = day if event is Event.GRANT_ON_COMMITMENT else None
        case Event.ORDER_REMEDY:
            history.remedy_on = day
        case Event.VERIFY:
            history.promise_on = history.remedy_on = None
        case Event.ANNOUNCE_END:
            history.announced_on, history.hearing_asked_on = day, None
        case Event.ASK_HEARING:
            history.hearing_asked_on = day
        case Event.CLOSE_STATEMENT:
            history.announced_on = None
        case Event.HOLD_HEARING | Event.CALL_OFF_END:
            history.announced_on = history.hearing_asked_on = None
        case Event.OBJECT:
            history.against_on, history.objected_on = None, day
        case Event.END_OBJECTION | Event.UPHOLD:
            history.against_on = history.objected_on = None
        case Event.OVERTURN:
            history.objected_on, history.granted_on = None, day
        case Event.REOPEN:
            _begin_anew(history, day, terms, calendar)
        case _:
            pass

    if event in AGAINST:
        history.against_on, history.promise_on, history.remedy_on = day, None, None
        history.announced_on = history.hearing_asked_on = None
    if history.state is State.GRANTED or history.state in CLOSED:
        history.notify_by = history.correcting_on = None
        history.ended_on = history.ended_on or day
        history.decided = history.decided or event in _DECIDING


def _begin_anew(history: History, day: date, terms: Terms, calendar: WorkCalendar) -> None:
    """What a review has sent back is decided anew in full time: the terms count from that day, and no pause before it."""
    history.ended_on = history.objected_on = history.against_on = history.granted_on = None
    history.pauses, history.paused_on, history.extended, history.deemed = (), None, False, False
    if history.state is State.ACCEPTED:
        history.accepted_on = day
    else:
        history.accepted_on, history.received = None, day
        history.notify_by = last_day(calendar, day, terms.notify_missing) if terms.notify_missing else None

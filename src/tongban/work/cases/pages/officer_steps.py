"""What an officer may do with a case now, and what it would bring about: read from the table of states, not decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as msg

from tongban.core.procedures import clock as clocks
from tongban.core.procedures import states
from tongban.core.procedures.model import CaseEvent, Clock, Event
from tongban.core.procedures.states import REVOKING
from tongban.work.cases import form
from tongban.work.cases.actions import commitments
from tongban.work.cases.pages import officer_visits
from tongban.work.cases.pages.officer_view import CaseView


@dataclass(frozen=True, slots=True)
class Step:
    """One thing an officer may do. With `form` it has a page of its own; without, one button does it."""

    name: str
    label: str
    icon: str
    style: str = ""
    form: bool = True


_STEPS: Final = (
    (frozenset({Event.ACCEPT}), Step("accept", msg("Accept"), "check", form=False)),
    (frozenset({Event.GRANT, Event.REFUSE}), Step("decide", msg("Decide"), "gavel")),
    (frozenset({Event.CONSULT}), Step("consult", msg("Ask other offices"), "messages-square", "ghost")),
    (frozenset({Event.ORDER_INSPECTION}), Step("inspect", msg("Order an inspection"), "footprints", "ghost")),
    (frozenset({Event.VERIFY}), Step("check", msg("Say what the check has found"), "clipboard-check")),
    (frozenset({Event.UPHOLD}), Step("review", msg("Review the objection"), "scale")),
    (
        frozenset({Event.REQUEST_CORRECTION}),
        Step("correction", msg("Request a correction"), "list-checks", "ghost"),
    ),
    (frozenset({Event.RESUME}), Step("resume", msg("Let the clock run again"), "play", "ghost", form=False)),
    (frozenset({Event.SUSPEND}), Step("suspend", msg("Stop the clock"), "pause", "plain")),
    (frozenset({Event.EXTEND}), Step("extend", msg("Extend the term"), "calendar-plus", "plain")),
    (frozenset({Event.DECLINE}), Step("decline", msg("Do not accept"), "x", "danger")),
    (frozenset({Event.HOLD_HEARING}), Step("hearing", msg("Hearing"), "scale")),
    (frozenset({Event.TERMINATE}), Step("terminate", msg("End without a decision"), "x", "danger")),
    (frozenset(REVOKING), Step("end", msg("End what was granted"), "ban", "danger")),
)
_AT_ONCE: Final = Step("decide", msg("Decide on the spot"), "gavel")


def steps(view: CaseView) -> list[Step]:
    """What the table of states allows an officer for this history; nothing for anybody else."""
    if not view.for_officer:
        return []
    possible = set(states.possible(history(view), "officer"))
    if view.case.corrections.exists():
        possible.discard(Event.REQUEST_CORRECTION)  # 一次性告知: there is no second list
    if not view.terms.extension:
        possible.discard(Event.EXTEND)
    if view.proposal is not None:  # first that is carried out or dropped
        possible -= {Event.VERIFY, *REVOKING}
    if not officer_visits.Visits(view).askable:
        possible.discard(Event.CONSULT)
    if view.service.inspection is None:
        possible.discard(Event.ORDER_INSPECTION)
    if view.had_a_part:
        possible.discard(Event.UPHOLD)
    at_once = Event.ACCEPT in possible and commitments.way_of(view.case, view.pack) is not None
    return [*([_AT_ONCE] if at_once else []), *(step for events, step in _STEPS if events <= possible)]


def can(view: CaseView, name: str) -> bool:
    if name == "readmit":
        return view.for_officer and view.exclusion is not None and view.exclusion.lifted_at is None
    return any(step.name == name for step in steps(view))


def history(view: CaseView) -> tuple[CaseEvent, ...]:
    """The events, with what silence has brought about and nobody has written down yet: an acceptance, opinions."""
    happened = (*form.history_of(view.case), *officer_visits.lapsed(view))
    accepting = (Event.ACCEPT, Event.ACCEPT_TOLERANTLY)
    if view.clock.deemed_accepted and not any(e.event in accepting for e in happened):
        event, on = Event.ACCEPT, view.clock.deemed_on or view.acting.today
        if view.case.deferred:
            event, on = Event.ACCEPT_TOLERANTLY, view.acting.today
        return (*happened, CaseEvent(event, on, view.acting.now))
    return happened


def foreseen(view: CaseView, event: Event) -> Clock:
    """The clocks as they would stand if this happened now."""
    happened = (*history(view), CaseEvent(event, view.acting.today, view.acting.now))
    return clocks.clock(
        happened, view.terms, form.calendar_of(view.application, view.pack), view.acting.today
    )

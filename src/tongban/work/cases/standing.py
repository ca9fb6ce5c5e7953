"""Where a case stands on the lists of its office on one day: kept on its row, so that the database can count and order.

The events are the truth and the clock reads them; what is kept holds for the day it was worked out for, `stands_on`, and
for no other. Each event writes it anew, a job after midnight brings the rest up to the day, and whoever reads a row of
another day works it out from its events. Empty `stands_on`: on no list, because it is closed and nothing is owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from tongban.core.packs.pack import Pack
from tongban.core.procedures import clock as clocks
from tongban.core.procedures.model import CaseEvent, Clock, Light, State
from tongban.core.values.calendar import DueDate
from tongban.work.cases import form, models

OPEN_STATES: Final = tuple(
    s.value for s in (State.SUBMITTED, State.WAITING, State.CORRECTING, State.ACCEPTED)
)
OWED: Final = ("verify", "remedy", "review", "hearing", "heard")
"""What keeps a case on the lists after its decision."""
SEVERITY: Final = {Light.BLACK: 0, Light.RED: 1, Light.YELLOW: 2, Light.GREEN: 3, Light.NONE: 4}
LIGHT_OF: Final = {rank: light for light, rank in SEVERITY.items()}
FIELDS: Final = ("stands_on", "stands_as", "urgency", "due", "owes")


@dataclass(frozen=True, slots=True)
class Standing:
    """What lists ask of a clock."""

    state: State
    """As the law sees it on that day."""
    light: Light
    due: DueDate | None
    """The next day that binds the office: to list defects while looking through, the promised day, what is owed after."""
    ticking: bool
    """A clock runs: to the decision, or afterwards to what is still owed."""
    owes: bool
    """Something is owed after the decision."""

    @property
    def urgency(self) -> int:
        """The order of lists: black and red first; within a light, what has no running clock last."""
        return 2 * SEVERITY[self.light] + (not (self.ticking and self.due is not None))


def of(clock: Clock) -> Standing:
    due = clock.notify_by if clock.notify_by is not None and clock.running else clock.promised
    light = clock.light
    if clock.duty is not None:
        due, light = clock.duty.due, clock.duty.light
    ticking = clock.running or clock.duty is not None
    return Standing(clock.state, light, due, ticking, clock.duty is not None)


def owes(found: Standing, case: models.Case) -> bool:
    """Whether its office still has something to do after the decision; no day is set for what follows a hearing."""
    return found.owes or case.afterwards == "heard"


def note(case: models.Case, history: Iterable[CaseEvent], pack: Pack, day: date) -> None:
    """Note on a case where it stands on `day`, without saving it."""
    if case.state not in OPEN_STATES and case.afterwards not in OWED:
        case.stands_on = None
        return
    terms = form.terms_from_json(case.terms)
    found = of(clocks.clock(history, terms, form.calendar_of(case.application, pack), day))
    case.stands_on, case.stands_as, case.urgency = day, found.state.value, found.urgency
    case.due, case.owes = found.due.day if found.due is not None else None, owes(found, case)

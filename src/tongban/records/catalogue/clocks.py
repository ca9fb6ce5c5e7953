"""All due dates of a sharing request, recomputed from its events with the calendar of the place.

    clock(events, terms, calendar, today) -> Clock

The answer clock begins with submission and stands still while the asker is to say more; the clock of provision
begins with consent. The lights are those of every other clock of the platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tongban.core.procedures.lights import Lights, Progress, colour
from tongban.core.procedures.model import Light
from tongban.core.procedures.spans import last_day, working_days
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Duration
from tongban.records.catalogue.procedure import Event, Happened, State, replay
from tongban.records.catalogue.terms import Terms


@dataclass(frozen=True, slots=True)
class Clock:
    """As of one day."""

    state: State | None
    """None: of a correction, which has no states but open and answered."""
    running: bool
    due: DueDate | None
    """The day that binds the steward next: to answer, or to provide. None: no clock has begun or it is over."""
    answer_by: DueDate | None
    """Last day to answer; kept after the answer, to see whether it was in time."""
    provide_by: DueDate | None
    days_left: int | None
    """Working days to `due`, negative when past. None: no clock runs."""
    light: Light
    used: int
    """Percent of the running term, 0 to 100."""
    answered_late: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """One term with its beginning and pauses."""

    start: date
    due: DueDate
    still: int = 0
    """Working days on which it stood still."""


def clock(events: Sequence[Happened], terms: Terms, calendar: WorkCalendar, today: date) -> Clock:
    """The clocks at the end of `today`; later events are left out. Raises NotAllowed for an impossible history."""
    seen = [e for e in events if e.day <= today]
    state = replay(e.event for e in seen)
    answer = _answer(seen, terms, calendar, today)
    consent = _day(seen, Event.GRANT)
    provide = _Run(consent, last_day(calendar, consent, terms.provide)) if consent else None
    run = {State.SUBMITTED: answer, State.IN_REVIEW: answer, State.GRANTED: provide}.get(state)
    left, light, used = _progress(run, calendar, today)
    answered = consent or _day(seen, Event.REFUSE)
    return Clock(
        state=state,
        running=run is not None,
        due=run.due if run else (answer.due if state is State.MORE_ASKED else None),
        answer_by=answer.due,
        provide_by=provide.due if provide else None,
        days_left=left,
        light=light,
        used=used,
        answered_late=answered is not None and answered > answer.due.day,
    )


def correction_clock(
    start: date, answered: date | None, term: Duration, calendar: WorkCalendar, today: date
) -> Clock:
    """The single clock of a correction (校核): from the day it came until it is answered."""
    due = last_day(calendar, start, term)
    run = _Run(start, due) if answered is None else None
    left, light, used = _progress(run, calendar, today)
    late = answered is not None and answered > due.day
    return Clock(None, run is not None, due if run else None, due, None, left, light, used, late)


def _answer(seen: Sequence[Happened], terms: Terms, calendar: WorkCalendar, today: date) -> _Run:
    start = seen[0].day
    pauses = list(_pauses(seen, today))
    extension = terms.extension if _day(seen, Event.EXTEND) else 0
    due = last_day(calendar, start, terms.answer, extension=extension, pauses=pauses)
    return _Run(start, due, working_days(calendar, pauses))


def _pauses(seen: Sequence[Happened], today: date) -> list[tuple[date, date]]:
    asked = _day(seen, Event.ASK_MORE)
    if asked is None:
        return []
    return [(asked, _day(seen, Event.ANSWER) or _day(seen, Event.WITHDRAW) or today)]


def _progress(run: _Run | None, calendar: WorkCalendar, today: date) -> tuple[int | None, Light, int]:
    if run is None:
        return None, Light.NONE, 0
    end = run.due.day
    left = calendar.working_days_between(today, end)
    if today > end:
        left = -max(1, calendar.working_days_between(end, today))
    gone = calendar.working_days_between(run.start, today) - run.still
    whole = calendar.working_days_between(run.start, end) - run.still
    progress = Progress(left=left, gone=gone, whole=whole)
    light = colour(today, run.due, run.due, progress, Lights())
    return left, light, min(100, max(0, round(progress.used * 100)))


def _day(seen: Sequence[Happened], event: Event) -> date | None:
    return next((e.day for e in seen if e.event is event), None)

"""All due dates of a case, recomputed from its events. There is no stored counter that could drift.

    clock(events, terms, calendar, today) -> Clock

Two clocks stand side by side: late on the promised day is a fault of service, late on the statutory day is
unlawful. Both begin on the day of acceptance (行政许可法 art. 42) and stand still while a hearing, a test or
an expert review runs (art. 45).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from tongban.core.procedures.history import History, read
from tongban.core.procedures.lights import Lights, Progress, colour
from tongban.core.procedures.model import CaseEvent, Clock, Duty, DutyKind, Light, State, Terms
from tongban.core.procedures.spans import Pauses, first_day, last_day, working_days
from tongban.core.procedures.states import replay
from tongban.core.values.calendar import DueDate, WorkCalendar
from tongban.core.values.duration import Duration

USUAL_LIGHTS: Final = Lights()


def clock(
    events: Iterable[CaseEvent],
    terms: Terms,
    calendar: WorkCalendar,
    today: date,
    *,
    lights: Lights = USUAL_LIGHTS,
) -> Clock:
    """The clocks as of the end of `today`; events of later days are left out.

    While a case is suspended its due dates move with each working day. Raises NotAllowed for a history that
    the table of states refuses, ValueError for one that has not begun by `today`.
    """
    seen = tuple(e for e in events if e.day <= today)
    recorded = replay(seen)
    history = read(seen, terms, calendar, today)
    state = history.state or recorded

    as_of = min(history.ended_on, today) if history.ended_on else today
    pauses = _pauses(history, as_of)
    promised, statutory = _in_time_to_renew(*_approval(history, terms, calendar, pauses), history, terms)
    progress = _progress(history.accepted_on, promised, pauses, calendar, as_of)
    running = history.ended_on is None and history.paused_on is None and _runs(state, history)
    approving = running and state is State.ACCEPTED
    verify_by = _from(history.promise_on, terms.verify, calendar, terms.rolls)
    remedy_by = _from(history.remedy_on, terms.remedy, calendar, terms.rolls)
    review_by = _from(history.objected_on, terms.review, calendar, terms.rolls)
    correct_by = _from(history.correcting_on, terms.correction, calendar, terms.rolls)
    hearing_by = _from(history.hearing_asked_on, terms.hearing, calendar, terms.rolls)
    renews = terms.renews_until if _may_renew(history, terms) else None

    return Clock(
        state=state,
        running=running,
        notify_by=history.notify_by,
        accepted_on=history.accepted_on,
        deemed_accepted=history.deemed,
        deemed_on=history.deemed_on,
        promised=promised,
        statutory=statutory,
        materials_by=_materials_by(history, terms, calendar),
        deliver_by=_deliver_by(history, terms, calendar),
        days_left=progress.left if progress and approving else None,
        light=_light(history, promised, statutory, progress, calendar, today, lights)
        if running
        else Light.NONE,
        used=progress.used if progress else 0.0,
        verify_by=verify_by,
        remedy_by=remedy_by,
        object_by=_from(history.against_on, terms.objection, calendar, terms.rolls),
        review_by=review_by,
        duty=_duty(
            {"review": review_by, "hearing": hearing_by, "remedy": remedy_by, "verify": verify_by},
            calendar,
            today,
            lights,
        ),
        correct_by=correct_by,
        remind_on=first_day(calendar, terms.remind, correct_by.day) if correct_by and terms.remind else None,
        state_by=_from(history.announced_on, terms.heard, calendar, terms.rolls),
        hearing_by=hearing_by,
        renews_until=renews,
        renewed_by_silence=renews is not None and today > renews,
    )


def _may_renew(history: History, terms: Terms) -> bool:
    """Whether silence renews: all was received while the licence was valid, and nothing was decided so far (art. 50)."""
    until, received = terms.renews_until, history.received
    if until is None or received is None or history.decided or history.ended_on is not None:
        return False
    return history.state in (State.SUBMITTED, State.ACCEPTED) and received <= until


def _in_time_to_renew(
    promised: DueDate | None, statutory: DueDate | None, history: History, terms: Terms
) -> tuple[DueDate | None, DueDate | None]:
    """A renewal is decided while the licence is valid, whatever the terms are: no later than its last day (art. 50)."""
    until = terms.renews_until
    if until is None or history.accepted_on is None or (history.received or until) > until:
        return promised, statutory
    last = DueDate(until, provisional=False)
    return (
        promised if promised is not None and promised.day <= until else last,
        statutory if statutory is not None and statutory.day <= until else last,
    )


def _runs(state: State, history: History) -> bool:
    """The approval clock of an accepted case, or the notice clock of one that is being looked through."""
    return state is State.ACCEPTED or (state is State.SUBMITTED and history.notify_by is not None)


def _pauses(history: History, as_of: date) -> tuple[tuple[date, date], ...]:
    if history.paused_on is None:
        return history.pauses
    return (*history.pauses, (history.paused_on, as_of))


def _approval(
    history: History, terms: Terms, calendar: WorkCalendar, pauses: Pauses
) -> tuple[DueDate | None, DueDate | None]:
    accepted = history.accepted_on
    if accepted is None:
        return None, None
    extension = terms.extension if history.extended else 0
    promised, statutory = (
        last_day(calendar, accepted, term, extension=extension, pauses=pauses, rolls=terms.rolls)
        if term is not None
        else None
        for term in (terms.promised, terms.statutory)
    )
    return promised, statutory


def _progress(
    accepted: date | None, promised: DueDate | None, pauses: Pauses, calendar: WorkCalendar, as_of: date
) -> Progress | None:
    if accepted is None or promised is None:
        return None
    still = working_days(calendar, pauses)
    return Progress(
        left=_days_left(calendar, as_of, promised.day),
        gone=calendar.working_days_between(accepted, as_of) - still,
        whole=calendar.working_days_between(accepted, promised.day) - still,
    )


def _days_left(calendar: WorkCalendar, today: date, due: date) -> int:
    """Negative when past, at least by one: a Saturday after a Friday is late."""
    if today <= due:
        return calendar.working_days_between(today, due)
    return -max(1, calendar.working_days_between(due, today))


def _materials_by(history: History, terms: Terms, calendar: WorkCalendar) -> DueDate | None:
    if history.tolerant_on is None or terms.tolerance is None or history.ended_on is not None:
        return None
    return last_day(calendar, history.tolerant_on, terms.tolerance)


def _deliver_by(history: History, terms: Terms, calendar: WorkCalendar) -> DueDate | None:
    """行政许可法 art. 44: the document reaches the applicant within a term of the decision."""
    if history.granted_on is None or terms.deliver is None:
        return None
    return last_day(calendar, history.granted_on, terms.deliver)


def _from(start: date | None, term: Duration | None, calendar: WorkCalendar, rolls: bool) -> DueDate | None:
    return last_day(calendar, start, term, rolls=rolls) if start is not None and term is not None else None


def _duty(
    owed: Mapping[DutyKind, DueDate | None], calendar: WorkCalendar, today: date, lights: Lights
) -> Duty | None:
    """The first that is owed: while something is being put right, that day counts, and not the day of the first check."""
    for kind, due in owed.items():
        if due is not None:
            left = _days_left(calendar, today, due.day)
            light = (
                Light.RED if left < 0 else Light.YELLOW if left <= lights.yellow_days_left else Light.GREEN
            )
            return Duty(kind, due, left, light)
    return None


def _light(
    history: History,
    promised: DueDate | None,
    statutory: DueDate | None,
    progress: Progress | None,
    calendar: WorkCalendar,
    today: date,
    lights: Lights,
) -> Light:
    if promised is not None and progress is not None:
        return colour(today, promised, statutory, progress, lights)
    if history.notify_by is not None:
        left = calendar.working_days_between(today, history.notify_by.day)
        return Light.YELLOW if left <= lights.yellow_days_left else Light.GREEN
    return Light.NONE

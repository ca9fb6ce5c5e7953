"""What happens to a case, as data. States follow from events, due dates from events and a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Duration


class State(StrEnum):
    WAITING = "waiting"  # for evidence that another case produces
    SUBMITTED = "submitted"
    CORRECTING = "correcting"  # 补正: every defect listed once
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    COMPLETED = "completed"  # granted and delivered


class Event(StrEnum):
    SUBMIT = "submit"
    HOLD = "hold"  # submitted while evidence of another case is awaited
    RELEASE = "release"  # the awaited evidence is there
    REQUEST_CORRECTION = "request_correction"
    ANSWER_CORRECTION = "answer_correction"
    ACCEPT = "accept"
    ACCEPT_TOLERANTLY = "accept_tolerantly"
    COMPLETE_MATERIALS = "complete_materials"  # the deferred ones are in
    DECLINE = "decline"  # not accepted
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    GRANT = "grant"
    REFUSE = "refuse"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """`day` is the civil date of the place; `at` the instant in UTC."""

    event: Event
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """The periods of one case, fixed when it was submitted."""

    promised: Duration
    statutory: Duration | None
    extension: int
    """Units by which the statutory and promised term may be extended once."""
    notify_missing: Duration | None
    deliver: Duration | None
    tolerance: Duration | None
    rolls: bool = True


class Light(StrEnum):
    """Electronic supervision (电子监察). `NONE`: no clock runs."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"  # past the promised day
    BLACK = "black"  # past the statutory day


@dataclass(frozen=True, slots=True)
class Clock:
    """All due dates of a case as of one day, recomputed from its events."""

    state: State
    running: bool
    """False while suspended, waiting, correcting, or decided."""
    notify_by: DueDate | None
    """Last day to list defects; None once accepted or listed."""
    accepted_on: date | None
    """The day of acceptance, also when it is deemed."""
    deemed_accepted: bool
    """Accepted by silence (行政许可法 art. 32(4))."""
    promised: DueDate | None
    statutory: DueDate | None
    materials_by: DueDate | None
    """Deferred materials are due."""
    deliver_by: DueDate | None
    days_left: int | None
    """Working days to the promised day; negative when past. None: no clock runs."""
    light: Light
    used: float
    """Share of the promised term used, 0 to 1 and beyond."""

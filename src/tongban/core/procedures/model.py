"""What happens to a case, as data. States follow from events, due dates from events and a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

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
    ANNULLED = "annulled"  # 撤销: it should never have been granted
    RECALLED = "recalled"  # 撤回: lawful, and no longer possible for the public good
    CANCELLED = "cancelled"  # 注销: it has come to its end and is struck off


class Event(StrEnum):
    SUBMIT = "submit"
    HOLD = "hold"  # submitted while evidence of another case is awaited
    REVIVE = "revive"  # it ended for want of evidence, which was granted after all
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
    CONSULT = "consult"  # 征求意见: another authority is asked for its opinion
    ANSWER_CONSULTATION = "answer_consultation"
    LAPSE_CONSULTATION = (
        "lapse_consultation"  # 超时默认: silent until the last day, which counts as no objection
    )
    ORDER_INSPECTION = "order_inspection"  # 现场核查: officers are going to look at the place
    RECORD_INSPECTION = "record_inspection"  # recorded by one of them and confirmed by another
    GRANT = "grant"
    GRANT_ON_COMMITMENT = "grant_on_commitment"  # 告知承诺: decided on a promise, checked afterwards
    REFUSE = "refuse"
    OBJECT = "object"  # 异议: the applicant asks for a review
    END_OBJECTION = "end_objection"  # nobody objected within the term
    MISS_REVIEW = "miss_review"  # the term of the review went by
    UPHOLD = "uphold"  # 维持: reviewed, and it stands
    OVERTURN = "overturn"  # 变更: reviewed, and granted after all
    REOPEN = "reopen"  # 发回: reviewed, and to be decided anew; the case goes on with its history
    DELIVER = "deliver"
    MISS_VERIFICATION = "miss_verification"  # the term for checking a promise went by
    ORDER_REMEDY = "order_remedy"  # 责令整改: the promise is not kept yet
    VERIFY = "verify"  # the promise was checked and is kept
    ANNOUNCE_END = "announce_end"  # 告知: the holder is told that and why it is to end
    STATE_DEFENCE = "state_defence"  # 陈述、申辩: the holder says what speaks against it
    ASK_HEARING = "ask_hearing"  # 要求听证
    CLOSE_STATEMENT = "close_statement"  # the time for stating and asking is over
    HOLD_HEARING = "hold_hearing"  # 举行听证: held, and its record is written
    CALL_OFF_END = "call_off_end"  # it is not going to end after all
    ANNUL = "annul"
    RECALL = "recall"
    CANCEL = "cancel"
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
    verify: Duration | None = None
    """From a decision on commitment to the check whether the promise is kept; None: not decided on commitment."""
    remedy: Duration | None = None
    """For putting right what a check has found."""
    objection: Duration | None = None
    """For objecting to what was decided against the applicant; None: only the remedies of law."""
    review: Duration | None = None
    """From an objection to its review."""
    correction: Duration | None = None
    """For answering a correction notice; None: nothing follows from silence."""
    remind: Duration | None = None
    """By how long before that last day the applicant is reminded."""
    heard: Duration | None = None
    """For stating and defending, and for asking for a hearing, before something granted ends."""
    hearing: Duration | None = None
    """From asking for a hearing to the day it is held; None: a hearing cannot be asked for."""
    renews_until: date | None = None
    """Last day of the licence that is to be renewed, where it was applied for in time: no decision by then is a grant
    (行政许可法 art. 50)."""


class Light(StrEnum):
    """Electronic supervision (电子监察). `NONE`: no clock runs."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"  # past the promised day
    BLACK = "black"  # past the statutory day


DutyKind = Literal["verify", "remedy", "review", "hearing"]


@dataclass(frozen=True, slots=True)
class Duty:
    """What somebody still owes after the decision, with the day and its light."""

    kind: DutyKind
    """`verify`: the office checks a promise. `remedy`: the holder puts right what was found, then the office looks
    again. `review`: another officer reviews what was objected to. `hearing`: the office holds the hearing that the holder
    has asked for."""
    due: DueDate
    days_left: int
    """Working days to `due`; negative when past."""
    light: Light
    """Red when past: no law ends the decision by itself, so it is never black."""


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
    verify_by: DueDate | None = None
    """A promise on which it was granted is checked until then; None once it was, or when none was made."""
    remedy_by: DueDate | None = None
    """What a check has found is put right until then."""
    object_by: DueDate | None = None
    """Last day to object; None when nothing was decided against the applicant, or that is over."""
    review_by: DueDate | None = None
    """What was objected to is reviewed until then."""
    duty: Duty | None = None
    """The next thing owed after the decision."""
    correct_by: DueDate | None = None
    """A correction notice is answered until then; later the application counts as taken back."""
    remind_on: date | None = None
    """Day from which the applicant is reminded of that."""
    state_by: DueDate | None = None
    """Last day for the holder to state and defend, and to ask for a hearing, before what was granted ends."""
    hearing_by: DueDate | None = None
    """The hearing that the holder has asked for is held until then."""
    deemed_on: date | None = None
    """The day on which it counted as accepted because of silence; acceptance itself counts from the receipt."""
    renews_until: date | None = None
    """No decision by the end of this day is a renewal (行政许可法 art. 50)."""
    renewed_by_silence: bool = False
    """That day is over, and nothing was decided."""

"""Shapes of this room's API, and how applications and cases become them. Dates are ISO 8601, texts {zh, en}."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema

from tongban.base.kit.acting import Acting
from tongban.core.packs.model import Fact
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Plan
from tongban.core.procedures.model import Clock
from tongban.core.values.calendar import DueDate
from tongban.core.values.text import Bilingual
from tongban.work.cases import form, models, queries
from tongban.work.cases.actions import hearings, revocations
from tongban.work.cases.grounds import GROUNDS

SENSITIVE = 4

_VALUES = (
    "Fact to value: true or false, whole number, text, date as text, a code; a number with a point as text or number (read "
    'exactly); money in yuan as text, or whole fen as number; {"absent": true}: it is known that there is none'
)
Facts = Annotated[
    dict[str, Any],
    Field(
        description=f"{_VALUES}; so is null. What is left out is not known yet",
        examples=[{"area": "46", "grade": {"absent": True}}],
        max_length=200,
    ),
]
Answers = Annotated[
    dict[str, Any],
    Field(
        description=f"{_VALUES}, where the question of the plan has words for it in `none`; null takes an answer back",
        examples=[{"area": "46", "grade": {"absent": True}, "sign": None}],
        max_length=200,
    ),
]


class Words(Schema):
    zh: str
    en: str


class FieldProblem(Schema):
    field: str
    message: str


class ProblemOut(Schema):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    code: Annotated[str, Field(description="Stable name of the kind of problem")]
    detail: Annotated[str, Field(description="In the reader's language")]
    errors: list[FieldProblem] = []


class Due(Schema):
    day: date
    provisional: Annotated[
        bool, Field(description="Past what the published calendar covers; the day may still move")
    ]


class HeldIn(Schema):
    kind: Literal["licence", "registry"]
    id: Annotated[str, Field(max_length=80, description="Licence kind or registry resource")]
    reference: Annotated[str, Field(max_length=160)] = ""
    valid_to: date | None = None


class PlanIn(Schema):
    event: Annotated[str, Field(max_length=80)]
    place: Annotated[
        str | None, Field(pattern=r"^\d{6}$", description="Division code; this node's place by default")
    ] = None
    at: Annotated[date | None, Field(description="Civil date of submission; today by default")] = None
    facts: Facts = {}
    before: Annotated[
        Facts | None,
        Field(description="What was known before an answer was given or changed: its `changes` are told"),
    ] = None
    held: Annotated[list[HeldIn], Field(max_length=100)] = []


class ApplicationIn(Schema):
    event: Annotated[str, Field(max_length=80)]
    answers: Answers = {}
    consent: Annotated[bool | None, Field(description="Whether licences and registries may be drawn on")] = (
        None
    )
    submit: Annotated[
        bool, Field(description="Submit at once; refused as a whole when anything is missing")
    ] = False


class ApplicationChange(Schema):
    answers: Answers = {}
    consent: bool | None = None
    deferring: Annotated[
        list[str] | None, Field(max_length=100, description="Materials to hand in later, all of them")
    ] = None


class DefectIn(Schema):
    kind: Literal["material", "fact"]
    id: Annotated[str, Field(max_length=80)]
    text: Annotated[str, Field(max_length=500)]


class CorrectionIn(Schema):
    defects: Annotated[list[DefectIn], Field(max_length=100)]


class ReasonsIn(Schema):
    reasons: Annotated[str, Field(max_length=2000, description="In words the applicant understands")]


class DecisionIn(Schema):
    outcome: Literal["granted", "refused"]
    reasons: Annotated[str, Field(max_length=4000)]


class Answer(Schema):
    value: Any
    absent: Annotated[bool, Field(description="It is known that there is none; the value is null")]
    source: Literal["licence", "registry", "answer"]
    source_id: str
    reference: str
    observed_at: date
    masked: Annotated[bool, Field(description="A sensitive value, shown in part")]
    shown_by: Annotated[Words | None, Field(description="The other place that has shown the licence")] = None


class EventOut(Schema):
    event: str
    day: date
    at: datetime
    role: str
    note: str


class CheckIn(Schema):
    kept: Annotated[
        bool,
        Field(
            description="true: the promise is kept; false: what was found is to be put right in the pack's term"
        ),
    ]
    reasons: Annotated[
        str, Field(max_length=2000, description="What was found, in words the applicant understands")
    ]


class EndingIn(Schema):
    ground: Annotated[str, Field(max_length=24, description="One of `possible_grounds` of the case")]
    reasons: Annotated[str, Field(max_length=2000, description="In words the applicant understands")]


class SubmissionIn(Schema):
    by_person: Annotated[bool, Field(description="A person decides, not the platform by rule")] = False


class StatementIn(Schema):
    statement: Annotated[str, Field(max_length=4000, description="What speaks against it")]


class HearingIn(Schema):
    at: Annotated[datetime, Field(description="With its zone, or in the time of the place")]
    where: Annotated[str, Field(max_length=200)]


class RecordIn(Schema):
    record: Annotated[str, Field(max_length=20000, description="What was said")]


class AnsweredIn(Schema):
    answer: Annotated[
        str, Field(max_length=4000, description="To what the holder has stated; needed where they have")
    ] = ""


class TerminationIn(Schema):
    ground: Annotated[str, Field(max_length=24, description="applicant-gone, matter-gone or not-needed")]
    reasons: Annotated[str, Field(max_length=2000, description="In words the applicant understands")]


class HeardOut(Schema):
    statement: str
    asked_at: Annotated[datetime | None, Field(description="A hearing was asked for")]
    held_at: datetime | None
    where: str
    record: str
    answer: str


class EndingOut(Schema):
    ground: str
    kind: Annotated[Literal["annul", "recall", "cancel"], Field(description="撤销, 撤回, 注销")]
    reasons: str
    proposed_at: datetime
    carried_out_at: Annotated[
        datetime | None, Field(description="null: a second officer has yet to carry it out")
    ]
    document: str
    heard: Annotated[
        HeardOut | None, Field(description="How the holder is heard; null: the ground needs no hearing")
    ]


class ReviewIn(Schema):
    outcome: Annotated[
        Literal["upheld", "changed", "sent-back"],
        Field(description="It stands; it is granted after all; or the case goes on and is decided anew"),
    ]
    reasons: Annotated[str, Field(max_length=2000, description="In words the applicant understands")]


class ObjectionOut(Schema):
    against: Annotated[str, Field(description="refuse, decline, annul, recall or cancel")]
    reasons: str
    made_at: datetime
    outcome: Annotated[
        Literal["", "upheld", "changed", "sent-back"], Field(description="Empty: being reviewed")
    ]
    review_reasons: str
    document: Annotated[str, Field(description="Of the review, else the receipt")]


class DutyOut(Schema):
    """What is still owed after the decision."""

    kind: Literal["verify", "remedy", "review"]
    due: Due
    days_left: int
    light: str


class DecisionOut(Schema):
    outcome: Literal["granted", "refused"]
    reasons: str
    articles: list[str]
    automatic: bool
    by_law: Annotated[
        str, Field(description="`renewal`: nobody decided, and the law takes that for a grant; else empty")
    ]
    decided_on: date
    document: str


class ClockOut(Schema):
    running: bool
    light: str
    days_left: Annotated[
        int | None, Field(description="Working days to the promised day; negative when past")
    ]
    notify_by: Due | None
    promised: Due | None
    statutory: Due | None
    materials_by: Due | None
    deliver_by: Due | None
    object_by: Annotated[Due | None, Field(description="Last day to object to what was decided")]
    correct_by: Annotated[
        Due | None, Field(description="Last day to answer a correction notice; later it counts as taken back")
    ]
    state_by: Annotated[
        Due | None, Field(description="Last day to state and defend before what was granted ends")
    ]
    hearing_by: Annotated[Due | None, Field(description="The hearing that was asked for is held until then")]
    renews_until: Annotated[
        date | None, Field(description="Not decided by the end of this day, it counts as renewed")
    ]
    duty: DutyOut | None


class CaseOut(Schema):
    number: str
    application: str
    service: str
    name: Words
    organisation: str
    state: str
    version: int
    waits_for: list[str]
    materials: list[str]
    deferred: list[str]
    clock: ClockOut
    events: list[EventOut]
    decision: DecisionOut | None
    ending: Annotated[
        EndingOut | None, Field(description="Of what was granted; a proposal is shown to officers only")
    ]
    objections: list[ObjectionOut]
    possible_grounds: Annotated[
        list[str], Field(description="On which an officer could end what was granted now; empty for others")
    ]
    closed_at: datetime | None


class ApplicationOut(Schema):
    id: UUID
    number: str | None
    event: str
    name: str
    place: str
    state: Literal["draft", "in_progress", "correcting", "done"]
    version: Annotated[int, Field(description="Goes into If-Match")]
    submitted_at: datetime | None
    submitted_on: date | None
    updated_at: datetime
    answers: dict[str, Answer]
    materials: Annotated[
        dict[str, str], Field(description="Material to the way it is met: upload, commit, held, form")
    ]
    missing: Annotated[
        dict[str, str], Field(description="What keeps a draft from being submitted; empty: ready")
    ]
    plan: Annotated[dict[str, Any] | None, Field(description="Of a draft, as POST /plans gives it")]
    cases: list[CaseOut]


class ApplicationRow(Schema):
    id: UUID
    number: str | None
    event: str
    name: str
    state: Literal["draft", "in_progress", "correcting", "done"]
    cases: int
    closed: int
    due: Due | None
    updated_at: datetime


class ApplicationPage(Schema):
    items: list[ApplicationRow]
    count: int


class CaseRow(Schema):
    number: str
    service: str
    name: Words
    applicant: str
    state: str
    light: str
    due: Due | None
    left: int | None
    version: int


class CasePage(Schema):
    items: list[CaseRow]
    count: int


class PlanOut(Schema):
    """The plan, with the trace of every reason; the same as `tongban plan --json`."""

    event: str
    at: date
    pack: dict[str, str]
    complete: bool
    services: list[dict[str, Any]]
    not_needed: list[str]
    materials: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    form: list[str]
    finish: dict[str, Any]
    working_days: dict[str, int]
    critical_path: list[str]
    reductions: dict[str, Any]
    changes: Annotated[
        dict[str, Any] | None,
        Field(description="Against the plan of `before`; null when nothing to compare with was sent"),
    ] = None


def words(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def due(date_: DueDate | None) -> dict[str, Any] | None:
    return {"day": date_.day.isoformat(), "provisional": date_.provisional} if date_ else None


def application(
    found: models.Application, pack: Pack, today: date, missing: Mapping[str, str], plan: Plan | None
) -> dict[str, Any]:
    """One application as `ApplicationOut`, ready for JSON. The plan is given for drafts."""
    from tongban.core.planning import to_json

    cases = queries.cases_of(found) if found.state == "submitted" else []
    return {
        "id": str(found.id), "number": found.number, "event": found.event, "name": found.name, "place": found.place,
        "state": queries.state_of(found, cases), "version": found.version, "submitted_at": _instant(found.submitted_at),
        "submitted_on": found.submitted_on.isoformat() if found.submitted_on else None, "updated_at": _instant(found.updated_at),
        "answers": {name: _answer(entry, pack.facts.get(name)) for name, entry in found.answers.items()},
        "materials": {m: row.way for m, row in form.current_materials(found).items()},
        "missing": dict(missing), "plan": to_json.plan(plan, pack) if plan else None,
        "cases": [case(c, pack, today) for c in cases],
    }  # fmt: skip


def case(found: models.Case, pack: Pack, today: date, acting: Acting | None = None) -> dict[str, Any]:
    """One case as `CaseOut`, ready for JSON. An officer who acts sees what is only proposed."""
    clock = form.clock_of(found, pack, today)
    decision = found.decision
    officer = acting if acting is not None and acting.role == "officer" else None
    return {
        "number": found.number, "application": found.application.number, "service": found.service,
        "name": words(pack.services[found.service].name), "organisation": found.organisation, "state": found.state,
        "objections": [_objection(one) for one in found.objections.order_by("made_at")],
        "ending": _ending(found, officer), "possible_grounds": revocations.possible_grounds(found, officer) if officer else [],
        "version": found.version, "waits_for": found.waits_for, "materials": found.materials, "deferred": found.deferred,
        "clock": _clock(clock), "closed_at": _instant(found.closed_at),
        "events": [
            {"event": e.event, "day": e.day.isoformat(), "at": _instant(e.at), "role": e.role, "note": e.note}
            for e in sorted(found.events.all(), key=lambda e: e.sequence)
        ],
        "decision": None if decision is None else {
            "outcome": decision.outcome, "reasons": decision.reasons, "articles": decision.articles,
            "automatic": decision.automatic, "by_law": decision.by_law, "decided_on": decision.decided_on.isoformat(), "document": decision.document,
        },
    }  # fmt: skip


def row(found: queries.Row) -> dict[str, Any]:
    return {
        "id": str(found.id), "number": found.number, "event": found.event, "name": found.name, "state": found.state,
        "cases": found.cases, "closed": found.closed, "due": due(found.due), "updated_at": _instant(found.updated_at),
    }  # fmt: skip


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "running": clock.running, "light": clock.light.value, "days_left": clock.days_left, "notify_by": due(clock.notify_by),
        "promised": due(clock.promised), "statutory": due(clock.statutory), "materials_by": due(clock.materials_by),
        "deliver_by": due(clock.deliver_by),
        "object_by": due(clock.object_by),
        "correct_by": due(clock.correct_by), "state_by": due(clock.state_by), "hearing_by": due(clock.hearing_by),
        "renews_until": clock.renews_until.isoformat() if clock.renews_until else None,
        "duty": None if clock.duty is None else {
            "kind": clock.duty.kind, "due": due(clock.duty.due), "days_left": clock.duty.days_left, "light": clock.duty.light.value,
        },
    }  # fmt: skip


def _objection(found: models.Objection) -> dict[str, Any]:
    return {
        "against": found.against, "reasons": found.reasons, "made_at": _instant(found.made_at), "outcome": found.outcome,
        "review_reasons": found.review_reasons, "document": found.document or found.receipt,
    }  # fmt: skip


def _ending(found: models.Case, officer: Acting | None) -> dict[str, Any] | None:
    ending = found.endings.filter(dropped_at=None, overturned_at=None).first()
    heard = hearings.of(ending)
    if ending is None or (ending.carried_out_at is None and officer is None and heard is None):
        return None
    return {
        "ground": ending.ground, "kind": GROUNDS[ending.ground].event.value, "reasons": ending.reasons,
        "proposed_at": _instant(ending.proposed_at), "carried_out_at": _instant(ending.carried_out_at),
        "document": ending.document,
        "heard": heard and {
            "statement": heard.statement, "asked_at": _instant(heard.asked_at), "held_at": _instant(heard.held_at),
            "where": heard.where, "record": heard.record, "answer": heard.answer,
        },
    }  # fmt: skip


def _answer(entry: Mapping[str, Any], fact: Fact | None) -> dict[str, Any]:
    hidden = fact is not None and fact.sensitivity >= SENSITIVE and entry["value"] is not None
    value = entry["value"]
    if hidden:
        text = str(value)
        value = f"{text[:4]}{'*' * max(0, len(text) - 8)}{text[-4:]}" if len(text) > 8 else "*" * len(text)
    return {
        **{k: entry[k] for k in ("source", "source_id", "reference", "observed_at")},
        "value": value,
        "absent": value is None,
        "masked": hidden,
        "shown_by": entry["from"]["place"] if "from" in entry else None,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

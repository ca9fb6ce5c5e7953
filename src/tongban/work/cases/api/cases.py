"""Cases: the worklist and what officers do, and reading a case of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.security import django_auth

from tongban.base.kit.acting import Acting
from tongban.work.cases import access, form, models, schemas
from tongban.work.cases.actions import commitments, decisions, handling, hearings, objections, revocations
from tongban.work.cases.api.exchange import (
    CHANGES,
    READS,
    IdempotencyKey,
    IfMatch,
    acting_of,
    acts_as,
    key_of,
    once,
    version_of,
    with_tag,
)
from tongban.work.cases.worklist import SHOWN, Worklist

router = Router(tags=["cases"])


@router.get(
    "/cases", auth=django_auth, response={200: schemas.CasePage, **READS}, operation_id="list_cases",
    summary="The worklist of an officer or window clerk",
)  # fmt: skip
@acts_as("officer", "clerk")
def list_cases(
    request: HttpRequest,
    show: Annotated[Literal[SHOWN], Query()] = "open",  # type: ignore[valid-type]
    search: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> dict[str, Any]:
    """25 to a page, the most urgent first."""
    found = Worklist(acting_of(request), show=show, search=search.replace("\x00", "")).page(page, whole=True)
    items = found.object_list if page <= found.paginator.num_pages else []
    return {"items": [_case_row(row) for row in items], "count": found.paginator.count}


@router.get(
    "/cases/{number}", auth=django_auth, response={200: schemas.CaseOut, **READS}, operation_id="get_case",
    summary="One case: of one's own application, or of the officer's organisation",
)  # fmt: skip
@acts_as("applicant", "agent", "officer", "clerk")
def get_case(request: HttpRequest, response: HttpResponse, number: str) -> dict[str, Any]:
    return with_tag(response, _shown_case(acting_of(request), key_of(number)))


Act = Callable[[Acting, str, int | None], models.Case | models.Ending | models.Heard | models.Objection]


def _officer(
    path: str, operation_id: str, summary: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        return router.post(
            f"/cases/{{number}}/{path}", auth=django_auth, response={200: schemas.CaseOut, **CHANGES},
            operation_id=operation_id, summary=summary,
        )(acts_as("officer")(view))  # fmt: skip

    return register


@_officer("accept", "accept_case", "Accept a case; with deferred materials it is accepted tolerantly")
def accept_case(
    request: HttpRequest,
    response: HttpResponse,
    number: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    return _act(
        request,
        response,
        number,
        if_match,
        idempotency_key,
        lambda a, n, v: handling.accept(acting=a, number=n, version=v),
    )


@_officer("corrections", "request_correction", "List every defect at once; it can be done once")
def request_correction(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.CorrectionIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    defects = [d.dict() for d in body.defects]
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: handling.request_correction(acting=a, number=n, defects=defects, version=v),
    )  # fmt: skip


@_officer("declines", "decline_case", "Not accept a case, with reasons")
def decline_case(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.ReasonsIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: handling.decline(acting=a, number=n, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer("suspensions", "suspend_case", "Stop the clock, with reasons")
def suspend_case(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.ReasonsIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: handling.suspend(acting=a, number=n, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer("resumptions", "resume_case", "Let the clock run again")
def resume_case(
    request: HttpRequest,
    response: HttpResponse,
    number: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    return _act(
        request,
        response,
        number,
        if_match,
        idempotency_key,
        lambda a, n, v: handling.resume(acting=a, number=n, version=v),
    )


@_officer("extensions", "extend_case", "Extend the term once, with reasons")
def extend_case(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.ReasonsIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: handling.extend(acting=a, number=n, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer("decisions", "decide_case", "Grant or refuse an accepted case, with reasons")
def decide_case(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.DecisionIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: decisions.decide(acting=a, number=n, outcome=body.outcome, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer("checks", "check_commitment", "Say what the check of a commitment has found, with reasons")
def check_commitment(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.CheckIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    act = commitments.verify if body.kept else commitments.order_remedy
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: act(acting=a, number=n, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer(
    "endings", "end_result", "Annul, recall or cancel what was granted, or propose it to a second officer"
)
def end_result(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.EndingIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: revocations.propose(acting=a, number=n, ground=body.ground, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer(
    "endings/confirmation",
    "confirm_ending",
    "Carry out what was proposed to end, once its holder has been heard",
)
def confirm_ending(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.AnsweredIn | None = None,
    if_match: IfMatch = None, idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    answer = body.answer if body else ""
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: revocations.carry_out(acting=a, number=n, answer=answer, version=v),
    )  # fmt: skip


@_officer(
    "endings/hearing", "call_hearing", "Tell the holder when and where the hearing they asked for is held"
)
def call_hearing(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.HearingIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: hearings.summon(acting=a, number=n, at=body.at, where=body.where, version=v),
    )  # fmt: skip


@_officer(
    "endings/hearing/record",
    "record_hearing",
    "Put on record what was said in a hearing, as whoever presided",
)
def record_hearing(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.RecordIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: hearings.record(acting=a, number=n, record=body.record, version=v),
    )  # fmt: skip


@_officer("termination", "terminate_case", "End a case in which nothing is left to decide")
def terminate_case(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.TerminationIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: handling.terminate(acting=a, number=n, ground=body.ground, reasons=body.reasons, version=v),
    )  # fmt: skip


@router.post(
    "/cases/{number}/statements", auth=django_auth, response={200: schemas.CaseOut, **CHANGES},
    operation_id="state_against_ending", summary="Say what speaks against the end of what was granted to one, once",
)  # fmt: skip
@acts_as("applicant")
def state_against_ending(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.StatementIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: hearings.state(acting=a, number=n, statement=body.statement, version=v),
    )  # fmt: skip


@router.post(
    "/cases/{number}/hearings", auth=django_auth, response={200: schemas.CaseOut, **CHANGES},
    operation_id="ask_for_hearing", summary="Ask for a hearing before what was granted to one ends",
)  # fmt: skip
@acts_as("applicant")
def ask_for_hearing(
    request: HttpRequest, response: HttpResponse, number: str, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: hearings.ask_hearing(acting=a, number=n, version=v),
    )  # fmt: skip


@_officer("endings/dropping", "drop_ending", "Drop a proposal to end what was granted")
def drop_ending(
    request: HttpRequest,
    response: HttpResponse,
    number: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    return _act(
        request,
        response,
        number,
        if_match,
        idempotency_key,
        lambda a, n, v: revocations.drop(acting=a, number=n, version=v),
    )


@_officer(
    "readmission", "readmit_to_commitments", "Lift an exclusion from commitments: the record was repaired"
)
def readmit(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.ReasonsIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: commitments.lift(acting=a, number=n, reasons=body.reasons, version=v),
    )  # fmt: skip


@router.post(
    "/cases/{number}/objections", auth=django_auth, response={200: schemas.CaseOut, **CHANGES},
    operation_id="object_to_decision", summary="Object to what was decided against one, within the term",
)  # fmt: skip
@acts_as("applicant", "agent")
def object_to_decision(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.ReasonsIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: objections.object_to(acting=a, number=n, reasons=body.reasons, version=v),
    )  # fmt: skip


@_officer(
    "reviews", "review_objection", "Say what the review of an objection has come to, as another officer"
)
def review_objection(
    request: HttpRequest, response: HttpResponse, number: str, body: schemas.ReviewIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    return _act(
        request, response, number, if_match, idempotency_key,
        lambda a, n, v: objections.review(acting=a, number=n, outcome=body.outcome, reasons=body.reasons, version=v),
    )  # fmt: skip


def _act(
    request: HttpRequest, response: HttpResponse, number: str, if_match: str | None, key: str | None, act: Act
) -> dict[str, Any]:
    """One action on a case: known version, once per key, answered with the case as it is now."""
    acting, number = acting_of(request), key_of(number)
    access.case(acting, number)  # one that may not be seen is not found, whatever the version

    def run() -> dict[str, Any]:
        act(acting, number, version_of(if_match))
        return _shown_case(acting, number)

    return once(request, response, key, run)


def _shown_case(acting: Acting, number: str) -> dict[str, Any]:
    found = access.case(acting, number)
    return schemas.case(found, form.pack_of(found.application, acting), acting.today, acting)


def _case_row(row: Any) -> dict[str, Any]:
    return {
        "number": row.number, "service": row.case.service, "name": schemas.words(row.service),
        "applicant": row.name or (row.applicant.name if row.applicant else ""), "state": row.state, "light": row.light.value,
        "due": schemas.due(row.due), "left": row.left, "version": row.case.version,
    }  # fmt: skip

"""Opinions between offices over HTTP, with the same actions as the pages."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.security import django_auth

from tongban.core.packs import facts as packfacts
from tongban.work.cases import access, consulted, form, models, schemas, visits_access
from tongban.work.cases.actions import consultations
from tongban.work.cases.api.exchange import (
    CHANGES,
    READS,
    WRITES,
    IdempotencyKey,
    IfMatch,
    acting_of,
    acts_as,
    key_of,
    once,
    version_of,
    with_tag,
)
from tongban.work.cases.consulted import TABS, Consulted, Row

router = Router(tags=["cases"])


class ConsultIn(Schema):
    consultations: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(
            min_length=1,
            max_length=50,
            description="Ids of consultations of the service; all are asked at once",
        ),
    ]
    question: Annotated[str, Field(max_length=2000)] = ""


class OpinionIn(Schema):
    opinion: Literal["no-objection", "condition", "objection"]
    words: Annotated[
        str,
        Field(
            max_length=4000, description="For the office that decides; needed unless there is no objection"
        ),
    ] = ""


class ConsultationOut(Schema):
    id: UUID
    case: str
    service: str
    consultation: Annotated[str, Field(description="Id in the pack of the case")]
    about: schemas.Words | None
    asked_by: Annotated[str, Field(description="Organisation that asks")]
    organisation: Annotated[str, Field(description="Organisation that is asked")]
    question: str
    asked_on: str
    due: schemas.Due
    days_left: int
    light: str
    silence: Literal["no-objection", "wait"]
    open: Annotated[bool, Field(description="An opinion can still be given")]
    opinion: Annotated[
        str, Field(description="no-objection, condition, objection, silent; empty while there is none")
    ]
    words: str
    answered_on: str | None
    version: int


class ConsultationPage(Schema):
    items: list[ConsultationOut]
    count: int


class OpinionAsked(ConsultationOut):
    facts: Annotated[
        dict[str, Any], Field(description="What the opinion needs, by fact; empty once it is given")
    ]
    materials: Annotated[dict[str, str], Field(description="Material to the way it is met; the same")]


@router.post(
    "/cases/{number}/consultations", auth=django_auth, response={200: ConsultationPage, **CHANGES},
    operation_id="consult_authorities", summary="Ask other authorities for their opinion, all at once",
)  # fmt: skip
@acts_as("officer")
def consult_authorities(
    request: HttpRequest, response: HttpResponse, number: str, body: ConsultIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    acting, number = acting_of(request), key_of(number)
    access.case(acting, number)

    def run() -> dict[str, Any]:
        case = consultations.consult(
            acting=acting,
            number=number,
            wanted=body.consultations,
            question=body.question,
            version=version_of(if_match),
        )
        return {**_of_case(case, request), "version": case.version}

    return once(request, response, idempotency_key, run)


@router.get(
    "/cases/{number}/consultations", auth=django_auth, response={200: ConsultationPage, **READS},
    operation_id="list_consultations_of_case", summary="Whom a case of one's own office has asked",
)  # fmt: skip
@acts_as("officer")
def list_consultations_of_case(request: HttpRequest, response: HttpResponse, number: str) -> dict[str, Any]:
    case = access.case(acting_of(request), key_of(number))
    return with_tag(response, {**_of_case(case, request), "version": case.version})


@router.get(
    "/consultations", auth=django_auth, response={200: ConsultationPage, **READS},
    operation_id="list_consultations", summary="What the officer's own office is asked, the most urgent first",
)  # fmt: skip
@acts_as("officer")
def list_consultations(
    request: HttpRequest,
    show: Annotated[Literal[TABS], Query()] = "open",  # type: ignore[valid-type]
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> dict[str, Any]:
    """25 to a page."""
    found = Consulted(acting_of(request), show=show).page(page)
    items = found.object_list if page <= found.paginator.num_pages else []
    return {"items": [_shown(row) for row in items], "count": found.paginator.count}


@router.get(
    "/consultations/{consultation}", auth=django_auth, response={200: OpinionAsked, **READS},
    operation_id="get_consultation", summary="One question to the officer's own office, with what the opinion needs",
)  # fmt: skip
@acts_as("officer")
def get_consultation(request: HttpRequest, response: HttpResponse, consultation: UUID) -> dict[str, Any]:
    return with_tag(response, _asked(request, consultation))


@router.post(
    "/consultations/{consultation}/opinion", auth=django_auth, response={200: OpinionAsked, **WRITES},
    operation_id="give_opinion", summary="Give the opinion of one's own office, once",
)  # fmt: skip
@acts_as("officer")
def give_opinion(
    request: HttpRequest, response: HttpResponse, consultation: UUID, body: OpinionIn, idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    def run() -> dict[str, Any]:
        consultations.answer(
            acting=acting_of(request), consultation=consultation, opinion=body.opinion, words=body.words
        )
        return _asked(request, consultation)

    return once(request, response, idempotency_key, run)


def _of_case(case: models.Case, request: HttpRequest) -> dict[str, Any]:
    found = list(case.consultations.order_by("asked_at", "pk"))
    for one in found:
        one.case = case
    rows = consulted.rows_of(found, acting_of(request))
    return {"items": [_shown(row) for row in rows], "count": len(rows)}


def _asked(request: HttpRequest, consultation: UUID) -> dict[str, Any]:
    acting = acting_of(request)
    row = consulted.row_of(visits_access.consultation(acting, consultation), acting)
    needed = consulted.shown(row)
    application = row.found.case.application
    known = form.facts_of(application, needed.pack)
    return {
        **_shown(row),
        "facts": packfacts.write_facts(
            needed.pack, {name: known[name] for name in needed.facts if name in known}
        ),
        "materials": {
            name: material.way if material else "missing" for name, material, _upload in needed.materials
        },
    }


def _shown(row: Row) -> dict[str, Any]:
    found, now = row.found, row.standing
    return {
        "id": str(found.id), "case": found.case.number, "service": found.case.service, "consultation": found.declared,
        "about": schemas.words(row.about) if row.about else None, "asked_by": found.case.organisation,
        "organisation": found.organisation, "question": found.question, "asked_on": found.asked_on.isoformat(),
        "due": schemas.due(now.due), "days_left": now.days_left, "light": now.light.value, "silence": found.silence,
        "open": row.open, "opinion": row.opinion, "words": found.words,
        "answered_on": found.answered_on.isoformat() if found.answered_on else None, "version": found.case.version,
    }  # fmt: skip

"""Inspections over HTTP, with the same actions as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.security import django_auth

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.work.cases import access, models, visits, visits_access
from tongban.work.cases.actions import inspections
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

router = Router(tags=["cases"])
_PAGE = 25


class OrderIn(Schema):
    appointed_at: Annotated[datetime, Field(description="When they come, with an offset from UTC")]
    reasons: Annotated[str, Field(max_length=2000)]
    left_out: Annotated[
        dict[UUID, str],
        Field(max_length=200, description="Account of an officer who cannot go to the reason"),
    ] = {}
    chosen: Annotated[
        list[UUID], Field(max_length=50, description="Who goes, where the pack does not have it drawn")
    ] = []
    together_with: Annotated[
        UUID | None, Field(description="A visit of another authority at whose time this one is made")
    ] = None


class ReplaceIn(Schema):
    account: UUID
    reason: Annotated[str, Field(max_length=500)]
    by: UUID | None = None


class LookIn(Schema):
    id: Annotated[str, Field(max_length=80)]
    passed: bool
    words: Annotated[str, Field(max_length=1000)] = ""


class FoundIn(Schema):
    visited_on: date
    looks: Annotated[list[LookIn], Field(max_length=100)]
    words: Annotated[str, Field(max_length=4000)] = ""


class LookOut(Schema):
    id: str
    passed: bool
    words: str


class DrawOut(Schema):
    """Everything that is needed to draw again: numbers are SHA-256 of seed, a line feed and the name; the smallest go."""

    pool: list[str]
    left_out: list[str]
    seed: Annotated[str, Field(description="Hash of the audit entry that fixes the pool")]
    entry: Annotated[int, Field(description="Its place in the chain of the application")]
    going: list[str]
    replaced: list[str]
    holds: bool


class InspectionOut(Schema):
    id: UUID
    case: str
    organisation: str
    appointed_at: datetime
    officers: int
    drawn: bool
    visit: Annotated[UUID, Field(description="The same for offices that come together")]
    result: Annotated[str, Field(description="passed, failed; empty until it is confirmed")]
    looks: list[LookOut]
    words: str
    visited_on: date | None
    notice: str
    record: str
    draw: Annotated[DrawOut | None, Field(description="For officers of the organ only")]
    version: int


class InspectionPage(Schema):
    items: list[InspectionOut]
    count: int
    visits_in_twelve_months: Annotated[
        int | None,
        Field(
            description="Of an applicant: visits to their places, a joint one counted once; null for officers"
        ),
    ]


@router.get(
    "/inspections", auth=django_auth, response={200: InspectionPage, **READS}, operation_id="list_inspections",
    summary="Inspections of the officer's organ, or of the applicant's own places, the latest first",
)  # fmt: skip
@acts_as("applicant", "officer")
def list_inspections(
    request: HttpRequest, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> dict[str, Any]:
    """25 to a page."""
    acting = acting_of(request)
    found = visits_access.inspections(acting).select_related("case").order_by("-appointed_at", "-pk")
    start = (page - 1) * _PAGE
    past = None
    if acting.role == "applicant":
        past = len(visits.past_year(set(found.values_list("subject", flat=True)), acting.today))
    return {
        "items": [_shown(one, acting) for one in found[start : start + _PAGE]],
        "count": found.count(),
        "visits_in_twelve_months": past,
    }


@router.get(
    "/inspections/{inspection}", auth=django_auth, response={200: InspectionOut, **READS},
    operation_id="get_inspection", summary="One inspection",
)  # fmt: skip
@acts_as("applicant", "officer")
def get_inspection(request: HttpRequest, response: HttpResponse, inspection: UUID) -> dict[str, Any]:
    return with_tag(response, _one(acting_of(request), inspection))


@router.post(
    "/cases/{number}/inspections", auth=django_auth, response={200: InspectionOut, **CHANGES},
    operation_id="order_inspection", summary="Order an inspection; who goes is drawn by lot",
)  # fmt: skip
@acts_as("officer")
def order_inspection(
    request: HttpRequest, response: HttpResponse, number: str, body: OrderIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    acting, number = acting_of(request), key_of(number)
    access.case(acting, number)

    def run() -> dict[str, Any]:
        made = inspections.order(
            acting=acting, number=number, appointed_at=_aware(acting, body.appointed_at), reasons=body.reasons,
            left_out=body.left_out, chosen=body.chosen, together_with=body.together_with, version=version_of(if_match),
        )  # fmt: skip
        return _one(acting, made.pk)

    return once(request, response, idempotency_key, run)


@router.post(
    "/inspections/{inspection}/replacements", auth=django_auth, response={200: InspectionOut, **CHANGES},
    operation_id="replace_inspector", summary="Let the next in the order of the lot go instead of one who was drawn",
)  # fmt: skip
@acts_as("officer")
def replace_inspector(
    request: HttpRequest, response: HttpResponse, inspection: UUID, body: ReplaceIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    acting = acting_of(request)

    def run() -> dict[str, Any]:
        inspections.replace(
            acting=acting, inspection=inspection, account=body.account, reason=body.reason, by=body.by,
            version=version_of(if_match),
        )  # fmt: skip
        return _one(acting, inspection)

    return once(request, response, idempotency_key, run)


@router.post(
    "/inspections/{inspection}/record", auth=django_auth, response={200: InspectionOut, **CHANGES},
    operation_id="record_inspection", summary="Write down what was found, as one of those who went",
)  # fmt: skip
@acts_as("officer")
def record_inspection(
    request: HttpRequest, response: HttpResponse, inspection: UUID, body: FoundIn, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    acting = acting_of(request)

    def run() -> dict[str, Any]:
        inspections.record(
            acting=acting, inspection=inspection, visited_on=body.visited_on, looks=[look.dict() for look in body.looks],
            words=body.words, version=version_of(if_match),
        )  # fmt: skip
        return _one(acting, inspection)

    return once(request, response, idempotency_key, run)


@router.post(
    "/inspections/{inspection}/confirmation", auth=django_auth, response={200: InspectionOut, **CHANGES},
    operation_id="confirm_inspection", summary="Confirm what another of those who went has recorded",
)  # fmt: skip
@acts_as("officer")
def confirm_inspection(
    request: HttpRequest, response: HttpResponse, inspection: UUID, if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    acting = acting_of(request)

    def run() -> dict[str, Any]:
        inspections.confirm(acting=acting, inspection=inspection, version=version_of(if_match))
        return _one(acting, inspection)

    return once(request, response, idempotency_key, run)


def _one(acting: Acting, inspection: UUID) -> dict[str, Any]:
    found = visits_access.inspections(acting).select_related("case").filter(pk=inspection).first()
    if found is None:
        raise NotFound("There is no such inspection, or it is not yours to see.")
    return _shown(found, acting)


def _shown(found: models.Inspection, acting: Acting) -> dict[str, Any]:
    """Whoever was visited sees what was found once it is confirmed, and nobody's name or account."""
    officer = acting.role == "officer"
    seen = officer or found.confirmed_at is not None
    draw = {
        "pool": found.pool, "left_out": [one["account"] for one in found.left_out], "seed": found.seed, "entry": found.entry,
        "going": found.going, "replaced": [one["account"] for one in found.replaced], "holds": visits.prove(found).holds,
    }  # fmt: skip
    return {
        "id": str(found.id), "case": found.case.number, "organisation": found.organisation,
        "appointed_at": found.appointed_at.isoformat(), "officers": found.officers, "drawn": found.drawn, "visit": str(found.visit),
        "result": found.result if found.confirmed_at else "", "looks": found.looks if seen else [], "words": found.words if seen else "",
        "visited_on": found.visited_on.isoformat() if seen and found.visited_on else None, "notice": found.notice,
        "record": found.record, "draw": draw if officer else None, "version": found.version,
    }  # fmt: skip


def _aware(acting: Acting, at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(acting.time_zone))

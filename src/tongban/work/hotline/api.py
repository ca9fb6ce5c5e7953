"""Reporting and following a ticket over HTTP, with the same actions as the pages. Nothing here says who reported it.

A POST may carry an `Idempotency-Key`: the same key and body give the first answer again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema
from ninja.responses import Status
from ninja.security import django_auth

from tongban.base.kit.text import in_language
from tongban.work.hotline import access
from tongban.work.hotline.actions import tickets
from tongban.work.hotline.actions.tickets import LENGTHS, Report
from tongban.work.hotline.pages.shown import shown

router = Router()


class FieldProblem(Schema):
    field: str
    message: str


class TicketProblem(Schema):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []


class TicketIn(Schema):
    title: Annotated[str, Field(max_length=LENGTHS["title"])]
    content: Annotated[str, Field(max_length=LENGTHS["content"])]
    location: Annotated[
        str, Field(max_length=LENGTHS["location"], description="The place complained about, in words")
    ]
    district: Annotated[
        str,
        Field(max_length=6, description="Division code; that of the city when it lies in no one district"),
    ]
    enterprise: Annotated[
        str, Field(max_length=LENGTHS["enterprise"], description="Name or credit code of a firm")
    ] = ""
    phone: Annotated[
        str,
        Field(max_length=LENGTHS["phone"], description="For the call-back; that of the account when empty"),
    ] = ""
    secret: Annotated[bool, Field(description="Hide the reporter from the hotline's own clerks too")] = False


class TicketEventOut(Schema):
    title: str
    at: datetime
    by: str
    note: str


class TicketOut(Schema):
    number: str
    state: str
    title: str
    content: str
    location: str
    district: str
    enterprise: str
    complaint_class: str | None
    time_class: str | None
    organisation: str | None
    due: Annotated[
        datetime | None, Field(description="First instant that is too late for whoever has to act now")
    ]
    received_at: datetime
    closed_at: datetime | None
    events: list[TicketEventOut]


REFUSED = {401: TicketProblem, 403: TicketProblem, 404: TicketProblem, 422: TicketProblem}


@router.post(
    "/tickets", auth=django_auth, response={201: TicketOut, **REFUSED}, tags=["hotline"], operation_id="report_ticket",
    summary="Report something to the hotline",
)  # fmt: skip
def report_ticket(
    request: HttpRequest,
    body: TicketIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=80)] = None,
) -> Status[Any]:
    acting = request.acting  # type: ignore[attr-defined]
    if acting.role != "applicant":
        raise access.missing()
    made = tickets.report(acting=acting, report=Report(**body.dict()), channel="api", key=idempotency_key)
    return Status(201, _shown(request, made.number))


@router.get(
    "/tickets/{number}", auth=django_auth, response={200: TicketOut, **REFUSED}, tags=["hotline"], operation_id="get_ticket",
    summary="One ticket, as far as one may see it",
)  # fmt: skip
def get_ticket(request: HttpRequest, number: str) -> dict[str, Any]:
    return _shown(request, number)


report_ticket.access = "roles:applicant"  # type: ignore[attr-defined]
get_ticket.access = "signed-in"  # type: ignore[attr-defined]


def _shown(request: HttpRequest, number: str) -> dict[str, Any]:
    acting = request.acting  # type: ignore[attr-defined]
    found = access.ticket(acting, number)
    view = shown(acting, found, for_resident=acting.role == "applicant")
    due = view.clock.binding
    return {
        "number": found.number, "state": view.clock.state.value, "title": view.words.title, "content": view.words.content,
        "location": view.words.location, "district": found.district, "enterprise": view.words.enterprise,
        "complaint_class": view.kind.id if view.kind else None, "time_class": view.kind.time_class if view.kind else None,
        "organisation": view.unit.id if view.unit else None, "due": due.end if due else None,
        "received_at": found.received_at, "closed_at": found.closed_at,
        "events": [{"title": e["title"], "at": e["at"], "by": in_language(e["by"]), "note": e["note"]} for e in view.timeline],
    }  # fmt: skip

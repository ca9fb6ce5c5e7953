"""Licences over HTTP: read one's own, verify anybody's.

Whoever mounts the router turns refusals into problem details (RFC 9457); 404 is documented here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.security import django_auth

from tongban.base.kit import access as route
from tongban.records.licences import actions, queries, verification

router = Router(tags=["licences"])


class Text(Schema):
    zh: str
    en: str


class Problem(Schema):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class LicenceOut(Schema):
    id: UUID
    kind: str
    name: Text
    identifier: Annotated[str, Field(description="GB/T 36904-2018")]
    number: str
    holder_name: str
    issuer: Text
    issue_date: date
    valid_from: date
    valid_to: Annotated[date | None, Field(description="Last day; null is long-term")]
    state: Literal["valid", "suspended", "revoked", "superseded", "expired", "not-yet-valid"]
    version: int
    fields: Annotated[dict[str, Any], Field(description="Field id to JSON value")]
    token: Annotated[str | None, Field(description="SD-JWT VC (RFC 9901) with every disclosure")]


class VerifyIn(Schema):
    token: Annotated[str, Field(description="SD-JWT VC in compact form, at most 64 KB")]


class VerifyOut(Schema):
    outcome: Literal[
        "valid",
        "expired",
        "not-yet-valid",
        "suspended",
        "revoked",
        "not-ours",
        "forged",
        "unreadable",
        "cannot-tell",
    ]
    message: Annotated[Text, Field(description="One line: who issued it, to whom, until when it is valid")]
    note: Annotated[Text | None, Field(description="What the answer does not cover")]
    issuer: Text | None
    kind: Text | None
    holder: str | None
    number: Annotated[str | None, Field(description="Shown in part")]
    valid_from: date | None
    valid_to: date | None
    checked_online: Annotated[
        bool, Field(description="Whether the issuer's register was asked for the status")
    ]


@router.post(
    "/licences/verify",
    auth=None,
    response=VerifyOut,
    operation_id="verify_licence",
    summary="Say whether a licence file is genuine and in force",
)
@route.public
def verify_licence(request: HttpRequest, body: VerifyIn) -> dict[str, Any]:
    """Every file gets an answer, a forged one too; nothing is kept. No field beyond these is ever shown."""
    return verification.as_json(queries.verify(body.token, request.acting.now))  # type: ignore[attr-defined]


@router.get(
    "/licences/{uuid:licence_id}",
    auth=django_auth,
    response={200: LicenceOut, 404: Problem},
    operation_id="get_licence",
    summary="One licence of one's own, or of the officer's organisation",
)
def get_licence(request: HttpRequest, licence_id: UUID) -> dict[str, Any]:
    """404 also for a licence that is somebody else's."""
    acting = request.acting  # type: ignore[attr-defined]
    found = actions.look_at(acting=acting, licence=licence_id)
    card = queries.card(found, acting.today)
    return {
        "id": found.id,
        "kind": found.kind,
        "name": {"zh": card.kind.name.zh, "en": card.kind.name.en},
        "identifier": found.identifier,
        "number": found.number,
        "holder_name": found.holder_name,
        "issuer": {"zh": card.issuer.zh, "en": card.issuer.en},
        "issue_date": found.issue_date,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        "state": card.state,
        "version": found.version,
        "fields": queries.values(found),
        "token": found.token,
    }


get_licence.access = "signed-in"  # type: ignore[attr-defined]

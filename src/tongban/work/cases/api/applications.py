"""One's own applications: start, answer, hand in, sign, submit, read."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status
from ninja.security import django_auth

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid
from tongban.work.cases import access, form, models, queries, schemas
from tongban.work.cases.actions import drafts, submission
from tongban.work.cases.actions.gathering import NOTHING, Found
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
    require,
    version_of,
    with_tag,
)
from tongban.work.cases.schemas import ProblemOut

router = Router(tags=["applications"])


@router.get(
    "/applications", auth=django_auth, response={200: schemas.ApplicationPage, **READS},
    operation_id="list_applications", summary="One's own applications",
)  # fmt: skip
@acts_as("applicant", "agent")
def list_applications(
    request: HttpRequest,
    tab: Annotated[Literal["drafts", "running", "closed"], Query()] = "running",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> dict[str, Any]:
    found = queries.of_tab(acting_of(request), tab)
    rows = queries.rows(found[offset : offset + limit], acting_of(request))
    return {"items": [schemas.row(r) for r in rows], "count": found.count()}


@router.post(
    "/applications", auth=django_auth, response={201: schemas.ApplicationOut, **WRITES},
    operation_id="create_application", summary="Start a draft, answer, and submit if wanted",
)  # fmt: skip
@acts_as("applicant", "agent")
def create_application(
    request: HttpRequest,
    response: HttpResponse,
    body: schemas.ApplicationIn,
    idempotency_key: IdempotencyKey = None,
) -> Status[Any]:
    """All or nothing. An open draft of the same event is taken up again.

    With consent registries are asked in between, for the draft as it is saved: then a submission that is refused
    leaves the draft, and the look-ups that were made for it stay in the log.
    """
    acting = acting_of(request)
    draft: list[models.Application] = []
    found: list[Found] = []

    def fill() -> models.Application:
        return drafts.open_with(acting=acting, event=body.event, answers=body.answers, consent=body.consent)

    def save_and_draw() -> None:
        draft.append(fill())
        drafts.draw(acting=acting, application=draft[0].id)
        found.append(submission.look(acting=acting, application=draft[0].id) if body.submit else NOTHING)

    def create() -> dict[str, Any]:
        saved = draft[0] if draft else fill()
        if body.submit:
            submission.submit(acting=acting, application=saved.id, found=found[0] if found else NOTHING)
        return _shown(acting, saved.id)

    drawing = drafts.may_draw(acting=acting, event=body.event) if body.consent is None else body.consent
    before = save_and_draw if drawing or not body.submit else None
    shown = once(request, response, idempotency_key, create, before)
    response.headers["Location"] = f"/api/v1/applications/{shown['number'] or shown['id']}"
    return Status(201, shown)


@router.get(
    "/applications/{application}", auth=django_auth, response={200: schemas.ApplicationOut, **READS},
    operation_id="get_application", summary="One application of one's own, by number or id",
)  # fmt: skip
@acts_as("applicant", "agent")
def get_application(request: HttpRequest, response: HttpResponse, application: str) -> dict[str, Any]:
    return with_tag(response, _shown(acting_of(request), key_of(application)))


@router.patch(
    "/applications/{application}", auth=django_auth, response={200: schemas.ApplicationOut, **CHANGES},
    operation_id="change_application", summary="Answer, consent, choose what comes later",
)  # fmt: skip
@acts_as("applicant", "agent")
def change_application(
    request: HttpRequest,
    response: HttpResponse,
    application: str,
    body: schemas.ApplicationChange,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """All or nothing; only drafts can be changed."""
    acting = acting_of(request)
    draft = access.application(acting, key_of(application))
    require(draft.version, if_match)
    drafts.change(
        acting=acting, application=draft.id, answers=body.answers, consent=body.consent, deferring=body.deferring,
        version=version_of(if_match),
    )  # fmt: skip
    return with_tag(response, _shown(acting, draft.id))


@router.put(
    "/applications/{uuid:application}/materials/{material}", auth=django_auth,
    response={200: schemas.ApplicationOut, **CHANGES, 413: ProblemOut}, operation_id="put_material",
    summary="Hand in or replace the file for a material",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": {
                "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}},
            }}},
        }
    },
)  # fmt: skip
@acts_as("applicant", "agent")
def put_material(
    request: HttpRequest, response: HttpResponse, application: UUID, material: str, if_match: IfMatch = None
) -> dict[str, Any]:
    """PDF, JPEG or PNG as the pack allows; judged by content."""
    acting = acting_of(request)
    name, data = _file(request)
    with transaction.atomic():
        require(access.application(acting, application, lock=True).version, if_match)
        drafts.hand_in(acting=acting, application=application, material=material, name=name, data=data)
    return with_tag(response, _shown(acting, application))


@router.post(
    "/applications/{uuid:application}/materials/{material}/signature", auth=django_auth,
    response={200: schemas.ApplicationOut, **WRITES}, operation_id="sign_commitment",
    summary="Sign a commitment whose text the plan's material holds",
)  # fmt: skip
@acts_as("applicant", "agent")
def sign_commitment(
    request: HttpRequest,
    response: HttpResponse,
    application: UUID,
    material: str,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    acting = acting_of(request)

    def sign() -> dict[str, Any]:
        drafts.sign_commitment(acting=acting, application=application, material=material)
        return _shown(acting, application)

    return once(request, response, idempotency_key, sign)


@router.post(
    "/applications/{uuid:application}/submit", auth=django_auth,
    response={200: schemas.ApplicationOut, **WRITES}, operation_id="submit_application",
    summary="Submit a draft; submitting again changes nothing",
)  # fmt: skip
@acts_as("applicant", "agent")
def submit_application(
    request: HttpRequest, response: HttpResponse, application: UUID, body: schemas.SubmissionIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:  # fmt: skip
    """422 lists everything that is still missing."""
    acting = acting_of(request)

    found: list[Found] = []

    def look() -> None:
        found.append(submission.look(acting=acting, application=application))

    def submit() -> dict[str, Any]:
        submission.submit(
            acting=acting, application=application, found=found[0] if found else NOTHING,
            by_person=body is not None and body.by_person,
        )  # fmt: skip
        return _shown(acting, application)

    return once(request, response, idempotency_key, submit, look)


def _shown(acting: Acting, key: UUID | str) -> dict[str, Any]:
    found = access.application(acting, key)
    pack = form.pack_of(found, acting)
    if found.state == "submitted":
        return schemas.application(found, pack, acting.today, {}, None)
    plan = form.plan_of(found, pack, acting.today)
    return schemas.application(found, pack, acting.today, submission.missing(found, pack, plan, acting), plan)


def _file(request: HttpRequest) -> tuple[str, bytes]:
    """The file of a multipart PUT, which Django itself reads only from a POST."""
    missing = Invalid(_("Send the file as multipart/form-data."), fields={"file": _("Choose a file first.")})
    if request.content_type != "multipart/form-data":
        raise missing
    try:
        _fields, files = request.parse_file_upload(request.META, request)
    except MultiPartParserError as error:
        raise missing from error
    sent = files.get("file")
    if sent is None:
        raise missing
    return sent.name or "", sent.read(settings.UPLOAD_LIMIT + 1)

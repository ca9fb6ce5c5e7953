"""Policies and one's own benefits over HTTP. Thin: the same actions as the pages.

Whoever mounts the router turns refusals into problem details (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Header, Router, Schema
from ninja.security import django_auth

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.work.policies import access, models, queries
from tongban.work.policies.actions import owner

router = Router(tags=["benefits"])
MOST = 200
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=80, description="New for every new request; used again it replays"),
]  # fmt: skip
Version = Annotated[
    int | None, Field(description="Version that the answer is based on; 412 when it has moved on")
]


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
    errors: list[dict[str, str]] = []


class ConditionOut(Schema):
    id: str
    label: Text
    articles: list[str]


class BudgetOut(Schema):
    year: int
    total_fen: int
    reserved_fen: int


class PolicyOut(Schema):
    id: str
    name: Text
    summary: Text
    subject: str
    valid_from: str
    valid_to: Annotated[str | None, Field(description="First day on which nothing can arise")]
    conditions: list[ConditionOut]
    budget: Annotated[BudgetOut | None, Field(description="Of a policy that pays money")]
    units: Annotated[
        int | None, Field(description="Of an offer that is not money: what there is of it this year")
    ]
    articles: list[str]
    confidence: str


class BenefitOut(Schema):
    id: UUID
    policy: str
    subject: UUID
    amount_fen: Annotated[int | None, Field(description="Of a policy that pays money")]
    units: Annotated[int | None, Field(description="Of an offer that is not money")]
    state: str
    ground: str
    articles: list[str]
    conditions: Annotated[dict[str, str], Field(description="Condition to pass, fail, unknown or undefined")]
    found_at: datetime
    confirm_by: Annotated[date | None, Field(description="Last day to answer")]
    due_on: Annotated[date | None, Field(description="Last day to pay or to hand over, once confirmed")]
    paid_on: Annotated[date | None, Field(description="Day of the payment, or of the handing over")]
    payee_last_four: str
    version: int


class ConfirmIn(Schema):
    payee_name: Annotated[str, Field(description="Needed where money is paid")] = ""
    account: Annotated[
        str, Field(description="Needed where money is paid; kept encrypted, never given out again here")
    ] = ""
    version: Version = None


class RefuseIn(Schema):
    version: Version = None


class ContestIn(Schema):
    text: str
    version: Version = None


READS = {401: Problem, 404: Problem}
WRITES = {200: BenefitOut, 401: Problem, 404: Problem, 409: Problem, 412: Problem, 422: Problem}


@router.get(
    "/policies",
    auth=None,
    response=list[PolicyOut],
    operation_id="list_policies",
    summary="Policies in force, with what is left of their money",
)
@route.public
def list_policies(request: HttpRequest) -> list[dict[str, Any]]:
    acting = _acting(request)
    pack = directory.pack_in_force(acting.now)
    return [
        {
            "id": p.id, "name": _text(p.name), "summary": _text(p.summary), "subject": p.subject, "valid_from": p.valid_from,
            "valid_to": p.valid_to,
            "conditions": [{"id": c.id, "label": _text(c.label), "articles": list(c.articles)} for c in p.conditions],
            "budget": _budget(line) if p.is_money else None, "units": None if p.is_money or line is None else line.total_fen,
            "articles": list(p.articles),
            "confidence": p.confidence.value,
        }
        for p in queries.policies_in_force(pack, acting.today)
        for line in (queries.budget_of(pack, p, acting.today.year),)
    ]  # fmt: skip


@router.get(
    "/benefits",
    auth=django_auth,
    response={200: list[BenefitOut], **READS},
    operation_id="list_benefits",
    summary="What is due to oneself and to whom one represents",
)
def list_benefits(request: HttpRequest) -> list[dict[str, Any]]:
    return [_benefit(row) for row in queries.of_owner(_owner(request))[:MOST]]


@router.post(
    "/benefits/{uuid:benefit}/confirm",
    auth=django_auth,
    response=WRITES,
    operation_id="confirm_benefit",
    summary="Confirm; where money is paid, with the account to pay to",
)
def confirm_benefit(
    request: HttpRequest, benefit: UUID, body: ConfirmIn, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Confirming again changes nothing."""
    acting = _owner(request)
    return _once(
        request, idempotency_key,
        lambda: owner.confirm(acting=acting, entitlement=benefit, payee_name=body.payee_name, account=body.account, version=body.version),
    )  # fmt: skip


@router.post(
    "/benefits/{uuid:benefit}/refuse",
    auth=django_auth,
    response=WRITES,
    operation_id="refuse_benefit",
    summary="Give it up; what was reserved is released",
)
def refuse_benefit(
    request: HttpRequest, benefit: UUID, body: RefuseIn, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    acting = _owner(request)
    return _once(
        request,
        idempotency_key,
        lambda: owner.refuse(acting=acting, entitlement=benefit, version=body.version),
    )


@router.post(
    "/benefits/{uuid:benefit}/contest",
    auth=django_auth,
    response=WRITES,
    operation_id="contest_benefit",
    summary="Say what is wrong; an officer answers with reasons",
)
def contest_benefit(
    request: HttpRequest, benefit: UUID, body: ContestIn, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    acting = _owner(request)
    return _once(
        request,
        idempotency_key,
        lambda: owner.contest(acting=acting, entitlement=benefit, text=body.text, version=body.version),
    )


for _view in (list_benefits, confirm_benefit, refuse_benefit, contest_benefit):
    _view.access = "roles:applicant"  # type: ignore[attr-defined]


def _once(request: HttpRequest, key: str | None, act: Callable[[], models.Entitlement]) -> dict[str, Any]:
    """The answer of a write; with a key, the first answer again."""
    acting = _acting(request)

    def answer() -> dict[str, Any]:
        shown = _benefit(access.entitlement(acting, act().pk))
        return BenefitOut(**shown).model_dump(mode="json")

    if key is None:
        with transaction.atomic():
            return answer()
    if not key.isprintable() or not key.strip():
        raise Invalid(
            _("This idempotency key cannot be used."),
            fields={"Idempotency-Key": _("Use printable characters.")},
        )
    body = f"{request.method} {request.path}\n".encode() + request.body
    return audit.once(acting=acting, key=key, body=body, answer=answer)[0]


def _acting(request: HttpRequest) -> Acting:
    return request.acting  # type: ignore[attr-defined,no-any-return]


def _owner(request: HttpRequest) -> Acting:
    """Only who acts for themselves or for whom they represent; others learn nothing (404)."""
    acting = _acting(request)
    if acting.role != "applicant":
        raise NotFound(_("There is nothing here for you."))
    return acting


def _benefit(row: models.Entitlement) -> dict[str, Any]:
    money = queries.is_money(row)
    return {
        "id": row.id, "policy": row.policy, "subject": row.subject, "amount_fen": row.amount_fen if money else None,
        "units": None if money else row.amount_fen, "state": row.state,
        "ground": row.ground, "articles": row.articles,
        "conditions": {name: finding["outcome"] for name, finding in row.findings["conditions"].items()},
        "found_at": row.found_at, "confirm_by": row.confirm_by, "due_on": row.due_on, "paid_on": row.paid_on,
        "payee_last_four": row.payee_last_four, "version": row.version,
    }  # fmt: skip


def _budget(line: queries.BudgetLine | None) -> dict[str, int] | None:
    return (
        {"year": line.year, "total_fen": line.total_fen, "reserved_fen": line.reserved_fen} if line else None
    )


def _text(text: Any) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}

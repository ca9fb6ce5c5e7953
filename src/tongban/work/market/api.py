"""The market over HTTP: what is on offer, one's contracts, and the data itself.

Whoever mounts the router turns refusals into problem details (RFC 9457). Delivery asks for a request id in a header:
it makes a call count once, and no foreign page can send one with a visitor's cookie.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema
from ninja.security import django_auth

from tongban.base.kit import access as route
from tongban.work.market import access, content, queries
from tongban.work.market.actions import delivery

router = Router(tags=["market"])


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


class ProductOut(Schema):
    id: str
    version: int
    name: Text
    summary: Text
    kind: str
    dimensions: list[Literal["month", "district", "trade"]]
    minimum_cell: int
    price_fen: Annotated[int, Field(description="Per delivered call, tax included")]
    ceiling_fen: Annotated[int, Field(description="Government-guided ceiling")]
    snapshot_until: Annotated[
        date | None, Field(description="First day that the newest snapshot does not count")
    ]
    snapshot_digest: str | None


class ContractOut(Schema):
    id: UUID
    number: str
    product: str
    product_version: int
    state: Literal["ordered", "approved", "refused"]
    price_fen: int
    valid_from: date | None
    valid_to: Annotated[date | None, Field(description="Last day")]
    ordered_at: datetime


@router.get(
    "/market/products",
    auth=None,
    response=list[ProductOut],
    operation_id="list_products",
    summary="Data products on offer",
)
@route.public
def list_products(request: HttpRequest) -> list[dict[str, Any]]:
    """What is on offer, with the rule by which small numbers are hidden. No number of any product."""
    return [_product(offer) for offer in queries.offers()]


@router.get(
    "/market/contracts",
    auth=django_auth,
    response=list[ContractOut],
    operation_id="list_contracts",
    summary="One's own contracts",
)
def list_contracts(request: HttpRequest) -> list[dict[str, Any]]:
    found = access.contracts(request.acting).order_by("-ordered_at")[:200]  # type: ignore[attr-defined]
    return [
        {
            "id": c.id, "number": c.number, "product": c.registration.product, "product_version": c.registration.version,
            "state": c.state, "price_fen": c.price_fen, "valid_from": c.valid_from, "valid_to": c.valid_to, "ordered_at": c.ordered_at,
        }
        for c in found
    ]  # fmt: skip


@router.get(
    "/market/contracts/{uuid:contract_id}/data",
    auth=django_auth,
    response={200: dict[str, Any], 404: Problem, 409: Problem, 422: Problem},
    operation_id="deliver_data",
    summary="The product's newest snapshot, under a live contract; counted and billed",
)
def deliver_data(
    request: HttpRequest,
    contract_id: UUID,
    x_request_id: Annotated[
        str, Header(description="8 to 80 letters, digits, . _ : -; the same id again is the same call")
    ],
    form: Annotated[Literal["json", "csv"], Query()] = "json",
) -> HttpResponse:
    """Counts per cell with product version, snapshot digest and suppression note. Never a row about anybody."""
    usage = delivery.deliver(acting=request.acting, contract=contract_id, request_id=x_request_id, form=form)  # type: ignore[attr-defined]
    return delivered(usage)


def delivered(usage: Any) -> HttpResponse:
    """The answer to a call that has been written down."""
    body, kind = content.text_of(usage.snapshot, usage.form)
    registration = usage.snapshot.registration
    name = f"{registration.product}-{usage.snapshot.until}.{usage.form}"
    return HttpResponse(
        body,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "Usage-Id": str(usage.id),
            "Product-Version": str(registration.version),
            "Snapshot-Digest": f"sha256:{usage.snapshot.digest}",
        },
    )


for _view in (list_contracts, deliver_data):
    _view.access = "signed-in"  # type: ignore[attr-defined]


def _product(offer: queries.Offer) -> dict[str, Any]:
    product, snapshot = offer.product, offer.snapshot
    return {
        "id": product.id,
        "version": offer.registration.version,
        "name": {"zh": product.name.zh, "en": product.name.en},
        "summary": {"zh": product.summary.zh, "en": product.summary.en},
        "kind": product.kind,
        "dimensions": list(product.dimensions),
        "minimum_cell": product.minimum_cell,
        "price_fen": offer.listing.price_fen,
        "ceiling_fen": offer.listing.ceiling_fen,
        "snapshot_until": snapshot.until if snapshot else None,
        "snapshot_digest": f"sha256:{snapshot.digest}" if snapshot else None,
    }

"""A buyer's pages: order, contracts, one contract with its calls and bills, fetching the data."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid
from tongban.work.market import access, api, models, products, queries
from tongban.work.market.actions import contracts as contract_actions
from tongban.work.market.actions import delivery
from tongban.work.market.pages import tables, typed

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@route.applicant
def order(request: HttpRequest, product: str) -> HttpResponse:
    """The order form; what was typed stays when something is missing."""
    offer = queries.offer(product)
    if offer is None:
        raise Http404
    acting: Acting = request.acting  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = contract_actions.order(
                acting=acting, listing=offer.listing.id, purpose_kind=typed.sent(request, "purpose_kind"), purpose=typed.sent(request, "purpose"),
                months=_number(typed.sent(request, "months")), buyer=_uuid(typed.sent(request, "buyer")), accepted="accepted" in request.POST,
            )  # fmt: skip
        except Invalid as refusal:
            errors = refusal.fields
        else:
            messages.success(
                request, _("Ordered. The operator looks at it; you will find the answer in your inbox.")
            )
            return redirect("market:contract", made.number)
    free = [p for p in models.PURPOSES if p in offer.product.free_for]
    labels = {
        "buyer": _("Buyer"), "purpose_kind": _("Purpose"), "purpose": _("What the data is for"), "months": _("Term in months"),
        "accepted": _("Terms"),
    }  # fmt: skip
    context = {
        "offer": offer,
        "buyers": access.buyers(acting),
        "purposes": [(purpose, purpose in free) for purpose in models.PURPOSES],
        "given": request.POST,
        "chosen": request.POST.get("buyer", str(acting.principal)),
        "errors": [
            {"id": name, "label": labels[name], "message": message} for name, message in errors.items()
        ],
        "problems": errors,
        "longest": contract_actions.LONGEST,
    }
    return render(request, "market/order.html", context, status=422 if errors else 200)


@require_safe
@never_cache
@route.applicant
def contracts(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    page = Paginator(queries.contracts_of(acting), PAGE).get_page(request.GET.get("page"))
    buyers = queries.names(contract.buyer for contract in page)
    rows = [(c, products.product_of(c.registration), buyers.get(c.buyer), state_of(c, acting)) for c in page]
    return render(request, "market/contracts.html", {"page": page, "rows": rows})


@require_safe
@never_cache
@route.signed_in
def contract(request: HttpRequest, number: str) -> HttpResponse:
    """One contract: for its buyer with the data, for the operator with the decision to take."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = access.contract(acting, number)
    calls, month = queries.usage_of(acting).filter(contract=found), typed.asked(request, "month")
    if month:
        calls = calls.filter(month=month)
    page = Paginator(calls, PAGE).get_page(request.GET.get("page"))
    context = {
        "month": month,
        "contract": found,
        "state": state_of(found, acting),
        "product": products.product_of(found.registration),
        "operator": products.pack_of(found.registration).organisations[found.registration.operator],
        "buyer": queries.names([found.buyer]).get(found.buyer),
        "page": page,
        "bills": queries.bills_of(found),
        "unbilled": queries.unbilled(found),
        "request_id": uuid4().hex,
        "api": request.build_absolute_uri(f"/api/v1/market/contracts/{found.id}/data"),
        "manages": acting.role == "officer",
    }
    return render(request, "market/contract.html", context)


@require_POST
@never_cache
@route.applicant
def fetch(request: HttpRequest, number: str) -> HttpResponse:
    """The same call as over the API; pressing twice sends the same request id and counts once."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    usage = delivery.deliver(
        acting=acting,
        contract=number,
        request_id=typed.sent(request, "request_id"),
        form=typed.sent(request, "form"),
    )
    return api.delivered(usage)


@require_safe
@never_cache
@route.signed_in
def usage_csv(request: HttpRequest, number: str) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = access.contract(acting, number)
    columns = [
        _("Time"),
        _("Request id"),
        _("File format"),
        _("Counted until"),
        _("Snapshot digest"),
        _("Cells"),
        _("Hidden cells"),
        _("Month"),
        _("Price (yuan)"),
    ]
    rows = (
        (u.at.isoformat(timespec="seconds"), u.request_id, u.form, u.snapshot.until.isoformat(), u.snapshot.digest, u.cells, u.hidden, u.month,
         tables.plain(u.price_fen))
        for u in queries.usage_of(acting).filter(contract=found)[: tables.MOST]
    )  # fmt: skip
    return sheets.download(f"usage-{found.number}", columns, rows)


@require_safe
@never_cache
@route.signed_in
def bills_csv(request: HttpRequest, number: str) -> HttpResponse:
    found = access.contract(request.acting, number)  # type: ignore[attr-defined]
    columns = [_("Month"), _("Calls"), _("Gross (yuan)"), _("Tax (yuan)"), _("Net (yuan)"), _("Settled at")]
    rows = (
        (
            b.settlement.month,
            b.calls,
            *map(tables.plain, (b.gross_fen, b.tax_fen, b.net_fen)),
            b.settlement.settled_at.isoformat(timespec="seconds"),
        )
        for b in queries.bills_of(found)
    )
    return sheets.download(f"bills-{found.number}", columns, rows)


def state_of(contract: models.Contract, acting: Acting) -> str:
    """The row's state, or `ended` once the term is over."""
    return "ended" if contract.valid_to and contract.valid_to < acting.today else contract.state


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""The operator's back office: products with their versions and snapshots, orders to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

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
from tongban.base.kit.refusals import Invalid, NotFound, Refusal
from tongban.base.kit.text import in_language
from tongban.core.values.money import Money
from tongban.work.market import access, content, models, products, queries
from tongban.work.market.actions import assets, offers
from tongban.work.market.actions import contracts as contract_actions
from tongban.work.market.pages import tables, typed
from tongban.work.market.pages.buyer import state_of

PAGE = 50


@require_safe
@never_cache
@route.posts("officer")
def overview(request: HttpRequest) -> HttpResponse:
    """What the officer's organisation operates, and which orders wait."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    declared = queries.to_register(acting)
    versions = [
        (r, products.product_of(r)) for r in access.registrations(acting).order_by("product", "-version")
    ]
    if not declared and not versions:
        raise Http404
    on_offer = {listing.registration_id: listing for listing in access.offers()}
    contracts = queries.contracts_of(acting)
    in_force = queries.shown(contracts, "in-force", acting.today)
    rows = [
        (r, p, on_offer.get(r.id), r.snapshots.count(), in_force.filter(registration=r).count())
        for r, p in versions
    ]
    waiting = queries.shown(contracts, "waiting", acting.today).count()
    context = {
        "tab": "products",
        "declared": [row for row in declared if row[2]],
        "rows": rows,
        "waiting": waiting,
    }
    return render(request, "market/office/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@route.posts("officer")
def register(request: HttpRequest, product: str) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack, declared = products.current(acting.now, product)
    if not access.operates(acting, pack, declared):
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = offers.register_product(
                acting=acting,
                product=product,
                opinion=typed.sent(request, "opinion"),
                opinion_by=typed.sent(request, "opinion_by"),
            )
        except Invalid as refusal:
            errors = refusal.fields
        else:
            messages.success(request, _("Registered as version %(version)s.") % {"version": made.version})
            return redirect("market:manage", made.id)
    labels = {"opinion": _("Compliance opinion"), "opinion_by": _("Given by")}
    context = {
        "tab": "products", "product": declared, "contributors": products.contributors_of(pack, declared),
        "counted": products.licence_name(pack, declared), "given": request.POST, "problems": errors,
        "errors": [{"id": name, "label": labels[name], "message": message} for name, message in errors.items()],
    }  # fmt: skip
    return render(request, "market/office/register.html", context, status=422 if errors else 200)


@require_safe
@never_cache
@route.posts("officer")
def manage(request: HttpRequest, registration: UUID) -> HttpResponse:
    return _manage(request, registration)


@require_POST
@route.posts("officer")
def pin(request: HttpRequest, registration: UUID) -> HttpResponse:
    return _do(request, registration, offers.pin_snapshot, _("Counted and pinned."))


@require_POST
@route.posts("officer")
def put_on_offer(request: HttpRequest, registration: UUID) -> HttpResponse:
    try:
        price = Money.yuan(typed.sent(request, "price").replace(",", "")).fen
    except ValueError:
        price = -1
    if not 0 <= price < 10**12:
        message = _("Give an amount in yuan, for example %(example)s.") % {"example": "106.00"}
        return _manage(request, registration, Invalid(message, fields={"price": message}))
    return _do(request, registration, offers.list_product, _("On offer."), price_fen=price)


@require_POST
@route.posts("officer")
def withdraw(request: HttpRequest, registration: UUID) -> HttpResponse:
    return _do(
        request,
        registration,
        offers.withdraw_listing,
        _("No longer on offer. Contracts that run keep running."),
    )


@require_POST
@route.posts("officer")
def capitalise(request: HttpRequest, registration: UUID) -> HttpResponse:
    return _do(
        request,
        registration,
        assets.capitalise,
        _("On the asset register."),
        conditions=request.POST.getlist("condition"),
    )


@require_safe
@never_cache
@route.posts("officer")
def snapshot(request: HttpRequest, snapshot: UUID) -> HttpResponse:
    """The cells as stored: a hidden one has no number for the operator either."""
    found = access.snapshot(request.acting, snapshot)  # type: ignore[attr-defined]
    rows = _cells(found)
    context = {
        "tab": "products", "snapshot": found, "product": products.product_of(found.registration),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "all": len(rows),
        "hidden": sum(count is None for _labels, count in rows),
        "rule": content.note(found.minimum_cell, totals=found.totals is not None), "totals": _totals(found),
    }  # fmt: skip
    return render(request, "market/office/snapshot.html", context)


@require_safe
@never_cache
@route.posts("officer")
def snapshot_csv(request: HttpRequest, snapshot: UUID) -> HttpResponse:
    found = access.snapshot(request.acting, snapshot)  # type: ignore[attr-defined]
    name = f"{found.registration.product}-{found.until}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    body, kind = content.text_of(found, "csv")
    return HttpResponse(body, content_type=kind, headers=headers)


@require_safe
@never_cache
@route.posts("officer")
def orders(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    show, product = typed.asked(request, "show"), typed.asked(request, "product")
    found = queries.shown(queries.contracts_of(acting), show, acting.today)
    if product:
        known = {str(r.id): r for r in access.registrations(acting)}
        found = found.filter(registration=known.get(product))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    buyers = queries.names(contract.buyer for contract in page)
    rows = [(c, products.product_of(c.registration), buyers.get(c.buyer), state_of(c, acting)) for c in page]
    context = {"tab": "orders", "page": page, "rows": rows, "show": show, "narrowed": bool(show or product)}
    return render(request, "market/office/orders.html", context)


@require_safe
@never_cache
@route.posts("officer")
def orders_csv(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = list(queries.contracts_of(acting)[: tables.MOST])
    buyers = queries.names(c.buyer for c in found)
    columns = [
        _("Number"),
        _("Product"),
        _("Version"),
        _("Buyer"),
        _("State"),
        _("Purpose"),
        _("Price per call (yuan)"),
        _("Runs from"),
        _("Runs until"),
        _("Calls"),
    ]
    rows = (
        (c.number, in_language(products.product_of(c.registration).name), c.registration.version, buyers[c.buyer].name, state_of(c, acting),
         c.purpose, tables.plain(c.price_fen), c.valid_from or "", c.valid_to or "", c.calls)
        for c in found
    )  # fmt: skip
    return sheets.download("contracts", columns, rows)


@require_POST
@route.posts("officer")
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve or refuse an order; a refusal carries its reason."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    version = int(v) if (v := request.POST.get("version", "")).isdecimal() and len(v) < 10 else 0
    if request.POST.get("decision") == "approve":
        contract_actions.approve(acting=acting, number=number, version=version)
        messages.success(request, _("Approved. The contract runs from today and the buyer has been told."))
    else:
        contract_actions.refuse(
            acting=acting, number=number, reason=typed.sent(request, "reason"), version=version
        )
        messages.success(request, _("Refused. The buyer has been told why."))
    return redirect("market:contract", number)


def _do(
    request: HttpRequest, registration: UUID, act: Callable[..., Any], done: str, **more: Any
) -> HttpResponse:
    """One action on a version; a refusal comes back on its page."""
    try:
        act(acting=request.acting, registration=registration, **more)  # type: ignore[attr-defined]
    except NotFound:
        raise
    except Refusal as refusal:
        return _manage(request, registration, refusal)
    messages.success(request, done)
    return redirect("market:manage", registration)


def _manage(request: HttpRequest, key: UUID, refusal: Refusal | None = None) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = access.registration(acting, key)
    product, pack = products.product_of(found), products.pack_of(found)
    listing = found.listings.filter(withdrawn_at=None).first()
    ticked = request.POST.getlist("condition")
    context = {
        "tab": "products", "registration": found, "product": product, "listing": listing, "refusal": refusal,
        "counted": products.licence_name(pack, product), "contributors": products.contributors_of(pack, product),
        "snapshots": queries.snapshots(found), "next_until": acting.today.replace(day=1),
        "price": request.POST.get("price", tables.plain(listing.price_fen if listing else product.price_fen)),
        "months": queries.months_of(found, acting.today), "asset": models.Asset.objects.filter(registration=found).first(),
        "conditions": [(name, _(text), name in ticked) for name, text in assets.CONDITIONS.items()],
    }  # fmt: skip
    return render(request, "market/office/manage.html", context, status=refusal.status if refusal else 200)


def _cells(snapshot: models.Snapshot) -> list[tuple[list[Any], int | None]]:
    """(words of each dimension, count or None)."""
    registration = snapshot.registration
    pack, product = products.pack_of(registration), products.product_of(registration)
    wording = {
        "month": lambda value: value,
        "district": lambda value: products.district_name(pack, value),
        "trade": lambda value: products.trade_name(pack, product, value),
    }
    return [
        ([wording[name](value) for name, value in zip(product.dimensions, key, strict=True)], count)
        for key, count in sorted(content.checked_table(snapshot).items())
    ]


def _totals(snapshot: models.Snapshot) -> list[tuple[Any, int]]:
    """(words, exact total), the grand total first."""
    registration = snapshot.registration
    pack, product = products.pack_of(registration), products.product_of(registration)
    found: list[tuple[Any, int]] = []
    for row in snapshot.totals or ():
        if "district" in row:
            label: Any = products.district_name(pack, row["district"])
        elif "trade" in row:
            label = products.trade_name(pack, product, row["trade"])
        else:
            label = row.get("month") or _("All together")
        found.append((label, row["count"]))
    return found

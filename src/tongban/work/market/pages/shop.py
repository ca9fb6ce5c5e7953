"""The shop window: what is on offer, by which rule small numbers are hidden, what it costs, how to buy."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.text import in_language
from tongban.work.market import access, content, queries
from tongban.work.market.pages import tables


@require_safe
@route.public
def shop(request: HttpRequest) -> HttpResponse:
    acting = request.acting  # type: ignore[attr-defined]
    manages = acting.role == "officer" and queries.is_operator(acting)
    return render(
        request,
        "market/shop.html",
        {"offers": queries.offers(), "manages": manages, "buys": acting.role == "applicant"},
    )


@require_safe
@route.public
def shop_csv(request: HttpRequest) -> HttpResponse:
    columns = [
        _("Product"),
        _("Product name"),
        _("Version"),
        _("Price per call (yuan)"),
        _("Ceiling (yuan)"),
        _("Counted until"),
        _("Snapshot digest"),
    ]
    rows = [
        (
            o.product.id, in_language(o.product.name), o.registration.version, tables.plain(o.listing.price_fen),
            tables.plain(o.listing.ceiling_fen), o.snapshot.until.isoformat() if o.snapshot else "", o.snapshot.digest if o.snapshot else "",
        )
        for o in queries.offers()
    ]  # fmt: skip
    return sheets.download("data-products", columns, rows)


@require_safe
@route.public
def product(request: HttpRequest, product: str) -> HttpResponse:
    """One product in words: no number of it is shown before it is bought."""
    offer = queries.offer(product)
    if offer is None:
        raise Http404
    totals = offer.snapshot is not None and offer.snapshot.totals is not None
    acting = request.acting  # type: ignore[attr-defined]
    context = {
        "offer": offer,
        "rule": content.note(offer.product.minimum_cell, totals=totals or offer.snapshot is None),
        "of_ceiling": offer.listing.price_fen * 100 // offer.listing.ceiling_fen
        if offer.listing.ceiling_fen
        else 100,
        "can_order": acting.post is None,
        "represents": bool(access.buyers(acting)),
    }
    return render(request, "market/product.html", context)

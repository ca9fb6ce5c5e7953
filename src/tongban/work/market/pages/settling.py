"""A month of a product: what was counted, what it comes to, and settling it. Every number opens to what it counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.base.kit.text import in_language
from tongban.work.market import access, models, months, products, queries
from tongban.work.market.actions import settlement
from tongban.work.market.pages import tables, typed

PAGE = 50


@require_safe
@never_cache
@route.posts("officer")
def month(request: HttpRequest, registration: UUID, month: str) -> HttpResponse:
    return _page(request, registration, month)


@require_POST
@route.posts("officer")
def settle(request: HttpRequest, registration: UUID, month: str) -> HttpResponse:
    """Asked about once more, with the numbers; settled only as they were shown."""
    given = request.POST.get("calls", "")
    calls = int(given) if given.isdecimal() and len(given) < 10 else -1
    if "confirmed" not in request.POST:
        return _page(request, registration, month, confirming=True)
    try:
        settlement.settle_month(
            acting=request.acting, registration=registration, month=month, expected_calls=calls
        )  # type: ignore[attr-defined]
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, registration, month, refusal=refusal)
    messages.success(request, _("Settled and booked. The buyers have been told their bills."))
    return redirect("market:month", registration, month)


@require_safe
@never_cache
@route.posts("officer")
def month_csv(request: HttpRequest, registration: UUID, month: str) -> HttpResponse:
    """Bills and shares of the month in one table."""
    found = access.registration(request.acting, registration)  # type: ignore[attr-defined]
    months.first_day(month)
    context = _numbers(found, month)
    rows: list[tuple[Any, ...]] = [
        (
            _("Bill"),
            row["number"],
            row["buyer"].name,
            "",
            row["due"].calls,
            *map(tables.plain, (row["due"].gross_fen, row["due"].tax_fen, row["due"].net_fen)),
        )
        for row in context["bills"]
    ]
    rows += [
        (
            _("Share of income"),
            s["due"].organisation,
            in_language(s["name"]),
            s["due"].weight,
            "",
            "",
            "",
            tables.plain(s["due"].amount_fen),
        )
        for s in context["shares"]
    ]
    columns = [
        _("Kind of row"),
        _("Number"),
        _("Buyer or organisation"),
        _("Weight"),
        _("Calls"),
        _("Gross (yuan)"),
        _("Tax (yuan)"),
        _("Net (yuan)"),
    ]
    return sheets.download(f"settlement-{found.product}-{month}", columns, rows)


@require_safe
@never_cache
@route.posts("officer")
def usage(request: HttpRequest) -> HttpResponse:
    """Usage records, one per delivered call; filtered by product version, month, contract."""
    found, asked = _filtered(request)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "market/office/usage.html",
        {"tab": "usage", "page": page, "asked": asked, "query": request.GET.urlencode()},
    )


@require_safe
@never_cache
@route.posts("officer")
def usage_csv(request: HttpRequest) -> HttpResponse:
    found, _asked = _filtered(request)
    columns = [
        _("Time"),
        _("Contract"),
        _("Product"),
        _("Version"),
        _("Request id"),
        _("File format"),
        _("Snapshot digest"),
        _("Month"),
        _("Price (yuan)"),
    ]
    rows = (
        (u.at.isoformat(timespec="seconds"), u.contract.number, u.registration.product, u.registration.version, u.request_id, u.form,
         u.snapshot.digest, u.month, tables.plain(u.price_fen))
        for u in found[: tables.MOST]
    )  # fmt: skip
    return sheets.download("usage", columns, rows)


def _page(
    request: HttpRequest, key: UUID, month: str, *, confirming: bool = False, refusal: Refusal | None = None
) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = access.registration(acting, key)
    months.first_day(month)
    context = {
        "tab": "products", "registration": found, "product": products.product_of(found), "month": month, "refusal": refusal,
        "confirming": confirming, "over": months.last_day(month) < acting.today, "before": months.after(month, -1),
        "next": months.after(month) if months.after(month) <= months.of(acting.today) else "", **_numbers(found, month),
    }  # fmt: skip
    return render(request, "market/office/month.html", context, status=refusal.status if refusal else 200)


def _numbers(found: models.Registration, month: str) -> dict[str, Any]:
    """What was settled, or what would be: always from the usage records, so that the two can be compared."""
    reckoning = queries.reckoning(found, month)
    settled = found.settlements.filter(month=month).first()
    contracts = models.Contract.objects.in_bulk([bill.contract for bill in reckoning.bills])
    buyers = queries.names(contract.buyer for contract in contracts.values())
    pack = products.pack_of(found)
    entries = models.JournalEntry.objects.filter(root=settled.id).order_by("number") if settled else []
    return {
        "reckoning": reckoning,
        "settlement": settled,
        "agrees": settled is None
        or (settled.usage_digest, settled.gross_fen, settled.net_fen)
        == (reckoning.usage_digest, reckoning.gross_fen, reckoning.net_fen),
        "bills": [
            {
                "due": bill,
                "number": contracts[bill.contract].number,
                "buyer": buyers[contracts[bill.contract].buyer],
            }
            for bill in reckoning.bills
        ],
        "shares": [
            {"due": share, "name": pack.organisations[share.organisation].name} for share in reckoning.shares
        ],
        "entries": entries,
    }


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, str]]:
    """Usage as asked for; what is no id or month finds nothing."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    asked = {name: typed.asked(request, name) for name in ("product", "month", "contract")}
    found = queries.usage_of(acting)
    if asked["product"]:
        known = {str(r.id): r for r in access.registrations(acting)}
        found = found.filter(registration=known.get(asked["product"]))
    if asked["month"]:
        found = found.filter(month=asked["month"])
    if asked["contract"]:
        found = found.filter(contract__number=asked["contract"].upper())
    return found, asked

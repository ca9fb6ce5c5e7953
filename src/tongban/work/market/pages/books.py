"""The books: journal, asset register, shares of the contributing departments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import in_language
from tongban.core.ledger import accounts
from tongban.work.market import access, books, models, months, products, queries
from tongban.work.market.actions import assets as asset_actions
from tongban.work.market.actions import journal as journal_actions
from tongban.work.market.pages import tables, typed
from tongban.work.market.pages.words import WORDS

PAGE = 25


@require_safe
@never_cache
@route.posts("officer", "auditor")
def journal(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, and what every account stands at. Auditors see ids, accounts and amounts."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found, asked = _filtered(request)
    if acting.role == "officer" and not queries.is_operator(acting):
        raise Http404
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = models.JournalLine.objects.filter(entry__in=access.entries(acting)).aggregate(
        d=Sum("debit_fen"), c=Sum("credit_fen")
    )
    context = {
        "tab": "journal", "page": page, "rows": [(entry, _lines(entry)) for entry in page], "asked": asked,
        "balances": books.balances(queries.entries(acting)), "debits": lines["d"] or 0, "credits": lines["c"] or 0,
        "query": request.GET.urlencode(), "manages": acting.role == "officer",
    }  # fmt: skip
    return render(request, "market/office/journal.html", context)


@require_safe
@never_cache
@route.posts("officer", "auditor")
def journal_csv(request: HttpRequest) -> HttpResponse:
    """One row per line."""
    found, _asked = _filtered(request)
    columns = [
        _("Book"),
        _("Journal entry"),
        _("Day"),
        _("Month"),
        _("Kind"),
        _("Ledger account"),
        _("Account name"),
        _("Debit (yuan)"),
        _("Credit (yuan)"),
        _("Party"),
        _("Belongs to"),
    ]
    rows = (
        (e.book, e.number, e.day.isoformat(), e.month, e.kind, line.account, in_language(account.name), tables.plain(line.debit_fen),
         tables.plain(line.credit_fen), line.party, str(e.root))
        for e in found[: tables.MOST]
        for line, account, _balance in _lines(e)
    )  # fmt: skip
    return sheets.download("journal", columns, rows)


@require_safe
@never_cache
@route.posts("officer", "auditor")
def entry(request: HttpRequest, entry: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = access.entry(acting, entry)
    answer = models.JournalEntry.objects.filter(reverses=found).first()
    settlement = models.Settlement.objects.filter(pk=found.root).first()
    context = {
        "tab": "journal", "entry": found, "lines": _lines(found), "answer": answer, "total": books.entry_of(found).total_fen,
        "settlement": settlement, "manages": acting.role == "officer", "asking": "reverse" in request.GET,
        "can_reverse": acting.role == "officer" and answer is None and found.reverses_id is None,
    }  # fmt: skip
    return render(request, "market/office/entry.html", context)


@require_POST
@route.posts("officer")
def reverse(request: HttpRequest, entry: UUID) -> HttpResponse:
    answer = journal_actions.reverse_entry(acting=request.acting, entry=entry)  # type: ignore[attr-defined]
    messages.success(request, _("Reversed by entry %(number)s.") % {"number": answer.number})
    return redirect("market:entry", answer.id)


@require_safe
@never_cache
@route.posts("officer")
def assets(request: HttpRequest) -> HttpResponse:
    """The asset register with what the month bears."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    if not queries.is_operator(acting):
        raise Http404
    month = _month(request)
    lines = queries.asset_register(acting, month)
    context = {
        "tab": "assets", "month": month, "lines": lines, "before": months.after(month, -1),
        "next": months.after(month) if month < months.of(acting.today) else "",
        "due": sum(line.month_fen for line in lines if line.booked is None and line.asset.first_month <= month),
        "cost": sum(line.asset.cost_fen for line in lines), "borne": sum(line.borne_fen for line in lines),
        "carrying": sum(line.carrying_fen for line in lines), "month_sum": sum(line.month_fen for line in lines),
        "asking": "amortise" in request.GET, "accumulated": books.ACCUMULATED,
    }  # fmt: skip
    return render(request, "market/office/assets.html", context)


@require_safe
@never_cache
@route.posts("officer")
def assets_csv(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    month = _month(request)
    columns = [
        _("Product"),
        _("Version"),
        _("Cost (yuan)"),
        _("Months"),
        _("First month"),
        _("Month"),
        _("Amortisation of the month (yuan)"),
        _("Booked so far (yuan)"),
        _("Carrying amount (yuan)"),
    ]
    rows = (
        (in_language(line.name), line.asset.registration.version, tables.plain(line.asset.cost_fen), line.asset.months, line.asset.first_month,
         month, tables.plain(line.month_fen), tables.plain(line.borne_fen), tables.plain(line.carrying_fen))
        for line in queries.asset_register(acting, month)
    )  # fmt: skip
    return sheets.download(f"assets-{month}", columns, rows)


@require_POST
@route.posts("officer")
def amortise(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    month = typed.sent(request, "month")
    booked = asset_actions.amortise_month(acting=acting, month=month)
    messages.success(request, _("Booked for %(count)s months of assets.") % {"count": len(booked)})
    return redirect(f"/office/market/assets?month={month}")


@require_safe
@never_cache
@route.posts("officer")
def shares(request: HttpRequest) -> HttpResponse:
    """What the officer's department got for what it contributed, month by month."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = queries.shares_of(acting)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(share, products.product_of(share.settlement.registration)) for share in page]
    total = found.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return render(
        request,
        "market/office/shares.html",
        {
            "tab": "shares",
            "page": page,
            "rows": rows,
            "total": total,
            "operates": queries.is_operator(acting),
        },
    )


@require_safe
@never_cache
@route.posts("officer")
def shares_csv(request: HttpRequest) -> HttpResponse:
    columns = [
        _("Month"),
        _("Product"),
        _("Version"),
        _("Role"),
        _("Weight"),
        _("Net income (yuan)"),
        _("Share of income (yuan)"),
    ]
    rows = (
        (s.settlement.month, in_language(products.product_of(s.settlement.registration).name), s.settlement.registration.version,
         _(WORDS["role"][s.role]), s.weight, tables.plain(s.settlement.net_fen), tables.plain(s.amount_fen))
        for s in queries.shares_of(request.acting)[: tables.MOST]  # type: ignore[attr-defined]
    )  # fmt: skip
    return sheets.download("shares", columns, rows)


def _lines(entry: models.JournalEntry) -> list[tuple[models.JournalLine, accounts.Account, int]]:
    """(line, account, what it adds to the balance of the account)."""
    found = sorted(entry.lines.all(), key=lambda line: line.position)
    named = [(line, accounts.CHART[line.account]) for line in found]
    return [
        (line, account, accounts.natural(account, line.debit_fen - line.credit_fen))
        for line, account in named
    ]


def _filtered(request: HttpRequest) -> tuple[QuerySet[models.JournalEntry], dict[str, str]]:
    """Entries by month, account, or what they belong to; what is no id finds nothing."""
    asked = {name: typed.asked(request, name) for name in ("month", "account", "root")}
    found = queries.entries(request.acting)  # type: ignore[attr-defined]
    if asked["month"]:
        found = found.filter(month=asked["month"])
    if asked["account"]:
        found = found.filter(
            pk__in=models.JournalLine.objects.filter(account=asked["account"]).values("entry")
        )
    if asked["root"]:
        try:
            found = found.filter(root=UUID(asked["root"]))
        except ValueError:
            found = found.none()
    return found, asked


def _month(request: HttpRequest) -> str:
    """The month asked for, else the current one; a later one is the current one."""
    current: Any = months.of(request.acting.today)  # type: ignore[attr-defined]
    asked = typed.asked(request, "month") or current
    months.first_day(asked)
    return min(asked, current)

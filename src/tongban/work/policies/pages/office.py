"""Entitlements of an office: list and file, one entitlement with its replay, answers to contests, payments."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal
from tongban.base.kit.templatetags.kit import called
from tongban.base.kit.text import in_language
from tongban.work.policies import access, models, queries, words
from tongban.work.policies import replay as replays
from tongban.work.policies.actions import events, office
from tongban.work.policies.pages import cards
from tongban.work.policies.pages.owner_steps import attempt, version_of
from tongban.work.policies.states import State

PER_PAGE: Final = 25
MOST: Final = 20_000
"""Rows of one file."""
_TABS: Final = {
    "open": msg("With the owner"),
    "contested": msg("Contested"),
    "to-pay": msg("To be paid"),
    "paid": msg("Paid"),
    "closed": msg("Closed without payment"),
    "all": msg("All"),
}
_HELD: Final = msg("Reserved or paid")
_FIRST: Final = ("contested", "to-pay", "open")
"""Unless a tab is asked for, the first of these that holds something: what the office has to do comes first."""


@require_safe
@route.posts("officer")
@never_cache
def entitlements(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    page = Paginator(queries.of_office(acting, **asked), PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts(acting, **{name: asked[name] for name in ("policy", "search", "year")})
    context = {
        "page": page,
        "rows": _rows(list(page)),
        "asked": asked,
        "tabs": [(name, _(word), counts[name]) for name, word in _TABS.items()],
        "title": _(_TABS.get(asked["tab"], _HELD)),
        "policies": list(directory.pack_in_force(acting.now).policies.values()),
    }
    return render(request, "policies/office/entitlements.html", context)


@require_safe
@route.posts("officer")
@never_cache
def entitlements_csv(request: HttpRequest) -> HttpResponse:
    """The same list as the page, all of it. No account number leaves through it."""
    asked = _asked(request)
    columns = (
        _("Entitlement"), _("Policy"), _("Owner"), _("Amount"), _("Counted in"), _("State"), _("Found on"), _("Last day to answer"), _("To be paid by"),
        _("Paid on"), _("Payment reference"), _("Place"),
    )  # fmt: skip
    rows = [
        (
            str(row.id), in_language(policy.name), called(subject), policy.written(row.amount_fen), words.unit(policy), word,
            row.found_on.isoformat(), _iso(row.confirm_by), _iso(row.due_on), _iso(row.paid_on), row.payment, row.place,
        )
        for row, subject, policy, (word, _tone) in _rows(list(queries.of_office(request.acting, **asked)[:MOST]))  # type: ignore[attr-defined]
    ]  # fmt: skip
    return sheets.download(f"entitlements-{request.acting.today}-{asked['tab']}", columns, rows)  # type: ignore[attr-defined]


@require_safe
@route.posts("officer")
@never_cache
def entitlement(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    return _page(request, access.entitlement(request.acting, entitlement))  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def answer(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    """Answer a contest; it is asked about once more before the owner is told."""
    row = access.in_charge_page(request.acting, entitlement)  # type: ignore[attr-defined]
    typed = {name: request.POST.get(name, "") for name in ("outcome", "reasons")}
    sure = "confirmed" in request.POST
    refusal = None
    if request.method == "POST" and "back" not in request.POST:
        if typed["outcome"] in office.OUTCOMES and typed["reasons"].strip() and not sure:
            return _form(request, "answer", row, None, typed | {"asking": "1"})
        refusal = attempt(
            lambda: office.answer_contest(
                acting=request.acting, entitlement=entitlement, version=version_of(request), **typed  # type: ignore[attr-defined]
            )
        )  # fmt: skip
        if refusal is None:
            messages.success(request, _("Answered. The owner has been told."))
            return redirect("policies:office-entitlement", entitlement)
    return _form(request, "answer", row, refusal, typed)


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def pay(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    row = access.entitlement(request.acting, entitlement)  # type: ignore[attr-defined]
    typed = {"reference": request.POST.get("reference", "")}
    refusal = None
    if request.method == "POST":
        refusal = attempt(
            lambda: office.mark_paid(
                acting=request.acting, entitlement=entitlement, version=version_of(request), **typed  # type: ignore[attr-defined]
            )
        )  # fmt: skip
        if refusal is None:
            messages.success(
                request,
                _("Marked as paid. The owner has been told.")
                if queries.is_money(row)
                else _("Marked as handed over. The owner has been told."),
            )
            return redirect("policies:office-entitlement", entitlement)
    return _form(request, "pay", row, refusal, typed)


@require_POST
@route.posts("officer")
@never_cache
@sensitive_variables("number")
def account(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    """The whole account number, once, on this page; that it was read is recorded."""
    number = office.read_account(acting=request.acting, entitlement=entitlement)  # type: ignore[attr-defined]
    return _page(request, access.entitlement(request.acting, entitlement), number=number)  # type: ignore[attr-defined]


def _page(request: HttpRequest, row: models.Entitlement, *, number: str = "") -> HttpResponse:
    one = cards.card(row, queries.names([row]).get(row.subject), request.acting)  # type: ignore[attr-defined]
    result = replays.replay(row)
    context = {
        "card": one, "row": row, "replay": result, "number": number,
        "differences": [(_(words.DIFFERENCES[d.kind]), d) for d in result.differences],
        "may_answer": one.contest is not None and row.state == State.CONTESTED.value
        and access.is_in_charge(request.acting, row),  # type: ignore[attr-defined]
        "in_charge": access.is_in_charge(request.acting, row),  # type: ignore[attr-defined]
        "may_claim": row.state == State.PAID.value and access.is_in_charge(request.acting, row) and bool(one.policy.clawback),  # type: ignore[attr-defined]
        "may_pay": row.state == State.CONFIRMED.value, "may_read_account": row.payee_account is not None,
    }  # fmt: skip
    return render(request, "policies/office/entitlement.html", context)


def _form(
    request: HttpRequest, name: str, row: models.Entitlement, refusal: Refusal | None, typed: dict[str, str]
) -> HttpResponse:
    row.refresh_from_db()
    one = cards.card(row, queries.names([row]).get(row.subject), request.acting)  # type: ignore[attr-defined]
    open_now = row.state == {"answer": State.CONTESTED, "pay": State.CONFIRMED}[name].value
    context = {"card": one, "row": row, "refusal": refusal, "typed": typed, "open": open_now}
    status = refusal.status if refusal else 200
    return render(request, f"policies/office/{name}.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, Any]:
    tab, year = request.GET.get("tab", ""), request.GET.get("year", "")
    asked: dict[str, Any] = {
        "policy": request.GET.get("policy", "")[:80].replace("\x00", ""),
        "search": " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80],
        "year": int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0,
    }
    if tab not in (*_TABS, "held"):
        counts = queries.counts(request.acting, **asked)  # type: ignore[attr-defined]
        tab = next((name for name in _FIRST if counts[name]), "all" if counts["all"] else "open")
    return {"tab": tab, **asked}


def _rows(found: list[models.Entitlement]) -> list[tuple[models.Entitlement, Any, Any, tuple[str, str]]]:
    """(entitlement, owner, policy, (word, tone) of its state). Names come in one query."""
    names = queries.names(found)
    return [
        (row, names.get(row.subject), policy, words.state(row.state, money=policy.is_money))
        for row in found
        for policy in (events.pack_and_policy(row)[1],)
    ]


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""

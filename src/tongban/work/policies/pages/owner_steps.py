"""The owner's three answers. Each has a page that says what follows before anything happens; each makes one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongban.base.kit import access as route
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.work.policies import access, queries
from tongban.work.policies.actions import owner
from tongban.work.policies.pages import cards


@route.applicant
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("account")
def confirm(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("payee_name", "account")}
    refusal = None
    if request.method == "POST":
        refusal = attempt(
            lambda: owner.confirm(
                acting=request.acting, entitlement=entitlement, version=version_of(request), **typed  # type: ignore[attr-defined]
            )
        )  # fmt: skip
        if refusal is None:
            row = access.entitlement(request.acting, entitlement)  # type: ignore[attr-defined]
            messages.success(
                request,
                _("Confirmed. You are told when it is paid.")
                if queries.is_money(row)
                else _("Confirmed. You are told when it is handed over."),
            )
            return redirect("policies:benefit", entitlement)
    return _step(request, "confirm", entitlement, refusal, typed)


@route.applicant
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def refuse(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        refusal = attempt(
            lambda: owner.refuse(acting=request.acting, entitlement=entitlement, version=version_of(request))  # type: ignore[attr-defined]
        )
        if refusal is None:
            messages.success(request, _("Given up. It goes to somebody else."))
            return redirect("policies:benefit", entitlement)
    return _step(request, "refuse", entitlement, refusal, {})


@route.applicant
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contest(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    typed = {"text": request.POST.get("text", "")}
    refusal = None
    if request.method == "POST":
        refusal = attempt(
            lambda: owner.contest(
                acting=request.acting, entitlement=entitlement, version=version_of(request), **typed  # type: ignore[attr-defined]
            )
        )  # fmt: skip
        if refusal is None:
            messages.success(
                request, _("An officer reads it and answers with reasons. Until then no day passes for you.")
            )
            return redirect("policies:benefit", entitlement)
    return _step(request, "contest", entitlement, refusal, typed)


def attempt(act: Callable[[], Any]) -> Refusal | None:
    """Carry it out; a refusal other than "not found" is handed back for the form."""
    try:
        act()
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return refusal
    return None


def version_of(request: HttpRequest) -> int:
    """The version the form was made from; a form without one counts as made from an old one."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _step(
    request: HttpRequest, step: str, entitlement: UUID, refusal: Refusal | None, typed: dict[str, str]
) -> HttpResponse:
    row = access.entitlement(request.acting, entitlement)  # type: ignore[attr-defined]
    one = cards.card(row, queries.names([row]).get(row.subject), request.acting)  # type: ignore[attr-defined]
    if step == "confirm" and not typed["payee_name"] and request.method != "POST":
        typed = typed | {"payee_name": one.subject.name if one.subject else ""}
    context = {
        "card": one,
        "row": row,
        "refusal": refusal,
        "typed": typed,
        "open": step in one.steps,
        "term": owner.time_to_pay(one.policy),
    }
    return render(request, f"policies/{step}.html", context, status=refusal.status if refusal else 200)

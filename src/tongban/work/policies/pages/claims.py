"""Claiming back what was paid: what has happened, on which day, and what is owed by the rule of the policy."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, Refusal
from tongban.work.policies import access, models, queries
from tongban.work.policies.actions import events, payments
from tongban.work.policies.pages import cards
from tongban.work.policies.pages.owner_steps import attempt, version_of


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def claim_back(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.in_charge_page(acting, entitlement)
    typed = {name: request.POST.get(name, "") for name in ("rule", "on", "rate", "reasons")}
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = attempt(lambda: _claim(acting, entitlement, typed, version_of(request)))
        if refusal is None:
            messages.success(
                request,
                _("Claimed back. The owner has been told, with the reasons.")
                if queries.is_money(row)
                else _("Withdrawn. The owner has been told, with the reasons."),
            )
            return redirect("policies:office-entitlement", entitlement)
    row.refresh_from_db()
    policy = events.pack_and_policy(row)[1]
    context = {
        "card": cards.card(row, queries.names([row]).get(row.subject), acting), "row": row, "typed": typed, "refusal": refusal,
        "rules": list(enumerate(policy.clawback)), "open": row.state == "paid", "today": acting.today,
        "interest": policy.is_money and any(rule.returns == "all-with-interest" for rule in policy.clawback),
    }  # fmt: skip
    return render(
        request, "policies/office/claim_back.html", context, status=refusal.status if refusal else 200
    )


@require_POST
@route.posts("officer")
def repaid(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    refusal = attempt(
        lambda: payments.mark_repaid(acting=acting, entitlement=entitlement, version=version_of(request))
    )
    if refusal is not None:
        messages.error(request, str(refusal))
    return redirect("policies:office-entitlement", entitlement)


def _claim(acting: Acting, entitlement: UUID, typed: dict[str, str], version: int) -> models.Entitlement:
    try:
        on = date.fromisoformat(typed["on"])
    except ValueError as error:
        message = _("Give the day on which it happened.")
        raise Invalid(message, fields={"on": message}) from error
    rule = int(typed["rule"]) if typed["rule"].isdecimal() and len(typed["rule"]) < 4 else -1
    return payments.claim_back(
        acting=acting, entitlement=entitlement, rule=rule, on=on, reasons=typed["reasons"], rate=typed["rate"], version=version
    )  # fmt: skip

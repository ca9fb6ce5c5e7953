"""What an officer does while a holder is heard: calls the hearing, writes its record, carries out with an answer; and ends a
case in which nothing is left to decide.

Each form carries the version it was made from and comes back with its text when it cannot be carried out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, Refusal
from tongban.work.cases.actions import handling, hearings
from tongban.work.cases.pages import officer_actions, officer_case, officer_steps


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def hearing(request: HttpRequest, number: str) -> HttpResponse:
    """Day and place of a hearing that was asked for; once it is held, its record."""
    view = officer_case.view_of(request, number)
    if view.heard is None or view.heard.asked_at is None or view.heard.recorded_at is not None:
        return officer_actions.too_late(request, number)
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in ("at", "where", "record")}
    refusal: Refusal | None = None
    if request.method == "POST":
        records = "record" in request.POST
        refusal = officer_actions.attempt(lambda: _act(request, number, typed, records=records))
        if refusal is None:
            recorded = _("On record. The holder has been told.")
            called = _("Told. The holder has day and place in writing.")
            return officer_actions.done(request, number, recorded if records else called)
    view = officer_case.view_of(request, number)
    context = {
        "view": view, "case": view.case, "refusal": refusal, "typed": typed, "open": True,
        "held": bool(view.heard and view.heard.held_at and view.heard.held_at <= view.acting.now),
    }  # fmt: skip
    return render(request, "cases/officer/hearing.html", context, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def terminate(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing is left to decide: why, and in words for the file."""
    view = officer_case.view_of(request, number)
    ground, reasons = request.POST.get("ground", ""), request.POST.get("reasons", "").replace("\x00", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(
            lambda: handling.terminate(
                acting=request.acting, number=number, ground=ground, reasons=reasons,  # type: ignore[attr-defined]
                version=officer_actions.version_of(request),
            )
        )  # fmt: skip
        if refusal is None:
            return officer_actions.done(request, number, _("Ended without a decision. The file says why."))
    elif not officer_steps.can(view, "terminate"):
        return officer_actions.too_late(request, number)
    view = officer_case.view_of(request, number)
    context: dict[str, Any] = {
        "view": view, "case": view.case, "refusal": refusal, "ground": ground, "reasons": reasons,
        "grounds": [(name, _(words)) for name, words in handling.GONE.items()],
        "open": officer_steps.can(view, "terminate"),
    }  # fmt: skip
    return render(request, "cases/officer/terminate.html", context, status=refusal.status if refusal else 200)


def _act(request: HttpRequest, number: str, typed: dict[str, str], *, records: bool) -> None:
    acting, version = request.acting, officer_actions.version_of(request)  # type: ignore[attr-defined]
    if records:
        hearings.record(acting=acting, number=number, record=typed["record"], version=version)
        return
    try:
        at = datetime.fromisoformat(typed["at"]) if typed["at"] else None
    except ValueError:
        said = _("Write day and time as 2026-04-01T09:30.")
        raise Invalid(_("Some entries need another look."), fields={"at": said}) from None
    hearings.summon(acting=acting, number=number, at=at, where=typed["where"], version=version)

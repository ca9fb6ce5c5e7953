"""Grants: who may look into what until when, what was looked up under them, and ending one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import access, actions, models, queries
from tongban.records.catalogue.pages import words
from tongban.records.catalogue.pages.requests import tried
from tongban.records.catalogue.pages.steps import version_of

PER_PAGE = 25


@require_safe
@route.posts("officer", "clerk")
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    found = access.grants(acting).select_related("request").order_by("-valid_from", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_line(grant, pack, acting) for grant in page]}
    return render(request, "catalogue/grants.html", context)


@require_safe
@route.posts("officer", "clerk")
@never_cache
def one(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One grant with every look-up under it. Neither key nor subject is shown: the log says that, when and which fields."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    found = access.grant(acting, grant_id)
    look_ups, day = queries.look_ups_under(found), _day(request.GET.get("day", ""))
    if day is not None:
        delivered = request.GET.get("found") == "1"
        look_ups = look_ups.filter(queries.look_ups_on(day, acting.time_zone, delivered=delivered))
    page = Paginator(look_ups, PER_PAGE).get_page(request.GET.get("page"))
    line = _line(found, pack, acting)
    context = {
        **line, "page": page, "day": day, "may_revoke": access.may_revoke(acting, found) and line["running"],
        "look_ups": [(seen, words.listed(words.field(pack, seen.resource, f) for f in seen.fields), words.tag(words.STATES, seen.outcome)) for seen in page],
    }  # fmt: skip
    return render(request, "catalogue/grant.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def revoke(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """End a grant: a reason, and the question once more."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    found = access.grant(acting, grant_id)
    line = _line(found, pack, acting)
    reason = request.POST.get("reason", "")
    refusal = None
    if not access.may_revoke(acting, found) or (request.method != "POST" and not line["running"]):
        messages.warning(request, _("This grant cannot be revoked here."))
        return redirect("catalogue:grant", grant_id)
    if request.method == "POST" and "back" not in request.POST:
        if reason.strip() and "confirmed" not in request.POST:
            return render(request, "catalogue/confirm.html", {
                "title": _("Revoke the grant"), "hidden": [("reason", reason), ("version", request.POST.get("version", ""))],
                "words": reason, "question": _("From this moment nothing more is delivered under this grant. It cannot be brought back."),
                "button": _("Revoke"), "back_to": f"/catalogue/grants/{found.id}", "back_name": line["organ"],
            })  # fmt: skip
        refusal, done = tried(
            lambda: actions.revoke(acting=acting, grant=grant_id, reason=reason, version=version_of(request))
        )
        if done is not None:
            messages.success(request, _("Revoked. Nothing more is delivered under it."))
            return redirect("catalogue:grant", grant_id)
    context = {**line, "reason": reason, "refusal": refusal}
    return render(request, "catalogue/revoke.html", context, status=refusal.status if refusal else 200)


def _day(text: str) -> date | None:
    """A civil day; None for anything else, and for a year that no look-up can have."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _line(grant: models.Grant, pack: Pack, acting: Acting) -> dict[str, Any]:
    state = queries.grant_state(grant, acting.today)
    return {
        "grant": grant,
        "running": state in ("live", "not-ready"),
        "tag": words.tag(words.STATES, state),
        "organ": words.organ(pack, grant.organisation),
        "steward": words.organ(pack, grant.steward),
        "resource": words.resource(pack, grant.resource),
        "fields": words.listed(words.field(pack, grant.resource, one) for one in grant.fields),
        "served": words.listed(words.served(pack, grant.event, grant.services)),
    }

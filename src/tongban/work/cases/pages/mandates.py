"""Mandates: who may act for me (or for the firm I represent), for what and until when; and for whom I may act."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.directory import queries as directory
from tongban.base.identity import mandates as identity
from tongban.base.identity import queries
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal
from tongban.base.kit.templatetags.kit import called
from tongban.core.packs.pack import Pack


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mandates(request: HttpRequest) -> HttpResponse:
    """The lists, and the form for giving one. What could not be taken is shown again with what was typed."""
    if request.method != "POST":
        return _page(request)
    pack = directory.pack_in_force(request.acting.now)
    events = [name for name in request.POST.getlist("event") if name in pack.life_events]
    everything = request.POST.get("scope") == "everything"
    problems: dict[str, str] = {}
    if not everything and not events:
        problems["event"] = _("Choose what the mandate is for.")
    until = _day(request.POST.get("until", ""))
    if until is None:
        problems["until"] = _("Give a date as 2026-11-25.")
    if problems or until is None:
        return _page(request, Invalid(_("The mandate was not given."), fields=problems))
    try:
        given = identity.give(
            acting=request.acting, identifier=request.POST.get("identifier", "")[:40].replace("\x00", ""),
            name=request.POST.get("name", "")[:120].replace("\x00", ""), events=[] if everything else events, until=until,
        )  # fmt: skip
    except (Invalid, NotNow) as refusal:
        return _page(request, refusal)
    messages.success(request, _("%(name)s may act from now on.") % {"name": called(given.agent)})
    return redirect("cases:mandates")


@access.applying
@require_POST
def revoke(request: HttpRequest, mandate: UUID) -> HttpResponse:
    """End one at once; a second click changes nothing."""
    try:
        identity.revoke(acting=request.acting, mandate=mandate)
    except NotFound as refusal:
        messages.error(request, _(refusal.message))
    else:
        messages.success(request, _("The mandate has ended."))
    return redirect("cases:mandates")


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    acting = request.acting
    pack = directory.pack_in_force(acting.now)
    typed = request.POST if refusal is not None else {}
    chosen = set(typed.getlist("event")) if refusal is not None else set()
    principal = identity.principal_of(acting)
    labels = {
        "identifier": _("Identity number"),
        "name": _("Name"),
        "event": _("What for"),
        "until": _("Until"),
    }
    context = {
        "may_give": principal is not None,
        "principal": queries.subject(principal) if principal is not None else None,
        "given": [(held, _events(pack, held.events)) for held in identity.given(acting)],
        "held": [
            (held, _events(pack, held.events))
            for held in queries.mandates_of(request.user.person, acting.now)
        ],
        "events": [(event, event.id in chosen) for event in pack.life_events.values()],
        "typed": typed,
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
        "errors": [
            {"id": name, "label": labels.get(name, ""), "message": text}
            for name, text in (refusal.fields if refusal else {}).items()
        ],
    }
    return render(
        request, "cases/applicant/mandates.html", context, status=refusal.status if refusal else 200
    )


def _events(pack: Pack, ids: list[str]) -> list[object]:
    """Names of the life events that a mandate is limited to; one that the pack no longer has goes by its id."""
    return [pack.life_events[name].name if name in pack.life_events else name for name in ids]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None

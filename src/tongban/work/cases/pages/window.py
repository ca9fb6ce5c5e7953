"""The comprehensive window: who stands here, what they come for, what is open, and the receipt to print."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.identity import attempts
from tongban.base.identity import queries as identity
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal
from tongban.base.kit.templatetags.kit import called
from tongban.base.notices import queries as notices
from tongban.work.cases import access as cases
from tongban.work.cases import desk_access, queries
from tongban.work.cases.actions import filing


@access.posts("clerk")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("number")
def window(request: HttpRequest) -> HttpResponse:
    """Identify whoever stands here and open a draft for them. After ten that did not fit it is closed for a while."""
    acting, refusal, given = request.acting, None, request.POST
    key = f"window:{acting.actor}"
    if request.method == "POST":
        try:
            if attempts.too_many(key):
                raise NotNow(_("Too many did not fit. Wait a quarter of an hour, or ask a colleague."))
            opened = filing.open_filing(
                acting=acting, number=given.get("number", "")[:40], name=given.get("name", "")[:120],
                event=given.get("event", "")[:80], principal=given.get("principal", "")[:40],
            )  # fmt: skip
        except Refusal as error:
            if isinstance(error, Invalid) and error.fields.keys() & {"number", "principal"}:
                attempts.failed(key)
            refusal = error
        else:
            attempts.succeeded(key)
            return redirect("cases:draft", opened.pk)
    open_now = list(desk_access.filings(acting).select_related("application").order_by("-opened_at"))
    people = identity.names_of(
        {one.person for one in open_now} | {one.application.principal for one in open_now}
    )
    pack = directory.pack_in_force(acting.now)
    context = {
        "open": [
            {
                "filing": one, "event": pack.life_events.get(one.application.event), "person": called(people.get(one.person)),
                "principal": called(people.get(one.application.principal)) if one.mandate else "",
            }
            for one in open_now
        ],
        "events": list(pack.life_events.values()), "given": given, "refusal": refusal,
    }  # fmt: skip
    return render(request, "cases/officer/window.html", context, status=refusal.status if refusal else 200)


@access.posts("clerk")
@require_POST
def leave(request: HttpRequest, application: UUID) -> HttpResponse:
    try:
        filing.close_filing(acting=request.acting, application=application)
    except NotFound as error:
        raise Http404 from error
    messages.success(
        request, _("Closed. The draft is with the person, who may go on at home or at any window.")
    )
    return redirect("cases:office-window")


@access.posts("clerk")
@require_safe
@never_cache
def filed(request: HttpRequest, number: str) -> HttpResponse:
    """What was submitted at this window: its number, its cases, and the receipt to print."""
    application = cases.application(request.acting, number)
    pack = directory.pack(application.pack_digest)
    receipt = next((d for d in notices.documents_of(application.pk) if d.kind == "receipt"), None)
    context = {
        "application": application,
        "event": pack.life_events[application.event],
        "receipt": receipt,
        "lines": [
            (case, pack.services[case.service], pack.organisations.get(case.organisation))
            for case in queries.cases_of(application)
        ],
    }
    return render(request, "cases/officer/filed.html", context)

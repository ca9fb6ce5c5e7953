"""校核: asking the steward of a registry to correct a value, and answering that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import access, actions, queries
from tongban.records.catalogue.pages import words
from tongban.records.catalogue.pages.requests import tried
from tongban.records.catalogue.pages.steps import version_of

PER_PAGE = 25


@require_safe
@route.signed_in
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    """One's own corrections; for officers also those for what their office keeps."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    found = access.corrections(acting).order_by("answered_on", "-submitted_at", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [_line(one, pack) for one in queries.listed_corrections(page.object_list, acting)]
    return render(request, "catalogue/corrections.html", {"page": page, "rows": rows, "base": _base(acting)})


@require_http_methods(["GET", "HEAD", "POST"])
@route.signed_in
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    if acting.principal is None and acting.role != "officer":
        raise Http404
    pack = directory.pack_in_force(acting.now)
    given = request.POST if request.method == "POST" else request.GET
    resource = pack.resources.get(given.get("resource", "")) or next(iter(pack.resources.values()), None)
    if resource is None:
        raise Http404
    typed = {name: given.get(name, "") for name in ("key", "field", "claim")}
    refusal = None
    if request.method == "POST":
        refusal, made = tried(
            lambda: actions.request_correction(acting=acting, resource=resource.id, **typed)
        )
        if made is not None:
            messages.success(request, _("Sent to the steward. The clock of the answer runs."))
            return redirect("catalogue:correction", made.number)
    context = {
        "resource": resource, "resources": list(pack.resources.values()), "typed": typed, "refusal": refusal, "base": _base(acting),
        "key_label": words.field(pack, resource.id, resource.key), "steward": _keeper(pack, resource.steward, acting.place),
    }  # fmt: skip
    return render(
        request, "catalogue/correction_new.html", context, status=refusal.status if refusal else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@route.signed_in
@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One correction; the steward's officers answer it here."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    found = access.correction(acting, number)
    outcome, answer = request.POST.get("outcome", ""), request.POST.get("answer", "")
    refusal = None
    if request.method == "POST":
        refusal, done = tried(
            lambda: actions.answer_correction(
                acting=acting, number=number, outcome=outcome, answer=answer, version=version_of(request)
            )
        )
        if done is not None:
            messages.success(request, _("Answered. Whoever asked sees it at once."))
            return redirect("catalogue:correction", number)
    (listed,) = queries.listed_corrections([found], acting)
    context = {
        **_line(listed, pack), "refusal": refusal, "outcome": outcome, "answer": answer, "base": _base(acting),
        "may_answer": access.may_answer(acting, found) and found.state == "submitted",
    }  # fmt: skip
    return render(request, "catalogue/correction.html", context, status=refusal.status if refusal else 200)


def _line(listed: queries.Listed, pack: Pack) -> dict[str, Any]:
    found = listed.entry
    subject = identity.names_of({found.subject}).get(found.subject) if found.subject else None
    return {
        "correction": found,
        "clock": listed.clock,
        "left": words.time_left(listed.clock),
        "resource": words.resource(pack, found.resource),
        "field": words.field(pack, found.resource, found.field),
        "steward": words.organ(pack, found.steward),
        "asker": words.organ(pack, found.organisation) if found.organisation else None,
        "subject": subject,
        "tag": words.tag(words.STATES, found.state),
    }


def _keeper(pack: Pack, authority: str, place: str) -> Any:
    try:
        return directory.organisation_for(pack, authority, place).name
    except LookupError:
        return pack.authorities[authority].name if authority in pack.authorities else authority


def _base(acting: Acting) -> str:
    """Officers see it in their workspace, everybody else on a plain page."""
    return "kit/office.html" if acting.post is not None else "kit/base.html"

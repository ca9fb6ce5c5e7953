"""For the holder, at the place that is asked: who wants to see which licence, what for, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.refusals import NotFound
from tongban.base.peers import queries as peers
from tongban.records.licences import evidence_access as access
from tongban.records.licences import evidence_giving as giving
from tongban.records.licences import evidence_pages as pages
from tongban.records.licences import evidence_words as words
from tongban.records.licences import queries


@require_safe
@never_cache
@route.applicant
def consent(request: HttpRequest, request_id: UUID) -> HttpResponse:
    acting = request.acting  # type: ignore[attr-defined]
    try:
        found, holder = access.consent(acting, request_id)
    except NotFound as refusal:
        raise Http404 from refusal
    pack = directory.pack_in_force(acting.now)
    kind = pack.licences.get(found.document["kind"])
    if kind is None:
        raise Http404
    wanted = set(found.document["fields"])
    state = pages.stated(found, acting.now, words.CONSENTS)
    answerable = state["code"] == "asked"
    peer = peers.peer(found.peer)
    context = {
        "row": found,
        "peer": peer,
        "kind": kind,
        "asked_fields": [
            field.label for field in kind.fields if field.id in wanted and not field.always_shown
        ],
        "always": [field.label for field in kind.fields if field.always_shown],
        "choices": [_choice(one, wanted, acting.today) for one in access.candidates(acting, found, holder)]
        if answerable
        else [],
        "answerable": answerable,
        "trusted": peer is not None and peer.state == "trusted",
        **state,
    }
    return render(request, "licences/evidence/consent.html", context)


@require_POST
@route.applicant
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    acting, choice = request.acting, request.POST.get("choice")  # type: ignore[attr-defined]
    digest = request.POST.get("digest", "")
    if choice == "agree":
        licence = _id(request.POST.get("licence", ""))
        if licence is None:
            messages.error(request, _("Choose the licence that may be shown."))
            return redirect("licences:evidence_consent", request_id)
        giving.agree(acting=acting, request_id=request_id, licence=licence, digest=digest)
        messages.success(request, _("You agreed. Go back to the place that asked and fetch it there."))
    elif choice == "refuse":
        giving.refuse(acting=acting, request_id=request_id, digest=digest)
        messages.success(request, _("You refused. Nothing will be shown."))
    elif choice == "withdraw":
        giving.withdraw(acting=acting, request_id=request_id)
        messages.success(request, _("Your consent is withdrawn. Nothing will be shown."))
    return redirect("licences:evidence_consent", request_id)


def _choice(licence: Any, wanted: set[str], today: Any) -> dict[str, Any]:
    """A licence that could be shown, with exactly what the other place would learn."""
    card = queries.card(licence, today)
    shown = [field for field in card.kind.fields if field.id in licence.claims]
    values = [
        pair
        for field, pair in zip(shown, card.fields, strict=True)
        if field.always_shown or field.id in wanted
    ]
    return {"licence": licence, "card": card, "values": values}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""Signing together: the applicant asks on the review page; the other sees what they sign on a page of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.identity import queries as identity
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotNow, Refusal, StaleVersion
from tongban.base.kit.templatetags.kit import called
from tongban.core.planning.model import Applies
from tongban.work.cases import access as cases
from tongban.work.cases import models, signing
from tongban.work.cases.actions import cosigning
from tongban.work.cases.pages import content, desk, fields, materials, reasons
from tongban.work.cases.pages.desk import Desk, Given


@access.applicant
@require_POST
@desk.on_draft
def ask(request: HttpRequest, on: Desk, who: str) -> HttpResponse:
    """Ask one of those who have to sign, or ask again after a change or a refusal."""
    try:
        cosigning.ask(
            acting=request.acting, application=on.application.id, who=who, version=desk.version_of(request)
        )
    except (NotNow, StaleVersion) as refusal:
        messages.error(request, _(refusal.message))
    else:
        messages.success(request, _("Asked. It shows here when they have signed."))
    response = redirect("cases:review", on.application.id)
    response.headers["Location"] += "#signers"
    return response


@access.applicant
@require_safe
@never_cache
def signature(request: HttpRequest, signature: UUID) -> HttpResponse:
    return _page(request, signature)


@access.applicant
@require_POST
def sign(request: HttpRequest, signature: UUID) -> HttpResponse:
    if request.POST.get("agreed") != "yes":
        return _page(
            request, signature, Invalid(_("Tick the box to show that you have read it and sign.")), "agreed"
        )
    try:
        cosigning.sign(acting=request.acting, signature=signature, digest=request.POST.get("digest", "")[:64])
    except (StaleVersion, NotNow) as refusal:
        return _page(request, signature, refusal)
    messages.success(request, _("Signed. The applicant has been told."))
    return redirect("cases:signature", signature)


@access.applicant
@require_POST
def refuse(request: HttpRequest, signature: UUID) -> HttpResponse:
    try:
        cosigning.refuse(
            acting=request.acting,
            signature=signature,
            reason=request.POST.get("reason", "").replace("\x00", ""),
        )
    except (Invalid, NotNow) as refusal:
        return _page(request, signature, refusal, "reason")
    messages.success(request, _("Noted. The applicant has been told why."))
    return redirect("cases:signature", signature)


def signers_of(request: HttpRequest, on: Desk) -> list[dict[str, Any]]:
    """Those who have to sign, for the applicant's review page, with how far each is."""
    earlier: dict[str, models.Signature] = {}
    for row in on.application.signatures.exclude(ended_at=None).order_by("ended_at"):
        earlier[row.who] = row
    return [_signer(request, on, one, earlier.get(one.who)) for one in signing.needed(on.application, on.pack, on.plan, on.acting)]  # fmt: skip


def _signer(
    request: HttpRequest, on: Desk, one: signing.Needed, earlier: models.Signature | None
) -> dict[str, Any]:
    row = one.signature
    known = identity.names_of({row.person}).get(row.person) if row is not None and row.person else None
    state = "none" if row is None else row.state
    if state == "signed" and not one.valid:
        state = "stale"
    return {
        "who": one.who,
        "part": signing.roles_in_words(one.roles, on.pack),
        "name": called(known),
        "identifier": reasons.masked(one.identifier) if one.identifier else "",
        "state": state,
        "row": row,
        "earlier": earlier if row is None else None,
        "link": request.build_absolute_uri(reverse("cases:signature", args=[row.id]))
        if row is not None
        else "",
    }


def _page(request: HttpRequest, key: UUID, refusal: Refusal | None = None, field: str = "") -> HttpResponse:
    """What is to be signed, as it stands now; after an answer, what was answered."""
    row = cases.signature(request.acting, key)
    open_ = row.application.state == "draft"
    context: dict[str, Any] = {
        "signature": row,
        "refusal": refusal,
        "field": field,
        "asker": identity.subject(row.application.principal),
        "reason": request.POST.get("reason", ""),
        "open": open_ and row.state == "asked",
        "submitted": row.application.state == "submitted",
    }
    on = desk.desk_of(request.acting, row.application)
    roles = [(role["service"], role["signer"]) for role in row.roles]
    context |= {"event": on.event, "part": signing.roles_in_words(roles, on.pack)}
    if context["open"]:
        context |= {
            "digest": signing.digest(signing.content(on.application, on.plan)),
            "services": [
                (on.pack.services[s.id], content.organ_name(on.pack, on.pack.services[s.id].authority, on.application.place))
                for s in on.plan.services
                if s.applies is Applies.YES
            ],
            "answers": [
                (
                    on.pack.facts[name].label,
                    fields.shown_value(on.application, on.pack, on.facts, name),
                    fields.source_label(on.application, on.pack, name),
                )
                for name in on.pack.facts
                if name in on.application.answers
            ],
            "papers": [
                paper
                for paper in materials.papers(on.application, on.pack, on.plan.materials, Given())
                if paper["planned"].certain
            ],
        }  # fmt: skip
    return render(
        request, "cases/applicant/signature.html", context, status=refusal.status if refusal else 200
    )

"""The wallet, one licence, and the public page that says whether a licence is good."""

from __future__ import annotations

import re
from uuid import UUID

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.kit import access as route
from tongban.base.kit.refusals import NotFound
from tongban.records.licences import actions, models, queries, sdjwt, trust
from tongban.records.licences.verification import Verification

STATES = {
    # state of a licence: (word, tone of the tag)
    "valid": (gettext_noop("Valid"), "ok"),
    "expired": (gettext_noop("Expired"), "bad"),
    "not-yet-valid": (gettext_noop("Not valid yet"), "warn"),
    "suspended": (gettext_noop("Suspended"), "warn"),
    "revoked": (gettext_noop("Revoked"), "bad"),
    "superseded": (gettext_noop("Replaced"), "bad"),
    # further outcomes of a verification
    "not-ours": (gettext_noop("Not confirmed"), "bad"),
    "forged": (gettext_noop("Not genuine"), "bad"),
    "unreadable": (gettext_noop("Not readable"), "warn"),
    "cannot-tell": (gettext_noop("Cannot be told"), "warn"),
}
USES = {
    "licence.issued": gettext_noop("Issued"),
    "licence.registered": gettext_noop("Taken over from the register"),
    "licence.read": gettext_noop("Looked at"),
    "licence.suspended": gettext_noop("Suspended"),
    "licence.reinstated": gettext_noop("Reinstated"),
    "licence.revoked": gettext_noop("Revoked"),
    "licence.consented": gettext_noop("You agreed to show it to another place"),
    "licence.shown": gettext_noop("Shown to another place, as you agreed"),
}

_CODE = re.compile(r"(?:^|/verify/)([A-Za-z0-9_-]{22})$")


@require_safe
@never_cache
@route.applicant
def wallet(request: HttpRequest) -> HttpResponse:
    """Every licence of whom one acts for."""
    today = request.acting.today  # type: ignore[attr-defined]
    cards = [_worded(queries.card(licence, today)) for licence in queries.of_subject(request.acting)]  # type: ignore[attr-defined]
    return render(request, "licences/wallet.html", {"cards": cards})


@require_safe
@never_cache
@route.signed_in
def licence(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    found = _looked_at(request, licence_id)
    link = request.build_absolute_uri(reverse("licences:verify_code", args=[found.code]))
    uses = [(gettext(USES.get(use.action, use.action)), use) for use in queries.used_by(found)]
    context = _worded(queries.card(found, request.acting.today))  # type: ignore[attr-defined]
    return render(request, "licences/licence.html", {**context, "link": link, "qr": qr(link), "uses": uses})


@require_safe
@never_cache
@route.signed_in
def download(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    """The signed file, which can be checked anywhere without this node."""
    found = _looked_at(request, licence_id)
    if found.token is None:
        raise Http404
    name = re.sub(r"[^0-9A-Za-z]", "", found.number) or str(found.id)
    return HttpResponse(
        found.token,
        content_type=f"application/{sdjwt.TYPE}",
        headers={"Content-Disposition": f'attachment; filename="{found.kind}-{name}.sdjwt"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@route.public
def verify(request: HttpRequest) -> HttpResponse:
    """Paste a licence, upload its file, or give the code below the QR. Nothing is kept."""
    if request.method != "POST":
        return _answer(request, None)
    upload = request.FILES.get("file")
    token: str | bytes = upload.read(sdjwt.MAX_BYTES + 1) if upload else request.POST.get("token", "").strip()
    if not token:
        return _answer(
            request, None, error=gettext("Paste a licence or its code, or choose its file."), status=422
        )
    code = _CODE.search(token) if isinstance(token, str) and len(token) < 400 else None
    if code:
        return redirect("licences:verify_code", code[1])
    return _answer(request, queries.verify(token, request.acting.now))  # type: ignore[attr-defined]


@require_safe
@never_cache
@route.public
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR on a licence leads to. A code that nobody was given is answered with 404."""
    token = queries.token_of_code(code) if _CODE.fullmatch(code) else None
    if token is None:
        return _answer(request, None, unknown_code=True, status=404)
    return _answer(request, queries.verify(token, request.acting.now))  # type: ignore[attr-defined]


@require_safe
@route.public
def trust_list(request: HttpRequest) -> HttpResponse:
    """The published trust list, for other places and for whoever checks licences offline."""
    path = trust.file_of_node()
    if not path.exists():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="application/json")


def qr(link: str) -> SafeString:
    """A QR code as inline SVG, dark on light in every theme: scanners do not read it inverted."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#17211f", light="#fff", omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308  # drawn by segno; the link is in it as modules only


def _looked_at(request: HttpRequest, licence_id: UUID) -> models.Licence:
    try:
        return actions.look_at(acting=request.acting, licence=licence_id)  # type: ignore[attr-defined]
    except NotFound as refusal:
        raise Http404 from refusal


def _worded(card: queries.Card) -> dict[str, object]:
    word, tone = STATES[card.state]
    return {"card": card, "state": gettext(word), "tone": tone}


def _answer(
    request: HttpRequest,
    result: Verification | None,
    *,
    error: str = "",
    unknown_code: bool = False,
    status: int = 200,
) -> HttpResponse:
    word, tone = STATES[result.outcome] if result else ("", "")
    context = {
        "result": result,
        "state": gettext(word) if word else "",
        "tone": tone,
        "error": error,
        "unknown_code": unknown_code,
        "given": request.POST.get("token", "")[: sdjwt.MAX_BYTES],
    }
    response = render(request, "licences/verify.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response

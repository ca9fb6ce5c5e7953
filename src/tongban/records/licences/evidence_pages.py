"""For the holder, at the place that asks: ask, follow, fetch, see what came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit import access as route
from tongban.base.kit.ids import uuid7
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.base.kit.text import in_language
from tongban.base.peers import queries as peers
from tongban.core.packs.model import LicenceKind
from tongban.core.packs.pack import Pack
from tongban.records.licences import evidence_access as access
from tongban.records.licences import evidence_asking as asking
from tongban.records.licences import evidence_models as models
from tongban.records.licences import evidence_words as words
from tongban.records.licences import queries

PER_PAGE = 50


@require_safe
@never_cache
@route.applicant
def overview(request: HttpRequest) -> HttpResponse:
    """What was asked of other places for me, and what other places were allowed to see."""
    acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    names = {peer.node: peer for peer in peers.peers()}
    asked = [
        {
            "row": row,
            "peer": names.get(row.peer),
            "kind": _kind(pack, row.kind),
            **stated(row, acting.now, words.ASKED),
        }
        for row in access.asked_by(acting).order_by("-asked_at")[:PER_PAGE]
    ]
    answered = [
        {
            "row": row, "peer": names.get(row.peer), "kind": _kind(pack, row.document["kind"]),
            **stated(row, acting.now, words.CONSENTS),
        }
        for row in access.answered_by(acting).order_by("-received_at")[:PER_PAGE]
    ]  # fmt: skip
    context = {
        "asked": asked,
        "answered": answered,
        "can_ask": any(peer.state == "trusted" for peer in names.values()),
    }
    return render(request, "licences/evidence/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@route.applicant
def ask(request: HttpRequest) -> HttpResponse:
    """First the place and the kind, then the fields and what for. Works without JavaScript: two forms."""
    acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    given = request.POST if request.method == "POST" else request.GET
    chosen = {
        "peer": given.get("peer", ""),
        "kind": given.get("kind", ""),
        "service": given.get("service", ""),
    }
    fields = given.getlist("fields")
    errors: dict[str, str] = {}
    if request.method == "POST":
        subject = identity.subject(acting.principal)
        try:
            row = asking.ask(
                acting=acting, subject=subject, peer_node=chosen["peer"], kind=chosen["kind"], fields=fields,
                service=chosen["service"], request_id=_id(given.get("id", "")),
            )  # fmt: skip
            return redirect("licences:evidence_request", row.pk)
        except Invalid as refusal:
            errors = {name: _(text) for name, text in refusal.fields.items()} or {"": _(refusal.message)}
    context = {
        **_choices(pack, acting),
        "chosen": chosen,
        "fields": fields,
        "kind": pack.licences.get(chosen["kind"]),
        "peer": peers.trusted_peer(chosen["peer"]),
        "id": given.get("id") or uuid7(),
        "error": errors,
        "errors": [{"id": name or "main", "label": "", "message": text} for name, text in errors.items()],
    }
    return render(request, "licences/evidence/ask.html", context, status=422 if errors else 200)


@require_safe
@never_cache
@route.applicant
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    acting = request.acting  # type: ignore[attr-defined]
    row = _found(acting, request_id)
    pack = directory.pack(row.pack_digest)
    kind = pack.licences[row.kind]
    labels = {field.id: field.label for field in kind.fields}
    state = stated(row, acting.now, words.ASKED)
    context = {
        "row": row,
        "peer": peers.peer(row.peer),
        "kind": kind,
        "labels": [labels[field] for field in row.fields],
        "always": [field.label for field in kind.fields if field.always_shown],
        "reason": _(words.REASONS.get(row.reason, words.OTHERWISE)) if row.reason else "",
        "shown": _shown(pack, kind, row.found),
        "moving": row.state in ("asked", "collecting") and state["code"] != "expired",
        **state,
    }
    return render(request, "licences/evidence/request.html", context)


@require_POST
@route.applicant
def collect(request: HttpRequest, request_id: UUID) -> HttpResponse:
    version = request.POST.get("version", "")
    asking.collect(
        acting=request.acting, request_id=request_id, version=int(version) if version.isdecimal() else 0  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(request, _("It is being fetched. That takes a moment."))
    return redirect("licences:evidence_request", request_id)


def _choices(pack: Pack, acting: Any) -> dict[str, Any]:
    filled = {organ.authority for organ in pack.organisations.values()}
    services = [
        service
        for service in pack.services.values()
        if service.authority in filled and asking.basis(pack, service) is not None
    ]
    return {"peers": peers.trusted(), "kinds": list(pack.licences.values()), "services": services}


def _shown(pack: Pack, kind: LicenceKind, found: dict[str, Any]) -> list[tuple[str, Any]]:
    """What came, field by field, in the reader's language: this place's pack has the words."""
    values = found.get("values", {})
    return [
        (
            in_language(field.label),
            in_language(found["issuer"])
            if field.given == "issuer"
            else in_language(queries.worded(pack, field, values[field.id])),
        )
        for field in kind.fields
        if field.id in values
    ]


def _kind(pack: Pack, kind: str) -> Any:
    declared = pack.licences.get(kind)
    return declared.name if declared else kind


def stated(row: Any, now: Any, table: dict[str, tuple[str, str]]) -> dict[str, str]:
    """State, its word and its tone. Whatever was not settled in its time is expired."""
    open_states = ("asked", "told", "collecting") if table is words.ASKED else ("asked", "agreed")
    code = "expired" if row.state in open_states and now >= row.expires_at else row.state
    word, tone = table[code]
    return {"code": code, "word": _(word), "tone": tone}


def _found(acting: Any, request_id: UUID) -> models.EvidenceRequest:
    try:
        return access.request(acting, request_id)
    except NotFound as refusal:
        raise Http404 from refusal


def _id(text: str) -> UUID:
    """The id that the form carried, so that sending it twice asks once."""
    try:
        return UUID(text)
    except ValueError:
        return uuid7()

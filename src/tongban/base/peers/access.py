"""Routes between nodes.

@peers.peer       only a trusted peer, by a signed request; `request.peer` is its row
@peers.signed     anybody; only the answer is signed, so that it can be believed
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from tongban.base.kit.access import View
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal, TooLarge
from tongban.base.peers import actions, models, node, queries, signing

MAX_REQUEST = 64 * 1024


def peer(view: View) -> View:
    """Refusals are answered as problem details (RFC 9457), signed like every other answer."""

    def admitted(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            body = _body(request)
            found = actions.admit(
                request=_as_sent(request), body=body, acting=request.acting, view=_name(request)
            )
        except Refusal as refusal:
            return problem(refusal)
        request.peer, request.acting = found, as_peer(found, request.acting)
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            actions.note_refusal(acting=request.acting, kid=found.kid, refused=refusal, view=_name(request))
            return problem(refusal)

    return _route(view, admitted, "peer")


def signed(view: View) -> View:
    return _route(view, view, "public")


def as_peer(found: models.Peer, acting: Acting) -> Acting:
    """A node acts for itself: it has no account, and what it says of persons is not taken for who acts."""
    return replace(
        acting, actor=None, principal=None, mandate=None, post=None, role="peer",
        organisation=queries.ORGANISATION + found.node, purpose="request of another node",
    )  # fmt: skip


def problem(refusal: Refusal) -> HttpResponse:
    body = {
        "type": "about:blank", "title": "Refused", "status": refusal.status, "code": refusal.code, "detail": refusal.message,
    }  # fmt: skip
    return HttpResponse(json.dumps(body), status=refusal.status, content_type="application/problem+json")


def _route(view: View, answer: View, name: str) -> View:
    @csrf_exempt  # no cookie counts here: what counts is the signature
    @never_cache
    @wraps(view)
    def route(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = answer(request, *args, **kwargs)
        headers: dict[str, str] = {}
        jwk, now = node.jwk(), request.acting.now  # type: ignore[attr-defined]
        sent = signing.Response(response.status_code, headers, _as_sent(request))
        signing.sign_response(sent, response.content, key=node.key(), kid=jwk["kid"], now=now)
        for header, value in headers.items():
            response.headers[header] = value
        return response

    route.access = name  # type: ignore[attr-defined]
    return route


def _as_sent(request: HttpRequest) -> signing.Request:
    return signing.Request(request.method or "", request.build_absolute_uri(), dict(request.headers.items()))


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length") or "0"
    if not length.isdigit() or int(length) > MAX_REQUEST:
        raise TooLarge("A request between nodes has at most 64 KB.")
    return request.body


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""

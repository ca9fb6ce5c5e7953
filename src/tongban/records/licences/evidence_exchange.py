"""What other nodes ask of this room: its trust list, and evidence."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit.refusals import Invalid
from tongban.base.peers import access as peers
from tongban.records.licences import evidence_giving as giving
from tongban.records.licences import trust


@require_safe
@peers.signed
def trust_list(request: HttpRequest) -> HttpResponse:
    """The published trust list in a signed answer."""
    path = trust.file_of_node()
    if not path.exists():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="application/json")


@csrf_exempt
@require_POST
@peers.peer
def announce(request: HttpRequest) -> HttpResponse:
    """A trusted peer tells what it will ask for; the holder then finds it at `consent`."""
    found = giving.receive(
        acting=request.acting, peer=request.peer, asked=_body(request).get("request")  # type: ignore[attr-defined]
    )  # fmt: skip
    return JsonResponse(
        {"request": str(found.pk), "digest": found.digest, "consent": f"/evidence/consent/{found.pk}"}
    )


@csrf_exempt
@require_POST
@peers.peer
def collect(request: HttpRequest) -> HttpResponse:
    """Hand over what the holder has agreed to."""
    body = _body(request)
    try:
        delivery = UUID(str(body.get("delivery")))
    except ValueError as error:
        raise Invalid("A collection needs a delivery id.") from error
    answer = giving.give(
        acting=request.acting, peer=request.peer, asked=body.get("request"), delivery=delivery  # type: ignore[attr-defined]
    )  # fmt: skip
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid("The body of this request is not JSON.") from error
    if not isinstance(body, dict):
        raise Invalid("The body of this request is not a JSON object.")
    return body

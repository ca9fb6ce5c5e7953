"""What a node tells other nodes of itself, and the layers it publishes."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.directory import sources
from tongban.base.peers import access, layers, node


@require_safe
@access.signed
def card(request: HttpRequest) -> HttpResponse:
    """This node's card, with the address under which it was asked."""
    try:
        mine = node.card(request.acting.now, f"{request.scheme}://{request.get_host()}")  # type: ignore[attr-defined]
    except (LookupError, ValueError) as error:
        raise Http404 from error
    return JsonResponse(mine.document(), json_dumps_params={"ensure_ascii": False})


@require_safe
@access.peer
def packs(request: HttpRequest) -> HttpResponse:
    """The layers this node publishes."""
    pack = directory.pack_in_force(request.acting.now)  # type: ignore[attr-defined]
    rows = [listed.document() for listed in layers.published(pack, settings.PACKS)]
    return HttpResponse(json.dumps({"layers": rows}, ensure_ascii=False), content_type="application/json")


@require_safe
@access.peer
def layer(request: HttpRequest, layer: str) -> HttpResponse:
    """One published layer as a ZIP."""
    pack = directory.pack_in_force(request.acting.now)  # type: ignore[attr-defined]
    files = layers.files_of(pack, settings.PACKS, layer)
    return HttpResponse(sources.zipped(files), content_type="application/zip")

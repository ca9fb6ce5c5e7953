"""The law that services rest on, article by article, with how far each text can be trusted."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.base.directory import queries as directory
from tongban.base.kit import access
from tongban.core.packs.pack import Pack
from tongban.doors.portal import guide


@access.public
def laws(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/laws.html", {"laws": list(_pack(request).laws.values())})


@access.public
def law(request: HttpRequest, act: str) -> HttpResponse:
    pack = _pack(request)
    found = pack.laws.get(act)
    if found is None:
        raise Http404
    return render(
        request,
        "portal/law.html",
        {"law": found, "services": guide.services_citing(pack, act), "today": request.acting.today},
    )


def _pack(request: HttpRequest) -> Pack:
    try:
        return directory.pack_in_force(request.acting.now)
    except LookupError as error:
        raise Http404 from error

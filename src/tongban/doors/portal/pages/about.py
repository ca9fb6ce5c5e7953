"""About this site: accessibility, privacy, interfaces; the language and the display; the seal."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from tongban.base.kit import access
from tongban.doors.portal.context import THEME_COOKIE, THEMES, Frame

OPENAPI = "/api/v1/openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
A_YEAR = 365 * 24 * 3600


@access.public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@access.public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


@access.public
@require_GET
def interfaces(request: HttpRequest) -> HttpResponse:
    """The operations of the API, read from its own OpenAPI document."""
    document = _openapi(request)
    return render(
        request,
        "portal/api.html",
        {"document": document, "groups": _by_tag(document) if document else {}, "openapi": OPENAPI},
    )


@access.public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@access.public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _keep(request, response, THEME_COOKIE, chosen)
    elif chosen == "system":
        response.delete_cookie(THEME_COOKIE)
    return response


@access.public
@require_GET
def seal(request: HttpRequest) -> HttpResponse:
    """The seal of the pack in force, for the browser's tab."""
    frame = Frame(request)
    svg = frame.pack.assets.get(frame.brand.seal) if frame.pack and frame.brand else None
    if svg is None:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _back(request: HttpRequest) -> str:
    """The page that the form stood on, never one of another site."""
    wanted = request.POST.get("next", "/")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    )
    return wanted if safe else "/"


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )


def _openapi(request: HttpRequest) -> dict[str, Any] | None:
    """Asked of the node itself, without a connection; None when it serves no API."""
    try:
        found = resolve(OPENAPI)
    except Resolver404:
        return None
    response = found.func(request, *found.args, **found.kwargs)
    return json.loads(response.content) if response.status_code == 200 else None


def _by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document.get("paths", {}).items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or ["default"])[0]
                groups.setdefault(tag, []).append({"method": method.upper(), "path": path, **operation})
    return groups

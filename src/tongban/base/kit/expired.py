"""The page for a form that came too late: the session or its token ended. What was filled in is not lost.

Files and passwords are not kept. The form can be sent again from that page, but only when the browser says that it
came from a page of ours: otherwise a stranger's page could have its own text sent with one click.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

NEVER_KEPT = ("csrfmiddlewaretoken",)
SECRET_WORDS = ("password", "secret", "token")


def page(request: HttpRequest) -> HttpResponse:
    kept = [
        (name, value) for name in request.POST for value in request.POST.getlist(name) if _may_be_kept(name)
    ]
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    context = {
        "kept": kept,
        "again": request.get_full_path()
        if came_from_us(request) and request.path != settings.LOGIN_URL
        else "",
        "signed_in": signed_in,
        "back": page_before(request),
        "lost_files": bool(request.FILES),
    }
    response = render(request, "kit/session_expired.html", context, status=403)
    return whole_page(request, response)


def came_from_us(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let htmx put an error page in place of the whole page instead of the part it asked for."""
    if request.headers.get("HX-Request"):
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "innerHTML"
        response.headers["HX-Push-Url"] = "false"
    return response


def page_before(request: HttpRequest) -> str:
    """The page of ours that a request came from, else the home page."""
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return before
    return "/"


def _may_be_kept(name: str) -> bool:
    return name not in NEVER_KEPT and not any(word in name.lower() for word in SECRET_WORDS)

"""Every route declares who may come: a test walks all routes and fails on one that does not.

@access.public            anybody
@access.signed_in         any account
@access.applicant         a person, for themselves or under a mandate for everything
@access.applying          the same, and an agent whose mandate is limited: only where the room itself narrows to its scope
@access.posts("officer")  officers with such a post
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode

from tongban.base.kit import expired

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    return _guard(view, "signed-in", lambda request: True)


def applicant(view: View) -> View:
    return _guard(
        view,
        "applicant",
        lambda request: request.acting.principal is not None and request.acting.role == "applicant",
    )


def applying(view: View) -> View:
    return _guard(
        view, "applying", lambda request: request.acting.principal is not None and request.acting.applies
    )


def posts(*roles: str) -> Callable[[View], View]:
    """Only accounts that act in one of these roles; others learn nothing (404)."""
    return lambda view: _guard(view, "posts:" + ",".join(roles), lambda request: request.acting.role in roles)


def _guard(view: View, name: str, allows: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        if not allows(request):
            raise Http404
        return view(request, *args, **kwargs)

    guarded.access = name  # type: ignore[attr-defined]
    return guarded


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a form that was sent keeps its text."""
    if request.method not in ("GET", "HEAD"):
        return expired.page(request)
    url = f"/sign-in?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(
            headers={"HX-Redirect": url}
        )  # htmx would put the sign-in page into a part of this one
    return redirect(url)

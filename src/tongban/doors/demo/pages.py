"""Stepping into the shoes of a demo person. Exists only where the database is stamped as a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit import access
from tongban.doors.demo.people import PEOPLE

PREFIX = "demo-"
WHAT = {person.username: person.what for person in PEOPLE}
START = {"officer": "/office", "clerk": "/office", "auditor": "/audit"}


@access.public
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    _demo_only()
    try:
        organisations = directory.pack_in_force(request.acting.now).organisations
    except LookupError:
        organisations = {}
    shown = [
        _person(account, organisations, request)
        for account in identity.accounts().filter(username__startswith=PREFIX)
    ]
    return render(
        request,
        "demo/people.html",
        {
            "applicants": [one for one in shown if one["post"] is None],
            "officers": [one for one in shown if one["post"] is not None],
        },
    )


@access.public
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    _demo_only()
    account = identity.account_by_name(request.POST.get("username", ""))
    if account is None or not account.username.startswith(PREFIX):
        raise Http404
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    post = identity.post_of(account, request.acting.now)
    return redirect(START.get(post.role, "/") if post else "/")


def _demo_only() -> None:
    if not audit.is_demo():
        raise Http404


def _person(account: Any, organisations: Any, request: HttpRequest) -> dict[str, Any]:
    post = identity.post_of(account, request.acting.now)
    mandates = [] if post else list(identity.mandates_of(account.person, request.acting.now))
    return {
        "account": account,
        "person": account.person,
        "post": post,
        "organisation": organisations.get(post.organisation) if post else None,
        "what": _(WHAT[account.username]) if account.username in WHAT else "",
        "firms": [mandate.principal for mandate in mandates],
    }

"""Signing in and out, and for whom one acts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tongban.base.audit import queries as audit
from tongban.base.identity import attempts, queries
from tongban.base.identity.middleware import SESSION_PRINCIPAL
from tongban.base.kit import access
from tongban.base.kit.templatetags.kit import called


@access.public
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The message on failure never says whether the name or the password was wrong."""
    wanted = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated and request.method == "GET":
        return redirect(wanted or start_page(request))
    name, error = request.POST.get("username", "").strip(), ""
    if request.method == "POST":
        if attempts.too_many(name):
            error = _("There were too many failed attempts for this name. Please wait a quarter of an hour.")
        else:
            account = authenticate(request, username=name, password=request.POST.get("password", ""))
            if account is not None:
                attempts.succeeded(name)
                login(request, account)
                return redirect(wanted or start_page(request))
            attempts.failed(name)
            error = _("The name or the password is not right. Check both and try again.")
    context = {"error": error, "username": name, "next": wanted, "demo": audit.is_demo()}
    return render(request, "identity/sign_in.html", context, status=422 if error else 200)


@access.public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("/")


@access.signed_in
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here: my account, my post, for whom I may act."""
    account, now = request.user, request.acting.now
    return render(
        request,
        "identity/me.html",
        {
            "person": account.person,
            "account": account,
            "post": queries.post_of(account, now),
            "mandates": list(queries.mandates_of(account.person, now)) if request.acting.post is None else [],
            "principal": request.acting.principal,
        },
    )


@access.applicant
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Choose in whose name the next steps happen: oneself, or somebody with a mandate in force."""
    chosen = _uuid(request.POST.get("principal", ""))
    person = request.user.person
    if chosen == person.pk:
        request.session.pop(SESSION_PRINCIPAL, None)
        messages.success(request, _("You act for yourself."))
    else:
        held = next(
            (m for m in queries.mandates_of(person, request.acting.now) if m.principal_id == chosen), None
        )
        if held is None:
            messages.error(request, _("You have no mandate for this. Nothing was changed."))
        else:
            request.session[SESSION_PRINCIPAL] = str(held.principal_id)
            messages.success(request, _("You act for %(name)s.") % {"name": called(held.principal)})
    return redirect(_safe(request, request.POST.get("next", "")) or "/me")


def start_page(request: HttpRequest) -> str:
    """Where an account begins: officers at their worklist, auditors at the audit, everybody else at home."""
    post = queries.post_of(request.user, request.acting.now)
    return {"officer": "/office", "clerk": "/office", "auditor": "/audit"}.get(post.role if post else "", "/")


def _safe(request: HttpRequest, wanted: str) -> str:
    """A path of this site, else nothing."""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    )
    return wanted if safe else ""


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None

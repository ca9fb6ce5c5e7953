"""What goes wrong, in plain words: what happened, that nothing was lost or changed, and what to do now."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.base.kit import access, expired
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.doors.portal.context import Frame

log = logging.getLogger(__name__)


@access.public
def session_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure view."""
    if request.path.startswith("/api/"):
        return _problem(403, _("The security token of this request is missing or too old."))
    log.info("refused without a valid token: %s (%s)", request.path, reason)
    return expired.page(request)


@access.public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("This page does not exist"),
        _("The address may be mistyped or out of date, or the page is not meant for the account you use."),
    )


@access.public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        400,
        _("This request could not be read"),
        _("Please go back and try again. Nothing was changed."),
    )


@access.public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 403, _("This is not open to you"), _("Your account may not do this. Nothing was changed.")
    )


@access.public
def broken(request: HttpRequest) -> HttpResponse:
    """500. Drawn without the database: it may be what is broken."""
    return _page(
        request,
        500,
        _("Something went wrong on our side"),
        _("Nothing you filled in was sent twice or lost half way. Please try again in a few minutes."),
        frame=Frame(request, quiet=True),
    )


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a page; its message is a msgid or already in the reader's language."""
    titles = {
        404: _("Not found"),
        409: _("This is not possible now"),
        412: _("Somebody changed this in the meantime"),
        413: _("The file is too large"),
        422: _("Something needs another look"),
    }
    points = [_(message) for message in refusal.fields.values() if message]
    back = expired.page_before(request) if not isinstance(refusal, NotFound) else ""
    return _page(
        request,
        refusal.status,
        titles.get(refusal.status, _("This was refused")),
        _(refusal.message) if refusal.message else "",
        points=points,
        back=back,
    )


def _page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _problem(status, title, text)
    acting = getattr(request, "acting", None)
    context = {
        "title": title,
        "text": text,
        "reference": acting.request_id if acting and status >= 500 else "",
        **more,
    }
    return expired.whole_page(request, render(request, "kit/message.html", context, status=status))


def _problem(status: int, title: str, detail: str = "") -> JsonResponse:
    """Problem details (RFC 9457) for the API."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")

"""Limits on requests and the content security policy."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

View = Callable[[HttpRequest], HttpResponse]


class RequestLimits:
    """Refuses a request whose declared length is over the limit before a byte of it is read."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > settings.REQUEST_LIMIT:
            response = HttpResponse(status=413)
            request.too_large = True  # type: ignore[attr-defined]
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            if request.path.startswith("/api/"):
                response = HttpResponse(
                    f'{{"type":"about:blank","title":"Request too large","status":413,"code":"too-large",'
                    f'"detail":"A file may have at most {limit} MB."}}',
                    status=413,
                    content_type="application/problem+json",
                )
            else:
                with translation.override(
                    translation.get_language_from_request(request)
                ):  # comes before LocaleMiddleware
                    response = render(
                        request, "kit/too_large.html", {"limit": limit, "back": request.path}, status=413
                    )
            response.headers["Connection"] = "close"
            return response
        return self.get_response(request)


class ContentSecurityPolicy:
    """Scripts and styles from this node only; no framing; forms only to ourselves."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(12)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        )
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

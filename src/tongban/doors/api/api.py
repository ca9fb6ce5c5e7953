"""The HTTP API at /api/v1: every room's router, one set of problem details, one OpenAPI document."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from tongban.base.kit.refusals import Refusal
from tongban.readers.assistant.api import router as assistant
from tongban.records.licences.api import router as licences
from tongban.work.cases.api import router as cases
from tongban.work.hotline.api import router as hotline
from tongban.work.market.api import router as market
from tongban.work.policies.api import router as policies
from tongban.work.policies.api_calculator import router as calculator

log = logging.getLogger(__name__)
PROBLEM: Final = "application/problem+json"
DEEPEST: Final = 40

DESCRIPTION: Final = """
Plans, applications, cases and licences: the same actions as on the portal.

**Who.** Sign in on the portal; the session cookie authenticates, and every write carries its CSRF token in `X-CSRFToken`.
`POST /plans` and `POST /licences/verify` are open to everybody.

**Problems** are RFC 9457 problem details (`application/problem+json`) with a stable `code`, words in the language of
`Accept-Language`, and `errors` by field:

| status | code | meaning |
|---|---|---|
| 400 | `unreadable` | the body is not JSON that can be read |
| 401 | `not-signed-in` | sign in first |
| 403 | `csrf` | the CSRF token is missing or too old |
| 404 | `not-found` | it does not exist, or you may not know of it |
| 405 | `method-not-allowed` | this address does not know the method |
| 409 | `not-now` | the state does not allow it (any more) |
| 412 | `stale-version` | it was changed in the meantime: read it again |
| 413 | `too-large` | the file or request is too large |
| 422 | `invalid` | values do not fit; `errors` says which and why |
| 422 | `idempotency-key-reused` | the key was used with another request |
| 428 | `version-needed` | send `If-Match` with the version from `ETag` |
| 500 | `broken` | our fault; nothing was changed |

**Numbers** are read exactly: `86.5` in JSON is 86.5, never a binary fraction.
"""


class ExactParser(Parser):
    """JSON without floats, without NaN, without characters that a database cannot hold. What it raises becomes a 400."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = json.loads(request.body, parse_float=Decimal, parse_constant=_refuse)
        _check(body)
        return cast("dict[str, Any]", body)


class Api(NinjaAPI):
    """Ninja's API with our content type for problems, and words instead of bare text for a wrong method."""

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                _document_problems(operation)
        return document

    @property
    def urls(self) -> tuple[list[URLPattern | URLResolver], str, str]:
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _in_words(pattern.callback)
        return patterns, app, namespace


def _problem(
    status: int, code: str, title: str, detail: str = "", errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return JsonResponse(body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    titles = {
        404: _("Not found"), 409: _("Not possible now"), 412: _("Changed in the meantime"), 413: _("Too large"),
        422: _("Something needs another look"), 428: _("Version needed"),
    }  # fmt: skip
    errors = [{"field": field, "message": message} for field, message in refusal.fields.items()]
    return _problem(
        refusal.status, refusal.code, titles.get(refusal.status, _("Refused")), refusal.message, errors
    )


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in e["loc"][1:]) or str(e["loc"][0]), "message": e["msg"]}
        for e in error.errors
    ]
    return _problem(
        422, "invalid", _("Something needs another look"), _("Values do not fit; see errors."), errors
    )


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    known = {
        401: ("not-signed-in", _("Sign in first")),
        403: ("csrf", _("The security token of this request is missing or too old.")),
    }
    code, title = known.get(error.status_code, ("unreadable", _("The request could not be read")))
    detail = (
        _("The body is not JSON, or it holds characters that are no text.")
        if error.status_code == 400
        else ""
    )
    return _problem(error.status_code, code, title, detail)


def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return _problem(413, "too-large", _("Too large"), _("The body of the request is too large."))
    return _problem(400, "unreadable", _("The request could not be read"))


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(404, "not-found", _("Not found"))


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Nothing of the error leaves the house; the log and the request id know it."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    reference = getattr(getattr(request, "acting", None), "request_id", "")
    return _problem(
        500,
        "broken",
        _("Something went wrong on our side"),
        _("Nothing was changed. Reference %(id)s.") % {"id": reference},
    )


def _in_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A wrong method as a problem; carries along who may come."""

    @csrf_exempt  # each operation that reads a session checks the token itself
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405 or response.headers.get("Content-Type") == PROBLEM:
            return response
        problem = _problem(405, "method-not-allowed", _("This address does not know that method"))
        problem.headers["Allow"] = response.headers.get("Allow", "")
        return problem

    operations = getattr(getattr(view, "__self__", None), "operations", None) or _operations(view)
    answered.access = ", ".join(sorted({_access(o) for o in operations})) or "public"  # type: ignore[attr-defined]
    return answered


def _operations(view: Callable[..., HttpResponse]) -> list[Any]:
    """The operations behind an address of ninja; none behind its OpenAPI document."""
    for cell in getattr(view, "__closure__", None) or ():
        inside = cell.cell_contents
        found = getattr(inside, "operations", None) or getattr(
            getattr(inside, "__self__", None), "operations", None
        )
        if found:
            return list(found)
    return []


def _access(operation: Any) -> str:
    return getattr(operation.view_func, "access", "undeclared")


def _document_problems(operation: dict[str, Any]) -> None:
    for status, response in operation.get("responses", {}).items():
        if int(status) >= 400 and "application/json" in response.get("content", {}):
            response["content"] = {PROBLEM: response["content"].pop("application/json")}


def _refuse(what: str) -> None:
    raise ValueError(f"{what} cannot be read")


def _check(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        _refuse("JSON nested so deeply")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            _refuse("a character that is no text")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth + 1)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


api = Api(
    title="Tongban", version="1.0.0", description=DESCRIPTION, docs_url=None, openapi_url="/openapi.json", parser=ExactParser(),
    urls_namespace="api",
)  # fmt: skip
for router in (cases, licences, policies, calculator, market, hotline, assistant):
    api.add_router("", router)
for refusal, handler in (
    (Refusal, _refused), (ValidationError, _invalid), (HttpError, _http_error), (Http404, _not_found),
    (SuspiciousOperation, _suspicious), (Exception, _broken),
):  # fmt: skip
    api.add_exception_handler(refusal, cast("Any", handler))

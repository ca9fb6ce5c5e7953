"""What every operation of this room does the same way: who may come, versions, idempotent writes.

| header            | on                          | meaning                                                       |
| Idempotency-Key   | POST                        | the same key and body give the first answer again             |
| If-Match          | PATCH, PUT, officers' POSTs | the version the change is based on; 412 when it has moved on  |
| ETag              | answers                     | the version to send back                                      |

What one may not see is answered with 404. Refusals become problem details where the API is mounted.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, Refusal, StaleVersion
from tongban.work.cases.schemas import ProblemOut

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=40,
        description='The version from ETag, for example "3"; * stands for any',
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=80,
        description="Any text of yours, new for every new request; used again it replays",
    ),
]
READS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 422: ProblemOut}
WRITES = {400: ProblemOut, **READS, 409: ProblemOut}
CHANGES = {**WRITES, 412: ProblemOut, 428: ProblemOut}


class VersionNeeded(Refusal):
    """A change has to say which version it is based on."""

    status = 428
    code = "version-needed"


def acts_as(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Only accounts that act in one of these roles; others learn nothing (404)."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if acting_of(request).role not in roles:
                raise NotFound(_("There is nothing here for you."))
            return view(request, *args, **kwargs)

        guarded.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]  # names of its own module
        guarded.access = "roles:" + ",".join(roles)  # type: ignore[attr-defined]
        return guarded

    return guard


def acting_of(request: HttpRequest) -> Acting:
    return request.acting  # type: ignore[attr-defined,no-any-return]


def once(
    request: HttpRequest,
    response: HttpResponse,
    key: str | None,
    answer: Callable[[], dict[str, Any]],
    before: Callable[[], object] | None = None,
) -> dict[str, Any]:
    """The answer of a write; with a key, the first answer again. Everything in it is one transaction.

    `before` is committed first, in transactions of its own: it can be repeated.
    """
    if key is None:
        if before is not None:
            before()
        with transaction.atomic():
            return with_tag(response, answer())
    if not key.isprintable() or not key.strip():
        raise Invalid(
            _("This idempotency key cannot be used."),
            fields={"Idempotency-Key": _("Use printable characters.")},
        )
    body = f"{request.method} {request.path}\n".encode() + request.body
    result, replayed = audit.once(acting=acting_of(request), key=key, body=body, answer=answer, before=before)
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return with_tag(response, result)


def with_tag(response: HttpResponse, shown: dict[str, Any]) -> dict[str, Any]:
    response.headers["ETag"] = f'"{shown["version"]}"'
    return shown


def version_of(if_match: str | None) -> int | None:
    """The version of an If-Match header; None for `*`. Without the header: refused."""
    if if_match is None:
        raise VersionNeeded(
            _("Say in If-Match which version this change is based on; ETag of the answer before gave it.")
        )
    if if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"?([0-9]{1,9})"?\s*', if_match)
    return int(found[1]) if found else 0  # no version is 0: it fits nothing


def require(version: int, if_match: str | None) -> None:
    wanted = version_of(if_match)
    if wanted is not None and wanted != version:
        raise StaleVersion(_("It was changed in the meantime. Read it again and repeat the change."))


def key_of(number: str) -> str:
    """A number or id as it stands in an address; anything else finds nothing."""
    if not re.fullmatch(r"[0-9A-Za-z-]{4,60}", number):
        raise NotFound(_("There is no such application, or it is not yours to see."))
    return number

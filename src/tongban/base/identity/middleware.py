"""Builds `request.acting` once per request. Mandates and posts are read anew each time: a revoked one ends at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tongban.base.identity import queries
from tongban.base.kit.acting import Acting

SESSION_PRINCIPAL = "acting_for"


class WhoIsActing:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = build(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.acting.request_id  # type: ignore[attr-defined]
        return response


def act_for(request: HttpRequest, principal: str) -> bool:
    """From now on act in this session for a subject with a mandate in force; False when there is none."""
    held = next(
        (
            m
            for m in queries.mandates_of(request.user.person, request.acting.now)
            if str(m.principal_id) == principal
        ),  # type: ignore[attr-defined]
        None,
    )
    if held is None:
        return False
    request.session[SESSION_PRINCIPAL] = str(held.principal_id)
    request.acting = build(request)  # type: ignore[attr-defined]
    return True


def build(request: HttpRequest) -> Acting:
    now = timezone.now()
    given = request.headers.get("X-Request-Id", "")
    request_id = given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else uuid4().hex
    account = request.user
    place, zone = settings.PLACE, settings.TIME_ZONE
    if not account.is_authenticated:
        return Acting(None, None, None, None, None, "visitor", place, "visit", now, request_id, zone)
    post = queries.post_of(account, now)
    if post is not None:
        return Acting(
            account.pk,
            None,
            None,
            post.pk,
            post.organisation,
            post.role,
            post.place,
            "official duty",
            now,
            request_id,
            zone,
        )
    principal, mandate, role = account.person_id, None, "applicant"
    chosen = request.session.get(SESSION_PRINCIPAL)
    if chosen and chosen != str(account.person_id):
        held = queries.mandates_of(account.person, now).filter(principal_id=UUID(chosen)).first()
        if held is not None:
            principal, mandate = held.principal_id, held.pk
            role = "agent" if held.events else "applicant"
    return Acting(
        account.pk, principal, mandate, None, None, role, place, "own matter", now, request_id, zone
    )

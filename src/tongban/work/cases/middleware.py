"""A clerk on the pages of a draft that they have open for somebody at the window acts there for that person.

Only on views for applicants, and only on that draft; everywhere else a clerk stays a clerk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from tongban.work.cases.actions import filing


class AtTheWindow:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        acting = getattr(request, "acting", None)
        if acting is None or acting.role != "clerk" or getattr(view, "access", "") != "applying":
            return
        if "application" in kwargs:
            request.acting = filing.at_the_window(acting, kwargs["application"]) or acting  # type: ignore[attr-defined]

"""The inbox: notices to whom one acts for, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access
from tongban.base.kit.acting import Acting
from tongban.base.notices import actions, queries

PER_PAGE = 20


@access.applicant
@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Reading changes nothing by itself: the page marks what it shows as read with a request of its own."""
    page = Paginator(queries.inbox(request.acting), PER_PAGE).get_page(request.GET.get("page"))
    notices = [
        {
            "title": {"zh": n.title_zh, "en": n.title_en},
            "body": {"zh": n.body_zh, "en": n.body_en},
            "link": n.link,
            "document": n.document,
            "created_at": n.created_at,
            "read_at": n.read_at,
        }
        for n in page.object_list
    ]
    return render(
        request,
        "cases/applicant/inbox.html",
        {"page": page, "notices": notices, "unread": unread(request.acting)},
    )


@access.applicant
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    actions.mark_read(acting=request.acting)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect("cases:inbox")


def unread(acting: Acting) -> int:
    """How many notices nobody has read yet, for the navigation."""
    return queries.unread(acting)

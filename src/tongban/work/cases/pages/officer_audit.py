"""For auditors: every decision of their place replayed, by number and outcome only. No name and no answer is shown."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.kit import access
from tongban.work.cases import replay as replays
from tongban.work.cases.pages import officer_words as words

PAGE = 25


@require_safe
@access.posts("auditor")
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions, newest first, each recomputed now from what was stored."""
    number = request.GET.get("q", "").strip().upper()[:60]
    found = replays.open_to(request.acting)
    if number:
        found = found.filter(case__number__startswith=number)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [(decision, replays.replay(decision)) for decision in page]
    shown = [
        (decision, result, [(_(words.DIFFERENCES[d.kind]), d.about) for d in result.differences])
        for decision, result in lines
    ]
    context = {
        "page": page,
        "lines": shown,
        "number": number,
        "different": sum(not result.same for _d, result in lines),
    }
    return render(request, "cases/officer/decisions.html", context)

"""What will be destroyed of the cases of one's own organ, and the legal holds that keep it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access, sheets
from tongban.base.kit.refusals import Refusal
from tongban.base.kit.text import in_language
from tongban.work.cases import access as cases
from tongban.work.cases import form, models, retention
from tongban.work.cases.actions import retiring
from tongban.work.cases.retention import Line

PAGE: Final = 50
SPANS: Final = (30, 90, 365, 3650)
"""Days ahead that can be chosen."""


@require_safe
@access.posts("officer")
def retained(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_safe
@access.posts("officer")
def retained_csv(request: HttpRequest) -> HttpResponse:
    """The same list, all of it."""
    columns = (_("Application"), _("Material"), _("File"), _("Due"), _("Class of retention"), _("Legal hold"))
    until = _until(request)
    rows = (
        [line.application.number, _material(line, request), str(line.upload), line.due.day.isoformat(),
         in_language(line.due.under.name), _("yes") if line.held else ""]
        for line in _lines(request, until)
    )  # fmt: skip
    return sheets.download(f"retention-{until.isoformat()}", columns, rows)


@require_POST
@access.posts("officer")
def set_hold(request: HttpRequest) -> HttpResponse:
    """Keep everything of an application, named by its number or that of a case, until the hold is lifted."""
    number, reason = request.POST.get("number", ""), request.POST.get("reason", "")
    try:
        application = retiring.set_hold(acting=request.acting, number=number, reason=reason)
    except Refusal as refusal:
        return _page(request, refusal, number=number, reason=reason)
    messages.success(
        request,
        _("Nothing of %(number)s is destroyed while the hold stands.") % {"number": application.number},
    )
    return redirect("cases:office-retention")


@require_POST
@access.posts("officer")
def lift_hold(request: HttpRequest, hold: UUID) -> HttpResponse:
    try:
        retiring.lift_hold(acting=request.acting, hold=hold, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        return _page(request, refusal, lifting=hold)
    messages.success(request, _("The hold was lifted. What is due is destroyed in the coming night."))
    return redirect("cases:office-retention")


def _page(request: HttpRequest, refusal: Refusal | None = None, **given: Any) -> HttpResponse:
    until = _until(request)
    page = Paginator(list(_lines(request, until)), PAGE).get_page(request.GET.get("page"))
    holds = retention.holds_of(request.acting)
    context = {
        "page": page,
        "lines": [(line, _material(line, request)) for line in page],
        "holds": [
            (application, hold, _organ(hold, request), hold.organisation == request.acting.organisation)
            for application, hold in holds
        ],
        "until": until,
        "days": _days(request),
        "spans": [(span, ngettext("%(n)d day", "%(n)d days", span) % {"n": span}) for span in SPANS],
        "refusal": refusal,
        "given": given,
    }
    return render(request, "cases/officer/retention.html", context, status=refusal.status if refusal else 200)


def _lines(request: HttpRequest, until: date) -> Iterator[Line]:
    """Files for materials that a case of one's own organ asks for."""
    own = models.Application.objects.filter(pk__in=cases.applications(request.acting).values("pk"))
    asked: dict[UUID, set[str]] = defaultdict(set)
    for application, materials in cases.cases(request.acting).values_list("application_id", "materials"):
        asked[application].update(materials)
    lines = retention.foreseen(request.acting, until, own)
    return (line for line in lines if line.material in asked[line.application.id])


def _organ(hold: Any, request: HttpRequest) -> str:
    organ = directory.pack_in_force(request.acting.now).organisations.get(hold.organisation)
    return in_language(organ.name) if organ else hold.organisation


def _material(line: Line, request: HttpRequest) -> str:
    material = form.pack_of(line.application, request.acting).materials.get(line.material)
    return in_language(material.name) if material else line.material


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(span) for span in SPANS} else 90


def _until(request: HttpRequest) -> date:
    return request.acting.today + timedelta(days=_days(request))

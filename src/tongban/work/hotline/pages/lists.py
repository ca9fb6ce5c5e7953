"""Lists of staff: the hotline's desk and a unit's tickets, as pages and as CSV. No list and no file names a reporter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.kit import access as door
from tongban.base.kit import sheets
from tongban.base.kit.text import in_language
from tongban.work.hotline import access, words
from tongban.work.hotline.pages.shown import light
from tongban.work.hotline.worklist import DESK, UNIT, Row, Tab, Worklist


@require_safe
@never_cache
@door.posts("clerk")
def desk(request: HttpRequest) -> HttpResponse:
    if not access.is_hotline(request.acting):
        raise Http404
    return _page(request, DESK, "desk", _("Hotline desk"))


@require_safe
@never_cache
@door.posts("clerk")
def desk_csv(request: HttpRequest) -> HttpResponse:
    if not access.is_hotline(request.acting):
        raise Http404
    return _csv(request, DESK, "hotline-desk")


@require_safe
@never_cache
@door.posts("officer")
def assigned(request: HttpRequest) -> HttpResponse:
    return _page(request, UNIT, "assigned", _("Tickets of the hotline"))


@require_safe
@never_cache
@door.posts("officer")
def assigned_csv(request: HttpRequest) -> HttpResponse:
    return _csv(request, UNIT, "hotline-assigned")


def _lists(request: HttpRequest, tabs: Mapping[str, Tab]) -> Worklist:
    asked = request.GET
    return Worklist(request.acting, tabs=tabs, show=asked.get("show", ""), search=asked.get("q", ""))


def _page(request: HttpRequest, tabs: Mapping[str, Tab], base: str, title: str) -> HttpResponse:
    lists = _lists(request, tabs)
    page = lists.page(request.GET.get("page"))
    context = {
        "lists": lists,
        "title": title,
        "base": base,
        "page": page,
        "rows": [
            (row, light(row.clock), _(words.STATES[row.clock.state][0]), words.STATES[row.clock.state][1])
            for row in page
        ],
        "tabs": [(name, _(tab.label), lists.counts[name]) for name, tab in tabs.items()],
        "empty": _(lists.tab.empty),
    }
    return render(request, "hotline/list.html", context)


def _csv(request: HttpRequest, tabs: Mapping[str, Tab], name: str) -> HttpResponse:
    lists = _lists(request, tabs)
    columns = (
        _("Number"), _("What"), _("Place complained about"), _("District"), _("Class"), _("Time class"), _("Unit in charge"),
        _("State"), _("Light"), _("Due"), _("Received"),
    )  # fmt: skip
    rows = (_values(row, request) for row in lists.every_row())
    return sheets.download(f"{name}-{request.acting.today}-{lists.show}", columns, rows)  # type: ignore[attr-defined]


def _values(row: Row, request: HttpRequest) -> list[Any]:
    due = row.clock.binding
    return [
        row.number,
        row.words.title,
        row.words.location,
        row.ticket.district,
        in_language(row.kind.name) if row.kind else "",
        row.kind.time_class if row.kind else "",
        in_language(row.unit.name) if row.unit else "",
        _(words.STATES[row.clock.state][0]),
        _(words.LIGHTS[row.clock.light][0]),
        "" if due is None else due.day.isoformat() if due.day else due.end.isoformat(timespec="minutes"),
        row.ticket.received_at.isoformat(timespec="minutes"),
    ]

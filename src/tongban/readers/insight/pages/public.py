"""How well it works, for everybody: indicators, goals, running pilots, and how each number is made."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.directory import pilots
from tongban.base.directory import queries as directory
from tongban.base.kit import access
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import in_language
from tongban.core.packs.model_data import Indicator
from tongban.readers.insight import drawings, logs, periods
from tongban.readers.insight.board import Board
from tongban.readers.insight.pages import shown


@require_safe
@never_cache
@access.public
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "insight/overview.html", overview_of(request, public=True))


@require_safe
@never_cache
@access.public
def indicator(request: HttpRequest, indicator_id: str) -> HttpResponse:
    return render(request, "insight/indicator.html", indicator_of(request, indicator_id, public=True)[0])


def overview_of(request: HttpRequest, *, public: bool) -> dict[str, Any]:
    found = board_of(request)
    span = periods.named(request.GET.get("period", ""), found.months)
    running = [pilot for pilot in pilots.all_pilots() if pilot.state == "running"]
    return {
        "public": public, "office": not public, "span": span, "choices": shown.choices(found),
        "cards": [shown.card(found, one, span, public=public) for one in found.pack.indicators.values()],
        "goals": shown.goals(found, public=public), "pack": found.pack,
        "running": [(p, found.pack.services.get(p.service), found.pack.places.get(p.place)) for p in running],
    }  # fmt: skip


def indicator_of(
    request: HttpRequest, indicator_id: str, *, public: bool
) -> tuple[dict[str, Any], Board, Indicator]:
    found = board_of(request)
    one = found.pack.indicators.get(indicator_id)
    if one is None:
        raise Http404
    span = periods.named(request.GET.get("period", ""), found.months)
    ways = logs.PARTS[one.log]
    asked = request.GET.get("by", "")
    by = asked if asked in ways else ways[0]
    trend = shown.points(found, one, public=public)
    context = {
        "public": public, "office": not public, "indicator": one, "span": span, "choices": shown.choices(found), "by": by,
        "tabs": shown.part_tabs(one, by), "number": shown.line(found.result(one, span), public=public),
        "missed_link": shown.link(one, span, public=False, part="missed"),
        "left_out_link": shown.link(one, span, public=False, part="left-out"),
        "counted_link": shown.link(one, span, public=False, part="counted"),
        "chart": _chart(one, trend), "months": shown.months(found, one, public=public),
        "parts": shown.parts(found, one, span, by, public=public), "rule": shown.rule(found.pack, one),
        "goals": [goal for goal in shown.goals(found, public=public) if goal["indicator"].id == one.id],
    }  # fmt: skip
    return context, found, one


def board_of(request: HttpRequest) -> Board:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    try:
        pack = directory.pack_in_force(acting.now)
    except LookupError as error:
        raise Http404 from error
    return Board(pack, acting.now, acting.today)


def _chart(one: Indicator, trend: list[drawings.Point]) -> Any:
    if all(value is None for _label, value in trend):
        return ""
    title = _("%(name)s by month, in percent") % {"name": in_language(one.name)}
    return drawings.trend(trend, title=title, wanted=one.frontier_percent)

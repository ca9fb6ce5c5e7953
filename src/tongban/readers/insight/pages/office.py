"""The same numbers for offices, with the records behind each of them as a list and as a file."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.kit import access as door
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import in_language
from tongban.core.packs.logs import LOGS
from tongban.core.packs.model_data import Indicator
from tongban.readers.insight import access, compute, logs, periods
from tongban.readers.insight.board import Board
from tongban.readers.insight.compute import Counted, Row
from tongban.readers.insight.pages import public, shown

PAGE: Final = 50
MOST: Final = 20_000
"""Records of one file."""


@require_safe
@never_cache
@door.posts(*access.POSTS)
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "insight/overview.html", public.overview_of(request, public=False))


@require_safe
@never_cache
@door.posts(*access.POSTS)
def indicator(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The number, and those of its records that the one who asks may open."""
    context, found, one = public.indicator_of(request, indicator_id, public=False)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    part, records, others = _records(request, found, one)
    page = Paginator(records, PAGE).get_page(request.GET.get("page"))
    seen = logs.links(acting, one.log, [row["number"] for _counted, row in page])
    day = logs.day_fact(found.pack, one)
    context |= {
        "part": part, "part_tabs": _part_tabs(context), "page": page, "hidden": len(others),
        "hidden_above": sum(c.numerator for c, _row in others if c), "hidden_below": sum(c.denominator for c, _row in others if c), "sees_all": access.sees_all(acting),
        "records": [_line(found, one, counted, row, row[day], seen.get(row["number"], "")) for counted, row in page],
        "query": _query(request, part), "value": request.GET.get("value", ""),
        "value_name": _value_name(found, request.GET.get("by", ""), request.GET.get("value", "")),
    }  # fmt: skip
    return render(request, "insight/indicator.html", context)


@require_safe
@never_cache
@door.posts(*access.POSTS)
def indicator_csv(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The same list with every fact of the log. It names nobody."""
    _context, found, one = public.indicator_of(request, indicator_id, public=False)
    _part, records, _others = _records(request, found, one)
    measures = LOGS[one.log]
    columns = [_("Number"), _("Above the line"), _("Below the line")]
    columns += [in_language(measure.label) for measure in measures.values()]
    rows = (
        (row["number"], counted.numerator if counted else "", counted.denominator if counted else "", *(row.get(name) for name in measures))
        for counted, row in records[:MOST]
    )  # fmt: skip
    return sheets.download(one.id, columns, rows)


def _records(
    request: HttpRequest, found: Board, one: Indicator
) -> tuple[str, list[tuple[Counted | None, Row]], list[tuple[Counted | None, Row]]]:
    """(which part, its records in the reach of the one who asks, those out of reach).

    Unless a part is asked for, it is what needs repair if that holds anything in reach.
    """
    asked = request.GET.get("part", "")
    span = periods.named(request.GET.get("period", ""), found.months)
    counting = found.counting(one, span)
    by, value = request.GET.get("by", ""), request.GET.get("value")
    if value is not None and by in logs.PARTS[one.log]:
        counting = compute.chosen(counting, lambda row: str(row.get(by) or "") == value)
    result = compute.result(one, counting)
    parts: dict[str, list[tuple[Counted | None, Row]]] = {
        "counted": [(c, c.row) for c in result.counted],
        "missed": [(c, c.row) for c in result.missed],
        "left-out": [(None, row) for row in result.left_out],
    }
    mine = access.own_records(request.acting, found.pack, one.log)  # type: ignore[attr-defined]
    to_repair = any(mine(row) for _counted, row in parts["missed"])
    part = asked if asked in shown.PARTS else "missed" if to_repair else "counted"
    records = [entry for entry in parts[part] if mine(entry[1])]
    return part, records, [entry for entry in parts[part] if not mine(entry[1])]


def _line(
    found: Board, one: Indicator, counted: Counted | None, row: Row, day: date | None, href: str
) -> dict[str, Any]:
    value = compute.own_value(one, counted) if counted else None
    named = [logs.names(found.pack, name).get(row.get(name)) for name in logs.PARTS[one.log]]
    return {
        "number": row["number"],
        "href": href,
        "names": [in_language(entry.name) for entry in named if entry is not None],
        "percent": "" if value is None else compute.percent(value),
        "sum": f"{counted.numerator} / {counted.denominator}" if counted else "",
        "above": counted.numerator if counted else 0,
        "below": counted.denominator if counted else 0,
        "day": day,
    }


def _part_tabs(context: dict[str, Any]) -> list[tuple[str, str, int]]:
    sizes = {
        "counted": context["number"]["n"],
        "missed": context["number"]["missed"],
        "left-out": context["number"]["left_out"],
    }
    return [(part, _(label), sizes[part]) for part, label in shown.PARTS.items()]


def _value_name(found: Board, by: str, value: str) -> str:
    entry = logs.names(found.pack, by).get(value)
    return in_language(entry.name) if entry is not None else value


def _query(request: HttpRequest, part: str) -> str:
    """The present list as a query, for its file."""
    query = request.GET.copy()
    query.pop("page", None)
    query["part"] = part
    return query.urlencode()

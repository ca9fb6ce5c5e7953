"""The three rates for a period, by unit. Everybody may read the numbers; tickets behind them open to who may see them."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as door
from tongban.base.kit.text import in_language
from tongban.work.hotline import access, queries, rates
from tongban.work.hotline.rates import Rate, Rates
from tongban.work.hotline.worklist import rows_of

RATES: Final = {
    "response": (msg("Response"), msg("Contacted within 24 hours; within 2 in an emergency")),
    "solution": (msg("Solution"), msg("Called back and solved")),
    "satisfaction": (msg("Satisfaction"), msg("Called back and satisfied or basically satisfied")),
}
PARTS: Final = {"counted": msg("counted"), "met": msg("met"), "missed": msg("not met")}
MOST: Final = 500
"""Tickets that one list shows."""
_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@require_safe
@never_cache
@door.public
def page(request: HttpRequest) -> HttpResponse:
    month, first, last = _period(request)
    found = queries.outcomes_between(_place(request), first, last, request.acting.now)
    pack = directory.pack_in_force(request.acting.now)
    units = []
    for unit, of_unit in rates.by_unit(found).items():
        organ = pack.organisations.get(unit)
        units.append({
            "name": in_language(organ.name) if organ else unit, "rates": _lines(of_unit, month, unit),
            "dispatched": len(of_unit.dispatched), "link": _link("dispatched", "", month, unit),
        })  # fmt: skip
    whole = rates.rates(found)
    context = {
        "month": month, "first": first, "last": last, "months": _months(request), "lines": _lines(whole, month, ""),
        "dispatched": len(whole.dispatched), "dispatched_link": _link("dispatched", "", month, ""),
        "units": sorted(units, key=lambda u: (-u["dispatched"], u["name"])), "few": rates.FEW,
        "names": [_(label) for label, _what in RATES.values()], "office": request.acting.post is not None,
    }  # fmt: skip
    return render(request, "hotline/rates.html", context)


@require_safe
@never_cache
@door.public
def behind(request: HttpRequest) -> HttpResponse:
    """The tickets that a number counts: all of them as a number, by name those that the reader may see."""
    month, first, last = _period(request)
    which, part, unit = (request.GET.get(name, "") for name in ("rate", "part", "unit"))
    if which not in (*RATES, "dispatched") or (which in RATES and part not in PARTS):
        raise Http404
    found = queries.outcomes_between(_place(request), first, last, request.acting.now)
    chosen = rates.rates(found) if not unit else rates.by_unit(found).get(unit) or rates.rates(())
    numbers = chosen.dispatched if which == "dispatched" else getattr(getattr(chosen, which), part)
    visible = access.tickets(request.acting).filter(number__in=numbers[:MOST])
    organ = directory.pack_in_force(request.acting.now).organisations.get(unit)
    label = _("Sent to the unit") if which == "dispatched" else f"{_(RATES[which][0])} · {_(PARTS[part])}"
    rows = rows_of(queries.with_all(visible).order_by("received_at", "number"), request.acting)
    context = {
        "month": month, "label": label, "unit": organ.name if organ else None, "count": len(numbers), "rows": rows,
        "hidden": len(numbers) - len(rows), "office": request.acting.post is not None,
    }  # fmt: skip
    return render(request, "hotline/behind.html", context)


def _lines(found: Rates, month: str, unit: str) -> list[dict[str, Any]]:
    return [_line(name, getattr(found, name), month, unit) for name in RATES]


def _line(name: str, rate: Rate, month: str, unit: str) -> dict[str, Any]:
    return {
        "name": _(RATES[name][0]), "what": _(RATES[name][1]), "percent": rate.percent, "met": len(rate.met),
        "missed": len(rate.missed), "counted": len(rate.counted), "few": rate.few and bool(rate.counted), "met_link": _link(name, "met", month, unit),
        "missed_link": _link(name, "missed", month, unit), "counted_link": _link(name, "counted", month, unit),
    }  # fmt: skip


def _link(rate: str, part: str, month: str, unit: str) -> str:
    query = {"rate": rate, "part": part, "month": month, "unit": unit}
    return "/hotline/rates/tickets?" + urlencode({name: value for name, value in query.items() if value})


def _period(request: HttpRequest) -> tuple[str, date, date]:
    """The month asked for, this one otherwise: `2026-03`, its first and its last day."""
    asked = request.GET.get("month", "")
    month = asked if _MONTH.fullmatch(asked) else f"{request.acting.today:%Y-%m}"
    year, number = int(month[:4]), int(month[5:])
    return month, date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def _months(request: HttpRequest) -> list[str]:
    """The last twelve months, newest first."""
    first = request.acting.today.replace(day=1)
    months = [f"{first:%Y-%m}"]
    for _position in range(11):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(f"{first:%Y-%m}")
    return months


def _place(request: HttpRequest) -> str:
    """The place of this node: an officer of a district reads the same numbers as everybody."""
    return directory.pack_in_force(request.acting.now).manifest.jurisdiction

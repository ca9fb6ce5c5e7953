"""Numbers as templates want them: in words, with their links, and with small ones kept apart for the public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.text import in_language
from tongban.core.packs.logs import LOGS
from tongban.core.packs.model_data import Indicator
from tongban.core.packs.pack import Pack
from tongban.readers.insight import board, compute, drawings, logs, periods
from tongban.readers.insight.board import Board
from tongban.readers.insight.compute import Cell, Result
from tongban.readers.insight.periods import Span

PARTS: Final = {
    "counted": msg("Counted"),
    "missed": msg("To repair"),
    "left-out": msg("Left out: a value is missing"),
}
OF_LOG: Final = {
    "cases": msg("Cases"),
    "applications": msg("Applications"),
    "entitlements": msg("Grants due"),
    "tickets": msg("Complaints"),
}
BY_DAY: Final = {
    "submitted_on": msg("in the month in which they were submitted"),
    "closed_on": msg("in the month in which they were closed"),
    "due_on": msg("in the month in which payment is due"),
    "received_on": msg("in the month in which they were received"),
}


def card(found: Board, indicator: Indicator, span: Span, *, public: bool) -> dict[str, Any]:
    """One indicator on the overview."""
    number = line(found.result(indicator, span), public=public)
    return {
        "indicator": indicator,
        "number": number,
        "log": _(OF_LOG[indicator.log]),
        "spark": drawings.spark(points(found, indicator, public=public)),
        "link": link(indicator, span, public=public),
        "missed_link": link(indicator, span, public=False, part="missed"),
    }


def line(result: Result, *, public: bool) -> dict[str, Any]:
    """A number with what it stands on. In public a number over one or two records is not shown."""
    hidden = public and 0 < result.n < compute.SMALLEST
    return {
        "percent": "" if hidden else result.percent,
        "bar": 0 if hidden or result.value is None else max(0, min(100, round(result.value * 100))),
        "n": None if hidden else result.n,
        "hidden": hidden,
        "few": result.few and result.n > 0 and not hidden,
        "missed": len(result.missed),
        "left_out": len(result.left_out),
        "numerator": None if hidden else _plain(result.numerator),
        "denominator": None if hidden else _plain(result.denominator),
    }


def points(found: Board, indicator: Indicator, *, public: bool) -> list[drawings.Point]:
    return [
        (month.id, None if result.value is None or (public and result.n < compute.SMALLEST) else float(result.value * 100))
        for month, result in found.trend(indicator)
    ]  # fmt: skip


def months(found: Board, indicator: Indicator, *, public: bool) -> list[tuple[Span, dict[str, Any]]]:
    """The trend as a table, the newest first."""
    return [(month, line(result, public=public)) for month, result in reversed(found.trend(indicator))]


def parts(
    found: Board, indicator: Indicator, span: Span, by: str, *, public: bool
) -> list[dict[str, Any]]:  # fmt: skip
    cells: Sequence[Cell] = found.breakdown(indicator, span, by)
    if public:
        cells = compute.for_everybody(indicator, cells)
    called = logs.names(found.pack, by)
    return [
        {
            "name": _name(called, cell), "number": line(cell.result, public=public),
            "link": "" if public or len(cell.names) > 1 else link(indicator, span, public=False, part="counted", by=by, value=cell.names[0]),
        }
        for cell in cells
    ]  # fmt: skip


def rule(pack: Pack, indicator: Indicator) -> dict[str, Any]:
    """What counts, in the words of the pack and in the very expression that is computed."""
    used = frozenset[str]().union(*(part.facts for part in pack.indicator(indicator.id)))
    measures = LOGS[indicator.log]
    return {
        "log": _(OF_LOG[indicator.log]),
        "day": _(BY_DAY[logs.day_fact(pack, indicator)]),
        "facts": [(name, measures[name].label) for name in measures if name in used],
        "articles": [article(pack, reference) for reference in indicator.articles],
    }


def article(pack: Pack, reference: str) -> dict[str, Any]:
    act, _hash, number = reference.partition("#")
    law = pack.laws[act]
    return {"href": f"/laws/{act}#{number}", "law": law.name, "number": number}


def goals(found: Board, *, public: bool) -> list[dict[str, Any]]:
    whole = periods.year(found.months)
    return [
        {
            "goal": goal, "indicator": indicator, "number": line(result, public=public),
            "reached": board.reached(goal, indicator, result) if not (public and result.n < compute.SMALLEST) else None,
            "owner": found.pack.authorities[goal.owner].name, "link": link(indicator, whole, public=public),
        }
        for goal, indicator, result in found.goals()
    ]  # fmt: skip


def choices(found: Board) -> list[tuple[str, str]]:
    """Periods to choose from, the whole year first."""
    return [(periods.YEAR, _("Last twelve months")), *((m.id, m.id) for m in reversed(found.months))]


def part_tabs(indicator: Indicator, by: str) -> list[tuple[str, str, bool]]:
    measures = LOGS[indicator.log]
    return [(name, in_language(measures[name].label), name == by) for name in logs.PARTS[indicator.log]]


def link(indicator: Indicator, span: Span, *, public: bool, **query: str) -> str:
    page = reverse("insight:indicator" if public else "insight:office-indicator", args=[indicator.id])
    return f"{page}?{urlencode({'period': span.id, **query})}" + ("#records" if "part" in query else "")


def _name(called: Any, cell: Cell) -> str:
    if len(cell.names) > 1:
        return _("Others, too few to be shown apart")
    entry = called.get(cell.names[0])
    return in_language(entry.name) if entry is not None else cell.names[0] or _("None recorded")


def _plain(number: Any) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.1f}"

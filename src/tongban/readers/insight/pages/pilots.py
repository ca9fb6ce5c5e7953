"""Pilots: the list, a new one in two steps, the four numbers it is judged by, and the decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import pilots
from tongban.base.directory import queries as directory
from tongban.base.kit import access as door
from tongban.base.kit.acting import Acting
from tongban.base.kit.ids import uuid7
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.readers.insight import access, compute, drawings, evaluation, logs
from tongban.readers.insight.evaluation import CELLS, Evaluation

STATES: Final = {
    "running": (msg("Running"), "info"),
    "promoted": (msg("Promoted to the whole place"), "ok"),
    "withdrawn": (msg("Withdrawn"), ""),
}
READERS: Final = ("officer", "clerk", "auditor")
_FIELDS: Final = ("service", "place", "comparison", "goal", "first", "last", "patch")
_SHOWN: Final = 200
"""Cases that one cell lists."""


@require_safe
@never_cache
@door.posts(*READERS)
def overview(request: HttpRequest) -> HttpResponse:
    pack = _pack(request)
    rows = [_row(request, pack, pilot) for pilot in pilots.all_pilots()]
    return render(request, "insight/pilots.html", {"rows": rows, "may_start": _may_start(request, pack)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.posts("officer")
def new(request: HttpRequest) -> HttpResponse:
    """Written, then shown with everything it changes, then started."""
    pack = _pack(request)
    if not _may_start(request, pack):
        raise Http404
    given = {name: request.POST.get(name, "")[: pilots.LONGEST_PATCH + 1] for name in _FIELDS}
    if request.method != "POST":
        given["first"] = f"{request.acting.today:%Y-%m-%d}"  # type: ignore[attr-defined]
    pilot_id, context = _uuid(request.POST.get("id", "")), {"draft": None, "refusal": None}
    step = request.POST.get("step", "") if request.method == "POST" else ""
    try:
        if step == "start":
            started = pilots.start_pilot(
                acting=request.acting, pilot_id=pilot_id, plan=_plan(given), seen=request.POST.get("seen", "")
            )  # type: ignore[attr-defined]
            messages.success(
                request, _("Started. The version is in force in the district from its first day.")
            )
            return redirect("insight:pilot", started.id)
        if step == "preview":
            context["draft"] = _previewed(request, pack, pilot_id, given)
    except NotFound:
        raise
    except Refusal as refusal:
        context["refusal"] = refusal
    context |= {
        "given": given, "id": pilot_id, "services": list(pack.services.values()), "districts": pilots.districts(pack),
        "goals": [g for g in pack.goals.values() if pilots.leads(request.acting, pack, g.id)], "pack": pack,  # type: ignore[attr-defined]
        "today": request.acting.today,  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(
        request,
        "insight/pilot_new.html",
        context,
        status=context["refusal"].status if context["refusal"] else 200,
    )


@require_safe
@never_cache
@door.posts(*READERS)
def pilot(request: HttpRequest, pilot_id: UUID) -> HttpResponse:
    return _page(request, pilot_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.posts("officer")
def decide(request: HttpRequest, pilot_id: UUID, step: str) -> HttpResponse:
    """A page of its own that asks for the reasons, then the decision."""
    act: Callable[..., Any] = {"promote": pilots.promote, "withdraw": pilots.withdraw}[step]
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = pilots.pilot(pilot_id)
    base = directory.pack(found.base_id)
    if not pilots.leads(acting, base, found.goal):
        raise Http404
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            act(
                acting=acting,
                pilot_id=pilot_id,
                reasons=request.POST.get("reasons", "").replace("\x00", ""),
                version=_version(request),
            )
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Decided. The reasons are kept with the pilot."))
            return redirect("insight:pilot", pilot_id)
    context = {
        "step": step, "row": _row(request, base, found), "pilot": found, "refusal": refusal,
        "reasons": request.POST.get("reasons", ""), "evaluation": _shown(base, found, _evaluate(request, base, found)),
    }  # fmt: skip
    return render(request, "insight/pilot_decide.html", context, status=refusal.status if refusal else 200)


def _page(request: HttpRequest, pilot_id: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = pilots.pilot(pilot_id)
    base = directory.pack(found.base_id)
    judged = _evaluate(request, base, found)
    cell = request.GET.get("cell", "")
    context = {
        "row": _row(request, base, found), "pilot": found, "evaluation": _shown(base, found, judged), "cell": cell,
        "changes": [_change(change) for change in pilots.changes_of(found)],
        "may_decide": found.state == "running" and pilots.leads(acting, base, found.goal),
        "may_promote": acting.now >= found.valid_from, "over": acting.now >= found.valid_to, "cases": None,
    }  # fmt: skip
    behind = {**judged.cells, "under": judged.under}
    if cell in behind:
        mine = access.own_records(acting, base, judged.indicator.log)
        counted = [one for one in behind[cell] if mine(one.row)]
        links = logs.links(acting, judged.indicator.log, [one.number for one in counted[:_SHOWN]])
        context["cases"] = [
            (one.number, links.get(one.number, ""), one.row["submitted_on"], _own(judged, one))
            for one in counted[:_SHOWN]
        ]
        context["hidden"] = len(behind[cell]) - len(context["cases"])  # type: ignore[arg-type]
    return render(request, "insight/pilot.html", context)


def _previewed(request: HttpRequest, pack: Pack, pilot_id: UUID, given: dict[str, str]) -> dict[str, Any]:
    plan = _plan(given)
    draft = pilots.preview(acting=request.acting, pilot_id=pilot_id, plan=plan)  # type: ignore[attr-defined]
    return {
        "digest": draft.pack.digest, "changes": [_change(c) for c in draft.changes], "moved": draft.moved,
        "service": pack.services[plan.service], "place": pack.places[plan.place], "comparison": pack.places[plan.comparison],
        "goal": pack.goals[plan.goal], "first": plan.first, "last": plan.last,
    }  # fmt: skip


def _plan(given: dict[str, str]) -> pilots.Plan:
    """The form as the action wants it. A day that is none is one that no pilot can have."""
    days = {name: _day(given[name]) for name in ("first", "last")}
    return pilots.Plan(**{**given, **days})  # type: ignore[arg-type]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _row(request: HttpRequest, pack: Pack, found: Any) -> dict[str, Any]:
    label, tone = STATES[found.state]
    goal, indicator = pack.goals.get(found.goal), pack.indicators.get(found.indicator)
    return {
        "pilot": found, "state": _(label), "tone": tone, "service": pack.services.get(found.service),
        "place": pack.places.get(found.place), "comparison": pack.places.get(found.comparison), "goal": goal,
        "indicator": indicator,
        "waits": found.state == "running" and request.acting.now >= found.valid_to,  # type: ignore[attr-defined]
        "ahead": found.state == "running" and request.acting.now < found.valid_from,  # type: ignore[attr-defined]
    }  # fmt: skip


def _evaluate(request: HttpRequest, base: Pack, found: Any) -> Evaluation:
    return evaluation.evaluate(found, base, request.acting.now)  # type: ignore[attr-defined]


def _shown(base: Pack, found: Any, judged: Evaluation) -> dict[str, Any]:
    mean = {cell: judged.mean(cell) for cell in CELLS}
    lines = []
    for code, side in ((found.place, "pilot"), (found.comparison, "other")):
        place = base.places.get(code)
        before, after = mean[f"{side}-before"], mean[f"{side}-after"]
        lines.append({
            "name": in_language(place.name) if place else code, "side": side, "before": _percent(before), "after": _percent(after),
            "before_n": len(judged.cells[f"{side}-before"]), "after_n": len(judged.cells[f"{side}-after"]),
            "change": _points(None if before is None or after is None else after - before), "values": (before, after),
        })  # fmt: skip
    title = _("%(name)s before the pilot and since, in percent") % {
        "name": in_language(judged.indicator.name)
    }
    drawn = [(one["name"], *one["values"]) for one in lines]
    effect = judged.effect
    return {
        "lines": lines, "effect": effect, "points": _points(effect.points) if effect else "", "helped": judged.helped,
        "low": _points(effect.low) if effect else "", "high": _points(effect.high) if effect else "",
        "smallest": judged.smallest, "needed": compute.FEW, "first": judged.first, "until": judged.until,
        "indicator": judged.indicator, "goal": judged.goal, "under": len(judged.under), "days": evaluation.BEFORE.days,
        "chart": drawings.before_after(drawn, title=title) if any(None not in one["values"] for one in lines) else "",
    }  # fmt: skip


def _own(judged: Evaluation, counted: Any) -> str:
    value = compute.own_value(judged.indicator, counted)
    return "" if value is None else compute.percent(value)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}".replace("-", "−")


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:+.1f}".replace("-", "−")


def _change(change: pilots.Change) -> tuple[str, str, str]:
    return change.path, _said(change.before), _said(change.after)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return in_language(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _may_start(request: HttpRequest, pack: Pack) -> bool:
    return any(pilots.leads(request.acting, pack, goal) for goal in pack.goals)  # type: ignore[attr-defined]


def _pack(request: HttpRequest) -> Pack:
    try:
        return directory.pack_in_force(request.acting.now)  # type: ignore[attr-defined]
    except LookupError as error:
        raise Http404 from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid7()


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0

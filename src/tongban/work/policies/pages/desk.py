"""The policy desk: numbers of a policy moved with sliders over a sample, a full run as a job, and the layer that results."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit import charts, sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import in_language
from tongban.core.packs import amending, parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import in_force
from tongban.core.planning.changed import BadChange, Effect
from tongban.work.policies import access, models, words
from tongban.work.policies.actions import simulations
from tongban.work.policies.desk import populations, trial
from tongban.work.policies.pages import view
from tongban.work.policies.pages.owner_steps import attempt

PREFIX: Final = "set."
MOST_GROUPS: Final = 12
_RECENT: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One group of a trial, or all."""

    label: str
    effect: Effect


@require_safe
@route.posts("officer")
@never_cache
def policies(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    found = [
        (policy, len(trial.levers(pack, policy, acting.today)), view.organ_in_charge(pack, policy, acting.place))
        for policy in pack.policies.values() if in_force(policy, acting.today)
    ]  # fmt: skip
    there = {kind: populations.population_of(kind) for kind in ("enterprise", "person")}
    recent = [
        (row, pack.policies.get(row.policy))
        for row in access.simulations(acting).order_by("-asked_at")[:_RECENT]
    ]
    return render(
        request, "policies/desk/policies.html", {"policies": found, "populations": there, "recent": recent}
    )


@require_safe
@route.posts("officer")
@never_cache
def policy(request: HttpRequest, policy_id: str) -> HttpResponse:
    """The sliders, and what the sample says of them."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack, found = _policy(acting, policy_id)
    levers = trial.levers(pack, found, acting.today)
    said, errors = _said(request, pack, found, levers, acting.today)
    population = populations.population_of(found.subject)
    groups = population.groups(pack) if population else ()
    by = request.GET.get("by", "")
    by = by if by in groups else next(iter(groups), "")
    swept = request.GET.get("sweep", "")
    context: dict[str, Any] = {
        "policy": found, "population": population, "by": by, "said": said, "errors": errors, "swept": swept,
        "groups": [(name, _column(pack, name)) for name in groups],
        "levers": [
            (one, in_language(pack.parameters[one.name].label), _unit(pack, one.name), request.GET.get(PREFIX + one.name, one.shown),
             errors.get(one.name, ""))
            for one in levers
        ],
        "runs": access.simulations(acting).filter(policy=found.id).order_by("-asked_at")[:_RECENT],
        "tomorrow": date.fromordinal(acting.today.toordinal() + 1),
    }  # fmt: skip
    if population and not errors:
        context |= _tried(pack, found, acting.today, population, levers, said, by, swept)
    if request.GET.get("format") == "csv" and "rows" in context:
        return _table(f"trial-{found.id}", found, context["rows"])
    return render(request, "policies/desk/policy.html", context)


@require_POST
@route.posts("officer")
def ask(request: HttpRequest, policy_id: str) -> HttpResponse:
    """The same for everybody, as a job."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack, found = _policy(acting, policy_id)
    levers = trial.levers(pack, found, acting.today)
    values = {
        one.name: raw for one in levers
        if (raw := request.POST.get(PREFIX + one.name, "").strip()) and raw != one.shown
    }  # fmt: skip
    made: list[models.Simulation] = []
    by = request.POST.get("by", "")[:80]
    refusal = attempt(
        lambda: made.append(simulations.ask(acting=acting, policy=policy_id, values=values, by=by))
    )
    if refusal is not None:
        messages.error(request, "; ".join(refusal.fields.values()) or str(refusal))
        return redirect("policies:desk-policy", policy_id)
    return redirect("policies:desk-run", made[0].pk)


@require_safe
@route.posts("officer")
@never_cache
def run(request: HttpRequest, key: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.simulation(acting, key)
    pack = directory.pack(row.pack_digest)
    found = pack.policies[row.policy]
    context: dict[str, Any] = {
        "run": row, "policy": found, "values": _changes(pack, row), "working": row.state in ("waiting", "running"),
        "percent": round(100 * row.done / row.total) if row.total else 0,
        "tomorrow": date.fromordinal(acting.today.toordinal() + 1), "by": _column(pack, row.by) if row.by else "",
    }  # fmt: skip
    if row.state == "done" and row.result:
        effects = {name: Effect(**effect) for name, effect in row.result["groups"].items()}
        rows = _rows(pack, row.by, effects)
        context |= _drawn(found, rows)
        if request.GET.get("format") == "csv":
            return _table(f"simulation-{row.on}-{row.policy}", found, rows)
    if not request.headers.get("HX-Request"):
        return render(request, "policies/desk/run.html", context)
    if not context["working"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "policies/desk/run_part.html", context)


@require_POST
@route.posts("officer")
def layer(request: HttpRequest, policy_id: str) -> HttpResponse:
    """The changed numbers as a layer of the pack, to be checked and put in force."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack, found = _policy(acting, policy_id)
    levers = {one.name: one for one in trial.levers(pack, found, acting.today)}
    values = {
        name: raw for name in levers
        if (raw := request.POST.get(PREFIX + name, "").strip()) and raw != levers[name].shown
    }  # fmt: skip
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
        if on <= acting.today:
            raise ValueError(on)
        trial.matchers(pack, found, acting.today, [values])
        if not values:
            raise BadChange(_("Change at least one number."))
    except BadChange as error:
        messages.error(request, str(error))
        return redirect("policies:desk-policy", policy_id)
    except ValueError:
        messages.error(request, _("Give a day after today from which the new numbers hold."))
        return redirect("policies:desk-policy", policy_id)
    name = f"{pack.manifest.id}-{on.isoformat()}"
    files = amending.layer(pack, values, on, name)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(f"{name}/{path}", text)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.zip"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(out.getvalue(), content_type="application/zip", headers=headers)


def _policy(acting: Acting, policy_id: str) -> tuple[Pack, Policy]:
    pack = directory.pack_in_force(acting.now)
    found = pack.policies.get(policy_id)
    if found is None:
        raise Http404
    return pack, found


def _said(
    request: HttpRequest, pack: Pack, found: Policy, levers: list[trial.Lever], at: date
) -> tuple[dict[str, str], dict[str, str]]:
    """Numbers that were moved, and what is wrong with others."""
    said: dict[str, str] = {}
    errors: dict[str, str] = {}
    for one in levers:
        raw = request.GET.get(PREFIX + one.name, "").strip()
        if not raw or raw == one.shown:
            continue
        try:
            trial.matchers(pack, found, at, [{one.name: raw}])
        except BadChange as error:
            errors[one.name] = str(error)
        else:
            said[one.name] = raw
    return said, errors


def _tried(
    pack: Pack, found: Policy, at: date, population: populations.Population, levers: list[trial.Lever], said: dict[str, str],
    by: str, swept: str,
) -> dict[str, Any]:  # fmt: skip
    try:
        sample = populations.sample_of(population, trial.wanted(pack, found, at, by or None))
        (whole,) = trial.run(pack, found, at, sample, [said], by or None)
        rows = _rows(pack, by, whole.groups)
        context = {**_drawn(found, rows), "sample": whole.rows, "rejected": whole.rejected}
        lever = next((one for one in levers if one.name == swept), None)
        if lever is not None:
            context |= _swept(pack, found, at, sample, lever, said)
    except simulations.CANNOT as error:
        return {"broken": str(error)}
    return context


def _swept(
    pack: Pack, found: Policy, at: date, sample: populations.Sample, lever: trial.Lever, said: dict[str, str]
) -> dict[str, Any]:
    """What the sample costs for a row of values of one number, the others as they were moved."""
    now = parameters.resolve(pack, at)
    values = trial.values_between(lever, now)
    tried = trial.run(pack, found, at, sample, [{**said, lever.name: value} for value in values], None)
    points = [(value, one.whole.cost_after) for value, one in zip(values, tried, strict=True)]
    title = _("Cost in the sample by %(number)s") % {"number": in_language(pack.parameters[lever.name].label)}
    marked = next((place for place, value in enumerate(values) if value == lever.shown), None)
    return {
        "curve": charts.curve(points, title=title, say=partial(words.amount, found), marked=marked),
        "points": [(value, one.whole) for value, one in zip(values, tried, strict=True)],
        "curve_title": title,
    }  # fmt: skip


def _rows(pack: Pack, by: str, groups: Mapping[str, Effect]) -> list[Row]:
    """The groups that cost most, in words, and all together at last."""
    whole = Effect()
    for effect in groups.values():
        whole.add(effect)
    named = sorted(groups.items(), key=lambda one: -max(one[1].cost_before, one[1].cost_after)) if by else []
    return [*(Row(_group(pack, by, name), effect) for name, effect in named), Row(_("All together"), whole)]


def _drawn(policy: Policy, rows: list[Row]) -> dict[str, Any]:
    costly = [row for row in rows[:-1] if row.effect.cost_before or row.effect.cost_after][:MOST_GROUPS]
    drawn = [(row.label, row.effect.cost_before, row.effect.cost_after) for row in (*costly, rows[-1])]
    picture = charts.beside(
        drawn,
        title=_("Cost before and after"),
        names=(_("before"), _("after")),
        say=partial(words.amount, policy),
    )
    return {"rows": rows, "picture": picture, "whole": rows[-1].effect}


def _table(name: str, policy: Policy, rows: list[Row]) -> HttpResponse:
    yuan = policy.is_money
    columns = (
        _("Group"), _("Subjects"), _("Due before"), _("Due after"), _("Cost before (yuan)") if yuan else _("Amount before"),
        _("Cost after (yuan)") if yuan else _("Amount after"), _("Get more"), _("Get less"),
        _("More in all (yuan)") if yuan else _("More in all"), _("Less in all (yuan)") if yuan else _("Less in all"), _("Cannot be told"),
    )  # fmt: skip
    lines = [
        (
            row.label, one.subjects, one.before, one.after, policy.written(one.cost_before), policy.written(one.cost_after),
            one.winners, one.losers, policy.written(one.won), policy.written(one.lost), one.open,
        )
        for row in rows for one in (row.effect,)
    ]  # fmt: skip
    return sheets.download(name, columns, lines)


def _changes(pack: Pack, row: models.Simulation) -> list[tuple[str, str, str, str]]:
    """(name, label, value as it is, value as it was tried)."""
    now = {one.name: one.shown for one in trial.levers(pack, pack.policies[row.policy], row.on)}
    return [
        (name, in_language(pack.parameters[name].label), now.get(name, ""), value)
        for name, value in sorted(row.values.items())
    ]


def _column(pack: Pack, name: str) -> str:
    fact = pack.facts.get(name)
    return in_language(fact.label) if fact else {"district": _("District")}.get(name, name)


def _group(pack: Pack, by: str, name: str) -> str:
    if not name:
        return _("not known")
    if name in pack.places:
        return in_language(pack.places[name].name)
    fact = pack.facts.get(by)
    codes = pack.code_lists.get(fact.codes or "") if fact else None
    return (
        next((in_language(item.label) for item in codes.items if item.code == name), name) if codes else name
    )


def _unit(pack: Pack, name: str) -> str:
    parameter = pack.parameters[name]
    return _("yuan") if parameter.type == "money" else view.unit_words(pack, parameter.unit or "")

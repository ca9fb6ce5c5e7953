"""Policies for everybody: conditions in words with their articles, the amount, and the money that is left."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.work.policies import queries
from tongban.work.policies.pages import view

_ORDERS: Final = {
    "first-come": msg("First come, first served, until it is spent."),
    "score": msg("Where there is not enough for all, the highest scores come first."),
    "pro-rata": msg("Where there is not enough for all, everybody is given the same share."),
}


@route.public
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = _pack(acting)
    found = [
        {"policy": policy, "budget": queries.budget_of(pack, policy, acting.today.year),
         "organ": view.organ_in_charge(pack, policy, acting.place)}
        for policy in queries.policies_in_force(pack, acting.today)
    ]  # fmt: skip
    return render(request, "policies/policies.html", {"policies": found})


@route.public
@require_safe
def policy(request: HttpRequest, policy_id: str) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = _pack(acting)
    found = pack.policies.get(policy_id)
    if found is None:
        raise Http404
    today = acting.today
    budgets = [line for b in found.budget if (line := queries.budget_of(pack, found, b.year))]
    organ = view.organ_in_charge(pack, found, acting.place)
    in_charge = organ is not None and (organ.id, organ.place) == (acting.organisation, acting.place)
    context = {
        "policy": found,
        "opens": acting.role == "officer" and in_charge,
        "in_force": calculator.in_force(found, today),
        "conditions": view.conditions(pack, found, None, {}),
        "amounts": _amounts(pack, found, acting),
        "basis": view.bases(pack, found.articles),
        "texts": _texts(pack, found),
        "money_basis": view.bases(pack, sorted({article for b in found.budget for article in b.articles})),
        "order": _(_ORDERS[queries.order_of(found, today.year)]),
        "budgets": [(line, line.year == today.year) for line in budgets],
        "facts": view.fact_names(pack, sorted(calculator.facts_read(pack, found))),
        "organ": organ,
    }
    return render(request, "policies/policy.html", context)


def _amounts(pack: Pack, policy: Policy, acting: Acting) -> list[view.Line]:
    """The parameters and bracket tables that the amount is computed from, with today's values."""
    values = parameters.resolve(pack, acting.today)
    lines: list[view.Line] = []
    for name in sorted(pack.amount(policy.id).parameters):
        if table := pack.bracket_tables.get(name):
            lines += view.bracket_lines(pack, table, values.get(name))
        else:
            shown = view.parameter_text(pack, pack.parameters[name], values.get(name))
            lines.append(view.Line(view.in_language(pack.parameters[name].label), shown, ""))
    return lines


def _texts(pack: Pack, policy: Policy) -> list[tuple[view.Basis, Any]]:
    """Articles of the policy and of its amount, in full: what the amount is stands there in words."""
    found = []
    for cited in policy.articles:
        act, _sign, number = cited.partition("#")
        law = pack.laws.get(act)
        article = next((a for a in law.articles_ if a.number == number), None) if law else None
        basis = view.bases(pack, [cited])
        if article is not None and basis:
            found.append((basis[0], article))
    return found


def _pack(acting: Acting) -> Pack:
    try:
        return directory.pack_in_force(acting.now)
    except LookupError as error:
        raise Http404 from error

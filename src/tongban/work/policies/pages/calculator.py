"""The policy calculator (政策计算器): one question after the other, and the ladder all the while.

Everybody may use it. What is told stays in the session; whoever signs in may start from what is held about them.
"""

from __future__ import annotations

from dataclasses import replace
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
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal
from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.work.policies import access, models, queries
from tongban.work.policies.actions import situations as writes
from tongban.work.policies.calculator.advice import Advice, advise
from tongban.work.policies.calculator.situation import KINDS, Kind, Situation
from tongban.work.policies.pages import calculator_form as form
from tongban.work.policies.pages import calculator_state as states
from tongban.work.policies.pages import calculator_view as view
from tongban.work.policies.pages.view import fact_names as labels_of
from tongban.work.policies.states import RESERVING

MOST_SHOWN: Final = 10
"""Policies of a rung on the page itself, but for those that are due; the others have a page of their own."""


@route.public
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """For whom it is asked."""
    pack_of(request)
    return render(request, "policies/calculator/choose.html", {"begun": states.begun(request)})


@route.public
@require_safe
@never_cache
def calculator(request: HttpRequest, kind: Kind) -> HttpResponse:
    return _page(request, pack_of(request), states.of(request, kind), change=request.GET.get("change", ""))


@route.public
@require_POST
def about(request: HttpRequest, kind: Kind) -> HttpResponse:
    """From now on only these policies are asked about; without any, all are. The answers stay."""
    pack, state = pack_of(request), states.of(request, kind)
    wanted = dict.fromkeys(request.POST.getlist("policy"))
    only = tuple(name for name in wanted if name in pack.policies and pack.policies[name].subject == kind)
    state.now = replace(state.now, only=only)
    states.put(request, kind, state)
    return redirect("policies:calculator", kind=kind)


@route.public
@require_POST
def answer(request: HttpRequest, kind: Kind) -> HttpResponse:
    pack, state = pack_of(request), states.of(request, kind)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    name, how = request.POST.get("name", ""), request.POST.get("how", "answer")
    before = _advice(acting, pack, state.now)
    if form.ask(pack, before, state.now, name) is None:
        raise Http404
    if how == "unknown":
        state.now = state.now.pass_over(name)
    elif how == "none":
        state.now = state.now.answer(name, None)
    else:
        given = form.read(pack, before, name, request.POST)
        if given.errors or given.rows is not None:
            return _page(request, pack, state, change=name, given=given, status=422 if given.errors else 200)
        state.now = state.now.answer(name, given.value)
    states.put(request, kind, state)
    if said := view.changes(before, _advice(acting, pack, state.now)):
        messages.success(request, said)
    return redirect("policies:calculator", kind=kind)


@route.public
@require_POST
def undo(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Takes the last answer back."""
    state = states.of(request, kind)
    state.now = state.now.undo()
    states.put(request, kind, state)
    return redirect("policies:calculator", kind=kind)


@route.public
@require_POST
def clear(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Forgets everything that was told for this kind of subject."""
    states.put(request, kind, None)
    messages.success(request, _("Everything you told the calculator here is forgotten."))
    return redirect("policies:calculator", kind=kind)


@route.applicant
@require_POST
def start(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Starts from what licences and registries say about oneself or a firm one acts for."""
    pack, state = pack_of(request), states.of(request, kind)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    try:
        subject = UUID(request.POST.get("subject", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        found = writes.look_up(
            acting=acting, subject=subject, pack=pack, situation=state.now, consents=request.POST.get("consent") == "yes"
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("policies:calculator", kind=kind)
    state.now = state.now.start_from(subject, found)
    states.put(request, kind, state)
    if found:
        messages.success(
            request,
            _("%(n)d answers were found. Change any of them to see how it would be.") % {"n": len(found)},
        )
    else:
        messages.info(
            request,
            _("Nothing that these policies ask about is on record yet. Answer the questions instead."),
        )
    return redirect("policies:calculator", kind=kind)


@route.public
@require_safe
@never_cache
def why(request: HttpRequest, kind: Kind, policy_id: str) -> HttpResponse:
    """Every condition of one policy with what it was judged by."""
    pack, state = pack_of(request), states.of(request, kind)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    alone = replace(state.now, only=(policy_id,))
    rung = next(iter(advise(pack, alone, acting.today).rungs), None)
    if rung is None:
        raise Http404
    found = {name: entry for name, entry in state.now.found.items() if name not in state.now.answers}
    shown = view.item(pack, rung, found, acting.place, whole=True)
    return render(request, "policies/calculator/why.html", {"item": shown, "kind": kind})


@route.public
@require_safe
@never_cache
def rung(request: HttpRequest, kind: Kind, result: str) -> HttpResponse:
    """All policies of one rung, where the calculator shows only the first."""
    pack, state = pack_of(request), states.of(request, kind)
    context = context_of(request, pack, state)
    context["groups"] = [group for group in context["groups"] if group.result == result]
    if not context["groups"]:
        raise Http404
    return render(request, "policies/calculator/rung.html", context)


@route.public
@require_safe
@never_cache
def printed(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The whole ladder and all answers on one sheet."""
    pack, state = pack_of(request), states.of(request, kind)
    return render(request, "policies/calculator/print.html", context_of(request, pack, state))


@route.public
@require_safe
@never_cache
def table(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The ladder as a file."""
    pack, state = pack_of(request), states.of(request, kind)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    advice = _advice(acting, pack, state.now)
    rows = [
        (
            in_language(one.policy.name), group.heading, one.amount, _("; ").join(one.unmet or one.missing), one.note,
            one.last_day.isoformat() if one.last_day else "", in_language(one.organ.name) if one.organ else "",
        )
        for group in view.groups(pack, advice, state.now, acting.place) for one in group.items
    ]  # fmt: skip
    columns = (
        _("Policy"), _("Result"), _("Amount"), _("What is missing"), _("Beside others"), _("Last day"), _("Office in charge")
    )  # fmt: skip
    return sheets.download(f"calculator-{kind}", columns, rows)


def pack_of(request: HttpRequest) -> Pack:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    try:
        return directory.pack_in_force(acting.now)
    except LookupError as error:
        raise Http404 from error


def context_of(
    request: HttpRequest, pack: Pack, state: states.State, *, most: int | None = None
) -> dict[str, Any]:
    """What the ladder and the answers are drawn from."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    situation = state.now
    held = granted(acting, pack, situation)
    advice = advise(pack, situation, acting.today, {row.policy: row.amount_fen for row in held})
    return {
        "kind": situation.kind,
        "advice": advice,
        "groups": view.groups(pack, advice, situation, acting.place, most=most),
        "held": [(row, pack.policies[row.policy]) for row in held if row.policy in pack.policies],
        "told": view.told(pack, situation),
        "only": [pack.policies[name] for name in situation.only],
        "situation": situation,
        "aside": state.aside,
        "today": acting.today,
        "about": next((s for s in queries.subjects(acting) if s.pk == situation.subject), None),
    }


def granted(acting: Acting, pack: Pack, situation: Situation) -> list[models.Entitlement]:
    """What was granted before to the subject that the situation starts from; nothing to anybody else's eyes."""
    if situation.subject is None:
        return []
    rows = access.entitlements(acting).filter(
        subject=situation.subject, state__in=[one.value for one in RESERVING]
    )
    return [
        row for row in rows.order_by("-found_at")
        if row.found_on.year == acting.today.year or not _is_yearly(pack, row.policy)
    ]  # fmt: skip


def _is_yearly(pack: Pack, name: str) -> bool:
    """Whether a policy is granted anew each year: then an earlier year stands against nothing."""
    policy = pack.policies.get(name)
    return policy is not None and policy.once_per == "year"


def _advice(acting: Acting, pack: Pack, situation: Situation) -> Advice:
    held = {row.policy: row.amount_fen for row in granted(acting, pack, situation)}
    return advise(pack, situation, acting.today, held)


def _page(
    request: HttpRequest, pack: Pack, state: states.State, *, change: str = "", given: form.Answered | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    acting: Acting = request.acting  # type: ignore[attr-defined]
    context = context_of(request, pack, state, most=MOST_SHOWN)
    advice: Advice = context["advice"]
    asked = form.ask(pack, advice, state.now, change, given) if change else None
    if asked is None and advice.questions:
        asked = form.ask(pack, advice, state.now, advice.questions[0].name)
    mine = [s for s in queries.subjects(acting) if (s.kind == "person") == (state.now.kind == "person")]
    context |= {
        "asked": asked,
        "changing": bool(change) and change in state.now.last,
        "left": len(advice.questions),
        "still": [(one.name, label) for one in advice.questions for label in labels_of(pack, [one.name])],
        "errors": asked.errors if asked else (),
        "mine": mine if acting.role == "applicant" else [],
        "kept": access.kept(acting).filter(kind=state.now.kind).order_by("-kept_at"),
        "can_keep": acting.role == "applicant" and acting.principal is not None,
        "kinds": KINDS,
    }
    return render(request, "policies/calculator/calculator.html", context, status=status)

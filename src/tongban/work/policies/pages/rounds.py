"""Rounds of an office: everybody is looked at, a list is confirmed, published, paid and closed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.core.planning.calculator import in_force
from tongban.work.policies import access, models, queries, words
from tongban.work.policies.actions import payments, publicity, rounds, sharing
from tongban.work.policies.actions.matching import found_unasked
from tongban.work.policies.pages.owner_steps import attempt, version_of
from tongban.work.policies.states import RESERVING

PER_PAGE: Final = 25
MOST_TIES: Final = 5
STATES: Final = {
    "looking": (msg("Looking at everybody"), "info"),
    "drawn": (msg("List to be confirmed"), "warn"),
    "telling": (msg("Telling everybody"), "info"),
    "told": (msg("Confirmed"), "pri"),
    "closed": (msg("Closed, archived"), "ok"),
    "dropped": (msg("Given up"), "line"),
}
ORDERS: Final = {
    "first-come": msg("First come, first served"),
    "score": msg("By score, the highest first"),
    "pro-rata": msg("The same share for everybody"),
}
_OUTCOMES: Final = {
    "eligible": msg("due"),
    "near": msg("one condition short"),
    "needs-data": msg("something not known"),
    "not": msg("not due"),
    "had": msg("granted before"),
    "not-read": msg("not looked at: no ground, or they asked not to be"),
}
_TABS: Final = {
    "list": msg("On the list"), "line": msg("In line"), "struck": msg("Struck"), "objected": msg("Objected to"),
}  # fmt: skip


@require_safe
@route.posts("officer")
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    mine = [
        policy for policy in pack.policies.values()
        if found_unasked(policy) and in_force(policy, acting.today) and rounds.in_charge_of(acting, pack, policy)
    ]  # fmt: skip
    on_list = Count("lines", filter=Q(lines__struck=""))
    visible = access.rounds(acting).values(
        "pk"
    )  # counted apart: what makes a round visible joins its lines too
    found = (
        models.Round.objects.filter(pk__in=visible).annotate(n=on_list).defer("archive").order_by("-began_at")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(row, rounds.pack_and_policy(row)[1], _state(row)) for row in page]
    return render(request, "policies/office/rounds.html", {"page": page, "rows": rows, "mine": mine})


@require_POST
@route.posts("officer")
def begin(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    made: list[models.Round] = []
    refusal = attempt(lambda: made.append(rounds.begin(acting=acting, policy=request.POST.get("policy", ""))))
    if refusal is not None:
        messages.error(request, "; ".join(refusal.fields.values()) or str(refusal))
        return redirect("policies:rounds")
    return redirect("policies:round", made[0].pk)


@require_safe
@route.posts("officer")
@never_cache
def one(request: HttpRequest, round_: UUID) -> HttpResponse:
    return page(request, access.round_page(request.acting, round_))  # type: ignore[attr-defined]


@require_safe
@route.posts("officer")
@never_cache
def progress(request: HttpRequest, round_: UUID) -> HttpResponse:
    """How far the job is; the page asks again by itself."""
    row = access.round_page(request.acting, round_)  # type: ignore[attr-defined]
    context = _progress(row)
    if not context["working"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "policies/office/round_progress.html", context)


@require_POST
@route.posts("officer")
def step(request: HttpRequest, round_: UUID, what: str) -> HttpResponse:
    """Confirm the list, give it up, or close it."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    acts = {
        "confirm": lambda: rounds.confirm(acting=acting, round_=round_, version=version_of(request)),
        "drop": lambda: rounds.drop(acting=acting, round_=round_),
        "close": lambda: rounds.close(acting=acting, round_=round_),
    }
    if what not in acts:
        raise NotFound(_("There is no such list, or it is not yours to see."))
    refusal = attempt(acts[what])
    if refusal is not None:
        messages.error(request, str(refusal))
    return redirect("policies:round", round_)


@require_POST
@route.posts("officer")
def strike(request: HttpRequest, line: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    reasons = "" if request.POST.get("how") == "restore" else request.POST.get("reasons", "")
    row = access.round_line(acting, line).round
    if request.POST.get("how") != "restore" and not reasons.strip():
        messages.error(request, _("Say why, in words the owner understands."))
        return redirect("policies:round", row.pk)
    refusal = attempt(lambda: rounds.strike(acting=acting, line=line, reasons=reasons))
    if refusal is not None:
        messages.error(request, str(refusal))
    return redirect("policies:round", row.pk)


@require_POST
@route.posts("officer")
def answer(request: HttpRequest, objection: UUID) -> HttpResponse:
    """Answer somebody who objected in publicity."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.objections(acting).filter(pk=objection).select_related("line").first()
    if row is None:
        raise NotFound(_("There is no such list, or it is not yours to see."))
    refusal = attempt(
        lambda: publicity.answer(
            acting=acting, objection=objection, outcome=request.POST.get("outcome", ""), reasons=request.POST.get("reasons", "")
        )
    )  # fmt: skip
    if refusal is not None:
        messages.error(request, "; ".join(refusal.fields.values()) or str(refusal))
    return redirect("policies:round", row.line.round_id)


def page(
    request: HttpRequest, row: models.Round, *, misfits: list[payments.Misfit] | None = None
) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    _pack, policy = rounds.pack_and_policy(row)
    tab = request.GET.get("tab", "list")
    tab = tab if tab in _TABS else "list"
    found = Paginator(_lines(row, tab), PER_PAGE).get_page(request.GET.get("page"))
    names = queries.subjects_named({line.subject for line in found})
    paid = Q(entitlement__state__in=models.WITH_PAYMENT)
    sums = row.lines.filter(struck="").aggregate(
        asked=Sum("amount_fen"), given=Sum("given_fen"), n=Count("id"), paid=Count("id", filter=paid),
        to_pay=Count("id", filter=Q(entitlement__state="confirmed")),
    )  # fmt: skip
    public = row.public_to is not None and acting.today <= row.public_to
    mine = (row.organisation, row.place) == (acting.organisation, acting.place)
    said = models.Objection.objects.filter(line__round=row).select_related("line").order_by("raised_at")
    objections = list(said) if mine else []
    objected = queries.subjects_named({one_.line.subject for one_ in objections})
    context = {
        **_progress(row), "policy": policy, "page": found, "tab": tab, "mine": mine, "sums": sums, "public": public,
        "tabs": [(name, _(word), _lines(row, name).count()) for name, word in _TABS.items() if name != "line" or row.order != "pro-rata"],
        "lines": [
            (line, names.get(line.subject), words.state(line.entitlement.state, money=policy.is_money) if line.entitlement else None)
            for line in found
        ],
        "objections": [(one_, objected.get(one_.line.subject)) for one_ in objections],
        "ties": sharing.ties(row)[:MOST_TIES] if row.state != "looking" else [], "in_line": _lines(row, "line").count(),
        "given_word": _("Given") if policy.is_money else _("Allotted"),
        "held": [state.value for state in RESERVING],
        "order": _(ORDERS[row.order]), "misfits": misfits or [], "waiting": rounds.awaited(row) if row.state == "told" else 0,
        "open_objections": row.objections_open(), "today": acting.today,
    }  # fmt: skip
    return render(request, "policies/office/round.html", context)


def _progress(row: models.Round) -> dict[str, Any]:
    if row.state == "telling":
        reached = row.lines.filter(pk=row.cursor).values_list("rank", flat=True).first() or 0
        done = row.lines.filter(struck="", rank__lte=reached).count()
        total = row.lines.filter(struck="").count()
    else:
        done, total = row.looked, max(row.total, row.looked)
    return {
        "round": row, "state": _state(row), "done": done, "total": total, "percent": round(100 * done / total) if total else 0,
        "outcomes": [(name, _(word), row.outcomes.get(name, 0)) for name, word in _OUTCOMES.items()],
        "working": row.state in ("looking", "telling"),
    }  # fmt: skip


def _lines(row: models.Round, tab: str) -> Any:
    lines = row.lines.select_related("entitlement").order_by(F("rank").asc(nulls_last=True), "subject")
    if tab == "line":
        waiting = Q(entitlement=None, given_fen=0) | Q(entitlement__state="budget-exhausted")
        return lines.filter(waiting, struck="")
    if tab == "struck":
        return lines.exclude(struck="")
    if tab == "objected":
        return lines.filter(objections__isnull=False).distinct()
    return lines.filter(struck="")


def _state(row: models.Round) -> tuple[str, str]:
    word, tone = STATES[row.state]
    return _(word), tone

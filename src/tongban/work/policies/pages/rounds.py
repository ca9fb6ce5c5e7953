"""Rounds of an office: everybody is looked at, a list is confirmed, published, paid and closed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.base.kit.templatetags.kit import called
from tongban.core.planning.calculator import in_force
from tongban.core.values import money
from tongban.work.policies import access, models, queries, words
from tongban.work.policies.actions import payments, publicity, rounds
from tongban.work.policies.actions.matching import found_unasked
from tongban.work.policies.pages.owner_steps import attempt, version_of

PER_PAGE: Final = 25
MOST_FILE: Final = 4_000_000
"""Bytes of a file of payments."""
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
_TABS: Final = {"list": msg("On the list"), "struck": msg("Struck"), "objected": msg("Objected to")}


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
    found = access.rounds(acting).order_by("-began_at").distinct()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        (row, rounds.pack_and_policy(row)[1], _state(row), row.lines.filter(struck="").count())
        for row in page
    ]
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
    return _page(request, access.round_page(request.acting, round_))  # type: ignore[attr-defined]


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


@require_POST
@route.posts("officer")
@never_cache
@sensitive_variables("found")
def payment_file(request: HttpRequest, round_: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found: list[payments.Payment] = []
    refusal = attempt(lambda: found.extend(payments.to_pay(acting=acting, round_=round_)))
    if refusal is not None:
        messages.error(request, str(refusal))
        return redirect("policies:round", round_)
    rows = [
        (str(one_.entitlement), one_.payee, one_.account, money.written(one_.amount_fen), one_.policy,
         one_.pay_by.isoformat() if one_.pay_by else "")
        for one_ in found
    ]  # fmt: skip
    return sheets.download(f"payments-{acting.today}", payments.COLUMNS, rows)


@require_POST
@route.posts("officer")
def payment_results(request: HttpRequest, round_: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > MOST_FILE:
        messages.error(
            request, _("Choose the file of payments, at most %(n)d MB.") % {"n": MOST_FILE // 1_000_000}
        )
        return redirect("policies:round", round_)
    row = access.round_page(acting, round_)
    raw = upload.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    result: list[tuple[int, list[payments.Misfit]]] = []
    refusal = attempt(lambda: result.append(payments.take_results(acting=acting, round_=round_, text=text)))
    if refusal is not None:
        messages.error(request, "; ".join(refusal.fields.values()) or str(refusal))
        return redirect("policies:round", round_)
    done, misfits = result[0]
    messages.success(request, _("Marked as paid: %(n)d.") % {"n": done})
    return _page(request, row, misfits=misfits) if misfits else redirect("policies:round", round_)


@require_safe
@route.posts("officer")
@never_cache
def table(request: HttpRequest, round_: UUID) -> HttpResponse:
    """The list as a file, without accounts."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.round_page(acting, round_)
    lines = list(row.lines.select_related("entitlement").order_by("id"))
    names = queries.subjects_named({line.subject for line in lines})
    columns = (
        _("Owner"),
        _("Amount by the rules"),
        _("Score"),
        _("Given"),
        _("Struck, because"),
        _("State"),
        _("Entitlement"),
    )
    rows = [
        (
            called(names.get(line.subject)), money.written(line.amount_fen), line.score, money.written(line.given_fen), line.struck,
            words.state(line.entitlement.state)[0] if line.entitlement else "", str(line.entitlement_id or ""),
        )
        for line in lines
    ]  # fmt: skip
    return sheets.download(f"round-{row.on}-{row.policy}", columns, rows)


@require_safe
@route.posts("officer")
@never_cache
def archive(request: HttpRequest, round_: UUID) -> HttpResponse:
    """The archive of a closed round, byte for byte what the digest in the audit was made of."""
    row = access.round_page(request.acting, round_)  # type: ignore[attr-defined]
    if row.archive is None:
        raise NotFound(_("There is no such list, or it is not yours to see."))
    headers = {
        "Content-Disposition": f'attachment; filename="round-{row.on}-{row.policy}.json"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(rounds.canonical(row.archive), content_type="application/json", headers=headers)


def _page(
    request: HttpRequest, row: models.Round, *, misfits: list[payments.Misfit] | None = None
) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    _pack, policy = rounds.pack_and_policy(row)
    tab = request.GET.get("tab", "list")
    tab = tab if tab in _TABS else "list"
    page = Paginator(_lines(row, tab), PER_PAGE).get_page(request.GET.get("page"))
    names = queries.subjects_named({line.subject for line in page})
    paid = Q(entitlement__state__in=models.WITH_PAYMENT)
    sums = row.lines.filter(struck="").aggregate(
        asked=Sum("amount_fen"), given=Sum("given_fen"), n=Count("id"), paid=Count("id", filter=paid),
        to_pay=Count("id", filter=Q(entitlement__state="confirmed")),
    )  # fmt: skip
    public = row.public_to is not None and acting.today <= row.public_to
    mine = (row.organisation, row.place) == (acting.organisation, acting.place)
    objections = models.Objection.objects.filter(line__round=row).select_related("line").order_by("raised_at")
    context = {
        **_progress(row), "policy": policy, "page": page, "tab": tab, "mine": mine, "sums": sums, "public": public,
        "tabs": [(name, _(word), _lines(row, name).count()) for name, word in _TABS.items()],
        "lines": [
            (line, names.get(line.subject), words.state(line.entitlement.state) if line.entitlement else None) for line in page
        ],
        "objections": [(one_, queries.subjects_named({one_.line.subject}).get(one_.line.subject)) for one_ in objections] if mine else [],
        "order": _(ORDERS[row.order]), "misfits": misfits or [], "waiting": rounds.awaited(row) if row.state == "told" else 0,
        "open_objections": row.objections_open(), "today": acting.today,
    }  # fmt: skip
    return render(request, "policies/office/round.html", context)


def _progress(row: models.Round) -> dict[str, Any]:
    if row.state == "telling":
        done = row.lines.filter(struck="", pk__lte=row.cursor).count() if row.cursor else 0
        total = row.lines.filter(struck="").count()
    else:
        done, total = row.looked, max(row.total, row.looked)
    return {
        "round": row, "state": _state(row), "done": done, "total": total, "percent": round(100 * done / total) if total else 0,
        "outcomes": [(name, _(word), row.outcomes.get(name, 0)) for name, word in _OUTCOMES.items()],
        "working": row.state in ("looking", "telling"),
    }  # fmt: skip


def _lines(row: models.Round, tab: str) -> Any:
    lines = row.lines.select_related("entitlement").order_by("-given_fen", "id")
    if tab == "struck":
        return lines.exclude(struck="")
    if tab == "objected":
        return lines.filter(objections__isnull=False).distinct()
    return lines.filter(struck="")


def _state(row: models.Round) -> tuple[str, str]:
    word, tone = STATES[row.state]
    return _(word), tone

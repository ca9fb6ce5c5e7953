"""Lists in publicity (公示): anybody reads who is given what; whoever is signed in may object."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.work.policies import access, models, queries
from tongban.work.policies.actions import publicity, rounds
from tongban.work.policies.pages import view
from tongban.work.policies.pages.owner_steps import attempt
from tongban.work.policies.states import RESERVING, State

PER_PAGE = 50
_GONE = (State.REFUSED.value, State.LAPSED.value, State.WITHDRAWN.value)
"""Whoever stood in line and left it is not listed any more."""


@route.public
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """All lists that are or were published, the newest first."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = models.Round.objects.filter(public_from__isnull=False).order_by("-public_from", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(row, rounds.pack_and_policy(row)[1], _is_open(acting, row)) for row in page]
    return render(request, "policies/publicity/lists.html", {"page": page, "rows": rows})


@route.public
@require_safe
@never_cache
def one(request: HttpRequest, round_: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.public_round(round_)
    pack, policy = rounds.pack_and_policy(row)
    listed = Q(given_fen__gt=0)
    if row.order != "pro-rata":  # nobody stands in line for a share
        listed |= ~Q(entitlement__state__in=_GONE) | Q(entitlement=None)
    found = row.lines.filter(listed, struck="").select_related("entitlement").order_by("rank")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    names = queries.subjects_named({line.subject for line in page})
    own = (
        {one_.line_id: one_ for one_ in access.objections(acting).filter(line__round=row)}
        if acting.role == "applicant"
        else {}
    )
    context = {
        "round": row, "policy": policy, "page": page, "open": _is_open(acting, row),
        "lines": [(line, shown_name(names.get(line.subject)), own.get(line.pk), _moved_up(line)) for line in page],
        "waiting": found.filter(given_fen=0).exists(),
        "organ": view.organ(pack, row.organisation), "can_object": acting.role == "applicant" and acting.principal is not None,
    }  # fmt: skip
    return render(request, "policies/publicity/list.html", context)


@route.applicant
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def object_to(request: HttpRequest, line: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = (
        models.RoundLine.objects.filter(pk=line, struck="", round__public_to__isnull=False)
        .select_related("round")
        .first()
    )
    if found is None:
        raise Http404
    typed = request.POST.get("text", "")
    refusal = None
    if request.method == "POST":
        refusal = attempt(lambda: publicity.object_to(acting=acting, line=line, text=typed))
        if refusal is None:
            messages.success(
                request,
                _("The office reads it and answers you with reasons. Nobody else learns who you are."),
            )
            return redirect("policies:publicity", found.round_id)
    name = shown_name(queries.subjects_named({found.subject}).get(found.subject))
    policy = rounds.pack_and_policy(found.round)[1]
    context = {
        "line": found, "name": name, "typed": typed, "refusal": refusal, "round": found.round, "policy": policy,
        "amount": found.given_fen or found.amount_fen,
    }  # fmt: skip
    return render(
        request, "policies/publicity/object.html", context, status=refusal.status if refusal else 200
    )


def shown_name(subject: Any) -> str:
    """A firm by its name; a person with all but the first and the last character hidden."""
    if subject is None:
        return "—"
    if subject.kind != "person":
        return str(subject.name)
    name = str(subject.name)
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def _moved_up(line: models.RoundLine) -> bool:
    """Somebody before them gave theirs up after the list was confirmed."""
    state = line.entitlement.state if line.entitlement else ""
    return not line.given_fen and state in {one.value for one in RESERVING}


def _is_open(acting: Acting, row: models.Round) -> bool:
    return row.public_to is not None and acting.today <= row.public_to

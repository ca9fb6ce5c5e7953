"""The page of one case for those who handle it, and the files handed in with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongban.base.files import queries as files
from tongban.base.identity import queries as identity
from tongban.base.kit import access as doors
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.base.kit.templatetags.kit import called
from tongban.core.procedures.model import Event
from tongban.work.cases import access, desk_access
from tongban.work.cases.pages import looking, officer_steps, officer_view, officer_visits
from tongban.work.cases.pages.officer_view import CaseView


@require_safe
@doors.posts("officer", "clerk")
def case(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, view_of(request, number))


@require_safe
@doors.posts("officer")
def side(request: HttpRequest, number: str) -> HttpResponse:
    """Form, evidence and findings of the rules beside each other, each with a scroll of its own."""
    view = view_of(request, number)
    unmet = {f for check in view.checks for line in check.lines if line.outcome != "pass" for f in line.facts}
    context = {
        "view": view, "case": view.case, "steps": officer_steps.steps(view), "hand": in_hand(view), "officer": True,
        "unmet": unmet, "side": True,
    }  # fmt: skip
    return render(request, "cases/officer/side.html", context)


@require_safe
@doors.posts("officer")
def upload(
    request: HttpRequest, number: str, upload_id: UUID, *, look: bool = False, page: int | None = None
) -> HttpResponseBase:
    """A file of this case: as a download, which is never run and never kept by a cache, or as pictures of its pages."""
    found = view_of(request, number)
    if upload_id not in officer_view.uploads_of(found.case):
        raise Http404
    kept, back = files.upload(upload_id), reverse("cases:office-case", args=[number])
    return looking.served(request, kept, back, look=look, page=page, frame="kit/office.html")


def view_of(request: HttpRequest, number: str) -> CaseView:
    """The case as the one who asks may see it; 404 for everybody else."""
    try:
        return CaseView(request.acting, access.case(request.acting, number))
    except NotFound as error:
        raise Http404 from error


def in_hand(view: CaseView) -> dict[str, Any]:
    """In whose hands the case is, for the officers of its organ."""
    claim = desk_access.claims(view.acting).filter(case=view.case).first()
    if claim is None:
        return {"free": True}
    people = identity.people_of({claim.holder, *([claim.came_from] if claim.came_from else [])})
    return {
        "free": False,
        "mine": claim.holder == view.acting.actor,
        "name": called(people.get(claim.holder)),
        "since": claim.since,
        "from": called(people.get(claim.came_from)) if claim.came_from else "",
        "because": claim.because,
    }


def page(request: HttpRequest, view: CaseView, refusal: Refusal | None = None) -> HttpResponse:
    """The page of a case; with a refusal it says what did not work and shows the case as it is now."""
    steps = officer_steps.steps(view)
    context: dict[str, Any] = {"view": view, "case": view.case, "steps": steps, "refusal": refusal}
    context["visits"] = officer_visits.Visits(view)
    if view.for_officer:
        context |= {"hand": in_hand(view), "officer": True}
    if any(step.name == "accept" for step in steps):
        tolerant = bool(view.case.deferred)
        context["accepting"] = officer_steps.foreseen(
            view, Event.ACCEPT_TOLERANTLY if tolerant else Event.ACCEPT
        )
        context["deferred"] = [view.name_of("material", name) for name in view.case.deferred]
    return render(request, "cases/officer/case.html", context, status=refusal.status if refusal else 200)

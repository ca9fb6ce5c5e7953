"""My benefits: what is due, what is one step away, who looked, and how to stop it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.core.packs.model_data import Policy
from tongban.core.planning.calculator import Result
from tongban.work.policies import access, evidence, models, queries, words
from tongban.work.policies.actions import matching
from tongban.work.policies.pages import cards, view

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Chance:
    """A policy that is not due, with what speaks against it or what is missing."""

    policy: Policy
    result: str
    conditions: list[view.Condition]
    missing: tuple[tuple[str, str], ...]
    """(fact, where it can come from)."""
    failing: str


@dataclass(frozen=True, slots=True)
class About:
    """One subject on the page."""

    subject: Any
    run: models.MatchingRun | None
    judged: list[tuple[Policy, str]]
    """Every policy that the last look judged, with what came out."""
    near: list[Chance]
    needs: list[Chance]
    others: list[Chance]
    stance: evidence.Stance
    looks: list[tuple[queries.Seen, str, str]]
    """(look, what was done in words, facts in words)."""


@route.applicant
@require_safe
@never_cache
def benefits(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    page = Paginator(queries.of_owner(acting), PER_PAGE).get_page(request.GET.get("page"))
    subjects = {s.pk: s for s in queries.subjects(acting)}
    shown = [cards.card(row, subjects.get(row.subject), acting) for row in page]
    context = {
        "page": page,
        "cards": shown,
        "about": [_about(acting, subject) for subject in subjects.values()],
    }
    return render(request, "policies/benefits.html", context)


@route.applicant
@require_safe
@never_cache
def benefit(request: HttpRequest, entitlement: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.entitlement(acting, entitlement)
    one = cards.card(row, queries.names([row]).get(row.subject), acting)
    return render(request, "policies/benefit.html", {"card": one, "row": row})


@route.applicant
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The owner asks to be looked at now."""
    run = matching.match_own(acting=request.acting, subject=_subject(request))  # type: ignore[attr-defined]
    due = sum(r["result"] == Result.ELIGIBLE for r in run.results)
    messages.success(
        request, _("We have looked at %(n)d policies; %(due)d fit.") % {"n": len(run.results), "due": due}
    )
    return redirect("policies:benefits")


@route.applicant
@require_POST
def stance(request: HttpRequest) -> HttpResponse:
    """Stop or allow looking for benefits for a subject."""
    subject = _subject(request)
    if request.POST.get("looking") == "stop":
        matching.pause(acting=request.acting, subject=subject)  # type: ignore[attr-defined]
        messages.success(
            request, _("From now on nobody looks for benefits here. What was found before stays as it is.")
        )
    else:
        matching.resume(acting=request.acting, subject=subject)  # type: ignore[attr-defined]
        messages.success(request, _("We look for benefits again, and have looked just now."))
    return redirect("policies:benefits")


def _about(acting: Acting, subject: Any) -> About:
    run = queries.latest_run(acting, subject.pk)
    chances = _chances(run) if run else []
    pack = directory.pack_in_force(acting.now)
    looks = [
        (seen, _action(seen.action), _(", ").join(view.fact_names(pack, seen.facts)))
        for seen in queries.looks_at(acting, subject.pk)
    ]
    return About(
        subject, run, _judged(run) if run else [], [c for c in chances if c.result == Result.NEAR], [c for c in chances if c.result == Result.NEEDS_DATA],
        [c for c in chances if c.result in (Result.NOT, matching.NOT_READ)], evidence.stance_of(subject.pk), looks,
    )  # fmt: skip


def _judged(run: models.MatchingRun) -> list[tuple[Policy, str]]:
    pack = directory.pack(run.pack_digest)
    said = {
        Result.ELIGIBLE: _("fits"), Result.NEAR: _("one step away"), Result.NEEDS_DATA: _("not known yet"),
        Result.NOT: _("does not fit"), matching.NOT_READ: _("not looked at"),
    }  # fmt: skip
    return [(pack.policies[result["policy"]], said[result["result"]]) for result in run.results]


def _chances(run: models.MatchingRun) -> list[Chance]:
    """Every policy of the last run that is not due, with the words of the pack it was judged under."""
    pack = directory.pack(run.pack_digest)
    found = []
    for result in run.results:
        policy = pack.policies[result["policy"]]
        if result["result"] == Result.ELIGIBLE:
            continue
        findings = result["findings"]["conditions"] if result["findings"] else None
        conditions = view.conditions(pack, policy, findings, run.facts)
        failing = next((c.label for c in conditions if c.id == result["failing"]), "")
        missing = tuple(
            (name, view.how_to_supply(pack, fact))
            for fact in result["missing"]
            for name in view.fact_names(pack, [fact])
        )
        found.append(Chance(policy, result["result"], conditions, missing, failing))
    return found


def _action(action: str) -> str:
    return {
        "benefits.matched": _("Looked for benefits"),
        "benefits.paused": _("Looking was stopped"),
        "benefits.resumed": _("Looking was allowed again"),
        "consent.given": _("Consent was given"),
        "consent.withdrawn": _("Consent was withdrawn"),
    }.get(action, words.event(action)[0])


def _subject(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("subject", ""))
    except ValueError as error:
        raise NotFound(_("There is no such benefit, or it is not yours to see.")) from error

"""Where a holder states and defends before what was granted ends, and asks for a hearing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.procedures import states
from tongban.core.procedures.model import Event
from tongban.work.cases import access as cases
from tongban.work.cases import form, models
from tongban.work.cases.actions import hearings, revocations
from tongban.work.cases.grounds import GROUNDS
from tongban.work.cases.letters.matter import EFFECTS
from tongban.work.cases.pages import desk
from tongban.work.cases.pages.desk import Given


@access.applicant
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def heard(request: HttpRequest, number: str) -> HttpResponse:
    """Why it is to end, until when one may speak, and what was said so far. What was typed comes back when refused."""
    given, statement = Given(), request.POST.get("statement", "").replace("\x00", "")
    if request.method == "POST":
        asks = request.POST.get("what") == "hearing"
        try:
            _act(request, number, statement, asks=asks)
        except (Invalid, NotNow, StaleVersion) as refusal:
            given = Given.refused(refusal, {"statement": statement})
        else:
            asked = _("You have asked for a hearing. Its day and place are told in time.")
            stated = _("Your statement has arrived. It is answered in the decision.")
            messages.success(request, asked if asks else stated)
            return redirect("cases:heard", number)
    case = cases.case(request.acting, number)
    found = _last(case)
    if found is None:
        raise NotFound(_("Nothing is going to end in this case, so there is nothing to be heard about."))
    return render(request, "cases/applicant/heard.html", _context(request, case, found, given, statement), status=given.status)  # fmt: skip


def _act(request: HttpRequest, number: str, statement: str, *, asks: bool) -> None:
    acting, version = request.acting, desk.version_of(request)  # type: ignore[attr-defined]
    if asks:
        hearings.ask_hearing(acting=acting, number=number, version=version)
    else:
        hearings.state(acting=acting, number=number, statement=statement, version=version)


def _context(
    request: HttpRequest, case: models.Case, found: models.Heard, given: Given, statement: str
) -> dict[str, Any]:
    acting = request.acting  # type: ignore[attr-defined]
    pack = form.pack_of(case.application, acting)
    clock = form.clock_of(case, pack, acting.today)
    ground = GROUNDS[found.ending.ground]
    still = clock.state_by is not None and acting.today <= clock.state_by.day
    may = set(states.possible(form.history_of(case), "applicant")) if still else set()
    return {
        "case": case, "service": pack.services[case.service], "organ": pack.organisations.get(case.organisation),
        "heard": found, "ground": _(ground.label), "effect": _(EFFECTS[ground.event]), "clock": clock, "given": given,
        "statement": statement, "may_state": Event.STATE_DEFENCE in may,
        "may_ask": Event.ASK_HEARING in may and form.terms_from_json(case.terms).hearing is not None,
        "open": revocations.open_proposal(case) is not None,
    }  # fmt: skip


def _last(case: models.Case) -> models.Heard | None:
    return (
        models.Heard.objects.filter(ending__case=case).select_related("ending").order_by("-told_at").first()
    )

"""A submitted application: each case with its clock and what happened to it, rating, withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.kit.text import in_language
from tongban.base.notices import queries as notices
from tongban.core.packs.model import Service
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Plan
from tongban.core.procedures import states
from tongban.core.procedures.model import Clock, Event, State
from tongban.records.licences import queries as licences
from tongban.work.cases import access as cases
from tongban.work.cases import form, models, queries
from tongban.work.cases.actions import corrections, hearings, objections, revocations
from tongban.work.cases.letters import citing, matter
from tongban.work.cases.pages import desk, documents, progress_visits, reasons, side
from tongban.work.cases.pages.desk import Given

GRADES: Final = (
    (1, msg("Very satisfied")),
    (2, msg("Satisfied")),
    (3, msg("Fairly satisfied")),
    (4, msg("Dissatisfied")),
    (5, msg("Very dissatisfied")),
)
"""The five grades of GB/T 39735."""

HAPPENED: Final = {
    # event: (title, colour)
    "submit": (msg("Submitted"), ""),
    "hold": (msg("Waits for the result of another case"), ""),
    "release": (msg("What it waited for is there"), "ok"),
    "request_correction": (msg("You were asked to correct something"), "warn"),
    "answer_correction": (msg("You sent the corrections back"), ""),
    "accept": (msg("Accepted"), "ok"),
    "accept_tolerantly": (msg("Accepted although some papers come later"), "ok"),
    "complete_materials": (msg("The papers that were to come later are in"), "ok"),
    "decline": (msg("Not accepted"), "bad"),
    "suspend": (msg("The clock was stopped"), "warn"),
    "resume": (msg("The clock runs again"), ""),
    "extend": (msg("The term was extended"), "warn"),
    "consult": (msg("Another office was asked for its opinion"), ""),
    "answer_consultation": (msg("An office that was asked has answered"), ""),
    "lapse_consultation": (msg("An office that was asked kept silent, which counts as no objection"), ""),
    "order_inspection": (msg("Officers come to look at the place"), "warn"),
    "record_inspection": (msg("The result of the visit is there"), ""),
    "grant": (msg("Granted"), "ok"),
    "grant_on_commitment": (msg("Granted on your commitment; it is checked afterwards"), "ok"),
    "refuse": (msg("Refused"), "bad"),
    "deliver": (msg("Result delivered"), "ok"),
    "withdraw": (msg("Withdrawn"), "bad"),
    "terminate": (msg("Ended without a decision"), "bad"),
    "miss_verification": (
        msg("The office has not checked your commitment in time; the decision stands"),
        "warn",
    ),
    "order_remedy": (msg("You were told to put something right"), "warn"),
    "verify": (msg("Your commitment was checked and is kept"), "ok"),
    "revive": (msg("What it needs was granted after all: it waits again"), "ok"),
    "announce_end": (msg("You were told that it is to end, and may state and defend"), "warn"),
    "state_defence": (msg("You stated what speaks against it"), ""),
    "ask_hearing": (msg("You asked for a hearing"), ""),
    "close_statement": (msg("The time for stating is over"), ""),
    "hold_hearing": (msg("The hearing was held"), ""),
    "call_off_end": (msg("It stays in force after all"), "ok"),
    "object": (msg("You objected"), ""),
    "end_objection": (msg("The time for objecting is over"), ""),
    "miss_review": (msg("The review is late; reconsideration and the courts are open to you"), "warn"),
    "uphold": (msg("Reviewed: it stands"), "bad"),
    "overturn": (msg("Reviewed: granted after all"), "ok"),
    "reopen": (msg("Reviewed: it is decided anew"), "ok"),
    "annul": (msg("Annulled: it counts as never granted"), "bad"),
    "recall": (msg("Recalled"), "bad"),
    "cancel": (msg("Cancelled"), "bad"),
}

OWED: Final = {
    "verify": msg("The office checks your commitment by then"),
    "remedy": msg("Put right by then what the check has found"),
    "review": msg("Another officer answers your objection by then"),
    "hearing": msg("The office holds the hearing by then"),
}
_AFTERWARDS: Final = {
    "verify": msg(
        "Granted on your commitment. The office comes to check whether it is kept; keep what you have promised."
    ),
    "review": msg(
        "You objected. Another officer, who had no part in the decision, reviews it; until then it stands."
    ),
    "hearing": msg(
        "You asked for a hearing. It is held before anything is decided; day and place are told in time."
    ),
    "remedy": msg("It is your turn: put right what the order lists. Otherwise what was granted is annulled."),
}
_IN_DECISION: Final = frozenset({"grant", "grant_on_commitment", "refuse"})
"""Events whose words stand in the decision itself."""

NEXT: Final = {
    "waiting": msg("Nothing to do for you. It starts by itself as soon as what it waits for is granted."),
    "submitted": msg(
        "The office looks through your papers. If something is missing it tells you everything at once."
    ),
    "correcting": msg("It is your turn: correct what the notice lists and send the case back."),
    "accepted": msg("The office examines your case and decides by the promised day."),
    "granted": msg("Granted. The result is being prepared."),
    "completed": msg("Done. Nothing more to do."),
    "refused": msg("The decision says why, and where you can object."),
    "not_accepted": msg("The notice says why, and which office or step is the right one."),
    "withdrawn": msg("This case was taken back. You can apply again at any time."),
    "annulled": msg(
        "The decision to annul says why, and where you can object. The licence may not be used any more."
    ),
    "recalled": msg("The decision to recall says why, and where you can object or ask for compensation."),
    "cancelled": msg("It has come to its end and is struck off. You can apply again at any time."),
    "terminated": msg(
        "This case ended because what it needed did not come. You can apply again at any time."
    ),
}


@access.applying
@require_safe
@never_cache
def progress(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, cases.application(request.acting, number), Given())


@access.applying
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """One rating for one application, once everything is closed."""
    application = cases.application(request.acting, number)
    grade = request.POST.get("grade", "")
    typed = {"grade": grade, "comment": request.POST.get("comment", "").replace("\x00", "")[:500]}
    try:
        corrections.rate(
            acting=request.acting, number=number, grade=int(grade) if grade in {str(g) for g, _word in GRADES} else 0,
            comment=typed["comment"],
        )  # fmt: skip
    except (Invalid, NotNow) as refusal:
        return _page(request, application, Given.refused(refusal, typed))
    messages.success(
        request, _("Thank you. Your rating goes to the lead office and cannot be changed by it.")
    )
    return redirect("cases:progress", application.number)


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Asks first; then takes one case back. The others go on, except those that wait for its result."""
    case = cases.case(request.acting, number)
    pack = form.pack_of(case.application, request.acting)
    given = Given()
    if request.method == "POST":
        try:
            corrections.withdraw(acting=request.acting, number=number, version=desk.version_of(request))
        except (NotNow, StaleVersion) as refusal:
            case = cases.case(request.acting, number)
            given = Given.refused(refusal, {})
        else:
            messages.success(request, _("The case was taken back."))
            return redirect("cases:progress", case.application.number)
    others = case.application.cases.filter(closed_at=None).exclude(pk=case.pk)
    context = {
        "case": case,
        "service": pack.services[case.service],
        "event": pack.life_events[case.application.event],
        "depending": [
            in_language(pack.services[c.service].name) for c in others if case.service in c.waits_for
        ],
        "possible": _may_withdraw(case),
        "given": given,
    }
    return render(request, "cases/applicant/withdraw.html", context, status=given.status)


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """Say what is wrong with a decision; another officer reviews it. What was typed comes back when it cannot be taken."""
    case = cases.case(request.acting, number)
    pack = form.pack_of(case.application, request.acting)
    given, reasons = Given(), request.POST.get("reasons", "").replace("\x00", "")
    if request.method == "POST":
        try:
            objections.object_to(
                acting=request.acting, number=number, reasons=reasons, version=desk.version_of(request)
            )
        except (Invalid, NotNow, StaleVersion) as refusal:
            case = cases.case(request.acting, number)
            given = Given.refused(refusal, {"reasons": reasons})
        else:
            messages.success(
                request,
                _("Your objection has arrived. You get a receipt that says until when it is reviewed."),
            )
            return redirect("cases:progress", case.application.number)
    clock = form.clock_of(case, pack, request.acting.today)
    context = {
        "case": case, "service": pack.services[case.service], "organ": pack.organisations.get(case.organisation),
        "object_by": clock.object_by, "given": given, "reasons": reasons,
        "possible": clock.object_by is not None and request.acting.today <= clock.object_by.day,
    }  # fmt: skip
    return render(request, "cases/applicant/object.html", context, status=given.status)


def _page(request: HttpRequest, application: models.Application, given: Given) -> HttpResponse:
    if application.state != "submitted":
        return redirect("cases:draft", application.id)
    if application.number is None:
        raise NotFound(_("There is no such application, or it is not yours to see."))
    acting = request.acting  # type: ignore[attr-defined]
    pack = form.pack_of(application, acting)
    found = queries.cases_of(application)
    clocks = queries.clocks(found, pack, acting.today)
    papers = list(notices.documents_of(application.id))
    closed = all(case.closed_at is not None for case in found)
    rating = models.Rating.objects.filter(application=application).first() if closed else None
    context = {
        "application": application,
        "event": pack.life_events[application.event],
        "row": queries.row(application, pack, acting.today),
        "cases": [_case(case, clocks[case.id], pack, found, papers, acting.today) for case in found],
        "receipt": next((d for d in papers if d.kind == "receipt"), None),
        "lanes": _lanes(application, found, clocks, pack, acting.today),
        "closed": closed,
        "rating": rating,
        "rated": next((word for grade, word in _grades() if rating and grade == rating.grade), ""),
        "grades": _grades(),
        "given": given,
        "errors": [{"id": "grade-1", "label": _("Rating"), "message": given.errors["grade"]}]
        if "grade" in given.errors
        else [],
    }
    return render(request, "cases/applicant/progress.html", context, status=given.status)


def _grades() -> list[tuple[int, str]]:
    return [(grade, _(word)) for grade, word in GRADES]


def _case(
    case: models.Case,
    clock: Clock,
    pack: Pack,
    all_cases: Iterable[models.Case],
    papers: Iterable[Any],
    today: date,
) -> dict[str, Any]:
    service = pack.services[case.service]
    decision = case.decision
    suspended = case.state == State.ACCEPTED.value and not clock.running
    named = {other.service: other for other in all_cases}
    return {
        "case": case,
        "service": service,
        "variant": form.variant_of(service, case.variant),
        "organ": pack.organisations.get(case.organisation),
        "state": "suspended" if suspended else case.state,
        "clock": clock,
        "ticking": case.closed_at is None and (clock.running or suspended),
        "left": _left(clock),
        "next": _next(case, clock, suspended),
        "history": history(case, clock),
        "waits_for": [(pack.services[s].name, named.get(s)) for s in case.waits_for]
        if case.state == State.WAITING.value
        else [],
        "why": reasons.decisive(_finding(case), pack),
        "asked": progress_visits.asked(case, pack, today),
        "appointed": progress_visits.appointed(case),
        "correcting": case.state == State.CORRECTING.value,
        "deferred": [
            (m, in_language(pack.materials[m].name))
            for m in case.deferred
            if m in pack.materials and case.closed_at is None
        ],
        "decision": decision,
        "reasons": _reasons(decision),
        "basis": citing.bases(pack, decision.articles) if decision else [],
        "documents": [documents.entry(d, pack, case) for d in papers if d.about == case.id],
        "licence": licences.by_decision(decision.id) if decision and decision.outcome == "granted" else None,
        "may_withdraw": _may_withdraw(case),
        "silence": clock.deemed_accepted and case.closed_at is None,
        "late_renewal": _late_renewal(case, service),
        "heard": hearings.of(revocations.open_proposal(case)),
        "may_object": clock.object_by is not None and today <= clock.object_by.day,
    }


def _reasons(decision: models.Decision | None) -> str:
    if decision is None:
        return ""
    return matter.reasons_in_language(decision.reasons, decision.automatic or bool(decision.by_law))


def _next(case: models.Case, clock: Clock, suspended: bool) -> str:
    """What happens next, and whose turn it is."""
    if suspended:
        return _("The clock is stopped: the notice says why, and what it waits for.")
    if clock.state_by is not None:
        return _("It is your turn: the office intends to end what was granted. Say what speaks against it.")
    if clock.duty is not None:
        return _(_AFTERWARDS[clock.duty.kind])
    return _(NEXT.get(case.state, ""))


def _finding(case: models.Case) -> Any:
    from tongban.core.rules import explain

    return explain.from_json(case.why)


def history(case: models.Case, clock: Clock) -> list[dict[str, Any]]:
    """What happened to a case, oldest first, and what is due next; items of `kit/parts/timeline.html`."""
    items: list[dict[str, Any]] = []
    for event in sorted(case.events.all(), key=lambda e: e.sequence):
        title, tone = HAPPENED.get(event.event, (event.event, ""))
        by = {"officer": _("by the office"), "system": _("by the platform")}.get(event.role, "")
        note = event.note if event.event not in _IN_DECISION else ""
        items.append({"title": _(title), "tone": tone, "at": event.at, "by": by, "note": note})
    for due, title in (
        (
            clock.notify_by,
            msg("Last day to tell you what is missing; passed in silence, the case counts as accepted"),
        ),
        (clock.materials_by, msg("Papers that come later are due")),
        (clock.promised, msg("Promised day of the decision")),
        (clock.statutory, msg("Last day by law")),
    ):
        if due is not None and case.closed_at is None and case.state in ("submitted", "accepted"):
            items.append({"title": _(title), "day": due, "next": True})
    if clock.correct_by is not None and case.closed_at is None:
        words = msg("Last day to answer; later the case counts as taken back")
        items.append({"title": _(words), "day": clock.correct_by, "next": True})
    if clock.renews_until is not None and case.closed_at is None:
        words = msg("Last day of the licence; not decided by then, it counts as renewed")
        items.append({"title": _(words), "day": clock.renews_until, "next": True})
    if clock.state_by is not None:
        words = msg("Last day to state, to defend and to ask for a hearing")
        items.append({"title": _(words), "day": clock.state_by, "next": True})
    if clock.object_by is not None:
        items.append({"title": _("Last day to object at this office"), "day": clock.object_by, "next": True})
    if clock.duty is not None:
        items.append({"title": _(OWED[clock.duty.kind]), "day": clock.duty.due, "next": True})
    return items


def _late_renewal(case: models.Case, service: Service) -> bool:
    """Whether a renewal was applied for too late for silence to renew it."""
    renewal = service.renewal
    terms = form.terms_from_json(case.terms)
    return (
        renewal is not None and renewal.by_silence and terms.renews_until is None and case.closed_at is None
    )


def _left(clock: Clock) -> str:
    if clock.days_left is None:
        return ""
    if clock.days_left < 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", -clock.days_left) % {
            "n": -clock.days_left
        }
    return ngettext("%(n)d working day left", "%(n)d working days left", clock.days_left) % {
        "n": clock.days_left
    }


def _may_withdraw(case: models.Case) -> bool:
    return Event.WITHDRAW in states.possible(form.history_of(case), "applicant")


def _lanes(
    application: models.Application,
    found: list[models.Case],
    clocks: dict[Any, Clock],
    pack: Pack,
    today: date,
) -> SafeString | str:
    """What has run and what is still to run: past days from the events, later ones from the clock or the plan."""
    plan = form.plan_of(application, pack, today)
    rows: dict[str, list[tuple[str, date, date, date | None]]] = {}
    for case in found:
        bar = _bar(case, clocks[case.id], plan)
        if bar is not None:
            organ = pack.organisations.get(case.organisation)
            rows.setdefault(in_language(organ.name) if organ else case.organisation, []).append(
                (in_language(pack.services[case.service].name), *bar)
            )
    return side.draw(list(rows.items()), pack, _("Who works when"), today=today)


def _bar(case: models.Case, clock: Clock, plan: Plan) -> tuple[date, date, date | None] | None:
    begun = [e.day for e in case.events.all() if e.event in ("submit", "release")]
    planned = plan.service(case.service)
    if case.state == State.WAITING.value:
        return (planned.starts, planned.due_promised.day, None) if planned else None
    first = max(begun, default=None)
    if first is None:
        return None
    if case.closed_at is not None:
        return first, max(e.day for e in case.events.all()), None
    if clock.promised is not None:
        return first, max(first, clock.promised.day), clock.statutory.day if clock.statutory else None
    return (first, max(first, planned.due_promised.day), None) if planned else None

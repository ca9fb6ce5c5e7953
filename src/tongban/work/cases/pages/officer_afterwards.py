"""What an officer does after the decision: says what a check has found, ends what was granted, readmits to promises.

Each form carries the version it was made from and comes back with its text when it cannot be carried out.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.http import require_http_methods

from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, Refusal
from tongban.core.procedures.model import Event
from tongban.work.cases.actions import commitments, hearings, objections, revocations
from tongban.work.cases.grounds import GROUNDS
from tongban.work.cases.pages import officer_actions, officer_case, officer_steps
from tongban.work.cases.pages.officer_view import CaseView

KINDS: Final = {
    Event.ANNUL: (msg("Annul"), msg("It should never have been granted, and counts as never granted.")),
    Event.RECALL: (
        msg("Recall"),
        msg(
            "It was lawful and cannot stay, for the public good. It ends today; the holder may ask for compensation."
        ),
    ),
    Event.CANCEL: (msg("Strike off"), msg("It has come to its end and is struck off today.")),
}


REVIEWS: Final = {
    "upheld": (msg("It stands"), msg("The decision was right.")),
    "changed": (msg("Grant it after all"), msg("A new decision, with its own document and licence.")),
    "sent-back": (msg("Send it back"), msg("The case goes on and is decided anew, in full time from today.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a promise is kept; if not, an order to put it right, where the pack gives time for that."""
    view = officer_case.view_of(request, number)
    kept, reasons = request.POST.get("kept", ""), request.POST.get("reasons", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(lambda: _check(request, number, kept, reasons))
        if refusal is None:
            said = _("Written down. The applicant has been told.")
            return officer_actions.done(request, number, said)
    elif not officer_steps.can(view, "check"):
        return officer_actions.too_late(request, number)
    view = officer_case.view_of(request, number)
    may_order = view.terms.remedy is not None and view.clock.remedy_by is None
    foreseen = officer_steps.foreseen(view, Event.ORDER_REMEDY) if may_order and view.clock.duty else None
    context = {
        "kept": kept, "reasons": reasons, "may_order": may_order,
        "button": msg("Write it down"), "remedy_by": foreseen.remedy_by if foreseen else None,
    }  # fmt: skip
    return _form(request, view, "check", context, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def end(request: HttpRequest, number: str) -> HttpResponse:
    """Choose a ground and say why. Asked about once more; with two officers the second one is asked."""
    view = officer_case.view_of(request, number)
    ground, reasons = request.POST.get("ground", ""), request.POST.get("reasons", "")
    declared = view.service.ending
    two_officers = bool(declared and declared.two_officers)
    refusal: Refusal | None = None
    if request.method == "POST" and "back" not in request.POST:
        complete = ground in GROUNDS and reasons.strip()
        told_first = ground in GROUNDS and hearings.needed(view.case, ground)
        if complete and not two_officers and not told_first and "confirmed" not in request.POST:
            hidden = [("ground", ground), ("reasons", reasons)]
            return _confirm(request, view, ground, reasons, hidden)
        refusal = officer_actions.attempt(
            lambda: revocations.propose(
                acting=request.acting, number=number, ground=ground, reasons=reasons,  # type: ignore[attr-defined]
                version=officer_actions.version_of(request),
            )
        )  # fmt: skip
        if refusal is None:
            proposed = _("Proposed. Another officer of your organ has to carry it out.")
            ended = _("Ended. The licence follows at once, and the applicant has been told.")
            told = _("The holder has been told, and may state and defend. Only then it can be carried out.")
            return officer_actions.done(
                request, number, told if told_first else proposed if two_officers else ended
            )
    elif request.method != "POST" and not officer_steps.can(view, "end"):
        return officer_actions.too_late(request, number)
    view = officer_case.view_of(request, number)
    context = {
        "ground": ground, "reasons": reasons, "two_officers": two_officers, "button": msg("Propose it") if two_officers else msg("End it"),
        "groups": _groups(revocations.possible_grounds(view.case, view.acting)),
    }  # fmt: skip
    return _form(request, view, "end", context, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def confirm_end(request: HttpRequest, number: str) -> HttpResponse:
    """The second officer carries it out, after being asked once more."""
    view = officer_case.view_of(request, number)
    if view.proposal is None:
        return redirect("cases:office-case", number=number)
    refusal: Refusal | None = None
    answer = request.POST.get("answer", "").replace("\x00", "")
    if request.method == "POST" and "confirmed" in request.POST:
        refusal = officer_actions.attempt(
            lambda: revocations.carry_out(
                acting=request.acting, number=number, answer=answer,  # type: ignore[attr-defined]
                version=officer_actions.version_of(request),
            )
        )  # fmt: skip
        if refusal is None or "answer" not in refusal.fields:
            said = _("Ended. The licence follows at once, and the applicant has been told.")
            return officer_actions.done_or_case(request, number, refusal, said)
        view = officer_case.view_of(request, number)
    assert view.proposal is not None
    context = _asking(request, view, view.proposal.ground) | {"refusal": refusal, "answer": answer}
    return render(request, "cases/officer/carry_out.html", context, status=refusal.status if refusal else 200)


@require_http_methods(["POST"])
@access.posts("officer")
def drop_end(request: HttpRequest, number: str) -> HttpResponse:
    refusal = officer_actions.attempt(
        lambda: revocations.drop(
            acting=request.acting,
            number=number,
            version=officer_actions.version_of(request),  # type: ignore[attr-defined]
        )
    )
    said = _("The proposal is dropped. Everything stays in force.")
    return officer_actions.done_or_case(request, number, refusal, said)


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def review(request: HttpRequest, number: str) -> HttpResponse:
    """What the review of an objection has come to."""
    view = officer_case.view_of(request, number)
    outcome, reasons = request.POST.get("outcome", ""), request.POST.get("reasons", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(
            lambda: objections.review(
                acting=request.acting, number=number, outcome=outcome, reasons=reasons,  # type: ignore[attr-defined]
                version=officer_actions.version_of(request),
            )
        )  # fmt: skip
        if refusal is None:
            return officer_actions.done(request, number, _("Reviewed. The applicant has been told."))
    elif not officer_steps.can(view, "review"):
        return officer_actions.too_late(request, number)
    view = officer_case.view_of(request, number)
    possible = objections.possible_outcomes(view.case)
    context = {
        "outcome": outcome, "reasons": reasons, "button": msg("Close the review"),
        "outcomes": [(name, _(title), _(what)) for name, (title, what) in REVIEWS.items() if name in possible],
    }  # fmt: skip
    return _form(request, view, "review", context, refusal)


def _check(request: HttpRequest, number: str, kept: str, reasons: str) -> None:
    if kept not in ("yes", "no"):
        chosen = _("Choose what the check has found.")
        raise Invalid(chosen, fields={"kept": chosen})
    act = commitments.verify if kept == "yes" else commitments.order_remedy
    act(acting=request.acting, number=number, reasons=reasons, version=officer_actions.version_of(request))  # type: ignore[attr-defined]


def _groups(possible: list[str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(kind, what it means, [(ground, its words)])."""
    found = []
    for event, (title, what) in KINDS.items():
        grounds = [(name, _(GROUNDS[name].label)) for name in possible if GROUNDS[name].event is event]
        if grounds:
            found.append((_(title), _(what), grounds))
    return found


def _confirm(
    request: HttpRequest,
    view: CaseView,
    ground: str,
    reasons: str,
    hidden: list[tuple[str, str]],
    back: str = "",
) -> HttpResponse:
    context = _asking(request, view, ground) | {
        "hidden": hidden, "reasons": reasons, "refusing": True, "back": back,
    }  # fmt: skip
    return render(request, "cases/officer/confirm.html", context)


def _asking(request: HttpRequest, view: CaseView, ground: str) -> dict[str, Any]:
    """What is asked once more before something ends on this ground."""
    title, what = KINDS[GROUNDS[ground].event]
    question = " ".join((
        _("%(service)s ends with this, and its licence is refused everywhere from now on.") % {"service": view.service_name},
        _(what),
        _("This cannot be undone."),
    ))  # fmt: skip
    version = officer_actions.version_of(request) or view.case.version
    return {
        "view": view, "case": view.case, "version": version, "title": f"{_(title)}{_(': ')}{_(GROUNDS[ground].label)}",
        "question": question, "button": _(title),
    }  # fmt: skip


def _form(
    request: HttpRequest, view: CaseView, step: str, context: dict[str, Any], refusal: Refusal | None
) -> HttpResponse:
    whole = {
        **context,
        "view": view,
        "case": view.case,
        "refusal": refusal,
        "open": officer_steps.can(view, step),
    }
    return render(request, f"cases/officer/{step}.html", whole, status=refusal.status if refusal else 200)

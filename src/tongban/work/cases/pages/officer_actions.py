"""Forms with which an officer moves a case. Each carries the version it was made from; each makes one call.

What was typed is never lost: a form that cannot be carried out comes back with its text and with what has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.http import require_http_methods

from tongban.base.kit import access
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.core.procedures.model import Event
from tongban.work.cases.actions import commitments, decisions, handling
from tongban.work.cases.pages import officer_case, officer_phrases, officer_steps, officer_words


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A step that needs nothing but reasons."""

    act: Callable[..., Any]
    title: str
    text: str
    done: str
    button: str
    confirm: str = ""
    """Question asked before it is carried out; empty: not asked."""


_EDITING: Final = frozenset({"back", "insert"})
"""Buttons of a form that change its text and send nothing."""

REASONED: Final = {
    "decline": Reasoned(
        handling.decline,
        msg("Do not accept this case"),
        msg(
            "Only when it is not for this office to decide, or when no permit is needed. Otherwise request a correction."
        ),
        msg("Not accepted. The applicant has been told why."),
        msg("Do not accept"),
        msg("The case is closed with this. The applicant gets a written notice with these reasons."),
    ),
    "suspend": Reasoned(
        handling.suspend,
        msg("Stop the clock"),
        msg(
            "For a hearing, a test, an inspection or an expert review. The time until it runs again is not counted."
        ),
        msg("The clock stands still. The applicant has been told why."),
        msg("Stop the clock"),
    ),
    "readmit": Reasoned(
        commitments.lift,
        msg("The record is repaired"),
        msg(
            "Whoever promised here may promise again: what can be decided on commitment is decided so for them."
        ),
        msg("Lifted. The applicant has been told."),
        msg("Let them promise again"),
    ),
    "extend": Reasoned(
        handling.extend,
        msg("Extend the term"),
        msg("Once, with the consent of the head of the office. The applicant is told the reasons."),
        msg("The term is extended. The applicant has been told why."),
        msg("Extend the term"),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def accept(request: HttpRequest, number: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("cases:office-case", number=number)
    refusal = attempt(
        lambda: handling.accept(acting=request.acting, number=number, version=version_of(request))
    )
    return done_or_case(
        request, number, refusal, _("Accepted. The clock runs and the applicant has been told.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def resume(request: HttpRequest, number: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("cases:office-case", number=number)
    refusal = attempt(
        lambda: handling.resume(acting=request.acting, number=number, version=version_of(request))
    )
    return done_or_case(request, number, refusal, _("The clock runs again."))


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def reasoned(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Decline, stop the clock, extend: reasons in words, and a confirmation where it closes the case."""
    what = REASONED[step]
    view = officer_case.view_of(request, number)
    reasons = request.POST.get("reasons", "")
    if text := officer_phrases.inserted(request, view, "reasons"):
        reasons = _with_text(reasons, text)
    context: dict[str, Any] = {"step": step, "what": what, "reasons": reasons, "wanted": step}
    if request.method == "POST" and not _EDITING & request.POST.keys():
        if not_ready := officer_phrases.not_ready(request):
            return _form(request, "cases/officer/reasons.html", number, context, not_ready)
        if what.confirm and reasons.strip() and "confirmed" not in request.POST:
            return render(request, "cases/officer/confirm.html", context | {
                "view": view, "case": view.case, "version": version_of(request), "title": _(what.title), "question": _(what.confirm),
                "button": _(what.button), "hidden": [("reasons", reasons)],
            })  # fmt: skip
        refusal = attempt(
            lambda: what.act(
                acting=request.acting, number=number, reasons=reasons, version=version_of(request)
            )
        )
        if refusal is None:
            return done(request, number, _(what.done))
        return _form(request, "cases/officer/reasons.html", number, context, refusal)
    elif request.method != "POST" and not officer_steps.can(view, step):
        return too_late(request, number)
    return _form(request, "cases/officer/reasons.html", number, context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def correction(request: HttpRequest, number: str) -> HttpResponse:
    """Every fact of the form and every material, each with a box and a line for what is wrong: all at once, once."""
    view = officer_case.view_of(request, number)
    refusal = None
    text = officer_phrases.inserted(request, view, "correction")
    if request.method == "POST" and "insert" not in request.POST:
        defects = _defects(request)
        refusal = officer_phrases.not_ready(request) or attempt(
            lambda: handling.request_correction(
                acting=request.acting, number=number, defects=defects, version=version_of(request)
            )
        )
        if refusal is None:
            return done(request, number, _("The applicant has been told everything that needs correcting."))
    elif request.method != "POST" and not officer_steps.can(view, "correction"):
        return too_late(request, number)
    problems = refusal.fields if refusal else {}
    proposed = _proposed(view) if request.method != "POST" else {}
    facts = [
        _Line("fact", f.id, f.label, f.text, f.source, f.from_office, request, problems, proposed, text)
        for f in view.facts
    ]
    papers = [
        _Line(
            "material",
            p.id,
            officer_words.in_language(p.material.name),
            p.word,
            "",
            not p.can_be_uploaded,
            request,
            problems,
            proposed,
            text,
        )
        for p in view.papers
    ]
    return _form(
        request,
        "cases/officer/correction.html",
        number,
        {"facts": facts, "papers": papers, "wanted": "correction", "proposed": len(proposed)},
        refusal,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Grant or refuse, with reasons. A refusal is asked about once more."""
    view = officer_case.view_of(request, number)
    outcome, reasons = request.POST.get("outcome", ""), request.POST.get("reasons", "")
    refusal = None
    if text := officer_phrases.inserted(request, view, "reasons"):
        reasons = _with_text(reasons, text)
    if request.method == "POST" and not _EDITING & request.POST.keys():
        refusal = officer_phrases.not_ready(request)
        if refusal is None and outcome == "refused" and reasons.strip() and "confirmed" not in request.POST:
            return render(request, "cases/officer/confirm.html", {
                "view": view, "case": view.case, "version": version_of(request), "title": _("Refuse this application"), "step": "decide",
                "question": _("The case is closed with this. The applicant gets the decision with these reasons and with where to object."),
                "button": _("Refuse"), "hidden": [("outcome", outcome), ("reasons", reasons)], "reasons": reasons, "refusing": True,
            })  # fmt: skip
        refusal = refusal or attempt(
            lambda: decisions.decide(
                acting=request.acting,
                number=number,
                outcome=outcome,
                reasons=reasons,
                version=version_of(request),
            )
        )
        if refusal is None:
            return done(request, number, _("Decided. The applicant has been told."))
    elif request.method != "POST" and not officer_steps.can(view, "decide"):
        return too_late(request, number)
    failing = [check for check in view.checks if check.outcome != "pass"]
    proposals = {
        "granted": officer_words.proposed_grant(view.service, view.checks, view.articles),
        "refused": officer_words.proposed_refusal(view.service, view.checks, view.missing, view.articles),
    }
    if request.method != "POST":
        outcome = request.GET.get("outcome", "")
        if outcome not in proposals:
            outcome = "" if failing or view.missing else "granted"
        reasons = proposals.get(outcome, "")
    return _form(
        request, "cases/officer/decide.html", number,
        {"outcome": outcome, "reasons": reasons, "failing": failing, "proposals": proposals, "wanted": "decide"}, refusal,
    )  # fmt: skip


class _Line:
    """One fact or material on the correction form, with what was ticked and typed."""

    def __init__(
        self,
        kind: str,
        identifier: str,
        label: str,
        now: str,
        source: str,
        fixed: bool,
        request: HttpRequest,
        problems: Any,
        proposed: Mapping[str, str],
        text: str,
    ) -> None:
        self.kind, self.id, self.label, self.now, self.source = kind, identifier, label, now, source
        self.fixed = fixed
        """Nothing the applicant could correct here: an office says it, or it is drawn up from the answers."""
        self.key = f"{kind}:{identifier}"
        self.ticked = self.key in request.POST.getlist("defect") or self.key in proposed
        self.text = request.POST.get(f"text:{self.key}", "") or proposed.get(self.key, "")
        if text and self.ticked and not self.text.strip():
            self.text = text[:500]
        self.problem = problems.get(identifier, "")


def _defects(request: HttpRequest) -> list[dict[str, str]]:
    """Ticked lines, and lines with a text that somebody forgot to tick."""
    ticked = dict.fromkeys(request.POST.getlist("defect"))
    typed = dict.fromkeys(
        name.removeprefix("text:")
        for name, text in request.POST.items()
        if name.startswith("text:") and str(text).strip()
    )
    keys = [key.partition(":") for key in ticked | typed if ":" in key]
    return [
        {"kind": kind, "id": name, "text": request.POST.get(f"text:{kind}:{name}", "")}
        for kind, _sign, name in keys
    ]


def _proposed(view: officer_case.CaseView) -> dict[str, str]:
    missing = {
        paper.id: officer_words.in_language(paper.material.name)
        for paper in view.papers
        if paper.status == "missing" and paper.can_be_uploaded
    }
    stated = {fact.id for fact in view.facts if not fact.from_office}
    return officer_words.proposed_defects(view.checks, stated, missing)


def _with_text(typed: str, text: str) -> str:
    """A text at the end of what was typed."""
    return f"{typed.rstrip()}\n{text}" if typed.strip() else text


def _form(
    request: HttpRequest, template: str, number: str, context: dict[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """A form on the case as it is now: after a refusal with its message, the typed text and the new version."""
    view = officer_case.view_of(request, number)
    wanted = context["wanted"]
    open_now = officer_steps.can(view, wanted)
    context = context | {"view": view, "case": view.case, "refusal": refusal, "open": open_now}
    purpose = "correction" if wanted == "correction" else "reasons"
    context |= {"phrases": officer_phrases.offered(view, purpose), "purpose": purpose}
    if open_now and wanted == "extend":
        context["foreseen"] = officer_steps.foreseen(view, Event.EXTEND)
    return render(request, template, context, status=refusal.status if refusal else 200)


def attempt(act: Callable[[], Any]) -> Refusal | None:
    """Carry it out; a refusal other than "not found" is handed back for the form."""
    try:
        act()
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return refusal
    return None


def version_of(request: HttpRequest) -> int:
    """The version the form was made from; a form without one counts as made from an old one."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def done_or_case(request: HttpRequest, number: str, refusal: Refusal | None, text: str) -> HttpResponse:
    if refusal is None:
        return done(request, number, text)
    return officer_case.page(request, officer_case.view_of(request, number), refusal)


def done(request: HttpRequest, number: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("cases:office-case", number=number)


def too_late(request: HttpRequest, number: str) -> HttpResponse:
    messages.warning(request, _("This is not possible now: the case has moved on in the meantime."))
    return redirect("cases:office-case", number=number)

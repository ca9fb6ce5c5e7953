"""Opinions between offices: whom to ask, what one's own office is asked, and the answer."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.kit import access, sheets
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.base.kit.templatetags.kit import state_name
from tongban.base.kit.text import in_language
from tongban.core.rules.states import ABSENT, Known
from tongban.work.cases import consulted, form, visits_access
from tongban.work.cases.actions import consultations
from tongban.work.cases.consulted import TABS, Consulted, Row
from tongban.work.cases.pages import (
    looking,
    officer_actions,
    officer_case,
    officer_findings,
    officer_steps,
    officer_visits,
    officer_words,
)
from tongban.work.cases.pages.visit_words import OPINIONS, TONES, said, time_left

TITLES: Final = {
    "open": msg("To be answered"),
    "answered": msg("Opinion given"),
    "gone": msg("No longer needed"),
}
EMPTY: Final = {
    "open": msg("No office waits for an opinion of yours."),
    "answered": msg("Your office has answered nothing yet."),
    "gone": msg("No case was decided or ended before your opinion came."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Choose among the authorities that the pack names; all that are chosen are asked at once."""
    view = officer_case.view_of(request, number)
    wanted, question = request.POST.getlist("wanted"), request.POST.get("question", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(
            lambda: consultations.consult(
                acting=request.acting, number=number, wanted=wanted, question=question,  # type: ignore[attr-defined]
                version=officer_actions.version_of(request),
            )
        )  # fmt: skip
        if refusal is None:
            n = len(set(wanted))
            text = ngettext(
                "%(n)d office was asked. Its day is on the page.",
                "%(n)d offices were asked. Their days are on the page.",
                n,
            )
            return officer_actions.done(request, number, text % {"n": n})
    elif not officer_steps.can(view, "consult"):
        return officer_actions.too_late(request, number)
    view = officer_case.view_of(request, number)
    context = {
        "view": view, "case": view.case, "visits": officer_visits.Visits(view), "refusal": refusal, "wanted": wanted, "question": question,
        "open": officer_steps.can(view, "consult"), "button": msg("Ask these offices"),
    }  # fmt: skip
    return render(request, "cases/officer/consult.html", context, status=refusal.status if refusal else 200)


@require_safe
@access.posts("officer")
@never_cache
def asked(request: HttpRequest) -> HttpResponse:
    """What one's own office is asked, the most urgent first."""
    lists = Consulted(request.acting, show=request.GET.get("show", "open"))  # type: ignore[attr-defined]
    page = lists.page(request.GET.get("page"))
    context = {
        "lists": lists, "title": _(TITLES[lists.show]), "empty": _(EMPTY[lists.show]), "page": page,
        "rows": [(row, time_left(row), said(row)) for row in page],
        "tabs": [(name, _(TITLES[name]), lists.counts[name]) for name in TABS],
    }  # fmt: skip
    return render(request, "cases/officer/consultations.html", context)


@require_safe
@access.posts("officer")
def asked_csv(request: HttpRequest) -> HttpResponse:
    """The same list as the page, all of it."""
    acting = request.acting  # type: ignore[attr-defined]
    lists = Consulted(acting, show=request.GET.get("show", "open"))
    columns = (
        _("Case"), _("Service"), _("Asked by"), _("Question"), _("Asked on"), _("Answer by"), _("Light"),
        _("Working days left"), _("Opinion"), _("Answered on"),
    )  # fmt: skip
    return sheets.download(
        f"opinions-{acting.today}-{lists.show}", columns, (_cells(row) for row in lists.every_row())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
@never_cache
def opinion(request: HttpRequest, consultation: UUID) -> HttpResponse:
    """One question with what the opinion needs, and the form for it. What was typed comes back when it cannot be taken."""
    row = _row(request, consultation)
    chosen, words = request.POST.get("opinion", ""), request.POST.get("words", "").replace("\x00", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(
            lambda: consultations.answer(
                acting=request.acting,
                consultation=consultation,
                opinion=chosen,
                words=words,  # type: ignore[attr-defined]
            )
        )
        if refusal is None:
            messages.success(request, _("Your opinion has arrived. It goes into the file of the case."))
            return redirect("cases:office-consultations")
        row = _row(request, consultation)
    context = {
        "row": row, "left": time_left(row), "said": said(row), "tone": TONES.get(row.opinion, ""), "refusal": refusal,
        "chosen": chosen, "words": words, **_needed(row),
        "opinions": [(name, _(title), _(what)) for name, (title, what) in OPINIONS.items()],
    }  # fmt: skip
    return render(request, "cases/officer/opinion.html", context, status=refusal.status if refusal else 200)


@require_safe
@access.posts("officer")
def file(
    request: HttpRequest, consultation: UUID, upload_id: UUID, *, look: bool = False, page: int | None = None
) -> HttpResponseBase:
    """A file that the opinion needs, as a download or as pictures, while the opinion can be given."""
    row = _row(request, consultation)
    for _name, _material, upload in consulted.shown(row).materials:
        if upload is not None and upload.pk == upload_id:
            back = reverse("cases:office-opinion", args=[consultation])
            return looking.served(request, upload, back, look=look, page=page, frame="kit/office.html")
    raise Http404


def _needed(row: Row) -> dict[str, Any]:
    """Facts and materials for the opinion: (label, value, source) and (name, word, tone, upload)."""
    needed = consulted.shown(row)
    application = row.found.case.application
    typed = form.facts_of(application, needed.pack)
    facts = []
    for name in needed.facts:
        state = typed.get(name)
        known = state if isinstance(state, Known) or state is ABSENT else None
        facts.append((
            in_language(needed.pack.facts[name].label),
            officer_findings.state_text(needed.pack, name, known),
            officer_findings.source_text(needed.pack, application.answers.get(name)),
        ))  # fmt: skip
    papers = []
    for name, material, upload in needed.materials:
        word, tone = officer_words.WAYS[material.way if material else "missing"]
        papers.append((in_language(needed.pack.materials[name].name), _(word), tone, upload))
    return {"facts": facts, "papers": papers}


def _row(request: HttpRequest, consultation: UUID) -> Row:
    acting = request.acting  # type: ignore[attr-defined]
    try:
        return consulted.row_of(visits_access.consultation(acting, consultation), acting)
    except NotFound as error:
        raise Http404 from error


def _cells(row: Row) -> tuple[Any, ...]:
    found, now = row.found, row.standing
    return (
        found.case.number, in_language(row.service), in_language(row.asking), in_language(row.about) if row.about else "",
        found.asked_on.isoformat(), now.due.day.isoformat(), state_name(now.light.value) if row.open else "",
        now.days_left if row.open else "", said(row), found.answered_on.isoformat() if found.answered_on else "",
    )  # fmt: skip

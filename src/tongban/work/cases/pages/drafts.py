"""Filling in a draft: consent, questions, details. Every save is an action, so one can leave and come back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotNow, StaleVersion
from tongban.core.planning import diff
from tongban.work.cases import access as cases
from tongban.work.cases.actions import drafts
from tongban.work.cases.pages import asking, content, desk, fields, side
from tongban.work.cases.pages.desk import Desk, Given


@access.applying
@require_safe
@desk.on_draft
def draft(request: HttpRequest, on: Desk) -> HttpResponse:
    """Goes on where the applicant left off."""
    if on.moved:
        step = "changes"
    elif on.application.version == 1 and not on.consent:
        step = "consent"
    elif on.open_questions:
        step = "questions"
    elif on.open_details:
        step = "details"
    else:
        step = "materials"
    return redirect(f"cases:{step}", on.application.id)


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk.on_draft
def consent(request: HttpRequest, on: Desk) -> HttpResponse:
    """Whether this application may draw on licences and registries; the way without is open too."""
    given = Given()
    if request.method == "POST":
        try:
            drafts.consent(
                acting=request.acting, application=on.application.id, given=request.POST.get("consent") == "yes",
                version=desk.version_of(request),
            )  # fmt: skip
        except StaleVersion as refusal:
            on = _anew(request, on)
            given = Given.refused(refusal, {})
        else:
            return redirect("cases:questions", on.application.id)
    kinds, resources = content.drawn_on(on.pack, on.application.event)
    place = on.application.place
    return desk.page(
        request,
        on,
        "consent",
        {
            "kinds": [(kind, content.organ_name(on.pack, kind.issuer, place)) for kind in kinds],
            "resources": [
                (resource, fields, content.organ_name(on.pack, resource.steward, place))
                for resource, fields in resources
            ],
            "first": on.application.version == 1,
        },
        given,
    )


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk.on_draft
def questions(request: HttpRequest, on: Desk) -> HttpResponse:
    if request.method != "POST":
        return _questions(request, on, Given())
    before = on.plan
    on, given = _save(request, on)
    changed = side.changes_in_words(
        diff.changes(before, on.plan), before, on.plan, on.pack, on.application.place
    )
    if given.status != 200 or request.headers.get("HX-Request"):
        return _questions(request, on, given, changed)
    _say(request, changed)
    if request.POST.get("go") == "next" and not on.open_questions:
        return redirect("cases:details", on.application.id)
    return redirect("cases:questions", on.application.id)


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk.on_draft
def details(request: HttpRequest, on: Desk) -> HttpResponse:
    if request.method != "POST":
        return _details(request, on, Given())
    before = on.plan
    on, given = _save(request, on)
    if given.status != 200:
        return _details(request, on, given)
    _say(
        request,
        side.changes_in_words(diff.changes(before, on.plan), before, on.plan, on.pack, on.application.place),
    )
    if request.POST.get("go") != "next":
        return redirect("cases:details", on.application.id)
    if on.open_questions:
        messages.info(request, _("What you filled in raised new questions."))
        return redirect("cases:questions", on.application.id)
    return redirect("cases:materials", on.application.id)


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def discard(request: HttpRequest, application: UUID) -> HttpResponse:
    """Asks first; a discarded draft disappears from all lists. Works for one that is no longer offered too."""
    found, given = cases.application(request.acting, application), Given()
    if found.state == "submitted":
        return redirect("cases:progress", found.number)
    if request.method == "POST":
        try:
            drafts.discard(acting=request.acting, application=found.id, version=desk.version_of(request))
        except StaleVersion as refusal:
            found = cases.application(request.acting, application)
            given = Given.refused(refusal, {})
        else:
            messages.success(request, _("The draft was discarded. You can bring it back below for 30 days."))
            return redirect(f"{reverse('cases:applications')}?tab=drafts#discarded")
    pack = directory.pack(found.pack_digest)
    context = {"application": found, "event": pack.life_events.get(found.event), "given": given}
    return render(request, "cases/applicant/discard.html", context, status=given.status)


@access.applying
@require_POST
def restore(request: HttpRequest, application: UUID) -> HttpResponse:
    """Undo a discarding."""
    try:
        drafts.restore(acting=request.acting, application=application)
    except NotNow as refusal:
        messages.error(request, _(refusal.message))
        return redirect(f"{reverse('cases:applications')}?tab=drafts#discarded")
    messages.success(request, _("The draft is back as it was."))
    return redirect("cases:draft", application)


def _save(request: HttpRequest, on: Desk) -> tuple[Desk, Given]:
    """Save what the form sent: (the desk as it is now, what to show again)."""
    values, typed, errors = fields.read(request, on.application, on.pack, on.facts)
    cleared = request.POST.get("clear", "")
    if cleared in on.pack.facts:
        values[cleared] = None
        typed.pop(cleared, None)
        errors.pop(cleared, None)
    if errors:
        return on, Given(typed, errors, status=Invalid.status)
    if not values:
        return on, Given()
    try:
        drafts.answer(
            acting=request.acting,
            application=on.application.id,
            answers=values,
            version=desk.version_of(request),
        )
    except (Invalid, StaleVersion) as refusal:
        return _anew(request, on), Given.refused(refusal, typed)
    return _anew(request, on), Given()


def _anew(request: HttpRequest, on: Desk) -> Desk:
    return desk.desk_of(request.acting, cases.application(request.acting, on.application.id))


def _questions(request: HttpRequest, on: Desk, given: Given, changed: Iterable[str] = ()) -> HttpResponse:
    """Open questions first, answered ones below. Live, a question stays where it stood while it is being answered."""
    stay = (
        [name for name in request.POST.getlist("open") if name in on.pack.facts]
        if request.headers.get("HX-Request")
        else []
    )
    unanswered = set(on.open_questions)
    still = [name for name in stay if name in unanswered or name in on.application.answers]
    homeless = [name for name in given.unsaved if name not in on.decided]
    open_names = list(dict.fromkeys((*still, *on.asked_now, *homeless)))
    erring = set(request.POST.getlist("erring"))
    answered = [name for name in on.decided if name not in open_names]
    drawn = {name: _question(on, name, given, erring) for name in (*open_names, *answered)}
    left = sum(name in unanswered for name in open_names)
    later = len(unanswered) - left
    return desk.page(
        request,
        on,
        "questions",
        {
            "open": [drawn[name] for name in open_names],
            "answered": [drawn[name] for name in answered if not drawn[name]["readonly"]],
            "by_office": [drawn[name] for name in answered if drawn[name]["readonly"]],
            "left": left,
            "left_in_words": ngettext("%(n)d question left", "%(n)d questions left", left) % {"n": left}
            if left
            else _("No question left"),
            "later_in_words": ngettext(
                "Up to %(n)d more may follow from your answers.",
                "Up to %(n)d more may follow from your answers.",
                later,
            )
            % {"n": later}
            if later
            else "",
            "changed": list(changed),
            "errors": fields.errors_of(drawn.values()),
        },
        given,
    )


def _question(on: Desk, name: str, given: Given, erring: set[str]) -> dict[str, Any]:
    drawn = fields.field(on.application, on.pack, on.facts, name, given)
    keep = not drawn["error"] and name not in erring and not given.stale and drawn["none"] is None
    return {**drawn, "keep": keep, "unanswered": name in on.open_questions, "asked": asking.reasons(on, name)}


def _details(request: HttpRequest, on: Desk, given: Given) -> HttpResponse:
    names = dict.fromkeys((*on.details, *given.unsaved))
    open_names = set(on.open_details)
    drawn = [
        {**one, "open": one["fact"] in open_names, "asked": asking.reasons(on, one["fact"])}
        for one in fields.fields(on.application, on.pack, on.facts, names, given)
    ]
    context = {
        "to_fill": [one for one in drawn if not one["readonly"]],
        "by_office": [one for one in drawn if one["readonly"]],
        "left": len(on.open_details),
        "errors": fields.errors_of(drawn),
    }
    return desk.page(request, on, "details", context, given)


def _say(request: HttpRequest, changed: list[str]) -> None:
    messages.success(request, " ".join(changed) if changed else _("Saved."))

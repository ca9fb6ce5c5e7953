"""A ticket at the unit in charge: what is to be done, by when, and its forms. Nothing here knows who reported it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.kit import access as door
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal
from tongban.work.hotline import access, models, states, words
from tongban.work.hotline.actions import disputes, events, replies
from tongban.work.hotline.pages import fields
from tongban.work.hotline.pages.fields import Given
from tongban.work.hotline.pages.shown import shown
from tongban.work.hotline.states import Event, State

STEPS: Final = {
    "contact": (("note",), replies.contact, msg("The reporter has been told.")),
    "reply": (("note",), replies.reply, msg("The reply is on its way; the hotline calls back.")),
    "object": (("reason", "note"), disputes.object_to, msg("The hotline rules on it. The clock runs on until then.")),
}  # fmt: skip
"""Step -> its fields, the call it makes, what is said afterwards."""


@require_safe
@never_cache
@door.posts("officer")
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number, Given())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.posts("officer")
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    if request.method != "POST":
        return redirect("hotline:assigned-ticket", number=number)
    names, act, done = STEPS[step]
    typed = fields.sent(request, *names, step=step)
    try:
        act(acting=request.acting, number=number, version=fields.version_of(request), **typed)
    except Refusal as refusal:
        return _page(request, number, Given(typed, refusal, step))
    messages.success(request, _(done))
    return redirect("hotline:assigned-ticket", number=number)


def _page(request: HttpRequest, number: str, given: Given) -> HttpResponse:
    acting = request.acting
    found = access.ticket(acting, number)
    view = shown(acting, found)
    forms = _forms(acting, found, given)
    context = {
        "view": view, "ticket": found, "given": given, "forms": forms,
        "errors": fields.errors_of([f for form in forms for f in form["fields"]]),
    }  # fmt: skip
    return render(request, "hotline/assigned_ticket.html", context, status=given.status)


def _forms(acting: Acting, ticket: models.Ticket, given: Given) -> list[dict[str, Any]]:
    may = set(states.allowed(State(ticket.state), "unit"))
    made = []
    if Event.CONTACT in may:
        again = ticket.state == State.HANDLING
        made.append(_form("contact", _("Write to the reporter") if again else _("Take it up"), _("Tell the reporter"), [
            _note("contact", _("What happens next, and by when"), given, _("It reaches the reporter through the platform.")),
        ]))  # fmt: skip
    if Event.REPLY in may:
        made.append(_form("reply", _("Reply"), _("Send the reply"), [
            _note("reply", _("What was found and what was done"), given, _("It goes to the reporter and to the hotline.")),
        ]))  # fmt: skip
    if Event.OBJECT in may and disputes.may_object(acting, ticket):
        reasons = [(code, _(label)) for code, label in words.REASONS.items()]
        made.append(_form("object", _("Object: this is not ours"), _("Send the objection"), [
            fields.choice("reason", _("Reason"), reasons, given=given, step="object"),
            _note("object", _("On what ground, and whose it is"), given, _("Once per ticket. The clock runs on.")),
        ]))  # fmt: skip
    return made


def _form(step: str, title: str, button: str, inside: list[dict[str, Any]]) -> dict[str, Any]:
    return {"step": step, "title": title, "button": button, "fields": inside}


def _note(step: str, label: str, given: Given, hint: str) -> dict[str, Any]:
    return fields.text(
        "note", label, given=given, step=step, longest=events.LONGEST, kind="textarea", hint=hint
    )

"""Texts that officers use again: the list, a form for one, and a question before one is deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.identity import queries as identity
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, Refusal
from tongban.base.kit.templatetags.kit import called
from tongban.work.cases import desk_access, models
from tongban.work.cases import phrases as texts
from tongban.work.cases.actions import phrases
from tongban.work.cases.pages import desk
from tongban.work.cases.pages.officer_view import CaseView


@access.posts("officer")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    found = list(desk_access.phrases(request.acting).order_by("purpose", "title", "pk"))
    people = identity.people_of({one.written_by for one in found})
    leads = desk_access.leads(request.acting)
    groups = [
        {
            "purpose": purpose,
            "label": _(label),
            "rows": [
                (one, called(people.get(one.written_by)), phrases.may_change(request.acting, one, leads))
                for one in found
                if one.purpose == purpose
            ],
        }
        for purpose, label in texts.PURPOSES.items()
    ]
    return render(request, "cases/officer/phrases.html", {"groups": groups})


@access.posts("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A form for a new text."""
    given = request.POST if request.method == "POST" else request.GET
    refusal = None
    if request.method == "POST":
        try:
            phrases.write(
                acting=request.acting, purpose=given.get("purpose", ""), title=given.get("title", ""),
                body=given.get("body", ""), shared=given.get("shared") == "yes",
            )  # fmt: skip
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("Kept. It is offered wherever you give reasons or list defects."))
            return redirect("cases:office-texts")
    return _form(request, None, given, refusal)


@access.posts("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, phrase: UUID) -> HttpResponse:
    row = _row(request, phrase)
    if request.method != "POST":
        return _form(request, row, {"title": row.title, "body": row.body}, None)
    try:
        phrases.change(
            acting=request.acting, phrase=phrase, title=request.POST.get("title", ""), body=request.POST.get("body", ""),
            version=desk.version_of(request),
        )  # fmt: skip
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _form(request, _row(request, phrase), request.POST, refusal)
    messages.success(request, _("Changed."))
    return redirect("cases:office-texts")


@access.posts("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, phrase: UUID) -> HttpResponse:
    """Asks first."""
    row, refusal = _row(request, phrase), None
    if request.method == "POST":
        try:
            phrases.delete(acting=request.acting, phrase=phrase, version=desk.version_of(request))
        except NotFound as error:
            raise Http404 from error
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("Deleted. What was sent with it stays as it is."))
            return redirect("cases:office-texts")
    context = {"phrase": row, "refusal": refusal}
    return render(
        request, "cases/officer/phrase_delete.html", context, status=refusal.status if refusal else 200
    )


def offered(view: CaseView, purpose: str) -> list[tuple[models.Phrase, str]]:
    """Texts for a form on this case, already in its words."""
    return texts.for_use(view.acting, purpose, view.row, view.organ)


def inserted(request: HttpRequest, view: CaseView, purpose: str) -> str:
    """The text whose button was pressed on a form, in the words of the case; empty when none was."""
    wanted = request.POST.get("insert", "")
    return next((text for one, text in offered(view, purpose) if str(one.pk) == wanted), "")


def not_ready(request: HttpRequest) -> Refusal | None:
    """Why what was typed cannot be sent yet: a place of a text was never filled."""
    fields = {}
    for name, typed in request.POST.items():
        if (name == "reasons" or name.startswith("text:")) and (left := texts.unfilled(str(typed))):
            fields[name.rpartition(":")[2]] = _("Fill in or take out: %(places)s") % {
                "places": ", ".join(f"{{{place}}}" for place in left)
            }
    return Invalid(_("A place in the text is still empty."), fields=fields) if fields else None


def _row(request: HttpRequest, phrase: UUID) -> models.Phrase:
    row = desk_access.phrases(request.acting).filter(pk=phrase).first()
    if row is None:
        raise Http404
    return row


def _form(
    request: HttpRequest, phrase: models.Phrase | None, given: Any, refusal: Refusal | None
) -> HttpResponse:
    may = phrase is None or phrases.may_change(request.acting, phrase, desk_access.leads(request.acting))
    context = {
        "phrase": phrase,
        "given": given,
        "refusal": refusal,
        "may": may,
        "purposes": [(name, _(label)) for name, label in texts.PURPOSES.items()],
        "places": [(f"{{{name}}}", _(label)) for name, label in texts.PLACES.items()],
    }
    return render(request, "cases/officer/phrase.html", context, status=refusal.status if refusal else 200)

"""Forms with which an office moves a request. Each carries the version it was made from and makes one call.

What was typed is never lost: a form that cannot be carried out comes back with its text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.refusals import Refusal
from tongban.core.packs import calendars
from tongban.records.catalogue import access, actions, queries
from tongban.records.catalogue.pages import articles
from tongban.records.catalogue.pages import requests as pages


@dataclass(frozen=True, slots=True)
class Step:
    """A step that needs a text, or nothing but a yes."""

    act: Callable[..., Any]
    needs: str
    """Event that must be possible."""
    field: str
    """Name of the text; empty when there is none."""
    title: str
    text: str
    label: str
    done: str
    danger: bool = False


STEPS: Final = {
    "ask": Step(
        actions.ask_more, "ask-more", "question", msg("Ask for more"),
        msg("Once, so list everything that is missing. The clock stands still until the answer."),
        msg("What is missing"), msg("Asked. The clock stands still."),
    ),
    "extend": Step(
        actions.extend, "extend", "reason", msg("Put the answer off"),
        msg("Once, and only for a reason that lies in the matter. The asking office reads it."),
        msg("Reason"), msg("The answer is put off."),
    ),
    "answer": Step(
        actions.answer_question, "answer", "text", msg("Answer the steward"),
        msg("With your answer the clock of the steward runs on."), msg("Your answer"), msg("Answered. The clock runs on."),
    ),
    "withdraw": Step(
        actions.withdraw, "withdraw", "", msg("Withdraw the request"),
        msg("The request is closed with this. You can ask again at any time."), "", msg("Withdrawn."), danger=True,
    ),
    "provide": Step(
        actions.provide, "provide", "", msg("The interface is ready"),
        msg("From now on rows can be looked up under this grant."), "", msg("Ready: rows can be looked up now."),
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    what = STEPS[name]
    found = access.request(request.acting, number)  # type: ignore[attr-defined]
    typed = request.POST.get(what.field, "") if what.field else ""
    refusal = None
    if request.method == "POST":
        words = {what.field: typed} if what.field else {}
        refusal, done = pages.tried(
            lambda: what.act(acting=request.acting, number=number, version=version_of(request), **words)  # type: ignore[attr-defined]
        )
        if done is not None:
            return _done(request, number, _(what.done))
    view = pages.view_of(request, found)
    if request.method != "POST" and what.needs not in view["steps"]:
        return _too_late(request, number)
    context = {**view, "what": what, "typed": typed, "refusal": refusal, "open": what.needs in view["steps"]}
    return render(request, "catalogue/step.html", context, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Grant all or some of the fields, or refuse. A refusal is asked about once more."""
    found = access.request(request.acting, number)  # type: ignore[attr-defined]
    given = request.POST
    refusal: Refusal | None = None
    if request.method == "POST" and "back" not in given:
        if (
            given.get("outcome") == "refused"
            and "confirmed" not in given
            and given.get("reason", "").strip()
            and given.getlist("articles")
        ):
            return _confirm(request, found)
        refusal, done = pages.tried(lambda: _decide(request, number))
        if done is not None:
            return _done(request, number, _("Decided. The asking office sees it at once."))
    view = pages.view_of(request, found)
    if request.method != "POST" and "decide" not in view["steps"]:
        return _too_late(request, number)
    acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    first = (
        *found.articles,
        *(pack.resources[found.resource].sharing_basis if found.resource in pack.resources else ()),
    )
    sent = request.method == "POST"
    term = queries.terms_of(found, acting.today).grant
    latest = calendars.work_calendar(pack).add(acting.today, term, rolls=False).day - timedelta(days=1)
    context = {
        **view, "refusal": refusal, "open": "decide" in view["steps"], "outcome": given.get("outcome", ""), "reason": given.get("reason", ""),
        "last": given.get("last", "") or latest.isoformat(), "latest": latest,
        "ready": "ready" in given if sent else True,
        "chosen": given.getlist("fields") if sent else found.fields,
        "acts": articles.choices(pack, acting.today, given.getlist("articles"), first),
    }  # fmt: skip
    return render(request, "catalogue/decide.html", context, status=refusal.status if refusal else 200)


def version_of(request: HttpRequest) -> int:
    """The version the form was made from; a form without one counts as made from an old one."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _decide(request: HttpRequest, number: str) -> Any:
    given = request.POST
    granting = given.get("outcome") == "granted"
    return actions.decide(
        acting=request.acting, number=number, outcome=given.get("outcome", ""),  # type: ignore[attr-defined, arg-type]
        fields=given.getlist("fields") if granting else None, reason=given.get("reason", ""), articles=given.getlist("articles"),
        until=_day_after(given.get("last", "")) if granting else None, ready="ready" in given, version=version_of(request),
    )  # fmt: skip


def _day_after(text: str) -> date | None:
    """The first day on which a grant with this last day no longer holds.

    A day that cannot be read counts as one long past, so that the form comes back.
    """
    try:
        return date.fromisoformat(text.strip()) + timedelta(days=1) if text.strip() else None
    except (ValueError, OverflowError):
        return date.min


def _confirm(request: HttpRequest, found: Any) -> HttpResponse:
    given = request.POST
    hidden = [("outcome", "refused"), ("reason", given["reason"]), ("version", given.get("version", ""))]
    hidden += [("articles", one) for one in given.getlist("articles")]
    context = {
        **pages.view_of(request, found), "title": _("Refuse this request"), "hidden": hidden, "words": given["reason"],
        "question": _("The request is closed with this. The asking office reads the reason and the basis."), "button": _("Refuse to share"),
        "back_to": f"/catalogue/requests/{found.number}", "back_name": found.number,
    }  # fmt: skip
    return render(request, "catalogue/confirm.html", context)


def _done(request: HttpRequest, number: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("catalogue:request", number)


def _too_late(request: HttpRequest, number: str) -> HttpResponse:
    messages.warning(request, _("This is not possible now: the request has moved on in the meantime."))
    return redirect("catalogue:request", number)

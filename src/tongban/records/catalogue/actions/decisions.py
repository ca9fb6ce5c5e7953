"""Deciding on a sharing request: the side of the steward.

A refusal states its reason and its basis, and no condition may be invented to hold sharing up (政务数据共享条例, as
summarised in public; article not seen).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.records.catalogue import checks, models
from tongban.records.catalogue.actions import steps
from tongban.records.catalogue.procedure import Event

Outcome = Literal["granted", "refused"]


def decide(
    *,
    acting: Acting,
    number: str,
    outcome: Outcome,
    fields: Collection[str] | None = None,
    reason: str = "",
    articles: Collection[str] = (),
    until: date | None = None,
    ready: bool = True,
    version: int | None = None,
) -> models.SharingRequest:
    """Grant all or some of the fields asked for, or refuse.

    Granting: `fields` None grants all of them; `until` is the first day on which the grant no longer holds, at most
    the term of the pack away; `ready` says that the interface works, so that rows can be looked up at once (else
    `grants.provide` follows). Granting what is not shared by default (不予共享) needs `articles` that allow it.
    Refusing: `reason` and `articles`. Nobody decides on a request they made themselves.
    """
    with transaction.atomic():
        request = steps.opened(acting, number, "steward", version)
        if request.officer == acting.actor:
            raise NotNow(_("You made this request yourself: another officer decides on it."))
        chosen = tuple(request.fields if fields is None else dict.fromkeys(fields))
        basis, said = tuple(dict.fromkeys(articles)), steps.cleaned(reason)
        mistakes = _mistakes(acting, request, outcome, chosen, said, basis)
        if mistakes:
            raise Invalid(_("The decision needs another look."), fields=mistakes)
        event = Event.GRANT if outcome == "granted" else Event.REFUSE
        steps.happen(acting, request, event, "steward", note=said, articles=basis)
        if outcome == "granted":
            steps.consent(acting, request, "steward", fields=chosen, until=until, ready=ready)
    return request


def ask_more(
    *, acting: Acting, number: str, question: str, version: int | None = None
) -> models.SharingRequest:
    """Ask for everything that is missing, once. The clock stands still until the answer."""
    asked = _words(question, "question")
    with transaction.atomic():
        request = steps.opened(acting, number, "steward", version)
        steps.happen(acting, request, Event.ASK_MORE, "steward", note=asked)
    return request


def extend(*, acting: Acting, number: str, reason: str, version: int | None = None) -> models.SharingRequest:
    """Put the answer off once, with reasons; an unconditional resource has nothing to put off."""
    said = _words(reason, "reason")
    with transaction.atomic():
        request = steps.opened(acting, number, "steward", version)
        steps.happen(acting, request, Event.EXTEND, "steward", note=said)
    return request


def _mistakes(
    acting: Acting, request: models.SharingRequest, outcome: str, fields: tuple[str, ...], reason: str, articles: tuple[str, ...]
) -> dict[str, str]:  # fmt: skip
    found: dict[str, str] = {}
    pack = directory.pack_in_force(acting.now)
    unknown = [article for article in articles if checks.article_of(pack, article, acting.today) is None]
    if outcome not in ("granted", "refused"):
        found["outcome"] = _("Choose grant or refuse.")
    if len(reason) > steps.MOST_WORDS:
        found["reason"] = _("Use at most %(n)d characters.") % {"n": steps.MOST_WORDS}
    if unknown:
        found["articles"] = _("Not in force here: %(articles)s.") % {"articles": ", ".join(unknown)}
    if outcome == "granted":
        if not fields or set(fields) - set(request.fields):
            found["fields"] = _("Grant at least one of the fields asked for, and no other.")
        if request.sharing == "none" and not articles:
            found["articles"] = _("This resource is not shared by default: name the article that allows it.")
    elif outcome == "refused":
        if not reason:
            found["reason"] = _("A refusal states its reason.")
        if not articles:
            found["articles"] = _("A refusal names the article it rests on.")
    return found


def _words(text: str, field: str) -> str:
    said = steps.cleaned(text)
    if not said or len(said) > steps.MOST_WORDS:
        message = _("Say it in at most %(n)d characters.") % {"n": steps.MOST_WORDS}
        raise Invalid(message, fields={field: message})
    return said

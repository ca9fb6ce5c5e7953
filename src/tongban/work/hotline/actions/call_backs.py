"""Call-backs (回访): was it solved, is the reporter satisfied (北京市接诉即办工作条例 art. 23)."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.work.hotline import access, models, words
from tongban.work.hotline.actions import events
from tongban.work.hotline.states import By, Event

ATTEMPTS: Final = 3
"""Calls on different days before a ticket closes without an answer (design)."""


def call_back(
    *,
    acting: Acting,
    number: str,
    reached: bool = True,
    solved: str = "",
    satisfied: str = "",
    note: str = "",
    version: int | None = None,
) -> models.Ticket:
    """Write a call-back down: by a clerk of the hotline, or by the reporter on the page, who is always reached.

    Reached: the answers close the ticket. Not reached: it is tried again on another day; the third time closes it, and
    it counts in no rate of satisfaction or solution.
    """
    with transaction.atomic():
        resident = acting.role == "applicant"
        ticket = access.own_ticket(acting, number) if resident else access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        said = note.replace("\x00", "").strip()[: events.LONGEST]
        by: By = "resident" if resident else "clerk"
        if reached or resident:
            _require_answers(solved, satisfied)
            detail = {"solved": solved, "satisfied": satisfied}
            events.add(acting=acting, ticket=ticket, event=Event.CALL_BACK, by=by, note=said, detail=detail)
            _keep(acting, ticket, reached=True, by_reporter=resident, note=said, **detail)
            events.tell(acting=acting, ticket=ticket, kind="closed")
        else:
            _missed(acting, ticket, said)
    return ticket


def missed_today(acting: Acting, ticket: models.Ticket) -> bool:
    return _tries(ticket).filter(day=acting.today).exists()


def _missed(acting: Acting, ticket: models.Ticket, note: str) -> None:
    if missed_today(acting, ticket):
        raise NotNow(_("It was tried today already. Try again on another day."))
    last = _tries(ticket).count() + 1 >= ATTEMPTS
    events.add(acting=acting, ticket=ticket, event=Event.LAPSE if last else Event.MISS, by="clerk", note=note)
    _keep(acting, ticket, reached=False, note=note)
    if last:
        events.tell(acting=acting, ticket=ticket, kind="closed")


def _tries(ticket: models.Ticket):  # type: ignore[no-untyped-def]
    """Call-backs that reached nobody since the last reply."""
    replied = (
        ticket.events.filter(event=Event.REPLY.value)
        .order_by("-sequence")
        .values_list("at", flat=True)
        .first()
    )
    tries = ticket.call_backs.filter(reached=False)
    return tries.filter(at__gte=replied) if replied else tries


def _require_answers(solved: str, satisfied: str) -> None:
    problems = {}
    if solved not in words.SOLVED:
        problems["solved"] = _("Choose one of the answers.")
    if satisfied not in words.SATISFIED:
        problems["satisfied"] = _("Choose one of the answers.")
    if problems:
        raise Invalid(_("Both answers are needed."), fields=problems)


def _keep(acting: Acting, ticket: models.Ticket, **answers: object) -> None:
    models.CallBack.objects.create(ticket=ticket, at=acting.now, day=acting.today, **answers)

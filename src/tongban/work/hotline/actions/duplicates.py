"""Joining a ticket to an older one of the same reporter. Proposed by rule, confirmed by a clerk, undone by a clerk."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotNow
from tongban.work.hotline import access, models, queries
from tongban.work.hotline.actions import events
from tongban.work.hotline.states import Event


def merge(*, acting: Acting, number: str, into: str, version: int | None = None) -> models.Ticket:
    """Join a ticket that was not dispatched yet to one that `queries.duplicates_of` proposes."""
    with transaction.atomic():
        ticket = access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        master = next((t for t in queries.duplicates_of(ticket) if t.number == into), None)
        if master is None:
            raise NotNow(
                _("These two are not the same matter of the same reporter, or the older one is closed.")
            )
        ticket.master = master
        events.add(
            acting=acting, ticket=ticket, event=Event.MERGE, by="clerk", detail={"into": str(master.id)}
        )
        events.tell(acting=acting, ticket=ticket, kind="merged")
    return ticket


def split(*, acting: Acting, number: str, version: int | None = None) -> models.Ticket:
    """Undo a merge: the ticket waits for its dispatch again."""
    with transaction.atomic():
        ticket = access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        ticket.master = None
        events.add(acting=acting, ticket=ticket, event=Event.SPLIT, by="clerk")
    return ticket

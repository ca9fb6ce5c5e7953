"""What the unit in charge says to the reporter, through the platform: it never learns who that is."""

from __future__ import annotations

from django.db import transaction

from tongban.base.kit.acting import Acting
from tongban.work.hotline import access, models
from tongban.work.hotline.actions import events
from tongban.work.hotline.states import Event


def contact(*, acting: Acting, number: str, note: str, version: int | None = None) -> models.Ticket:
    """Take the ticket up and tell the reporter what happens next. The first contact counts for the response rate."""
    return _say(acting, number, Event.CONTACT, note, version, kind="contacted")


def reply(*, acting: Acting, number: str, note: str, version: int | None = None) -> models.Ticket:
    """Say what was done, to the reporter and to the hotline (北京市接诉即办工作条例 art. 15(3)). Ends the feedback clock."""
    return _say(acting, number, Event.REPLY, note, version, kind="replied")


def _say(
    acting: Acting, number: str, event: Event, note: str, version: int | None, *, kind: str
) -> models.Ticket:
    with transaction.atomic():
        ticket = access.unit_ticket(acting, number)
        events.require_version(ticket, version)
        said = events.require_words("note", note)
        events.add(
            acting=acting, ticket=ticket, event=event, by="unit", note=said, detail={"organisation": acting.organisation or ""}
        )  # fmt: skip
        events.tell(acting=acting, ticket=ticket, kind=kind)
    return ticket

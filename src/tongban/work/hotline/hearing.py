"""What this room does when it hears a message: tell the reporter. Nobody else is told who that is.

Each function runs once per message, in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as msg

from tongban.base.directory import queries as directory
from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.core.values.text import Bilingual
from tongban.work.hotline import models, queries

if TYPE_CHECKING:
    from tongban.base.audit.models import Message

MOST = 400
"""Characters of a unit's words that a notice repeats; the rest is behind its link."""


def tell_of_receipt(message: Message, now: datetime) -> None:
    _tell(
        message, now, msg("We have your report %(number)s"),
        msg("The hotline sends it to the unit in charge. You can follow each step."),
    )  # fmt: skip


def tell_of_dispatch(message: Message, now: datetime) -> None:
    ticket = _ticket(message)
    _tell(
        message, now, msg("Your report %(number)s is with %(unit)s"),
        msg("The unit gets in touch with you through this page and replies to you and to the hotline. It does not learn who you are."),
        unit=_unit(ticket, now),
    )  # fmt: skip


def tell_of_contact(message: Message, now: datetime) -> None:
    ticket = _ticket(message)
    _tell(
        message, now, msg("%(unit)s is working on your report %(number)s"), msg("%(said)s"),
        unit=_unit(ticket, now), said=_said(message),
    )  # fmt: skip


def tell_of_reply(message: Message, now: datetime) -> None:
    ticket = _ticket(message)
    _tell(
        message, now, msg("%(unit)s has replied to your report %(number)s"),
        msg("%(said)s Please say whether it is solved: the hotline asks you, or you answer on the page."),
        unit=_unit(ticket, now), said=_said(message),
    )  # fmt: skip


def tell_of_closing(message: Message, now: datetime) -> None:
    _tell(
        message, now, msg("Your report %(number)s is closed"),
        msg("If the matter comes back within 30 days, reopen it on the page."),
    )  # fmt: skip


def tell_of_merging(message: Message, now: datetime) -> None:
    ticket = _ticket(message)
    _tell(
        message, now, msg("Your report %(number)s was joined to your earlier one"),
        msg("It is handled under %(master)s."), master=ticket.master.number if ticket.master else ticket.number,
    )  # fmt: skip


def _tell(message: Message, now: datetime, title: str, body: str, **values: object) -> None:
    """Into the inbox of the reporter's account; a caller without one is called by the hotline."""
    ticket = _ticket(message)
    if ticket.reporter.subject is None:
        return
    told = {"number": ticket.number, **values}
    notices.tell(
        subject=ticket.reporter.subject, cause=f"ticket:{ticket.id}:{message.payload['event']}", title=both(title, **told),
        body=both(body, **told), link=f"/hotline/tickets/{ticket.number}", now=now,
    )  # fmt: skip


def _ticket(message: Message) -> models.Ticket:
    return models.Ticket.objects.select_related("reporter", "master").get(pk=message.payload["ticket"])


def _unit(ticket: models.Ticket, now: datetime) -> Bilingual | str:
    organ = directory.pack_in_force(now).organisations.get(queries.unit_in_charge(ticket) or "")
    return organ.name if organ else "—"


def _said(message: Message) -> str:
    event = models.TicketEvent.objects.get(
        ticket_id=message.payload["ticket"], sequence=message.payload["event"]
    )
    return event.note if len(event.note) <= MOST else f"{event.note[:MOST]}…"

"""Adding an event to a ticket: the one place where a ticket's state changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow, StaleVersion
from tongban.work.hotline import models, states
from tongban.work.hotline.states import By, Event, State

LONGEST = 2000


def add(
    *,
    acting: Acting,
    ticket: models.Ticket,
    event: Event,
    by: By,
    note: str = "",
    detail: Mapping[str, str] | None = None,
) -> models.TicketEvent:
    """Let `event` happen to `ticket` now. Raises NotNow when the table of states does not allow it.

    The caller has locked the ticket. Bumps the version, writes the audit entry: codes only, never who reported it.
    """
    state = State(ticket.state) if ticket.state else None
    try:
        reached = states.next_state(state, event, by)
    except states.NotAllowed as error:
        raise NotNow(_("This can no longer be done: the ticket has moved on in the meantime.")) from error
    last = ticket.events.aggregate(last=Max("sequence"))["last"] or 0
    row = models.TicketEvent.objects.create(
        ticket=ticket, sequence=last + 1, event=event.value, at=acting.now, actor=acting.actor, role=acting.role,
        organisation=acting.organisation, detail=dict(detail or {}), note=note,
    )  # fmt: skip
    ticket.state = reached.value
    ticket.version += 1
    ticket.closed_at = acting.now if reached is State.CLOSED else None
    ticket.save()
    audit.record(
        acting=unnamed(acting), action=f"ticket.{event.value.replace('_', '-')}", root=ticket.id, object_kind="ticket",
        object_id=ticket.id, detail={"state": reached.value, **(detail or {})},
    )  # fmt: skip
    return row


def unnamed(acting: Acting) -> Acting:
    """A resident's acting without ids: an auditor must not read from the chain of a ticket who reported it.

    Who it was stands in the event and with the reporter, where the hotline finds it. Staff keep their names.
    """
    if acting.role != "applicant":
        return acting
    return replace(acting, actor=None, principal=None, mandate=None)


def tell(*, acting: Acting, ticket: models.Ticket, kind: str) -> None:
    """Send `hotline.<kind>`: ids only."""
    event = ticket.events.order_by("-sequence").first()
    audit.send(
        acting=acting, kind=f"hotline.{kind}", root=ticket.id, payload={"ticket": str(ticket.id), "event": event.sequence}
    )  # fmt: skip


def require_version(ticket: models.Ticket, version: int | None) -> None:
    """Optimistic locking: raises StaleVersion when somebody else changed the ticket since it was shown."""
    if version is not None and version != ticket.version:
        raise StaleVersion(
            _(
                "Somebody changed this ticket while you were looking at it. Look at it again; your text is kept below."
            )
        )


def require_words(field: str, text: str, *, longest: int = LONGEST) -> str:
    """The text without blanks at its ends. Raises Invalid when it is empty or too long."""
    cleaned = text.replace("\x00", "").strip()
    if not cleaned:
        raise Invalid(_("Say it in words."), fields={field: _("Say it in words.")})
    if len(cleaned) > longest:
        message = _("Use at most %(n)d characters; these are %(given)d.") % {
            "n": longest,
            "given": len(cleaned),
        }
        raise Invalid(message, fields={field: message})
    return cleaned


def past(moment: datetime, acting: Acting) -> bool:
    return acting.now >= moment

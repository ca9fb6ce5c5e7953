"""Objections of units to a ticket (退单异议), and what the hotline rules.

北京市接诉即办工作条例 art. 12: a unit may object on duty or jurisdiction to the hotline. 潍坊市12345政务服务便民热线条例 arts.
22 and 24: the hotline decides or designates, and a unit so designated may not return the ticket again.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.work.hotline import access, clocks, models, queries, words
from tongban.work.hotline.actions import events, tickets
from tongban.work.hotline.states import Event, State


def object_to(
    *, acting: Acting, number: str, reason: str, note: str, version: int | None = None
) -> models.Dispute:
    """Object to a ticket: by the unit in charge, once, before its term, with a reason. The feedback clock runs on."""
    with transaction.atomic():
        ticket = access.unit_ticket(acting, number)
        events.require_version(ticket, version)
        if reason not in words.REASONS:
            message = _("Choose one of the reasons.")
            raise Invalid(message, fields={"reason": message})
        said = events.require_words("note", note)
        _require_open(acting, ticket)
        dispute = models.Dispute.objects.create(
            ticket=ticket, organisation=acting.organisation, reason=reason, note=said, raised_at=acting.now,
            raised_by=acting.actor,
        )  # fmt: skip
        events.add(
            acting=acting, ticket=ticket, event=Event.OBJECT, by="unit", note=said,
            detail={"organisation": dispute.organisation, "reason": reason},
        )  # fmt: skip
        events.tell(acting=acting, ticket=ticket, kind="disputed")
    return dispute


def rule_on_objection(
    *,
    acting: Acting,
    number: str,
    upheld: bool,
    note: str,
    organisation: str | None = None,
    version: int | None = None,
) -> models.Ticket:
    """Rule on the open objection. Upheld: the ticket goes elsewhere, at once when a unit is named. Rejected: it stays.

    A unit whose objection was upheld no longer sees the ticket.
    """
    with transaction.atomic():
        ticket = access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        said = events.require_words("note", note)
        dispute = ticket.disputes.select_for_update().filter(ruling="").first()
        if dispute is None:
            raise NotNow(_("There is no open objection to this ticket."))
        dispute.ruling = "upheld" if upheld else "rejected"
        dispute.ruling_note, dispute.ruled_at, dispute.ruled_by = said, acting.now, acting.actor
        dispute.save()
        event = Event.UPHOLD if upheld else Event.REJECT
        events.add(
            acting=acting, ticket=ticket, event=event, by="clerk", note=said, detail={"organisation": dispute.organisation}
        )  # fmt: skip
        if upheld:
            ticket.dispatches.filter(ended_at=None).update(ended_at=acting.now)
        events.tell(acting=acting, ticket=ticket, kind="ruled")
        if upheld and organisation:
            tickets.send_to_unit(acting=acting, ticket=ticket, organisation=organisation, note="")
    return ticket


def may_object(acting: Acting, ticket: models.Ticket) -> bool:
    """Whether the unit that acts can still object, for the page."""
    try:
        _require_open(acting, ticket)
    except NotNow:
        return False
    return True


def _require_open(acting: Acting, ticket: models.Ticket) -> None:
    if ticket.disputes.filter(organisation=acting.organisation).exists():
        raise NotNow(_("Your unit has objected to this ticket once; it cannot object again."))
    kind = queries.class_of(ticket)
    if State(ticket.state) is not State.DISPATCHED or kind is None:
        raise NotNow(_("An objection is possible only before the ticket is taken up."))
    due = clocks.objection_due(queries.history(ticket), kind, queries.frame(acting.now))
    if events.past(due.end, acting):
        raise NotNow(_("The time for an objection is over."))

"""Who may see what of the hotline. What may not be seen does not exist.

| who                                        | tickets                                       | who reported it          |
| the one who reported, and whom they act for | their own                                    | themselves               |
| clerks of the hotline                      | all of the place                              | yes; a secret one opened |
| officers of the unit in charge             | those dispatched to it now, words redacted    | never                    |
| window clerks                              | those they took down, words redacted          | not afterwards           |
| everybody else, auditors included          | none                                          | never                    |
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.identity import access as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.work.hotline import models


def is_hotline(acting: Acting) -> bool:
    """Whether the one who acts is a clerk of the hotline."""
    return acting.role == "clerk" and directory.runs_the_hotline(acting.organisation, acting.now)


def tickets(acting: Acting) -> QuerySet[models.Ticket]:
    """Tickets that the one who acts may read."""
    everything = models.Ticket.objects.all()
    if acting.role == "applicant":
        return everything.filter(reporter__subject__in=identity.subjects(acting))
    if acting.role == "officer":
        in_charge = models.Dispatch.objects.filter(organisation=acting.organisation, ended_at=None)
        return everything.filter(
            Q(place=acting.place) | Q(district=acting.place), pk__in=in_charge.values("ticket_id")
        )
    if acting.role == "clerk":
        if is_hotline(acting):
            return everything.filter(place=acting.place)
        taken = models.TicketEvent.objects.filter(sequence=1, actor=acting.actor)
        return everything.filter(place=acting.place, pk__in=taken.values("ticket_id"))
    return everything.none()


def ticket(acting: Acting, number: str, *, lock: bool = False) -> models.Ticket:
    """One ticket by number. Raises NotFound."""
    found = tickets(acting).filter(number=number).first()
    if found is None:
        raise missing()
    return models.Ticket.objects.select_for_update().get(pk=found.pk) if lock else found


def hotline_ticket(acting: Acting, number: str) -> models.Ticket:
    """A ticket that the hotline's clerk who acts may change; locked."""
    if not is_hotline(acting):
        raise missing()
    return ticket(acting, number, lock=True)


def unit_ticket(acting: Acting, number: str) -> models.Ticket:
    """A ticket that the officer of the unit in charge may change; locked."""
    if acting.role != "officer":
        raise missing()
    return ticket(acting, number, lock=True)


def own_ticket(acting: Acting, number: str) -> models.Ticket:
    """A ticket of the reporter who acts; locked."""
    if acting.role != "applicant":
        raise missing()
    return ticket(acting, number, lock=True)


def reads_whole(acting: Acting) -> Callable[[models.Ticket], bool]:
    """Of which tickets out of `tickets(acting)` the words are shown whole: one's own, and for the hotline those that
    are not secret. To everybody else, and in a secret ticket, they are shown redacted.
    """
    if acting.role == "applicant":
        return lambda ticket: True
    if is_hotline(acting):
        return lambda ticket: not ticket.reporter.secret
    return lambda ticket: False


def missing() -> NotFound:
    return NotFound(_("There is no such ticket, or it is not yours to see."))

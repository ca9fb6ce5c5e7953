"""Reporting, classifying, dispatching and reopening a ticket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs.pack import Pack
from tongban.work.hotline import access, classify, clocks, models, numbers, queries
from tongban.work.hotline.actions import events
from tongban.work.hotline.states import By, Event

LENGTHS: Final = {"title": 80, "content": 2000, "location": 200, "enterprise": 120, "name": 120, "phone": 20}
REOPEN_WITHIN: Final = timedelta(days=30)
"""A repeat complaint within 30 days after the closing reopens the ticket (appeals.md section 5, recalled)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. `name`, `phone` and `secret` go into the reporter, the rest into the ticket."""

    title: str
    content: str
    location: str
    district: str
    """Division code; the place itself when it lies in no one district."""
    enterprise: str = ""
    """Name or unified social credit code of the firm complained about."""
    name: str = ""
    """Only where a clerk writes it down for somebody: residents are known by their account."""
    phone: str = ""
    """Where to call back; empty takes the one of the account."""
    secret: bool = False


def report(*, acting: Acting, report: Report, channel: str = "web", key: str | None = None) -> models.Ticket:
    """Take a report down: from a resident, or by a window or hotline clerk on somebody's behalf.

    The words of the pack may decide its class at once; else a clerk does. With a `key` a second call with the same
    report gives the same ticket. Raises Invalid with every field that is wrong; KeyReused.
    """
    if acting.role not in ("applicant", "clerk"):
        raise access.missing()
    pack = directory.pack_in_force(acting.now)
    cleaned = _checked(acting, report, pack)

    def write() -> dict[str, Any]:
        return {"ticket": str(_write(acting, cleaned, channel, pack).id)}

    with transaction.atomic():
        if key is None:
            answer = write()
        else:
            body = json.dumps([asdict(cleaned), channel], sort_keys=True).encode()
            answer, _replay = audit.once(
                acting=acting,
                key=f"hotline:{hashlib.sha256(key.encode()).hexdigest()}",
                body=body,
                answer=write,
            )
    return models.Ticket.objects.get(pk=UUID(answer["ticket"]))


def classify_ticket(
    *, acting: Acting, number: str, complaint_class: str, version: int | None = None
) -> models.Ticket:
    """Confirm or change the class: a clerk has the last word over the words of the pack."""
    with transaction.atomic():
        ticket = access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        if complaint_class not in directory.pack(ticket.pack_digest).complaints:
            message = _("Choose one of the classes.")
            raise Invalid(message, fields={"complaint_class": message})
        ticket.complaint_class = complaint_class
        events.add(
            acting=acting, ticket=ticket, event=Event.CLASSIFY, by="clerk", detail={"class": complaint_class}
        )
    return ticket


def dispatch(
    *,
    acting: Acting,
    number: str,
    organisation: str | None = None,
    note: str = "",
    version: int | None = None,
) -> models.Ticket:
    """Send a ticket to a unit; without one, to the organisation that fills the class's authority where it lies."""
    with transaction.atomic():
        ticket = access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        send_to_unit(acting=acting, ticket=ticket, organisation=organisation, note=note)
    return ticket


def send_to_unit(
    *, acting: Acting, ticket: models.Ticket, organisation: str | None, note: str
) -> models.Dispatch:
    """The dispatch itself, inside a transaction that has locked the ticket."""
    pack = directory.pack_in_force(acting.now)
    kind = queries.class_of(ticket)
    if kind is None:
        raise NotNow(_("Choose the class first: it says which unit is in charge and by when."))
    proposed = queries.proposed_unit(ticket, pack)
    unit = pack.organisations.get(organisation) if organisation else proposed
    if unit is None:
        message = _("Choose a unit.")
        raise Invalid(message, fields={"organisation": message})
    if unit.id in queries.released_units(ticket):
        message = _("The objection of this unit was upheld; the ticket does not go back to it.")
        raise Invalid(message, fields={"organisation": message})
    events.add(
        acting=acting, ticket=ticket, event=Event.DISPATCH, by="clerk", note=note.strip()[: events.LONGEST],
        detail={"organisation": unit.id},
    )  # fmt: skip
    ticket.dispatches.filter(ended_at=None).update(ended_at=acting.now)
    counted = queries.frame(acting.now)
    cycle = clocks.Cycle(acting.now, None, None)
    sent = models.Dispatch.objects.create(
        ticket=ticket, organisation=unit.id, dispatched_at=acting.now, dispatched_by=acting.actor,
        contact_by=clocks.contact_due(cycle, kind).end, feedback_by=counted.term(acting.now, kind.feedback_within).end,
        calendar=f"{counted.calendar.id} {counted.calendar.known_until}",
    )  # fmt: skip
    events.tell(acting=acting, ticket=ticket, kind="dispatched")
    return sent


def reopen(*, acting: Acting, number: str, note: str, version: int | None = None) -> models.Ticket:
    """Take a closed ticket up again: by its reporter within 30 days, or by the hotline after a bad call-back."""
    with transaction.atomic():
        resident = acting.role == "applicant"
        ticket = access.own_ticket(acting, number) if resident else access.hotline_ticket(acting, number)
        events.require_version(ticket, version)
        said = events.require_words("note", note)
        if resident and ticket.closed_at and events.past(ticket.closed_at + REOPEN_WITHIN, acting):
            raise NotNow(_("This was closed more than 30 days ago. Please report it anew."))
        by: By = "resident" if resident else "clerk"
        events.add(acting=acting, ticket=ticket, event=Event.REOPEN, by=by, note=said)
        events.tell(acting=acting, ticket=ticket, kind="reopened")
    return ticket


# -- taking a report down ----------------------------------------------------------------------------------


def _checked(acting: Acting, report: Report, pack: Pack) -> Report:
    texts = {name: getattr(report, name).replace("\x00", "").strip() for name in LENGTHS}
    problems: dict[str, str] = {}
    for name in ("title", "content", "location"):
        if not texts[name]:
            problems[name] = _("Say it in words.")
    for name, longest in LENGTHS.items():
        if len(texts[name]) > longest:
            problems[name] = _("Use at most %(n)d characters; these are %(given)d.") % {
                "n": longest, "given": len(texts[name]),
            }  # fmt: skip
    if report.district not in districts(pack, acting.place):
        problems["district"] = _("Choose one of the places.")
    digits = sum(c.isdigit() for c in texts["phone"])
    if texts["phone"] and not 5 <= digits <= 15:
        problems["phone"] = _("Give a telephone number, or leave it empty.")
    if len(texts["name"]) == 1:
        problems["name"] = _("Give the name in full, or leave it empty.")
    if problems:
        raise Invalid(_("Something needs another look."), fields=problems)
    return Report(**texts, district=report.district, secret=report.secret)


def districts(pack: Pack, place: str) -> dict[str, Any]:
    """Where a matter can lie: the districts of a place, and the place itself."""
    inside = {code: known for code, known in pack.places.items() if known.parent == place}
    return {**inside, **({place: pack.places[place]} if place in pack.places else {})}


def _write(acting: Acting, report: Report, channel: str, pack: Pack) -> models.Ticket:
    enterprise = identity.subject_by_identifier(report.enterprise) if report.enterprise else None
    if enterprise is not None and enterprise.kind != "enterprise":
        enterprise = None
    ticket = models.Ticket.objects.create(
        number=numbers.next_number(acting.place, acting.today), place=acting.place, district=report.district,
        pack_digest=pack.digest, channel=channel, title=report.title, content=report.content, location=report.location,
        enterprise_name=enterprise.name if enterprise else report.enterprise,
        enterprise=enterprise.pk if enterprise else None, received_at=acting.now,
    )  # fmt: skip
    models.Reporter.objects.create(ticket=ticket, secret=report.secret, **_who(acting, report))
    by: By = "resident" if acting.role == "applicant" else "clerk"
    events.add(acting=acting, ticket=ticket, event=Event.REPORT, by=by, detail={"channel": channel})
    clear = classify.decided(queries.candidates(ticket))
    if clear is not None:
        ticket.complaint_class = clear.id
        machine = system(
            acting.now, acting.place, "classification by words", acting.request_id, acting.time_zone
        )
        events.add(
            acting=machine, ticket=ticket, event=Event.CLASSIFY, by="system", detail={"class": clear.id}
        )
    events.tell(acting=events.unnamed(acting), ticket=ticket, kind="reported")
    return ticket


def _who(acting: Acting, report: Report) -> Mapping[str, Any]:
    """The reporter: by account where there is one, else as written down."""
    if acting.role != "applicant":
        return {"name": report.name, "phone": report.phone, "subject": None}
    if acting.principal is None:
        raise NotFound(_("There is no such ticket, or it is not yours to see."))
    subject = identity.subject(acting.principal)
    return {"name": subject.name, "phone": report.phone or subject.phone, "subject": subject.pk}

"""Reading tickets: their history as the pure parts see it, clocks, words for a reader, outcomes, facts for indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs import calendars
from tongban.core.packs.model import Organisation
from tongban.core.packs.model_data import ComplaintClass
from tongban.core.packs.pack import Pack
from tongban.work.hotline import access, classify, clocks, models, rates, redaction
from tongban.work.hotline.states import OPEN, Event, Happening

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a ticket as one reader may see them."""

    title: str
    content: str
    location: str
    enterprise: str
    redacted: bool


class Reading:
    """How one reader may see one ticket: everything that was written about it goes through `text`."""

    def __init__(self, ticket: models.Ticket, *, whole: bool) -> None:
        self.ticket, self.whole = ticket, whole

    def text(self, written: str) -> str:
        if self.whole or not written:
            return written
        reporter = self.ticket.reporter
        return redaction.withheld(written, name=reporter.name, phone=reporter.phone)

    @property
    def words(self) -> Words:
        ticket = self.ticket
        texts = (
            self.text(t) for t in (ticket.title, ticket.content, ticket.location, ticket.enterprise_name)
        )
        return Words(*texts, redacted=not self.whole)


def reading(acting: Acting, ticket: models.Ticket) -> Reading:
    """For one ticket that came out of `access`."""
    return readings(acting, [ticket])[ticket.pk]


def readings(acting: Acting, tickets: Iterable[models.Ticket]) -> dict[Any, Reading]:
    """Reading by ticket id, for tickets out of `access.tickets(acting)`: one check for all of them."""
    whole = access.reads_whole(acting)
    return {ticket.pk: Reading(ticket, whole=whole(ticket)) for ticket in tickets}


def with_all(tickets: QuerySet[models.Ticket]) -> QuerySet[models.Ticket]:
    """With everything at hand that lists need, in a fixed number of queries."""
    return tickets.select_related("reporter").prefetch_related("events", "dispatches")


def history(ticket: models.Ticket) -> tuple[Happening, ...]:
    """What happened, in order."""
    ordered = sorted(ticket.events.all(), key=lambda e: e.sequence)
    return tuple(Happening(Event(e.event), e.at, e.detail) for e in ordered)


def class_of(ticket: models.Ticket) -> ComplaintClass | None:
    """The class of a ticket in the pack it was reported under."""
    if ticket.complaint_class is None:
        return None
    return directory.pack(ticket.pack_digest).complaints[ticket.complaint_class]


def frame(now: datetime) -> clocks.Frame:
    """The calendar in force and the time zone of this node's place."""
    pack = directory.pack_in_force(now)
    return clocks.Frame(calendars.work_calendar(pack), ZoneInfo(pack.manifest.time_zone))


def clock_of(ticket: models.Ticket, now: datetime, counted: clocks.Frame | None = None) -> clocks.Clock:
    return clocks.clock(history(ticket), class_of(ticket), counted or frame(now), now)


def candidates(ticket: models.Ticket) -> tuple[classify.Candidate, ...]:
    """The classes that the ticket's words speak for, computed anew from the pack it is pinned to."""
    pack = directory.pack(ticket.pack_digest)
    return classify.candidates(
        ticket.title, f"{ticket.content}\n{ticket.enterprise_name}", pack.complaints.values()
    )


def unit_in_charge(ticket: models.Ticket) -> str | None:
    """Id of the organisation that the ticket is dispatched to now."""
    return next((d.organisation for d in ticket.dispatches.all() if d.ended_at is None), None)


def proposed_unit(ticket: models.Ticket, pack: Pack) -> Organisation | None:
    """The organisation that fills the authority of the class where the matter lies, unless it objected with success."""
    kind = class_of(ticket)
    if kind is None or kind.authority not in {o.authority for o in pack.organisations.values()}:
        return None
    organ = directory.organisation_for(pack, kind.authority, ticket.district)
    return None if organ.id in released_units(ticket) else organ


def released_units(ticket: models.Ticket) -> frozenset[str]:
    """Units whose objection was upheld: the ticket does not go back to them."""
    return frozenset(ticket.disputes.filter(ruling="upheld").values_list("organisation", flat=True))


def duplicates_of(ticket: models.Ticket) -> list[models.Ticket]:
    """Older open tickets of the same reporter with the same class in the same district, oldest first.

    Same person, same matter, no news: attached, not handled twice (北京市接诉即办工作条例 art. 11(3)).
    """
    if ticket.complaint_class is None:
        return []
    reporter = ticket.reporter
    same = Q(pk__in=())
    if reporter.subject:
        same |= Q(reporter__subject=reporter.subject)
    if reporter.phone:
        same |= Q(reporter__phone=reporter.phone)
    return list(
        models.Ticket.objects.filter(
            same, place=ticket.place, district=ticket.district, complaint_class=ticket.complaint_class,
            state__in=OPEN, received_at__lte=ticket.received_at,
        ).exclude(pk=ticket.pk).order_by("received_at", "number")
    )  # fmt: skip


# -- outcomes ----------------------------------------------------------------------------------------------


def outcomes(tickets: QuerySet[models.Ticket], now: datetime) -> Iterator[rates.Outcome]:
    """What each ticket says at `now`, from its events alone; merged ones say nothing."""
    counted = frame(now)
    listed = tickets.exclude(state="merged").prefetch_related("events").order_by("received_at", "number")
    for ticket in listed.iterator(chunk_size=_CHUNK):
        yield rates.outcome(
            number=ticket.number, place=ticket.district, history=history(ticket), kind=class_of(ticket), frame=counted, now=now
        )  # fmt: skip


def outcomes_between(place: str, first: date, last: date, now: datetime) -> list[rates.Outcome]:
    """Outcomes of the tickets of a place that were dispatched on a day from `first` to `last`, both included."""
    zone = frame(now).zone
    sent = models.Dispatch.objects.filter(
        dispatched_at__gte=datetime.combine(first, time(), zone),
        dispatched_at__lt=datetime.combine(last + timedelta(days=1), time(), zone),
    )
    tickets = models.Ticket.objects.filter(place=place, pk__in=sent.values("ticket_id"))
    return [
        o for o in outcomes(tickets, now) if o.dispatched_on is not None and first <= o.dispatched_on <= last
    ]


def log_rows(*, now: datetime, place: str | None = None) -> Iterator[dict[str, Any]]:
    """One record of the log `tickets` (core/packs/logs.py) for every ticket that is not merged into another.

    Holds the facts of the log and `number`, by which a number on a page opens to its tickets. None is a fact that is
    known to be absent: no call-back, no unit yet, no class yet.
    """
    tickets = models.Ticket.objects.filter(place=place) if place else models.Ticket.objects.all()
    for one in outcomes(tickets, now):
        row = asdict(one)
        del row["dispatched_on"]
        yield row


def append_only_tables() -> tuple[str, ...]:
    """Tables of this room that web and worker may add to and never change."""
    return (models.TicketEvent._meta.db_table,)

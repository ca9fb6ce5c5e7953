"""A ticket as a page shows it: words for this reader, clocks in words, what happened, without names of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import in_language
from tongban.core.packs.model import Organisation
from tongban.core.packs.model_data import ComplaintClass
from tongban.core.packs.pack import Pack
from tongban.work.hotline import models, queries, words
from tongban.work.hotline.clocks import Clock, Due

_FOR_RESIDENT = frozenset(
    {"report", "dispatch", "contact", "reply", "call_back", "lapse", "reopen", "merge", "split"}
)
"""What the reporter follows; objections between offices are not theirs to settle, but the time they cost is shown."""


@dataclass(frozen=True)
class Shown:
    ticket: models.Ticket
    words: queries.Words
    reading: queries.Reading
    clock: Clock
    kind: ComplaintClass | None
    unit: Organisation | None
    pack: Pack
    timeline: list[dict[str, Any]]

    @property
    def state(self) -> str:
        return _(words.STATES[self.clock.state][0])

    @property
    def tone(self) -> str:
        return words.STATES[self.clock.state][1]

    @property
    def place(self) -> Any:
        known = self.pack.places.get(self.ticket.district)
        return known.name if known else self.ticket.district

    @property
    def time_class(self) -> str:
        return _(words.TIME_CLASSES[self.kind.time_class]) if self.kind else ""

    @property
    def channel(self) -> str:
        return _(words.CHANNELS[self.ticket.channel])

    @property
    def light(self) -> dict[str, Any]:
        return light(self.clock)

    @property
    def clocks(self) -> list[tuple[str, Due, str]]:
        """(what, due, time left) for the clocks that run besides the binding one."""
        running = ((name, getattr(self.clock, name)) for name in words.CLOCKS)
        return [
            (_(words.CLOCKS[name]), due, words.left(due, self.clock))
            for name, due in running
            if due and due is not self.clock.binding
        ]

    @property
    def reply(self) -> str:
        """The last reply of the unit."""
        ordered = sorted(self.ticket.events.all(), key=lambda e: -e.sequence)
        return next((self.reading.text(e.note) for e in ordered if e.event == "reply"), "")


def light(clock: Clock) -> dict[str, Any]:
    """The light of a ticket with its words, for `hotline/parts/light.html`."""
    word, tone, icon = words.LIGHTS[clock.light]
    due = clock.binding
    return {
        "word": _(word), "tone": tone, "icon": icon, "due": due, "what": words.binding(clock), "left": words.left(due, clock),
        "used": due.used(clock.now) if due else 0,
    }  # fmt: skip


def shown(
    acting: Acting, ticket: models.Ticket, *, for_resident: bool = False, whole: bool | None = None
) -> Shown:
    """For a ticket out of `access`. `whole` shows a secret one to the clerk who has just opened it."""
    reading = queries.reading(acting, ticket) if whole is None else queries.Reading(ticket, whole=whole)
    pack = directory.pack_in_force(acting.now)
    return Shown(
        ticket=ticket,
        words=reading.words,
        reading=reading,
        clock=queries.clock_of(ticket, acting.now),
        kind=queries.class_of(ticket),
        unit=pack.organisations.get(queries.unit_in_charge(ticket) or ""),
        pack=pack,
        timeline=_timeline(ticket, reading, pack, for_resident),
    )


def _timeline(
    ticket: models.Ticket, reading: queries.Reading, pack: Pack, for_resident: bool
) -> list[dict[str, Any]]:
    events = sorted(ticket.events.all(), key=lambda e: e.sequence)
    return [
        {
            "title": _(words.EVENTS[event.event][0]),
            "tone": words.EVENTS[event.event][1],
            "at": event.at,
            "by": _by(event, pack),
            "note": "\n".join(filter(None, (_detail(event, ticket, pack), reading.text(event.note)))),
        }
        for event in events
        if not for_resident or event.event in _FOR_RESIDENT
    ]


def _by(event: models.TicketEvent, pack: Pack) -> str:
    """Who it was by role and organisation; no name of a person, of an officer as little as of a reporter."""
    organ = pack.organisations.get(event.organisation or "")
    if organ is not None:
        return in_language(organ.name)
    return _("the reporter") if event.role == "applicant" else _("by rule")


def _detail(event: models.TicketEvent, ticket: models.Ticket, pack: Pack) -> str:
    detail = event.detail
    if event.event == "classify":
        known = directory.pack(ticket.pack_digest).complaints.get(detail["class"])
        return in_language(known.name) if known else detail["class"]
    if event.event == "dispatch":
        organ = pack.organisations.get(detail["organisation"])
        return in_language(organ.name) if organ else detail["organisation"]
    if event.event == "object":
        reason = detail["reason"]
        return _(words.REASONS[reason])
    if event.event == "call_back":
        return words.answers(detail["solved"], detail["satisfied"])
    return ""

"""What the page of a case says of other offices that are asked, and of inspections. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tongban.base.kit.text import in_language
from tongban.core.packs.model import Consultation
from tongban.core.procedures.model import CaseEvent, Event
from tongban.work.cases import consulted, models
from tongban.work.cases.actions import awaited, commitments
from tongban.work.cases.consulted import Row
from tongban.work.cases.pages import visit_words as words
from tongban.work.cases.pages.officer_view import CaseView


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to another office, as the office that asked sees it."""

    row: Row
    organ: Any
    said: str
    tone: str
    left: str


@dataclass(frozen=True, slots=True)
class Askable:
    """One authority that can be asked now."""

    id: str
    organ: Any
    declared: Consultation
    shows: list[str]
    """Labels of what it gets to see."""


class Visits:
    """Of one case; nothing is asked of the database before it is wanted."""

    def __init__(self, view: CaseView) -> None:
        self.view = view

    @cached_property
    def asked(self) -> list[Asked]:
        """Every question of the case, oldest first."""
        found = list(self.view.case.consultations.order_by("asked_at", "pk"))
        for one in found:
            one.case = self.view.case
        organs = self.view.pack.organisations
        return [
            Asked(row, getattr(organs.get(row.found.organisation), "name", row.found.organisation), words.said(row),
                  words.TONES.get(row.opinion, ""), words.time_left(row))
            for row in consulted.rows_of(found, self.view.acting)
        ]  # fmt: skip

    @cached_property
    def inspections(self) -> list[models.Inspection]:
        """Every inspection of the case, oldest first."""
        return list(self.view.case.inspections.order_by("ordered_at"))

    @property
    def inspecting(self) -> bool:
        return any(one.confirmed_at is None for one in self.inspections)

    @property
    def missing(self) -> bool:
        """The pack wants officers to look at the place before anything is decided, and nobody has been sent."""
        wanted = self.view.service.inspection
        on_promise = commitments.way_of(self.view.case, self.view.pack) is not None
        return wanted is not None and wanted.required and not self.inspections and not on_promise

    @property
    def waiting(self) -> list[Asked]:
        return [one for one in self.asked if one.row.open]

    @cached_property
    def askable(self) -> list[Askable]:
        """What the pack names and nobody is asked at present; only where an organ of the place can answer."""
        view = self.view
        running = {one.row.found.declared for one in self.asked if one.row.open}
        found = []
        for one in view.service.consultations:
            organ = next((o for o in view.pack.organisations.values() if o.authority == one.authority), None)
            if organ is not None and one.id not in running:
                shows = [in_language(view.pack.facts[name].label) for name in one.facts]
                shows += [in_language(view.pack.materials[name].name) for name in one.materials]
                found.append(Askable(one.id, organ.name, one, shows))
        return found


def lapsed(view: CaseView) -> Iterable[CaseEvent]:
    """Silences that have answered and that nobody has written down yet."""
    for found in view.case.consultations.filter(answered_at=None):
        if awaited.standing(found, view.pack, view.acting.today).stand == "deemed":
            yield CaseEvent(Event.LAPSE_CONSULTATION, view.acting.today, view.acting.now)

"""When a licence can be renewed, and whether it was applied for in time (行政许可法 art. 50)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.core.packs import calendars
from tongban.core.packs.model import Service, Term
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Plan
from tongban.core.procedures import spans
from tongban.core.values.duration import Duration
from tongban.work.cases import models


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a renewal means for one licence that is held."""

    service: str
    reference: str
    """Identifier of the licence that is prolonged."""
    until: date
    """Its last day."""
    apply_by: date
    """Last day for applying in time."""
    apply_from: date | None
    """First day for applying; None: any day."""
    by_silence: bool
    """Not decided by its last day, it counts as renewed, for whoever applied in time."""

    def early(self, on: date) -> bool:
        return self.apply_from is not None and on < self.apply_from

    def late(self, on: date) -> bool:
        return on > self.apply_by


def outlook(application: models.Application, pack: Pack, plan: Plan, service: Service) -> Outlook | None:
    """For a service that prolongs a licence which was found; None for any other, and where none was found."""
    renewal = service.renewal
    if renewal is None:
        return None
    names = {r.material for r in service.requires}
    shown = {m.reference for m in plan.materials if m.id in names and m.reference}
    shown |= {
        row.reference
        for row in application.materials.filter(material__in=names, replaced_at=None)
        if row.reference
    }
    for entry in application.evidence:
        if (entry["kind"], entry["id"]) != ("licence", renewal.licence) or not entry.get("valid_to"):
            continue
        if entry["reference"] not in shown:
            continue
        until, calendar = date.fromisoformat(entry["valid_to"]), calendars.work_calendar(pack)
        return Outlook(
            service=service.id,
            reference=entry["reference"],
            until=until,
            apply_by=spans.first_day(calendar, _length(renewal.apply_before), until),
            apply_from=spans.first_day(calendar, _length(renewal.apply_from), until)
            if renewal.apply_from
            else None,
            by_silence=renewal.by_silence,
        )
    return None


def outlooks(application: models.Application, pack: Pack, plan: Plan) -> list[Outlook]:
    """For every service of the plan that prolongs something which was found."""
    found = (outlook(application, pack, plan, pack.services[s.id]) for s in plan.services)
    return [one for one in found if one is not None]


def _length(term: Term) -> Duration:
    return Duration(term.amount, term.unit)

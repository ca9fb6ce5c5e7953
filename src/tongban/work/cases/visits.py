"""Reading inspections: how often somebody was visited, which visits can be made together, whether a draw holds.

A visit that several authorities make at one time counts once: it is one disturbance for whoever is visited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tongban.base.audit import chain
from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.core.procedures import drawing
from tongban.core.values.text import Bilingual
from tongban.work.cases import models


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to somebody's place, whoever took part in it."""

    on: date
    organs: tuple[Bilingual | str, ...]
    inspections: tuple[models.Inspection, ...]

    @property
    def joint(self) -> bool:
        return len(self.organs) > 1


def past_year(subjects: Iterable[UUID], today: date) -> list[Visit]:
    """Visits to these subjects in the twelve months up to today, by any authority of this node, the latest first."""
    found = models.Inspection.objects.filter(
        subject__in=list(subjects), visited_on__gt=a_year_before(today), visited_on__lte=today
    ).exclude(confirmed_at=None)
    by_visit: dict[UUID, list[models.Inspection]] = {}
    for one in found.select_related("case__application").order_by("visited_on", "ordered_at"):
        by_visit.setdefault(one.visit, []).append(one)
    visits = [
        Visit(
            max(one.visited_on for one in group if one.visited_on),
            tuple(organ_of(one) for one in group),
            tuple(group),
        )
        for group in by_visit.values()
    ]
    return sorted(visits, key=lambda visit: visit.on, reverse=True)


def of_number(number: str) -> list[models.Inspection]:
    """Inspections of a case by its number, oldest first; for the terminal, which nobody reaches from outside."""
    found = models.Inspection.objects.filter(case__number=number).select_related("case__application")
    return list(found.order_by("ordered_at"))


def a_year_before(day: date) -> date:
    """The same day of the year before; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def organ_of(found: models.Inspection) -> Bilingual | str:
    pack = directory.pack(found.case.application.pack_digest)
    organ = pack.organisations.get(found.organisation)
    return organ.name if organ else found.organisation


def parties(case: models.Case) -> frozenset[UUID]:
    """Persons who have an interest in a case: they or their firm applied, it is for them, or they handed it in."""
    application = case.application
    subjects = {application.principal, application.subject}
    people = {person.pk for firm in subjects for person in identity.representing(firm)}
    filed = identity.person_of(application.created_by)
    return frozenset({*subjects, *people, *({filed.pk} if filed else set())})


def joinable(case: models.Case, pack: Pack, acting: Acting) -> dict[UUID, models.Inspection]:
    """Visits of other authorities to the same applicant that are still to come and that this one can join, by visit.

    One of the two services names the authority of the other (`joint_with`).
    """
    own = pack.services[case.service]
    found = models.Inspection.objects.filter(
        subject=case.application.subject, recorded_at=None, appointed_at__gt=acting.now
    ).exclude(organisation=case.organisation)
    joined: dict[UUID, models.Inspection] = {}
    for one in found.select_related("case__application").order_by("appointed_at"):
        other = directory.pack(one.case.application.pack_digest).services[one.case.service]
        named = own.inspection is not None and other.authority in own.inspection.joint_with
        names = other.inspection is not None and own.authority in other.inspection.joint_with
        if named or names:
            joined.setdefault(one.visit, one)
    return joined


def could_join(case: models.Case, pack: Pack) -> list[models.Case]:
    """Running cases of the same applicant at other authorities that want a look at the place and have none ordered yet."""
    own = pack.services[case.service]
    found = models.Case.objects.filter(
        application__subject=case.application.subject, state="accepted", inspections=None
    ).exclude(organisation=case.organisation)
    wanted = []
    for other in found.select_related("application").order_by("number"):
        service = directory.pack(other.application.pack_digest).services[other.service]
        asked = own.inspection.joint_with if own.inspection else ()
        if service.inspection is not None and (
            service.authority in asked or own.authority in service.inspection.joint_with
        ):
            wanted.append(other)
    return wanted


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether who goes is what the lot says: drawn again from the entry of the audit that fixed the pool."""

    fixed: bool
    """The entry is there, unchanged, and names this pool."""
    drawn: tuple[str, ...]
    """Who the lot says goes, replacements included."""
    holds: bool


def prove(found: models.Inspection) -> Proof:
    """Draw again. Reads only; needs nothing that is not written down."""
    entry: Any = audit.entries_of(found.case.application_id).filter(sequence=found.entry).first()
    fixed = (
        entry is not None
        and entry.hash == found.seed
        and chain.entry_hash(vars(entry)) == entry.hash
        and entry.object_id == str(found.id)
        and entry.detail["pool"] == found.pool
        and entry.detail["officers"] == found.officers
    )
    if not found.drawn:
        return Proof(fixed, tuple(found.going), fixed)
    going = list(drawing.draw(found.pool, found.seed, found.officers))
    for one in found.replaced:
        instead = drawing.next_of(found.pool, found.seed, {*going, *_replaced_before(found, one)})
        going = [instead if name == one["account"] else name for name in going]
    return Proof(fixed, tuple(going), fixed and going == found.going)


def _replaced_before(found: models.Inspection, until: dict[str, Any]) -> list[str]:
    names = []
    for one in found.replaced:
        if one is until:
            break
        names.append(one["account"])
    return names

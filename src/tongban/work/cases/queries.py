"""Reading applications for those whose they are: lists, counts, what moved last.

Who may see what is settled in `access`; nothing here goes around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Clock, State
from tongban.core.values.calendar import DueDate
from tongban.core.values.text import Bilingual
from tongban.work.cases import access, form, models

Tab = Literal["drafts", "running", "closed"]
TABS: tuple[Tab, ...] = ("drafts", "running", "closed")


@dataclass(frozen=True, slots=True)
class Row:
    """One application as lists show it."""

    id: UUID
    number: str | None
    event: str
    event_name: Bilingual | str
    name: str
    """What the applicant calls it, for example the shop's name; may be empty."""
    state: str
    """`draft`, `in_progress`, `correcting` (the applicant's turn) or `done`."""
    cases: int
    closed: int
    due: DueDate | None
    """The latest promised day of what still runs."""
    updated_at: datetime
    submitted_on: date | None
    window: Bilingual | None = None
    """Organ at whose window it was filled in; None: by the applicant."""

    @property
    def link(self) -> str:
        return f"/applications/{self.number or self.id}"


def of_tab(acting: Acting, tab: Tab) -> QuerySet[models.Application]:
    """Drafts, applications with an open case, or those whose cases are all closed; the last changed first."""
    found = access.applications(acting)
    running = Exists(models.Case.objects.filter(application=OuterRef("pk"), closed_at=None))
    match tab:
        case "drafts":
            found = found.filter(state="draft")
        case "running":
            found = found.filter(running, state="submitted")
        case "closed":
            found = found.filter(~running, state="submitted")
    return with_cases(found).order_by("-updated_at", "-pk")


def with_cases(applications: QuerySet[models.Application]) -> QuerySet[models.Application]:
    """Fetches cases and events along: a list of any length costs the same few queries."""
    return applications.select_related("filing").prefetch_related("cases__events")


def counts(acting: Acting) -> dict[Tab, int]:
    return {tab: of_tab(acting, tab).count() for tab in TABS}


def recent_for(acting: Acting, limit: int = 5) -> list[Row]:
    """What changed last, drafts and finished ones too."""
    return rows(with_cases(access.applications(acting)).order_by("-updated_at", "-pk")[:limit], acting)


def rows(applications: Iterable[models.Application], acting: Acting) -> list[Row]:
    in_force: Pack | None = None
    found = []
    for application in applications:
        if application.state == "submitted":
            pack = directory.pack(application.pack_digest)
        else:
            pack = in_force = in_force or directory.pack_in_force(acting.now)
        found.append(row(application, pack, acting.today))
    return found


def row(application: models.Application, pack: Pack, today: date) -> Row:
    cases = list(application.cases.all()) if application.state == "submitted" else []
    for case in cases:
        case.application = application
    event = pack.life_events.get(application.event)
    return Row(
        id=application.id, number=application.number, event=application.event, event_name=event.name if event else application.event,
        name=application.name, state=state_of(application, cases), cases=len(cases),
        closed=sum(c.closed_at is not None for c in cases), due=_last_promise(cases, pack, today),
        updated_at=application.updated_at, submitted_on=application.submitted_on, window=window_of(application, pack),
    )  # fmt: skip


def window_of(application: models.Application, pack: Pack) -> Bilingual | None:
    """Organ at whose window somebody filled it in; None: the applicant did."""
    filing = getattr(application, "filing", None)
    if filing is None:
        return None
    organ = pack.organisations.get(filing.organisation)
    return organ.name if organ else Bilingual(zh=filing.organisation, en=filing.organisation)


def _last_promise(cases: Iterable[models.Case], pack: Pack, today: date) -> DueDate | None:
    """The latest promised day of what still runs; None while an office has not accepted and so has promised nothing."""
    running = [c for c in cases if c.closed_at is None and c.state != State.GRANTED.value]
    promised = [form.clock_of(c, pack, today).promised for c in running]
    known = [day for day in promised if day is not None]
    return max(known, key=lambda d: d.day, default=None) if len(known) == len(running) else None


def state_of(application: models.Application, cases: Iterable[models.Case]) -> str:
    """One word for the whole: the applicant's turn comes before anything else."""
    cases = list(cases)
    if application.state != "submitted":
        return "draft"
    if any(c.state == "correcting" for c in cases):
        return "correcting"
    return "done" if all(c.closed_at is not None for c in cases) else "in_progress"


def cases_of(application: models.Application) -> list[models.Case]:
    """Its cases in the order of their numbers, with events, corrections and decisions at hand."""
    found = (
        application.cases.select_related("decision")
        .prefetch_related("events", "corrections")
        .order_by("number")
    )
    cases = list(found)
    for case in cases:
        case.application = application
    return cases


def clocks(cases: Iterable[models.Case], pack: Pack, today: date) -> dict[UUID, Clock]:
    return {case.id: form.clock_of(case, pack, today) for case in cases}


def running_by_service(services: Iterable[str]) -> dict[str, int]:
    """How many cases of each service still run on this node; services without any are left out. Numbers only."""
    running = models.Case.objects.filter(service__in=list(services), closed_at=None)
    return dict(running.values_list("service").annotate(Count("pk")))

"""Which files of which applications are due to be destroyed, when, and under which class of retention.

    application 990100-20260302-000003, layout-plan    due 2037-01-01 under ten-years

A material may serve several cases: the last of them decides. Nothing of an application is due while one of its cases
is open, has a check or a remedy to come after its decision, or is proposed to be ended. Of the pack that it was submitted under and the one in force, the class counts that keeps longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from tongban.base.directory import queries as directory
from tongban.base.files import holds
from tongban.base.files import queries as files
from tongban.base.kit.acting import Acting
from tongban.core.packs import retention
from tongban.core.packs.model_retention import RetentionClass
from tongban.core.packs.pack import Pack
from tongban.core.packs.retention import Due
from tongban.work.cases import access, models

_LEAST: Final = timedelta(days=364)
"""No class is shorter than a year: what was closed later is not looked at."""
_IN_MOTION: Final = (
    Q(closed_at=None)
    | ~Q(afterwards="")
    | Q(endings__in=models.Ending.objects.filter(carried_out_at=None, dropped_at=None))
)
"""A case in which something is still to happen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One file that is due, or will be."""

    application: models.Application
    material: str
    upload: UUID
    due: Due
    held: bool
    """A legal hold stands: it is not destroyed however long it has been due."""


def foreseen(
    acting: Acting, until: date, applications: QuerySet[models.Application] | None = None
) -> Iterator[Line]:
    """Files that are due by a day, application by application; of those given, else of this whole node."""
    for application in candidates(until, applications):
        yield from lines_of(application, acting, until)


def candidates(
    until: date, applications: QuerySet[models.Application] | None = None
) -> QuerySet[models.Application]:
    """Finished applications that still hold files and were closed long enough ago to be looked at."""
    found = models.Application.objects.all() if applications is None else applications
    end = datetime.combine(until - _LEAST, time(), ZoneInfo(settings.TIME_ZONE))
    own = {"application": OuterRef("pk")}
    return (
        found.filter(
            ~Exists(models.Case.objects.filter(_IN_MOTION, **own)),
            Exists(models.Material.objects.filter(**own, upload__in=files.living())),
            state="submitted",
        )
        .alias(closed=Max("cases__closed_at"))
        .filter(closed__lt=end)
        .prefetch_related("cases")
        .order_by("number")
    )


def lines_of(application: models.Application, acting: Acting, until: date | None = None) -> list[Line]:
    """Its files with the day each is due, the earliest first; without those that are kept for ever, or longer."""
    held = holds.stands(application.id)
    rows = application.materials.filter(upload__in=files.living()).order_by("material", "created_at")
    lines = []
    for row in rows:
        due = due_of(application, row.material, acting)
        if due is not None and (until is None or due.day <= until):
            lines.append(Line(application, row.material, row.upload, due, held))
    return sorted(lines, key=lambda line: (line.due.day, line.material))


def due_of(application: models.Application, material: str, acting: Acting) -> Due | None:
    """When the file for a material is due; None: it is kept."""
    cases = list(application.cases.all())
    if not cases or application.cases.filter(_IN_MOTION).exists():
        return None
    zone = ZoneInfo(acting.time_zone)
    asking = [case for case in cases if material in case.materials] or cases
    packs = (
        directory.pack(application.pack_digest),
        directory.pack_in_force(acting.now, application.district or None),
    )
    closed = [(case.service, case.closed_at.astimezone(zone).date()) for case in asking]
    return retention.last_due((day, _class(packs, service, day)) for service, day in closed)


def holds_of(acting: Acting) -> list[tuple[models.Application, Any]]:
    """Standing holds on applications that the one who acts may read, with their applications."""
    found = list(holds.standing().filter(root__in=access.applications(acting).values("pk")))
    by_id = models.Application.objects.in_bulk([hold.root for hold in found])
    return [(by_id[hold.root], hold) for hold in found]


def _class(packs: Iterable[Pack], service: str, closed: date) -> RetentionClass | None:
    longest: RetentionClass | None = None
    for pack in packs:
        longest = retention.longer(longest, retention.class_of(pack, service), closed)
    return longest

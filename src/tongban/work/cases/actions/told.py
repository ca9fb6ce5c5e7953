"""Days that were told while the holidays of their year were not published: kept, counted again, told again.

The State Council publishes the holidays of a year in the November before. Until then a day past the edge of the calendar is
provisional and may move. Once a pack with a calendar that knows further is in force, every open case counts by it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs import calendars
from tongban.core.packs.pack import Pack
from tongban.core.values.calendar import DueDate
from tongban.work.cases import form, models


def note(*, acting: Acting, case: models.Case) -> None:
    """Keep which days a document tells that are not certain yet. Inside the transaction that issues it."""
    pack = form.pack_of(case.application, acting)
    days = days_of(case, pack, acting)
    known_until = form.calendar_of(case.application, pack).known_until
    case.told.exclude(which__in=[name for name, due in days.items() if due.provisional]).delete()
    for name, due in days.items():
        if due.provisional:
            models.Told.objects.update_or_create(
                case=case, which=name,
                defaults={"day": due.day, "provisional": True, "known_until": known_until, "told_at": acting.now},
            )  # fmt: skip


def days_of(case: models.Case, pack: Pack, acting: Acting) -> dict[str, DueDate]:
    """What an applicant is told about the clocks of a case today, by the names of `letters.matter.DATES`."""
    clock = form.clock_of(case, pack, acting.today)
    found = {
        "promised": clock.promised, "statutory": clock.statutory, "materials": clock.materials_by,
        "correction": clock.correct_by,
    }  # fmt: skip
    return {name: due for name, due in found.items() if due is not None}


def take_up(*, application: UUID, now: datetime) -> Pack | None:
    """The pack whose calendar an application counts by from now on; None: nothing is published that knows further.

    Inside a transaction; locks the application. Doing it again changes nothing.
    """
    locked = models.Application.objects.select_for_update().get(pk=application)
    try:
        newest = directory.pack_in_force(now, locked.district or None)
    except LookupError:
        return None
    used = form.calendar_of(locked, directory.pack(locked.pack_digest))
    if calendars.work_calendar(newest).known_until <= used.known_until:
        return None
    locked.calendar_digest = newest.digest
    locked.save(update_fields=["calendar_digest"])
    return newest


def tell_again(*, acting: Acting, case: models.Case, pack: Pack) -> dict[str, Any] | None:
    """What has become of the days that this locked case was told: {old, new, moved}; None: nothing to tell.

    Days that are certain now are told even where they did not move, once.
    """
    days = days_of(case, pack, acting)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for row in case.told.order_by("which"):
        due = days.get(row.which)
        if due is None or (due.day == row.day and due.provisional):
            continue
        old[row.which] = {"day": row.day.isoformat(), "provisional": row.provisional}
        new[row.which] = {"day": due.day.isoformat(), "provisional": due.provisional}
    if not new:
        return None
    moved = any(old[name]["day"] != new[name]["day"] for name in new)
    return {"old": old, "new": new, "moved": moved}


def record(*, acting: Acting, case: models.Case, changed: dict[str, Any], document: str) -> None:
    """Write down that new days were told, and let the applicant know."""
    audit.record(
        acting=acting, action="case.redated", root=case.application_id, object_kind="case", object_id=case.id,
        detail={"old": changed["old"], "new": changed["new"], "calendar": case.application.calendar_digest},
    )  # fmt: skip
    told = {"case": str(case.id), "document": document, "moved": changed["moved"]}
    audit.send(acting=acting, kind="cases.redated", root=case.application_id, payload=told)


def waiting() -> Any:
    """Applications with an open case to which a day was told that is not certain."""
    return (
        models.Told.objects.filter(provisional=True, case__closed_at=None)
        .values_list("case__application", flat=True)
        .distinct()
        .order_by("case__application")
    )

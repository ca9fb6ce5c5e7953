"""Counting days again by a calendar that was published since they were told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import system
from tongban.work.cases import models
from tongban.work.cases.actions import papers, told


def redate(*, now: datetime) -> int:
    """Tell every applicant whose provisional days have moved or become certain; how many cases. Harmless to repeat."""
    return sum(redate_application(application=one, now=now) for one in list(told.waiting()))


def redate_application(*, application: UUID, now: datetime) -> int:
    """The same for one application, in one transaction: its calendar, its days, its documents."""
    with transaction.atomic():
        if told.take_up(application=application, now=now) is None:
            return 0
        count = 0
        cases = models.Case.objects.select_for_update().select_related("application")
        for case in cases.filter(application=application, closed_at=None).order_by("number"):
            pack = directory.pack(case.application.pack_digest)
            zone = pack.manifest.time_zone or settings.TIME_ZONE
            acting = system(now, case.place, "the holidays are published", time_zone=zone)
            changed = told.tell_again(acting=acting, case=case, pack=pack)
            if changed is None:
                continue
            document = papers.issue(
                acting=acting, case=case, kind="new-dates",
                content={"reason": "calendar-published", "old": changed["old"], "new": changed["new"]},
            )  # fmt: skip
            told.record(acting=acting, case=case, changed=changed, document=document)
            count += 1
        return count

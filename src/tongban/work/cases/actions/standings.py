"""Bringing what is kept of open cases for lists up to the day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import system
from tongban.work.cases import form, models, standing

_BATCH: Final = 500


def bring_up_to_date(*, now: datetime) -> int:
    """Work out where every case on the lists stands today; how many stood as of another day. Harmless to run at any time:
    nothing but what `standing` keeps is changed, and what somebody is working on right now is left to them."""
    today = system(now, "", "the passing of time", time_zone=settings.TIME_ZONE).today
    done, last = 0, None
    while True:
        with transaction.atomic():
            behind = models.Case.objects.filter(stands_on__lt=today).order_by("pk")
            if last is not None:
                behind = behind.filter(pk__gt=last)
            locked = behind.select_for_update(of=("self",), skip_locked=True)
            cases = list(locked.select_related("application").prefetch_related("events")[:_BATCH])
            for case in cases:
                pack = directory.pack(case.application.pack_digest)
                standing.note(case, form.history_of(case), pack, today)
            models.Case.objects.bulk_update(cases, standing.FIELDS)
        if not cases:
            return done
        done, last = done + len(cases), cases[-1].pk

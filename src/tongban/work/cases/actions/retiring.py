"""Destroying what is due, and the holds that keep it: nothing that is held, running, shared or not yet due is touched."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.files import destroying, holds
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import NotFound
from tongban.work.cases import access, models, retention

log = logging.getLogger(__name__)


def destroy_due(*, now: datetime) -> int:
    """Destroy every file of this node that is due today or earlier; how many. Harmless to run at any time.

    An application that cannot be done is left for the next day and told in the log; the others are done.
    """
    acting = system(now, settings.PLACE, "the time for keeping is over", time_zone=settings.TIME_ZONE)
    destroyed = 0
    for application in retention.candidates(acting.today).values_list("pk", flat=True):
        try:
            destroyed += destroy_due_of(acting=acting, application=application)
        except Exception:  # whatever is wrong with one record keeps that one, and no other
            log.exception("files of application %s were not destroyed", application)
    return destroyed


def destroy_due_of(*, acting: Acting, application: UUID) -> int:
    """The same for one application, looked at again under its lock."""
    with transaction.atomic():
        locked = models.Application.objects.select_for_update().get(pk=application)
        lines = [line for line in retention.lines_of(locked, acting, acting.today) if not line.held]
        at_place = acting if acting.place == locked.place else system(
            acting.now, locked.place, acting.purpose, acting.request_id, acting.time_zone
        )  # fmt: skip
        return sum(
            destroying.destroy(
                acting=at_place, upload_id=line.upload, root=locked.id,
                because={
                    "reason": "retention", "retention": line.due.under.id, "due": line.due.day.isoformat(),
                    "articles": list(line.due.under.articles),
                },
            )
            for line in lines
        )  # fmt: skip


def set_hold(*, acting: Acting, number: str, reason: str) -> models.Application:
    """Let nothing of an application be destroyed until the hold is lifted. By its number or that of one of its cases."""
    application = _application(acting, number)
    holds.place(acting=acting, root=application.id, reason=reason)
    return application


def lift_hold(*, acting: Acting, hold: UUID, reason: str) -> models.Application:
    """End a hold that one's own organ has set."""
    row = holds.standing().filter(pk=hold).first()
    if row is None or acting.role != "officer":
        raise NotFound(_("There is no such hold, or another organ has set it."))
    application = access.application(acting, row.root)
    holds.lift(acting=acting, hold=hold, reason=reason)
    return application


def _application(acting: Acting, number: str) -> models.Application:
    number = number.strip().upper()
    if acting.role != "officer":
        raise NotFound(_("There is no such application, or it is not yours to see."))
    case = access.cases(acting).filter(number=number).select_related("application").first()
    return case.application if case is not None else access.application(acting, number)

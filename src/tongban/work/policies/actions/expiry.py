"""What the passing of time does: an entitlement that nobody answered lapses, and its money goes to the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import system
from tongban.base.notices.wording import both
from tongban.work.policies import models
from tongban.work.policies.actions import events
from tongban.work.policies.states import ANSWERABLE, Event


def lapse_overdue(*, now: datetime) -> int:
    """How many lapsed now. The last day ends at 24:00 of the place. Harmless to run at any time."""
    open_states = [state.value for state in ANSWERABLE]
    latest = now.date() + timedelta(days=1)  # no place's date is further ahead
    overdue = models.Entitlement.objects.filter(state__in=open_states, confirm_by__lt=latest)
    return sum(_lapse(row.pk, now) for row in overdue.only("pk").order_by("confirm_by", "id"))


def _lapse(key: object, now: datetime) -> bool:
    with transaction.atomic():
        row = models.Entitlement.objects.select_for_update().get(pk=key)
        pack, policy = events.pack_and_policy(row)
        acting = system(now, row.place, "the passing of time", time_zone=pack.manifest.time_zone)
        answerable = row.state in [state.value for state in ANSWERABLE]
        if not answerable or row.confirm_by is None or acting.today <= row.confirm_by:
            return False
        events.add(acting=acting, row=row, event=Event.LAPSE)
        events.tell(
            acting=acting, row=row, event=Event.LAPSE,
            title=both(msg("Lapsed: %(policy)s"), policy=policy.name),
            body=both(
                msg("Nobody answered until %(day)s, so the money went back into the budget. The office can tell you what is still possible.")
                if policy.is_money
                else msg("Nobody answered until %(day)s, so it goes to the next in line. The office can tell you what is still possible."),
                day=row.confirm_by.isoformat(),
            ),
        )  # fmt: skip
    return True

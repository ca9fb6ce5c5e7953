"""Time passes: entitlements that nobody answered lapse."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tongban.work.policies.actions import expiry


@app.periodic(cron="22 * * * *")
@app.task(name="policies.let-time-act", queue="clock")
def let_time_act(timestamp: int) -> None:
    """Harmless to run at any time."""
    expiry.lapse_overdue(now=timezone.now())

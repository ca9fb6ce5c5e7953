"""Jobs of the notices: send one, send a code, find what a crash left behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongban.base.notices import addresses, queries, sending

SWEEP_AFTER = timedelta(minutes=5)


@app.task(name=sending.SEND, queue="notices")
def send(sending_id: str) -> None:
    """One attempt; the next one is a job of its own, at its time."""
    sending.send(sending_id=UUID(sending_id), now=timezone.now())


@app.task(name=addresses.SEND_CODE, queue="notices", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def send_code(address_id: str, code_at: str) -> None:
    sending.send_code(
        address_id=UUID(address_id), code_at=datetime.fromisoformat(code_at), now=timezone.now()
    )


@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.sweep", queue="clock")
def sweep(timestamp: int) -> None:
    """Send whatever a killed worker had taken and not finished. Harmless to run at any time."""
    now = timezone.now()
    for waiting in queries.overdue_sendings(now - SWEEP_AFTER, 200):
        sending.send(sending_id=waiting, now=now)

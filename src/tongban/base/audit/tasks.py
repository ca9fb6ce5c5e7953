"""Jobs of the outbox: deliver each message, find what a crash left behind, seal once a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongban.base.audit import actions, queries

SWEEP_AFTER = timedelta(minutes=2)


@app.task(name=actions.DELIVER, queue="outbox", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def deliver(message_id: str, subscriber: str) -> None:
    actions.deliver(message_id=UUID(message_id), subscriber=subscriber, now=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(name="audit.sweep", queue="clock")
def sweep(timestamp: int) -> None:
    """Deliver whatever a killed worker had taken and not finished. Harmless to run at any time."""
    now = timezone.now()
    for message, subscriber in queries.undelivered(import_string(settings.SUBSCRIPTIONS), now - SWEEP_AFTER):
        actions.deliver(message_id=message.id, subscriber=subscriber, now=now)


@app.periodic(cron="5 16 * * *")  # 00:05 in the usual time zone
@app.task(name="audit.seal", queue="clock")
def seal(timestamp: int) -> None:
    actions.seal(now=timezone.now())

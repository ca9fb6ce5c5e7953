"""Jobs: rounds go on, changes are tried, and time passes: entitlements that nobody answered lapse."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongban.work.policies.actions import expiry, rounds, rounds_job, simulations


@app.task(name=rounds.GO_ON, queue="outbox", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def go_on_with_round(round_id: str) -> None:
    """Step by step, each in a transaction of its own."""
    while rounds_job.go_on(round_=UUID(round_id), now=timezone.now()):
        pass


@app.task(name=simulations.RUN, queue="long", retry=RetryStrategy(max_attempts=3, exponential_wait=5))
def simulate(simulation: str) -> None:
    simulations.run(simulation=UUID(simulation), clock=timezone.now)


@app.periodic(cron="*/2 * * * *")
@app.task(name="policies.take-up", queue="clock")
def take_up(timestamp: int) -> None:
    """Goes on with what a worker that died has left. Harmless to run at any time."""
    for row in rounds_job.died(now=timezone.now()):
        go_on_with_round(str(row))
    for one in simulations.died(now=timezone.now()):
        simulate(str(one))


@app.periodic(cron="22 * * * *")
@app.task(name="policies.let-time-act", queue="clock")
def let_time_act(timestamp: int) -> None:
    """Harmless to run at any time."""
    expiry.lapse_overdue(now=timezone.now())

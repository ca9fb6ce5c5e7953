"""Jobs of the files: scan one, find what a crash left behind, delete what nothing refers to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from tongban.base.files import checking, destroying, queries

SWEEP_AFTER = timedelta(minutes=2)


@app.task(name=checking.SCAN, queue="files")
def scan(upload_id: str) -> None:
    """Ask once; the next attempt is a job of its own, at its time."""
    checking.scan(upload_id=UUID(upload_id), now=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(name="files.sweep-scans", queue="clock")
def sweep_scans(timestamp: int) -> None:
    """Scan whatever a killed worker had taken and not finished. Harmless to run at any time."""
    now = timezone.now()
    for waiting in queries.waiting_scans(now - SWEEP_AFTER, 200):
        checking.scan(upload_id=waiting, now=now)


@app.periodic(cron="40 18 * * *")  # 02:40 in the usual time zone
@app.task(name="files.sweep-bytes", queue="clock")
def sweep_bytes(timestamp: int) -> None:
    destroying.sweep(now=timezone.now())

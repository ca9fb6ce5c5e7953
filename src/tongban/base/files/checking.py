"""What the scanner says of files that were handed in: asked by a job after the commit, once for every file.

    unscanned --clean--> clean          unscanned --found--> infected, and every other row of the same bytes with it
    unscanned --no finding, five times--> failed             no scanner set up: exempt

A file of one person is scanned although another has handed in the same bytes: that it was known already would tell.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import actions as audit
from tongban.base.files import models, scanning, sealing, store
from tongban.base.files.scanning import Scanner, ScannerFailed, ScannerGone
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting, system

log = logging.getLogger(__name__)

SCAN: Final = "files.scan"
"""Name of the job that scans one file."""
MOST_ATTEMPTS: Final = 5
_GONE: Final = timedelta(minutes=2)
"""Until a scanner that does not answer is asked again."""


def queue(upload: models.Upload, now: datetime) -> None:
    """Let the scanner look at a new file; inside the transaction that takes it in. Without a scanner it is exempt."""
    if scanning.scanner(settings.SCANNER) is None:
        return
    upload.scan, upload.scan_next_at = "unscanned", now
    upload.save(update_fields=["scan", "scan_next_at"])
    jobs.configure_task(SCAN).defer(upload_id=str(upload.id))


def scan(*, upload_id: UUID, now: datetime) -> str:
    """Ask the scanner once, if it is due; the state afterwards. Running it again changes nothing."""
    with transaction.atomic():
        row = models.Upload.objects.select_for_update().get(pk=upload_id)
        due = row.scan_next_at is None or row.scan_next_at <= now
        if row.scan != "unscanned" or row.destroyed_at is not None or not due:
            return row.scan
        scanner = scanning.scanner(settings.SCANNER)
        if scanner is None:
            _later(row, now, "no scanner is set up any more", _GONE)
            return row.scan
        try:
            _ask(scanner, row, now)
        except ScannerGone as error:
            _later(row, now, str(error), _GONE)
        except (ScannerFailed, FileNotFoundError, sealing.Damaged, keys.NoSuchKey) as error:
            row.scan_attempts += 1
            if row.scan_attempts < MOST_ATTEMPTS:
                _later(row, now, str(error), timedelta(minutes=2 ** (row.scan_attempts - 1)))
            else:
                row.scan_problem = str(error)[:200]
                _settle(row, "failed", now)
    return row.scan


def queue_again(*, now: datetime, states: tuple[str, ...]) -> int:
    """Scan files of these states once more; those that are not blocked already are blocked until then. How many.

    For the operator: after a scanner was set up (`exempt`), mended (`failed`), or wrong about something (`infected`).
    """
    if scanning.scanner(settings.SCANNER) is None:
        raise scanning.BadScannerAddress("no scanner is set up: set TONGBAN_SCANNER first")
    with transaction.atomic():
        found = models.Upload.objects.select_for_update().filter(
            scan__in=states, destroyed_at=None, uploaded_by__isnull=False
        )
        ids = list(found.values_list("pk", flat=True))
        models.Upload.objects.filter(pk__in=ids).update(
            scan="unscanned", scan_attempts=0, scan_next_at=now, scan_problem="", malware="", scanned_at=None
        )
        for upload_id in ids:
            jobs.configure_task(SCAN).defer(upload_id=str(upload_id))
    return len(ids)


def _ask(scanner: Scanner, row: models.Upload, now: datetime) -> None:
    row.scanner = scanner.version()
    finding = scanner.scan(store.read(row.digest))
    if finding.malware is None:
        _settle(row, "clean", now)
        return
    same = models.Upload.objects.filter(address=row.address, destroyed_at=None).exclude(scan="infected")
    # whatever is locked is being scanned itself at this moment
    for other in (row, *same.exclude(pk=row.pk).select_for_update(skip_locked=True).order_by("pk")):
        other.malware, other.scanner = finding.malware, row.scanner
        _settle(other, "infected", now)


def _settle(row: models.Upload, state: str, now: datetime) -> None:
    """Note a finding and let the room hear it whose matter the file belongs to."""
    row.scan, row.scanned_at, row.scan_next_at = state, now, None
    if state != "failed":
        row.scan_problem = ""
    row.save()
    acting = _acting(now)
    audit.record(
        acting=acting, action=f"file.{state}", root=row.root or row.owner, object_kind="upload", object_id=row.id,
        detail={"digest": row.address, "scanner": row.scanner, "malware": row.malware},
    )  # fmt: skip
    audit.send(
        acting=acting, kind="files.scanned", root=row.root or row.owner, payload={"upload": str(row.id)}
    )
    if state != "clean":
        log.warning("file %s is %s: %s", row.id, state, row.malware or row.scan_problem)


def _later(row: models.Upload, now: datetime, problem: str, wait: timedelta) -> None:
    row.scan_problem, row.scan_next_at = problem[:200], now + wait
    row.save()
    log.warning("file %s could not be scanned: %s", row.id, row.scan_problem)
    jobs.configure_task(SCAN, schedule_at=row.scan_next_at).defer(upload_id=str(row.id))


def _acting(now: datetime) -> Acting:
    return system(now, settings.PLACE, "a file was scanned")

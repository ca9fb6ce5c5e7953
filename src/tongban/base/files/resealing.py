"""Bringing every file under the key in use: one at a time, so that it can be stopped and run again."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from tongban.base.files import holding, queries, sealing, store
from tongban.base.kit import keys


@dataclass(slots=True)
class Report:
    done: int = 0
    current: int = 0
    """Lay under the key in use already."""
    problems: list[str] = field(default_factory=list[str])


def reseal(*, dry_run: bool = False) -> Report:
    """Encrypt anew whatever lies under an older key, or in the form before keys had numbers."""
    report, newest = Report(), keys.ring(store.RING)[-1]
    for digest in queries.stored():
        address = store.address_of(digest)
        try:
            with transaction.atomic():
                holding.hold(address)
                if store.key_number(address) == newest:
                    report.current += 1
                    continue
                if not dry_run:
                    store.reseal(digest)
                report.done += 1
        except FileNotFoundError:
            if queries.is_stored(digest):  # else it was destroyed in the meantime
                report.problems.append(f"the file {address} is not on disk: bring it back from the backup")
        except (sealing.Damaged, keys.NoSuchKey) as error:
            report.problems.append(str(error))
    return report

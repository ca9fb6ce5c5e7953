"""Destroying a file: the bytes go, the row stays as a tombstone, the chain tells of it.

The rows are changed in one transaction and the bytes deleted after it, again under the address: a crash in between
leaves bytes that no living row refers to, and `sweep` deletes those.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.files import holding, holds, models, store
from tongban.base.kit.acting import Acting

LEFT_ALONE: Final = timedelta(hours=1)
"""Bytes younger than that may be of a transaction that is still going on."""


def destroy(*, acting: Acting, upload_id: UUID, root: UUID, because: Mapping[str, Any]) -> bool:
    """Turn a file into its tombstone, inside the transaction of an action.

    False when it was one already, or while a legal hold stands on its root record.

    `because` holds codes, days and articles, no personal value. Bytes that another living row refers to stay.
    """
    holds.hold_root(root)
    row = models.Upload.objects.select_for_update().get(pk=upload_id)
    if row.destroyed_at is not None or holds.stands(root):
        return False
    holding.hold(row.address)
    row.destroyed_at, row.destroyed_because = acting.now, dict(because)
    row.digest = row.name = row.malware = row.scan_problem = ""
    row.scan_next_at = None
    row.save()
    shared = _living(row.address)
    audit.record(
        acting=acting, action="file.destroyed", root=root, object_kind="upload", object_id=row.id,
        detail={"digest": row.address, "size": row.size, "shared": shared, **because},
    )  # fmt: skip
    if not shared:
        transaction.on_commit(lambda: _remove(row.address))
    return True


def sweep(*, now: datetime) -> int:
    """Delete bytes that no living row refers to: left by a crash, or by a transaction that failed. How many."""
    oldest = (now - LEFT_ALONE).timestamp()
    removed = sum(_remove(address) for address, written in store.lying() if written < oldest)
    for draft in store.drafts_before(oldest):
        with suppress(FileNotFoundError):
            draft.unlink()
            removed += 1
    return removed


def _remove(address: str) -> bool:
    with transaction.atomic():
        holding.hold(address)
        return not _living(address) and store.remove(address)


def _living(address: str) -> bool:
    return models.Upload.objects.filter(address=address, destroyed_at=None).exists()

"""What this room does when it hears a message: look for benefits for the subject whose matter has moved on.

Runs once per message, in a transaction of its own. Messages hold ids only; whose matter it is stands on the licence.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import system
from tongban.records.licences import queries as licences
from tongban.work.policies import evidence
from tongban.work.policies.actions import matching

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def find_for_subject(message: Message, now: datetime) -> None:
    """After a decision or the issue of a licence. A decision without a licence, or before it is issued, is left alone:
    the issue sends a message of its own."""
    decision = message.payload.get("decision")
    licence = licences.by_decision(UUID(decision)) if decision else None
    if licence is None:
        return
    zone = directory.pack_in_force(now).manifest.time_zone
    acting = system(now, message.place, evidence.PURPOSE, message.request_id, zone)
    matching.match(acting=acting, subject=licence.holder_id, cause=f"message:{message.id}")

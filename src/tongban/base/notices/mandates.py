"""Telling an agent that a mandate was given to them, and both sides that it has ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_noop as msg

from tongban.base.identity import mandates
from tongban.base.notices import actions
from tongban.base.notices.wording import both

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def tell_of_mandate(message: Message, now: datetime) -> None:
    """The agent hears for whom they may act from now on, and until when."""
    found = mandates.mandate(UUID(message.payload["mandate"]))
    last = localdate(found.valid_to - timedelta(seconds=1)).isoformat() if found.valid_to else ""
    actions.tell(
        subject=found.agent_id, cause=f"mandate:{found.id}",
        title=both(msg("You may act for %(name)s"), name=found.principal.name),
        body=both(msg("You have a mandate until %(day)s. Choose under “My account” for whom you act."), day=last),
        link="/me", now=now,
    )  # fmt: skip


def tell_of_revocation(message: Message, now: datetime) -> None:
    """Both sides hear that it has ended."""
    found = mandates.mandate(UUID(message.payload["mandate"]))
    for subject in {found.agent_id, found.principal_id}:
        actions.tell(
            subject=subject, cause=f"mandate:{found.id}:revoked",
            title=both(msg("A mandate has ended: %(agent)s for %(name)s"), agent=found.agent.name, name=found.principal.name),
            body=both(msg("It was revoked and allows nothing any more. What was submitted stays.")),
            link="/me", now=now,
        )  # fmt: skip

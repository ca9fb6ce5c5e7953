"""What this room does when something that was granted has ended: its licence ends with it, and its holder is told.

Each function runs once per message, in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import system
from tongban.base.notices.wording import both
from tongban.records.licences import actions as licences
from tongban.records.licences import queries as licence_queries
from tongban.work.cases import hearing, models
from tongban.work.cases.grounds import GROUNDS

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def end_licence(message: Message, now: datetime) -> None:
    """Revoke the licence that the decision had issued, with the ground as the reason. Nothing where none was issued."""
    ending = models.Ending.objects.select_related("case").get(pk=message.payload["ending"])
    licence = licence_queries.by_decision(UUID(message.payload["decision"]))
    if licence is None or licence.status == "revoked":
        return
    acting = system(now, ending.case.place, "the end of what was granted", message.request_id)
    ground = both(GROUNDS[ending.ground].label)
    licences.revoke(
        acting=acting, licence=licence.id, reason=f"{ground.zh} · {ending.document}", version=licence.version
    )


def tell_of_readmission(message: Message, now: datetime) -> None:
    """An exclusion from commitments was lifted."""
    case = models.Case.objects.select_related("application").get(pk=message.payload["case"])
    hearing.tell(
        case.application, f"readmitted:{case.id}", now,
        both(msg("You may promise again")),
        both(msg("Your record is repaired: what can be decided on commitment can be decided so for you again (case %(number)s)."),
             number=case.number),
    )  # fmt: skip

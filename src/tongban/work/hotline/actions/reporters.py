"""Opening who reported a secret ticket. Each time is in the audit, with its reason."""

from __future__ import annotations

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.work.hotline import access, models, redaction
from tongban.work.hotline.actions import events


def open_identity(*, acting: Acting, number: str, reason: str) -> models.Reporter:
    """Who reported a ticket, for a clerk of the hotline who says what for. The entry commits before it is shown.

    The reason becomes the purpose of the entry; what looks like a person's name or number in it is taken out first.
    """
    with transaction.atomic():
        ticket = access.hotline_ticket(acting, number)
        said = events.require_words("reason", reason, longest=100)
        reporter = ticket.reporter
        purpose = redaction.withheld(said, name=reporter.name, phone=reporter.phone)
        audit.record(
            acting=acting.because(purpose), action="reporter.opened", root=ticket.id, object_kind="ticket", object_id=ticket.id,
            detail={"secret": reporter.secret},
        )  # fmt: skip
    return reporter

"""What this room tells applicants and holders while their time runs: a correction that is due, a hearing, new days.

Each function runs once per message, in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as msg

from tongban.base.directory import queries as directory
from tongban.base.notices.wording import both
from tongban.work.cases import hearing, models

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def tell_of_due_correction(message: Message, now: datetime) -> None:
    """A correction notice is still to be answered, and its last day comes near."""
    case, service = _case(message)
    hearing.tell(
        case.application, f"correction-due:{case.id}", now,
        both(msg("Still to correct: %(service)s"), service=service),
        both(msg("Case %(number)s waits for your corrections until %(day)s. Later it counts as taken back."),
             number=case.number, day=message.payload["day"]),
        link=f"/cases/{case.number}/correct",
    )  # fmt: skip


def tell_of_hearing(message: Message, now: datetime) -> None:
    """Day and place of a hearing are fixed."""
    case, service = _case(message)
    hearing.tell(
        case.application, f"hearing:{message.payload['document']}", now,
        both(msg("The hearing has a day: %(service)s"), service=service),
        both(msg("The notice says when and where the hearing in case %(number)s is held."), number=case.number),
        link=f"/cases/{case.number}/heard", document=message.payload["document"],
    )  # fmt: skip


def tell_of_new_dates(message: Message, now: datetime) -> None:
    """Days that were provisional have become certain, or others."""
    case, service = _case(message)
    title = (
        msg("Other days: %(service)s")
        if message.payload["moved"]
        else msg("The days are certain: %(service)s")
    )
    hearing.tell(
        case.application, f"redated:{message.payload['document']}", now,
        both(title, service=service),
        both(msg("The holidays of the year are published now. The document says which days hold for case %(number)s."),
             number=case.number),
        document=message.payload["document"],
    )  # fmt: skip


def _case(message: Message) -> tuple[models.Case, object]:
    case = models.Case.objects.select_related("application").get(pk=message.payload["case"])
    return case, directory.pack(case.application.pack_digest).services[case.service].name

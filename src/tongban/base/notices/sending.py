"""Notices on their way out of the portal: one row for each notice and channel, sent once, tried again, given up.

A mail server that takes a message and dies before it says so is asked again: then the same Message-ID comes twice. For
everything else the row, locked while it is sent, makes a second run of the job do nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from procrastinate.contrib.django import app as jobs

from tongban.base.files import queries as files
from tongban.base.kit.text import in_language
from tongban.base.notices import addresses, channels, inbox, models, queries
from tongban.base.notices.channels import Outgoing, Refused, TryLater
from tongban.base.notices.wording import both

log = logging.getLogger(__name__)

SEND: Final = "notices.send"
"""Name of the job that sends one notice through one channel."""
MOST_ATTEMPTS: Final = 10
WAITS_FOR_PDF: Final = 3
"""Attempts after which a mail goes without the document that was wanted in it; its link is there anyway."""
UNREACHABLE: Final = {
    "mail": msg("We could not reach you by e-mail"),
    "sms": msg("We could not reach you by text message"),
}


def queue(notice: models.Notice, now: datetime, *, without: str = "") -> None:
    """A row and a job for every confirmed address of the subject; inside the transaction that tells it."""
    for address in models.Address.objects.filter(subject=notice.subject, failed_at=None).exclude(
        confirmed_at=None
    ):
        if address.channel == without or address.channel not in channels.offered():
            continue
        sending = models.Sending.objects.create(
            notice=notice, channel=address.channel, address=address, next_at=now, created_at=now
        )
        jobs.configure_task(SEND).defer(sending_id=str(sending.id))


def send(*, sending_id: UUID, now: datetime) -> str:
    """Try once, if it is due; the state afterwards. Running it again changes nothing."""
    with transaction.atomic():
        row = models.Sending.objects.select_for_update().get(pk=sending_id)
        if row.state != "waiting" or row.next_at > now:
            return row.state
        address = row.address
        if address is None or address.confirmed_at is None or address.failed_at is not None:
            _end(row, "dropped", now)
            return row.state
        row.attempts += 1
        try:
            channels.channel(row.channel).send(_message(row, address))
        except Refused as refusal:
            row.problem = str(refusal)[:200]
            _give_up(row, address, now, of_address=refusal.of_address)
        except TryLater as refusal:
            _later(row, address, now, str(refusal))
        except Exception as error:  # whatever a city's own channel raises: told and tried again, never lost
            log.exception("the channel %s broke", row.channel)
            _later(row, address, now, type(error).__name__)
        else:
            row.problem = ""
            _end(row, "sent", now)
    return row.state


def send_code(*, address_id: UUID, code_at: datetime, now: datetime) -> bool:
    """Send the code in force, once. False when it left before, is too old, or another one was asked for.

    Raises TryLater for the queue; a refusal is written to the row and shown on the page.
    """
    with transaction.atomic():
        row = models.Address.objects.select_for_update().filter(pk=address_id, code_at=code_at).first()
        if row is None or row.code_out_at is not None or now - row.code_at > addresses.LASTS:
            return False
        with translation.override(row.language):
            code = {"code": addresses.code_of(row), "minutes": int(addresses.LASTS.total_seconds() // 60)}
            message = Outgoing(
                to=row.address,
                subject=_("Your code"),
                text=_("%(code)s is the code for this address. It counts for %(minutes)s minutes. If you did not ask for it, do nothing.")
                % code,
                key=f"{row.id}.{int(row.code_at.timestamp())}",
            )  # fmt: skip
        try:
            channels.channel(row.channel).send(message)
        except Refused as refusal:
            log.warning("a code could not be delivered by %s: %s", row.channel, refusal)
            row.failed_at = now
        row.code_out_at = now
        row.save(update_fields=["code_out_at", "failed_at"])
    return True


def _message(row: models.Sending, address: models.Address) -> Outgoing:
    """What it is about and where to read it: nothing of the matter itself leaves the portal unless it was asked for."""
    notice = row.notice
    with translation.override(address.language):
        title = in_language({"zh": notice.title_zh, "en": notice.title_en}, address.language)
        link = f"{settings.SITE}{notice.link or '/inbox'}"
        if row.channel == "sms":
            return Outgoing(address.address, title, f"{title} {link}", str(row.id))
        attachments = _attached(row, address)
        parts = (
            title,
            _("Read it after signing in: %(link)s") % {"link": link},
            _("The document is attached.") if attachments else "",
            _("You get this mail because you asked for it. Change it here: %(link)s")
            % {"link": f"{settings.SITE}/me/notices"},
            _("We never ask for a password or a payment by mail."),
        )
        text = "\n\n".join(part for part in parts if part) + "\n"
    return Outgoing(address.address, title, text, str(row.id), attachments)


def _attached(row: models.Sending, address: models.Address) -> tuple[tuple[str, bytes], ...]:
    document = queries.document(row.notice.document) if row.notice.document else None
    if not address.with_documents or document is None:
        return ()
    edition = queries.editions_of(document).get(address.language)
    if edition is None:
        if row.attempts >= WAITS_FOR_PDF:
            return ()
        raise TryLater("the document is not there as a file yet")
    upload = files.upload(edition.file)
    return ((upload.name, files.content(upload)),)


def _later(row: models.Sending, address: models.Address, now: datetime, problem: str) -> None:
    row.problem = problem[:200]
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(row, address, now, of_address=False)
        return
    row.next_at = now + timedelta(minutes=2 ** (row.attempts - 1))
    row.save()
    log.warning("notice %s by %s: attempt %d: %s", row.notice_id, row.channel, row.attempts, row.problem)
    jobs.configure_task(SEND, schedule_at=row.next_at).defer(sending_id=str(row.id))


def _give_up(row: models.Sending, address: models.Address, now: datetime, *, of_address: bool) -> None:
    """The person finds it in the inbox, told there why it came no other way; the operator in the log and the list."""
    _end(row, "given-up", now)
    log.error(
        "notice %s by %s was given up after %d attempts: %s",
        row.notice_id, row.channel, row.attempts, row.problem,
    )  # fmt: skip
    if of_address:
        address.failed_at = now
        address.save(update_fields=["failed_at"])
    notice = row.notice
    told, new = inbox.put(
        subject=notice.subject, cause=f"unreachable:{address.id}:{address.confirmed_at:%Y%m%d%H%M%S}",
        title=both(UNREACHABLE[row.channel]),
        body=both(
            msg("The address you gave does not take our messages, so nothing more is sent there. Everything is in this inbox; check the address."),
        )
        if of_address
        else both(msg("The last message could not be delivered. Everything is in this inbox; check the address if it goes on.")),
        link="/me/notices", now=now,
    )  # fmt: skip
    if new:
        queue(told, now, without=row.channel)


def _end(row: models.Sending, state: str, now: datetime) -> None:
    row.state, row.ended_at = state, now
    row.save()

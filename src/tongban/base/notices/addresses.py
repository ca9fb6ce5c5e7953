"""Where a subject wants to be told besides the portal: set, confirmed by a code, taken away."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import actions as audit
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices import channels, models

SEND_CODE: Final = "notices.send-code"
"""Name of the job that sends one code."""
LASTS: Final = timedelta(minutes=15)
PAUSE: Final = timedelta(minutes=1)
"""Between two codes."""
MOST_CODES: Final = 6
"""Within a day, so that nobody's mailbox is flooded through this page."""
MOST_TRIES: Final = 5


def set_address(
    *, acting: Acting, channel: str, address: str, language: str, with_documents: bool = False
) -> models.Address:
    """Keep an address and send a code there; the same confirmed address only takes over what else is wanted.

    Raises `Invalid` for what cannot be an address, `NotNow` when too many codes were asked for.
    """
    subject, account = _who(acting)
    address = _as_kept(channel, address)
    if channel not in channels.offered() or not channels.well_formed(channel, address):
        raise Invalid(_("The address needs another look."), fields={channel: _wrong(channel)})
    with transaction.atomic():
        row = models.Address.objects.select_for_update().filter(subject=subject, channel=channel).first()
        if row is None:
            row = models.Address(subject=subject, channel=channel, codes=0, codes_from=acting.now)
        known = row.address == address and row.confirmed_at is not None and row.failed_at is None
        row.address, row.language, row.with_documents = (
            address,
            language,
            with_documents and channel == "mail",
        )
        row.set_by, row.set_at = account, acting.now
        if known:
            row.save()
        else:
            row.confirmed_at = row.failed_at = None
            _new_code(acting, row)
        _audit(acting, "address.set", row)
    return row


def ask_again(*, acting: Acting, channel: str) -> models.Address:
    """Send another code. The one before no longer counts."""
    with transaction.atomic():
        row = _own(acting, channel)
        if row.confirmed_at is not None and row.failed_at is None:
            raise NotNow(_("This address is confirmed already."))
        _new_code(acting, row)
    return row


def confirm(*, acting: Acting, channel: str, code: str) -> models.Address:
    """Raises `Invalid` for a wrong or an old code; a wrong one counts, and after five of them a new one is needed."""
    with transaction.atomic():
        row = _own(acting, channel)
        if row.confirmed_at is not None and row.failed_at is None:
            return row
        problem = _problem(acting, row, "".join(code.split()))
        if not problem:
            row.confirmed_at, row.failed_at = acting.now, None
            row.save(update_fields=["confirmed_at", "failed_at"])
            _audit(acting, "address.confirmed", row)
    if problem:
        raise Invalid(problem, fields={"code": problem})
    return row


def remove(*, acting: Acting, channel: str) -> None:
    """Nothing more is sent there, what is on its way included. Removing it again changes nothing."""
    subject, _account = _who(acting)
    with transaction.atomic():
        row = models.Address.objects.select_for_update().filter(subject=subject, channel=channel).first()
        if row is not None:
            _audit(acting, "address.removed", row)
            row.delete()


def code_of(row: models.Address) -> str:
    """Six digits out of this node's key, the address and the moment it was asked for; they stand nowhere."""
    text = f"{row.id}|{row.channel}|{row.address}|{row.code_at.isoformat()}"
    number = int.from_bytes(hmac.new(keys.secret("codes"), text.encode(), hashlib.sha256).digest()[:8], "big")
    return f"{number % 1_000_000:06d}"


def _new_code(acting: Acting, row: models.Address) -> None:
    """Saves the row; its job goes out with this transaction."""
    if acting.now - row.codes_from >= timedelta(days=1):
        row.codes, row.codes_from = 0, acting.now
    if row.codes and acting.now - row.code_at < PAUSE:
        raise NotNow(_("A code was sent a moment ago. Wait a minute before you ask for another one."))
    if row.codes >= MOST_CODES:
        raise NotNow(_("Too many codes were asked for today. Try again tomorrow."))
    row.code_at, row.code_out_at, row.codes, row.tries = acting.now, None, row.codes + 1, 0
    row.save()
    jobs.configure_task(SEND_CODE).defer(address_id=str(row.id), code_at=row.code_at.isoformat())


def _problem(acting: Acting, row: models.Address, code: str) -> str:
    if row.tries >= MOST_TRIES:
        return _("Too many wrong codes. Ask for a new one.")
    if _is_old(row, acting.now):
        return _("This code is too old. Ask for a new one.")
    if not hmac.compare_digest(code.encode(), code_of(row).encode()):
        row.tries += 1
        row.save(update_fields=["tries"])
        return _("This is not the code that was sent. Look at it again.")
    return ""


def _is_old(row: models.Address, now: datetime) -> bool:
    return now - row.code_at > LASTS


def _own(acting: Acting, channel: str) -> models.Address:
    subject, _account = _who(acting)
    row = models.Address.objects.select_for_update().filter(subject=subject, channel=channel).first()
    if row is None:
        raise NotFound(_("There is no such address."))
    return row


def _who(acting: Acting) -> tuple[UUID, UUID]:
    """(subject, account). Only whoever acts for a subject may say where it is told."""
    if acting.role != "applicant" or acting.principal is None or acting.actor is None:
        raise NotFound(_("There is no such address."))
    return acting.principal, acting.actor


def _as_kept(channel: str, address: str) -> str:
    text = "".join(c for c in address.strip() if c.isprintable())
    return "".join(c for c in text if c not in " -()") if channel == "sms" else text


def _wrong(channel: str) -> str:
    if channel not in channels.offered():
        return _("This office does not send messages this way.")
    if channel == "sms":
        return _("Give a mobile number, for example 13812345678 or +85291234567.")
    return _("Give an e-mail address, for example li@example.com.")


def _audit(acting: Acting, action: str, row: models.Address) -> None:
    audit.record(
        acting=acting, action=action, root=row.subject, object_kind="address", object_id=row.id,
        detail={"channel": row.channel, "address": keys.keyed_digest(row.address), "documents": row.with_documents},
    )  # fmt: skip

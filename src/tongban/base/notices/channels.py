"""Ways to reach a person outside the portal: mail through Django's backend, SMS behind an interface.

    TONGBAN_MAIL=smtp+tls://user:password@mail.city.example:587     TONGBAN_MAIL_FROM="通办 <no-reply@city.example>"
    TONGBAN_SMS=file:/var/spool/tongban/sms                         or console, or package.module:Class of your own

A class of your own takes no argument and has `send(message: Outgoing) -> None`; it raises what is named here and nothing
else, and gives `message.key` to its provider, so that the same message counts once there too.

    Exception
    ├── TryLater   it may work later: no connection, a busy server, a wrong password of ours
    └── Refused    it never will: no such address (`of_address`), or a message that the other side does not take
"""

from __future__ import annotations

import json
import re
import smtplib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.module_loading import import_string

CHANNELS: Final = ("mail", "sms")
NO_SUCH_ADDRESS: Final = (550, 551, 553)
"""Answers of RFC 5321 to a recipient that speak of the address itself."""
_MOBILE: Final = re.compile(r"1[3-9]\d{9}|\+[1-9]\d{6,14}")
_AT: Final = re.compile(r"[^\s<>]+@[^\s<>]+")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address."""

    to: str
    subject: str
    text: str
    """Plain text."""
    key: str
    """The same for every attempt at the same message."""
    attachments: tuple[tuple[str, bytes], ...] = ()
    """(name, PDF)."""


class TryLater(Exception):
    """The other side could not take it now."""


class Refused(Exception):
    """The other side will not take it. `of_address`: because there is no such address."""

    def __init__(self, reason: str, *, of_address: bool) -> None:
        super().__init__(reason)
        self.of_address = of_address


class Channel(Protocol):
    """What a way of sending has to be able to do."""

    def send(self, message: Outgoing) -> None: ...


def offered() -> tuple[str, ...]:
    """The channels that this node is set up for."""
    return tuple(name for name, setting in (("mail", settings.MAIL), ("sms", settings.SMS)) if setting)


def channel(name: str) -> Channel:
    """Raises TryLater for a channel that this node is not set up for (any more)."""
    if name not in offered():
        raise TryLater(f"this node has no {name} set up")
    if name == "mail":
        return Mail()
    kind, _colon, rest = settings.SMS.partition(":")
    if kind == "console":
        return Console()
    if kind == "file":
        return Folder(Path(rest))
    return import_string(settings.SMS.replace(":", "."))()


def well_formed(name: str, address: str) -> bool:
    """Whether it can be an address of this channel at all."""
    if name == "sms":
        return _MOBILE.fullmatch(address) is not None
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 254 and address.isascii()


class Mail:
    """Through the mail server of the settings."""

    def send(self, message: Outgoing) -> None:
        mail = EmailMessage(
            subject=one_line(message.subject), body=message.text, to=[message.to],
            headers={"Message-ID": f"<{message.key}@{_domain()}>", "Auto-Submitted": "auto-generated"},
            attachments=[(name, data, "application/pdf") for name, data in message.attachments],
        )  # fmt: skip
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            _raise(code, said, of_address=code in NO_SUCH_ADDRESS)
        except (
            smtplib.SMTPAuthenticationError,
            smtplib.SMTPSenderRefused,
            smtplib.SMTPConnectError,
        ) as error:
            raise TryLater(
                _told(error.smtp_code, error.smtp_error)
            ) from error  # ours to mend, not the person's
        except smtplib.SMTPResponseException as error:
            _raise(error.smtp_code, error.smtp_error, of_address=False)
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(_without_addresses(f"{type(error).__name__}: {error}")) from error


class Console:
    """Development: a text message on the terminal of the worker."""

    def send(self, message: Outgoing) -> None:
        sys.stderr.write(f"SMS to {message.to}: {message.text}\n")


class Folder:
    """Development and tests: one JSON file for each message, named by its key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Outgoing) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f".{message.key}.new"
            draft.write_text(json.dumps({"to": message.to, "text": message.text}, ensure_ascii=False))
            draft.replace(self.folder / f"{message.key}.json")
        except OSError as error:
            raise TryLater(f"{type(error).__name__}: {error.strerror}") from error


def one_line(text: str) -> str:
    """Words for a header: no line break or other control character gets into it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _raise(code: int, said: Any, *, of_address: bool) -> None:
    if 400 <= code < 500:
        raise TryLater(_told(code, said))
    raise Refused(_told(code, said), of_address=of_address)


def _told(code: int, said: Any) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return _without_addresses(f"{code} {text}")


def _without_addresses(text: str) -> str:
    """What a server says may repeat the address; a log and a list of failures need not."""
    return one_line(_AT.sub("…", text))[:200]


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">").strip() or "localhost"

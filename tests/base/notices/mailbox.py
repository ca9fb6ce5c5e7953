"""A real mail server inside the test process: it keeps what it takes, and answers as a test tells it to."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """A handler of aiosmtpd. `to_recipient` and `to_data` are answers given instead of taking the mail."""

    to_recipient: str = ""
    to_data: str = ""
    seconds: float = 0
    asked: int = 0
    """How often somebody came with a recipient."""
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.to_data:
            return self.to_data
        time.sleep(self.seconds)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, parsed))
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for _sender, _to, mail in self.taken]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.DEFAULT_FROM_EMAIL = "通办 <no-reply@city.example>"
    settings.SITE = "https://city.example"
    yield box
    controller.stop()

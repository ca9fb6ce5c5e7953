"""What an operator sees of mails and text messages: `tongban notice status` and the doctor's knock at the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from tests.base.notices.mailbox import Mailbox
from tests.base.notices.test_sending import LATER, address, clock, sending_of, tell  # noqa: F401  (a fixture)
from tests.factories.fixtures import City

from tongban.base.notices import commands, sending
from tongban.doors.cli import doctor


def status(*options: str) -> Any:
    return CliRunner().invoke(commands.notice, ["status", *options])


def test_a_node_without_channels_says_what_to_set(db: None) -> None:
    found = status()
    assert found.exit_code == 0
    assert "Set TONGBAN_MAIL or TONGBAN_SMS." in found.output


def test_what_was_given_up_is_listed_with_its_reason_and_without_the_address(
    city: City, mailbox: Mailbox
) -> None:
    address(city)
    sending.send(sending_id=sending_of(tell(city)).id, now=LATER)
    row = sending_of(tell(city, cause="case:2:accepted"))
    mailbox.to_recipient = "550 <li@example.com> is unknown"
    sending.send(sending_id=row.id, now=LATER)
    found = status()
    assert found.exit_code == 0
    assert "GIVEN-UP  mail after 1 attempts: 550" in found.output
    assert "li@example.com" not in found.output
    told = json.loads(status("--json").output)
    assert {(c["state"], c["count"]) for c in told["counts"]} == {("sent", 1), ("given-up", 1)}
    assert [t["id"] for t in told["troubled"]] == [str(row.id)]
    assert told["stuck"] == []


def test_a_channel_that_never_delivered_anything_ends_with_exit_1(city: City, mailbox: Mailbox) -> None:
    address(city)
    mailbox.to_data = "451 not now"
    sending.send(sending_id=sending_of(tell(city)).id, now=LATER)
    found = status()
    assert found.exit_code == 1
    assert "WAITING   mail after 1 attempts: 451 not now, next attempt 2026-03-02 04:02 UTC" in found.output
    assert "Nothing was ever delivered by mail" in found.output
    assert json.loads(status("--json").output)["stuck"] == ["mail"]


def test_the_doctor_knocks_at_the_mail_server_and_sends_nothing(
    mailbox: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGBAN_MAIL", settings.MAIL)
    assert doctor._mail() == ("Mail", True, f"127.0.0.1:{settings.EMAIL_PORT} answers")
    assert mailbox.asked == 0


@pytest.mark.parametrize(
    ("given", "good", "said"),
    [
        ("", None, "docs/guide/mail.md says how to set it up"),
        ("file:/tmp/mails", True, "for development"),
        ("mail.city.example", False, "TONGBAN_MAIL cannot be read"),
        ("smtp://127.0.0.1:1", False, "does not answer as it should"),
    ],
)
def test_the_doctor_says_what_is_wrong_with_the_mail(
    monkeypatch: pytest.MonkeyPatch, given: str, good: bool | None, said: str
) -> None:
    monkeypatch.setenv("TONGBAN_MAIL", given)
    _name, found, text = doctor._mail()
    assert found is good
    assert said in text

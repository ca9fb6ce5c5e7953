"""Notices beside the portal: to confirmed addresses only, once, again when the server is busy, given up when it refuses."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.base.notices.mailbox import Mailbox
from tests.factories.fixtures import NOON, City

from tongban.base.notices import actions, addresses, channels, models, queries, sending, tasks
from tongban.core.values.text import Bilingual

LATER = NOON + timedelta(minutes=1)
TITLE = Bilingual("已受理：食品经营许可", "Accepted: food business permit")


def address(
    city: City,
    *,
    channel: str = "mail",
    to: str = "li@example.com",
    language: str = "zh-hans",
    documents: bool = False,
) -> models.Address:
    """A confirmed one of the demo resident."""
    acting: Any = city.acting("demo-lin")
    row = addresses.set_address(
        acting=acting, channel=channel, address=to, language=language, with_documents=documents
    )
    return addresses.confirm(acting=acting, channel=channel, code=addresses.code_of(row))


def tell(
    city: City, *, title: Bilingual = TITLE, cause: str = "case:1:accepted", document: str = ""
) -> models.Notice:
    acting: Any = city.acting("demo-lin")
    return actions.tell(
        subject=acting.principal, cause=cause, title=title, body=Bilingual("办件 42 的秘密", "The secret of case 42"),
        link="/applications/42", document=document, now=NOON,
    )  # fmt: skip


def sending_of(notice: models.Notice) -> models.Sending:
    return notice.sendings.get()


def jobs(task: str) -> list[Any]:
    return list(ProcrastinateJob.objects.filter(task_name=task).order_by("id"))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [LATER]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    return now


def test_it_is_delivered_once_even_when_the_job_runs_twice(city: City, mailbox: Mailbox) -> None:
    address(city)
    notice = tell(city)
    (job,) = jobs(sending.SEND)
    for _ in range(2):
        tasks.send(**job.args)
    assert [to for _sender, to, _mail in mailbox.taken] == [["li@example.com"]]
    row = sending_of(notice)
    assert (row.state, row.attempts, row.ended_at) == ("sent", 1, LATER)
    tell(city)  # told again: the cause is known
    assert len(jobs(sending.SEND)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_job_send_it_once(lasting_city: City, mailbox: Mailbox) -> None:
    mailbox.seconds = 0.5
    address(lasting_city)
    row = sending_of(tell(lasting_city))

    def work() -> None:
        sending.send(sending_id=row.id, now=LATER)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox.taken) == 1


def test_the_mail_says_what_it_is_about_and_where_and_nothing_of_the_matter(
    city: City, mailbox: Mailbox
) -> None:
    address(city)
    row = sending_of(tell(city))
    sending.send(sending_id=row.id, now=LATER)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "已受理：食品经营许可"
    assert mail["From"] == "通办 <no-reply@city.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{row.id}@city.example>"
    body = mail.get_content()
    assert "https://city.example/applications/42" in body
    assert "https://city.example/me/notices" in body
    assert "秘密" not in mail.as_string()
    assert not list(mail.iter_attachments())
    person = city.account("demo-lin").person  # type: ignore[attr-defined]
    for personal in (person.name, person.identifier, person.phone):
        assert not personal or personal not in body


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("en", "Accepted: food business permit", "Read it after signing in"),
        ("zh-hant", "已受理：食品經營許可", "登錄後查看"),
    ],
)
def test_it_is_written_in_the_language_of_the_person(
    city: City, mailbox: Mailbox, language: str, subject: str, said: str
) -> None:
    address(city, language=language)
    sending.send(sending_id=sending_of(tell(city)).id, now=LATER)
    (mail,) = mailbox.mails
    assert mail["Subject"] == subject
    assert said in mail.get_content()


def test_a_busy_server_is_asked_again_later_and_later(
    city: City, mailbox: Mailbox, clock: list[datetime]
) -> None:
    address(city)
    notice = tell(city)
    mailbox.to_recipient = "451 busy, <li@example.com> try later"
    tasks.send(**jobs(sending.SEND)[-1].args)
    row = sending_of(notice)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert "451" in row.problem
    assert "li@example.com" not in row.problem
    tasks.send(**jobs(sending.SEND)[-1].args)  # not due yet
    assert mailbox.asked == 1
    waits = []
    for _ in range(3):
        again = jobs(sending.SEND)[-1]
        assert again.scheduled_at == row.next_at
        waits.append(row.next_at - clock[0])
        clock[0] = row.next_at
        tasks.send(**again.args)
        row.refresh_from_db()
    assert waits == [timedelta(minutes=n) for n in (1, 2, 4)]
    mailbox.to_recipient = ""
    clock[0] = row.next_at
    tasks.send(**jobs(sending.SEND)[-1].args)
    row.refresh_from_db()
    assert (row.state, row.problem, len(mailbox.taken)) == ("sent", "", 1)


def test_a_server_that_is_busy_for_ever_is_given_up_and_the_person_is_told_once(
    city: City, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    address(city)
    row = sending_of(tell(city))
    mailbox.to_data = "451 not now"
    for _ in range(sending.MOST_ATTEMPTS + 2):
        sending.send(sending_id=row.id, now=row.next_at)
        row.refresh_from_db()
    assert (row.state, row.attempts) == ("given-up", sending.MOST_ATTEMPTS)
    assert "was given up after 10 attempts" in caplog.text
    assert "li@example.com" not in caplog.text
    acting: Any = city.acting("demo-lin")
    assert [n.title_en for n in queries.inbox(acting)].count("We could not reach you by e-mail") == 1
    assert queries.failures(acting).get() == row
    assert (
        models.Address.objects.get().failed_at is None
    )  # the address is not at fault: the next notice goes out


def test_an_address_that_does_not_exist_is_given_up_at_once_and_used_no_more(
    city: City, mailbox: Mailbox
) -> None:
    address(city)
    row, other = sending_of(tell(city)), sending_of(tell(city, cause="case:2:accepted"))
    mailbox.to_recipient = "550 no such user here"
    assert sending.send(sending_id=row.id, now=LATER) == "given-up"
    acting: Any = city.acting("demo-lin")
    (told,) = (n for n in queries.inbox(acting) if "reach you" in n.title_en)
    assert "does not take our messages" in told.body_en
    assert not told.sendings.exists()  # nothing about a broken mailbox goes to that mailbox
    assert sending.send(sending_id=other.id, now=LATER) == "dropped"
    assert not tell(city, cause="case:3:accepted").sendings.exists()
    assert mailbox.asked == 1
    mailbox.to_recipient = ""
    again: Any = city.acting("demo-lin", now=NOON + timedelta(hours=1))
    fresh = addresses.set_address(acting=again, channel="mail", address="li@example.com", language="en")
    assert fresh.confirmed_at is None
    addresses.confirm(acting=again, channel="mail", code=addresses.code_of(fresh))
    assert tell(city, cause="case:4:accepted").sendings.exists()


def test_a_mail_that_is_refused_for_what_it_says_does_not_blame_the_address(
    city: City, mailbox: Mailbox
) -> None:
    address(city)
    row = sending_of(tell(city))
    mailbox.to_data = "554 looks like spam"
    assert sending.send(sending_id=row.id, now=LATER) == "given-up"
    assert models.Address.objects.get().failed_at is None


def test_no_server_at_all_is_tried_again(city: City, mailbox: Mailbox, settings: Any) -> None:
    address(city)
    row = sending_of(tell(city))
    settings.EMAIL_PORT = 1
    assert sending.send(sending_id=row.id, now=LATER) == "waiting"
    row.refresh_from_db()
    assert "ConnectionRefusedError" in row.problem


@pytest.mark.parametrize(
    "evil", ["Accepted\r\nBcc: spy@example.com\r\n\r\nhello", "x\ny", "a\u2028Bcc: b@c.d"]
)
def test_nothing_gets_into_the_headers(city: City, mailbox: Mailbox, evil: str) -> None:
    address(city, language="en")
    sending.send(sending_id=sending_of(tell(city, title=Bilingual("题", evil))).id, now=LATER)
    ((_sender, to, mail),) = mailbox.taken
    assert to == ["li@example.com"]
    assert mail["Bcc"] is None
    assert mail["Subject"] == " ".join(evil.split())


@pytest.mark.parametrize(
    "bad",
    ["li@example.com\nBcc: spy@example.com", "li@example.com, spy@example.com", "<li@example.com>", "li", "@", "李@例子.中国", "a" * 250 + "@example.com", ""],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(city: City, mailbox: Mailbox, bad: str) -> None:
    acting: Any = city.acting("demo-lin")
    from tongban.base.kit.refusals import Invalid

    with pytest.raises(Invalid):
        addresses.set_address(acting=acting, channel="mail", address=bad, language="en")
    assert not models.Address.objects.exists()


def test_a_notice_that_is_rolled_back_sends_nothing(city: City, mailbox: Mailbox) -> None:
    address(city)
    with transaction.atomic():
        tell(city)
        transaction.set_rollback(True)
    assert jobs(sending.SEND) == []


def test_a_notice_goes_only_to_addresses_that_are_confirmed_and_of_this_subject(
    city: City, mailbox: Mailbox
) -> None:
    acting: Any = city.acting("demo-lin")
    addresses.set_address(acting=acting, channel="mail", address="li@example.com", language="en")
    assert not tell(city).sendings.exists()
    firm: Any = city.acting("demo-lin", for_firm=True)
    row = addresses.set_address(acting=firm, channel="mail", address="firm@example.com", language="en")
    addresses.confirm(acting=firm, channel="mail", code=addresses.code_of(row))
    assert not tell(city, cause="case:2:accepted").sendings.exists()


def test_an_address_taken_away_in_the_meantime_gets_nothing(city: City, mailbox: Mailbox) -> None:
    address(city)
    row = sending_of(tell(city))
    acting: Any = city.acting("demo-lin")
    for _ in range(2):
        addresses.remove(acting=acting, channel="mail")
    assert sending.send(sending_id=row.id, now=LATER) == "dropped"
    assert mailbox.asked == 0


def test_what_a_killed_worker_left_is_found_by_the_sweep(
    city: City, mailbox: Mailbox, clock: list[datetime]
) -> None:
    address(city)
    tell(city)
    tasks.sweep(0)
    assert mailbox.taken == []  # a worker may still be at it
    clock[0] = NOON + timedelta(minutes=10)
    for _ in range(2):
        tasks.sweep(0)
    assert len(mailbox.taken) == 1


def test_a_text_message_goes_through_the_interface(city: City, settings: Any, tmp_path: Path) -> None:
    settings.SMS, settings.SITE = f"file:{tmp_path}/sms", "https://city.example"
    address(city, channel="sms", to="138 1234-5678")
    row = sending_of(tell(city))
    for _ in range(2):
        assert sending.send(sending_id=row.id, now=LATER) == "sent"
    (kept,) = (tmp_path / "sms").iterdir()
    assert kept.name == f"{row.id}.json"
    assert json.loads(kept.read_text()) == {
        "to": "13812345678",
        "text": "已受理：食品经营许可 https://city.example/applications/42",
    }


class Broken:
    """A city's own channel that breaks in a way of its own."""

    def send(self, message: channels.Outgoing) -> None:
        raise KeyError("credit")


def test_a_channel_of_ones_own_that_breaks_is_tried_again_and_told_in_the_log(
    city: City, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS = "tests.base.notices.test_sending:Broken"
    address(city, channel="sms", to="+85291234567")
    row = sending_of(tell(city))
    assert sending.send(sending_id=row.id, now=LATER) == "waiting"
    assert "the channel sms broke" in caplog.text
    row.refresh_from_db()
    assert row.problem == "KeyError"


def test_a_channel_that_is_switched_off_waits_and_new_notices_do_without(
    city: City, mailbox: Mailbox, settings: Any
) -> None:
    address(city)
    row = sending_of(tell(city))
    settings.MAIL = ""
    assert sending.send(sending_id=row.id, now=LATER) == "waiting"
    assert not tell(city, cause="case:2:accepted").sendings.exists()

"""An address besides the portal: nothing but a code goes there before it is confirmed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.base.notices.mailbox import Mailbox
from tests.factories.fixtures import NOON, City

from tongban.base.audit import models as audited
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices import addresses, models, queries, tasks


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[datetime]:
    """The time of pages and jobs, moved by the tests; the portal without collected static files."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    now = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    return now


def at(city: City, minutes: float, who: str = "demo-lin") -> Any:
    return city.acting(who, now=NOON + timedelta(minutes=minutes))


def asked(city: City, minutes: float = 0, **options: Any) -> models.Address:
    given = {"address": "li@example.com", "language": "en", **options}
    return addresses.set_address(acting=at(city, minutes), channel="mail", **given)


def code_jobs() -> list[Any]:
    return list(ProcrastinateJob.objects.filter(task_name=addresses.SEND_CODE).order_by("id"))


def browser(city: City, who: str = "demo-lin", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    account: Any = city.account(who)
    client.force_login(account)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def test_the_way_through_the_page_from_address_to_confirmation(
    city: City, mailbox: Mailbox, clock: list[datetime]
) -> None:
    client = browser(city)
    assert 'href="/me/notices"' in text(client.get("/me"))
    assert "Send me a code" in text(client.get("/me/notices"))
    assert (
        client.post("/me/notices/mail", {"address": "li@example.com", "documents": "yes"}).status_code == 302
    )
    (job,) = code_jobs()
    assert "li@example.com" not in str(job.args)
    for _ in range(2):
        tasks.send_code(**job.args)
    (mail,) = mailbox.mails
    code = re.search(r"\b\d{6}\b", mail.get_content())
    assert code is not None
    page = text(client.get("/me/notices"))
    assert "not confirmed yet" in page
    wrong = client.post("/me/notices/mail/code", {"code": "x"})
    assert wrong.status_code == 422
    assert "This is not the code that was sent." in text(wrong)
    assert client.post("/me/notices/mail/code", {"code": f" {code[0][:3]} {code[0][3:]} "}).status_code == 302
    page = text(client.get("/me/notices"))
    assert "confirmed" in page
    assert "Code that was sent there" not in page
    row = models.Address.objects.get()
    assert (row.with_documents, row.language, row.confirmed_at) == (True, "en", NOON)
    assert client.post("/me/notices/mail/remove").status_code == 302
    assert not models.Address.objects.exists()


def test_a_typing_slip_is_told_and_kept(city: City, mailbox: Mailbox) -> None:
    answer = browser(city, language="zh-hans").post("/me/notices/mail", {"address": "li@"})
    assert answer.status_code == 422
    assert "请填电子邮箱，例如 li@example.com。" in text(answer)
    assert 'value="li@"' in text(answer)


def test_an_office_without_channels_says_so(city: City) -> None:
    client = browser(city)
    assert "This office sends no mails and no text messages." in text(client.get("/me/notices"))
    assert client.post("/me/notices/mail", {"address": "li@example.com"}).status_code == 422
    assert client.post("/me/notices/pigeon", {"address": "li@example.com"}).status_code == 404


@pytest.mark.parametrize("who", ["demo-market", "demo-window", "demo-auditor"])
def test_who_acts_for_an_office_has_no_such_page(city: City, mailbox: Mailbox, who: str) -> None:
    client = browser(city, who)
    assert client.get("/me/notices").status_code == 404
    assert client.post("/me/notices/mail", {"address": "x@example.com"}).status_code == 404
    with pytest.raises(NotFound):
        addresses.set_address(acting=at(city, 0, who), channel="mail", address="x@example.com", language="en")


def test_nobody_sees_or_changes_the_address_of_another(city: City, mailbox: Mailbox) -> None:
    row = asked(city)
    stranger = at(city, 1, "demo-shen")
    assert queries.addresses(stranger) == {}
    with pytest.raises(NotFound):
        addresses.confirm(acting=stranger, channel="mail", code=addresses.code_of(row))
    addresses.remove(acting=stranger, channel="mail")
    assert "li@example.com" not in text(browser(city, "demo-shen").get("/me/notices"))
    assert models.Address.objects.filter(pk=row.pk).exists()


def test_a_code_is_old_after_a_quarter_of_an_hour(
    city: City, mailbox: Mailbox, clock: list[datetime]
) -> None:
    row = asked(city)
    code = addresses.code_of(row)
    with pytest.raises(Invalid, match="too old"):
        addresses.confirm(acting=at(city, 15.5), channel="mail", code=code)
    clock[0] = NOON + timedelta(minutes=16)
    tasks.send_code(**code_jobs()[0].args)
    assert mailbox.taken == []  # nobody gets a code that no longer counts
    addresses.ask_again(acting=at(city, 16), channel="mail")
    row.refresh_from_db()
    assert addresses.code_of(row) != code
    assert addresses.confirm(acting=at(city, 17), channel="mail", code=addresses.code_of(row)).confirmed_at


def test_five_wrong_codes_are_enough_and_the_right_one_comes_too_late(city: City, mailbox: Mailbox) -> None:
    row = asked(city)
    right = addresses.code_of(row)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(addresses.MOST_TRIES):
        with pytest.raises(Invalid, match="not the code"):
            addresses.confirm(acting=at(city, 1), channel="mail", code=wrong)
    with pytest.raises(Invalid, match="Too many wrong codes"):
        addresses.confirm(acting=at(city, 1), channel="mail", code=right)


def test_nobodys_mailbox_is_flooded_with_codes(city: City, mailbox: Mailbox) -> None:
    asked(city)
    with pytest.raises(NotNow, match="a moment ago"):
        asked(city, 0.5, address="other@example.com")
    for n in range(1, addresses.MOST_CODES):
        asked(city, 2 * n, address=f"victim{n}@example.com")
    with pytest.raises(NotNow, match="Try again tomorrow"):
        asked(city, 60, address="victim@example.com")
    assert models.Address.objects.get().address == f"victim{addresses.MOST_CODES - 1}@example.com"
    assert asked(city, 25 * 60, address="victim@example.com").codes == 1


def test_another_address_has_to_be_confirmed_anew_and_the_same_one_has_not(
    city: City, mailbox: Mailbox
) -> None:
    row = asked(city)
    addresses.confirm(acting=at(city, 1), channel="mail", code=addresses.code_of(row))
    same = asked(city, 5, with_documents=True)
    assert (same.confirmed_at is not None, same.with_documents, len(code_jobs())) == (True, True, 1)
    other = asked(city, 6, address="new@example.com")
    assert (other.confirmed_at, len(code_jobs())) == (None, 2)


def test_a_code_that_the_other_side_refuses_is_shown_on_the_page(city: City, mailbox: Mailbox) -> None:
    asked(city)
    mailbox.to_recipient = "550 unknown"
    tasks.send_code(**code_jobs()[0].args)
    assert "does not take messages" in text(browser(city).get("/me/notices"))


def test_the_audit_knows_that_it_was_set_and_by_whom_and_not_the_address(
    city: City, mailbox: Mailbox
) -> None:
    row = asked(city)
    addresses.confirm(acting=at(city, 1), channel="mail", code=addresses.code_of(row))
    addresses.remove(acting=at(city, 2), channel="mail")
    entries = audited.Entry.objects.filter(object_kind="address").order_by("sequence")
    assert [e.action for e in entries] == ["address.set", "address.confirmed", "address.removed"]
    for entry in entries:
        assert entry.actor == city.account("demo-lin").pk  # type: ignore[attr-defined]
        assert "example.com" not in str(vars(entry))

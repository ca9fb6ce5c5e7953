"""One address says where mail goes."""

from __future__ import annotations

import pytest

from tongban.base.kit import mail


def test_a_server_with_a_password_and_starttls() -> None:
    found = mail.settings("smtp+tls://post%40city.example:p%3Aw%2F1@mail.city.example:2525")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.city.example", 2525)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@city.example", "p:w/1")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    assert found["EMAIL_TIMEOUT"] <= 30


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 25), ("smtp+tls", 587), ("smtps", 465)])
def test_each_way_has_its_usual_port(scheme: str, port: int) -> None:
    assert mail.settings(f"{scheme}://mail.city.example")["EMAIL_PORT"] == port


def test_development_writes_to_the_terminal_or_to_files() -> None:
    assert mail.settings("console:")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    found = mail.settings("file:/var/spool/a%20b")
    assert found["EMAIL_FILE_PATH"] == "/var/spool/a b"


def test_without_an_address_nothing_is_ever_sent() -> None:
    assert mail.settings("")["EMAIL_BACKEND"].endswith("dummy.EmailBackend")


@pytest.mark.parametrize(
    "bad", ["mail.city.example", "https://u:secret@mail.city.example", "smtp://", "smtp://h:port", "file:", "smtp://h:99999"]
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_an_example_and_without_the_password(bad: str) -> None:
    with pytest.raises(mail.BadMailAddress, match="smtp\\+tls://user:password@") as refusal:
        mail.settings(bad)
    assert "secret" not in str(refusal.value)

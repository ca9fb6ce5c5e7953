"""Signing in and out, acting for a firm, and the chooser of the demonstration."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tongban.base.audit import queries as audit
from tongban.base.identity import actions as identity
from tongban.base.identity.models import Account
from tongban.base.kit.acting import system

PASSWORD = "correct horse battery"
NAME = "tester"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def account() -> Account:
    acting = system(timezone.now(), "990100", "test")
    return identity.register_person(
        acting=acting, username=NAME, name="测试人", name_en="Tester", identifier=None, password=PASSWORD
    )


@pytest.fixture
def firm(account: Account) -> Any:
    acting = system(timezone.now(), "990100", "test")
    return identity.register_enterprise(
        acting=acting, name="测试面馆", name_en="Test Noodles", identifier=None, representative=account.person
    )


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def test_a_right_password_opens_the_account(account: Account) -> None:
    client = browser()
    response = client.post("/sign-in", {"username": NAME, "password": PASSWORD, "next": "/me"})
    assert response.headers["Location"] == "/me"
    assert "Tester" in client.get("/me").content.decode()


def test_the_answer_to_a_wrong_name_and_a_wrong_password_is_the_same(account: Account) -> None:
    said = []
    for name, word in ((NAME, "wrong"), ("nobody", PASSWORD)):
        response = browser().post("/sign-in", {"username": name, "password": word})
        assert response.status_code == 422
        said.append("The name or the password is not right" in response.content.decode())
    assert said == [True, True]


def test_after_ten_failures_even_the_right_password_waits(account: Account) -> None:
    for _ in range(10):
        browser().post("/sign-in", {"username": NAME, "password": "wrong"})
    response = browser().post("/sign-in", {"username": NAME.upper(), "password": PASSWORD})
    assert response.status_code == 422
    assert "too many failed attempts" in response.content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(account: Account, wanted: str) -> None:
    response = browser().post("/sign-in", {"username": NAME, "password": PASSWORD, "next": wanted})
    assert response.headers["Location"] == "/"


def test_a_page_for_accounts_leads_to_the_sign_in_and_back() -> None:
    assert browser().get("/me").headers["Location"] == "/sign-in?next=%2Fme"
    assert (
        browser().get("/me", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/sign-in?next=%2Fme"
    )


def test_a_form_sent_after_the_session_ended_is_kept() -> None:
    response = browser().post(
        "/me/acting-for", {"principal": "x", "note": "my text"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert response.status_code == 403
    assert "my text" in response.content.decode()


def test_one_acts_for_a_firm_only_under_a_mandate(account: Account, firm: Any) -> None:
    client = browser()
    client.force_login(account)
    client.post("/me/acting-for", {"principal": str(firm.pk)})
    assert "You act for <b>Test Noodles</b>" in client.get("/me").content.decode()
    client.post("/me/acting-for", {"principal": str(account.person_id)})
    assert "You act for <b>" not in client.get("/me").content.decode()


@pytest.mark.parametrize("principal", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_one_cannot_act_for_a_stranger(account: Account, principal: str) -> None:
    client = browser()
    client.force_login(account)
    client.post("/me/acting-for", {"principal": principal})
    html = client.get("/me").content.decode()
    assert "You have no mandate for this" in html
    assert "You act for <b>" not in html


def test_signing_out_takes_a_post(account: Account) -> None:
    client = browser()
    client.force_login(account)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/me").status_code == 302


def test_the_chooser_exists_only_in_a_demonstration(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "is_demo", lambda: False)
    assert browser().get("/demo").status_code == 404
    assert browser().post("/demo/enter", {"username": "demo-lin"}).status_code == 404
    assert 'href="/demo"' not in browser().get("/sign-in").content.decode()
    monkeypatch.setattr(audit, "is_demo", lambda: True)
    assert browser().get("/demo").status_code == 200
    assert 'href="/demo"' in browser().get("/sign-in").content.decode()


def test_only_demo_people_can_be_entered(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "is_demo", lambda: True)
    acting = system(timezone.now(), "990100", "test")
    identity.register_person(
        acting=acting, username="demo-x", name="某人", name_en="Somebody", identifier=None
    )
    assert browser().post("/demo/enter", {"username": NAME}).status_code == 404
    client = browser()
    assert client.post("/demo/enter", {"username": "demo-x"}).status_code == 302
    assert "Somebody" in client.get("/me").content.decode()

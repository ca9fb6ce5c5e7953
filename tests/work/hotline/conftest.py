"""People around the hotline, signed in at a fixed instant, and reports to handle."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories.fixtures import NOON, City

from tongban.base.identity import actions as identity
from tongban.base.kit.acting import system
from tongban.work.hotline.actions import tickets
from tongban.work.hotline.actions.tickets import Report

NAME, PHONE = "欧阳慕白", "13912345678"
"""Marks of the reporter: nothing that a handler gets may hold one of them."""
POSTS = {
    "hot-clerk": ("hotline-centre", "clerk"),
    "hot-police": ("public-security", "officer"),
    "hot-ecology": ("ecology", "officer"),
    "hot-works": ("municipal-works", "officer"),
}


class Line:
    """The hotline of the demo city, with a clerk, three units, a neighbour, and a clock that tests move."""

    def __init__(self, city: City, clock: list[datetime]) -> None:
        self.city, self._clock = city, clock
        acting = system(NOON, "990100", "test")
        identity.register_person(
            acting=acting,
            username="neighbour",
            name=NAME,
            name_en="Ouyang Mubai",
            identifier=None,
            phone=PHONE,
        )
        identity.register_person(
            acting=acting,
            username="stranger",
            name="路人甲",
            name_en="Lu Ren",
            identifier=None,
            phone="13800000001",
        )
        for username, (authority, role) in POSTS.items():
            account = identity.register_person(
                acting=acting, username=username, name=f"职员{username}", name_en=username, identifier=None
            )
            organ = next(o for o in city.pack.organisations.values() if o.authority == authority)
            identity.appoint(acting=acting, account=account, organisation=organ.id, role=role, place="990100")

    @property
    def now(self) -> datetime:
        return self._clock[0]

    def later(self, **span: float) -> datetime:
        self._clock[0] += timedelta(**span)
        return self._clock[0]

    def acting(self, username: str) -> Any:
        return self.city.acting(username, now=self.now)

    def browser(self, username: str | None = None, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        if username:
            client.force_login(self.city.account(username))
        return client

    def unit(self, authority: str) -> str:
        return next(o.id for o in self.city.pack.organisations.values() if o.authority == authority)

    def report(self, username: str = "neighbour", **changes: Any) -> Any:
        given = {
            "title": "楼下面馆噪音太大", "content": "排风扇每天响到半夜，噪声大得睡不着。", "location": "春风面馆后院",
            "district": "990101", **changes,
        }  # fmt: skip
        return tickets.report(acting=self.acting(username), report=Report(**given))

    def dispatched(self, authority: str = "public-security", **changes: Any) -> Any:
        made = self.report(**changes)
        if made.complaint_class is None:
            tickets.classify_ticket(
                acting=self.acting("hot-clerk"), number=made.number, complaint_class="business-noise"
            )
        return tickets.dispatch(
            acting=self.acting("hot-clerk"), number=made.number, organisation=self.unit(authority)
        )


@pytest.fixture
def line(city: City, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Line:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    clock = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    return Line(city, clock)

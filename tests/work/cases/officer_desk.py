"""An officer, clerk or auditor at the desk: a signed-in browser at a fixed instant, and cases to handle."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import NOON, City

from tongban.work.cases.actions import drafts, submission

FOOD, SIGN, FIRE, CHECK = "food-permit", "signboard", "fire-check", "business-licence-check"


class Desk:
    """Signs people in and says what time it is."""

    def __init__(self, city: City, clock: list[datetime]) -> None:
        self.city, self._clock = city, clock

    @property
    def now(self) -> datetime:
        return self._clock[0]

    def later(self, **span: int) -> datetime:
        self._clock[0] += timedelta(**span)
        return self._clock[0]

    def browser(self, username: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(self.city.account(username))
        return client

    def acting(self, username: str, **options: Any) -> Any:
        return self.city.acting(username, now=self.now, **options)

    def application(self, *, deferring: str | None = None, answers: dict[str, object] | None = None) -> Any:
        """A submitted application of the holder of a licence; `deferring` is handed in later."""
        acting = self.acting("demo-lin", for_firm=True)
        draft = shops.filled_draft(acting, answers=answers)
        if deferring is not None:
            drafts.take_back(acting=acting, application=draft.id, material=deferring)
            drafts.defer(acting=acting, application=draft.id, material=deferring, later=True)
        return submission.submit(acting=acting, application=draft.id)

    def case(self, service: str, **options: Any) -> Any:
        return self.application(**options).cases.get(service=service)


@pytest.fixture
def desk(city: City, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Desk:
    plain = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }  # nothing is collected for tests
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    clock = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    return Desk(city, clock)


def url(case: Any, step: str = "") -> str:
    return f"/office/cases/{case.number}" + (f"/{step}" if step else "")


def text(response: Any) -> str:
    return response.content.decode()

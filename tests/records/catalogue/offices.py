"""Two offices that share data: one keeps a registry, the other needs it; officers of both sit at their desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests.factories.fixtures import NOON, City

from tongban.base.identity import actions as identity
from tongban.base.kit.acting import Acting, system
from tongban.records.catalogue import actions, models

REGISTRY = "property-registry"
EVENT = "open-restaurant"
ASKED = ("owner", "usage", "area")
BASIS = "personal-information-law#34"
KEEPER, KEEPER_TWO, ASKER, BUREAU = "property-officer", "property-second", "demo-market", "bureau-officer"
ADDRESS = "青衢市云溪区青石街道南桥路18号1层"


@dataclass
class Offices:
    city: City
    clock: list[datetime]

    @property
    def now(self) -> datetime:
        return self.clock[0]

    def later(self, **span: int) -> datetime:
        self.clock[0] += timedelta(**span)
        return self.clock[0]

    @property
    def resource(self) -> Any:
        return self.city.pack.resources[REGISTRY]  # type: ignore[attr-defined]

    @property
    def services(self) -> tuple[str, ...]:
        return self.city.pack.life_events[EVENT].services  # type: ignore[attr-defined]

    def acting(self, username: str) -> Any:
        return self.city.acting(username, now=self.now)

    def organisation(self, username: str) -> str:
        return self.acting(username).organisation

    def browser(self, username: str | None = None) -> Client:
        client = Client(headers={"accept-language": "en"})
        if username:
            client.force_login(self.city.account(username))  # type: ignore[arg-type]
        return client

    def request(self, **changes: Any) -> models.SharingRequest:
        wanted = {
            "resource": REGISTRY, "fields": ASKED, "purpose": "Check the premises of a new shop", "articles": [BASIS], "event": EVENT,
        }  # fmt: skip
        return actions.request_sharing(acting=self.acting(ASKER), **{**wanted, **changes})

    def decide(
        self, request: models.SharingRequest, outcome: str = "granted", **options: Any
    ) -> models.SharingRequest:
        return actions.decide(acting=self.acting(KEEPER), number=request.number, outcome=outcome, **options)

    def grant(self, **options: Any) -> models.Grant:
        return self.decide(self.request(), **options).grant

    def look_up(self, **changes: Any) -> actions.Answer | None:
        call = {
            "acting": self.acting("demo-lin"), "resource": self.resource, "key": ADDRESS, "fields": ASKED, "about": uuid4(),
            "root": uuid4(), "under": self.organisation(ASKER), "services": self.services,
        }  # fmt: skip
        return actions.look_up(**{**call, **changes})


@pytest.fixture
def offices(city: City, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Offices:
    plain = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }  # nothing is collected for tests
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    clock = [NOON]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    return seated(city, clock)


def seated(city: City, clock: list[datetime] | None = None) -> Offices:
    """The city with two officers of the office that keeps the registry and one of the data bureau, nothing shared yet."""
    for model in (models.Grant, models.RequestEvent, models.SharingRequest, models.NumberCounter):
        model.objects.all().delete()  # what the demo content has agreed on
    for username, authority in (
        (KEEPER, "natural-resources"), (KEEPER_TWO, "natural-resources"), (BUREAU, "data-bureau"),
    ):  # fmt: skip
        _officer(city, username, authority)
    return Offices(city, clock or [NOON])


def post(role: str, organisation: str | None, place: str, now: datetime = NOON) -> Acting:
    """Somebody in a post, without an account."""
    return Acting(uuid4(), None, None, 1, organisation, role, place, "official duty", now, uuid4().hex)


def ids(found: Any) -> set[UUID]:
    return {one.pk for one in found}


def _officer(city: City, username: str, authority: str) -> None:
    acting = system(NOON, "990100", "test")
    account = identity.register_person(
        acting=acting, username=username, name=username, name_en=username, identifier=None
    )
    organ = next(o for o in city.pack.organisations.values() if o.authority == authority)  # type: ignore[attr-defined]
    identity.appoint(acting=acting, account=account, organisation=organ.id, role="officer", place="990100")

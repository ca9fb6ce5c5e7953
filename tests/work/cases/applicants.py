"""What the applicant's tests share: a browser signed in as one of the demo people, and drafts on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.factories.papers import pdf

from tongban.base.identity import queries as identity
from tongban.work.cases import models
from tongban.work.cases.actions import drafts

EVENT = "open-restaurant"
REFUSALS = "tongban.doors.portal.middleware.Refusals"


@pytest.fixture(autouse=True)
def portal(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """The portal without collected static files, at a time that moves on by a second with each look at the clock."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    if REFUSALS not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, REFUSALS]
    clock = [NOON]

    def now() -> datetime:
        clock[0] += timedelta(seconds=1)
        return clock[0]

    monkeypatch.setattr("django.utils.timezone.now", now)
    return


def browser(city: City, username: str, *, for_firm: bool = False, language: str = "en") -> Client:
    """A client that is signed in, in English unless said otherwise."""
    client = Client(headers={"accept-language": language})
    account: Any = city.account(username)
    client.force_login(account)
    if for_firm:
        mandate = identity.mandates_of(account.person, city.now).first()
        assert mandate is not None
        session = client.session
        session["acting_for"] = str(mandate.principal_id)
        session.save()
    return client


def draft(city: City, username: str = "demo-shen", *, consent: bool = False) -> models.Application:
    """A fresh draft, past its first page."""
    acting: Any = city.acting(username)
    application = drafts.start(acting=acting, event=EVENT)
    return drafts.consent(acting=acting, application=application.id, given=consent)


def filled(city: City, username: str = "demo-shen") -> models.Application:
    """A draft that only needs to be submitted."""
    return shops.filled_draft(city.acting(username), answers=shops.FOUNDING)


def current(application: models.Application) -> models.Application:
    return models.Application.objects.get(pk=application.pk)


def file(
    name: str = "plan.pdf", data: bytes | None = None, media_type: str = "application/pdf"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if data is None else data, media_type)


def text(response: Any) -> str:
    return response.content.decode()

"""A step of the guide at the server: an answer is posted as the page posts it, and the page that comes back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import tests.conftest  # noqa: F401  # a data folder of its own, PostgreSQL, Django
from django.db import connection
from django.test import Client
from django.test.utils import override_settings, setup_test_environment
from tests.factories import fixtures

from tongban.base.identity import queries as identity

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EVENTS = (("open-restaurant", False), ("newborn", False), ("deregistration", True))
"""National life events with the most services and questions, and whether a firm applies."""
PERSON, MANAGER = "demo-shen", "demo-lin"


def measured(runs: int) -> Iterator[tuple[str, float, int]]:
    """(event, milliseconds, bytes of the page), the shortest of some runs."""
    from django.conf import settings

    setup_test_environment()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_tongban_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        city = fixtures._load()
        storages = {**settings.STORAGES, "staticfiles": PLAIN}
        with override_settings(STORAGES=storages):
            for event, firm in EVENTS:
                yield event, *_event(city, event, runs, firm=firm)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _event(city: fixtures.City, event: str, runs: int, *, firm: bool) -> tuple[float, int]:
    client: Any = _signed_in(city, firm=firm)
    started = client.post("/applications/start", {"event": event})
    here = started.headers["Location"].rstrip("/")
    client.post(f"{here}/consent", {"consent": "no", "version": "1"})
    page = client.get(f"{here}/questions").content.decode()
    name = _first_choice(page)
    best, size = float("inf"), 0
    for run in range(runs):
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version is not None, page[:400]
        said = {"version": version[1], "shown": name, "open": name, f"fact-{name}": ("yes", "no")[run % 2]}
        start = perf_counter()
        answer = client.post(f"{here}/questions", said, headers={"hx-request": "true"})
        best = min(best, (perf_counter() - start) * 1000)
        page, size = answer.content.decode(), len(answer.content)
        assert answer.status_code == 200, answer.status_code
    return best, size


def _first_choice(page: str) -> str:
    """The first question that is answered by yes or no."""
    found = re.search(r'name="fact-([a-z_0-9]+)" id="[^"]*" value="yes"', page)
    assert found is not None
    return found[1]


def _signed_in(city: fixtures.City, *, firm: bool) -> Client:
    client = Client()
    account: Any = city.account(MANAGER if firm else PERSON)
    client.force_login(account)
    if firm:
        mandate: Any = identity.mandates_of(account.person, city.now).first()
        assert mandate is not None
        session = client.session
        session["acting_for"] = str(mandate.principal_id)
        session.save()
    return client

"""Fixtures for the rooms: a city whose pack is in force, its people, and one of them acting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

PACKS = Path(__file__).resolve().parents[2] / "packs"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday, 2 March 2026, noon in the place: a working day with no holiday near."""


@dataclass
class City:
    """The demo city as tests see it: its pack in force, the demo people registered."""

    pack: object
    now: datetime = NOON

    def account(self, username: str) -> object:
        from tongban.base.identity import queries

        account = queries.account_by_name(username)
        assert account is not None, username
        return account

    def acting(self, username: str, *, now: datetime | None = None, for_firm: bool = False) -> object:
        """What the door would build for this person: `for_firm` acts under the first mandate."""
        from tongban.base.identity import queries
        from tongban.base.kit.acting import Acting

        moment = now or self.now
        account = self.account(username)
        post = queries.post_of(account, moment)
        if post is not None:
            return Acting(
                account.pk,
                None,
                None,
                post.pk,
                post.organisation,
                post.role,
                post.place,
                "official duty",
                moment,
                uuid4().hex,
            )
        principal, mandate = account.person_id, None
        if for_firm:
            held = queries.mandates_of(account.person, moment).first()
            assert held is not None
            principal, mandate = held.principal_id, held.pk
        return Acting(
            account.pk,
            principal,
            mandate,
            None,
            None,
            "applicant",
            "990100",
            "own matter",
            moment,
            uuid4().hex,
        )


@pytest.fixture
def city(db: None) -> City:
    """The demo city, loaded as `make run` loads it."""
    return _load()


@pytest.fixture
def lasting_city(transactional_db: None) -> City:
    """The same where the test needs real commits (threads, workers)."""
    return _load()


@pytest.fixture
def hear() -> Callable[[], int]:
    """Deliver every message that waits in the outbox, as the worker would; returns how many were heard."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    from tongban.base.audit import actions, queries

    def run(now: datetime = NOON) -> int:
        heard = 0
        for _ in range(10):
            waiting = queries.undelivered(
                import_string(settings.SUBSCRIPTIONS), datetime(2100, 1, 1, tzinfo=UTC)
            )
            if not waiting:
                break
            for message, subscriber in sorted(waiting, key=lambda pair: str(pair[0].id)):
                heard += actions.deliver(
                    message_id=message.id, subscriber=subscriber, now=max(now, message.at)
                )
        return heard

    return run


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Refusals outside a request are read in English, whatever language the test before has left behind."""
    from django.utils import translation

    with translation.override("en"):
        yield


def _load() -> City:
    from tongban.base.audit import actions as audit
    from tongban.base.directory import actions, sources
    from tongban.base.kit.acting import system
    from tongban.doors.demo import content

    top = sources.top_layer(PACKS)
    acting = system(NOON, "990100", "test")
    pack = actions.install_pack(acting=acting, files=sources.read_layers(PACKS, top), top=top)
    audit.stamp(kind="demo", now=NOON)
    content.load(now=NOON, population=False)
    return City(pack)


def new_id() -> UUID:
    return uuid4()

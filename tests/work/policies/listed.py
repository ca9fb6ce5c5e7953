"""Rounds brought to where a test wants them, on the shops of `grants`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.factories.fixtures import NOON
from tests.work.policies.grants import (
    ACCOUNT,
    COMMERCE,
    GRANT,
    Town,
)

from tongban.base.kit.acting import Acting
from tongban.work.policies import models
from tongban.work.policies.actions import owner, rounds, rounds_job


def officer(town: Town, *, days: int = 0, organisation: str = COMMERCE) -> Acting:
    return replace(town.officer(organisation), now=NOON + timedelta(days=days))


def drawn(town: Town, *, some: int = 2, policy: str = GRANT, organisation: str = COMMERCE) -> models.Round:
    row = rounds.begin(acting=officer(town, organisation=organisation), policy=policy)
    while rounds_job.go_on(round_=row.pk, now=NOON, some=some):
        pass
    row.refresh_from_db()
    assert row.state == "drawn"
    return row


def told(town: Town, row: models.Round, *, some: int = 2, organisation: str = COMMERCE) -> models.Round:
    rounds.confirm(acting=officer(town, organisation=organisation), round_=row.pk)
    while rounds_job.go_on(round_=row.pk, now=NOON, some=some):
        pass
    row.refresh_from_db()
    assert row.state == "told"
    return row


def to_the_end(row: models.Round) -> None:
    while rounds_job.go_on(round_=row.pk, now=NOON, some=2):
        pass


def answered(row: models.Round, town: Town) -> list[models.Entitlement]:
    """Everybody on the list confirms."""
    found = [line.entitlement for line in row.lines.filter(given_fen__gt=0).order_by("id")]
    for one in found:
        owner.confirm(acting=town.owner(), entitlement=one.pk, payee_name="Lin", account=ACCOUNT)
    return found

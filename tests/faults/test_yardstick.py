"""The yardstick of the kills: on a sound database it finds nothing, and it finds each damage that a kill might do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import psycopg
import pytest
from django.db import connection, transaction
from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.faults import holding
from tests.faults.told import Told

from tongban.base.kit.acting import system
from tongban.config.subscriptions import SUBSCRIPTIONS
from tongban.work.cases import models
from tongban.work.cases.actions import decisions, handling, objections

pytestmark = [pytest.mark.slow]

BROKEN: Final = {
    "is there 0 times": "UPDATE cases_application SET number = 'X' || number WHERE number IN (SELECT number FROM cases_application WHERE number IS NOT NULL LIMIT 1)",
    "have a gap": "UPDATE cases_caseevent SET sequence = sequence + 1 WHERE id = (SELECT max(id) FROM cases_caseevent)",
    "its events say": "UPDATE cases_case SET state = 'waiting' WHERE state = 'completed'",
    "does not follow on": "DELETE FROM audit_entry WHERE sequence = 2",
    "was changed": "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 1",
    "0 messages": "ALTER TABLE audit_delivery DISABLE TRIGGER ALL; ALTER TABLE audit_message DISABLE TRIGGER ALL; DELETE FROM audit_message WHERE kind = 'cases.decided'",
    "heard twice": "ALTER TABLE audit_delivery DROP CONSTRAINT audit_heard_once; INSERT INTO audit_delivery (message_id, subscriber, at) SELECT message_id, subscriber, at FROM audit_delivery LIMIT 1",
    "licences for the decision": "UPDATE cases_decision SET outcome = 'refused'",
    "fired 2 times": "INSERT INTO cases_caseevent (case_id, sequence, event, day, at, role, note) SELECT case_id, 99, event, day, at, role, note FROM cases_caseevent WHERE event IN ('end_objection', 'miss_verification') LIMIT 1",
}  # fmt: skip
OWED: Final = {
    "has not heard": "DELETE FROM audit_delivery WHERE subscriber LIKE '%tell_of_submission'",
    "no licence for": "ALTER TABLE licences_licence DISABLE TRIGGER ALL; DELETE FROM licences_licence WHERE decision IS NOT NULL",
    "time owes": "DELETE FROM cases_caseevent WHERE role = 'system' AND event IN ('accept', 'end_objection', 'miss_verification')",
}  # fmt: skip


@pytest.fixture
def told(lasting_city: City, hear: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> Told:
    """A submission of which one case was granted and one refused, with the time to object gone by."""
    for kind in holding.LEFT_OUT:
        monkeypatch.setitem(SUBSCRIPTIONS, kind, ())
    application = shops.submitted(lasting_city.acting("demo-lin", for_firm=True))
    cases = {case.service: case.number for case in application.cases.all()}
    told = Told(submitted={application.number: list(cases.values())}, drafts={str(application.id)})
    for service, who, outcome in (
        ("fire-check", "demo-fire", "granted"),
        ("food-permit", "demo-market", "refused"),
    ):
        number, later = cases[service], NOON + timedelta(minutes=5)
        officer: Any = lasting_city.acting(who, now=later)
        handling.accept(acting=officer, number=number)
        officer = lasting_city.acting(who, now=later + timedelta(minutes=5))
        decisions.decide(acting=officer, number=number, outcome=outcome, reasons="As the law says.")
        told.acts[number] = ["accept", outcome]
    hear(NOON + timedelta(hours=1))
    with transaction.atomic():
        refused = models.Case.objects.select_for_update().get(number=cases["food-permit"])
        pack: Any = lasting_city.pack
        acting = system(NOON + timedelta(days=200), refused.place, "the passing of time")
        assert objections.end_term(acting=acting, case=refused, pack=pack)
    told.due[refused.number] = "end_objection"
    hear(NOON + timedelta(days=200))
    return told


@contextmanager
def session() -> Iterator[psycopg.Connection[Any]]:
    """On this test's own database; what is written in it is undone."""
    head, _, query = os.environ["TONGBAN_DATABASE_URL"].partition("?")
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")) as opened:
        yield opened
        opened.rollback()


def test_each_damage_is_found_and_nothing_else(lasting_city: City, told: Told) -> None:
    pack: Any = lasting_city.pack
    with session() as reading:
        assert holding.broken(reading, told, pack) == []
        assert holding.owed(reading, told, pack) == []
    for damages, found in ((BROKEN, holding.broken), (OWED, holding.owed)):
        for sentence, damage in damages.items():
            with session() as damaging:
                damaging.execute(damage)  # type: ignore[arg-type]
                assert sentence in str(found(damaging, told, pack)), sentence

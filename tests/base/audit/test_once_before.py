"""What a repeatable write commits beforehand: not again for a key that was used, and never twice at once."""

from __future__ import annotations

from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from tests.factories.fixtures import NOON

from tongban.base.audit import actions
from tongban.base.kit.acting import system
from tongban.base.kit.refusals import Invalid, KeyReused

ACTING = system(NOON, "990100", "test")


def write(before: Any, key: str = "k", body: bytes = b"x", answer: Any = dict) -> tuple[dict[str, Any], bool]:
    return actions.once(acting=ACTING, key=key, body=body, answer=answer, before=before)


def test_it_runs_outside_the_transaction_and_not_for_a_replay(db: None) -> None:
    ran: list[str] = []

    def before() -> None:
        with transaction.atomic(durable=True):
            ran.append("before")

    assert write(before) == ({}, False)
    assert write(before) == ({}, True)
    assert ran == ["before"]
    with pytest.raises(KeyReused):
        write(before, body=b"y")
    assert ran == ["before"]


def test_when_the_write_is_refused_it_may_run_again(db: None) -> None:
    ran: list[str] = []

    def refuse() -> dict[str, Any]:
        raise Invalid("No.")

    with pytest.raises(Invalid):
        write(lambda: ran.append("before"), answer=refuse)
    assert write(lambda: ran.append("before")) == ({}, False)
    assert ran == ["before", "before"]


@pytest.mark.slow
def test_two_with_the_same_key_at_once_run_it_once(transactional_db: None) -> None:
    ran: list[str] = []
    replayed: list[bool] = []
    ready = Barrier(2)

    def before() -> None:
        ran.append("before")
        sleep(0.3)

    def send() -> None:
        try:
            ready.wait(timeout=10)
            replayed.append(write(before)[1])
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert ran == ["before"]
    assert sorted(replayed) == [False, True]

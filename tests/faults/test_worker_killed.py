"""A worker that is killed in the middle of its work loses no message and lets none be heard twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils.module_loading import import_string
from tests.factories import shops
from tests.factories.fixtures import City

from tongban.base.audit.models import Delivery, Message
from tongban.base.audit.verify import verify
from tongban.base.notices.models import Notice

pytestmark = [pytest.mark.slow]


def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    lasting_city: City, hear: Callable[[], int]
) -> None:
    shops.submitted(lasting_city.acting("demo-lin", for_firm=True))
    shops.submitted(lasting_city.acting("demo-shen"), answers=shops.FOUNDING)
    expected = _expected()
    assert expected > 2

    worker = subprocess.Popen(
        [sys.executable, "-m", "tongban.doors.cli.main", "worker"], env=_environment(), start_new_session=True
    )
    try:
        _until(lambda: Delivery.objects.exists())
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    hear()
    hear()
    assert Delivery.objects.count() == _expected() >= expected
    assert (
        not Delivery.objects.values("message", "subscriber").annotate(n=Count("pk")).filter(n__gt=1).exists()
    )
    assert not Notice.objects.values("subject", "cause").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert Notice.objects.filter(cause__endswith=":submitted").count() == 2
    assert verify().sound


def _expected() -> int:
    """How many (message, subscriber) pairs there are in all."""
    table: dict[str, tuple[str, ...]] = import_string(settings.SUBSCRIPTIONS)
    return sum(len(table[kind]) for kind in Message.objects.values_list("kind", flat=True))


def _environment() -> dict[str, str]:
    """The worker works on this test's own database."""
    url = os.environ["TONGBAN_DATABASE_URL"]
    head, _, query = url.partition("?")
    database = str(connection.settings_dict["NAME"])
    return {
        **os.environ,
        "TONGBAN_DATABASE_URL": f"{head.rsplit('/', 1)[0]}/{database}" + (f"?{query}" if query else ""),
    }


def _until(true: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the worker never delivered anything"
        time.sleep(0.05)

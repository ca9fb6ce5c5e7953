"""What every test stands on: a real PostgreSQL (embedded, kept between runs), a data folder of its own, a pack."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Before Django reads its settings: a data folder that ends with the run, and the owner's role (tests make tables).
_home = tempfile.TemporaryDirectory(prefix="tongban-test-")
os.environ["TONGBAN_HOME"] = _home.name
os.environ["TONGBAN_AS"] = "owner"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # a browser that stays open keeps a loop in this thread
os.environ["TONGBAN_PACKS"] = str(ROOT / "packs")
os.environ["TONGBAN_PLACE"] = "990100"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")

# The embedded server, started once; its data folder in build/ survives, so later runs start in a second.
if "TONGBAN_DATABASE_URL" not in os.environ:
    from tongban.base.engines import postgres

    os.environ["TONGBAN_DATABASE_URL"] = postgres.start(ROOT / "build" / "test-postgres")

pytest_plugins = ["tests.factories.fixtures"]

import django  # noqa: E402  (only now are the settings what the tests need)

django.setup()

import pytest  # noqa: E402


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A test database of this run's own, so that two runs can go on at once."""
    from django.db import connections

    connections["default"].settings_dict["TEST"]["NAME"] = f"test_tongban_{os.getpid()}"


LONGEST = (
    "tests/journeys/",
    "tests/core/rules/test_rule_spark.py",
    "tests/base/directory/",
    "tests/core/rules/",
)
"""What takes longest, in the order in which it is begun: so that no worker is left alone with it at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; otherwise as it was."""

    def rank(item: pytest.Item) -> int:
        return next((n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))

    items.sort(key=rank)

"""The small city of these tests; see small_city.py."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import django
import pytest
from tests.factories.neighbours import neighbour
from tests.records.licences import small_city

from tongban.base.kit.acting import system
from tongban.core.packs.pack import Pack

__all__ = ["neighbour"]

django.setup()  # the test modules import rooms, and with them their tables


@pytest.fixture(scope="session")
def demo_pack() -> Pack:
    return small_city.make_pack()


@pytest.fixture
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A data folder of its own: fresh keys, no trust list yet."""
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def known_pack(demo_pack: Pack, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """The pack in force, and the one every digest leads to."""
    from tongban.base.directory import queries as directory

    monkeypatch.setattr(directory, "pack", lru_cache(lambda digest: demo_pack))
    monkeypatch.setattr(directory, "pack_in_force", lambda now, place=None: demo_pack)
    return demo_pack


@pytest.fixture
def place(home: Any, known_pack: Pack) -> small_city.Place:
    acting = system(small_city.NOW, small_city.PLACE, "delivery of a result")
    return small_city.Place(known_pack, acting)


@pytest.fixture
def office() -> small_city.Office:
    return small_city.Office(types=frozenset({"urn:tongban:licence:food-permit"}))

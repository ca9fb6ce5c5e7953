"""The small shop of these tests; see shop.py."""

from __future__ import annotations

from typing import Any

import pytest
from tests.work.market import shop as small


@pytest.fixture
def known(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> small.Shop:
    """The pack in force, and every pack by its digest; a data folder of its own."""
    from tongban.base.directory import queries as directory

    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    pack = small.make_pack()
    city = small.Shop(pack, {pack.digest: pack})
    monkeypatch.setattr(directory, "pack_in_force", lambda now, place=None: city.pack)
    by_digest = lambda digest: city.packs[digest]  # noqa: E731
    by_digest.cache_clear = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(directory, "pack", by_digest)
    return city


@pytest.fixture
def shop(known: small.Shop, db: None) -> small.Shop:
    known.fill()
    return known

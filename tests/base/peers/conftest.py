"""A data folder of its own for each test: fresh keys."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"

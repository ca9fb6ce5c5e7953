"""The same files are read once in a process; any other files are another pack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.core.packs import shop_pack

from tongban.base.directory import loading
from tongban.core.packs import loader


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    tops: list[str] = []
    load = loader.load

    def counted(files: Mapping[str, bytes], top: str) -> loader.Loaded:
        tops.append(top)
        return load(files, top)

    monkeypatch.setattr(loader, "load", counted)
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "none"))  # nothing on disk
    loading.forget()
    return tops


def test_the_same_files_are_read_once(read: list[str]) -> None:
    first = loading.load(shop_pack.files(), "city")
    again = loading.load(dict(reversed(shop_pack.files().items())), "city")
    assert again is first
    assert read == ["city"]


def test_other_files_another_name_and_another_top_are_read_anew(read: list[str]) -> None:
    files = shop_pack.files()
    whole = loading.load(files, "city")
    assert loading.load(files, "land") is not whole
    changed = {**files, "city/pack.yaml": files["city/pack.yaml"].replace(b"1.2.0", b"1.2.1")}
    assert loading.load(changed, "city").pack.manifest.version == "1.2.1"  # type: ignore[union-attr]
    moved = dict(files)
    moved["land/laws/other.yaml"] = moved.pop("land/laws/shop.yaml")
    loading.load(moved, "city")
    assert len(read) == 4


def test_only_a_few_are_remembered(read: list[str]) -> None:
    files = shop_pack.files()
    for number in range(loading.MOST + 1):
        loading.load({**files, "land/laws/more.yaml": f"# {number}\n".encode()}, "city")
    assert len(loading._remembered) == loading.MOST
    loading.load({**files, "land/laws/more.yaml": b"# 0\n"}, "city")
    assert len(read) == loading.MOST + 2

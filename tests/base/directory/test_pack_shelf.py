"""Packs on the shelf: the same pack comes back, and nothing that this node did not put there."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.core.packs import shop_pack

from tongban.base.directory import loading, shelf
from tongban.core.packs import loader
from tongban.core.packs.pack import Pack


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    loading.forget()
    yield tmp_path
    loading.forget()


def pack() -> Pack:
    found = loader.load(shop_pack.files(), "city").pack
    assert found is not None
    return found


def kept(home: Path) -> Path:
    """The one file on the shelf."""
    (file,) = (home / "packs").iterdir()
    return file


def test_a_kept_pack_is_the_pack_that_was_loaded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound, first = pack(), loading.load(shop_pack.files(), "city").pack
    loading.forget()  # as another process
    monkeypatch.setattr(loader, "load", lambda *_: pytest.fail("it was merged and checked again"))
    again = loading.load(shop_pack.files(), "city").pack
    assert again == first == sound
    assert again is not first
    assert again is not None
    with pytest.raises(TypeError):
        again.services["other"] = None  # type: ignore[index]


def test_another_file_or_another_code_is_another_pack(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = shop_pack.files()
    keys = {
        shelf.key(files, "city"),
        shelf.key(files, "land"),
        shelf.key({**files, "city/more.yaml": b""}, "city"),
    }
    monkeypatch.setattr(shelf, "_readers", lambda: "another version")
    keys.add(shelf.key(files, "city"))
    assert len(keys) == 4
    assert shelf.key(dict(reversed(files.items())), "city") in keys


def test_a_pack_with_mistakes_is_not_kept(home: Path) -> None:
    broken = {**shop_pack.files(), "city/services/more.yaml": b"- {id: ["}
    assert loading.load(broken, "city").problems
    assert not (home / "packs").exists()


@pytest.mark.parametrize(
    "change", [lambda b: b[:-1], lambda b: b[:40] + bytes([b[40] ^ 1]) + b[41:], lambda _: b""]
)
def test_what_was_changed_on_disk_is_thrown_away_unread(home: Path, change: Callable[[bytes], bytes]) -> None:
    shelf.keep("a", pack())
    file = kept(home)
    file.write_bytes(change(file.read_bytes()))
    assert shelf.find("a") is None
    assert not file.exists()


def test_a_pack_under_the_name_of_another_is_thrown_away(home: Path) -> None:
    shelf.keep("a", pack())
    kept(home).rename(home / "packs" / "b.pack")
    assert shelf.find("b") is None


class Hostile:
    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("touched"),)


def test_even_signed_content_makes_nothing_but_packs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    body = pickle.dumps(Hostile())
    (home / "packs").mkdir()
    (home / "packs" / "a.pack").write_bytes(shelf._sign("a", body) + body)
    assert shelf.find("a") is None
    assert not (home / "touched").exists()


def test_a_node_without_a_data_folder_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "none"))
    shelf.keep("a", pack())
    assert shelf.find("a") is None
    assert not (tmp_path / "none").exists()


def test_only_the_last_ones_stay(home: Path) -> None:
    found = pack()
    for number in range(shelf.MOST + 3):
        shelf.keep(str(number), found)
    assert len(list((home / "packs").iterdir())) == shelf.MOST
    assert shelf.find(str(shelf.MOST + 2)) == found

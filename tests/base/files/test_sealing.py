"""Files at rest: nothing to be read on disk, nothing changed unseen, keys that can be renewed."""

from __future__ import annotations

import hashlib
import io
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tongban.base.files import sealing, store
from tongban.base.kit import keys

KEY = bytes(range(32))
PIECE = sealing.PIECE


def sealed(data: bytes, name: str = "a" * 32) -> bytes:
    return b"".join(sealing.seal(io.BytesIO(data), name=name, number=3, key=KEY))


def opened(data: bytes, name: str = "a" * 32) -> bytes:
    return b"".join(sealing.unseal(io.BytesIO(data), name=name, digest="", key={1: KEY, 3: KEY}.__getitem__))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    return tmp_path


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def on_disk(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_what_was_sealed_opens_whatever_its_size(size: int) -> None:
    data = secrets.token_bytes(size)
    assert opened(sealed(data)) == data


def test_the_same_bytes_look_different_every_time() -> None:
    assert sealed(b"plan") != sealed(b"plan")


@given(st.integers(0, 2 * PIECE + 200), st.integers(0, 7))
def test_a_changed_bit_anywhere_is_noticed(at: int, bit: int) -> None:
    whole = bytearray(sealed(b"x" * (2 * PIECE + 10)))
    at %= len(whole)
    whole[at] ^= 1 << bit
    with pytest.raises((sealing.Damaged, KeyError)):  # another key number is a key that is not there
        opened(bytes(whole))


@pytest.mark.parametrize("left", [0, 7, 44, 50, 44 + PIECE + 16, 44 + 2 * (PIECE + 16)])
def test_a_file_that_was_cut_off_does_not_open(left: int) -> None:
    whole = sealed(b"x" * (3 * PIECE))
    with pytest.raises(sealing.Damaged):
        opened(whole[:left])


def test_pieces_in_another_order_or_of_another_file_do_not_open() -> None:
    whole = sealed(secrets.token_bytes(3 * PIECE))
    head, size = whole[:44], PIECE + 16
    first, second, third = (whole[44 + n * size : 44 + (n + 1) * size] for n in range(3))
    with pytest.raises(sealing.Damaged):
        opened(head + second + first + third)
    with pytest.raises(sealing.Damaged):
        opened(whole + b"more")
    with pytest.raises(sealing.Damaged):
        opened(whole, name="b" * 32)


def test_the_folder_tells_neither_content_nor_digest(home: Path) -> None:
    data = b"a form that everybody knows"
    store.put(digest_of(data), data)
    [path] = on_disk(home)
    assert data not in path.read_bytes()
    assert path.name not in (digest_of(data), digest_of(data)[:32])
    assert path.stat().st_mode & 0o077 == 0
    assert store.get(digest_of(data)) == data


def test_the_same_bytes_lie_there_once(home: Path) -> None:
    for _ in range(3):
        store.put(digest_of(b"plan"), b"plan")
    assert len(on_disk(home)) == 1


def test_a_file_of_the_form_before_is_read_and_resealed(home: Path) -> None:
    data = b"older" * 30_000
    path = home / "files" / store.address_of(digest_of(data))[:2] / store.address_of(digest_of(data))
    path.parent.mkdir(parents=True)
    nonce = secrets.token_bytes(12)
    path.write_bytes(nonce + AESGCM(keys.secret("files")).encrypt(nonce, data, digest_of(data).encode()))
    assert store.get(digest_of(data)) == data
    assert store.key_number(path.name) == 0
    assert store.reseal(digest_of(data))
    assert (store.key_number(path.name), store.get(digest_of(data))) == (1, data)
    assert not store.reseal(digest_of(data))


def test_a_renewed_key_is_used_for_what_comes_and_the_old_one_for_what_is_there(home: Path) -> None:
    store.put(digest_of(b"old"), b"old")
    assert keys.renew("files") == 2
    store.put(digest_of(b"new"), b"new")
    numbers = [store.key_number(store.address_of(digest_of(d))) for d in (b"old", b"new")]
    assert numbers == [1, 2]
    assert [store.get(digest_of(d)) for d in (b"old", b"new")] == [b"old", b"new"]
    assert store.reseal(digest_of(b"old"))
    (home / "keys" / "files.secret").unlink()  # the first key is not needed any more
    assert store.get(digest_of(b"old")) == b"old"


def test_a_lost_key_is_named(home: Path) -> None:
    keys.renew("files")
    store.put(digest_of(b"new"), b"new")
    (home / "keys" / "files.2.secret").unlink()
    with pytest.raises(keys.NoSuchKey, match=r"files\.2\.secret"):
        store.get(digest_of(b"new"))


def test_who_is_killed_while_resealing_loses_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = secrets.token_bytes(3 * PIECE)
    store.put(digest_of(data), data)
    keys.renew("files")

    class Killed(BaseException):
        pass

    def die(*_paths: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", die)
        with pytest.raises(Killed):
            store.reseal(digest_of(data))
    assert store.get(digest_of(data)) == data
    assert len(list(store.drafts_before(float("inf")))) == 1
    assert [address for address, _at in store.lying()] == [store.address_of(digest_of(data))]
    assert store.reseal(digest_of(data))
    assert store.get(digest_of(data)) == data

"""Encrypted bytes on disk, each content once, named by a keyed digest: its address.

A plain digest would tell anybody who sees the folder or a backup of it whether a form they know lies there, and whether
two nodes hold the same file; the keyed one says nothing without this node's key. An interface of a few functions, so
that an object store can stand behind it. Whoever adds or removes holds the address (`holding.hold`).
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Final

from tongban.base.files import sealing
from tongban.base.kit import environment, keys

RING: Final = "files"
"""Name of the ring of keys that files are encrypted under."""
_DRAFT: Final = ".new"


def address_of(digest: str) -> str:
    """Where content with this SHA-256 lies on this node."""
    return keys.keyed_digest(digest)


def put(digest: str, data: bytes) -> None:
    """Store bytes under their SHA-256, once. The file appears whole or not at all, and survives a loss of power."""
    address = address_of(digest)
    if not _path(address).exists():
        _write(address, io.BytesIO(data))


def read(digest: str) -> Iterator[bytes]:
    """The bytes, in pieces. Raises `FileNotFoundError`, `sealing.Damaged` or `keys.NoSuchKey`."""
    address = address_of(digest)
    with _path(address).open("rb") as sealed:
        yield from sealing.unseal(sealed, name=address, digest=digest, key=partial(keys.ring_key, RING))


def get(digest: str) -> bytes:
    return b"".join(read(digest))


def has(address: str) -> bool:
    return _path(address).exists()


def remove(address: str) -> bool:
    """Delete the bytes; False when they were gone already."""
    try:
        _path(address).unlink()
    except FileNotFoundError:
        return False
    _sync(_path(address).parent)
    return True


def key_number(address: str) -> int:
    """Of the key that a file lies under; 0: the form before keys had numbers. Raises `FileNotFoundError`."""
    with _path(address).open("rb") as sealed:
        return sealing.number_of(sealed)


def reseal(digest: str) -> bool:
    """Encrypt a file anew under the key in use; False when it lies under it already.

    The old form stays until the new one is whole on disk: to be killed in between costs nothing.
    """
    address = address_of(digest)
    if key_number(address) == keys.ring(RING)[-1]:
        return False
    with closing(read(digest)) as pieces:
        _write(address, _Pieces(pieces))
    return True


def lying() -> Iterator[tuple[str, float]]:
    """(address, when it was written) of everything on disk."""
    for path in sorted((environment.home() / "files").glob("??/*")):
        if not path.name.endswith(_DRAFT):
            with suppress(FileNotFoundError):
                yield path.name, path.stat().st_mtime


def drafts_before(moment: float) -> Iterator[Path]:
    """What a process left that was killed while it wrote."""
    for path in (environment.home() / "files").glob(f"??/*{_DRAFT}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment:
                yield path


def _write(address: str, plain: io.BufferedIOBase | io.RawIOBase) -> None:
    path = _path(address)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = keys.ring(RING)[-1]
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_DRAFT}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in sealing.seal(plain, name=address, number=number, key=keys.ring_key(RING, number)):  # type: ignore[arg-type]
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _path(address: str) -> Path:
    return environment.home() / "files" / address[:2] / address


class _Pieces(io.RawIOBase):
    """Pieces as something that can be read from."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken

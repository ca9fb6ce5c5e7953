"""How one file is encrypted: AES-256-GCM in pieces, so that a file of any size is read and written piece by piece.

    header = "TBSEAL\\0\\2"  number of the node's key (4 bytes)  salt (32)
    key    = HKDF-SHA256(the node's key, salt, info = header without salt + name)
    piece  = AES-GCM(key, nonce = number of the piece (11 bytes) + whether it is the last (1), 64 KiB)

The key number in the header lets keys be renewed. A key of its own for every file keeps nonces apart; the last piece
is marked, so that a file that was cut off does not open; the name is bound, so that no file can take another's place.
The form before (one piece, nonce first, key 1, bound to the plain digest) is still read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"TBSEAL\x00\x02"
PIECE: Final = 64 * 1024
_TAG: Final = 16
_SALT: Final = 32
_OLD_NONCE: Final = 12


class Damaged(Exception):
    """The encrypted bytes are not what was written: changed, cut off, or of another file."""


def seal(plain: BinaryIO, *, name: str, number: int, key: bytes) -> Iterator[bytes]:
    """The encrypted form, piece by piece, under the key of that number."""
    head = MAGIC + number.to_bytes(4, "big")
    salt = secrets.token_bytes(_SALT)
    cipher = _cipher(key, head, salt, name)
    yield head + salt
    piece, index = plain.read(PIECE), 0
    while True:
        following = plain.read(PIECE)
        yield cipher.encrypt(_nonce(index, not following), piece, None)
        if not following:
            return
        piece, index = following, index + 1


def unseal(sealed: BinaryIO, *, name: str, digest: str, key: Callable[[int], bytes]) -> Iterator[bytes]:
    """The plain bytes, each piece proven before it is given. Raises `Damaged`, also after pieces were given."""
    try:
        if number_of(sealed) == 0:
            sealed.seek(0)
            nonce = sealed.read(_OLD_NONCE)
            yield AESGCM(key(1)).decrypt(nonce, sealed.read(), digest.encode())
            return
        sealed.seek(0)
        head, salt = sealed.read(len(MAGIC) + 4), sealed.read(_SALT)
        cipher = _cipher(key(int.from_bytes(head[len(MAGIC) :], "big")), head, salt, name)
        piece, index = sealed.read(PIECE + _TAG), 0
        while True:
            following = sealed.read(PIECE + _TAG)
            yield cipher.decrypt(_nonce(index, not following), piece, None)
            if not following:
                return
            piece, index = following, index + 1
    except (InvalidTag, ValueError) as error:
        raise Damaged(f"the stored file {name} is not what was written") from error


def number_of(sealed: BinaryIO) -> int:
    """Number of the key it lies under; 0: the form before key numbers."""
    sealed.seek(0)
    head = sealed.read(len(MAGIC) + 4)
    return int.from_bytes(head[len(MAGIC) :], "big") if head.startswith(MAGIC) else 0


def _cipher(key: bytes, head: bytes, salt: bytes, name: str) -> AESGCM:
    info = b"tongban file " + head + name.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key))


def _nonce(index: int, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])

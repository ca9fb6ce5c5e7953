"""Secrets of this node: made on first use, kept in `$TONGBAN_HOME/keys`, readable by the owner only.

An interface of a few functions, so that a hardware module can stand behind it later.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tongban.base.kit import environment

SigningKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def secret(name: str) -> bytes:
    """32 random bytes for one use (`django`, `digest`, `files`)."""
    return _kept(f"{name}.secret", lambda: secrets.token_bytes(32))


def ring(name: str) -> tuple[int, ...]:
    """Numbers of the keys of one use that can be renewed, oldest first; the last one is in use.

    Number 1 is `secret(name)`. Older keys stay, so that what lies under them can still be read.
    """
    secret(name)
    found = (re.fullmatch(rf"{re.escape(name)}\.(\d+)\.secret", path.name) for path in _folder().iterdir())
    return (1, *sorted(int(match[1]) for match in found if match))


def ring_key(name: str, number: int) -> bytes:
    """One key of a ring. Raises `NoSuchKey`: it belongs to another node, or its file is lost."""
    if number == 1:
        return secret(name)
    try:
        return (_folder() / f"{name}.{number}.secret").read_bytes()
    except FileNotFoundError as error:
        raise NoSuchKey(
            f"key {number} of {name!r} is not in {_folder()}: bring {name}.{number}.secret back from the backup"
        ) from error


def renew(name: str) -> int:
    """Put a new key at the end of a ring and say its number. What was written before stays under the older keys."""
    number = ring(name)[-1] + 1
    _kept(f"{name}.{number}.secret", lambda: secrets.token_bytes(32))
    return number


def signing_key(name: str, algorithm: str = "ES256") -> SigningKey:
    """The private key of one use: `ES256` (licences) or `Ed25519` (audit seals)."""

    def make() -> bytes:
        key: SigningKey = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else ed25519.Ed25519PrivateKey.generate()
        )
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    key = load_pem_private_key(_kept(f"{name}.pem", make), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError(f"keys/{name}.pem holds another kind of key than {algorithm}")
    return key


def keyed_digest(value: str) -> str:
    """A digest of a personal value that tells nothing without this node's key (hex, 32 characters)."""
    return hmac.new(secret("digest"), value.encode(), hashlib.sha256).hexdigest()[:32]


class NoSuchKey(Exception):
    """A key of a ring is not in the folder of keys."""


def _folder() -> Path:
    return environment.home() / "keys"


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    path = _folder() / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(make())
        with suppress(FileExistsError):  # two processes may start at once: the first one's key stays
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()

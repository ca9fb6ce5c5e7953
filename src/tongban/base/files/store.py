"""Encrypted bytes on disk: AES-256-GCM under a key of this node, named by a keyed digest.

The same bytes are stored once. An interface of two functions, so that an object store can stand behind it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.base.kit import environment, keys


def put(digest: str, data: bytes) -> None:
    """Store bytes under their SHA-256. The file appears whole or not at all."""
    path = _path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    nonce = secrets.token_bytes(12)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    draft.write_bytes(nonce + AESGCM(keys.secret("files")).encrypt(nonce, data, digest.encode()))
    os.replace(draft, path)


def get(digest: str) -> bytes:
    """The bytes; raises `FileNotFoundError`, or `InvalidTag` when the file was changed."""
    sealed = _path(digest).read_bytes()
    return AESGCM(keys.secret("files")).decrypt(sealed[:12], sealed[12:], digest.encode())


def _path(digest: str) -> Path:
    name = keys.keyed_digest(digest)
    return environment.home() / "files" / name[:2] / name

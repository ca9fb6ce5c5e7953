"""Texts that are kept encrypted: AES-256-GCM under a key of this node, bound to the row that holds them.

Moved to another row they no longer open.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tongban.base.kit import keys


def sealed(key: str, row: UUID, text: str) -> bytes:
    """`key` names the use, and so the secret."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(keys.secret(key)).encrypt(nonce, text.encode(), row.bytes)


def opened(key: str, row: UUID, kept: bytes) -> str:
    """Raises InvalidTag when it was changed or belongs to another row."""
    return AESGCM(keys.secret(key)).decrypt(kept[:12], kept[12:], row.bytes).decode()

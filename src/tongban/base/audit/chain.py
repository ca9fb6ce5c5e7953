"""The hash chain: how one entry's hash follows from its content and the entry before. Pure.

    hash = SHA-256(canonical JSON of the entry without `hash`)

Canonical JSON is UTF-8 with sorted keys and no spaces (as RFC 8785 for the values used here: strings, integers,
booleans, null, objects, arrays; no floats). Anyone can recompute it in any language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
FIELDS = (
    "chain", "sequence", "at", "action", "actor", "principal", "mandate", "role", "organisation", "place",
    "purpose", "request_id", "object_kind", "object_id", "detail", "previous",
)  # fmt: skip


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Hex SHA-256 of an entry given as a mapping that holds at least `FIELDS`."""
    return hashlib.sha256(canonical({name: _plain(entry[name]) for name in FIELDS})).hexdigest()


def seal_root(previous_root: str, heads: list[tuple[str, int, str]]) -> str:
    """Root of a seal over (chain, length, hash) in order of chain."""
    return hashlib.sha256(canonical({"previous": previous_root, "heads": sorted(heads)})).hexdigest()


def canonical(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, bool | int | str | dict | list):
        return value
    return str(value)

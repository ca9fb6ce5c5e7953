"""Loading packs once: the same files are read, merged and checked a single time in a process."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Final

from tongban.core.packs import loader
from tongban.core.packs.loader import Loaded

MOST: Final = 4
"""Packs that are remembered; the one that was not asked for longest goes first."""

_remembered: OrderedDict[str, Loaded] = OrderedDict()
_lock = Lock()


def load(files: Mapping[str, bytes], top: str) -> Loaded:
    """What `loader.load` says of these files. Packs never change once read, so one answer serves everybody."""
    key = _key(files, top)
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    found = loader.load(files, top)
    with _lock:
        _remembered[key] = found
        while len(_remembered) > MOST:
            _remembered.popitem(last=False)
    return found


def _key(files: Mapping[str, bytes], top: str) -> str:
    digest = hashlib.sha256(top.encode())
    for name in sorted(files):
        content = files[name]
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

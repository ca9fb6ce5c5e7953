"""Sound packs kept on disk, read again in a fiftieth of the time that merging and checking them takes.

A kept pack is this node's own work, signed with a key of this node; what somebody else has put there is thrown away
unread. It holds plain content of `core` and nothing else. Losing the folder loses nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import pickle
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pydantic

from tongban.base.kit import environment, keys
from tongban.core.packs.pack import Pack

MOST: Final = 12
"""Packs on the shelf; those not read for longest go first."""
_SIGNED: Final = hashlib.sha256().digest_size
_OTHERS: Final = {
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("collections", "OrderedDict"),
    ("copyreg", "__newobj_ex__"),
    ("datetime", "date"),
    ("decimal", "Decimal"),
}
"""What packs hold besides the content types of `core`."""


def find(key: str) -> Pack | None:
    """The pack that was kept under a key, or None."""
    path = _path(key)
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    signature, body = content[:_SIGNED], content[_SIGNED:]
    if hmac.compare_digest(signature, _sign(key, body)):
        with suppress(pickle.UnpicklingError, OSError):
            found = _Unpickler(io.BytesIO(body)).load()
            os.utime(path)
            return found if isinstance(found, Pack) else None
    path.unlink(missing_ok=True)
    return None


def keep(key: str, pack: Pack) -> None:
    """Put a sound pack on the shelf. On a full or read-only disk it is not kept, and that is all."""
    path = _path(key)
    if path is None:
        return
    body = io.BytesIO()
    _Pickler(body, protocol=5).dump(pack)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        draft.write_bytes(_sign(key, body.getvalue()) + body.getvalue())
        draft.replace(path)
        for old in sorted(path.parent.glob("*.pack"), key=lambda file: -file.stat().st_mtime)[MOST:]:
            old.unlink(missing_ok=True)


def key(files: Mapping[str, bytes], top: str) -> str:
    """Of what is read and of what reads it: another file, another version of Tongban, another key."""
    digest = hashlib.sha256(f"{_readers()}\0{top}".encode())
    for name in sorted(files):
        content = files[name]
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _path(key: str) -> Path | None:
    """None where this node has no data folder yet: reading a pack makes none."""
    home = environment.home(make=False)
    return home / "packs" / f"{key}.pack" if home.is_dir() else None


def _sign(key: str, body: bytes) -> bytes:
    return hmac.digest(keys.secret("packs"), key.encode() + body, "sha256")


@cache
def _readers() -> str:
    """The code of `core`, by content, and what it is built on."""
    digest = hashlib.sha256(f"{sys.version}\0{pydantic.VERSION}".encode())
    root = resources.files("tongban.core")
    with resources.as_file(root) as folder:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        return (read_only, (dict(obj),)) if isinstance(obj, MappingProxyType) else NotImplemented


class _Unpickler(pickle.Unpickler):
    """Makes content of `core` and a few plain values; any other name ends the reading."""

    def find_class(self, module: str, name: str) -> Any:
        known = (module, name) in _OTHERS or (module, name) == (__name__, read_only.__name__)
        if known or (module.startswith("tongban.core.") and "." not in name):
            found = super().find_class(module, name)
            if known or isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"a pack holds no {module}.{name}")


def read_only(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A mapping that nobody changes, as a pack has them."""
    return MappingProxyType(content)

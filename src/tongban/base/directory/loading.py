"""Loading packs once: the same files are merged and checked a single time, in a process and on a node."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Final, NamedTuple

from tongban.base.directory import shelf
from tongban.core.packs.pack import Pack, Problem

MOST: Final = 4
"""Packs that a process remembers; the one that was not asked for longest goes first."""


class Found(NamedTuple):
    """A pack, or None and the problems that its authors must solve first."""

    pack: Pack | None
    problems: tuple[Problem, ...] = ()


_remembered: OrderedDict[str, Found] = OrderedDict()
_lock = Lock()


def load(files: Mapping[str, bytes], top: str) -> Found:
    """What `loader.load` says of these files. Packs never change once read, so one answer serves everybody."""
    key = shelf.key(files, top)
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    found = _from_shelf_or_files(key, files, top)
    with _lock:
        _remembered[key] = found
        while len(_remembered) > MOST:
            _remembered.popitem(last=False)
    return found


def forget() -> None:
    """Remember no pack, as a process that has just begun."""
    with _lock:
        _remembered.clear()


def _from_shelf_or_files(key: str, files: Mapping[str, bytes], top: str) -> Found:
    if kept := shelf.find(key):
        return Found(kept)
    from tongban.core.packs import loader  # with the parser of rules, which a kept pack does without

    loaded = loader.load(files, top)
    if loaded.pack is not None:
        shelf.keep(key, loaded.pack)
    return Found(loaded.pack, loaded.problems)
